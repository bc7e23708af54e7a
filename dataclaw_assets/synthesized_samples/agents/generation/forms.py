"""The forms of `generation`: from chosen segments to a draft and its twin, whoever chose them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from dataclaw_assets.records import Claim, Clip, Draft, Edit, Piece, Still, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Payload
from dataclaw_assets.synthesized_samples.agents.generation.segments import (
    MoverPart,
    PlanPart,
    Score,
    Segment,
    face,
    is_plain,
    name_movement,
    plan_motion,
    plan_movers,
    score,
)
from dataclaw_assets.synthesized_samples.context import SourceContext, letters
from dataclaw_assets.synthesized_samples.phrasing import phrase

SEGMENT_S = 2.0
"""Four sampled frames. Movements are named by whole seconds, and longer ones are rare."""

FRAMES_AT = (0.0, 0.5, 1.0)
"""Where in a segment its evidence frames lie, as shares of it, a twentieth of a second inside its ends."""

Op = Literal["play", "mirror"]

OPS: tuple[Op, ...] = ("play", "mirror")
"""Never backwards: smoke and walkers would give it away, and no generator should learn it."""


class Generation(Payload):
    """The segment is the output clip, mirrored where the answer is, its evidence frames the output stills.
    `plan`, `movers` and `score` are measured: what the camera does, what moves by itself beyond doubt, and
    how much. `prompt` is what a model says of the scene, and nobody has checked it."""

    plan: tuple[PlanPart, ...]
    movers: tuple[MoverPart, ...] = ()
    score: Score
    prompt: str | None = None
    prompt_verified: Literal[False] = False


def ask_move(
    context: SourceContext,
    pair: tuple[Segment, Segment],
    others: Sequence[Segment],
    chance: random.Random,
    key: str,
) -> Iterator[Draft]:
    """In which clip the camera, or what moves, goes to the one side: the first of a pair does, the second
    goes to the other. In the twin it is the second, each mirrored or no longer so. All others are mirrored
    as chance will, or as they must for the other side, so that a mirrored look tells nothing."""
    moving, _ = name_movement(pair[0])
    wanted = chance.choice(("left", "right"))
    names = letters(2 + len(others), chance)
    wording = chance.random()
    for answer, right in zip(names, pair, strict=False):
        slots = [
            (name, segment, _choose_op(segment, wanted, segment is right, chance))
            for name, segment in zip(names, (*pair, *others), strict=True)
        ]
        slots.sort(key=lambda slot: slot[0])
        clips = [_clip(context, name, (one.start_s, one.end_s), op) for name, one, op in slots]
        evidence = [
            claim for place, (name, one, _) in enumerate(slots) for claim in _claim_move(one, name, place)
        ]
        mirrored = [name for name, _, op in slots if op == "mirror"]
        yield _draft(
            context,
            "thing_goes" if moving == "thing" else f"camera_{moving}",
            answer,
            clips,
            right,
            wording,
            words={"direction": wanted},
            evidence=tuple(evidence),
            difficulty={"options": len(slots), "clip_s": round(right.end_s - right.start_s, 1)},
            transform=Transform(recipe="mirror", seed=0, settings={"clips": mirrored}) if mirrored else None,
            twin_key=key,
        )


def _choose_op(segment: Segment, wanted: str, goes: bool, chance: random.Random) -> Op:
    """How a segment is shown so that its movement goes the wanted way, or does not."""
    if not is_plain(segment):
        return chance.choice(OPS)
    return next(op for op in OPS if (face(name_movement(segment)[1], op == "mirror") == wanted) == goes)


def _claim_move(segment: Segment, name: str, number: int) -> Iterator[Claim]:
    anchor, cited = segment.anchor, (segment.anchor.anchor_id,)
    start = max(0.0, (anchor.start_s or 0.0) - segment.start_s)
    end = min(segment.end_s - segment.start_s, (anchor.end_s or 0.0) - segment.start_s)
    shown = [round(start, 3), round(end, 3)]
    yield Claim(kind="interval", value=shown, anchors=cited, label=name, clip=number)
    for field in ("camera", "direction"):
        value = getattr(anchor.value, field, None)
        if value is not None:
            yield Claim(kind="fact", field=field, value=value, anchors=cited, label=name)


def _clip(
    context: SourceContext, label: str | None, stretch: tuple[float, float], op: Op, **fields: Any
) -> Clip:
    pieces = (Piece(op=op, start_s=stretch[0], end_s=stretch[1]),)
    return Clip(source_id=context.source.source_id, label=label, pieces=pieces, **fields)


def place_frames(clip: Clip) -> tuple[Still, ...]:
    """The evidence frames of a segment, mirrored as it is."""
    piece = clip.pieces[0]
    first, length = piece.start_s + 0.05, piece.end_s - piece.start_s - 0.1
    edits = (Edit(op="mirror"),) if piece.op == "mirror" else ()
    return tuple(
        Still(source_id=clip.source_id, time_s=round(first + share * length, 3), side="output", edits=edits)
        for share in FRAMES_AT
    )


def _draft(
    context: SourceContext,
    template: str,
    right: str,
    clips: Sequence[Clip],
    segment: Segment,
    wording: float,
    words: dict[str, str],
    **fields: Any,
) -> Draft:
    stretch = (segment.start_s, segment.end_s)
    target = next(clip for clip in clips if clip.label == right)
    target = target.model_copy(update={"label": None, "side": "output"})
    mirrored = target.pieces[0].op == "mirror"
    payload = Generation(
        question=phrase("generation", template, random.Random(wording), **words),
        answer=right,
        clock="seconds from the start of the segment",
        plan=plan_motion(context.anchors, *stretch, mirrored),
        movers=plan_movers(context.anchors, *stretch, mirrored),
        score=score(context.anchors, *stretch),
    )
    return Draft(
        task_type="generation",
        template=template,
        source_id=context.source.source_id,
        payload=payload.model_dump(mode="json"),
        media=(*clips, target, *place_frames(target)),
        verifier=Verifier(kind="choice", value=right),
        **fields,
    )
