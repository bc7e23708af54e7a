"""Cutting all media of one source to files, in a child process: one pass, bounded memory."""

from __future__ import annotations

import itertools
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.streams import check_registered, open_stream
from dataclaw_assets.records import Clip, Media, SketchClip, SketchStill, Source, Still, Stream
from dataclaw_assets.validated_exports.edits import apply_edits, draw_shapes
from dataclaw_assets.validated_exports.sketch import CANVAS_PX, Points, render_clip, render_still
from resources.landing import local_path
from resources.media import (
    EPSILON_S,
    Frame,
    Picture,
    fit_size,
    read_image,
    resize,
    to_picture,
    write_clip,
)
from resources.sampling import frames_on_screen
from resources.settings import Settings

JPEG_QUALITY = 92
SPOOL_FRAMES = 2000
"""Source frames kept on disk at once, about 1 GB at 512 px; more are cut in several passes."""


@dataclass(frozen=True)
class CutJob:
    """What to cut from one source. `strokes` are its points by stroke, for media that are rendered."""

    source: Source
    media: tuple[Media, ...]
    strokes: Mapping[int, Points]
    settings: Settings
    scratch: Path
    folder: Path


@dataclass(frozen=True)
class MadeFile:
    """One file that was cut, still in the job's folder."""

    path: Path
    width: int
    height: int
    duration_s: float | None
    frames: int | None


def needs_media_file(medium: Media) -> bool:
    """Whether a medium is cut from the source's file; sketches are rendered from anchors."""
    return isinstance(medium, Clip | Still)


def cut_job(job: CutJob) -> list[MadeFile | str]:
    """The file of each medium, or the reason why it cannot be cut.

    Raises `UnreadableSource` when nothing can be cut: `missing`, `source_changed`, or what opening it gave.
    """
    numbers = range(len(job.media))
    made = {
        number: _guard(_render, job, number) for number in numbers if not needs_media_file(job.media[number])
    }
    rest = [number for number in numbers if number not in made]
    if rest:
        path = _open_path(job)
        if job.source.stream is None:
            made |= {number: _guard(_copy_image, job, number, path) for number in rest}
        else:
            made |= _cut_stream(job, path, job.source.stream, rest)
    return [made[number] for number in numbers]


def _guard(make: Callable[..., MadeFile], *order: Any) -> MadeFile | str:
    try:
        return make(*order)
    except UnreadableSource as reason:
        return reason.reason


def _open_path(job: CutJob) -> Path:
    path = local_path(job.source.stream.uri if job.source.stream else job.source.uri, job.scratch)
    check_registered(job.source, path)
    return open_stream(job.source, job.scratch) if job.source.stream else path


def _render(job: CutJob, number: int) -> MadeFile:
    medium = job.media[number]
    if isinstance(medium, SketchStill):
        picture = render_still(medium, job.strokes)
        return _write_picture(job, number, _fit(picture, job.settings.consumer_image_px), lossless=True)
    assert isinstance(medium, SketchClip)
    size = fit_size(CANVAS_PX, CANVAS_PX, job.settings.clip_side_px)
    pictures = render_clip(medium, job.strokes, job.settings.clip_fps)
    return _write_clip(job, number, (resize(picture, *size) for picture in pictures))


def _copy_image(job: CutJob, number: int, path: Path) -> MadeFile:
    medium = job.media[number]
    if not isinstance(medium, Still) or medium.time_s is not None:
        raise UnreadableSource("no_moving_picture", "the source is a single picture")
    return _write_still(job, number, read_image(path))


def _cut_stream(job: CutJob, path: Path, stream: Stream, numbers: Sequence[int]) -> dict[int, MadeFile | str]:
    made: dict[int, MadeFile | str] = {}
    wanted: dict[int, list[float]] = {}
    for number in numbers:
        try:
            wanted[number] = _source_times(job.media[number], stream, job.settings.clip_fps)
        except UnreadableSource as reason:
            made[number] = reason.reason
    for group in _group(wanted, stream.fps):
        made |= _cut_group(job, path, stream, {number: wanted[number] for number in group})
    return made


def _source_times(medium: Media, stream: Stream, fps: float) -> list[float]:
    """The source time of every frame to be shown.

    A clip's frames are counted on the clip's own clock, so that rounding does not add up over its pieces;
    a piece never shows a frame that begins at or after its end (it would be the next shot's).
    """
    end_s = stream.duration_s + 1.0 / max(stream.fps, 1.0)
    if isinstance(medium, Still):
        if medium.time_s is None or not -EPSILON_S <= medium.time_s < end_s:
            raise UnreadableSource("outside_source", f"{medium.time_s} s of {stream.duration_s:.3f} s")
        return [medium.time_s]
    assert isinstance(medium, Clip)
    times: list[float] = []
    length = 0.0
    for piece in medium.pieces:
        if not -EPSILON_S <= piece.start_s < piece.end_s <= end_s:
            raise UnreadableSource(
                "outside_source", f"{piece.start_s}-{piece.end_s} s of {stream.duration_s:.3f} s"
            )
        length += piece.length_s
        for step in range(round(length * fps) - len(times)):
            shown = {
                "freeze": piece.start_s,
                "reverse": piece.end_s - (step + 1) * piece.speed / fps,
            }.get(piece.op, piece.start_s + step * piece.speed / fps)
            times.append(max(0.0, piece.start_s, min(shown, piece.end_s - 2 * EPSILON_S)))
    if not times:
        raise UnreadableSource("empty_range", "shorter than one frame")
    return times


