"""Finding motion that repeats in a sequence of tiny pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

SHORTEST_S = 0.3
LONGEST_S = 6.0
"""Lengths of a cycle that are looked for."""

CYCLES = 3
"""Fewer cycles are no repetition."""

CELLS = 64
"""So many cells of the picture, those that change most, are compared."""

LIVELY = 3.0
"""Least standard deviation over time (of 255) of a cell that something moves through: noise stays under 1."""

FEWEST_CELLS = 4
"""Something that moves, moves through this many cells; a caret that blinks fills one or two."""

EVERYWHERE = 0.6
"""Share of the cells that change from which it is the camera, or the light, that moves: 0.65-1.0 in shaken
scenes, at most 0.3 behind a thing that swings."""

ALIKE = 0.45
"""Largest difference of pictures one cycle apart, as a share of the mean difference within the cycle. Clean
cycles stay under 0.1, chance above 0.7."""

NEARLY = 1.3
"""A shorter cycle is taken for the true one when its pictures differ by at most so many times the least."""

IN_STEP = 0.9
"""Cells that all change in step show something that blinks or a light, not motion: the largest share that one
common course in time may have (participation of the covariance's first component)."""

HALF = 0.4
"""How much of the change from one sample to the next half a sample makes."""

PART = 0.5
"""Largest difference, like `ALIKE`, at a part of a cycle that is a cycle itself."""

RESTS = 0.02
"""Pictures three samples apart that differ by less than this share of the usual difference show rest."""

CORE = 1.25
"""Cycles for which the mean over a cycle must be alike; it is not yet at the ends of a repetition. What is
kept in the end is as long as `CYCLES` asks for."""

EDGE = 0.5
"""The repetition ends where pictures a cycle apart differ by more than this share of the usual difference."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cycle:
    """Motion that repeats from `start` to `end` every `period`, all in samples; `strength` 0-1 is the
    autocorrelation at the period."""

    start: float
    end: float
    period: float
    strength: float


def find_cycles(pictures: npt.NDArray[np.uint8], step_s: float) -> list[Cycle]:
    """The repetitions in pictures taken every `step_s` seconds (samples × cells), in order of time.

    Self-similarity over lags (Cutler and Davis 2000), normalised as for the pitch of a voice (YIN, de
    Cheveigné and Kawahara 2002), so that it does not matter how large the motion is.
    """
    moving = _moving_cells(pictures)
    least, most = max(3, round(SHORTEST_S / step_s)), min(round(LONGEST_S / step_s), len(pictures) // CYCLES)
    if moving is None or most <= least:
        return []
    apart = _differ(moving, most + 1)
    within = np.cumsum(apart, axis=1) / np.arange(1, most + 2)
    found: list[Cycle] = []
    free = np.ones(len(pictures), np.bool_)
    while True:
        best = _best_lag(apart, within, free, least, most)
        if best is None:
            return sorted(found, key=lambda cycle: cycle.start)
        lag, first, last = best
        if not within[first : last + 1, lag - 1].any():  # rendered pictures may be equal to the last bit
            free[first : last + lag + 1] = False
            continue
        cycle = _measure(apart, within, lag, first, last)
        cycle = replace(cycle, period=cycle.period / _parts(apart, within, lag, first, last, least))
        free[max(0, int(cycle.start)) : int(np.ceil(cycle.end)) + 1] = False
        free[first : last + lag + 1] = False
        if cycle.end - cycle.start >= (CYCLES - 0.3) * cycle.period:
            part = moving[max(0, int(cycle.start)) : int(cycle.end) + 1]
            if not _in_step(part):
                found.append(cycle)


def _moving_cells(pictures: npt.NDArray[np.uint8]) -> Floats | None:
    """The cells that change most, as float (the sums below are exact in it); None when too few change, or so
    many that the camera or the light moves."""
    spread = pictures.std(axis=0)
    lively = spread >= LIVELY
    if lively.sum() < FEWEST_CELLS or lively.mean() > EVERYWHERE:
        return None
    chosen = np.argsort(-spread, kind="stable")[: min(CELLS, int(lively.sum()))]
    return pictures[:, np.sort(chosen)].astype(np.float64)


def _differ(cells: Floats, lags: int) -> Floats:
    """Mean squared difference of each sample and the one `lag` later, lags 1 to `lags`; infinite
    for the last samples, which have none so late."""
    count = len(cells)
    product = cells @ cells.T
    power = np.diag(product)
    square = (power[:, None] + power[None, :] - 2.0 * product) / cells.shape[1]
    rows = np.arange(count)[:, None]
    columns = rows + np.arange(1, lags + 1)[None, :]
    apart = square[rows, np.minimum(columns, count - 1)]
    apart[columns >= count] = np.inf
    return np.asarray(apart)


def _best_lag(
    apart: Floats, within: Floats, free: npt.NDArray[np.bool_], least: int, most: int
) -> tuple[int, int, int] | None:
    """The lag, and the first and last sample, of the longest stretch that repeats; of several lags that fit
    about as well, the shortest."""
    fits: list[tuple[float, int, int, int]] = []
    for lag in range(least, most + 1):
        whole = len(apart) - lag
        usual = np.maximum(_smooth(within[:whole, lag - 1], lag), LIVELY**2 / 4.0)
        # a cycle is hardly ever a whole number of samples: what half a sample changes is no difference
        off = np.maximum(0.0, apart[:whole, lag - 1] - HALF * apart[:whole, 0])
        first, last = _longest_run((_smooth(off, lag) < ALIKE * usual) & free[:whole])
        if last - first + 1 >= CORE * lag:
            run = slice(first, last + 1)
            fits.append((float(off[run].mean()) / float(usual[run].mean()), lag, first, last))
    if not fits:
        return None
    longest = max(last - first + lag for _, lag, first, last in fits)
    long = [fit for fit in fits if fit[3] - fit[2] + fit[1] >= 0.7 * longest]
    finest = min(fit[0] for fit in long)
    for place, (ratio, lag, first, last) in enumerate(long):
        nearby = [fit[0] for fit in long[max(0, place - 1) : place + 2] if abs(fit[1] - lag) <= 1]
        if ratio <= max(NEARLY * finest, finest + 0.1) and ratio <= min(nearby):
            return lag, first, last
    return None


def _smooth(values: Floats, width: int) -> Floats:
    """Means over `width` samples around each, fewer at the ends."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(len(values))
    low = np.maximum(places - width // 2, 0)
    high = np.minimum(places + width // 2 + 1, len(values))
    return np.asarray((total[high] - total[low]) / (high - low))


def _longest_run(inside: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """First and last place of the longest run of true; (0, -1) without any."""
    steps = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(np.int8), [0]])))
    if len(steps) == 0:
        return 0, -1
    starts, ends = steps[::2], steps[1::2]
    longest = int((ends - starts).argmax())
    return int(starts[longest]), int(ends[longest]) - 1


