"""Collects the anchors of a batch: from the cache where they were found before, else from the source."""

from __future__ import annotations

import itertools
import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dataclaw_assets.errors import InputError, UnreadableSource, UpstreamMissing
from dataclaw_assets.factual_anchors.corroboration import corroborate
from dataclaw_assets.factual_anchors.extractors.contract import Extractor, LookExtractor, StreamExtractor
from dataclaw_assets.factual_anchors.reading import Finding, Job, Unread, read_job, step_of
from dataclaw_assets.factual_anchors.registry import list_extractors
from dataclaw_assets.factual_anchors.soundness import find_defect
from dataclaw_assets.raw_sources.register import read_path
from dataclaw_assets.records import Anchor, Record, Source, digest
from resources.home import Home, Outcome, Plan
from resources.ledger import Entry
from resources.progress import OnProgress, ignore
from resources.settings import Settings, load_settings
from resources.store import FolderStore, Store
from resources.tables import decode_table
from resources.workers import Limits, map_isolated

log = logging.getLogger(__name__)

ASSET = "factual_anchors"
GROUP = 64
"""How many items of one file (drawings) are read together, so that the file is parsed once for them."""


class Note(Record):
    """What an extractor left out of a source, and why."""

    source_id: str
    extractor: str
    text: str


def collect_anchors(
    home: Home,
    batch: str,
    on_progress: OnProgress = ignore,
    run_id: str | None = None,
    extractors: Sequence[Extractor] | None = None,
) -> Entry:
    """Publish the anchors of a batch's registered sources: tables `anchors`, `unread` and `notes`.

    Only what the cache misses is computed; a source that misses nothing is not opened, which the count
    `scanned` shows. A source that cannot be read is a row of `unread` and costs no other. Raises
    `UpstreamMissing` when the batch's sources are not published.
    """
    chosen = list_extractors(home.settings) if extractors is None else tuple(extractors)

    def plan() -> Plan:
        upstream = home.ledger.published("raw_sources", batch)
        if upstream is None:
            raise UpstreamMissing(ASSET, batch, "its raw_sources are not published")
        rows = home.read_entry(upstream, "sources", Source)
        sources = [source for source in rows if source.status == "registered"]
        settings = home.settings
        return Plan(
            inputs={upstream.name: upstream.fingerprint},
            build=lambda: _build(home, sources, chosen, on_progress),
            parameters={
                "extractors": [[item.name, item.version, _params_of(item, sources)] for item in chosen],
                # A source that was not read within these may be within others.
                "limits": [settings.source_deadline_s, settings.source_memory_mb],
            },
        )

    return home.publish(ASSET, batch, plan, run_id)


def read_anchors(home: Home, batch: str) -> Mapping[str, Sequence[Anchor]]:
    """The published anchors of a batch by source, in the order of kind and time.

    Those read last are kept: the tasks of a batch are made one after the other, from the same anchors.
    """
    entry = home.ledger.published(ASSET, batch)
    key = entry.tables.get("anchors") if entry else None
    if entry is None or key is None:
        return {}
    found = _read_last.get((home.store.uri, key))
    if found is None:
        groups: dict[str, list[Anchor]] = {}
        for anchor in home.read_entry(entry, "anchors", Anchor):
            groups.setdefault(anchor.source_id, []).append(anchor)
        found = {source_id: tuple(anchors) for source_id, anchors in groups.items()}
        _read_last.clear()
        _read_last[home.store.uri, key] = found
    return found


_read_last: dict[tuple[str, str], Mapping[str, Sequence[Anchor]]] = {}


