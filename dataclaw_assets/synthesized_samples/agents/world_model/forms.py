"""The forms of `world_model` about cameras and arms: from a movement to a draft and its twin."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from dataclaw_assets.records import (
    Claim,
    Clip,
    Draft,
    Edit,
    Piece,
    Still,
    Transform,
    Verifier,
)
from dataclaw_assets.synthesized_samples.agents.contract import Payload
from dataclaw_assets.synthesized_samples.agents.world_model.steps import (
    ArmStep,
    CameraRun,
)
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext, letters
from dataclaw_assets.synthesized_samples.phrasing import phrase

Verb = Literal[
    "pan", "tilt", "zoom", "click", "double_click", "right_click", "move_close", "move_open", "draw"
]
"""A camera's movement, a pointer's, an arm's and what its gripper does at its end, a pen's."""


class Action(BaseModel):
    """What happens between condition and future. `direction` is the camera's, `target` the words under the
    pointer, `point` and `path` shares of the picture, in the order drawn."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verb: Verb
    direction: str | None = None
    target: str | None = None
    point: tuple[float, float] | None = None
    path: tuple[tuple[float, float], ...] = ()


class WorldModel(Payload):
    """`transition` says what moves; `action` is typed for models that are conditioned on it. The true future
    is the sample's output media; the question asks for its picture among others."""

    transition: Literal["camera", "arm", "screen", "stroke"]
    action: Action


def draft_transition(
    context: SourceContext,
    template: str,
    transition: str,
    action: Action,
    right: str,
    wording: float,
    words: dict[str, str] | None = None,
    **fields: Any,
) -> Draft:
    """A draft of one template, asked in one of its phrasings; `right` is the letter of what follows."""
    payload = WorldModel(
        question=phrase("world_model", template, random.Random(wording), **(words or {})),
        answer=right,
        clock="seconds from the start of the clip",
        transition=transition,  # type: ignore[arg-type]
        action=action,
    )
    return Draft(
        task_type="world_model",
        template=template,
        source_id=context.source.source_id,
        payload=payload.model_dump(mode="json"),
        verifier=Verifier(kind="choice", value=right),
        **fields,
    )


def letter_stills(stills: Sequence[Still], chance: random.Random) -> tuple[Still, ...]:
    """The pictures under letters given by chance, in the order of the letters."""
    named = [
        still.model_copy(update={"label": name})
        for still, name in zip(stills, letters(len(stills), chance), strict=True)
    ]
    return tuple(sorted(named, key=lambda still: str(still.label)))


def label_at(stills: Sequence[Still], time_s: float, edits: tuple[Edit, ...] = ()) -> str:
    """The letter of the picture of a time, as it was filmed or so changed."""
    return next(str(still.label) for still in stills if still.time_s == time_s and still.edits == edits)


def name_moment(moment: Moment, label: str) -> Claim:
    """The moment of the source that an option shows."""
    return Claim(kind="time", value=round(moment.time_s, 6), anchors=(moment.anchor.anchor_id,), label=label)


MIRROR = (Edit(op="mirror"),)
"""Which way the camera goes, and which way round the clip shows things, decide together."""

MIRRORED = {"left": "right", "right": "left"}
"""Directions that a mirror turns; others look the same."""


def follow_camera(context: SourceContext, run: CameraRun, chance: random.Random, key: str) -> Iterator[Draft]:
    """Which picture a moving camera shows next: the pictures are of both ends of its movement, and these
    mirrored. The twin's clip is mirrored too: played backwards, a boat in it would sail backwards."""
    source_id, motion = context.source.source_id, run.motion
    cited = (motion.anchor_id,)
    first, last = run.middle_s - run.reach_s, run.middle_s + run.reach_s
    stills = letter_stills(
        [
            Still(source_id=source_id, time_s=time_s, edits=edits)
            for time_s in (first, last)
            for edits in ((), MIRROR)
        ],
        chance,
    )
    wording = chance.random()
    seen_s = run.middle_s - run.clip_s
    shown = [0.0, round(run.clip_s, 3)]
    for edits in ((), MIRROR):
        op: Literal["mirror", "play"] = "mirror" if edits else "play"
        evidence = [
            Claim(kind="interval", value=shown, anchors=cited, clip=0),
            Claim(kind="fact", field="camera", value=run.camera, anchors=cited),
            Claim(kind="fact", field="direction", value=run.direction, anchors=cited),
        ]
        for still in stills:
            whole = [motion.start_s, motion.end_s]
            evidence.append(Claim(kind="interval", value=whole, anchors=cited, label=still.label))
            if still.edits:
                made = [edit.model_dump(mode="json") for edit in still.edits]
                evidence.append(Claim(kind="edited", value=made, label=still.label))
        yield draft_transition(
            context,
            "camera_goes_on",
            "camera",
            Action(
                verb=run.camera,
                direction=MIRRORED.get(run.direction, run.direction) if edits else run.direction,
            ),
            label_at(stills, last, edits),
            wording,
            evidence=tuple(evidence),
            media=(
                Clip(source_id=source_id, pieces=(Piece(op=op, start_s=seen_s, end_s=run.middle_s),)),
                *stills,
                Clip(
                    source_id=source_id,
                    side="output",
                    pieces=(Piece(op=op, start_s=run.middle_s, end_s=last),),
                ),
            ),
            transform=Transform(recipe="mirror", seed=0, settings={"clips": [0]}) if edits else None,
            difficulty={"options": len(stills), "clip_s": run.clip_s, "ahead_s": round(run.reach_s, 2)},
            twin_key=key,
        )


def follow_arm(
    context: SourceContext,
    pair: tuple[ArmStep, ArmStep],
    others: Sequence[Moment],
    chance: random.Random,
    key: str,
) -> Iterator[Draft]:
    """Where an arm rests after its next movement; the twin's clip ends at another rest of it."""
    source_id = context.source.source_id
    offered = [pair[0].after, pair[1].after, *others]
    stills = letter_stills([Still(source_id=source_id, time_s=m.time_s) for m in offered], chance)
    wording = chance.random()
    for step in pair:
        right = label_at(stills, step.after.time_s)
        evidence = []
        for anchor, label in ((step.moving, "moves"), (step.rest, "rests")):
            span = [anchor.start_s, anchor.end_s]
            evidence.append(Claim(kind="interval", value=span, anchors=(anchor.anchor_id,), label=label))
        for anchor in (step.moving, step.rest, *step.gripper):
            phase = getattr(anchor.value, "phase", None)
            evidence.append(Claim(kind="fact", field="phase", value=phase, anchors=(anchor.anchor_id,)))
        evidence.append(Claim(kind="absent", anchors=(step.after.anchor.anchor_id,), label=right, clip=0))
        evidence += [name_moment(moment, label_at(stills, moment.time_s)) for moment in offered]
        yield draft_transition(
            context,
            f"arm_{step.verb}",
            "arm",
            Action(verb=step.verb),
            right,
            wording,
            evidence=tuple(evidence),
            media=(
                Clip(source_id=source_id, pieces=(Piece(start_s=step.from_s, end_s=step.until_s),)),
                *stills,
                Clip(
                    source_id=source_id,
                    side="output",
                    pieces=(Piece(start_s=step.until_s, end_s=step.after.time_s),),
                ),
            ),
            difficulty={
                "options": len(stills),
                "clip_s": round(step.until_s - step.from_s, 1),
                "ahead_s": round(step.after.time_s - step.until_s, 1),
            },
            twin_key=key,
        )