def _measure(apart: Floats, within: Floats, lag: int, first: int, last: int) -> Cycle:
    """The period to a part of a sample, the extent, and the strength."""
    core = apart[first : last + 1]
    period = _refine(core, lag)
    usual = float(within[first : last + 1, lag - 1].mean())
    near = apart[:, lag - 1] <= EDGE * usual
    start, end = first, last
    middle = (first + last) // 2
    while start > 0 and near[start - 1]:
        start -= 1
    while start < middle and not near[start]:
        start += 1
    while end + 1 < len(near) and near[end + 1]:
        end += 1
    while end > middle and not near[end]:
        end -= 1
    rests = apart[:, 2] <= RESTS * usual
    while start < middle and rests[start]:
        start += 1
    final = min(end + lag, len(apart) - 1)
    while final > middle and (rests[max(0, final - 3)] or not np.isfinite(apart[max(0, final - 3), 2])):
        final -= 1
    strength = 1.0 - float(core[:, lag - 1].mean()) / usual
    return Cycle(float(start), min(end + period, final + 1.0), period, min(1.0, max(0.0, strength)))


def _refine(core: Floats, lag: int) -> float:
    """The period from the least difference near 1, 2, 4 and 8 times the lag, to a part of a sample."""
    period = float(lag)
    for times in (1, 2, 4, 8):
        reach = max(1, round(0.3 * lag)) if times > 1 else 1
        middle = round(times * period)
        low, high = max(1, middle - reach), middle + reach
        if high + 1 > core.shape[1]:
            break
        rows = np.isfinite(core[:, high])
        if rows.sum() < lag:
            break
        mean = core[rows].mean(axis=0)
        best = low + int(mean[low - 1 : high].argmin())
        if best <= 1:
            break
        before, here, after = (float(mean[place - 1]) for place in (best - 1, best, best + 1))
        bend = before - 2.0 * here + after
        # the crown of a parabola lies within half a sample; what is all but flat has none
        shift = 0.5 * (before - after) / bend if bend > 0.0 else 0.0
        period = (best + min(0.5, max(-0.5, shift))) / times
    return period


def _parts(apart: Floats, within: Floats, lag: int, first: int, last: int, least: int) -> int:
    """How many cycles there are in `lag`: a fast cycle that is no whole number of samples comes out best
    where several of them are one, and leaves a dip at each."""
    run = slice(first, last + 1)
    top, usual = apart[run, :lag].mean(axis=0), within[run, :lag].mean(axis=0)
    ratio = (top - HALF * top[0]) / np.maximum(usual, 1.0)
    for parts in range(min(8, lag // least), 1, -1):
        dips = [lag * part / parts for part in range(1, parts)]
        low = [min(ratio[int(np.floor(dip)) - 1], ratio[int(np.ceil(dip)) - 1]) for dip in dips]
        crests = [ratio[round(dip - 0.5 * lag / parts) - 1] for dip in dips]
        if max(low) <= PART and max(low) <= 0.75 * min(crests):
            return parts
    return 1


def _in_step(cells: Floats) -> bool:
    """Whether all cells follow one course in time."""
    off: Any = cells - cells.mean(axis=0)
    spread = off.T @ off
    whole = float(np.trace(spread))
    return whole == 0.0 or float((spread * spread).sum()) >= IN_STEP * whole * whole
