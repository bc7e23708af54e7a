"""The forms of `generation`: from chosen segments to a draft and its twin, whoever chose them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from dataclaw_assets.anchor_values import MotionValue
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Media, Piece, Still, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Payload
from dataclaw_assets.synthesized_samples.agents.generation.segments import (
    MoverPart,
    PlanPart,
    Score,
    Segment,
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

CHANGES: dict[str, Literal["mirror", "reverse"]] = {
    "pan": "mirror",
    "thing": "mirror",
    "tilt": "reverse",
    "zoom": "reverse",
}
"""What turns a direction round. To the sides clips are mirrored: nothing in them then moves backwards."""


class Generation(Payload):
    """The segment is the output clip, its evidence frames the output stills. `plan`, `movers` and `score` are
    measured: what the camera does, what moves by itself beyond doubt, and how much.
    `prompt` is what a model says of the scene, and nobody has checked it."""

    plan: tuple[PlanPart, ...]
    movers: tuple[MoverPart, ...] = ()
    score: Score
    prompt: str | None = None
    prompt_verified: Literal[False] = False


def name_movement(segment: Segment) -> tuple[str, str]:
    """What moves in a segment, the camera in its way or a thing, and where to."""
    value = segment.anchor.value
    moving = value.camera if isinstance(value, MotionValue) else "thing"
    return moving, str(getattr(value, "direction", "none"))


def ask_move(
    context: SourceContext,
    asked: Segment,
    others: Sequence[Segment],
    chance: random.Random,
    key: str,
) -> Iterator[Draft]:
    """In which clip the camera, or what moves, goes the segment's way: beside it, the segment turned round,
    and others. In the twin those two have changed places."""
    moving, direction = name_movement(asked)
    change = CHANGES[moving]
    offered = [(asked, "play"), (asked, change), *((segment, "play") for segment in others)]
    names = letters(len(offered), chance)
    wording = chance.random()
    for place, order in enumerate((names, [names[1], names[0], *names[2:]])):
        slots = sorted(zip(order, offered, strict=True), key=lambda slot: slot[0])
        clips: list[Clip] = []
        evidence: list[Claim] = []
        for number, (name, (segment, op)) in enumerate(slots):
            clips.append(_clip(context, name, [(segment.start_s, segment.end_s)], op))
            evidence += _claim_move(segment.anchor, segment, name, number, op)
        yield _draft(
            context,
            "thing_goes" if moving == "thing" else f"camera_{moving}",
            order[0],
            clips,
            asked,
            wording,
            words={"direction": direction},
            evidence=tuple(evidence),
            difficulty={"options": len(offered), "clip_s": round(asked.end_s - asked.start_s, 1)},
            transform=Transform(recipe=change, seed=place, settings={"clip": order[1]}),
            twin_key=key,
        )


def _claim_move(anchor: Anchor, segment: Segment, name: str, number: int, op: str) -> Iterator[Claim]:
    cited, length = (anchor.anchor_id,), segment.end_s - segment.start_s
    start = max(0.0, (anchor.start_s or 0.0) - segment.start_s)
    end = min(length, (anchor.end_s or 0.0) - segment.start_s)
    span = [round(length - end, 3), round(length - start, 3)] if op == "reverse" else [start, end]
    shown = [round(edge, 3) for edge in span]
    yield Claim(kind="interval", value=shown, anchors=cited, label=name, clip=number)
    for field in ("camera", "direction"):
        value = getattr(anchor.value, field, None)
        if value is not None:
            yield Claim(kind="fact", field=field, value=value, anchors=cited, label=name)
    if op == "reverse":
        yield Claim(kind="made", value=[0.0, round(length, 3)], label="reverse", clip=number)


def _clip(
    context: SourceContext,
    label: str | None,
    stretches: Sequence[tuple[float, float]],
    op: Any,
    **fields: Any,
) -> Clip:
    pieces = tuple(Piece(op=op, start_s=start, end_s=end) for start, end in stretches)
    return Clip(source_id=context.source.source_id, label=label, pieces=pieces, **fields)


def place_frames(start_s: float, end_s: float) -> list[float]:
    """The times of a segment's evidence frames, in source time."""
    first, length = start_s + 0.05, end_s - start_s - 0.1
    return [round(first + share * length, 3) for share in FRAMES_AT]


def _draft(
    context: SourceContext,
    template: str,
    right: str,
    clips: Sequence[Clip],
    segment: Segment,
    wording: float,
    words: dict[str, str] | None = None,
    **fields: Any,
) -> Draft:
    source_id, stretch = context.source.source_id, (segment.start_s, segment.end_s)
    payload = Generation(
        question=phrase("generation", template, random.Random(wording), **(words or {})),
        answer=right,
        clock="seconds from the start of the segment",
        plan=plan_motion(context.anchors, *stretch),
        movers=plan_movers(context.anchors, *stretch),
        score=score(context.anchors, *stretch),
    )
    media: tuple[Media, ...] = (
        *clips,
        _clip(context, None, [stretch], "play", side="output"),
        *(Still(source_id=source_id, time_s=time_s, side="output") for time_s in place_frames(*stretch)),
    )
    return Draft(
        task_type="generation",
        template=template,
        source_id=source_id,
        payload=payload.model_dump(mode="json"),
        media=media,
        verifier=Verifier(kind="choice", value=right),
        **fields,
    )
