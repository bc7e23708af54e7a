"""Gate `understanding`: a draft cites what its template asks about, and its fields agree with the facts."""

from __future__ import annotations

from collections.abc import Iterator

from dataclaw_assets.quality.clock import clip_duration, map_interval, sampled_times
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Anchor, Clip, Draft, Still
from dataclaw_assets.synthesized_samples.agents.robot_understanding.drafts import TASK
from dataclaw_assets.synthesized_samples.agents.robot_understanding.forms import (
    MOMENTS,
    STAGES,
)
from dataclaw_assets.synthesized_samples.agents.robot_understanding.options import miss_options
from dataclaw_assets.synthesized_samples.agents.robot_understanding.phases import (
    Phase,
    count_shown,
    name_phase,
)

MEANINGS: dict[str, tuple[str, ...]] = {"stage_of_picture": STAGES}
"""What the options of a template must say between them."""

CLAIMS: dict[str, tuple[str, ...]] = {
    "closing_moment": ("time", "fact"),
    "opening_moment": ("time", "fact"),
    "hold_interval": ("interval",),
    "stage_of_picture": ("time", "fact", "time", "fact"),
}
"""The claims that a template rests on, in their order."""

CLEAR_SHARE = 0.35
"""Of a step of a trainer's sampling: so far from every sampled frame a movement of the gripper has its
middle, else a frame at the very time of the answer shows it done, or not yet begun."""


def check_understanding(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `field_differs`, `irrelevant_evidence`, `strange_recipe` (the clip is not one plain stretch),
    `not_once` (the clip shows the event asked about not once), `unclear_moment`."""
    if draft.payload.get("aspect") != draft.template:
        yield Finding(code="field_differs", detail=f"aspect {draft.payload.get('aspect')}")
    missed = miss_options(TASK, draft.payload.get("options"), MEANINGS.get(draft.template, ()))
    if missed:
        yield Finding(code="field_differs", detail=f"options: {missed}")
    clip = draft.media[0]
    if not isinstance(clip, Clip) or len(clip.pieces) != 1 or clip.pieces[0].changed:
        yield Finding(code="strange_recipe", detail="one plain stretch is needed")
        return
    if tuple(claim.kind for claim in draft.evidence) != CLAIMS[draft.template]:
        yield Finding(code="irrelevant_evidence", detail=", ".join(claim.kind for claim in draft.evidence))
        return
    cited = [facts.anchors[claim.anchors[0]] for claim in draft.evidence]
    yield from _check_cited(draft, facts, clip, cited)


def _check_cited(draft: Draft, facts: Facts, clip: Clip, cited: list[Anchor]) -> Iterator[Finding]:
    every = list(facts.anchors.values())
    if draft.template == "hold_interval":
        holds = [a for a in every if a.kind == "hold" and a.start_s is not None]
        shown = [a for a in holds if map_interval(clip, a.start_s or 0.0, a.end_s or 0.0)]
        if cited[0].kind != "hold":
            yield Finding(code="irrelevant_evidence", detail=f"{cited[0].kind}, not a hold")
        elif shown != [cited[0]]:
            yield Finding(code="not_once", detail=f"{len(shown)} holds are shown")
    else:
        yield from _check_events(draft, clip, cited, every)
        if draft.template in MOMENTS:
            yield from _check_moment(clip, cited[0], facts)


def _check_events(draft: Draft, clip: Clip, cited: list[Anchor], every: list[Anchor]) -> Iterator[Finding]:
    """The events cited are those asked about, each with its time and its state, and shown once."""
    if draft.template in MOMENTS:
        both: tuple[Phase, ...] = (MOMENTS[draft.template],)
        wanted = [both[0]]
    else:
        both = ("gripper_closing", "gripper_opening")
        wanted = ["gripper_closing", "gripper_opening"]
        if not isinstance(draft.media[-1], Still) or draft.media[-1].label != "X":
            yield Finding(code="strange_recipe", detail="a picture X is needed")
    pairs = list(zip(cited[::2], cited[1::2], strict=True))
    if any(a.anchor_id != b.anchor_id for a, b in pairs) or [name_phase(a) for a, _ in pairs] != wanted:
        yield Finding(code="irrelevant_evidence", detail=f"{[name_phase(a) for a in cited]} for {wanted}")
    for name in both:
        if count_shown(clip, every, name) != 1:
            yield Finding(code="not_once", detail=f"{name}: {count_shown(clip, every, name)} times")


def _check_moment(clip: Clip, event: Anchor, facts: Facts) -> Iterator[Finding]:
    """One sampled frame shows the gripper before its movement, the next one after it."""
    middle = ((event.start_s or 0.0) + (event.end_s or 0.0)) / 2 - clip.pieces[0].start_s
    gap = min(abs(time - middle) for time in sampled_times(clip_duration(clip), facts.settings))
    if gap < CLEAR_SHARE / facts.settings.consumer_fps:
        yield Finding(code="unclear_moment", detail=f"a frame is sampled {gap:.2f} s from its middle")
