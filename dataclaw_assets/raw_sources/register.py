"""Registers a batch: every landed file becomes a source, a part of one, or a row that says why not."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from dataclaw_assets.errors import InputError, UnreadableSource
from dataclaw_assets.raw_sources.batches import find_batch, list_batches
from dataclaw_assets.raw_sources.groups import Hosts, group_files, is_sidecar
from dataclaw_assets.raw_sources.readers import declared
from dataclaw_assets.raw_sources.readers.contract import Unit, read_json, reject
from dataclaw_assets.raw_sources.readers.registry import FOLDER_READERS
from dataclaw_assets.raw_sources.reading import Job, Reading, read_unit, reject_unit
from dataclaw_assets.records import Json, Sidecar, Source, digest
from resources.home import Home, Outcome, Plan
from resources.landing import LandingFile, list_landing, local_path, to_uri
from resources.ledger import Entry
from resources.progress import OnProgress, ignore
from resources.settings import Settings, load_settings
from resources.workers import Limits, map_isolated

ASSET = "raw_sources"
TABLE = "sources"
READERS = "3"
"""Raised when a reader's rows change, so that batches are read again."""

PEEK_BYTES = 1_048_576
"""The largest metadata file that is parsed to tell what a folder is."""

_FILMED = {"video", "agentnet", "stills"}
"""Formats whose file a subtitle can lie beside."""


def register_batch(
    home: Home, batch_key: str, on_progress: OnProgress = ignore, run_id: str | None = None
) -> Entry:
    """Register a batch and publish its rows, sorted by URI and member. Nothing is read again when nothing
    changed. A file that cannot be read is a rejected row; bytes that an earlier batch (or an earlier row)
    registered are `duplicate_of` that source.

    Raises `InputError` for an unknown batch.
    """
    batch = find_batch(home, batch_key)
    earlier = [other.key for other in list_batches(home) if other.seq < batch.seq]

    @functools.cache
    def read() -> list[Source]:
        return read_files(batch.files, batch_key, home.scratch, home.settings, on_progress)

    def plan() -> Plan:
        taken = {source.source_id for key in earlier for source in registered_sources(home, key)}

        def inputs(rows: Iterable[Source]) -> dict[str, str]:
            again = sorted({row.source_id for row in rows if row.status != "rejected"} & taken)
            return {"batch": digest(batch.files), "readers": READERS, "registered earlier": digest(again)}

        published = home.ledger.published(ASSET, batch_key)
        if published and published.inputs == inputs(read_sources(home, batch_key)):
            return Plan(published.inputs, lambda: _outcome(read(), taken, len(batch.files)))
        return Plan(inputs(read()), lambda: _outcome(read(), taken, len(batch.files)))

    return home.publish(ASSET, batch_key, plan, run_id)


def read_sources(home: Home, batch_key: str) -> list[Source]:
    """Every row of a batch's last published registration."""
    return home.read(ASSET, batch_key, TABLE, Source)


def registered_sources(home: Home, batch_key: str) -> list[Source]:
    """The sources of a batch: its rows that are neither rejected nor duplicates."""
    return [source for source in read_sources(home, batch_key) if source.status == "registered"]


def read_path(path: Path, scratch: Path, settings: Settings | None = None) -> list[Source]:
    """The rows of one file, with the sidecars beside it, or of a folder dataset; needs no home.

    A file that belongs to a dataset by its place gives the dataset's rows. Raises `InputError` when there is
    no such file.
    """
    path = path.absolute()
    if not path.exists():
        raise InputError(f"{path}: no such file")
    files = list_landing(str(path if path.is_dir() else path.parent))
    if path.is_file():
        uri = to_uri(path)
        groups = [group for group in group_files(files) if any(file.uri == uri for file in group.files)]
        if not groups:
            raise InputError(f"{path}: a hidden file or a link, which a landing folder passes over")
        files = list(groups[0].files)
    return read_files(files, "file", scratch, settings or load_settings())


