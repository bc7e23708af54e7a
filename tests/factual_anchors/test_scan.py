"""One decode feeds every extractor: shots, stills, stable stretches and motion of videos made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dataclaw_assets.anchor_values import ShotValue
from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.evaluation.cuts import describe_video
from dataclaw_assets.factual_anchors.extractors.container import ContainerExtractor
from dataclaw_assets.factual_anchors.extractors.motion import MotionExtractor
from dataclaw_assets.factual_anchors.extractors.shots import ShotsExtractor
from dataclaw_assets.factual_anchors.extractors.stable import StableExtractor
from dataclaw_assets.factual_anchors.extractors.stills import StillsExtractor
from dataclaw_assets.factual_anchors.registry import STREAM_EXTRACTORS
from dataclaw_assets.factual_anchors.scan import scan_stream
from dataclaw_assets.records import Anchor
from resources.media import Picture
from tests.factual_anchors.made_videos import make_video, paint_scene
from tests.factual_anchors.made_views import paint_cells
from tests.factual_anchors.odd_clips import CUT, encode


def find_shots(path: Path, pictures: list[Picture]) -> dict[str, list[Anchor]]:
    source = make_video(path, pictures)
    anchors = scan_stream(source, path, [ShotsExtractor()])["shots"]
    return {kind: [one for one in anchors if one.kind == kind] for kind in ("cut", "transition", "shot")}


def test_cuts_are_found_to_the_frame_and_shots_tile_the_source(tmp_path: Path) -> None:
    pictures = [paint_scene(frame // 30, 2.0 * (frame % 30)) for frame in range(90)]
    found = find_shots(tmp_path / "v.mp4", pictures)
    assert [cut.frames for cut in found["cut"]] == [(30, 31), (60, 61)]
    assert [shot.frames for shot in found["shot"]] == [(0, 30), (30, 60), (60, 90)]
    assert not found["transition"]


def test_a_shot_too_short_to_be_rated_has_a_picture_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    ticks = [44 * number for number in range(CUT + 8)]
    encode(path, "libx264", options={"x264-params": "scenecut=0"}, ticks=ticks)
    anchors = scan_stream(describe_video(path), path, [ShotsExtractor()])["shots"]
    first, second = (one for one in anchors if isinstance(one.value, ShotValue))
    assert (first.frames, second.frames) == ((0, CUT), (CUT, CUT + 8))
    assert second.value.model_dump()["still"]["frame"] in range(CUT, CUT + 8)


def test_a_flash_and_a_fast_pan_are_no_cuts(tmp_path: Path) -> None:
    speed = np.concatenate([np.zeros(20), np.hanning(12) * 30.0, np.zeros(30)])
    pictures = [paint_scene(5, shift) for shift in np.cumsum(speed)]
    for frame in (45, 46):
        pictures[frame] = np.clip(pictures[frame].astype(np.int16) + 110, 0, 255).astype(np.uint8)
    assert not find_shots(tmp_path / "v.mp4", pictures)["cut"]


def test_another_colour_behind_the_same_few_letters_is_a_cut(tmp_path: Path) -> None:
    pictures = []
    for frame in range(40):
        picture = np.full((180, 320, 3), (90, 100, 110) if frame < 20 else (140, 90, 85), np.uint8)
        picture[80:100, 140:180:4] = 240
        pictures.append(picture)
    assert [cut.frames for cut in find_shots(tmp_path / "v.mp4", pictures)["cut"]] == [(20, 21)]


@pytest.mark.parametrize("style", ["dissolve", "fade"])
def test_a_gradual_transition_has_its_extent(tmp_path: Path, style: str) -> None:
    mixed = np.concatenate([np.zeros(40), np.linspace(0, 1, 26), np.ones(40)])
    pictures = []
    for share in mixed:
        first, second = paint_scene(1).astype(float), paint_scene(2).astype(float)
        blend = first * (1 - share) + second * share
        if style == "fade":
            blend = first * max(0.0, 1 - 2 * share) + second * max(0.0, 2 * share - 1)
        pictures.append(blend.astype(np.uint8))
    found = find_shots(tmp_path / "v.mp4", pictures)
    assert [one.value.model_dump()["style"] for one in found["transition"]] == [style]
    assert found["transition"][0].start_s == pytest.approx(1.6, abs=0.2)
    assert found["transition"][0].end_s == pytest.approx(2.6, abs=0.2)
    assert not found["cut"]


def test_each_still_is_inside_its_scene_and_off_the_grid(tmp_path: Path) -> None:
    pictures = [paint_scene(frame // 50) for frame in range(150)]
    source = make_video(tmp_path / "v.mp4", pictures)
    stills = scan_stream(source, tmp_path / "v.mp4", [StillsExtractor()])["stills"]
    assert [(one.start_s, one.end_s) for one in stills] == [(0.0, 2.0), (2.0, 4.0), (4.0, 6.0)]
    for one in stills:
        value = one.value.model_dump()
        assert one.start_s is not None
        assert one.start_s + 0.2 < value["time_s"] < (one.end_s or 0.0) - 0.2 or one.start_s == 0.0
        assert abs(2 * value["time_s"] - round(2 * value["time_s"])) > 0.05


def test_a_scene_shown_twice_names_nothing(tmp_path: Path) -> None:
    pictures = [paint_scene((1, 2, 1)[frame // 50]) for frame in range(150)]
    source = make_video(tmp_path / "v.mp4", pictures)
    stills = scan_stream(source, tmp_path / "v.mp4", [StillsExtractor()])["stills"]
    assert [(one.start_s, one.end_s) for one in stills] == [(2.0, 4.0)]


def test_a_black_video_has_no_stills(tmp_path: Path) -> None:
    source = make_video(tmp_path / "v.mp4", [np.zeros((90, 160, 3), np.uint8)] * 50)
    assert scan_stream(source, tmp_path / "v.mp4", [StillsExtractor()])["stills"] == []


def test_stable_stretches_name_the_box_that_changed(tmp_path: Path) -> None:
    pictures = []
    for frame in range(100):
        picture = paint_scene(3)
        if frame >= 50:
            picture[60:120, 100:200] = 255
        pictures.append(picture)
    source = make_video(tmp_path / "v.mp4", pictures)
    stretches = scan_stream(source, tmp_path / "v.mp4", [StableExtractor()])["stable"]
    assert [one.frames for one in stretches] == [(0, 50), (50, 100)]
    assert stretches[0].region is None
    assert stretches[1].region == pytest.approx((100, 60, 200, 120), abs=6)


@pytest.mark.parametrize(("pixels", "camera", "direction"), [(3.0, "pan", "right"), (0.0, "static", "none")])
def test_the_direction_is_that_of_the_camera(
    tmp_path: Path, pixels: float, camera: str, direction: str
) -> None:
    pictures = [paint_scene(4, pixels * frame) for frame in range(75)]
    source = make_video(tmp_path / "v.mp4", pictures)
    motion = scan_stream(source, tmp_path / "v.mp4", [MotionExtractor()])["motion"]
    assert {(one.value.model_dump()["camera"], one.value.model_dump()["direction"]) for one in motion} == {
        (camera, direction)
    }
    assert (motion[0].value.model_dump()["floor"] > 0.02) == (pixels > 0)


def test_threads_do_not_change_a_byte(tmp_path: Path) -> None:
    pictures = [paint_scene(frame // 25, 1.5 * (frame % 25)) for frame in range(75)]
    source = make_video(tmp_path / "v.mp4", pictures)
    path = tmp_path / "v.mp4"
    one, two = (scan_stream(source, path, STREAM_EXTRACTORS, threads=count) for count in (1, 2))
    assert one == two
    assert {"container", "shots", "stills", "motion"} <= {name for name, anchors in one.items() if anchors}


@pytest.mark.parametrize(("width", "height"), [(160, 4), (4, 160), (2, 2)])
def test_a_strip_of_a_picture_is_measured_by_every_extractor(tmp_path: Path, width: int, height: int) -> None:
    pictures = [paint_cells(seed, 2, height, width) for seed in range(10)]
    source = make_video(tmp_path / "v.mp4", pictures)
    found = scan_stream(source, tmp_path / "v.mp4", STREAM_EXTRACTORS)
    assert [anchor.kind for anchor in found["container"]] == ["container"]


def test_a_source_of_which_nothing_decodes_says_so(tmp_path: Path) -> None:
    source = make_video(tmp_path / "v.mp4", [paint_scene(1)] * 5)
    assert source.stream is not None
    late = source.model_copy(update={"stream": source.stream.model_copy(update={"origin_s": 100.0})})
    with pytest.raises(UnreadableSource, match="no_frames"):
        scan_stream(late, tmp_path / "v.mp4", [ContainerExtractor()])


def test_a_fade_in_at_the_start_has_no_empty_shot_before_it(tmp_path: Path) -> None:
    pictures = [np.full((48, 64, 3), 5 * step, np.uint8) for step in range(20)]
    source = make_video(tmp_path / "v.mp4", pictures, 10.0)
    shots = scan_stream(source, tmp_path / "v.mp4", [ShotsExtractor()])["shots"]
    spans = [one.frames for one in shots if one.kind == "shot"]
    assert spans
    assert all(frames is not None and frames[0] < frames[1] for frames in spans)
