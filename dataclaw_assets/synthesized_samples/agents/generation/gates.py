"""The gate of `generation`: the segment is worth it, and plan, score, frames and evidence are its own."""

from __future__ import annotations

from collections.abc import Iterator

from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Anchor, Clip, Draft, Piece
from dataclaw_assets.synthesized_samples.agents.generation.forms import OPS, Generation, place_frames
from dataclaw_assets.synthesized_samples.agents.generation.segments import (
    is_worth,
    list_motion,
    list_movers,
    plan_motion,
    plan_movers,
    score,
)
from dataclaw_assets.synthesized_samples.agents.world_model.steps import crowded
from dataclaw_assets.synthesized_samples.agents.world_model.wording import asks_as, check_note


def check_segment(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `wrong_segment` (the output is not the clip that is the answer with its frames, or more than
    mirrored), `not_worth_it`, `irrelevant_evidence`, `field_differs`, and those of gate `wording` on the
    prompt."""
    anchors = tuple(facts.anchors.values())
    clips = [medium for medium in draft.media if isinstance(medium, Clip) and medium.side == "input"]
    outputs = [medium for medium in draft.media if medium.side == "output"]
    right = next((clip for clip in clips if clip.label == draft.verifier.value), None)
    segment = outputs[0] if outputs else None
    if right is None or not isinstance(segment, Clip) or segment.pieces != right.pieces:
        yield Finding(code="wrong_segment", detail="the output is not the clip that is the answer")
        return
    piece = right.pieces[0]
    if len(right.pieces) > 1 or piece.op not in OPS or piece.speed != 1.0:
        yield Finding(code="wrong_segment", detail="the segment is changed otherwise than by a mirror")
        return
    if tuple(outputs[1:]) != place_frames(segment):
        yield Finding(code="wrong_segment", detail="the frames are not the segment's own")
        return
    if not is_worth(anchors, piece.start_s, piece.end_s):
        yield Finding(code="not_worth_it", detail=f"{piece.start_s}–{piece.end_s} s")
        return
    if draft.template != "thing_goes" and crowded(anchors, piece.start_s, piece.end_s):
        yield Finding(code="not_worth_it", detail="something moves by itself")
    yield from _check_evidence(draft, clips, anchors)
    yield from _check_fields(draft, anchors, piece)
    yield from check_note(draft, facts, draft.payload.get("prompt"))


def _check_evidence(draft: Draft, clips: list[Clip], anchors: tuple[Anchor, ...]) -> Iterator[Finding]:
    """Each clip's claims cite just the motion that it shows, and there is no other claim."""
    if len({round(clip.pieces[0].length_s, 2) for clip in clips}) > 1:
        yield Finding(code="irrelevant_evidence", detail="a clip's length tells it from the others")
    said = (
        ("interval", "direction") if draft.template == "thing_goes" else ("interval", "camera", "direction")
    )
    for number, clip in enumerate(clips):
        piece = clip.pieces[0]
        things = list_movers(anchors, piece.start_s, piece.end_s)
        camera = [anchor for anchor, _ in list_motion(anchors, piece.start_s, piece.end_s)]
        shown = tuple(anchor.anchor_id for anchor in (things if draft.template == "thing_goes" else camera))
        told = {
            c.field or c.kind: c.anchors
            for c in draft.evidence
            if c.label == clip.label and c.clip in (number, None)
        }
        if len(clip.pieces) != 1 or told != dict.fromkeys(said, shown):
            yield Finding(code="irrelevant_evidence", detail=f"clip {clip.label} shows {shown}, not {told}")
    if len(draft.evidence) != len(said) * len(clips):
        yield Finding(code="irrelevant_evidence", detail="a claim is about no clip")


def _check_fields(draft: Draft, anchors: tuple[Anchor, ...], piece: Piece) -> Iterator[Finding]:
    payload = Generation.model_validate(draft.payload)
    start_s, end_s, mirrored = piece.start_s, piece.end_s, piece.op == "mirror"
    plan, measured = plan_motion(anchors, start_s, end_s, mirrored), score(anchors, start_s, end_s)
    if payload.plan != plan:
        yield Finding(code="field_differs", detail=f"plan is {payload.plan}, not {plan}")
    movers = plan_movers(anchors, start_s, end_s, mirrored)
    if payload.movers != movers:
        yield Finding(code="field_differs", detail=f"movers are {payload.movers}, not {movers}")
    if payload.score != measured:
        yield Finding(code="field_differs", detail=f"score is {payload.score}, not {measured}")
    moving = [part.direction for part in (movers if draft.template == "thing_goes" else plan)]
    if not asks_as(draft, {"direction": moving[0]}):
        yield Finding(code="field_differs", detail=f"the question is not about {moving[0]}")