def read_files(
    files: Sequence[LandingFile],
    batch_key: str,
    scratch: Path,
    settings: Settings,
    on_progress: OnProgress = ignore,
) -> list[Source]:
    """One row per source or reason among the files, sorted; each unit is read in a child process."""
    units = claim_units(files, scratch)
    limits = Limits(settings.source_deadline_s, settings.source_memory_mb)
    jobs = [Job(unit, batch_key, scratch) for unit in units]
    done = iter(range(1, len(jobs) + 1))
    results = map_isolated(
        read_unit,
        jobs,
        settings.workers,
        limits,
        lambda job: on_progress("registering", next(done), len(jobs)),
        spread=settings.spread,
    )
    rows: list[Source] = []
    sidecars: list[tuple[Unit, Reading]] = []
    hosts = Hosts()
    for unit, result in zip(units, results, strict=True):
        if isinstance(result, UnreadableSource):
            result = Reading((reject_unit(unit, batch_key, result),))
        if unit.format in ("subtitles", "anchors") and not result.rows:
            sidecars.append((unit, result))
        rows.extend(result.rows)
        _add_hosts(hosts, unit, result.rows)
    return sorted(_attach(rows, sidecars, hosts, batch_key), key=_order)


def claim_units(files: Sequence[LandingFile], scratch: Path) -> list[Unit]:
    """The files in units: folder datasets first, then sidecars and single files."""

    @functools.cache
    def peek(file: LandingFile) -> Any:
        try:
            return read_json(local_path(file.uri, scratch), PEEK_BYTES)
        except (UnreadableSource, OSError):
            return None

    units: list[Unit] = []
    left = {file.path: file for file in files}
    for reader in FOLDER_READERS:
        for unit in reader.claim(list(left.values()), peek):
            if all(file.path in left for file in unit.files):
                units.append(unit)
                for file in unit.files:
                    del left[file.path]
    for path, file in sorted(left.items()):
        role = None
        if is_sidecar(path):
            role = "anchors" if declared.is_anchors(path) else "subtitles"
        units.append(Unit(format=role, files=(file,)))
    return units


def _add_hosts(hosts: Hosts, unit: Unit, rows: Iterable[Source]) -> None:
    """Make a unit's rows findable for sidecars: `+` for subtitles and facts, `-` for facts only."""
    paths = {file.uri: file.path for file in unit.files}
    for row in rows:
        if row.status == "rejected":
            continue
        name = f"{'+' if row.format in _FILMED else '-'}{_key(row)}"
        hosts.add(paths[row.uri], name)
        if unit.root:
            hosts.add(unit.root, name)


def _attach(
    rows: Iterable[Source], sidecars: Iterable[tuple[Unit, Reading]], hosts: Hosts, batch_key: str
) -> list[Source]:
    """The rows with their sidecars; a sidecar without a source of its name becomes a row itself."""
    attached: dict[str, list[Sidecar]] = {}
    orphans = []
    for unit, reading in sidecars:
        file = unit.files[0]
        names, language = hosts.find(file.path)
        keys = {name[1:] for name in names if name[0] == "+" or unit.format == "anchors"}
        if not keys:
            what = "source" if unit.format == "anchors" else "video"
            reason = UnreadableSource("orphan_sidecar", f"no {what} of its name is registered beside it")
            orphans.append(reject(file, batch_key, reason, source_id=reading.sha256, format=str(unit.format)))
        sidecar = Sidecar.model_validate(
            {"uri": file.uri, "role": unit.format, "sha256": reading.sha256, "language": language}
        )
        for key in keys:
            attached.setdefault(key, []).append(sidecar)
    return orphans + [
        row.model_copy(update={"sidecars": (*row.sidecars, *attached.get(_key(row), ()))}) for row in rows
    ]


def _outcome(rows: Sequence[Source], taken: set[str], files: int) -> Outcome:
    """The rows with duplicates marked, and the counts that describe them."""
    seen = set(taken)
    marked = []
    for row in rows:
        if row.status == "registered" and row.source_id in seen:
            row = row.model_copy(update={"status": "duplicate", "duplicate_of": row.source_id})
        elif row.status == "registered":
            seen.add(row.source_id)
        marked.append(row)
    return Outcome(tables={TABLE: (Source, marked)}, counts=_count(marked, files))


def _count(rows: Sequence[Source], files: int) -> Json:
    status = Counter(row.status for row in rows)
    kinds = Counter(str(row.kind) for row in rows if row.status == "registered")
    reasons = Counter(str(row.reason).split(":")[0] for row in rows if row.status == "rejected")
    return {
        "files": files,
        "registered": status["registered"],
        "rejected": status["rejected"],
        "duplicate": status["duplicate"],
        "kinds": dict(sorted(kinds.items())),
        "reasons": dict(sorted(reasons.items())),
    }


def _key(row: Source) -> str:
    return f"{row.uri}#{row.member}"


def _order(row: Source) -> tuple[str, int]:
    return row.uri, -1 if row.member is None else row.member
