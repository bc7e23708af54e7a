"""The canvas that every drawing is fitted to, and the clock that starts at its first point."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from dataclaw_assets.raw_sources.formats.drawing.sketch import Point

CANVAS_PX = 512
"""Width and height of the canvas that every drawing is fitted to."""

MARGIN_PX = 32
MAX_STROKES = 5_000
"""More strokes than this are a texture on 512 px, not a drawing that anybody follows."""

MAX_POINTS = 200_000
"""How many points a drawing may have: nearly one for each pixel of the canvas."""

MAX_COORDINATE = 1e9
"""Larger coordinates are not those of a drawing, and their squares lose all precision."""


def fit_strokes(strokes: Sequence[Sequence[Point]]) -> list[list[Point]]:
    """The strokes in pixels of the canvas: one scale for both axes, centred, 32 px of margin.

    A drawing of a single point lies in the middle. Coordinates are rounded to 1/1000 px.
    """
    xs = [x for stroke in strokes for x, _ in stroke]
    ys = [y for stroke in strokes for _, y in stroke]
    left, top = min(xs), min(ys)
    width, height = max(xs) - left, max(ys) - top
    room = CANVAS_PX - 2 * MARGIN_PX
    scale = room / max(width, height) if max(width, height) > 0 else 0.0
    shift_x = (CANVAS_PX - width * scale) / 2
    shift_y = (CANVAS_PX - height * scale) / 2
    return [
        [(round((x - left) * scale + shift_x, 3), round((y - top) * scale + shift_y, 3)) for x, y in stroke]
        for stroke in strokes
    ]


def start_clock(
    times: Sequence[Sequence[float] | None], units_per_second: float
) -> list[tuple[float, ...] | None]:
    """Each stroke's times in seconds since the drawing's first point.

    None for all strokes when one has no times, or when time goes backwards: such a clock started anew
    somewhere, and what lies between two strokes is not known.
    """
    known = [stroke for stroke in times if stroke is not None]
    ticks = [tick for stroke in known for tick in stroke]
    steady = all(first <= second for first, second in itertools.pairwise(ticks))
    if len(known) < len(times) or not ticks or not steady:
        return [None] * len(times)
    return [tuple((tick - ticks[0]) / units_per_second for tick in stroke) for stroke in known]
