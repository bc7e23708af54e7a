"""Courses of change: one thing, the camera or the light that goes one way for a while."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dataclaw_assets.anchor_values import AttributeValue, MotionValue, MoverValue
from dataclaw_assets.records import Anchor

MIN_SHARE = 0.8
"""Of all motion that is not the camera's: below it, more than one thing moves."""

MIN_MOVER_S = 1.0
"""A shorter motion is two sampled frames at most."""

MIN_PATH = 0.12
"""Picture widths: 30 pixels of a sampled frame."""

MIN_GROWTH = 0.3
"""Of its size: less is a thing that sways."""

MIN_CAMERA_S = 2.0
"""Motion is named second by second; of a hand-held camera one second alone is a sway."""

MAX_COURSE_S = 6.0

MIN_LIGHT = 0.15
"""Of brightness, 0-1: automatic exposure makes up to half of it."""

MAX_LINES = 4
"""Lines of text: where more can be read, what moves is a page that scrolls."""

NEAR_S = 0.5
"""Lettering that fades in is seen before it is read."""

BESIDE_S = 1.0
"""How long the light must stay on either side of its change."""

PLANAR = frozenset({"left", "right", "up", "down"})
OPPOSITE = {
    a: b
    for first, second in (
        ("left", "right"),
        ("up", "down"),
        ("in", "out"),
        ("towards", "away"),
        ("brighter", "darker"),
    )
    for a, b in ((first, second), (second, first))
}


@dataclass(frozen=True)
class Course:
    """One change in one direction (`told`), of a thing (`mover`), the camera or the light, and the stretch
    of the source that shows it and nothing against it."""

    stem: str
    anchor: Anchor
    told: str
    start_s: float
    end_s: float


def group(anchors: Iterable[Anchor]) -> dict[str, list[Anchor]]:
    """Anchors by kind, each list in order of time."""
    groups: dict[str, list[Anchor]] = {}
    for anchor in sorted(anchors, key=lambda a: (a.start_s or 0.0, a.anchor_id)):
        groups.setdefault(anchor.kind, []).append(anchor)
    return groups


def read_course(anchor: Anchor, anchors: Mapping[str, Sequence[Anchor]], end_s: float) -> Course | None:
    """The course that an anchor tells of, among the source's `anchors` by kind; `end_s` is the source's
    length. None when more than one thing moves, the camera is not at rest behind it, a cut interrupts it,
    something else moves before a moving camera, a page scrolls, lettering would be mirrored, or it is too
    little to be seen."""
    if anchor.start_s is None or anchor.end_s is None:
        return None
    value, start, end = anchor.value, anchor.start_s, anchor.end_s
    found = None
    if isinstance(value, MoverValue) and _stands_out(value, end - start):
        if _camera_rests(anchors.get("motion", ()), start, end):
            found = Course("mover", anchor, value.direction, start, min(end, start + MAX_COURSE_S))
    elif isinstance(value, MotionValue) and value.camera in {"pan", "tilt", "zoom"}:
        end = min(end, start + MAX_COURSE_S)
        alone = not any(_shared(thing, start, end) > 0.3 for thing in anchors.get("dominant_mover", ()))
        if value.direction in OPPOSITE and end - start >= MIN_CAMERA_S and alone:
            found = Course("camera", anchor, value.direction, start, end)
    elif isinstance(value, AttributeValue) and value.attribute == "brightness":
        before, after = float(value.before), float(value.after)
        first, last = start - BESIDE_S, end + BESIDE_S
        if abs(after - before) >= MIN_LIGHT and first >= 0.0 and last <= end_s:
            found = Course("light", anchor, "brighter" if after > before else "darker", first, last)
    if found is None or not in_one_take(anchors, found.start_s, found.end_s):
        return None
    written = [
        text for text in anchors.get("text", ()) if _shared(text, found.start_s, found.end_s) >= -NEAR_S
    ]
    # the twin of a way to one side is mirrored, and so would be its lettering
    return found if len(written) <= (0 if found.told in {"left", "right"} else MAX_LINES) else None


def _shared(anchor: Anchor, start_s: float, end_s: float) -> float:
    """Seconds of a stretch that an anchor lies in; below 0 where it is beside it."""
    return min(end_s, anchor.end_s or 0.0) - max(start_s, anchor.start_s or 0.0)


def _stands_out(value: MoverValue, length_s: float) -> bool:
    least = MIN_PATH if value.direction in PLANAR else MIN_GROWTH
    return (
        value.confidence == "high"
        and value.direction in OPPOSITE
        and value.share >= MIN_SHARE
        and length_s >= MIN_MOVER_S
        and value.speed * length_s >= least
    )


def _camera_rests(motions: Sequence[Anchor], start_s: float, end_s: float) -> bool:
    """Whether the camera stands still all the while: before a moving one, a thing's direction is not its way
    across the picture."""
    rested = 0.0
    for motion in motions:
        if isinstance(motion.value, MotionValue) and motion.value.camera == "static":
            rested += max(0.0, _shared(motion, start_s, end_s))
    return rested >= 0.95 * (end_s - start_s)


def in_one_take(anchors: Mapping[str, Sequence[Anchor]], start_s: float, end_s: float) -> bool:
    """Whether no cut or transition falls into a stretch of the source."""
    borders = [*anchors.get("cut", ()), *anchors.get("transition", ())]
    return not any(
        (border.start_s or 0.0) < end_s - 0.05 and (border.end_s or 0.0) > start_s + 0.05
        for border in borders
    )
