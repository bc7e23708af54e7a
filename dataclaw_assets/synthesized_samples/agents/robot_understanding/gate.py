"""Gate `understanding`: a draft cites what its template asks about, and its fields agree with the facts."""

from __future__ import annotations

from collections.abc import Iterator

from dataclaw_assets.quality.clock import map_interval
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Anchor, Clip, Draft, Still
from dataclaw_assets.synthesized_samples.agents.robot_understanding.drafts import TASK
from dataclaw_assets.synthesized_samples.agents.robot_understanding.forms import (
    MOMENTS,
    STAGES,
)
from dataclaw_assets.synthesized_samples.agents.robot_understanding.options import miss_options
from dataclaw_assets.synthesized_samples.agents.robot_understanding.phases import (
    OPPOSITE,
    Phase,
    count_shown,
    list_phases,
    name_phase,
)

MEANINGS: dict[str, tuple[str, ...]] = {
    "next_gripper": ("gripper_closing", "gripper_opening"),
    "stage_of_picture": STAGES,
}
"""What the options of a template must say between them."""

CLAIMS: dict[str, tuple[str, ...]] = {
    "next_gripper": ("fact",),
    "closing_moment": ("time", "fact"),
    "opening_moment": ("time", "fact"),
    "hold_interval": ("interval",),
    "stage_of_picture": ("time", "fact", "time", "fact"),
}
"""The claims that a template rests on, in their order."""

AHEAD_S = 0.5
"""What comes next begins so soon after a clip's end."""


def check_understanding(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `field_differs`, `irrelevant_evidence`, `strange_recipe` (the clip is not one plain stretch),
    `not_next`, `not_once` (the clip shows the event asked about not once), `foreign_clip`."""
    if draft.payload.get("aspect") != draft.template:
        yield Finding(code="field_differs", detail=f"aspect {draft.payload.get('aspect')}")
    missed = miss_options(TASK, draft.payload.get("options"), MEANINGS.get(draft.template, ()))
    if missed:
        yield Finding(code="field_differs", detail=f"options: {missed}")
    said = [claim.value for claim in draft.evidence if claim.kind == "text"]
    if draft.payload.get("instruction") != (said[0] if said else None):
        yield Finding(code="field_differs", detail=f"instruction: {draft.payload.get('instruction')}")
    if draft.template == "instruction_clip":
        yield from _check_clips(draft, facts)
        return
    clip = draft.media[0]
    if not isinstance(clip, Clip) or len(clip.pieces) != 1 or clip.pieces[0].speed != 1.0:
        yield Finding(code="strange_recipe", detail="one plain stretch is needed")
        return
    backwards = clip.pieces[0].op == "reverse"
    if clip.pieces[0].op not in {"play", "reverse"} or (backwards and draft.template not in MOMENTS):
        yield Finding(code="strange_recipe", detail=clip.pieces[0].op)
    if tuple(claim.kind for claim in draft.evidence) != CLAIMS[draft.template]:
        yield Finding(code="irrelevant_evidence", detail=", ".join(claim.kind for claim in draft.evidence))
        return
    cited = [facts.anchors[claim.anchors[0]] for claim in draft.evidence]
    yield from _check_cited(draft, facts, clip, cited)


def _check_cited(draft: Draft, facts: Facts, clip: Clip, cited: list[Anchor]) -> Iterator[Finding]:
    every = list(facts.anchors.values())
    if draft.template == "next_gripper":
        yield from _check_next(clip, cited[0], every)
    elif draft.template == "hold_interval":
        holds = [a for a in every if a.kind == "hold" and a.start_s is not None]
        shown = [a for a in holds if map_interval(clip, a.start_s or 0.0, a.end_s or 0.0)]
        if cited[0].kind != "hold":
            yield Finding(code="irrelevant_evidence", detail=f"{cited[0].kind}, not a hold")
        elif shown != [cited[0]]:
            yield Finding(code="not_once", detail=f"{len(shown)} holds are shown")
    else:
        yield from _check_events(draft, clip, cited, every)


def _check_next(clip: Clip, cited: Anchor, every: list[Anchor]) -> Iterator[Finding]:
    end = clip.pieces[0].end_s
    later = [
        a for a in list_phases(every, "gripper_closing", "gripper_opening") if (a.end_s or 0.0) > end + 1e-3
    ]
    if not later or later[0].anchor_id != cited.anchor_id:
        yield Finding(code="not_next", detail=f"{cited.anchor_id} is not what the gripper does next")
    elif not 0.0 <= (cited.start_s or 0.0) - end <= AHEAD_S:
        yield Finding(
            code="not_next", detail=f"it begins {(cited.start_s or 0.0) - end:.2f} s after the clip"
        )


def _check_events(draft: Draft, clip: Clip, cited: list[Anchor], every: list[Anchor]) -> Iterator[Finding]:
    """The events cited are those asked about, each with its time and its state, and shown once."""
    if draft.template in MOMENTS:
        both: tuple[Phase, ...] = (MOMENTS[draft.template],)
        wanted = [OPPOSITE[both[0]] if clip.pieces[0].op == "reverse" else both[0]]
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


def _check_clips(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """One clip is the source's own, the others are said to be foreign, none of one source twice."""
    named = {claim.label for claim in draft.evidence if claim.kind == "foreign"}
    kinds = sorted(claim.kind for claim in draft.evidence if claim.kind != "foreign")
    anchors = [facts.anchors.get(name) for claim in draft.evidence for name in claim.anchors]
    if kinds != ["text"] or [anchor.kind for anchor in anchors if anchor] != ["instruction"]:
        yield Finding(code="irrelevant_evidence", detail="an instruction is needed, and nothing else")
    clips = [medium for medium in draft.media if isinstance(medium, Clip)]
    plain = all(len(clip.pieces) == 1 and not clip.pieces[0].changed for clip in clips)
    if len(clips) != len(draft.media) or not plain:
        yield Finding(code="strange_recipe", detail="plain clips are needed")
    own = {clip.label for clip in clips if clip.source_id == draft.source_id}
    apart = len({clip.source_id for clip in clips}) == len(clips)
    if len(own) != 1 or named | own != {clip.label for clip in clips} or named & own or not apart:
        yield Finding(code="foreign_clip", detail=f"own {own}, said to be foreign {named}")
