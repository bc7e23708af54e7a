"""Picture tracks of an open container: which one is read, the order of its frames, and their times."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Shown:
    """The frames of a track, as its packets state them, in ticks: how many, from the first to the last, the
    longest time from one to the next, and how long the last one stays (0 if the container does not say)."""

    count: int
    span: int
    gap: int
    last_stays: int


def survey_times(container: Any, track: Any, first: int, reorders: bool) -> Shown:
    """The frames to be shown from `first` on, each later than the one before; none are held, however long the
    track is. `reorders` is whether the codec keeps frames waiting.

    A frame that lies not later than one before it is passed over. Raises `UnreadableSource`: `truncated`, or
    `broken_times` when more than `LATE_SHARE` of the frames lie earlier than one before them.
    """
    import av

    by_place = is_timed_by_place(container, track)
    stated = _stated_times(container, track, first, by_place)
    count = total = late = gap = span = stays = 0
    last = first - 1
    try:
        for ticks, duration in _in_order(stated, REORDERED if reorders and not by_place else 0):
            total += 1
            late += ticks < last
            if ticks > last:
                step = ticks - last if count else 0
                gap, span = max(gap, step), span + step
                count, last, stays = count + 1, ticks, duration
    except av.FFmpegError as error:
        raise UnreadableSource("truncated", str(error)) from error
    if late > LATE_SHARE * total:
        detail = f"{late} of {total} frames lie earlier than one before them"
        raise UnreadableSource("broken_times", detail)
    return Shown(count, span, gap, stays)


def _stated_times(container: Any, track: Any, first: int, by_place: bool) -> Iterator[tuple[int, int]]:
    """Time and duration in ticks of each packet to be shown from `first` on, as they lie in the file."""
    for packet in _demux(container, track):
        ticks = packet.dts if by_place else packet.pts
        if ticks is not None and ticks >= first and not packet.is_discard:
            yield ticks, packet.duration or 0


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


def _in_order(times: Iterator[tuple[int, int]], depth: int) -> Iterator[tuple[int, int]]:
    """Times in decoding order as a decoder that keeps `depth` frames waiting gives them."""
    waiting: list[tuple[int, int]] = []
    for one in times:
        if len(waiting) < depth:
            heapq.heappush(waiting, one)
        else:
            yield heapq.heappushpop(waiting, one)
    yield from sorted(waiting)
