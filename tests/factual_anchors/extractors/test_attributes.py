"""Lasting changes of light, colour and motion, black and frozen stretches, on small videos."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from dataclaw_assets.anchor_values import AttributeValue
from dataclaw_assets.factual_anchors.extractors.attributes import AttributesExtractor
from dataclaw_assets.factual_anchors.scan import scan_stream
from dataclaw_assets.records import Anchor
from resources.media import Picture
from tests.factual_anchors.made_videos import make_video, paint_scene

FPS = 25.0
Light = Callable[[float], tuple[float, float, float]]


def found_in(folder: Path, pictures: list[Picture]) -> list[Anchor]:
    """What the extractor finds in a video of these pictures."""
    source = make_video(folder / "made.mp4", pictures, FPS)
    return scan_stream(source, folder / "made.mp4", (AttributesExtractor(),))["attributes"]


def lit(light: Light, seconds: float = 4.0) -> list[Picture]:
    """One scene in a light that changes."""
    scene = paint_scene(6).astype(np.float32)
    return [
        np.clip(scene * np.array(light(number / FPS), np.float32), 0, 255).astype(np.uint8)
        for number in range(round(seconds * FPS))
    ]


def ramp(time_s: float) -> float:
    """From 0 to 1 between 1.6 and 2.4 s."""
    return min(1.0, max(0.0, (time_s - 1.6) / 0.8))


def changes(anchors: list[Anchor]) -> list[tuple[str, Anchor]]:
    """The attribute changes, with the attribute's name."""
    return [(one.value.attribute, one) for one in anchors if isinstance(one.value, AttributeValue)]


def moving(seconds: float, first: int = 0) -> list[Picture]:
    """A scene that the camera travels along."""
    return [paint_scene(8, shift=2.0 * (first + number)) for number in range(round(seconds * FPS))]


def test_a_lamp_turned_down_changes_the_brightness(tmp_path: Path) -> None:
    """To 60 %, between 1.6 and 2.4 s."""
    found = changes(found_in(tmp_path, lit(lambda t: (1.0 - 0.4 * ramp(t),) * 3)))
    assert [name for name, _ in found] == ["brightness"]
    value = found[0][1].value
    assert isinstance(value, AttributeValue)
    assert float(value.after) / float(value.before) == pytest.approx(0.6, abs=0.06)


def test_a_change_has_the_interval_in_which_it_happens(tmp_path: Path) -> None:
    """To a fifth of a second."""
    (_, anchor), *_ = changes(found_in(tmp_path, lit(lambda t: (1.0 - 0.4 * ramp(t),) * 3)))
    assert anchor.start_s == pytest.approx(1.6, abs=0.2)
    assert anchor.end_s == pytest.approx(2.4, abs=0.2)


def test_a_tint_changes_the_dominant_colour(tmp_path: Path) -> None:
    """Red up, blue down, about as bright as before."""
    found = changes(found_in(tmp_path, lit(lambda t: (1 + 0.3 * ramp(t), 1.0, 1 - 0.5 * ramp(t)))))
    assert [name for name, _ in found] == ["dominant_colour"]
    value = found[0][1].value
    assert isinstance(value, AttributeValue)
    before, after = (bytes.fromhex(str(colour)[1:]) for colour in (value.before, value.after))
    assert after[0] > before[0]
    assert after[2] < before[2]


def test_the_dominant_colour_is_that_of_the_picture(tmp_path: Path) -> None:
    """A plain picture that turns from grey to a known colour; within coding and rounding."""
    plain = np.full((180, 320, 3), 120.0)
    plain[:90] = 140.0
    made = []
    for number in range(100):
        share = ramp(number / FPS)
        made.append((plain * (1 - share) + share * plain * (1.2, 1.0, 0.6)).astype(np.uint8))
    (_, anchor), *_ = changes(found_in(tmp_path, made))
    assert isinstance(anchor.value, AttributeValue)
    after = np.array(list(bytes.fromhex(str(anchor.value.after)[1:])))
    assert np.abs(after - [156, 130, 78]).max() <= 6


def test_a_light_that_flickers_is_no_lasting_change(tmp_path: Path) -> None:
    """It goes up and down every half second."""
    assert changes(found_in(tmp_path, lit(lambda t: (1 + 0.2 * math.sin(4 * math.pi * t),) * 3))) == []


def test_a_cut_to_a_darker_scene_is_no_change_of_brightness(tmp_path: Path) -> None:
    """It is another shot."""
    dark = (paint_scene(9) * 0.4).astype(np.uint8)
    assert changes(found_in(tmp_path, [paint_scene(6)] * 50 + [dark] * 50)) == []


def test_a_pan_to_a_brighter_side_is_no_change_of_brightness(tmp_path: Path) -> None:
    """The camera stands, turns, and stands again."""
    wide = paint_scene(6, width=320).copy()
    both = np.concatenate([(wide * 0.5).astype(np.uint8), paint_scene(7)], axis=1)
    starts = [round(320 * ramp(number / FPS)) for number in range(100)]
    assert changes(found_in(tmp_path, [both[:, at : at + 320] for at in starts])) == []


def test_things_that_begin_to_move_enlarge_the_moving_area(tmp_path: Path) -> None:
    """From 2 s on a large disc goes round."""
    made = []
    for number in range(100):
        picture = paint_scene(6)
        turn = 6.0 * max(0.0, number / FPS - 2.0)
        centre = (round(150 + 30 * math.cos(turn)), round(90 + 30 * math.sin(turn)))
        cv2.circle(picture, centre, 45, (250, 250, 250), -1)
        made.append(picture)
    found = changes(found_in(tmp_path, made))
    assert [name for name, _ in found] == ["moving_area"]
    assert found[0][1].start_s == pytest.approx(2.0, abs=0.25)


def test_a_black_stretch_is_found_to_the_frame(tmp_path: Path) -> None:
    """Ten black frames between two shots."""
    black = np.zeros((180, 320, 3), np.uint8)
    found = found_in(tmp_path, moving(1.0) + [black] * 10 + moving(1.0, first=60))
    assert [(one.kind, one.frames) for one in found if one.kind in ("black", "freeze")] == [
        ("black", (25, 35))
    ]


def test_a_dark_scene_is_not_black(tmp_path: Path) -> None:
    """A seventh of the light."""
    dark = [(picture * 0.15).astype(np.uint8) for picture in moving(1.0)]
    assert [one for one in found_in(tmp_path, dark) if one.kind == "black"] == []


def test_a_frame_shown_again_and_again_is_frozen(tmp_path: Path) -> None:
    """Twenty more times, amid a travelling shot."""
    before = moving(1.2)
    found = found_in(tmp_path, before + [before[-1]] * 20 + moving(1.2, first=30))
    frozen = [one for one in found if one.kind == "freeze"]
    assert [one.frames for one in frozen] == [(29, 50)]


def test_slides_at_rest_are_not_frozen(tmp_path: Path) -> None:
    """Each comes at once and stays."""
    slides = [paint_scene(number) for number in range(3) for _ in range(30)]
    assert [one for one in found_in(tmp_path, slides) if one.kind == "freeze"] == []


def test_what_comes_to_rest_slowly_is_not_frozen(tmp_path: Path) -> None:
    """The camera slows down for half a second before it stands."""
    places = [2.0 * number for number in range(20)] + [40 + 12 * (1 - 0.7**step) for step in range(1, 10)]
    made = [paint_scene(8, shift=place) for place in places] + [paint_scene(8, shift=52)] * 30
    assert [one for one in found_in(tmp_path, made) if one.kind == "freeze"] == []
