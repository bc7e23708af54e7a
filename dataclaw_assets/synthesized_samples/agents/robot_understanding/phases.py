"""Phases of a demonstration as material: the timed ones by name, and how a clip shows them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Literal

from dataclaw_assets.anchor_values import MotionValue, PhaseValue
from dataclaw_assets.quality.clock import map_interval, sampled_times
from dataclaw_assets.records import Anchor, Clip, Source
from dataclaw_assets.synthesized_samples.context import SourceContext
from resources.settings import Settings

Phase = Literal["moving", "stopped", "gripper_closing", "gripper_opening"]

MIN_SIDE_PX = 128
"""On a smaller picture a gripper is a few pixels: nobody can tell whether it is open (the 64 and 84 px
cameras of Bridge and robomimic, looked at)."""

BLUR_S = 0.1
"""About an end of a hold: the fingers touch the thing, or just not any more."""

OPPOSITE: dict[str, Phase] = {
    "gripper_closing": "gripper_opening",
    "gripper_opening": "gripper_closing",
}


def name_phase(anchor: Anchor) -> str | None:
    """Which phase an anchor is, None for any other kind."""
    return anchor.value.phase if isinstance(anchor.value, PhaseValue) else None


def is_large(source: Source) -> bool:
    """Whether the picture is large enough to see what the robot does."""
    return min(source.width or 0, source.height or 0) >= MIN_SIDE_PX


def list_phases(anchors: Iterable[Anchor], *names: Phase) -> list[Anchor]:
    """The phases of these names that have a time, by time: a log without one has no place in a video."""
    found = [a for a in anchors if name_phase(a) in names and a.start_s is not None and a.end_s is not None]
    return sorted(found, key=lambda a: (a.start_s or 0.0, a.anchor_id))


def list_seen(context: SourceContext, *names: Phase) -> list[Anchor]:
    """`list_phases` of a source that has a moving picture large enough to see them in, by a camera at rest;
    else none."""
    if context.source.stream is None or not is_large(context.source) or _moves_along(context):
        return []
    return list_phases(context.of_kind("phase"), *names)


def list_gripper(context: SourceContext) -> list[Anchor]:
    """What the gripper does, by time; none where it closes twice running or two things happen at once, as
    with two grippers, of which nobody could say which is asked about."""
    found = list_seen(context, "gripper_closing", "gripper_opening")
    one = all(
        name_phase(a) != name_phase(b) and (a.end_s or 0.0) <= (b.start_s or 0.0) for a, b in pairwise(found)
    )
    return found if one else []


def find_grip(anchors: Iterable[Anchor], time_s: float, source: Source) -> tuple[float, float]:
    """From when to when (seconds of the source) the gripper stays as it is at a moment."""
    gripper = list_phases(anchors, "gripper_closing", "gripper_opening")
    end = source.stream.duration_s if source.stream else 0.0
    return (
        max([0.0, *((a.end_s or 0.0) for a in gripper if (a.start_s or 0.0) <= time_s)]),
        min([end, *((a.start_s or 0.0) for a in gripper if (a.start_s or 0.0) > time_s)]),
    )


def is_clear(event: Anchor, start_s: float, end_s: float, settings: Settings) -> bool:
    """Whether no sampled frame of a stretch shows a movement of the gripper half done, or an end of a hold:
    nobody could say on which side of the answer it lies."""
    first, last = event.start_s or 0.0, event.end_s or 0.0
    blurs = [(first, last)]
    if event.kind == "hold":
        blurs = [(edge - BLUR_S, edge + BLUR_S) for edge in (first, last)]
    times = [start_s + time for time in sampled_times(end_s - start_s, settings)]
    return not any(low < time < high for time in times for low, high in blurs)


def _moves_along(context: SourceContext) -> bool:
    """Whether the camera moves for most of the time: it is mounted on the arm, and shows all but that."""
    lengths = {True: 0.0, False: 0.0}
    for anchor in context.of_kind("motion"):
        if isinstance(anchor.value, MotionValue):
            lengths[anchor.value.camera == "static"] += (anchor.end_s or 0.0) - (anchor.start_s or 0.0)
    return lengths[False] > lengths[True]


def count_shown(clip: Clip, anchors: Iterable[Anchor], name: Phase) -> int:
    """How often a clip shows a phase of this name; played backwards, its opposite counts as it."""
    count = 0
    for piece in clip.pieces:
        wanted = OPPOSITE.get(name, name) if piece.op == "reverse" else name
        alone = clip.model_copy(update={"pieces": (piece,)})
        for anchor in list_phases(anchors, wanted):
            count += len(map_interval(alone, anchor.start_s or 0.0, anchor.end_s or 0.0))
    return count
