"""The one door to sound: an audio track in blocks of equal length on the source's clock."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.records import Stream
from resources.media import open_container

Samples = npt.NDArray[np.float32]
"""Left and right, 2 × n at `RATE`, full scale ±1; zero where the track holds nothing, NaN where damaged."""

RATE = 16_000
"""Samples a second: what speech detectors take. Sound above 8 kHz is not heard."""

BLOCK = 20_480
"""Samples of one block, 1.28 s: a multiple of 160 (10 ms) and of 512 (a detector's step)."""

SLACK = RATE // 100
"""How far (samples, 10 ms) a frame's time may be off the end of the one before it and still follow it: times
in Matroska and FLV are rounded to 1 ms, so that frames seem to overlap."""

PREROLL_S = 1.0
"""How long before the wanted stretch decoding begins; Opus needs 0.08 s (RFC 7845, 4.6), AAC one frame."""

MAX_S = 48 * 3600.0
"""The longest stream whose sound is read: a broken time in a file must not become days of silence."""


def read_sound(path: Path, stream: Stream) -> Iterator[Samples]:
    """The sound of a stream from 0 to `duration_s`, without a hole: `BLOCK` samples each, the last one fewer.

    The audio track that FFmpeg takes for the main one, mixed to stereo. Each frame lies where its time says:
    a late start, a gap and an early end are zeros, what overlaps is given once. A damaged stretch is NaN;
    when nothing can be decoded after it, the blocks end there. Only one block is held. Raises
    `UnreadableSource` (`not_media`, `no_sound`, `too_long`).
    """
    from av.stream import Discard

    if not stream.duration_s <= MAX_S:
        raise UnreadableSource("too_long", f"{stream.duration_s} s; sound is read up to {MAX_S:.0f} s")
    with open_container(path) as container:
        track = container.streams.best("audio")
        if track is None:
            raise UnreadableSource("no_sound", "the file holds no audio track")
        for picture in container.streams.video:
            picture.discard = Discard.all
        yield from _lay_frames(_decode_from(container, track, stream.origin_s), track.time_base, stream)


def _lay_frames(frames: Iterator[Any], base: Any, stream: Stream) -> Iterator[Samples]:
    tape = _Tape(round(stream.duration_s * RATE))
    run: _Run | None = None
    damaged, decoded = False, False
    for frame in frames:
        if frame is None:
            damaged = True
            continue
        decoded = True
        start = run.end if run else 0.0
        if frame.pts is not None:
            start = (float(frame.pts * (frame.time_base or base)) - stream.origin_s) * RATE
        if run is None or not run.continues(frame, start):
            if run is not None:
                yield from tape.lay(run.finish())
            # Zeros before the first sound are given at once: a late start must not wait for the end.
            yield from tape.fill(round(start), math.nan if damaged else 0.0)
            run = _Run(frame, start, skip=max(0, tape.at - round(start)))
        damaged = False
        yield from tape.lay(run.add(frame))
        if tape.full:
            return
    if run is not None:
        yield from tape.lay(run.finish())
    if not decoded:
        raise UnreadableSource("no_sound", "nothing of its audio track can be decoded")
    if damaged:
        yield from tape.rest()
    else:
        yield from tape.fill(tape.total, 0.0)


def _decode_from(container: Any, track: Any, origin_s: float) -> Iterator[Any]:
    """Frames from `origin_s` or earlier; from the start of the file where a jump lands too late."""
    import av

    if origin_s > PREROLL_S:
        try:
            wanted = math.floor((origin_s - PREROLL_S) / track.time_base)
            container.seek(wanted, stream=track, backward=True)
            frames = _decode_packets(container, track)
            first = next((frame for frame in frames if frame is not None), None)
        except av.FFmpegError:
            first = None
        if first is not None and first.pts is not None and first.pts * track.time_base <= origin_s:
            yield first
            yield from frames
            return
        container.seek(0)
    yield from _decode_packets(container, track)


def _decode_packets(container: Any, track: Any) -> Iterator[Any]:
    """Decoded frames, and None where something between them could not be decoded."""
    import av

    packets = container.demux(track)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.FFmpegError:
            yield None
            return
        try:
            yield from packet.decode()
        except av.FFmpegError:
            yield None


class _Run:
    """Frames that follow each other without a gap, through one resampler."""

    def __init__(self, frame: Any, start: float, skip: int) -> None:
        from av import AudioResampler

        self.key = _describe(frame)
        self.start = start
        self.taken = 0
        self.skip = skip
        self.resampler = AudioResampler("fltp", "mono" if len(frame.layout.channels) == 1 else "stereo", RATE)

    @property
    def end(self) -> float:
        """Where the next frame is expected, in samples on the source's clock."""
        return self.start + self.taken * RATE / self.key[2]

    def continues(self, frame: Any, start: float) -> bool:
        """Whether a frame is of the same make and begins where the last one ended."""
        return self.key == _describe(frame) and abs(start - self.end) <= SLACK

    def add(self, frame: Any) -> Samples:
        """What the resampler has ready after this frame."""
        self.taken += frame.samples
        frame.pts = None
        return self._collect(self.resampler.resample(frame))

    def finish(self) -> Samples:
        """What the resampler still held."""
        return self._collect(self.resampler.resample(None))

    def _collect(self, frames: list[Any]) -> Samples:
        parts = [frame.to_ndarray() for frame in frames if frame.samples]
        samples = np.concatenate(parts, axis=1) if parts else np.zeros((1, 0), np.float32)
        dropped = min(self.skip, samples.shape[1])
        self.skip -= dropped
        rest = samples[:, dropped:]
        # A float track may hold anything, infinity included.
        return np.broadcast_to(np.clip(rest, -1.0, 1.0), (2, rest.shape[1]))


def _describe(frame: Any) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


class _Tape:
    """Cuts what is laid on it into blocks, and ends at `total` samples."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.at = 0
        self.block = np.zeros((2, BLOCK), np.float32)

    @property
    def full(self) -> bool:
        """Whether the end of the stream is reached."""
        return self.at >= self.total

    def lay(self, samples: Samples) -> Iterator[Samples]:
        """Blocks that these samples complete."""
        while samples.shape[1] and not self.full:
            place = self.at % BLOCK
            count = min(samples.shape[1], BLOCK - place, self.total - self.at)
            self.block[:, place : place + count] = samples[:, :count]
            self.at += count
            samples = samples[:, count:]
            if self.full or place + count == BLOCK:
                yield self.block[:, : place + count].copy()

    def fill(self, until: int, value: float) -> Iterator[Samples]:
        """Blocks that one value, repeated up to a place, completes."""
        while self.at < min(until, self.total):
            count = min(BLOCK, until - self.at)
            yield from self.lay(np.full((2, count), value, np.float32))

    def rest(self) -> Iterator[Samples]:
        """The block begun, as far as it goes."""
        if not self.full and self.at % BLOCK:
            yield self.block[:, : self.at % BLOCK].copy()
