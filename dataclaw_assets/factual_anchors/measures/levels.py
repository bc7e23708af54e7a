"""Where a measured level changes for good: as steady before as after, and clearly another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SETTLED_S = 1.0
"""How long the level is steady on either side."""

SPANS_S = (0.0, 0.4, 0.8, 1.4, 2.2, 3.2)
"""Lengths of a change that are tried."""


@dataclass(frozen=True)
class Step:
    """A lasting change of a level (one or several numbers) between two places of a series."""

    start: int
    end: int
    before: Floats
    after: Floats
    size: float


def find_steps(series: Floats, step_s: float, least: float, steady: float) -> list[Step]:
    """The changes in a series (samples × numbers) of at least `least` in length, between stretches of
    `SETTLED_S` whose standard deviation is at most `steady` of the change; in order of time, not
    overlapping."""
    width = max(2, round(SETTLED_S / step_s))
    if len(series) < 2 * width:
        return []
    total = np.concatenate([np.zeros((1, series.shape[1])), np.cumsum(series, axis=0)])
    squares = np.concatenate([[0.0], np.cumsum((series**2).sum(axis=1))])
    mean = (total[width:] - total[:-width]) / width
    spread = np.sqrt(np.maximum((squares[width:] - squares[:-width]) / width - (mean**2).sum(axis=1), 0.0))
    found: list[tuple[float, int, int]] = []
    for span_s in SPANS_S:
        gap = width + round(span_s / step_s)
        if len(mean) <= gap:
            break
        size = np.linalg.norm(mean[gap:] - mean[:-gap], axis=1)
        rough = np.maximum(spread[gap:], spread[:-gap])
        for place in np.flatnonzero((size >= least) & (rough <= steady * size)):
            # of two that say the same, the one with the steadier sides
            found.append((float(size[place] - 2.0 * rough[place]), int(place), int(place) + gap))
    steps: list[Step] = []
    for _, before, after in sorted(found, key=lambda one: (-one[0], one[2] - one[1], one[1])):
        if all(after + width <= step.start or before >= step.end for step in steps):
            steps.append(_narrow(series, mean[before], mean[after], before + width - 1, after))
    return sorted(steps, key=lambda step: step.start)


def _narrow(series: Floats, before: Floats, after: Floats, start: int, end: int) -> Step:
    """The change from its first tenth to its last; what is between is where it happens."""
    way = after - before
    size = float(np.linalg.norm(way))
    share = (series[start : end + 1] - before) @ way / size**2
    low = np.flatnonzero(share <= 0.1)
    first = int(low[-1]) if len(low) else 0
    high = np.flatnonzero(share[first:] >= 0.9)
    last = first + (int(high[0]) if len(high) else len(share) - 1 - first)
    return Step(start + first, start + last, before, after, size)
