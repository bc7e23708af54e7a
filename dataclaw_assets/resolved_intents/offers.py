"""What a source brings to a task, and whether it bears it; no model is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dataclaw_assets.records import Anchor, Source, SourceKind
from dataclaw_assets.task_specs import TaskSpec, split_need

Status = Literal["ready", "needs_model", "infeasible"]

FACT_NAMES = {
    "still_unique": "naming still",
    "shot": "shot",
    "cut": "hard cut",
    "subtitle": "subtitle line",
    "stable": "steady screen",
    "motion": "measured motion",
    "action": "logged action",
    "phase": "motion phase",
    "stroke": "stroke",
    "picture": "picture",
    "text_line": "readable line",
    "screen_state_change": "screen change",
    "stall_candidate": "possible stall",
    "keyframe": "key frame",
}
"""What an instruction calls the facts; the kinds left out carry no content of their own."""


@dataclass(frozen=True)
class Offer:
    """What a source brings to a task; `length` and `facts` are words, `found` counts its kinds of anchor.
    `duration_s` is None for a source without a clock, and for one that is only assumed."""

    source_id: str
    kind: SourceKind | None
    name: str
    length: str
    found: Counter[str]
    facts: str
    duration_s: float | None = None


def make_offer(source: Source, anchors: Sequence[Anchor]) -> Offer:
    """What a registered source with these anchors brings."""
    found = Counter(anchor.kind for anchor in anchors)
    duration_s = source.stream.duration_s if source.stream else None
    length = "without a clock" if duration_s is None else f"{duration_s:.1f} s long"
    facts = describe_facts(found)
    return Offer(source.source_id, source.kind, source.name, length, found, facts, duration_s)


LOOKED_AT: dict[SourceKind | None, tuple[str, ...]] = {
    "gui_trace": ("still_unique",),
    "robot_demo": ("still_unique",),
}
"""What a model must have to look at where a source may be a bare log."""

NEEDS_MODEL_WEIGHT, INFEASIBLE_WEIGHT = 0.92, 0.1
"""What a reading keeps of its relevance: less than a ready one's 0.95 at least."""


def weigh_offer(spec: TaskSpec, offer: Offer, status: Status) -> float:
    """How far a source bears a task out, 0-1: the more of the scarcest anchors needed, the nearer to 1. What
    is asked for weighs more than how much there is of it."""
    if status != "ready" or offer.kind is None:
        return NEEDS_MODEL_WEIGHT if status == "needs_model" else INFEASIBLE_WEIGHT
    least = min(
        (max(offer.found[kind] for kind in split_need(need)) for need in spec.needs[offer.kind]), default=1
    )
    return 0.9 + 0.1 * least / (least + 1)


def judge(
    spec: TaskSpec, kind: SourceKind | None, found: set[str], asked: Sequence[str] = ()
) -> tuple[Status, tuple[str, ...], str]:
    """Whether a task can be made from a kind of source with these kinds of anchor, those besides that the
    request speaks of (`asked`): the status, the kinds of anchor that are missing, and the reason in words."""
    is_served = kind in spec.needs or kind in spec.needs_model
    looked_at = LOOKED_AT.get(kind, ()) if kind in spec.needs_model else ()
    needed = (
        tuple(dict.fromkeys((*spec.needs.get(kind, ()), *looked_at, *asked))) if kind and is_served else ()
    )
    missing = [split_need(name) for name in needed if not found.intersection(split_need(name))]
    if missing:
        lacks = " and no ".join(" or ".join(names) for names in missing)
        kinds = tuple(name for names in missing for name in names)
        return "infeasible", kinds, f"the source has no {lacks} to compose from"
    if kind in spec.needs_model:
        return "needs_model", (), spec.needs_model[kind]
    if kind in spec.needs:
        met = [name for need in needed for name in split_need(need) if name in found]
        return "ready", (), f"the source has what it composes from: {', '.join(met)}"
    if kind in spec.refusals:
        return "infeasible", (), spec.refusals[kind]
    return "infeasible", (), f"{spec.title.lower()} cannot be made from a source of kind {kind or 'unknown'}"


def describe_facts(found: Counter[str]) -> str:
    """The facts of a source counted in words, such as `7 naming stills and 12 subtitle lines`."""
    parts = [
        f"{found[kind]} {name}{'' if found[kind] == 1 else 'es' if name.endswith('h') else 's'}"
        for kind, name in FACT_NAMES.items()
        if found[kind]
    ]
    if not parts:
        return "no facts of content"
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
