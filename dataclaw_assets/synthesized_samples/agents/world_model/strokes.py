"""States of a named drawing, and two strokes alike that may follow: only places tell them apart."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from dataclaw_assets.anchor_values import StrokeValue
from dataclaw_assets.records import Anchor
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.sketches import choose_markable, read_strokes

Point = tuple[float, float]

ALIKE = 0.6
"""Least ratio of two strokes' lengths and of the sides of their boxes: a glance at shape or size must not
tell them apart."""

MAX_UNLIKE = 0.12
"""Mean distance between two strokes' outlines laid over one another, mirrored or not, as a share of the
longer one's diagonal: two wings have 0.09, two ears 0.01, a wing and a skirt 0.38."""

SAMPLES = 16
"""Points at which outlines are compared, spread evenly over their length."""

MIN_STROKES, MIN_DONE, MIN_DRAWN = 5, 3, 0.6
"""Strokes of a drawing, of a state, and a state's least share of the drawing's ink, without the stroke that
may be missing: two wings or three loose arcs are no drawing yet."""

OUTLINE = 2
"""So many of a state's longest strokes are never missing: a body without its head was not recognised."""

MIN_MISSED = 0.08
"""Share of the ink from which a stroke is missed by who looks for it."""

SLIM_PX = 24.0
"""Sides of a box, on the 512 px sheet, count as at least so long: a line's thickness is no shape."""

CLEAR_PX = 48.0
"""How far apart on the 512 px sheet the middles of like strokes lie: 24 px as a trainer sees it."""


@dataclass(frozen=True)
class StrokeStep:
    """A drawing after its first `done` strokes, the stroke that came next and a later one like it, and a
    stroke of the state that half of the pictures lack."""

    done: int
    next: tuple[Anchor, StrokeValue]
    like: tuple[Anchor, StrokeValue]
    lacking: tuple[Anchor, StrokeValue]


def find_stroke_steps(context: SourceContext) -> Iterator[StrokeStep]:
    """The steps of a drawing that has a name, by how much is drawn; none of a scribble."""
    strokes = read_strokes(context) if context.of_kind("label") else []
    if len(strokes) < MIN_STROKES:
        return
    shares = [value.length_share for _, value in strokes]
    markable = choose_markable(strokes)
    for place, asked in enumerate(markable):
        done = asked[1].index
        if done < MIN_DONE:
            continue
        longest = sorted(shares[:done])[-OUTLINE]
        parts = [pair for pair in markable[:place] if MIN_MISSED <= pair[1].length_share < longest]
        if not parts:
            continue
        # the smallest leaves a drawing that can be recognised
        lacking = min(parts, key=lambda pair: pair[1].length_share)
        drawn = sum(shares[:done]) - lacking[1].length_share
        if drawn < MIN_DRAWN:
            continue
        for later in markable[place + 1 :]:
            if are_alike(asked, later):
                yield StrokeStep(done, asked, later, lacking)


def are_alike(first: tuple[Anchor, StrokeValue], second: tuple[Anchor, StrokeValue]) -> bool:
    """Whether two strokes are of one size and shape, and lie at places that nobody confuses."""
    a, b = first[0].region, second[0].region
    if a is None or b is None or first[1].closed != second[1].closed:
        return False
    ratios = [_ratio(first[1].length_share, second[1].length_share)]
    ratios += [
        _ratio(max(SLIM_PX, a[side + 2] - a[side]), max(SLIM_PX, b[side + 2] - b[side])) for side in (0, 1)
    ]
    if min(ratios) < ALIKE or math.dist(_middle(a), _middle(b)) < CLEAR_PX:
        return False
    return measure_unlikeness(first[1].points, second[1].points) <= MAX_UNLIKE


def measure_unlikeness(first: Sequence[Point], second: Sequence[Point]) -> float:
    """Mean distance between the outlines of two strokes with one middle, as a share of the longer diagonal;
    the least over both ways of drawing and over a mirror. 0 for outlines that are the same."""
    one, other = _spread(first), _spread(second)
    longest = max(math.dist(_corner(line, min), _corner(line, max)) for line in (one, other))
    distances = [
        sum(math.dist(a, (side * b[0], b[1])) for a, b in zip(one, line, strict=True)) / SAMPLES
        for side in (1.0, -1.0)
        for line in (other, other[::-1])
    ]
    return min(distances) / longest if longest else 0.0


def _spread(points: Sequence[Point]) -> list[Point]:
    """Points evenly spread over a stroke, about their own middle."""
    if len(points) < 2:
        return [(0.0, 0.0)] * SAMPLES
    ways = [0.0, *accumulate(math.dist(a, b) for a, b in pairwise(points))]
    found = []
    for number in range(SAMPLES):
        way = ways[-1] * number / (SAMPLES - 1)
        place = min(bisect_right(ways, way), len(points) - 1)
        (x, y), (next_x, next_y) = points[place - 1], points[place]
        part = (way - ways[place - 1]) / ((ways[place] - ways[place - 1]) or 1.0)
        found.append((x + part * (next_x - x), y + part * (next_y - y)))
    middle = (sum(x for x, _ in found) / SAMPLES, sum(y for _, y in found) / SAMPLES)
    return [(x - middle[0], y - middle[1]) for x, y in found]


def _corner(points: Sequence[Point], choose: Callable[[Iterable[float]], float]) -> Point:
    return choose(x for x, _ in points), choose(y for _, y in points)


def _ratio(first: float, second: float) -> float:
    return min(first, second) / max(first, second)


def _middle(region: Sequence[float]) -> tuple[float, float]:
    return (region[0] + region[2]) / 2, (region[1] + region[3]) / 2
