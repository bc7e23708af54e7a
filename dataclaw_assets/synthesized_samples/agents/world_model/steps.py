"""Movements that a world model can learn from: of a camera and an arm, and actions on a screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from dataclaw_assets.anchor_values import (
    ActionValue,
    MotionValue,
    PhaseValue,
    ScreenStateChangeValue,
    TargetReadValue,
)
from dataclaw_assets.records import Anchor
from dataclaw_assets.synthesized_samples.agents.world_model.screens import Screens, is_readable
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext

MIN_OPTIONS, MAX_OPTIONS = 3, 4
"""One of two pictures is a coin's toss."""

CAMERA_CLIP_S = 1.1
"""Three frames of a trainer's sampling: two steps of a movement."""

CAMERA_MARGIN_S = 0.15
"""The first and last pictures of a movement keep this far from its borders and from the clip."""

MIN_CAMERA_LEVEL = 0.05
"""Below it (mean picture change a second) a pan leaves the picture where it was within a second."""

MAX_MOVER_S = 0.3
"""Something that moves by itself for longer, filmed on the way round it, was taken for the camera's other
way by eye."""

MIN_REST_S = 0.3
"""As short as stops are found without a miss (`docs/anchors.md`, phase)."""

ARM_CLIP_S = 3.0
MIN_ARM_CLIP_S = 1.2
MIN_ARM_AHEAD_S = 1.0
MIN_SIDE_PX = 128
"""In smaller pictures of an arm nobody sees a gripper close."""

MIN_CHANGE = 0.01
"""Share of the screen. A smaller change is a caret or a mark that is lost at 768 px."""


POINTERLESS = frozenset({"playwright", "rrweb"})
"""Formats whose pictures show no pointer. Elsewhere it stays where it clicked, and its place alone picks the
picture that follows."""


@dataclass(frozen=True)
class CameraRun:
    """A steady movement of the camera within one shot, its `middle_s`, how far its first and last picture lie
    from there, and how long the clip is that ends (or, backwards, begins) there."""

    motion: Anchor
    camera: Literal["pan", "tilt", "zoom"]
    direction: str
    middle_s: float
    reach_s: float
    clip_s: float = CAMERA_CLIP_S


@dataclass(frozen=True)
class ArmStep:
    """An arm at rest until `until_s`, its one movement, what its gripper does then, and the rest after it.
    Where the gripper does nothing, every later stop might be the next one: there is no such step."""

    from_s: float
    until_s: float
    moving: Anchor
    gripper: tuple[Anchor, ...]
    rest: Anchor
    after: Moment

    @property
    def verb(self) -> Literal["move_close", "move_open"]:
        """What it does, in the payload's words."""
        phases = {getattr(anchor.value, "phase", None) for anchor in self.gripper}
        return "move_close" if "gripper_closing" in phases else "move_open"


@dataclass(frozen=True)
class ScreenStep:
    """An action that the screen confirms, what was read under it, and what changed after it."""

    action: Anchor
    read: Anchor
    change: Anchor


def find_camera_run(context: SourceContext, motion: Anchor) -> CameraRun | None:
    """The middle of a camera's movement that is long and clear enough to tell its two ends apart."""
    value, start, end = motion.value, motion.start_s or 0.0, motion.end_s or 0.0
    if context.shows_a_screen or not isinstance(value, MotionValue) or value.level < MIN_CAMERA_LEVEL:
        return None
    reach = (end - start) / 2 - CAMERA_MARGIN_S
    if value.camera not in ("pan", "tilt", "zoom") or reach < CAMERA_CLIP_S + CAMERA_MARGIN_S:
        return None
    if broken(context.anchors, start, end) or crowded(context.anchors, start, end):
        return None
    if any((text.start_s or 0.0) < end and (text.end_s or 0.0) > start for text in context.of_kind("text")):
        return None  # print tells a mirrored picture without the clip
    middle = round((start + end) / 2, 3)
    return CameraRun(motion, value.camera, value.direction, middle, round(reach, 3))


