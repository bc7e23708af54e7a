"""The release: everything that is published, merged into one dataset, with what is missing named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from dataclaw_assets.errors import UpstreamMissing
from dataclaw_assets.records import Json, Sample, Source, digest, partition_key
from dataclaw_assets.tasks import list_specs
from dataclaw_assets.validated_exports.artifacts import Artifact, Exported
from dataclaw_assets.validated_exports.export import ASSET as UPSTREAM
from dataclaw_assets.validated_exports.folder import write_folder
from dataclaw_assets.validated_exports.manifest import export_settings
from dataclaw_assets.validated_exports.trials import ASSET as TRIALS
from dataclaw_assets.validated_exports.trials import MIN_TRIES, find_one_sided, read_exported
from resources.home import Home, Outcome, Plan
from resources.ledger import Entry
from resources.progress import OnProgress, ignore

ASSET = "dataset_release"
PARTITION = "release"
DATASET = "dataclaw"

RELEASE_VERSION = 2
"""Raised when the same exports would be merged otherwise."""


def build_release(home: Home, run_id: str | None = None, on_progress: OnProgress = ignore) -> Entry:
    """Merge every published export into `releases/<digest>/` and publish tables `samples` and `artifacts`.

    Samples that ship the same media with the same payload are kept once, under the id that comes first. The
    manifest names batches × tasks without a published export, and those whose newest attempt was refused,
    which are released as last published. With the setting `drop_one_sided`, samples that a model answered
    always rightly or always wrongly in the latest published trials are left out with their twins, and counted
    in the manifest. Raises `UpstreamMissing` when nothing is published at all.
    """

    def plan() -> Plan:
        entries = _published(home)
        if not entries:
            raise UpstreamMissing(ASSET, PARTITION, f"no {UPSTREAM} are published")
        missing = _missing(home, entries)
        stale = [key for key in entries if _is_refused(home, key)]
        trials = _find_trials(home, entries) if home.settings.drop_one_sided else {}
        dropping: Json = {"drop_one_sided": MIN_TRIES} if home.settings.drop_one_sided else {}
        return Plan(
            inputs={entry.name: entry.fingerprint for entry in (*entries.values(), *trials.values())},
            parameters={
                "release_version": RELEASE_VERSION,
                "missing": missing,
                "stale": stale,
                **export_settings(home.settings),
                **dropping,
            },
            build=lambda: _build(home, entries, trials, missing, stale, on_progress),
        )

    return home.publish(ASSET, PARTITION, plan, run_id)


def _published(home: Home) -> dict[str, Entry]:
    entries = ((key, home.ledger.published(UPSTREAM, key)) for key in home.ledger.partitions(UPSTREAM))
    return {key: entry for key, entry in entries if entry is not None}


def _find_trials(home: Home, keys: Iterable[str]) -> dict[str, Entry]:
    entries = ((key, home.ledger.published(TRIALS, key)) for key in keys)
    return {key: entry for key, entry in entries if entry is not None}


def _missing(home: Home, entries: Mapping[str, Entry]) -> list[str]:
    batches = home.ledger.partitions("raw_sources")
    wanted = (partition_key(batch, spec.task_type) for batch in batches for spec in list_specs())
    return [key for key in wanted if key not in entries]


def _is_refused(home: Home, key: str) -> bool:
    latest = home.ledger.latest(UPSTREAM, key)
    return latest is not None and latest.verdict == "refused"


def _build(
    home: Home,
    entries: Mapping[str, Entry],
    trials: Mapping[str, Entry],
    missing: list[str],
    stale: list[str],
    on_progress: OnProgress,
) -> Outcome:
    merged: dict[str, Exported] = {}
    left_out: Counter[str] = Counter()
    total = 0
    for key, entry in entries.items():
        found = list(read_exported(home, entry))
        total += len(found)
        dropped = _drop_one_sided(found, find_one_sided(home, trials[key])) if key in trials else {}
        left_out.update(dropped.values())
        for item in found:
            if item.sample.sample_id not in dropped:
                merged.setdefault(_content(item), item)
    exported = list(merged.values())
    duplicates = total - left_out.total() - len(exported)
    sources = {
        source.source_id: source
        for batch in sorted({item.sample.batch for item in exported})
        for source in home.read("raw_sources", batch, "sources", Source)
        if source.status == "registered"
    }
    notes = []
    if missing:
        notes.append(f"Not in it, for want of a published export: {', '.join(missing)}.")
    if stale:
        notes.append(f"As last published; a newer attempt was refused: {', '.join(stale)}.")
    folder = write_folder(
        home,
        prefix="releases",
        title="Dataset release",
        dataset=DATASET,
        exported=exported,
        sources=sources,
        about={
            "asset": ASSET,
            "partition": PARTITION,
            "inputs": {key: entry.fingerprint for key, entry in entries.items()},
            "missing": missing,
            "stale": stale,
            "duplicates": duplicates,
            **({"trials": {key: entry.fingerprint for key, entry in trials.items()}} if trials else {}),
        },
        rejected=dict(left_out.most_common()),
        notes=notes,
        on_progress=on_progress,
    )
    artifacts = [artifact for item in exported for artifact in item.artifacts]
    return Outcome(
        tables={
            "samples": (Sample, [item.sample for item in exported]),
            "artifacts": (Artifact, artifacts),
        },
        counts={
            "partitions": len(entries),
            "missing": len(missing),
            "stale": len(stale),
            "samples": total,
            "accepted": len(exported),
            "rejected": dict(left_out.most_common()),
            "duplicates": duplicates,
            "media": len({artifact.sha256 for artifact in artifacts}),
            "files": folder.files,
            "bytes": folder.bytes,
        },
        files={"manifest": folder.manifest},
    )


def _drop_one_sided(exported: Sequence[Exported], one_sided: Mapping[str, str]) -> dict[str, str]:
    """By sample that is left out, the reason; the twin of each of them is left out too."""
    lost = {item.sample.twin_key for item in exported if item.sample.sample_id in one_sided}
    dropped: dict[str, str] = {}
    for sample in (item.sample for item in exported):
        if sample.sample_id in one_sided:
            dropped[sample.sample_id] = f"trials:{one_sided[sample.sample_id]}"
        elif sample.twin_key and sample.twin_key in lost:
            dropped[sample.sample_id] = "trials:twin_left_out"
    return dropped


def _content(item: Exported) -> str:
    """What a trainer would see of a sample: two that agree in it are one."""
    shipped = [(artifact.side, artifact.label, artifact.sha256) for artifact in item.artifacts]
    return digest(item.sample.task_type, item.sample.payload, shipped, size=32)
