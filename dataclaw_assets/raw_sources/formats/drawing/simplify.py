"""Thins a stroke to a few points that keep its shape."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dataclaw_assets.raw_sources.formats.drawing.sketch import Point

TOLERANCE_PX = 0.5
"""Points nearer than this to the line between kept ones do not show."""

Coordinates = npt.NDArray[np.float64]


def simplify(line: Sequence[Point], limit: int) -> list[Point]:
    """At most `limit` points, and at least the two ends, of a stroke in pixels.

    Ramer–Douglas–Peucker (Douglas & Peucker 1973), the point that is furthest off first, until all lie within
    the tolerance or the limit is reached. A stroke of n points costs at most 2 · limit · n distances.
    """
    if len(line) <= limit:
        return list(line)
    points = np.ascontiguousarray(np.asarray(line, np.float64).T)
    kept = [0, len(line) - 1]
    spans = _find_furthest(points, 0, len(line) - 1)
    while spans and len(kept) < limit:
        _, first, at, last = heapq.heappop(spans)
        kept.append(at)
        for span in (*_find_furthest(points, first, at), *_find_furthest(points, at, last)):
            heapq.heappush(spans, span)
    return [line[index] for index in sorted(kept)]


def _find_furthest(points: Coordinates, first: int, last: int) -> list[tuple[float, int, int, int]]:
    """The point between two others that lies furthest off the stretch between them, as (−distance, first, its
    own number, last); none when all are near enough."""
    if last - first < 2:
        return []
    distances = _measure_distances(points[:, first + 1 : last], points[:, first], points[:, last])
    at = int(np.argmax(distances))
    return [(-float(distances[at]), first, first + 1 + at, last)] if distances[at] > TOLERANCE_PX else []


def _measure_distances(points: Coordinates, start: Coordinates, end: Coordinates) -> Coordinates:
    """How far each point (2 × n) lies from the stretch between two others."""
    chord = end - start
    across, down = points[0] - start[0], points[1] - start[1]
    squared = chord[0] * chord[0] + chord[1] * chord[1]
    if squared > 0:
        shares = np.clip((across * chord[0] + down * chord[1]) / squared, 0.0, 1.0)
        across -= shares * chord[0]
        down -= shares * chord[1]
    return np.asarray(np.sqrt(across * across + down * down))
