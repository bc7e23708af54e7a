"""Phases in a measured signal: where a body stands and moves, and where an opening grows or shrinks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Signal = npt.NDArray[np.float64]

WINDOW_S = 0.12
"""Speed is taken over this span: sensor noise between neighbouring frames is not motion."""
STOP_SHARE = 0.1
"""Below this share of the episode's own 95th percentile of speed the body stands: no absolute threshold
holds for every robot and unit."""
MIN_S = 0.3
"""Shorter stretches are joined to their neighbours."""
MIN_SAMPLES = 2
"""So are those of one sample, however long it lasts: nothing is seen to stand in one."""
CHANGE_SHARE = 0.2
"""A gripper movement changes its opening by at least this share of the range seen in the episode."""
STILL_RANGE = 1e-5
"""A signal that stays within this is noise, in metres as in radians."""
STRAIGHT_SHARE = 0.3
"""Of real motion over a second, at least this share of the path is progress; noise goes back and forth."""


@dataclass(frozen=True)
class Stretch:
    """Samples `first` ≤ i < `last` of one phase; `amount` is the path covered, or the change."""

    phase: str
    first: int
    last: int
    amount: float


def find_stops(times: Signal, places: Signal) -> list[Stretch]:
    """`moving` and `stopped` stretches that tile the samples (n × channels); none where nothing moves."""
    if len(times) < 3 or _never_moves(times, places):
        return []
    speed = measure_speed(times, places)
    limit = STOP_SHARE * float(np.percentile(speed, 95))
    if limit <= 0:
        return []
    moving = speed >= limit
    # Short stops first: a crossing of zero speed inside a motion is no stop.
    moving = _absorb(times, _absorb(times, moving, value=False), value=True)
    steps = np.linalg.norm(np.diff(places, axis=0, prepend=places[:1]), axis=1)
    return [
        Stretch("moving" if moving[first] else "stopped", first, last, float(steps[first + 1 : last].sum()))
        for first, last in _runs(moving)
    ]


def find_openings(times: Signal, opening: Signal) -> list[Stretch]:
    """`gripper_opening` and `gripper_closing` stretches: monotone, each at least a fifth of the range."""
    span = float(np.ptp(opening)) if len(opening) > 2 else 0.0
    if span <= STILL_RANGE:
        return []
    rate = _slope(times, opening[:, None])[:, 0]
    limit = STOP_SHARE * float(np.max(np.abs(rate)))
    direction = np.where(rate > limit, 1, np.where(rate < -limit, -1, 0))
    found = []
    for first, last in _runs(direction):
        change = float(opening[last - 1] - opening[first])
        if direction[first] and abs(change) >= CHANGE_SHARE * span and change * direction[first] > 0:
            name = "gripper_opening" if change > 0 else "gripper_closing"
            found.append(Stretch(name, first, last, abs(change)))
    return found


def measure_speed(times: Signal, places: Signal) -> Signal:
    """Speed at each sample in units per second, over `WINDOW_S` around it."""
    return np.asarray(np.linalg.norm(_slope(times, places), axis=1), dtype=np.float64)


def _slope(times: Signal, places: Signal) -> Signal:
    slack = 1e-6
    before = np.searchsorted(times, times - WINDOW_S / 2 - slack)
    after = np.searchsorted(times, times + WINDOW_S / 2 + slack, side="right") - 1
    # At a low frame rate the window holds one sample: take its neighbours.
    here = np.arange(len(times))
    alone = before == after
    before = np.where(alone, np.maximum(here - 1, 0), before)
    after = np.where(alone, np.minimum(here + 1, len(times) - 1), after)
    seconds = (times[after] - times[before])[:, None]
    return np.asarray((places[after] - places[before]) / seconds, dtype=np.float64)


def _never_moves(times: Signal, places: Signal) -> bool:
    if float(np.ptp(places, axis=0).max()) <= STILL_RANGE:
        return True
    # The fastest second of a real episode goes somewhere; that of noise does not.
    later = np.minimum(np.searchsorted(times, times + 1.0), len(times) - 1)
    path = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(places, axis=0), axis=1))])
    covered = path[later] - path
    progress = np.linalg.norm(places[later] - places, axis=1)
    best = int(np.argmax(progress))
    return float(progress[best]) < STRAIGHT_SHARE * float(covered[best])


def _runs(labels: npt.NDArray[np.generic]) -> list[tuple[int, int]]:
    borders = [0, *(np.flatnonzero(labels[1:] != labels[:-1]) + 1).tolist(), len(labels)]
    return list(itertools.pairwise(borders))


def _absorb(times: Signal, labels: npt.NDArray[np.bool_], *, value: bool) -> npt.NDArray[np.bool_]:
    step = float(np.median(np.diff(times)))
    joined = labels.copy()
    for first, last in _runs(labels):
        is_short = last - first < MIN_SAMPLES or times[last - 1] - times[first] + step < MIN_S - 1e-6
        if bool(labels[first]) is value and is_short:
            joined[first:last] = not value
    return joined