def _list_operations(medium: Clip, fps: float) -> list[str]:
    """For every frame of a clip, what is done to its piece."""
    operations: list[str] = []
    length = 0.0
    for piece in medium.pieces:
        length += piece.length_s
        operations += [piece.op] * (round(length * fps) - len(operations))
    return operations


def _group(wanted: Mapping[int, Sequence[float]], fps: float) -> list[list[int]]:
    """Media in order of their first moment, in groups whose frames fit the spool."""
    groups: list[list[int]] = []
    frames: set[int] = set()
    for number in sorted(wanted, key=lambda number: (min(wanted[number]), number)):
        own = {math.floor(time_s * max(fps, 1.0)) for time_s in wanted[number]}
        frames |= own
        if not groups or len(frames) > SPOOL_FRAMES:
            groups.append([])
            frames = own
        groups[-1].append(number)
    return groups


def _cut_group(
    job: CutJob, path: Path, stream: Stream, wanted: Mapping[int, Sequence[float]]
) -> dict[int, MadeFile | str]:
    moments = sorted({time for times in wanted.values() for time in times})
    stills: dict[float, list[int]] = {}
    clip_moments: set[float] = set()
    for number, times in wanted.items():
        if isinstance(job.media[number], Still):
            stills.setdefault(times[0], []).append(number)
        else:
            clip_moments.update(times)
    made: dict[int, MadeFile | str] = {}
    with tempfile.TemporaryFile(dir=job.folder) as file:
        spool = _Spool(file, job.settings.clip_side_px)
        try:
            for time_s, frame in frames_on_screen(path, stream, moments):
                if time_s in clip_moments:
                    spool.put(time_s, frame)
                for number in stills.get(time_s, ()):
                    made[number] = _guard(_write_still, job, number, to_picture(frame.video))
        except UnreadableSource as reason:
            spool.failure = reason
        for number, times in wanted.items():
            if number not in made:
                made[number] = _guard(_cut_clip, job, number, times, spool)
    return made


def _cut_clip(job: CutJob, number: int, times: Sequence[float], spool: _Spool) -> MadeFile:
    medium = job.media[number]
    if not isinstance(medium, Clip) or any(time_s not in spool.slots for time_s in times):
        raise spool.failure or UnreadableSource("undecodable_frame")
    operations = _list_operations(medium, job.settings.clip_fps)
    return _write_clip(job, number, _show_frames(medium, times, operations, spool, job.settings.clip_fps))


def _show_frames(
    medium: Clip, times: Sequence[float], operations: Sequence[str], spool: _Spool, fps: float
) -> Iterator[Picture]:
    for step, (time_s, operation) in enumerate(zip(times, operations, strict=True)):
        picture = spool.get(time_s)
        if operation == "rotate_180":
            picture = np.rot90(picture, 2)
        elif operation == "mirror":
            picture = picture[:, ::-1]
        yield draw_shapes(picture, medium.shapes, step / fps)


class _Spool:
    """Decoded pictures of one size in a file, by the moment they are on screen; one slot a source frame."""

    def __init__(self, file: IO[bytes], side: int) -> None:
        self.file = file
        self.side = side
        self.slots: dict[float, int] = {}
        self.by_start: dict[float, int] = {}
        self.shape: tuple[int, ...] = ()
        self.failure: UnreadableSource | None = None

    def put(self, time_s: float, frame: Frame) -> None:
        start_s = frame.time_s
        if start_s not in self.by_start:
            picture = to_picture(frame.video, *fit_size(frame.video.width, frame.video.height, self.side))
            if self.shape and picture.shape != self.shape:
                picture = resize(picture, self.shape[1], self.shape[0])
            self.shape = picture.shape
            self.by_start[start_s] = len(self.by_start)
            self.file.seek(self.by_start[start_s] * math.prod(self.shape))
            self.file.write(picture.tobytes())
        self.slots[time_s] = self.by_start[start_s]

    def get(self, time_s: float) -> Picture:
        size = math.prod(self.shape)
        self.file.seek(self.slots[time_s] * size)
        return np.frombuffer(self.file.read(size), np.uint8).reshape(self.shape)


def _write_still(job: CutJob, number: int, picture: Picture) -> MadeFile:
    medium = job.media[number]
    assert isinstance(medium, Still)
    return _write_picture(
        job, number, _fit(apply_edits(picture, medium.edits), job.settings.consumer_image_px)
    )


def _fit(picture: Picture, side: int) -> Picture:
    """A still within `side`; one that fits already is left as it is, pixel for pixel."""
    height, width = picture.shape[:2]
    return picture if max(width, height) <= side else resize(picture, *fit_size(width, height, side))


def _write_picture(job: CutJob, number: int, picture: Picture, lossless: bool = False) -> MadeFile:
    from PIL import Image

    path = job.folder / f"{number}.{'png' if lossless else 'jpg'}"
    image = Image.fromarray(picture)
    if lossless:
        image.save(path, optimize=True)
    else:
        # 4:4:4: halved colour would blur small coloured text
        image.save(path, quality=JPEG_QUALITY, subsampling=0, optimize=True)
    return MadeFile(path, picture.shape[1], picture.shape[0], None, None)


def _write_clip(job: CutJob, number: int, pictures: Iterator[Picture]) -> MadeFile:
    path = job.folder / f"{number}.mp4"
    first = next(pictures)
    whole = (np.ascontiguousarray(picture) for picture in itertools.chain((first,), pictures))
    frames = write_clip(path, whole, job.settings.clip_fps)
    return MadeFile(path, first.shape[1], first.shape[0], frames / job.settings.clip_fps, frames)
