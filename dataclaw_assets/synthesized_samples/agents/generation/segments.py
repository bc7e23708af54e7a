"""Segments worth training a video generator on: moving, steady, in one shot, without print in them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from dataclaw_assets.anchor_values import MotionValue, MoverValue
from dataclaw_assets.records import Anchor
from dataclaw_assets.synthesized_samples.agents.world_model.steps import (
    MAX_MOVER_S,
    MIN_CAMERA_LEVEL,
    broken,
    crowded,
)
from dataclaw_assets.synthesized_samples.context import SourceContext

MIN_LEVEL = 0.02
"""Mean picture change a second (0-1 luma) from which footage counts as moving, as for visual puzzles."""

MIN_FLOOR = 0.01
"""Its weakest half-second: below it the picture pauses."""

MIN_SEGMENT_S, MAX_SEGMENT_S = 2.0, 10.0

MIN_SHARE = 0.8
"""Of the motion that is not the camera's."""

MIN_WAY = 0.2
"""How far a thing goes to the side, as a share of the picture's width: less is a sway."""

MIN_OPTIONS, MAX_OPTIONS = 3, 4

EXACT_S = 1e-3

MIRRORED = {
    "left": "right",
    "right": "left",
    "clockwise": "counter-clockwise",
    "counter-clockwise": "clockwise",
}
"""What a direction looks like in a mirrored clip; others look the same."""


class PlanPart(BaseModel):
    """What the camera does from `start_s` to `end_s` of the segment; `direction` is "none" for one that
    stands still, or moves in no one way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_s: float
    end_s: float
    camera: Literal["static", "pan", "tilt", "zoom", "roll", "mixed"]
    direction: str


class MoverPart(BaseModel):
    """Which way the thing that moves most goes in the picture, from `start_s` to `end_s` of the segment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_s: float
    end_s: float
    direction: Literal["left", "right", "up", "down", "towards", "away", "none"]


