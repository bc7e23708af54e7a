"""Choosing the pictures that name one moment: those that only one run of the sampled frames matches."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dataclaw_assets.factual_anchors.measures.signatures import Signatures

LEVELS = (0.04, 0.06, 0.09, 0.13, 0.18, 0.24)
"""A picture's run is what lies within the lowest of these distances (`Signatures.measure`, which follows
`resources.media.distance`) that gives it `MARGIN_S` on either side: the first for slides, a higher one where
everything moves. Measured on ten real videos: re-encoding at 256 px as JPEG or H.264 makes at most 0.019,
frames 0.5 s apart in camera footage differ by 0.12-0.38 (median per video), two slides of one layout by 0.08
at least."""

UNIQUE_AT_REST = 0.08
"""Least distance of every frame beyond the run and the guard, for a picture at rest: four times what
re-encoding makes, and what the most alike of the slides measured have between them."""

AT_REST = 0.02
"""Largest distance within the run of a picture at rest."""

UNIQUE = 0.12
"""The same for a picture in motion: seen side by side, views of one scene less far apart than about a tenth
can hardly be told from one another."""

TIMES_FARTHER = 1.3
"""And that many times the largest distance within the run: the run is one thing and the rest another."""

GUARD_S = 0.5
"""Around the run, frames may look neither quite the same nor clearly different."""

MARGIN_S = 0.25
"""Least time from the still to either end of its run, unless the source ends there: away from cuts, and long
enough for a frame of a trainer's 2 fps sampling to fall into the run."""

POOL_S = 0.5
"""The sharpest calm frame of each stretch this long is tried."""

MOST_TRIED = 600
"""So many stretches a source has at most, longer ones then: the work grows with the source, not with its
square."""

LOOKED_AT = 32
"""Of so many of the nearest samples the distance is measured in full; of the rest a lower bound will do."""

FIRST_LOOK = 6
"""So many samples on either side of one are measured before it is asked whether its run goes on."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Run:
    """A candidate and what matches it: samples `first`…`last` (both included) are the one run, none of them
    farther than `inside`, and none beyond the guard nearer than `outside`."""

    sample: int
    first: int
    last: int
    inside: float
    outside: float


def find_runs(signatures: Signatures, fitness: npt.NDArray[np.float64]) -> list[Run]:
    """The runs that one picture names, by time; no two overlap."""
    runs: list[Run] = []
    settled = (0, -1)  # a run at rest that was dealt with: its other pictures look the same
    for sample in choose_candidates(signatures.times, fitness):
        if settled[0] <= sample <= settled[1]:
            continue
        near = _measure_around(sample, signatures)
        rest = _grow(sample, AT_REST, signatures.times, near)
        if rest is not None:
            settled = rest.first, rest.last
        run = _find_run(sample, signatures, near)
        if run is not None:
            runs.append(run)
    return _keep_apart(runs)


def choose_candidates(times: npt.NDArray[np.float64], fitness: npt.NDArray[np.float64]) -> list[int]:
    """For each stretch of `POOL_S` or longer, the fittest sample (a fitness of 0 or less is never taken)."""
    pool_s = max(POOL_S, float(times[-1]) / MOST_TRIED) if len(times) else POOL_S
    chosen: dict[int, int] = {}
    for sample in np.flatnonzero(fitness > 0):
        pool = int(times[sample] // pool_s)
        if pool not in chosen or fitness[sample] > fitness[chosen[pool]]:
            chosen[pool] = int(sample)
    return [chosen[pool] for pool in sorted(chosen)]


@dataclass(frozen=True)
class Near:
    """Distances to one sample of those around it, as far as they may belong to its run."""

    first: int
    distances: Floats


def _measure_around(sample: int, signatures: Signatures) -> Near:
    count, step = len(signatures.times), FIRST_LOOK
    first, last = max(0, sample - step), min(count - 1, sample + step)
    around = signatures.measure(sample, slice(first, last + 1))
    before, after = [around[: sample - first]], [around[sample - first + 1 :]]
    while first > 0 and before[0].max() <= LEVELS[-1]:
        step *= 2
        start = max(0, first - step)
        before.insert(0, signatures.measure(sample, slice(start, first)))
        first = start
    step = FIRST_LOOK
    while last + 1 < count and after[-1].max() <= LEVELS[-1]:
        step *= 2
        stop = min(count, last + 1 + step)
        after.append(signatures.measure(sample, slice(last + 1, stop)))
        last = stop - 1
    return Near(first, np.concatenate([*before, np.zeros(1, np.float32), *after]))


def _find_run(sample: int, signatures: Signatures, near: Near) -> Run | None:
    """The run of samples that match one, and the nearest sample beyond it; None when it is not unique."""
    bounds: Floats | None = None
    for level in LEVELS:
        run = _grow(sample, level, signatures.times, near)
        if run is None:
            continue
        limit = max(UNIQUE_AT_REST if run.inside <= AT_REST else UNIQUE, TIMES_FARTHER * run.inside)
        if bounds is None:
            bounds = signatures.bound(sample)
        outside = _nearest_outside(run, limit, signatures, bounds)
        if outside >= limit:
            return replace(run, outside=outside)
    return None


def _grow(sample: int, level: float, times: npt.NDArray[np.float64], near: Near) -> Run | None:
    """The samples around one that lie within a level; None when they do not reach far enough."""
    place = sample - near.first
    beyond = np.flatnonzero(near.distances > level)
    at = int(np.searchsorted(beyond, place))
    first = int(beyond[at - 1]) + 1 if at > 0 else 0
    last = int(beyond[at]) - 1 if at < len(beyond) else len(near.distances) - 1
    inside = float(near.distances[first : last + 1].max())
    first, last = first + near.first, last + near.first
    reaches = (first == 0 or times[sample] - times[first] >= MARGIN_S - 1e-6) and (
        last == len(times) - 1 or times[last] - times[sample] >= MARGIN_S - 1e-6
    )
    return Run(sample, first, last, inside, 0.0) if reaches and last > first else None


def _nearest_outside(run: Run, limit: float, signatures: Signatures, bounds: Floats) -> float:
    """A distance that nothing beyond the run and its guard is nearer than, less than the limit if need be."""
    times = signatures.times
    others = np.flatnonzero((times < times[run.first] - GUARD_S) | (times > times[run.last] + GUARD_S))
    if not len(others):
        return 0.0
    order = others[np.argsort(bounds[others], kind="stable")]
    outside, done = 1.0, 0
    while done < len(order) and (done < LOOKED_AT or bounds[order[done]] < limit):
        outside = min(outside, float(signatures.measure(run.sample, order[done : done + LOOKED_AT]).min()))
        done += LOOKED_AT
        if outside < limit:
            return outside
    return outside if done >= len(order) else min(outside, float(bounds[order[done]]))


def _keep_apart(runs: list[Run]) -> list[Run]:
    """Of runs that overlap, the one most unlike the rest of the source."""
    kept: list[Run] = []
    for run in sorted(runs, key=lambda run: (-run.outside, run.sample)):
        if all(run.last < other.first or run.first > other.last for other in kept):
            kept.append(run)
    return sorted(kept, key=lambda run: run.sample)