def broken(anchors: Sequence[Anchor], start_s: float, end_s: float) -> bool:
    """Whether a cut, a transition, black or a freeze lies within a stretch of the source."""
    kinds = {"cut", "transition", "black", "freeze"}
    return any(
        anchor.kind in kinds and (anchor.start_s or 0.0) < end_s and (anchor.end_s or 0.0) > start_s
        for anchor in anchors
    ) or any(anchor.kind == "cut" and start_s < (anchor.start_s or 0.0) < end_s for anchor in anchors)


def crowded(anchors: Sequence[Anchor], start_s: float, end_s: float) -> bool:
    """Whether something large moves by itself in a stretch: which way the camera goes is then open to
    argument."""
    return any(
        anchor.kind == "dominant_mover"
        and min(anchor.end_s or 0.0, end_s) - max(anchor.start_s or 0.0, start_s) > MAX_MOVER_S
        for anchor in anchors
    )


def list_moments(context: SourceContext) -> list[Moment]:
    """Every moment of the source, whichever window it lies in."""
    duration = context.source.stream.duration_s if context.source.stream else 0.0
    return context.moments((0.0, duration))


def find_arm_steps(context: SourceContext) -> list[ArmStep]:
    """From rest to rest: one movement, and one closing or opening, ended before the next begins."""
    source = context.source
    if min(source.width or 0, source.height or 0) < MIN_SIDE_PX:
        return []
    phases = context.of_kind("phase")
    rests = [a for a in phases if _is(a, "stopped") and _length(a) >= MIN_REST_S]
    steps = []
    for rest in rests:
        until = round((rest.end_s or 0.0) - 0.1, 3)
        after = tell_next(phases, until)
        moment = _moment_in(context, after[1]) if after else None
        if after is None or moment is None:
            continue
        gripper = list_gripping(phases, until, moment.time_s)
        start = max(0.0, until - ARM_CLIP_S)
        shown = until - start >= MIN_ARM_CLIP_S and moment.time_s - until >= MIN_ARM_AHEAD_S
        # a run that the clip reaches into is no future
        unseen = (moment.anchor.start_s or 0.0) >= until
        if gripper and shown and unseen:
            steps.append(ArmStep(start, until, after[0], gripper, after[1], moment))
    return steps


def tell_next(phases: Sequence[Anchor], until_s: float) -> tuple[Anchor, Anchor] | None:
    """The first movement that begins after a time (a tenth of a second later, at its rest's end), and the
    rest that follows it; None where the arm moves at that time, or moves on without a rest that counts."""
    ordered = sorted(
        (a for a in phases if _is(a, "moving") or _is(a, "stopped")), key=lambda a: a.start_s or 0.0
    )
    later = [anchor for anchor in ordered if (anchor.start_s or 0.0) >= until_s]
    if len(later) < 2 or not _is(later[0], "moving") or not _is(later[1], "stopped"):
        return None
    return (later[0], later[1]) if _length(later[1]) >= MIN_REST_S else None


def list_gripping(phases: Sequence[Anchor], start_s: float, end_s: float) -> tuple[Anchor, ...] | None:
    """What the gripper does from one time to another: nothing or one thing; None where it does more, or is at
    it at either time."""
    found = []
    for anchor in phases:
        inside = (anchor.start_s or 0.0) < end_s and (anchor.end_s or 0.0) > start_s
        if inside and (_is(anchor, "gripper_closing") or _is(anchor, "gripper_opening")):
            if (anchor.start_s or 0.0) < start_s or (anchor.end_s or 0.0) > end_s:
                return None
            found.append(anchor)
    return tuple(found) if len(found) <= 1 else None


def _is(anchor: Anchor, phase: str) -> bool:
    return isinstance(anchor.value, PhaseValue) and anchor.value.phase == phase


def _length(anchor: Anchor) -> float:
    return (anchor.end_s or 0.0) - (anchor.start_s or 0.0)


def _moment_in(context: SourceContext, rest: Anchor) -> Moment | None:
    inside = [m for m in list_moments(context) if (rest.start_s or 0) <= m.time_s < (rest.end_s or 0)]
    return inside[0] if len(inside) == 1 else None


