"""Every odd kind of file is read right (each picture at its time, size as displayed, the cut) or refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.shots import ShotsExtractor
from dataclaw_assets.factual_anchors.scan import scan_stream
from dataclaw_assets.raw_sources.readers.contract import HEAD_BYTES, Opened, hash_file
from dataclaw_assets.raw_sources.readers.registry import FILE_READERS
from dataclaw_assets.records import Source, Stream
from resources.landing import list_landing
from resources.media import Picture, decode, to_picture
from tests.factual_anchors.odd_clips import (
    CUT,
    FRAMES,
    add_late_sound_flv,
    encode,
    encode_sound,
    keep_part,
    move_flv_times,
    paint_frames,
    rename_codec,
    shorten_mp4,
    turn_mp4,
)

STEADY = tuple(40 * number for number in range(FRAMES))
UNEVEN = tuple(int(value) for value in np.cumsum([0, *(70 if n % 3 else 20 for n in range(FRAMES - 1))]))
QUIET = {"x265-params": "log-level=none"}

Make = Callable[[Path], None]


@dataclass(frozen=True)
class Kind:
    """A file to make, and what is to be read from it: which frames, at which milliseconds."""

    name: str
    codec: str
    make: Make
    size: tuple[int, int] = (160, 90)
    numbers: Sequence[int] = range(FRAMES)
    times_ms: Sequence[int] = STEADY
    last_ms: int = 40
    turns: int = 0


def then(make: Make, change: Make) -> Make:
    """Make a file, then change it."""

    def both(path: Path) -> None:
        make(path)
        change(path)

    return both


def drop_head(path: Path) -> None:
    """Begin a transport stream in the middle of a group of pictures, as a recorder of broadcasts does."""
    path.write_bytes(path.read_bytes()[188 * 40 :])


def double(path: Path) -> None:
    """Append a recording to itself: its clock begins again."""
    path.write_bytes(path.read_bytes() * 2)


def without(numbers: Sequence[int]) -> tuple[int, ...]:
    """The other frames."""
    return tuple(number for number in range(FRAMES) if number not in numbers)


H264 = partial(encode, codec="libx264")
FLV = partial(encode, codec="flv")
READ = [
    Kind("h264.mp4", "h264", partial(H264, sound="aac")),
    Kind("h264_fragmented.mp4", "h264", partial(H264, muxer={"movflags": "frag_keyframe+empty_moov"})),
    Kind("h264_reordered.avi", "h264", partial(H264, options={"bf": "2"})),
    Kind("mpeg4_reordered.avi", "mpeg4", partial(encode, codec="mpeg4", options={"bf": "2"})),
    Kind("h264_reordered.flv", "h264", partial(H264, options={"bf": "2"})),
    Kind("hevc.mp4", "hevc", partial(encode, codec="libx265", options=QUIET)),
    Kind("vp8.webm", "vp8", partial(encode, codec="libvpx", options={"auto-alt-ref": "1", "b": "900k"})),
    Kind("vp9.webm", "vp9", partial(encode, codec="libvpx-vp9", sound="libopus")),
    Kind("av1.mkv", "av1", partial(encode, codec="libsvtav1", options={"preset": "10"})),
    Kind("prores.mov", "prores", partial(encode, codec="prores_ks", pixel_format="yuv422p10le")),
    Kind("animated.gif", "gif", partial(encode, codec="gif", pixel_format="rgb8")),
    Kind("animated.png", "apng", partial(encode, codec="apng", pixel_format="rgb24", container="apng")),
    Kind("grey.mkv", "ffv1", partial(encode, codec="ffv1", pixel_format="gray")),
    Kind("mpeg2.ts", "mpeg2video", partial(encode, codec="mpeg2video")),
    Kind("windows.wmv", "wmv2", partial(encode, codec="wmv2", container="asf")),
    Kind("ten_bit.mp4", "h264", partial(H264, pixel_format="yuv420p10le")),
    Kind("ten_bit.mkv", "hevc", partial(encode, codec="libx265", pixel_format="yuv420p10le", options=QUIET)),
    Kind("odd_size.webm", "vp9", partial(encode, codec="libvpx-vp9", size=(161, 91)), (161, 91)),
    Kind("odd_size.mp4", "h264", partial(H264, pixel_format="yuv444p", size=(161, 91)), (161, 91)),
    Kind("interlaced.ts", "mpeg2video", partial(encode, codec="mpeg2video", interlaced=True)),
    Kind(
        "interlaced.mp4",
        "h264",
        partial(H264, size=(160, 96), options={"x264-params": "interlaced=1:tff=1"}),
        (160, 96),
    ),
    Kind("uneven.mp4", "h264", partial(H264, ticks=UNEVEN), times_ms=UNEVEN),
    Kind("uneven.mkv", "h264", partial(H264, ticks=UNEVEN), times_ms=UNEVEN),
    Kind("begins_late.ts", "h264", partial(H264, ticks=[5000 + time for time in STEADY])),
    Kind("begins_late.mkv", "h264", partial(H264, ticks=[5000 + time for time in STEADY])),
    Kind("turned_90.mp4", "h264", then(H264, partial(turn_mp4, degrees=90)), (90, 160), turns=-1),
    Kind("turned_180.mp4", "h264", then(H264, partial(turn_mp4, degrees=180)), (160, 90), turns=2),
    Kind("turned_270.mp4", "h264", then(H264, partial(turn_mp4, degrees=270)), (90, 160), turns=1),
    Kind(
        "trimmed.mp4",
        "h264",
        then(H264, partial(shorten_mp4, skipped_s=0.4)),
        numbers=range(10, FRAMES),
        times_ms=STEADY[:-10],
    ),
    Kind(
        "cut_off.gif",
        "gif",
        then(partial(encode, codec="gif", pixel_format="rgb8"), partial(keep_part, share=0.8)),
        numbers=range(41),
        times_ms=STEADY[:41],
    ),
    Kind(
        "begun_in_the_middle.ts",
        "h264",
        then(partial(H264, options={"g": "10", "bf": "0"}), drop_head),
        numbers=range(20, FRAMES),
        times_ms=STEADY[:-20],
    ),
    Kind("sound_begins_late.flv", "flv1", then(FLV, add_late_sound_flv)),
    Kind(
        "two_frames_early.flv",
        "flv1",
        then(FLV, partial(move_flv_times, moved={10: 300, 30: 1100})),
        numbers=without((10, 30)),
        times_ms=[40 * number for number in without((10, 30))],
    ),
]

REFUSED = {
    "cut_off.mp4": (then(H264, partial(keep_part, share=0.6)), "truncated"),
    "cut_off.mkv": (then(H264, partial(keep_part, share=0.6)), "truncated"),
    "cut_off.avi": (then(partial(encode, codec="mpeg4"), partial(keep_part, share=0.6)), "truncated"),
    "header_only.mp4": (then(H264, partial(keep_part, share=0.001)), "truncated"),
    "sound_only.m4a": (partial(encode_sound, codec="aac"), "no_video"),
    "sound_only.mkv": (partial(encode_sound, codec="libopus"), "no_video"),
    "one_frame.mp4": (partial(H264, ticks=[0]), "one_frame"),
    "no_duration.flv": (
        then(FLV, partial(move_flv_times, moved=dict.fromkeys(range(FRAMES), 0))),
        "one_frame",
    ),
    "runs_back.flv": (
        then(FLV, partial(move_flv_times, moved={n: 40 * (n - CUT) for n in range(CUT, FRAMES)})),
        "broken_times",
    ),
    "hours_without_a_frame.flv": (
        then(FLV, partial(move_flv_times, moved={n: 16_000_000 + 40 * n for n in range(CUT, FRAMES)})),
        "broken_times",
    ),
    "twice.ts": (then(H264, double), "broken_times"),
    "without_a_clock.h264": (H264, "no_times"),
    "unknown_codec.mp4": (then(H264, partial(rename_codec, name=b"avc1", other=b"zzz1")), "unknown_codec"),
}


def read(path: Path) -> Source:
    """The source that the registry makes of a file."""
    (file,) = (file for file in list_landing(str(path.parent)) if file.uri.endswith(path.name))
    opened = Opened(file, path, hash_file(path), path.read_bytes()[:HEAD_BYTES])
    reader = next(reader for reader in FILE_READERS if reader.claims(opened))
    (source,) = reader.read(opened, "batch")
    return source


def stream_of(source: Source) -> Stream:
    """The stream of a source that has one."""
    assert source.stream is not None
    return source.stream


def which(picture: Picture, painted: Sequence[Picture], near: int) -> int:
    """The number of the painted frame that a decoded one looks most like, among the five around `near`."""
    numbers = range(max(0, near - 2), min(FRAMES, near + 3))
    return min(numbers, key=lambda number: float(np.abs(picture - painted[number].astype(np.float32)).mean()))


@pytest.fixture(scope="module")
def make_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Kind], Path]:
    """The file of a kind, encoded once for all tests of it."""
    folder = tmp_path_factory.mktemp("odd")

    def make(kind: Kind) -> Path:
        path = folder / kind.name
        if not path.exists():
            kind.make(path)
        return path

    return make


@pytest.mark.parametrize("kind", READ, ids=lambda kind: kind.name)
def test_it_is_read_right(kind: Kind, make_once: Callable[[Kind], Path]) -> None:
    path = make_once(kind)
    source = read(path)
    stream = stream_of(source)
    assert (source.width, source.height, stream.codec) == (*kind.size, kind.codec)
    assert stream.frames == len(kind.numbers)
    wanted_s = [time / 1000 for time in kind.times_ms]
    assert stream.duration_s == pytest.approx(wanted_s[-1] + kind.last_ms / 1000, abs=0.06)

    frames = [(frame.time_s, to_picture(frame.video)) for frame in decode(path, stream)]
    assert [time_s for time_s, _ in frames] == pytest.approx(wanted_s, abs=1e-3)
    stored = kind.size[::-1] if kind.turns % 2 else kind.size
    painted = [np.rot90(picture, kind.turns) for picture in paint_frames(FRAMES, *stored)]
    for place in range(0, len(frames), 7):
        assert which(frames[place][1], painted, kind.numbers[place]) == kind.numbers[place]

    cuts = [one for one in scan_stream(source, path, [ShotsExtractor()])["shots"] if one.kind == "cut"]
    at = list(kind.numbers).index(CUT)
    assert [cut.frames for cut in cuts] == [(at, at + 1)]
    assert cuts[0].start_s == pytest.approx(wanted_s[at], abs=1e-3)


@pytest.mark.parametrize("kind", READ, ids=lambda kind: kind.name)
def test_reading_from_the_middle_gives_the_same_pictures(
    kind: Kind, make_once: Callable[[Kind], Path]
) -> None:
    path = make_once(kind)
    stream = stream_of(read(path))
    whole = {frame.time_s: to_picture(frame.video) for frame in decode(path, stream)}
    later = {frame.time_s: to_picture(frame.video) for frame in decode(path, stream, start_s=0.9)}
    assert list(later) == [time_s for time_s in whole if time_s >= 0.9]
    assert all(np.array_equal(whole[time_s], picture) for time_s, picture in later.items())


@pytest.mark.parametrize(("name", "make", "reason"), [(name, *case) for name, case in REFUSED.items()])
def test_it_is_refused_with_its_reason(name: str, make: Make, reason: str, tmp_path: Path) -> None:
    make(tmp_path / name)
    with pytest.raises(UnreadableSource) as caught:
        read(tmp_path / name)
    assert caught.value.reason == reason


def test_sound_with_a_cover_is_no_video(tmp_path: Path) -> None:
    import av

    path = tmp_path / "song.m4a"
    encode_sound(tmp_path / "bare.m4a", "aac")
    with av.open(str(tmp_path / "bare.m4a")) as bare, av.open(str(path), "w", format="mp4") as file:
        voice = file.add_stream_from_template(bare.streams.audio[0])
        cover = file.add_stream("png", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "rgb24"
        cover.disposition = av.stream.Disposition.attached_pic
        file.mux(cover.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        for packet in bare.demux(audio=0):
            if packet.dts is not None:
                packet.stream = voice
                file.mux(packet)
    with pytest.raises(UnreadableSource, match="cover"):
        read(path)


@pytest.mark.parametrize("matrix", [3, 8, 14, 162], ids=["reserved", "ycgco", "ictcp", "damaged"])
def test_colours_that_cannot_be_converted_are_taken_as_not_stated(matrix: int, tmp_path: Path) -> None:
    path = tmp_path / "v.mov"
    encode(path, "prores_ks", "yuv422p10le")
    data = bytearray(path.read_bytes())
    at = data.index(b"icpf")
    while at >= 0:
        data[at + 4 + 16] = matrix  # frame header, SMPTE RDD 36, 5.1.1
        at = data.find(b"icpf", at + 4)
    path.write_bytes(data)
    frames = list(decode(path, stream_of(read(path))))
    assert len(frames) == FRAMES
    assert to_picture(frames[0].video).std() > 10