def anchors_of_file(
    path: Path, member: int = 0, settings: Settings | None = None
) -> tuple[Source, list[Anchor]]:
    """The facts of one file or dataset folder without a home, what lies beside it included: its source (the
    one at position `member` where it holds several) and its anchors. What could not be read is logged.

    Raises `InputError` when there is no such file, or nothing in it can be registered.
    """
    settings = settings or load_settings()
    with tempfile.TemporaryDirectory(prefix="dataclaw-") as folder:
        scratch = Path(folder)
        rows = read_path(path, scratch, settings)
        sources = [row for row in rows if row.status == "registered"]
        if not sources:
            raise InputError(f"{path}: {rows[0].reason if rows else 'nothing in it can be read'}")
        if not 0 <= member < len(sources):
            raise InputError(f"{path}: holds {len(sources)} source(s); there is no number {member}")
        source = sources[member]
        home = Home(FolderStore(scratch / "home"), scratch, settings)
        wanted = [item for item in list_extractors(settings) if item.applies(source)]
        spool = _make_spool(scratch)
        unread = read_missing(home, [Job((source,), (tuple(wanted),), spool, scratch, ({},))], ignore)
        anchors, _ = _assemble(home.store, [source], {source.source_id: wanted})
    for row in unread:
        log.warning("%s: %s: %s %s", source.name, row.step, row.reason, row.detail)
    return source, anchors


def cache_key(extractor: Extractor, source: Source) -> str:
    """Where what an extractor found in a source is kept."""
    params = digest(extractor.params(source))
    return f"cache/anchors/{extractor.name}-{extractor.version}/{params}/{source.source_id}.parquet"


def order_anchors(anchors: list[Anchor]) -> list[Anchor]:
    """Anchors by source, kind and start; those without a time come first."""

    def place(item: Anchor) -> tuple[str, str, float, str]:
        return item.source_id, item.kind, -1.0 if item.start_s is None else item.start_s, item.anchor_id

    return sorted(anchors, key=place)


def _params_of(extractor: Extractor, sources: Sequence[Source]) -> str:
    mine = [source for source in sources if extractor.applies(source)]
    return digest([[source.source_id, extractor.params(source)] for source in mine])


def _build(
    home: Home, sources: Sequence[Source], chosen: Sequence[Extractor], on_progress: OnProgress
) -> Outcome:
    wanted = {source.source_id: [item for item in chosen if item.applies(source)] for source in sources}
    spool = _make_spool(home.scratch)
    try:
        jobs = list(_plan_jobs(home, sources, wanted, spool))
        unread = read_missing(home, jobs, on_progress)
    finally:
        shutil.rmtree(spool, ignore_errors=True)
    anchors, notes = _assemble(home.store, sources, wanted)
    kinds = Counter(anchor.kind for anchor in anchors)
    defect = find_defect(sources, anchors)
    return Outcome(
        tables={"anchors": (Anchor, anchors), "unread": (Unread, unread), "notes": (Note, notes)},
        verdict="refused" if defect else "published",
        reason=defect,
        counts={
            "sources": len(sources),
            "anchors": len(anchors),
            "kinds": dict(sorted(kinds.items())),
            "scanned": _count_opened(jobs),
            "unread": len({row.source_id for row in unread}),
        },
    )


def _make_spool(scratch: Path) -> Path:
    folder = scratch / "reading"
    folder.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=folder))


def _plan_jobs(
    home: Home, sources: Sequence[Source], wanted: dict[str, list[Extractor]], spool: Path
) -> Iterator[Job]:
    lacking: list[tuple[Source, tuple[Extractor, ...]]] = []
    for source in sources:
        extractors = wanted[source.source_id]
        missing = tuple(item for item in extractors if not home.store.exists(cache_key(item, source)))
        if missing:
            lacking.append((source, missing))
    # Sources without a stream that lie in one file share a job; a stream is a job of its own.
    groups = [[pair] for pair in lacking if not _shares_file(pair[0])]
    items = sorted(
        (pair for pair in lacking if _shares_file(pair[0])),
        key=lambda pair: (pair[0].uri, pair[0].member or 0),
    )
    for _, found in itertools.groupby(items, key=lambda pair: pair[0].uri):
        members = list(found)
        groups += [members[start : start + GROUP] for start in range(0, len(members), GROUP)]
    for group in groups:
        yield Job(
            tuple(source for source, _ in group),
            tuple(missing for _, missing in group),
            spool,
            home.scratch,
            tuple(_read_known(home, source, missing, wanted[source.source_id]) for source, missing in group),
        )