def find_screen_steps(screens: Screens) -> list[ScreenStep]:
    """Clicks on a label that was read there, that stands once on the screen, and after which new words are on
    the screen before anything else is done. None where a pointer shows the place."""
    context = screens.context
    if context.source.format not in POINTERLESS:
        return []
    reads = {
        anchor.value.index: anchor
        for anchor in context.of_kind("target_read")
        if isinstance(anchor.value, TargetReadValue) and anchor.value.agrees and is_readable(context, anchor)
    }
    changes = {value.index: anchor for anchor, value in list_changes(screens)} if len(reads) > 1 else {}
    steps = []
    for action in context.of_kind("action"):
        value = action.value
        if not isinstance(value, ActionValue) or value.action not in ("click", "double_click", "right_click"):
            continue
        read, change = reads.get(value.index), changes.get(value.index)
        if read is None or change is None or read.anchor_id not in action.corroborated_by or value.x is None:
            continue
        seen = change.value
        if not isinstance(seen, ScreenStateChangeValue) or not isinstance(read.value, TargetReadValue):
            continue
        clear = _lies_on(value, read) and _is_next(context, action, seen.after_s)
        clear = clear and screens.says_once(read.value.name, seen.before_s)
        if clear and screens.adds(seen.before_s, seen.after_s):
            steps.append(ScreenStep(action, read, change))
    return steps


def _lies_on(action: ActionValue, read: Anchor) -> bool:
    """Whether a click is on the label itself or right beside it, not on a control somewhere in its row."""
    left, top, right, bottom = read.region or (0.0, 0.0, 0.0, 0.0)
    x, y, near = action.x or 0.0, action.y or 0.0, bottom - top
    return left - near <= x <= right + near and top - near <= y <= bottom + near


def _is_next(context: SourceContext, action: Anchor, after_s: float) -> bool:
    """Whether nothing else is done until the screen after an action is taken."""
    begun = [other.start_s or 0.0 for other in context.of_kind("action") if other is not action]
    return not any((action.start_s or 0.0) <= start < after_s for start in begun)


def list_changes(screens: Screens) -> Iterator[tuple[Anchor, ScreenStateChangeValue]]:
    """Changes of the screen large enough to be seen, while no clock runs on it that would tell the order."""
    for anchor in screens.context.of_kind("screen_state_change"):
        value = anchor.value
        if not isinstance(value, ScreenStateChangeValue) or value.kind == "none" or value.share < MIN_CHANGE:
            continue
        if not any(start < value.after_s and value.before_s < end for start, end in screens.clocks):
            yield anchor, value


def choose_screens(screens: Screens, pair: tuple[ScreenStep, ScreenStep]) -> list[Anchor] | None:
    """Changes whose later pictures go beside those of two steps, nearest in time first, each with words of
    its own; None where the two steps' own are not told apart, or nothing is fair to both."""
    taken = [
        step.change.value.after_s for step in pair if isinstance(step.change.value, ScreenStateChangeValue)
    ]
    if not screens.tell_apart(*taken):
        return None
    near = sorted(list_changes(screens), key=lambda found: abs(found[1].after_s - taken[0]))
    fits = [
        (anchor, value.after_s)
        for anchor, value in near
        if all(screens.tell_apart(value.after_s, time_s) for time_s in taken)
    ]
    if not is_fair(screens, pair, [time_s for _, time_s in fits]):
        return None  # nor would fewer of them be
    for count in range(MAX_OPTIONS - 2, 0, -1):
        for chosen in combinations(fits, count):
            times = [time_s for _, time_s in chosen]
            apart = all(screens.tell_apart(*two) for two in combinations(times, 2))
            if apart and is_fair(screens, pair, times):
                return [anchor for anchor, _ in chosen]
    return None


def is_fair(screens: Screens, pair: tuple[ScreenStep, ScreenStep], others_s: Sequence[float]) -> bool:
    """Whether neither step is given away: of the wrong pictures one is of the same page with new words on
    it, and what is clicked stands in one of them wherever it stands in the right one."""
    for step, other in (pair, pair[::-1]):
        seen, read, beside = step.change.value, step.read.value, other.change.value
        if not (
            isinstance(seen, ScreenStateChangeValue)
            and isinstance(read, TargetReadValue)
            and isinstance(beside, ScreenStateChangeValue)
        ):
            return False
        wrong = [beside.after_s, *others_s]
        if not any(screens.shows_more_of(seen.before_s, time_s) for time_s in wrong):
            return False
        if screens.tells_by(read.name, seen.after_s, wrong):
            return False
    return True
