"""Sound lies on the source's clock whatever the codec, gaps and offsets; damage is told from silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.records import Source, Stream
from resources.media import write_clip
from resources.sound import BLOCK, MAX_S, RATE, Samples, read_sound
from tests.factual_anchors.made_sounds import make_clicks, make_noise, make_sound_video


def stream_of(source: Source) -> Stream:
    assert source.stream is not None
    return source.stream


def read_whole(path: Path, stream: Stream) -> Samples:
    return np.concatenate(list(read_sound(path, stream)), axis=1)


def find_clicks(sound: Samples) -> list[float]:
    """Where something loud follows on 0.2 s without any, in seconds."""
    loud = np.flatnonzero(np.abs(sound[0]) > 0.05) / RATE
    return [float(time_s) for time_s in loud[np.diff(loud, prepend=-1.0) > 0.2]]


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("a.mp4", "aac", 44_100),
        ("a.mp4", "aac", 48_000),
        ("a.mkv", "libopus", 48_000),
        ("a.mkv", "pcm_s16le", 8_000),
        ("a.mkv", "flac", 22_050),
        ("a.mov", "pcm_f32le", 96_000),
    ],
)
def test_sound_lies_at_its_time(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    clicks = make_clicks(4.0, [0.5, 1.503, 3.25], rate)
    source = make_sound_video(tmp_path / name, [(0.0, clicks)], 4.0, codec, rate)
    assert find_clicks(read_whole(tmp_path / name, stream_of(source))) == pytest.approx(
        [0.5, 1.503, 3.25], abs=0.005
    )


def test_track_that_starts_later_than_the_picture_keeps_its_time(tmp_path: Path) -> None:
    source = make_sound_video(tmp_path / "a.mkv", [(0.7, make_clicks(3.0, [0.5, 2.0]))], 4.0)
    assert find_clicks(read_whole(tmp_path / "a.mkv", stream_of(source))) == pytest.approx(
        [1.2, 2.7], abs=0.005
    )


def test_track_that_starts_before_the_picture_is_cut_to_it(tmp_path: Path) -> None:
    source = make_sound_video(
        tmp_path / "a.mkv", [(0.0, make_clicks(3.0, [0.5, 2.0]))], 2.0, picture_start_s=1.0
    )
    assert stream_of(source).origin_s == 1.0
    assert find_clicks(read_whole(tmp_path / "a.mkv", stream_of(source))) == pytest.approx([1.0], abs=0.005)


def test_gap_between_frames_shifts_nothing_after_it(tmp_path: Path) -> None:
    pieces = [(0.0, make_clicks(1.0, [0.5])), (1.83, make_clicks(1.0, [0.5]))]
    source = make_sound_video(tmp_path / "a.mkv", pieces, 3.0)
    assert find_clicks(read_whole(tmp_path / "a.mkv", stream_of(source))) == pytest.approx(
        [0.5, 2.33], abs=0.005
    )


def test_frames_that_overlap_are_given_once(tmp_path: Path) -> None:
    pieces = [(0.0, make_clicks(1.5, [0.5])), (1.0, make_clicks(1.5, [1.0]))]
    source = make_sound_video(tmp_path / "a.mkv", pieces, 3.0)
    assert find_clicks(read_whole(tmp_path / "a.mkv", stream_of(source))) == pytest.approx(
        [0.5, 2.0], abs=0.005
    )


def test_blocks_are_of_one_length_and_cover_the_stream(tmp_path: Path) -> None:
    source = make_sound_video(tmp_path / "a.mkv", [(0.0, make_noise(1.5, -20.0))], 3.0)
    lengths = [block.shape for block in read_sound(tmp_path / "a.mkv", stream_of(source))]
    assert lengths == [(2, BLOCK), (2, BLOCK), (2, 3 * RATE - 2 * BLOCK)]


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "aac"), ("a.mkv", "libopus")])
def test_stretch_of_a_file_has_a_clock_of_its_own(tmp_path: Path, name: str, codec: str) -> None:
    source = make_sound_video(tmp_path / name, [(0.0, make_clicks(8.0, [1.0, 5.3, 7.0]))], 8.0, codec)
    part = stream_of(source).model_copy(update={"origin_s": 5.0, "duration_s": 1.0})
    sound = read_whole(tmp_path / name, part)
    assert sound.shape[1] == RATE
    assert find_clicks(sound) == pytest.approx([0.3], abs=0.005)


def test_stretch_before_a_late_track_is_reached_by_no_jump(tmp_path: Path) -> None:
    source = make_sound_video(tmp_path / "a.mkv", [(4.5, make_clicks(3.0, [0.5]))], 8.0)
    part = stream_of(source).model_copy(update={"origin_s": 4.0, "duration_s": 2.0})
    assert find_clicks(read_whole(tmp_path / "a.mkv", part)) == pytest.approx([1.0], abs=0.005)


def test_opposite_sides_do_not_cancel(tmp_path: Path) -> None:
    noise = make_noise(1.0, -20.0)
    source = make_sound_video(tmp_path / "a.mkv", [(0.0, np.concatenate([noise, -noise]))], 1.0)
    assert np.abs(read_whole(tmp_path / "a.mkv", stream_of(source))).max() > 0.1


def test_damaged_stretch_is_unknown_and_moves_nothing(tmp_path: Path) -> None:
    noise = make_noise(6.0, -20.0)
    source = make_sound_video(tmp_path / "a.mkv", [(0.0, noise)], 6.0, "flac")
    whole = read_whole(tmp_path / "a.mkv", stream_of(source))
    data = bytearray((tmp_path / "a.mkv").read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40_000] = bytes(40_000)
    (tmp_path / "b.mkv").write_bytes(data)
    broken = read_whole(tmp_path / "b.mkv", stream_of(source))
    lost = np.isnan(broken[0])
    known = ~lost & (np.arange(lost.size) > lost.nonzero()[0][-1])
    np.testing.assert_allclose(broken[0][known][4096:], whole[0][: lost.size][known][4096:], atol=0.02)


def test_file_without_a_sound_track_is_named(tmp_path: Path) -> None:
    write_clip(tmp_path / "a.mp4", [np.zeros((48, 64, 3), np.uint8)] * 4, 10.0)
    stream = Stream(uri="", origin_s=0.0, duration_s=0.4, fps=10.0, frames=4, codec="h264")
    with pytest.raises(UnreadableSource, match="no_sound"):
        read_whole(tmp_path / "a.mp4", stream)


def test_stream_of_impossible_length_is_refused(tmp_path: Path) -> None:
    source = make_sound_video(tmp_path / "a.mkv", [(0.0, make_noise(0.5, -20.0))], 0.5)
    stream = stream_of(source).model_copy(update={"duration_s": MAX_S + 1})
    with pytest.raises(UnreadableSource, match="too_long"):
        read_whole(tmp_path / "a.mkv", stream)
