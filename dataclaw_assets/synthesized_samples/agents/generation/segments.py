"""Segments worth training a video generator on: moving, steady, in one shot, without print over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from dataclaw_assets.anchor_values import MotionValue, MoverValue
from dataclaw_assets.records import Anchor, Source
from dataclaw_assets.synthesized_samples.agents.world_model.steps import (
    MAX_MOVER_S,
    broken,
    crowded,
)

MIN_LEVEL = 0.02
"""Mean picture change a second (0-1 luma) from which footage counts as moving, as for visual puzzles."""

MIN_FLOOR = 0.01
"""Its weakest half-second: below it the picture pauses."""

MAX_PRINT = 0.02
"""Share of the picture that text may cover: a name on a hull, not a title."""

MIN_SEGMENT_S, MAX_SEGMENT_S = 2.0, 10.0

MIN_SHARE = 0.8
"""Of the motion that is not the camera's."""

EXACT_S = 1e-3


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


def plan_motion(anchors: Sequence[Anchor], start_s: float, end_s: float) -> tuple[PlanPart, ...]:
    """What the camera does in a stretch, part by part, on the clock of that stretch."""
    return tuple(
        PlanPart(
            start_s=round(max(anchor.start_s or 0.0, start_s) - start_s, 1),
            end_s=round(min(anchor.end_s or 0.0, end_s) - start_s, 1),
            camera=value.camera,
            direction=value.direction,
        )
        for anchor, value in list_motion(anchors, start_s, end_s)
    )


def plan_movers(anchors: Sequence[Anchor], start_s: float, end_s: float) -> tuple[MoverPart, ...]:
    """What moves by itself in a stretch beyond doubt, part by part, on the clock of that stretch."""
    return tuple(
        MoverPart(
            start_s=round(max(anchor.start_s or 0.0, start_s) - start_s, 1),
            end_s=round(min(anchor.end_s or 0.0, end_s) - start_s, 1),
            direction=anchor.value.direction,
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


def is_clean(anchors: Sequence[Anchor], source: Source, start_s: float, end_s: float) -> bool:
    """Whether a stretch has no cut, transition, black or freeze, and hardly any text over it."""
    area = (source.width or 1) * (source.height or 1)
    shown = 0.0
    for anchor in anchors:
        over = anchor.kind == "text" and (anchor.start_s or 0.0) < end_s and (anchor.end_s or 0.0) > start_s
        if over and anchor.region is not None:
            left, top, right, bottom = anchor.region
            shown += (right - left) * (bottom - top) / area
    return shown <= MAX_PRINT and not broken(anchors, start_s, end_s)


def is_worth(anchors: Sequence[Anchor], source: Source, start_s: float, end_s: float) -> bool:
    """Whether a generator can learn from a stretch: clean, moving throughout, mostly steady."""
    if not MIN_SEGMENT_S <= end_s - start_s + EXACT_S <= MAX_SEGMENT_S + 2 * EXACT_S:
        return False
    try:
        measured = score(anchors, start_s, end_s)
    except ValueError:
        return False
    moves = measured.motion >= MIN_LEVEL and measured.floor >= MIN_FLOOR and measured.steady >= 0.5
    return moves and is_clean(anchors, source, start_s, end_s)


def find_moves(anchors: Sequence[Anchor], source: Source, length_s: float) -> list[Segment]:
    """The middle of each stretch in which the camera does one named thing for so long; nothing else may move
    much where it does not stand."""
    found = []
    for anchor in anchors:
        value = anchor.value
        if not isinstance(value, MotionValue) or value.camera in ("mixed", "roll"):
            continue
        start, end = anchor.start_s or 0.0, anchor.end_s or 0.0
        first = round((start + end - length_s) / 2, 3)
        if value.camera != "static" and crowded(anchors, first, first + length_s):
            continue
        if end - start + EXACT_S >= length_s and is_worth(anchors, source, first, first + length_s):
            found.append(Segment(anchor, first, round(first + length_s, 3)))
    return sorted(found, key=lambda segment: segment.start_s)


def find_things(anchors: Sequence[Anchor], source: Source, length_s: float) -> list[Segment]:
    """A stretch of so long around each thing that moves by itself one way, before a camera that stands."""
    found = []
    for anchor in anchors:
        start, end = anchor.start_s or 0.0, anchor.end_s or 0.0
        if isinstance(anchor.value, MoverValue) and anchor.value.confidence == "high" and end - start >= 1.0:
            last = source.stream.duration_s if source.stream else 0.0
            first = round(min(max(0.0, (start + end - length_s) / 2), last - length_s), 3)
            if first >= 0 and moves_alone(anchors, source, anchor, first, first + length_s):
                found.append(Segment(anchor, first, round(first + length_s, 3)))
    return sorted(found, key=lambda segment: segment.start_s)


def moves_alone(
    anchors: Sequence[Anchor], source: Source, mover: Anchor, start_s: float, end_s: float
) -> bool:
    """Whether a mover is the only one in a stretch that is worth it, before a camera that stands."""
    stands = all(value.camera == "static" for _, value in list_motion(anchors, start_s, end_s))
    alone = [anchor.anchor_id for anchor in list_movers(anchors, start_s, end_s)] == [mover.anchor_id]
    return stands and alone and is_worth(anchors, source, start_s, end_s)


def is_plain(segment: Segment) -> bool:
    """Whether a thing goes to one side and makes up nearly all of what moves (composition rule 2)."""
    value = segment.anchor.value
    sideways = isinstance(value, MoverValue) and value.direction in ("left", "right")
    return sideways and isinstance(value, MoverValue) and value.share >= MIN_SHARE