class Score(BaseModel):
    """How a segment moves: `motion` the mean and `floor` the weakest half-second of picture change per
    second, `steady` the share of it in which the camera stands or moves in one way, 0-1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    motion: float
    floor: float
    steady: float


@dataclass(frozen=True)
class Segment:
    """A stretch of the source, and the `motion` anchor that it lies in, or the `dominant_mover` in it."""

    anchor: Anchor
    start_s: float
    end_s: float


def face(direction: str, mirrored: bool) -> str:
    """A direction as a clip shows it that is mirrored, or is not."""
    return MIRRORED.get(direction, direction) if mirrored else direction


def plan_motion(
    anchors: Sequence[Anchor], start_s: float, end_s: float, mirrored: bool
) -> tuple[PlanPart, ...]:
    """What the camera does in a stretch as it is shown, part by part, on the clock of that stretch."""
    return tuple(
        PlanPart(
            start_s=round(max(anchor.start_s or 0.0, start_s) - start_s, 1),
            end_s=round(min(anchor.end_s or 0.0, end_s) - start_s, 1),
            camera=value.camera,
            direction=face(value.direction, mirrored),
        )
        for anchor, value in list_motion(anchors, start_s, end_s)
    )


def plan_movers(
    anchors: Sequence[Anchor], start_s: float, end_s: float, mirrored: bool
) -> tuple[MoverPart, ...]:
    """What moves by itself beyond doubt in a stretch as it is shown, part by part, on the clock of that
    stretch."""
    return tuple(
        MoverPart(
            start_s=round(max(anchor.start_s or 0.0, start_s) - start_s, 1),
            end_s=round(min(anchor.end_s or 0.0, end_s) - start_s, 1),
            direction=face(anchor.value.direction, mirrored),  # type: ignore[arg-type]
        )
        for anchor in list_movers(anchors, start_s, end_s)
        if isinstance(anchor.value, MoverValue) and anchor.value.confidence == "high"
    )


def score(anchors: Sequence[Anchor], start_s: float, end_s: float) -> Score:
    """How a stretch moves, from its motion anchors, each by its share of it. Raises `ValueError` where none
    covers it."""
    parts = [
        (min(anchor.end_s or 0.0, end_s) - max(anchor.start_s or 0.0, start_s), value)
        for anchor, value in list_motion(anchors, start_s, end_s)
    ]
    whole = sum(length for length, _ in parts)
    if whole < 0.95 * (end_s - start_s):
        raise ValueError(f"motion is measured for {whole:.1f} s of the segment")
    return Score(
        motion=round(sum(length * value.level for length, value in parts) / whole, 2),
        floor=round(min(value.floor for _, value in parts), 2),
        steady=round(sum(length for length, value in parts if value.camera != "mixed") / whole, 2),
    )


def list_motion(anchors: Sequence[Anchor], start_s: float, end_s: float) -> list[tuple[Anchor, MotionValue]]:
    """The motion anchors that share time with a stretch, in order."""
    found = [
        (anchor, anchor.value)
        for anchor in anchors
        if isinstance(anchor.value, MotionValue)
        and min(anchor.end_s or 0.0, end_s) - max(anchor.start_s or 0.0, start_s) > EXACT_S
    ]
    return sorted(found, key=lambda pair: pair[0].start_s or 0.0)


def list_movers(anchors: Sequence[Anchor], start_s: float, end_s: float) -> list[Anchor]:
    """The movers that share more than a moment with a stretch, in order."""
    found = [
        anchor
        for anchor in anchors
        if isinstance(anchor.value, MoverValue)
        and min(anchor.end_s or 0.0, end_s) - max(anchor.start_s or 0.0, start_s) > MAX_MOVER_S
    ]
    return sorted(found, key=lambda anchor: anchor.start_s or 0.0)


def is_clean(anchors: Sequence[Anchor], start_s: float, end_s: float) -> bool:
    """Whether a stretch has no cut, transition, black or freeze, and no text, which a mirror would turn."""
    printed = any(
        anchor.kind == "text" and (anchor.start_s or 0.0) < end_s and (anchor.end_s or 0.0) > start_s
        for anchor in anchors
    )
    return not printed and not broken(anchors, start_s, end_s)


def is_worth(anchors: Sequence[Anchor], start_s: float, end_s: float) -> bool:
    """Whether a generator can learn from a stretch: clean, moving throughout, mostly steady."""
    if not MIN_SEGMENT_S <= end_s - start_s + EXACT_S <= MAX_SEGMENT_S + 2 * EXACT_S:
        return False
    try:
        measured = score(anchors, start_s, end_s)
    except ValueError:
        return False
    moves = measured.motion >= MIN_LEVEL and measured.floor >= MIN_FLOOR and measured.steady >= 0.5
    return moves and is_clean(anchors, start_s, end_s)


def find_moves(context: SourceContext, length_s: float) -> list[Segment]:
    """The middle of each stretch in which the camera moves in one named way for so long, and nothing else
    much. None in which it seems to stand: how little it drifts there is not measured."""
    moves = []
    for anchor in context.of_kind("motion"):
        camera = anchor.value.camera if isinstance(anchor.value, MotionValue) else "static"
        start, end = anchor.start_s or 0.0, anchor.end_s or 0.0
        if camera in ("pan", "tilt", "zoom") and end - start + EXACT_S >= length_s:
            first = round((start + end - length_s) / 2, 3)
            moves.append(Segment(anchor, first, round(first + length_s, 3)))
    if len(moves) < MIN_OPTIONS:
        return []
    return [
        one
        for one in moves
        if not crowded(context.anchors, one.start_s, one.end_s)
        and is_worth(context.anchors, one.start_s, one.end_s)
    ]


def find_things(context: SourceContext, length_s: float) -> list[Segment]:
    """A stretch of so long around each thing that moves by itself one way, before a camera that stands."""
    things = []
    end_s = context.source.stream.duration_s if context.source.stream else 0.0
    for anchor in context.of_kind("dominant_mover"):
        start, end = anchor.start_s or 0.0, anchor.end_s or 0.0
        if isinstance(anchor.value, MoverValue) and anchor.value.confidence == "high" and end - start >= 1.0:
            first = round(min(max(0.0, (start + end - length_s) / 2), end_s - length_s), 3)
            if first >= 0:
                things.append(Segment(anchor, first, round(first + length_s, 3)))
    if len(things) < MIN_OPTIONS:
        return []
    return [one for one in things if moves_alone(context.anchors, one.anchor, one.start_s, one.end_s)]


def moves_alone(anchors: Sequence[Anchor], mover: Anchor, start_s: float, end_s: float) -> bool:
    """Whether a mover is the only one in a stretch that is worth it, before a camera that stands."""
    stands = all(value.camera == "static" for _, value in list_motion(anchors, start_s, end_s))
    alone = [anchor.anchor_id for anchor in list_movers(anchors, start_s, end_s)] == [mover.anchor_id]
    return stands and alone and is_worth(anchors, start_s, end_s)


def name_movement(segment: Segment) -> tuple[str, str]:
    """What moves in a segment, the camera in its way or a thing, and where to."""
    value = segment.anchor.value
    moving = value.camera if isinstance(value, MotionValue) else "thing"
    return moving, str(getattr(value, "direction", "none"))


def is_plain(segment: Segment) -> bool:
    """Whether a mirror turns a segment's movement round, beyond doubt: the camera pans so far that it is
    seen, or a thing that makes up nearly all of what moves goes far to one side (composition rule 2)."""
    value = segment.anchor.value
    if name_movement(segment)[1] not in ("left", "right"):
        return False
    if isinstance(value, MotionValue):
        return value.camera == "pan" and value.level >= MIN_CAMERA_LEVEL
    if not isinstance(value, MoverValue):
        return False
    anchor = segment.anchor
    shown_s = min(anchor.end_s or 0.0, segment.end_s) - max(anchor.start_s or 0.0, segment.start_s)
    return value.share >= MIN_SHARE and value.speed * shown_s >= MIN_WAY


def choose_sets(
    segments: Sequence[Segment], chance: random.Random
) -> Iterator[tuple[tuple[Segment, Segment], list[Segment]]]:
    """Two plain segments and those beside them, set by set: no segment is shown in two."""
    left = list(segments)
    while len(plain := [segment for segment in left if is_plain(segment)]) >= 2:
        first, second = chance.sample(plain, 2)
        others = choose_others((first, second), left)
        if others:
            yield (first, second), others
        left = [segment for segment in left if segment not in (first, second, *others)]


def choose_others(pair: tuple[Segment, Segment], segments: Sequence[Segment]) -> list[Segment]:
    """Segments that go beside two: those that go another way than to a side first, then those that move as
    much, so that no glance and no size of a file tells them apart; none in which the same goes to a side with
    less certainty."""
    sideways = {name_movement(segment) for segment in pair}
    sideways |= {(moving, face(direction, True)) for moving, direction in sideways}
    others = [s for s in segments if s not in pair and (is_plain(s) or name_movement(s) not in sideways)]
    level = sum(map(_level, pair)) / 2
    return sorted(others, key=lambda one: (is_plain(one), abs(_level(one) - level)))[: MAX_OPTIONS - 2]


def _level(segment: Segment) -> float:
    """How much moves: the picture's change, or the thing's way."""
    value = segment.anchor.value
    return float(getattr(value, "level", getattr(value, "speed", 0.0)))
