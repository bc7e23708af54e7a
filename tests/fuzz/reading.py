"""Reads damaged clips as the platform does, each in a child process, and counts what becomes of them."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.contract import FileExtractor, StreamExtractor
from dataclaw_assets.factual_anchors.reading import Job, read_job
from dataclaw_assets.factual_anchors.registry import list_extractors
from dataclaw_assets.raw_sources.readers.contract import Unit
from dataclaw_assets.raw_sources.reading import Job as Registration
from dataclaw_assets.raw_sources.reading import read_unit
from dataclaw_assets.records import Source, Stream
from resources.landing import LandingFile, to_uri
from resources.media import probe_video
from resources.settings import Settings
from resources.workers import Limits, map_isolated
from tests.fuzz.damage import damage

LIMITS = Limits(deadline_s=20.0, memory_mb=4096)
"""A clip takes a tenth of a second; memory is the setting's default."""

DEFECTS = ("extractor_failed", "reader_failed")
"""Reasons that stand for an error which no reader and no extractor expected."""

LOST = ("reader_crashed", "deadline", "memory")
"""Reasons that only the parent, or the limit, can have given."""


@dataclass(frozen=True)
class Clip:
    """One damaged clip to be made and read: a number of a run, and where the whole ones are."""

    number: int
    seed: int
    whole: tuple[Path, ...]
    folder: Path


@dataclass(frozen=True)
class Read:
    """What became of a clip: `read`, or the reason of its row, and of the rows of its extractors."""

    outcome: str
    steps: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()


@dataclass
class Tally:
    """Counts of a run. `defects` and `lost` name the clips, so that each can be made again."""

    outcomes: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    defects: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def run(whole: tuple[Path, ...], count: int, seed: int, workers: int, on_done: Callable[[], None]) -> Tally:
    """Read `count` damaged clips on `workers` child processes."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    clips = [Clip(number, seed, whole, folder) for number in range(count)]
    try:
        results = map_isolated(read_clip, clips, workers, LIMITS, lambda clip: on_done())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    tally = Tally()
    for clip, result in zip(clips, results, strict=True):
        name = f"clip {clip.number} ({whole[clip.number % len(whole)].name})"
        if isinstance(result, UnreadableSource):
            tally.outcomes[result.reason] += 1
            tally.lost.append(f"{name}: {result}")
            continue
        tally.outcomes[result.outcome] += 1
        tally.steps.update(result.steps)
        tally.defects += [f"{name}: {defect}" for defect in result.defects]
    return tally


def read_clip(clip: Clip) -> Read:
    """Make the clip, register it, and run every extractor that decodes or demuxes on it.

    A clip that is refused for its length alone is decoded all the same: the decoders are what is tried here.
    """
    import av

    av.logging.set_level(av.logging.PANIC)
    place, data, _ = damage([path.read_bytes() for path in clip.whole], clip.seed, clip.number)
    path = clip.folder / f"{clip.number}{clip.whole[place].suffix}"
    path.write_bytes(data)
    try:
        uri, stat = to_uri(path), path.stat()
        file = LandingFile(uri=uri, path=path.name, bytes=stat.st_size, mtime_ns=stat.st_mtime_ns)
        (row,) = read_unit(Registration(Unit(files=(file,)), "fuzz", clip.folder)).rows
        reason = (row.reason or "read").split(":")[0]
        defects = [row.reason or ""] if reason in DEFECTS else []
        source = row if row.status == "registered" else _insist(row, path) if reason == "truncated" else None
        steps: list[str] = []
        if source is not None and source.stream is not None:
            for unread in _extract(source, clip):
                steps.append(f"{unread[0]}: {unread[1]}")
                if unread[1] in DEFECTS:
                    defects.append(" ".join(unread))
        return Read(reason, tuple(steps), tuple(defects))
    finally:
        path.unlink()


def _insist(row: Source, path: Path) -> Source | None:
    try:
        probe = probe_video(path)
    except UnreadableSource:
        return None
    stream = Stream(
        uri=row.uri,
        origin_s=probe.origin_s,
        duration_s=probe.duration_s,
        fps=probe.fps,
        frames=probe.frames,
        codec=probe.codec,
        has_audio=probe.has_audio,
    )
    changed = {"kind": "video", "stream": stream, "width": probe.width, "height": probe.height}
    return row.model_copy(update=changed)


def _extract(source: Source, clip: Clip) -> list[tuple[str, str, str]]:
    wanted = tuple(
        item
        for item in list_extractors(Settings())
        if isinstance(item, StreamExtractor | FileExtractor) and item.applies(source)
    )
    spool = Path(tempfile.mkdtemp(dir=clip.folder))
    try:
        rows = read_job(Job((source,), (wanted,), spool, clip.folder, ({},)))
    finally:
        shutil.rmtree(spool)
    return [(row.step, row.reason, row.detail) for row in rows]
