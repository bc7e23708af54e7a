"""Sampled frames are those on screen at the times asked for, whatever the codec and the container."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from dataclaw_assets.errors import InputError, UnreadableSource
from dataclaw_assets.records import Stream
from resources.media import EPSILON_S, Picture, decode, probe_video, to_picture
from resources.sampling import sample_frames, spread_times

COUNT = 60
X264 = {"x264-params": "keyint=20:bframes=3:scenecut=0"}
ALT_REF = {"auto-alt-ref": "1", "lag-in-frames": "16", "g": "30", "cpu-used": "5"}
CLIPS: dict[str, tuple[str, str, dict[str, str], int]] = {
    "H.264 with B-frames": ("v.mp4", "libx264", X264, 0),
    "H.264, one key frame": ("v.mkv", "libx264", {"x264-params": "keyint=infinite:bframes=3"}, 0),
    "H.264, open groups": ("v.mp4", "libx264", {"x264-params": "keyint=20:open-gop=1:scenecut=0"}, 0),
    "H.264 in a transport stream": ("v.ts", "libx264", X264, 0),
    "H.264 in AVI": ("v.avi", "libx264", X264, 0),
    "H.264 without key frames": ("v.mp4", "libx264", {"x264-params": "keyint=20:intra-refresh=1"}, 0),
    "H.264 that starts late": ("v.mkv", "libx264", X264, 125),
    "HEVC, open groups": ("v.mp4", "libx265", {"x265-params": "keyint=20:log-level=none"}, 0),
    "VP8 with hidden frames": (
        "v.webm",
        "libvpx",
        {"auto-alt-ref": "1", "lag-in-frames": "16", "g": "30"},
        0,
    ),
    "VP9 with hidden frames": (
        "v.webm",
        "libvpx-vp9",
        {"lag-in-frames": "16", "g": "30", "cpu-used": "5"},
        0,
    ),
    "AV1": ("v.mp4", "libsvtav1", {"preset": "12", "g": "20"}, 0),
    "MPEG-4 with B-frames": ("v.mp4", "mpeg4", {"bf": "2", "g": "20"}, 0),
    "MJPEG": ("v.mov", "mjpeg", {}, 0),
    "ProRes": ("v.mov", "prores_ks", {}, 0),
}
"""File name, encoder, its options, number of the first tick."""
FORMATS = {"mjpeg": "yuvj420p", "prores_ks": "yuv422p10le"}


def make_numbered(number: int) -> Picture:
    """A grey picture with its number in blocks, least bit on the left, and a texture that moves."""
    picture = np.full((96, 128, 3), 90, np.uint8)
    picture[48:, (3 * number) % 100 :][:, :20] = 200
    for bit in range(8):
        picture[:32, 16 * bit : 16 * bit + 16] = 235 if number >> bit & 1 else 20
    return picture


def read_number(picture: Picture) -> int:
    return sum(1 << bit for bit in range(8) if picture[8:24, 16 * bit + 4 : 16 * bit + 12].mean() > 128)


def make_clip(
    path: Path, encoder: str, options: dict[str, str], ticks: Sequence[int], base: Fraction = Fraction(1, 25)
) -> Stream:
    with av.open(str(path), "w") as container:
        track: Any = container.add_stream(encoder, rate=25, options=options)
        track.width, track.height, track.pix_fmt = 128, 96, FORMATS.get(encoder, "yuv420p")
        track.codec_context.time_base = base
        track.codec_context.thread_count = 1
        for number, tick in enumerate(ticks):
            frame = av.VideoFrame.from_ndarray(make_numbered(number), format="rgb24")
            frame.pts, frame.time_base = tick, base
            container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return make_stream(path)


def make_stream(path: Path) -> Stream:
    probe = probe_video(path)
    return Stream(
        uri=path.as_uri(),
        origin_s=probe.origin_s,
        duration_s=probe.duration_s,
        fps=probe.fps,
        frames=probe.frames,
        codec=probe.codec,
    )


def assert_exact(path: Path, stream: Stream, times: Sequence[float], threads: int = 1) -> None:
    """Every sampled frame has the time and the very pixels that decoding everything gives."""
    shown = [(frame.time_s, to_picture(frame.video)) for frame in decode(path, stream)]
    for wanted_s, sampled in zip(times, sample_frames(path, stream, times, threads=threads), strict=True):
        time_s, picture = [pair for pair in shown if pair[0] <= wanted_s + EPSILON_S][-1]
        assert sampled.time_s == pytest.approx(time_s, abs=1e-9)
        assert np.array_equal(sampled.picture, picture)


@pytest.mark.parametrize("name", CLIPS)
def test_frames_are_those_of_decoding_everything(name: str, tmp_path: Path) -> None:
    file_name, encoder, options, first = CLIPS[name]
    stream = make_clip(tmp_path / file_name, encoder, options, range(first, first + COUNT))
    for times in (spread_times(0.0, stream.duration_s, 9), [1.7], [frame / 25 for frame in (3, 4, 39, 40)]):
        assert_exact(tmp_path / file_name, stream, times)


@pytest.mark.parametrize("name", ["v.mp4", "v.mkv", "v.ts"])
def test_seeking_far_ahead_finds_the_same_frames(name: str, tmp_path: Path) -> None:
    steps = np.random.default_rng(5).integers(10, 60, COUNT)
    ticks = np.cumsum(steps).tolist()
    stream = make_clip(tmp_path / name, "libx264", X264, ticks, Fraction(1, 25))
    assert_exact(tmp_path / name, stream, spread_times(0.0, stream.duration_s, 3))
    assert_exact(tmp_path / name, stream, [stream.duration_s * 0.8, stream.duration_s * 0.81], threads=2)


def test_the_picture_on_screen_carries_the_number_of_its_time(tmp_path: Path) -> None:
    stream = make_clip(tmp_path / "v.mp4", "libx264", X264, range(COUNT))
    sampled = sample_frames(tmp_path / "v.mp4", stream, [0.0, 0.099, 1.6, 2.399])
    assert [read_number(one.picture) for one in sampled] == [0, 2, 40, 59]


def test_between_frames_the_earlier_one_is_on_screen(tmp_path: Path) -> None:
    ticks = [0, 3, 40, 41, 90]
    stream = make_clip(tmp_path / "v.mkv", "libx264", X264, ticks, Fraction(1, 100))
    sampled = sample_frames(tmp_path / "v.mkv", stream, [0.02, 0.39, 0.405, 0.89])
    assert [read_number(one.picture) for one in sampled] == [0, 1, 2, 3]
    assert [one.time_s for one in sampled] == pytest.approx([0.0, 0.03, 0.4, 0.41])


def test_times_outside_give_the_first_and_the_last_frame(tmp_path: Path) -> None:
    stream = make_clip(tmp_path / "v.mp4", "libx264", X264, range(COUNT))
    sampled = sample_frames(tmp_path / "v.mp4", stream, [-math.inf, -1.0, 99.0, math.inf])
    assert [read_number(one.picture) for one in sampled] == [0, 0, 59, 59]


def test_times_come_back_in_the_order_asked_for(tmp_path: Path) -> None:
    stream = make_clip(tmp_path / "v.mp4", "libx264", X264, range(COUNT))
    sampled = sample_frames(tmp_path / "v.mp4", stream, [2.0, 0.4, 2.0, 1.2])
    assert [read_number(one.picture) for one in sampled] == [50, 10, 50, 30]


def test_a_stretch_of_a_file_shows_only_its_own_frames(tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "v.ts", "libx264", X264, range(COUNT))
    part = whole.model_copy(update={"origin_s": whole.origin_s + 1.01, "duration_s": 0.5})
    sampled = sample_frames(tmp_path / "v.ts", part, [-1.0, 0.0, 0.25, 9.0])
    assert [read_number(one.picture) for one in sampled] == [26, 26, 31, 37]
    assert [one.time_s for one in sampled] == pytest.approx([0.03, 0.03, 0.23, 0.47], abs=1e-4)


def test_a_rotated_video_is_upright_and_fits(tmp_path: Path) -> None:
    make_clip(tmp_path / "flat.mp4", "libx264", X264, range(10))
    with av.open(str(tmp_path / "flat.mp4")) as source, av.open(str(tmp_path / "v.mp4"), "w") as target:
        track = target.add_stream_from_template(source.streams.video[0])
        track.set_display_rotation(90)
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = track
                target.mux(packet)
    stream = make_stream(tmp_path / "v.mp4")
    (sampled,) = sample_frames(tmp_path / "v.mp4", stream, [0.2], side=64)
    assert sampled.picture.shape == (64, 48, 3)
    (whole,) = sample_frames(tmp_path / "v.mp4", stream, [0.2])
    (frame,) = decode(tmp_path / "v.mp4", stream, 0.19, 0.21)
    assert whole.picture.shape == (128, 96, 3)
    assert np.array_equal(whole.picture, to_picture(frame.video))


def test_a_file_damaged_in_the_middle_gives_what_decoding_everything_gives(tmp_path: Path) -> None:
    make_clip(tmp_path / "whole.mp4", "libx264", X264, range(COUNT))
    stream = make_stream(tmp_path / "whole.mp4")
    data = bytearray((tmp_path / "whole.mp4").read_bytes())
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    for place in range((2 * start + end) // 3, (start + 2 * end) // 3, 41):
        data[place] ^= 0x55
    (tmp_path / "v.mp4").write_bytes(data)
    assert_exact(tmp_path / "v.mp4", stream, spread_times(0.0, stream.duration_s, 9), threads=2)


def test_a_file_of_which_nothing_decodes_is_unreadable(tmp_path: Path) -> None:
    stream = make_clip(tmp_path / "v.mp4", "libx264", X264, range(COUNT))
    data = bytearray((tmp_path / "v.mp4").read_bytes())
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    data[start:end] = bytes(end - start)
    (tmp_path / "v.mp4").write_bytes(data)
    with pytest.raises(UnreadableSource) as caught:
        sample_frames(tmp_path / "v.mp4", stream, [0.5])
    assert caught.value.reason == "no_frames"


def test_a_playlist_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = make_clip(tmp_path / "v.ts", "libx264", X264, range(COUNT))
    (tmp_path / "list.m3u8").write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:2.4,\nv.ts\n#EXT-X-ENDLIST\n"
    )
    monkeypatch.setenv("DATACLAW_OPENED_LOG", str(tmp_path / "log"))
    with pytest.raises(UnreadableSource) as caught:
        sample_frames(tmp_path / "list.m3u8", stream, [0.5])
    assert caught.value.reason == "not_media"
    assert (tmp_path / "log").read_text().splitlines() == [str(tmp_path / "list.m3u8")]


def test_a_time_that_is_no_number_is_refused(tmp_path: Path) -> None:
    stream = Stream(uri="", origin_s=0.0, duration_s=1.0, fps=25.0, frames=25, codec="h264")
    with pytest.raises(InputError):
        sample_frames(tmp_path / "v.mp4", stream, [math.nan])


def test_spread_times_are_the_middles_of_equal_parts() -> None:
    assert spread_times(2.0, 4.0, 4) == pytest.approx([2.25, 2.75, 3.25, 3.75])


@pytest.mark.parametrize(("start_s", "end_s", "count"), [(0.0, 1.0, 0), (1.0, 0.0, 3), (0.0, math.inf, 3)])
def test_times_cannot_be_spread_over_nothing(start_s: float, end_s: float, count: int) -> None:
    with pytest.raises(InputError):
        spread_times(start_s, end_s, count)
