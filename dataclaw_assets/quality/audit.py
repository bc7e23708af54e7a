"""The audit: a draft through its gates, a sample's shipped files through theirs, a partition as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dataclaw_assets.quality.gates.apart import check_cut_apart
from dataclaw_assets.quality.gates.citation import check_citation
from dataclaw_assets.quality.gates.contract import CutMedia, Facts, Finding, Gate, judge
from dataclaw_assets.quality.gates.media import check_cut_media, check_media
from dataclaw_assets.quality.gates.schema import check_schema
from dataclaw_assets.quality.gates.visible import check_cut_visible, check_visible
from dataclaw_assets.records import Draft, GateResult, Sample
from resources.settings import Settings

GATES: tuple[tuple[str, Gate], ...] = (
    ("schema", check_schema),
    ("media", check_media),
    ("visible", check_visible),
    ("citation", check_citation),
)
"""In this order: the cheapest first, and none is asked about a draft that an earlier one refused."""


def audit_draft(draft: Draft, facts: Facts, extra: Sequence[tuple[str, Gate]] = ()) -> tuple[GateResult, ...]:
    """The verdicts on a draft before its media are cut, up to the first refusal."""
    results: list[GateResult] = []
    for name, gate in (*GATES, *extra):
        results.append(judge(name, gate(draft, facts)))
        if not results[-1].passed:
            break
    return tuple(results)


def audit_media(sample: Sample, cut: Sequence[CutMedia | str], settings: Settings) -> tuple[GateResult, ...]:
    """The verdicts on a sample's files as they are shipped, up to the first refusal. A string in place of a
    file says why it could not be cut."""
    first = judge("media as cut", check_cut_media(sample, cut, settings))
    if not first.passed:
        return (first,)
    second = judge("visible as cut", check_cut_visible(sample, cut, settings))
    if not second.passed:
        return first, second
    return first, second, judge("apart as cut", check_cut_apart(sample, cut))


def fell_twins(samples: Sequence[Sample]) -> list[Sample]:
    """The samples again, with the twin of every rejected one rejected too: both are released, or neither."""
    lost = {sample.twin_key for sample in samples if sample.twin_key and not sample.accepted}
    pairs = Counter(sample.twin_key for sample in samples if sample.twin_key)
    felled = []
    for sample in samples:
        if sample.accepted and sample.twin_key and (sample.twin_key in lost or pairs[sample.twin_key] < 2):
            result = judge("twin", iter([Finding(code="twin_lost", detail="its twin did not pass")]))
            sample = sample.model_copy(update={"gate_results": (*sample.gate_results, result)})
        felled.append(sample)
    return felled


def count_reasons(samples: Sequence[Sample]) -> dict[str, int]:
    """How many samples each reason code refused, commonest first."""
    codes = Counter(
        f"{result.gate}:{result.code}" for s in samples for result in s.gate_results if not result.passed
    )
    return dict(codes.most_common())
