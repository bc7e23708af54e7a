"""Frames for prompts: the pictures on screen at given times, decoding as little as exactness allows."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataclaw_assets.errors import InputError, UnreadableSource
from dataclaw_assets.records import Stream
from resources.media import EPSILON_S, Frame, Picture, decode, fit_size, open_container, to_picture
from resources.tracks import find_track, is_timed_by_place

INDEXED_SEEK_S = 1.0
"""Seek when the index names a key frame this far ahead of what was read; nearer, reading on costs as much."""

BLIND_SEEK_S = 20.0
"""Without an index a seek may land before what was already decoded. x264 puts key frames at most 250 frames
apart by default (10 s at 25 fps), so that a blind seek over twice as much gains something."""

BACK_OFF_S = (0.0, 2.0, 30.0)
"""How far before the wanted time to seek: containers seek by the time of decoding, some not to key frames."""

LOOKAHEAD = 300
"""Packets held back, undecoded, in the hope of a key frame; beyond that the oldest is decoded."""

SKIPPABLE = frozenset({"h264", "mpeg4"})
"""Codecs in which nothing ever refers to a frame marked as no reference (H.264 7.4.1; MPEG-4 B-VOPs). Not
HEVC: there a frame of a higher temporal layer may."""

HIDING = frozenset({"vp8"})
"""Codecs in which a packet of its own may hold a frame that is never shown (RFC 6386 9.1)."""


@dataclass(frozen=True)
class Sampled:
    """A frame as a viewer sees it: its own time (seconds, source clock) and its upright RGB picture."""

    time_s: float
    picture: Picture


def spread_times(start_s: float, end_s: float, count: int) -> list[float]:
    """The middles of `count` equal parts of a stretch, in seconds.

    Raises `InputError` for a stretch that is not finite or ends before it starts, or a count below one.
    """
    if count < 1 or not math.isfinite(end_s - start_s) or end_s < start_s:
        raise InputError(f"{count} times cannot be spread from {start_s} s to {end_s} s")
    return [start_s + (end_s - start_s) * (2 * place + 1) / (2 * count) for place in range(count)]


def sample_frames(
    path: Path, stream: Stream, times: Sequence[float], side: int | None = None, threads: int = 1
) -> list[Sampled]:
    """For each time (source clock, any order) the frame on screen then: of those that `decode` gives for the
    whole stream, the last one that is not later. Before the first frame that is the first one, after the
    last frame the last one. The longer side has at most `side` pixels.

    PyAV reads every codec. `python -m bench.sampling`: at 640×360 decord took 0.81 (HEVC) to 1.07 × as long,
    at 1080p 0.95 to 1.43; it gave wrong frames without an error for open groups of pictures, MPEG-4 with
    B-frames and transport streams, and opens no AV1. Where the packets' times leave doubt which frame is
    meant, everything is decoded. Raises `UnreadableSource` (`not_media`, `no_video`, `unknown_codec`,
    `no_frames`), `InputError` for a NaN.
    """
    if any(math.isnan(time_s) for time_s in times):
        raise InputError("a time to sample at is not a number")
    wanted = sorted(set(times))
    found: dict[float, Sampled] = {}
    try:
        _collect(found, _seek_frames(path, stream, wanted, threads), side)
    except _Doubt:
        _collect(found, _decode_frames(path, stream, wanted), side)
    return [found[time_s] for time_s in times]


def frames_on_screen(path: Path, stream: Stream, times: Sequence[float]) -> Iterator[tuple[float, Frame]]:
    """The frame on screen at each of the times, which rise, with that time; one at a time, so that many full
    pictures need little memory. Their numbers are not known and are 0. Raises as `sample_frames` does."""
    done = 0
    try:
        for wanted_s, time_s, video in _seek_frames(path, stream, times, 1):
            done += 1
            yield wanted_s, Frame(0, time_s, video)
    except _Doubt:
        for wanted_s, time_s, video in _decode_frames(path, stream, times[done:]):
            yield wanted_s, Frame(0, time_s, video)


def _collect(
    found: dict[float, Sampled], shown: Iterator[tuple[float, float, Any]], side: int | None
) -> None:
    """Convert what is on screen at each wanted time; a frame that stays on screen is converted once."""
    last: Any = None
    for wanted_s, time_s, video in shown:
        if video is not last:
            size = fit_size(video.width, video.height, side) if side else (None, None)
            sampled, last = Sampled(time_s, to_picture(video, *size)), video
        found[wanted_s] = sampled


def _decode_frames(path: Path, stream: Stream, wanted: Sequence[float]) -> Iterator[tuple[float, float, Any]]:
    """Wanted time, time and `av.VideoFrame` of the frame on screen, by decoding the file from its start."""
    origin_s = min(stream.origin_s, 0.0)
    lead_s = stream.origin_s - origin_s
    whole = stream.model_copy(update={"origin_s": origin_s, "duration_s": lead_s + stream.duration_s})
    times, held_s, held = deque(wanted), 0.0, None
    for frame in decode(path, whole):
        time_s = frame.time_s - lead_s
        if time_s < -EPSILON_S:
            continue
        while held is not None and times and time_s > times[0] + EPSILON_S:
            yield times.popleft(), held_s, held
        if not times:
            return
        held_s, held = max(0.0, time_s), frame.video
    if held is None:
        raise UnreadableSource("no_frames", "no frame can be decoded")
    for wanted_s in times:
        yield wanted_s, held_s, held


def _seek_frames(
    path: Path, stream: Stream, wanted: Sequence[float], threads: int
) -> Iterator[tuple[float, float, Any]]:
    """The same by decoding only what is needed. Raises `_Doubt` where that might not be the same."""
    with open_container(path, threads) as container:
        track = find_track(container)
        if is_timed_by_place(container, track):
            raise _Doubt  # AVI states no times; `decode` counts such frames from the start of the file
        walk = _Walk(container, track, stream)
        for wanted_s in wanted:
            video = walk.find(wanted_s)
            yield wanted_s, max(0.0, float(video.pts * walk.base) - stream.origin_s), video


class _Doubt(Exception):
    """The file is not as orderly as finding frames by their packets needs."""


class _Walk:
    """One way through a file, forwards, that knows from the packets' times which frame is wanted next.

    Packets are read ahead of decoding. Those before the last key frame that is not later than the wanted
    time are never decoded; where `SKIPPABLE`, nor are those on the way that nothing refers to. Times are in
    ticks of the track's time base.
    """

    def __init__(self, container: Any, track: Any, stream: Stream) -> None:
        import av

        self.failure = av.FFmpegError
        self.container, self.track = container, track
        self.codec, self.base, self.stream = self.track.codec_context, self.track.time_base, stream
        name = self.codec.codec.canonical_name
        self.skippable, self.hiding = name in SKIPPABLE, name in HIDING
        self.low = math.ceil((stream.origin_s - EPSILON_S) / self.base)
        self.high = math.ceil((stream.origin_s + stream.duration_s - EPSILON_S) / self.base) - 1
        self.start: int = self.track.start_time or 0
        self.seeks_in_vain = False
        self._restart(lost=False)

    def _restart(self, lost: bool) -> None:
        self.packets = self.container.demux(self.track)
        self.position = self.start  # time of decoding of the last packet read
        self.queue: deque[Any] = deque()  # packets read and not decoded
        self.ready: deque[Any] = deque()  # frames decoded and not passed
        self.times: list[int] = []  # of the frames that may be wanted, from the last one found on
        self.held: Any = None  # the last frame passed
        self.key: int | None = None  # time of the key frame that has to come out of the decoder next
        self.lost, self.ended = lost, False  # lost: no key frame met yet since seeking

    def find(self, time_s: float) -> Any:
        """The `av.VideoFrame` on screen at a time that is not before the last one asked for."""
        inside_s = min(max(time_s, 0.0), self.stream.duration_s)
        top = min(self.high, math.floor((self.stream.origin_s + inside_s + EPSILON_S) / self.base))
        if self._seek_pays(top):
            self._seek(top)
        self._read_past(top)
        if self.times and self.times[0] > top:  # before the first frame
            top = self.times[0]
            self._read_past(top)
        if not self.times:
            raise _Doubt
        del self.times[: bisect_right(self.times, top) - 1]
        return self._decode_to(self.times[0])

    def _seek_pays(self, top: int) -> bool:
        ahead_s = float((top - self.position) * self.base)
        if ahead_s <= INDEXED_SEEK_S or self.ended:
            return False
        index = self.track.index_entries
        if index.search_timestamp(top, backward=False, any_frame=True) < 0:
            return ahead_s > BLIND_SEEK_S and not self.seeks_in_vain
        key = index.search_timestamp(top, backward=True)
        return key >= 0 and float((index[key].timestamp - self.position) * self.base) > INDEXED_SEEK_S

    def _seek(self, top: int) -> None:
        """Go to a key frame not later than `top`, or to the start."""
        known = self.position
        try:
            for back_s in BACK_OFF_S:
                self.container.seek(math.floor(top - back_s / self.base), stream=self.track)
                self._restart(lost=True)
                self._read_past(top)
                if not self.lost:
                    self.seeks_in_vain = self.queue[0].pts <= known
                    return
            self.seeks_in_vain = True
            self.container.seek(self.start, stream=self.track)
        except self.failure as error:
            raise _Doubt from error
        self._restart(lost=False)

    def _read_past(self, top: int) -> None:
        """Read until no packet that is still to come can be shown at or before `top`."""
        self._drop_to_key(top)
        while not self.ended and self.position <= top:
            newest = self._read()
            if newest.pts is None or newest.pts > top:
                continue
            if newest.is_keyframe:
                self._drop_to_key(top)
            elif self.lost:
                self.queue.pop()
            elif len(self.queue) > LOOKAHEAD:
                self._feed(newest.pts)
                self._pass_to(newest.pts - 1)

    def _read(self) -> Any:
        try:
            packet = next(self.packets)
        except (StopIteration, self.failure) as error:
            raise _Doubt from error
        self.queue.append(packet)
        if packet.pts is None:
            if packet.size:
                raise _Doubt
            self.ended = True  # the empty packet that drains the decoder
            return packet
        if packet.pts < self.position and self.times:
            raise _Doubt  # times of decoding that do not rise, or are after those of showing
        if packet.dts is not None:
            self.position = packet.dts
        if self.low <= packet.pts <= self.high and not packet.is_discard:
            insort(self.times, packet.pts)
        return packet

    def _drop_to_key(self, top: int) -> None:
        """Forget what was read before the last key frame not later than `top`, and begin at that."""
        for place in range(len(self.queue) - 1, -1 if self.lost else 0, -1):
            packet = self.queue[place]
            if packet.pts is not None and packet.pts <= top and packet.is_keyframe:
                for _ in range(place):
                    self.queue.popleft()
                self.codec.flush_buffers()
                self.ready.clear()
                self.held, self.lost = None, False
                self.key = None if packet.is_discard else packet.pts
                del self.times[: bisect_left(self.times, packet.pts)]
                return

    def _feed(self, wanted: int) -> None:
        """Decode the oldest packet, unless its frame is earlier than the wanted one and not needed for it."""
        packet = self.queue.popleft()
        spare = self.skippable and packet.pts is not None and packet.pts < wanted
        self.codec.skip_frame = "NONREF" if spare else "DEFAULT"
        try:
            frames = packet.decode()
        except self.failure as error:
            raise _Doubt from error
        if any(frame.pts is None or frame.is_corrupt for frame in frames):
            raise _Doubt  # how a decoder conceals damage depends on what it decoded before, and on threads
        self.ready.extend(frames)

    def _pass_to(self, wanted: int) -> None:
        """Hold the last decoded frame that is not later than the wanted one."""
        while self.ready and self.ready[0].pts <= wanted:
            frame = self.ready.popleft()
            if self.key is not None:
                if frame.pts < self.key:
                    continue  # shown before the key frame, and refers to what was not decoded
                if frame.pts != self.key or not frame.key_frame:
                    raise _Doubt
                self.key = None
            elif self.held is not None and frame.pts <= self.held.pts:
                raise _Doubt
            self.held = frame

    def _decode_to(self, wanted: int) -> Any:
        while True:
            self._pass_to(wanted)
            if self.held is not None and self.held.pts == wanted:
                return self.held
            if self.ready or (self.ended and not self.queue):
                if self.hiding and self.held is not None:
                    return self.held
                raise _Doubt
            if not self.queue:
                self._read()
            self._feed(wanted)
