"""Cutting media: what was cut before is found by what it is, the rest is cut with one open per source."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dataclaw_assets.anchor_values import StrokeValue
from dataclaw_assets.errors import DataClawError, UnreadableSource
from dataclaw_assets.records import Anchor, Json, Media, Record, SketchClip, SketchStill, Source, digest
from dataclaw_assets.validated_exports.encode import CutJob, MadeFile, cut_job, needs_media_file
from dataclaw_assets.validated_exports.sketch import Points
from resources.home import Home
from resources.progress import OnProgress, ignore
from resources.settings import Settings
from resources.workers import Limits, map_isolated

CUT_VERSION = 2
"""Raised when the same order would give other bytes: cuts made before are then made again."""


class CutFile(Record):
    """One medium as a file in the store. Clips have a duration (seconds) and a number of frames."""

    key: str
    sha256: str
    bytes: int
    width: int
    height: int
    duration_s: float | None
    frames: int | None


@dataclass
class Cuts:
    """What was cut: files, or the reason why not, by source and medium; `opened` counts the sources whose
    media file had to be opened for it."""

    files: dict[str, CutFile | str] = field(default_factory=dict)
    opened: int = 0

    def find(self, medium: Media) -> CutFile | str:
        """The file of a medium, or the reason why there is none."""
        return self.files[_identify(medium)]


def cut_settings(settings: Settings) -> Json:
    """The settings that shape the bytes of what is cut."""
    return {
        "cut_version": CUT_VERSION,
        "clip_fps": settings.clip_fps,
        "clip_side_px": settings.clip_side_px,
        "consumer_image_px": settings.consumer_image_px,
    }


def find_cut(home: Home, medium: Media, anchors: Sequence[Anchor]) -> CutFile | None:
    """The file of a medium that was cut before; opens nothing. `anchors` give the strokes of a drawing."""
    return _read_cache(home, _cache_key(medium, read_strokes(anchors), home.settings))


def cut_all(
    home: Home,
    sources: Mapping[str, Source],
    media: Sequence[Media],
    anchors: Mapping[str, Sequence[Anchor]],
    on_progress: OnProgress = ignore,
) -> Cuts:
    """Every medium once, whatever its label and side. Files go to `media/<sha256>.<ext>`; what is in the
    cache opens nothing. `anchors` give the strokes of drawings, by source.

    Reasons: `unknown_source`, `source_changed`, `missing`, `outside_source`, `undecodable_frame`,
    `no_such_stroke`, and those that reading a source gives.
    """
    cuts = Cuts()
    wanted: dict[str, dict[str, Media]] = {}
    for medium in media:
        wanted.setdefault(medium.source_id, {}).setdefault(_identify(medium), medium)
    jobs: list[tuple[CutJob, list[str], list[str]]] = []
    home.scratch.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="cut-", dir=home.scratch))
    try:
        for source_id, ordered in sorted(wanted.items()):
            source = sources.get(source_id)
            if source is None:
                cuts.files |= dict.fromkeys(ordered, "unknown_source")
                continue
            strokes = read_strokes(anchors.get(source_id, ()))
            names = {
                identity: _cache_key(medium, strokes, home.settings) for identity, medium in ordered.items()
            }
            for identity, name in names.items():
                cached = _read_cache(home, name)
                if cached is not None:
                    cuts.files[identity] = cached
            left = [identity for identity in ordered if identity not in cuts.files]
            if left:
                folder = work / str(len(jobs))
                folder.mkdir()
                job = CutJob(
                    source=source,
                    media=tuple(ordered[identity] for identity in left),
                    strokes=strokes,
                    settings=home.settings,
                    scratch=home.scratch,
                    folder=folder,
                )
                jobs.append((job, left, [names[identity] for identity in left]))
        _run_jobs(home, jobs, cuts, on_progress)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return cuts


def _run_jobs(
    home: Home, jobs: Sequence[tuple[CutJob, list[str], list[str]]], cuts: Cuts, on_progress: OnProgress
) -> None:
    done: list[CutJob] = []

    def report(job: CutJob) -> None:
        done.append(job)
        on_progress("cutting sources", len(done), len(jobs))

    limits = Limits(home.settings.source_deadline_s, home.settings.source_memory_mb)
    results = map_isolated(cut_job, [job for job, _, _ in jobs], home.settings.workers, limits, report)
    for (job, identities, names), result in zip(jobs, results, strict=True):
        cuts.opened += any(needs_media_file(medium) for medium in job.media)
        if isinstance(result, UnreadableSource):
            cuts.files |= dict.fromkeys(identities, result.reason)
            continue
        for identity, name, made in zip(identities, names, result, strict=True):
            cuts.files[identity] = made if isinstance(made, str) else _keep(home, name, made)


def read_strokes(anchors: Sequence[Anchor]) -> dict[int, Points]:
    """Points of a drawing's strokes by their number, from its anchors."""
    values = [anchor.value for anchor in anchors if isinstance(anchor.value, StrokeValue)]
    return {value.index: value.points for value in values}


def _identify(medium: Media) -> str:
    return digest(medium.model_dump(mode="json", exclude={"label", "side"}), size=32)


def _cache_key(medium: Media, strokes: Mapping[int, Points], settings: Settings) -> str:
    drawn = None
    if isinstance(medium, SketchStill | SketchClip):
        drawn = [strokes.get(index) for index in medium.strokes]
    return f"cache/cuts/{digest(_identify(medium), drawn, cut_settings(settings), size=32)}.json"


def _read_cache(home: Home, name: str) -> CutFile | None:
    if not home.store.exists(name):
        return None
    try:
        cut = CutFile.model_validate_json(home.store.read(name))
    except (DataClawError, ValueError):
        return None
    return cut if home.store.exists(cut.key) else None


def _keep(home: Home, name: str, made: MadeFile) -> CutFile:
    with made.path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    cut = CutFile(
        key=f"media/{sha256}{made.path.suffix}",
        sha256=sha256,
        bytes=made.path.stat().st_size,
        width=made.width,
        height=made.height,
        duration_s=made.duration_s,
        frames=made.frames,
    )
    if not home.store.exists(cut.key):
        home.store.place(cut.key, made.path)
    home.store.write(name, cut.model_dump_json().encode())
    return cut
