"""Picture tracks of an open container: which one is read, the order of its frames, and their times."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import math
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from dataclaw_assets.errors import UnreadableSource

REORDERED = 16
"""How many frames may wait to be shown: the most that H.264 and HEVC allow."""

SEEK_BACK_S = (0.5, 5.0, 50.0)
"""How far before a wanted frame a key frame is looked for, one after the other."""

MOST_DAMAGED = 100
"""A stream of which so many packets in a row do not decode is given up."""

UNSTATED = 2
MATRICES = frozenset({0, 1, UNSTATED, 4, 5, 6, 7, 9})
PRIMARIES = frozenset({1, UNSTATED, *range(4, 13), 22})
CURVES = frozenset({1, UNSTATED, *range(4, 19)})
"""Code points of colours (ITU-T H.273) that FFmpeg converts from; of the matrices YCgCo and ICtCp are not."""

LATE_SHARE = 0.1
"""A file in which more of the frames lie earlier than one before them has no clock to speak of."""


def find_track(container: Any) -> Any:
    """The first picture track that is no cover.

    Raises `UnreadableSource` (`no_video`, `unknown_codec`).
    """
    from av.stream import Disposition

    tracks = [
        stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic
    ]
    if not tracks:
        covers = bool(container.streams.video)
        raise UnreadableSource(
            "no_video", "its only picture is a cover" if covers else "the file holds no picture track"
        )
    if tracks[0].codec_context is None:
        raise UnreadableSource("unknown_codec", "no decoder for its picture track")
    return tracks[0]


def decode_track(container: Any, track: Any) -> Iterator[tuple[int | None, Any]]:
    """Frames in presentation order with their times in ticks. Ends where the container is damaged, or after
    `MOST_DAMAGED` damaged packets in a row. Raises `MemoryError`."""
    import av

    by_place = is_timed_by_place(container, track)
    places: deque[int] = deque()
    damaged = 0
    packets = _demux(container, track)
    while damaged <= MOST_DAMAGED:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):
            return
        if by_place and packet.dts is not None:
            places.append(packet.dts)
        try:
            for video in packet.decode():
                damaged = 0
                _forget_unknown_colours(video)
                yield (places.popleft() if places else video.pts), video
        except MemoryError:
            raise  # no damage: it is told as what it is
        except av.FFmpegError:
            damaged += 1
            if places:
                places.pop()


def decode_from(container: Any, track: Any, first_s: float) -> Iterator[tuple[int | None, Any]] | None:
    """Frames from a key frame on that is shown at `first_s` of the file's time or before it.

    A transport stream lands anywhere when it seeks, hence the look for a key frame and the attempts further
    back. None when none is found so, or the container cannot seek: it must then be read from its beginning.
    """
    import av

    if is_timed_by_place(container, track):
        return None  # after a seek frames may be missing, and the others would take their places
    for back_s in SEEK_BACK_S:
        try:
            ticks = math.floor(max(0.0, first_s - back_s) / track.time_base)
            container.seek(ticks, stream=track, backward=True)
        except (av.FFmpegError, OverflowError):
            return None
        frames = decode_track(container, track)
        for ticks, video in frames:
            if ticks is None or float(ticks * track.time_base) > first_s + 1e-6:
                break
            if video.key_frame:
                return itertools.chain([(ticks, video)], frames)
    return None


def read_times(container: Any, track: Any, first: int, reorders: bool) -> tuple[list[int], int]:
    """The times in ticks, strictly rising, of the frames to be shown from `first` on, and how long the last
    one stays (0 if the container does not say). `reorders` is whether the codec keeps frames waiting.

    A frame that lies not later than one before it is passed over. Raises `UnreadableSource`: `truncated`, or
    `broken_times` when more than `LATE_SHARE` of the frames lie earlier than one before them.
    """
    import av

    by_place = is_timed_by_place(container, track)
    times: list[tuple[int, int]] = []
    try:
        for packet in _demux(container, track):
            ticks = packet.dts if by_place else packet.pts
            if ticks is not None and ticks >= first and not packet.is_discard:
                times.append((ticks, packet.duration or 0))
    except av.FFmpegError as error:
        raise UnreadableSource("truncated", str(error)) from error
    shown, late = _order(times, reorders=reorders and not by_place)
    if late > LATE_SHARE * len(times):
        detail = f"{late} of {len(times)} frames lie earlier than one before them"
        raise UnreadableSource("broken_times", detail)
    return [ticks for ticks, _ in shown], shown[-1][1] if shown else 0


def _demux(container: Any, track: Any) -> Iterator[Any]:
    """The packets of a track. Where another track began in the middle of the file (TS, FLV), PyAV 18.1 reads
    past its list of tracks at the end and may raise; all packets of this track are given by then."""
    with contextlib.suppress(IndexError):
        yield from container.demux(track)


def _forget_unknown_colours(video: Any) -> None:
    """Colours that FFmpeg cannot convert from are taken as not stated; it would refuse the whole frame."""
    if video.colorspace not in MATRICES:
        video.colorspace = UNSTATED
    if video.color_primaries not in PRIMARIES:
        video.color_primaries = UNSTATED
    if video.color_trc not in CURVES:
        video.color_trc = UNSTATED


def is_timed_by_place(container: Any, track: Any) -> bool:
    """Whether frames take their times from the packets' places, since the container gives them none.

    AVI states the order of packets only (OpenDML AVI 1.02). FFmpeg works the times out for most codecs, not
    for these two: it left 34 of 50 frames of H.264 with rising times.
    """
    return container.format.name == "avi" and track.codec_context.name in ("h264", "hevc")


def _order(times: Sequence[tuple[int, int]], reorders: bool) -> tuple[list[tuple[int, int]], int]:
    """Times in decoding order as a decoder gives them, strictly rising, and how many lie earlier."""
    window: list[tuple[int, int]] = []
    shown: list[tuple[int, int]] = []
    late = 0
    depth = REORDERED if reorders else 0
    for place in range(len(times) + depth):
        if place < len(times):
            heapq.heappush(window, times[place])
        if place < depth or not window:
            continue
        frame = heapq.heappop(window)
        if not shown or frame[0] > shown[-1][0]:
            shown.append(frame)
        elif frame[0] < shown[-1][0]:
            late += 1
    return shown, late
