"""Choosing the pictures that name one moment: those that only one run of the sampled frames matches."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

COLUMNS, ROWS = 32, 18
"""Cells of a signature's luma; its chroma has half as many each way. Which of the two is the longer side does
not matter for comparing."""

LEVELS = (0.04, 0.06, 0.09, 0.13, 0.18, 0.24)
"""A picture's run is what lies within the lowest of these distances (`measure`, which follows
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

Bytes = npt.NDArray[np.uint8]
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


class Samples:
    """Signatures of a source's samples, and how far apart they are.

    `luma` is samples × cells, `chroma` samples × a quarter of the cells × 2.
    """

    def __init__(self, times: npt.NDArray[np.float64], luma: Bytes, chroma: Bytes) -> None:
        self.times = times
        count, quarter = len(times), ROWS * COLUMNS // 4
        # the four cells of luma that share a cell of chroma lie apart, so that each is one long row
        four = luma.reshape(count, ROWS // 2, 2, COLUMNS // 2, 2).transpose(0, 2, 4, 1, 3)
        self._luma = four.reshape(count, 4, quarter)
        self._chroma = chroma.reshape(count, quarter, 2).swapaxes(1, 2).copy()
        self._coarse = np.rint(self._luma.mean(axis=1)).astype(np.uint8)

    def measure(self, sample: int, others: slice | npt.NDArray[np.intp]) -> Floats:
        """Distances of samples to one, 0-1: the mean difference of the tenth of cells that differ most."""
        luma = self._luma[others].astype(np.float32) - self._luma[sample]
        chroma = self._chroma[others].astype(np.float32) - self._chroma[sample]
        return _average_worst(_mean_of_rgb(luma, chroma[:, None, 0], chroma[:, None, 1]))

    def bound(self, sample: int) -> Floats:
        """For each sample a distance to one that the real one is not below (but for rounding): that of the
        means of 2 × 2 cells. The worst tenth of those, 14, covers 56 of the 57 cells of the worst tenth of
        all, whose own differences are larger still."""
        luma = self._coarse.astype(np.float32) - self._coarse[sample]
        chroma = self._chroma.astype(np.float32) - self._chroma[sample]
        worst = _average_worst(_mean_of_rgb(luma, chroma[:, 0], chroma[:, 1]))
        return np.asarray(worst * np.float32(56 / 57), np.float32)


def _mean_of_rgb(luma: Floats, blue: Floats, red: Floats) -> Floats:
    """Mean absolute difference in R, G and B of differences in Y, Cb and Cr (BT.601, limited range)."""
    grey = 1.164 * luma
    total = np.abs(grey + 1.596 * red)
    total += np.abs(grey - (0.392 * blue + 0.813 * red))
    total += np.abs(grey + 2.017 * blue)
    return np.asarray(total / np.float32(765.0), np.float32)


def _average_worst(cells: Floats) -> Floats:
    flat = cells.reshape(len(cells), -1)
    worst = max(1, flat.shape[1] // 10)
    return np.asarray(np.partition(flat, flat.shape[1] - worst, axis=1)[:, -worst:].mean(axis=1), np.float32)


def find_runs(samples: Samples, fitness: npt.NDArray[np.float64]) -> list[Run]:
    """The runs that one picture names, by time; no two overlap."""
    runs: list[Run] = []
    settled = (0, -1)  # a run at rest that was dealt with: its other pictures look the same
    for sample in choose_candidates(samples.times, fitness):
        if settled[0] <= sample <= settled[1]:
            continue
        near = _measure_around(sample, samples)
        rest = _grow(sample, AT_REST, samples.times, near)
        if rest is not None:
            settled = rest.first, rest.last
        run = _find_run(sample, samples, near)
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


def _measure_around(sample: int, samples: Samples) -> Near:
    count, step = len(samples.times), FIRST_LOOK
    first, last = max(0, sample - step), min(count - 1, sample + step)
    around = samples.measure(sample, slice(first, last + 1))
    before, after = [around[: sample - first]], [around[sample - first + 1 :]]
    while first > 0 and before[0].max() <= LEVELS[-1]:
        step *= 2
        start = max(0, first - step)
        before.insert(0, samples.measure(sample, slice(start, first)))
        first = start
    step = FIRST_LOOK
    while last + 1 < count and after[-1].max() <= LEVELS[-1]:
        step *= 2
        stop = min(count, last + 1 + step)
        after.append(samples.measure(sample, slice(last + 1, stop)))
        last = stop - 1
    return Near(first, np.concatenate([*before, np.zeros(1, np.float32), *after]))


def _find_run(sample: int, samples: Samples, near: Near) -> Run | None:
    """The run of samples that match one, and the nearest sample beyond it; None when it is not unique."""
    bounds: Floats | None = None
    for level in LEVELS:
        run = _grow(sample, level, samples.times, near)
        if run is None:
            continue
        limit = max(UNIQUE_AT_REST if run.inside <= AT_REST else UNIQUE, TIMES_FARTHER * run.inside)
        if bounds is None:
            bounds = samples.bound(sample)
        outside = _nearest_outside(run, limit, samples, bounds)
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


def _nearest_outside(run: Run, limit: float, samples: Samples, bounds: Floats) -> float:
    """A distance that nothing beyond the run and its guard is nearer than, less than the limit if need be."""
    times = samples.times
    others = np.flatnonzero((times < times[run.first] - GUARD_S) | (times > times[run.last] + GUARD_S))
    if not len(others):
        return 0.0
    order = others[np.argsort(bounds[others], kind="stable")]
    outside, done = 1.0, 0
    while done < len(order) and (done < LOOKED_AT or bounds[order[done]] < limit):
        outside = min(outside, float(samples.measure(run.sample, order[done : done + LOOKED_AT]).min()))
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
