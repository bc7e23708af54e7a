"""What a child process does with a source: it runs the extractors asked for, each failing alone."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.contract import (
    Extractor,
    FileExtractor,
    LookExtractor,
    StreamExtractor,
)
from dataclaw_assets.factual_anchors.scan import look_again, scan_each
from dataclaw_assets.raw_sources.streams import open_stream
from dataclaw_assets.records import Anchor, Record, Source
from resources.landing import local_path
from resources.tables import encode_table

SCAN = "scan"
"""Stands for all extractors that the one decoding pass feeds."""


class Finding(Record):
    """One row of what an extractor found in a source: an anchor, or a remark on what it left out."""

    anchor: Anchor | None = None
    note: str | None = None


class Unread(Record):
    """Why a source, or one kind of fact about it, could not be read. `step` is an extractor or `scan`."""

    source_id: str
    step: str
    reason: str
    detail: str


@dataclass(frozen=True)
class Job:
    """Sources to be read one after the other, each with the extractors it misses; what is found goes to
    `spool`, one file for each source and extractor. `known` holds what was found before, by extractor, of
    what the missing ones need."""

    sources: tuple[Source, ...]
    missing: tuple[tuple[Extractor, ...], ...]
    spool: Path
    scratch: Path
    known: tuple[dict[str, tuple[Anchor, ...]], ...]

    def spooled(self) -> Iterator[tuple[Source, Extractor, Path]]:
        """Every result that is asked for, and the path it will have."""
        for source, extractors in zip(self.sources, self.missing, strict=True):
            for extractor in extractors:
                yield source, extractor, self.spool / f"{source.source_id}.{extractor.name}.parquet"


def read_job(job: Job) -> list[Unread]:
    """Run a job and spool what is found; gives the rows for what could not be read.

    Files are read before the stream is decoded, so that a crash of the decoder costs its own facts only.
    """
    unread: list[Unread] = []
    for source, extractors, known in zip(job.sources, job.missing, job.known, strict=True):
        found = dict(known)
        for extractor in extractors:
            if isinstance(extractor, FileExtractor) and not isinstance(extractor, StreamExtractor):
                with _guard(source, extractor.name, unread):
                    extracted = _extract(job, source, extractor)
                    _spool(job, source, {extractor.name: extracted})
                    found[extractor.name] = _anchors(extracted)
        watching = [extractor for extractor in extractors if isinstance(extractor, StreamExtractor)]
        looking = [extractor for extractor in extractors if isinstance(extractor, LookExtractor)]
        applying = known.keys() | {extractor.name for extractor in extractors}
        if watching:
            with _guard(source, SCAN, unread):
                scanned = _scan(job, source, watching, unread)
                _spool(job, source, scanned)
                found |= {name: _anchors(findings) for name, findings in scanned.items()}
        for extractor in looking:
            if all(name in found for name in extractor.needs if name in applying):
                with _guard(source, extractor.name, unread):
                    looked = _look(job, source, extractor, found)
                    _spool(job, source, {extractor.name: looked})
                    found[extractor.name] = _anchors(looked)
    return unread


def step_of(extractor: Extractor) -> str:
    """The step that gives an extractor's anchors."""
    return SCAN if isinstance(extractor, StreamExtractor) else extractor.name


def _extract(job: Job, source: Source, extractor: FileExtractor) -> list[Finding]:
    with _collect_notes() as notes:
        anchors = extractor.extract(source, lambda uri: local_path(uri, job.scratch))
    return _findings(anchors, notes)


def _scan(
    job: Job, source: Source, watching: Sequence[StreamExtractor], unread: list[Unread]
) -> dict[str, list[Finding]]:
    path = open_stream(source, job.scratch)
    with _collect_notes() as notes:
        results = scan_each(source, path, watching)
    found = {}
    for name, result in results.items():
        with _guard(source, name, unread):
            if isinstance(result, Exception):
                raise result
            found[name] = _findings(result, notes if name == watching[0].name else [])
    return found


def _look(
    job: Job, source: Source, extractor: LookExtractor, found: dict[str, tuple[Anchor, ...]]
) -> list[Finding]:
    with _collect_notes() as notes:
        looker = extractor.look(
            source, [anchor for name in extractor.needs for anchor in found.get(name, ())]
        )
        look_again(source, open_stream(source, job.scratch), looker)
        anchors = looker.finish()
    return _findings(anchors, notes)


def _anchors(findings: Sequence[Finding]) -> tuple[Anchor, ...]:
    return tuple(finding.anchor for finding in findings if finding.anchor is not None)


def _findings(anchors: Sequence[Anchor], notes: Sequence[str]) -> list[Finding]:
    once = {anchor.anchor_id: anchor for anchor in anchors}
    return [Finding(anchor=anchor) for anchor in once.values()] + [Finding(note=note) for note in notes]


def _spool(job: Job, source: Source, found: dict[str, list[Finding]]) -> None:
    for name, findings in found.items():
        path = job.spool / f"{source.source_id}.{name}.parquet"
        staged = path.with_suffix(".part")
        staged.write_bytes(encode_table(findings, Finding))
        staged.replace(path)


@contextlib.contextmanager
def _guard(source: Source, step: str, unread: list[Unread]) -> Iterator[None]:
    """Turn a failure into a row. Any error counts: no source may cost a batch."""
    try:
        yield
    except UnreadableSource as reason:
        unread.append(
            Unread(source_id=source.source_id, step=step, reason=reason.reason, detail=reason.detail)
        )
    except MemoryError:
        unread.append(Unread(source_id=source.source_id, step=step, reason="memory", detail="over the limit"))
    except Exception as error:
        detail = f"{type(error).__name__}: {error}"[:500].encode("utf-8", "replace").decode()
        unread.append(Unread(source_id=source.source_id, step=step, reason="extractor_failed", detail=detail))


@contextlib.contextmanager
def _collect_notes() -> Iterator[list[str]]:
    """What extractors warn of while they run, kept with what they find."""
    notes: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            notes.append(record.getMessage())

    handler = Keep(logging.WARNING)
    logger = logging.getLogger("dataclaw_assets.factual_anchors")
    logger.addHandler(handler)
    try:
        yield notes
    finally:
        logger.removeHandler(handler)
