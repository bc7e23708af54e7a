"""Keyframes: one picture a shot and a rest, with the hash that any decoder gives it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from dataclaw_assets.anchor_values import FrameValue, KeyframeValue
from dataclaw_assets.evaluation.cuts import describe_video
from dataclaw_assets.factual_anchors.extractors.contract import Luma
from dataclaw_assets.factual_anchors.extractors.keyframes import KeyframesExtractor
from dataclaw_assets.factual_anchors.extractors.shots import ShotsExtractor
from dataclaw_assets.factual_anchors.extractors.stable import StableExtractor
from dataclaw_assets.factual_anchors.measures.hashing import difference_hash, measure_sharpness
from dataclaw_assets.factual_anchors.scan import look_again, scan_stream
from dataclaw_assets.records import Anchor, Source
from tests.factual_anchors.made_videos import make_video, paint_scene
from tests.factual_anchors.odd_clips import CUT, FPS, encode

BETWEEN = 17
"""A frame far from any key frame, whose pixels the loop filter changes."""


def look(source: Source, path: Path, found: list[Anchor]) -> list[tuple[Anchor, KeyframeValue]]:
    looker = KeyframesExtractor().look(source, found)
    look_again(source, path, looker)
    return [(one, one.value) for one in looker.finish() if isinstance(one.value, KeyframeValue)]


def find_keyframes(source: Source, path: Path) -> list[tuple[Anchor, KeyframeValue]]:
    found = scan_stream(source, path, [ShotsExtractor(), StableExtractor()])
    return look(source, path, [anchor for anchors in found.values() for anchor in anchors])


def decode_small(path: Path, number: int, **options: str) -> Luma:
    """The luma of a frame of a picture 160 pixels wide, decoded by FFmpeg with its own defaults."""
    import av

    with av.open(str(path)) as container:
        container.streams.video[0].codec_context.options = options
        for index, frame in enumerate(container.decode(video=0)):
            if index == number:
                planes: npt.NDArray[Any] = frame.to_ndarray(format="yuv420p")
                return np.ascontiguousarray(planes[: frame.height], np.uint8)
    raise AssertionError(f"there is no frame {number}")


def test_each_shot_has_one(tmp_path: Path) -> None:
    pictures = [paint_scene(frame // 30, 3.0 * (frame % 30)) for frame in range(90)]
    found = find_keyframes(make_video(tmp_path / "v.mp4", pictures), tmp_path / "v.mp4")
    assert [(one.start_s, one.end_s, value.of) for one, value in found] == [
        (0.0, 1.2, "shot"), (1.2, 2.4, "shot"), (2.4, 3.6, "shot"),
    ]  # fmt: skip


def test_each_state_has_one(tmp_path: Path) -> None:
    pictures = [paint_scene(1) for _ in range(80)]
    for picture in pictures[40:]:
        picture[60:120, 100:200] = 255
    found = find_keyframes(make_video(tmp_path / "v.mp4", pictures), tmp_path / "v.mp4")
    assert [(one.start_s, one.end_s, value.of) for one, value in found] == [
        (0.0, 1.6, "state"), (1.6, 3.2, "state"),
    ]  # fmt: skip


@pytest.fixture
def blocky(tmp_path: Path) -> tuple[Source, Path]:
    """Two shots coded so coarsely that the loop filter has much to do."""
    path = tmp_path / "v.mp4"
    encode(path, "libx264", options={"crf": "40", "g": "250"})
    return describe_video(path), path


def test_its_hash_is_that_of_an_ordinary_decoder(blocky: tuple[Source, Path]) -> None:
    source, path = blocky
    found = find_keyframes(source, path)
    assert [one.frames for one, _ in found] == [(value.frame, value.frame + 1) for _, value in found]
    plain = [decode_small(path, value.frame) for _, value in found]
    assert [(value.dhash, value.sharpness) for _, value in found] == [
        (difference_hash(luma), round(measure_sharpness(luma), 6)) for luma in plain
    ]
    assert [value.frame // CUT for _, value in found] == [0, 1]


def test_a_frame_between_key_frames_is_decoded_with_all_filters(blocky: tuple[Source, Path]) -> None:
    source, path = blocky
    shots = scan_stream(source, path, [ShotsExtractor()])["shots"]
    shot = next(one for one in shots if one.kind == "shot")
    still = shot.value.model_copy(update={"still": FrameValue(time_s=BETWEEN / FPS, frame=BETWEEN)})
    ((_, value),) = look(source, path, [shot.model_copy(update={"value": still})])
    filtered, skipped = decode_small(path, BETWEEN), decode_small(path, BETWEEN, skip_loop_filter="all")
    assert value.sharpness == round(measure_sharpness(filtered), 6)
    assert value.dhash == difference_hash(filtered)
    assert measure_sharpness(filtered) != measure_sharpness(skipped)


def test_better_shots_or_rests_are_another_cache_entry(
    blocky: tuple[Source, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = KeyframesExtractor().params(blocky[0])
    monkeypatch.setattr(ShotsExtractor, "version", "better")
    after = KeyframesExtractor().params(blocky[0])
    monkeypatch.setattr(StableExtractor, "version", "better")
    assert before != after != KeyframesExtractor().params(blocky[0])
