"""The form of `planning`: which way whoever carries the camera goes, in a clip that ends just then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from dataclaw_assets.anchor_values import MotionValue
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Piece, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Payload, ask
from dataclaw_assets.synthesized_samples.agents.world_model.steps import broken, crowded
from dataclaw_assets.synthesized_samples.context import SourceContext, letters
from dataclaw_assets.synthesized_samples.phrasing import phrase

SEEN_S = 1.1
"""How much of the manoeuvre the clip shows: three sampled frames. Without it one could only guess."""

AHEAD_S = 1.0
"""How much of it the clip leaves to the future, at least."""

BEFORE_S = 3.0

MIN_LEVEL = 0.05
"""Mean picture change a second below which nobody who moves can be told from one who stands."""

Manoeuvre = Literal["left", "right", "ahead", "back", "stop"]

WORDS: dict[str, str] = {
    "left": "go to the left",
    "right": "go to the right",
    "ahead": "go straight ahead",
    "back": "go backwards",
    "stop": "stand still",
}
"""The options as they are read. A pan may be a turn or a travel: the words hold for both."""

MIRRORED: dict[str, Manoeuvre] = {"left": "right", "right": "left"}


class Planning(Payload):
    """`manoeuvre` is what the camera is measured to do next; `reason` is what a model says of the way, and
    nobody has checked it."""

    manoeuvre: Manoeuvre
    options: dict[str, str]
    reason: str
    reason_verified: Literal[False] = False


@dataclass(frozen=True)
class Turning:
    """A manoeuvre that begins at `at_s`, and its measured motion."""

    motion: Anchor
    at_s: float
    start_s: float
    end_s: float


def tell_manoeuvre(motion: Anchor, mirrored: bool = False) -> Manoeuvre | None:
    """What whoever carries the camera does while it moves like this; None where that is not known."""
    value = motion.value
    if not isinstance(value, MotionValue):
        return None
    if value.camera == "static":
        return "stop"
    if value.level < MIN_LEVEL:
        return None
    if value.camera == "zoom":
        return "ahead" if value.direction == "in" else "back"
    if value.camera != "pan" or value.direction not in ("left", "right"):
        return None
    direction: Manoeuvre = "left" if value.direction == "left" else "right"
    return MIRRORED[direction] if mirrored else direction


def find_turning(anchors: Sequence[Anchor], motion: Anchor) -> Turning | None:
    """The moment at which a manoeuvre to one side begins, with enough of the way before and after it; None
    where there is a cut, something else moves, or the manoeuvre is none."""
    at, end = motion.start_s or 0.0, motion.end_s or 0.0
    if tell_manoeuvre(motion) not in MIRRORED or end - at < SEEN_S + AHEAD_S or at < 1.0:
        return None
    start = round(max(0.0, at - BEFORE_S), 3)
    if broken(anchors, start, end) or crowded(anchors, at, end):
        return None
    return Turning(motion, at, start, end)


def ask_manoeuvre(
    context: SourceContext, turning: Turning, reason: str, stated: Manoeuvre, key: str
) -> Iterator[Draft]:
    """Which way is being taken at the end of the clip: as the model `stated`; the twin's clip is mirrored,
    which turns left and right round."""
    chance = context.random("planning", key)
    names = letters(4, chance)
    offered = ["left", "right", "ahead", "stop"]
    options = dict(sorted(zip(names, (WORDS[name] for name in offered), strict=True)))
    source_id, motion = context.source.source_id, turning.motion
    until = round(turning.at_s + SEEN_S, 3)
    sentence = phrase("planning", "manoeuvre", chance)
    for mirrored in (False, True):
        op: Literal["mirror", "play"] = "mirror" if mirrored else "play"
        told = tell_manoeuvre(motion, mirrored=True) if mirrored else stated
        if told is None:
            return
        right = next(letter for letter, words in options.items() if words == WORDS[told])
        cited = (motion.anchor_id,)
        span = [round(turning.at_s - turning.start_s, 3), round(until - turning.start_s, 3)]
        payload = Planning(
            question=ask(sentence, options=options),
            answer=right,
            clock="seconds from the start of the clip",
            manoeuvre=told,
            options=options,
            reason="" if mirrored else reason,
        )
        yield Draft(
            task_type="planning",
            template="manoeuvre",
            source_id=source_id,
            payload=payload.model_dump(mode="json"),
            evidence=(
                Claim(kind="interval", value=span, anchors=cited, clip=0),
                Claim(
                    kind="fact", field="camera", value=getattr(motion.value, "camera", None), anchors=cited
                ),
                Claim(
                    kind="fact",
                    field="direction",
                    value=getattr(motion.value, "direction", None),
                    anchors=cited,
                ),
            ),
            media=(
                Clip(source_id=source_id, pieces=(Piece(op=op, start_s=turning.start_s, end_s=until),)),
                Clip(
                    source_id=source_id,
                    side="output",
                    pieces=(Piece(op=op, start_s=until, end_s=turning.end_s),),
                ),
            ),
            verifier=Verifier(kind="choice", value=right),
            difficulty={"options": 4, "before_s": round(turning.at_s - turning.start_s, 1)},
            twin_key=key,
        )
