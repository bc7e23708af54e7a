"""Gate `understanding`: a draft cites what its template asks about, and its fields agree with the facts."""

from __future__ import annotations

from collections.abc import Iterator

from dataclaw_assets.quality.clock import map_interval
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Anchor, Clip, Draft
from dataclaw_assets.synthesized_samples.agents.robot_understanding.forms import MOMENTS
from dataclaw_assets.synthesized_samples.agents.robot_understanding.phases import (
    count_shown,
    is_clear,
    name_phase,
)

CLAIMS: dict[str, tuple[str, ...]] = {
    "closing_moment": ("time", "fact"),
    "opening_moment": ("time", "fact"),
    "hold_interval": ("interval",),
}
"""The claims that a template rests on, in their order."""


def check_understanding(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `field_differs`, `irrelevant_evidence`, `strange_recipe` (the clip is not one plain stretch),
    `not_once` (the clip shows the event asked about not once), `unclear_moment`."""
    if draft.payload.get("aspect") != draft.template:
        yield Finding(code="field_differs", detail=f"aspect {draft.payload.get('aspect')}")
    clip = draft.media[0]
    if not isinstance(clip, Clip) or len(clip.pieces) != 1 or clip.pieces[0].changed:
        yield Finding(code="strange_recipe", detail="one plain stretch is needed")
        return
    if tuple(claim.kind for claim in draft.evidence) != CLAIMS[draft.template]:
        yield Finding(code="irrelevant_evidence", detail=", ".join(claim.kind for claim in draft.evidence))
        return
    cited = [facts.anchors[claim.anchors[0]] for claim in draft.evidence]
    every = list(facts.anchors.values())
    if draft.template == "hold_interval":
        yield from _check_hold(clip, cited[0], every)
    else:
        yield from _check_event(draft, clip, cited, every)
    if not is_clear(cited[0], clip.pieces[0].start_s, clip.pieces[0].end_s, facts.settings):
        yield Finding(code="unclear_moment", detail="a sampled frame shows it half done")


def _check_hold(clip: Clip, cited: Anchor, every: list[Anchor]) -> Iterator[Finding]:
    holds = [a for a in every if a.kind == "hold" and a.start_s is not None]
    shown = [a for a in holds if map_interval(clip, a.start_s or 0.0, a.end_s or 0.0)]
    if cited.kind != "hold":
        yield Finding(code="irrelevant_evidence", detail=f"{cited.kind}, not a hold")
    elif shown != [cited]:
        yield Finding(code="not_once", detail=f"{len(shown)} holds are shown")


def _check_event(draft: Draft, clip: Clip, cited: list[Anchor], every: list[Anchor]) -> Iterator[Finding]:
    """The event cited is the one asked about, with its time and its state, and shown once."""
    wanted = MOMENTS[draft.template]
    if cited[0].anchor_id != cited[1].anchor_id or name_phase(cited[0]) != wanted:
        yield Finding(code="irrelevant_evidence", detail=f"{[name_phase(a) for a in cited]} for {wanted}")
    count = count_shown(clip, every, wanted)
    if count != 1:
        yield Finding(code="not_once", detail=f"{wanted}: {count} times")
