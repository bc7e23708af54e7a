"""Exporting a partition: its accepted samples cut, audited as shipped, and written for trainers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from dataclaw_assets.errors import UpstreamMissing
from dataclaw_assets.quality.audit import audit_media, count_reasons, fell_twins
from dataclaw_assets.quality.gates.contract import CutMedia
from dataclaw_assets.records import (
    Anchor,
    GateResult,
    Media,
    Sample,
    SketchClip,
    SketchStill,
    Source,
    partition_key,
)
from dataclaw_assets.validated_exports.artifacts import Artifact, Exported, list_artifacts
from dataclaw_assets.validated_exports.cut import CutFile, Cuts, cut_all
from dataclaw_assets.validated_exports.folder import write_folder
from dataclaw_assets.validated_exports.manifest import export_settings
from resources.home import Home, Outcome, Plan
from resources.ledger import Entry
from resources.progress import OnProgress, ignore
from resources.settings import Settings

ASSET = "validated_exports"
UPSTREAM = "synthesized_samples"

EXPORT_VERSION = 2
"""Raised when the same samples would be written otherwise: partitions are then exported again."""

MIN_JUDGED = 5
"""With fewer samples, the share that failed says nothing of the partition."""

Audit = Callable[[Sample, Sequence[CutMedia | str], Settings], tuple[GateResult, ...]]


def export_partition(
    home: Home,
    batch: str,
    task: str,
    on_progress: OnProgress = ignore,
    run_id: str | None = None,
    audit: Audit = audit_media,
) -> Entry:
    """Cut the media of a batch × task's accepted samples, audit each sample as it is shipped, and publish
    tables `samples`, `quarantine` and `artifacts` and the folder of the `manifest`.

    Refused when more than `max_rejected_share` of five samples or more fail; an input without samples
    gives an empty export with the reason. Raises `UpstreamMissing` when no samples are published.
    """
    key = partition_key(batch, task)

    def plan() -> Plan:
        made = home.ledger.published(UPSTREAM, key)
        if made is None:
            raise UpstreamMissing(ASSET, key, f"no {UPSTREAM} are published for it")
        return Plan(
            inputs={made.name: made.fingerprint},
            parameters={"export_version": EXPORT_VERSION, **export_settings(home.settings)},
            build=lambda: _build(home, batch, task, made, audit, on_progress),
        )

    return home.publish(ASSET, key, plan, run_id)


def _build(home: Home, batch: str, task: str, made: Entry, audit: Audit, on_progress: OnProgress) -> Outcome:
    samples = home.read_entry(made, "samples", Sample)
    sources = {source.source_id: source for source in home.read("raw_sources", batch, "sources", Source)}
    media = [medium for sample in samples for medium in sample.media]
    cuts = cut_all(home, sources, media, _read_drawings(home, batch, samples), on_progress)
    judged = _audit_samples(home, samples, cuts, audit, on_progress)
    rejected = [sample for sample in judged if not sample.accepted]
    reasons = count_reasons(rejected)
    counts = {"samples": len(samples), "accepted": len(samples) - len(rejected), "rejected": reasons}
    if len(samples) >= MIN_JUDGED and len(rejected) > home.settings.max_rejected_share * len(samples):
        told = ", ".join(f"{code} {count}" for code, count in reasons.items())
        return Outcome(
            tables={"quarantine": (Sample, rejected)},
            verdict="refused",
            reason=f"{len(rejected)} of {len(samples)} samples failed after cutting: {told}",
            counts=counts,
        )
    exported = [
        Exported(sample=s, artifacts=list_artifacts(s, _files(s, cuts))) for s in judged if s.accepted
    ]
    reason = _explain_empty(samples, made, reasons) if not exported else None
    folder = write_folder(
        home,
        prefix=f"exports/{batch}/{task}",
        title=f"{batch}: {task}",
        dataset=f"dataclaw_{task}",
        exported=exported,
        sources=sources,
        about={
            "asset": ASSET,
            "partition": partition_key(batch, task),
            "inputs": {UPSTREAM: made.fingerprint},
        },
        rejected=reasons,
        notes=[reason] if reason else [],
        on_progress=on_progress,
    )
    artifacts = [artifact for item in exported for artifact in item.artifacts]
    return Outcome(
        tables={
            "samples": (Sample, [item.sample for item in exported]),
            "quarantine": (Sample, rejected),
            "artifacts": (Artifact, artifacts),
        },
        reason=reason,
        # refused entries leave `opened` out: the same refusal, met again with all cut, must be the same entry
        counts={
            **counts,
            "media": len({artifact.sha256 for artifact in artifacts}),
            "opened": cuts.opened,
            "files": folder.files,
            "bytes": folder.bytes,
        },
        files={"manifest": folder.manifest},
    )


def _read_drawings(home: Home, batch: str, samples: Sequence[Sample]) -> dict[str, list[Anchor]]:
    """Anchors of the sources that sketches are rendered from."""
    drawn = {m.source_id for s in samples for m in s.media if isinstance(m, SketchStill | SketchClip)}
    found: dict[str, list[Anchor]] = {}
    for anchor in home.read("factual_anchors", batch, "anchors", Anchor) if drawn else ():
        if anchor.source_id in drawn:
            found.setdefault(anchor.source_id, []).append(anchor)
    return found


def _audit_samples(
    home: Home, samples: Sequence[Sample], cuts: Cuts, audit: Audit, on_progress: OnProgress
) -> list[Sample]:
    """The samples with the verdicts on their files, in their order; twins stand or fall together."""

    def judge(sample: Sample) -> Sample:
        cut = [_shipped(home, medium, cuts) for medium in sample.media]
        results = audit(sample, cut, home.settings)
        return sample.model_copy(update={"gate_results": (*sample.gate_results, *results)})

    judged = []
    # decoding releases the interpreter, so threads share the work; the files are our own encoder's
    with ThreadPoolExecutor(home.settings.workers) as pool:
        for sample in pool.map(judge, samples):
            judged.append(sample)
            on_progress("auditing samples", len(judged), len(samples))
    return fell_twins(judged)


def _shipped(home: Home, medium: Media, cuts: Cuts) -> CutMedia | str:
    cut = cuts.find(medium)
    if isinstance(cut, str):
        return cut
    return CutMedia(
        media=medium,
        path=home.store.fetch(cut.key),
        width=cut.width,
        height=cut.height,
        duration_s=cut.duration_s,
        frames=cut.frames,
    )


def _files(sample: Sample, cuts: Cuts) -> list[CutFile]:
    files = [cuts.find(medium) for medium in sample.media]
    return [file for file in files if isinstance(file, CutFile)]


def _explain_empty(samples: Sequence[Sample], made: Entry, reasons: dict[str, int]) -> str:
    if not samples:
        return made.reason or "no sample was accepted for it"
    return "every sample failed after cutting: " + ", ".join(
        f"{code} {count}" for code, count in reasons.items()
    )