def _read_known(
    home: Home, source: Source, missing: Sequence[Extractor], wanted: Sequence[Extractor]
) -> dict[str, tuple[Anchor, ...]]:
    """What is cached of that which the missing extractors start from."""
    needed = {name for item in missing if isinstance(item, LookExtractor) for name in item.needs}
    known = {}
    for item in wanted:
        if item.name in needed and item not in missing:
            key = cache_key(item, source)
            findings = decode_table(home.store.read(key), Finding, key)
            known[item.name] = tuple(found.anchor for found in findings if found.anchor is not None)
    return known


def _shares_file(source: Source) -> bool:
    return source.stream is None and source.member is not None


def read_missing(home: Home, jobs: Sequence[Job], on_progress: OnProgress) -> list[Unread]:
    """Run jobs in child processes and put each result in the cache as it is done; rows for what failed."""
    settings = home.settings
    limits = Limits(settings.source_deadline_s, settings.source_memory_mb)
    total = sum(len(job.sources) for job in jobs)
    done = itertools.count(1)

    def keep(job: Job) -> None:
        for source, extractor, path in job.spooled():
            if path.exists():
                home.store.place(cache_key(extractor, source), path)
        for _ in job.sources:
            on_progress("reading sources", next(done), total)

    def run(some: Sequence[Job]) -> Iterator[tuple[Job, list[Unread] | UnreadableSource]]:
        results = map_isolated(
            read_job, some, settings.workers, limits, keep, spread=settings.spread, spool="spool"
        )
        return zip(some, results, strict=True)

    unread: list[Unread] = []
    retry: list[Job] = []
    for job, result in run(jobs):
        if not isinstance(result, UnreadableSource):
            unread += result
        elif len(job.sources) > 1:
            retry += _split(home.store, job)
        else:
            unread += _explain(home.store, job, result)
    total += len(retry)
    for job, result in run(retry):
        unread += _explain(home.store, job, result) if isinstance(result, UnreadableSource) else result
    return sorted(unread, key=lambda row: (row.source_id, row.step))


def _split(store: Store, job: Job) -> list[Job]:
    """A job whose process died, one source at a time: the culprit takes nobody with it."""
    return [
        Job((source,), (extractors,), job.spool, job.scratch, (known,))
        for source, extractors, known in zip(job.sources, job.missing, job.known, strict=True)
        if not all(store.exists(cache_key(item, source)) for item in extractors)
    ]


def _explain(store: Store, job: Job, reason: UnreadableSource) -> list[Unread]:
    lost = {
        (source.source_id, step_of(extractor))
        for source, extractor, _ in job.spooled()
        if not store.exists(cache_key(extractor, source))
    }
    return [
        Unread(source_id=source_id, step=step, reason=reason.reason, detail=reason.detail)
        for source_id, step in sorted(lost)
    ]


def _assemble(
    store: Store, sources: Sequence[Source], wanted: dict[str, list[Extractor]]
) -> tuple[list[Anchor], list[Note]]:
    anchors: list[Anchor] = []
    notes: list[Note] = []
    for source in sources:
        own: list[Anchor] = []
        for extractor in wanted[source.source_id]:
            key = cache_key(extractor, source)
            if not store.exists(key):
                continue
            for finding in decode_table(store.read(key), Finding, key):
                if finding.anchor is not None:
                    own.append(finding.anchor)
                if finding.note is not None:
                    note = Note(source_id=source.source_id, extractor=extractor.name, text=finding.note)
                    notes.append(note)
                    log.warning("%s: %s: %s", source.name, note.extractor, note.text)
        anchors += corroborate(own)
    notes.sort(key=lambda note: (note.source_id, note.extractor, note.text))
    return order_anchors(anchors), notes


def _count_opened(jobs: Sequence[Job]) -> int:
    """Sources whose picture or stream was opened; logs and tables are no media."""
    return sum(
        any(
            isinstance(item, StreamExtractor | LookExtractor) or source.kind == "image" for item in extractors
        )
        for job in jobs
        for source, extractors in zip(job.sources, job.missing, strict=True)
    )
