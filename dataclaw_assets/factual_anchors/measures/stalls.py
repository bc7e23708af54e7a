"""Where a movement pauses, where nothing moves, and where a stall could be made without anybody noticing."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dataclaw_assets.factual_anchors.measures.motion_phases import (
    MIN_S,
    MIN_SAMPLES,
    STOP_SHARE,
    Signal,
    Stretch,
    find_stops,
    measure_speed,
)

RISE_SHARE = 0.2
"""A minimum of the speed lies this share of the episode's 95th percentile below the peaks on both sides."""
ANCHOR_SHARES = (0.35, 0.50, 0.65)
"""Where in an episode a stall may begin (DataClaw's paper: 35, 50 and 65 %)."""
RANGE_SHARE = 0.25
"""How much of the episode is observed before, and how much of its future is kept."""
MIN_OBSERVED = 8
MIN_FUTURE = 4
"""Frames that a model is shown of each (DataClaw's paper: 8 observed, 4 of the future)."""
LIVELY_FRAMES = 4
"""Frames right before and right after the freeze that must all be moving: a stall in a pause is none."""
MIN_WAY_SHARE = 0.05
"""Each range covers at least this share of the episode's whole way."""


@dataclass(frozen=True)
class Minimum:
    """The sample at which the speed is least between two peaks; `share` is its part of the lower peak."""

    at: int
    share: float


@dataclass(frozen=True)
class Stall:
    """A place for a stall: see `StallCandidateValue`."""

    share: float
    freeze: int
    observation: tuple[int, int]
    future: tuple[int, int]
    before: float
    after: float


def find_minima(times: Signal, places: Signal) -> list[Minimum]:
    """Minima of the speed (n × channels in) that lie well below the peaks on both sides."""
    if len(times) < 3:
        return []
    speed = measure_speed(times, places)
    rise = RISE_SHARE * float(np.percentile(speed, 95))
    if rise <= 0:
        return []
    found: list[Minimum] = []
    low, high, falling = 0, 0, False
    for at, now in enumerate(speed.tolist()):
        if falling:
            if now < speed[low]:
                low = at
            elif now - speed[low] >= rise:
                found.append(Minimum(low, float(speed[low])))
                high, falling = at, False
        elif now > speed[high]:
            high = at
        elif speed[high] - now >= rise:
            low, falling = at, True
    peaks = [0, *(item.at for item in found), len(speed)]
    tops = [float(speed[first:last].max()) for first, last in itertools.pairwise(peaks)]
    return [
        Minimum(item.at, item.share / min(tops[number], tops[number + 1]))
        for number, item in enumerate(found)
    ]


def find_idle(times: Signal, parts: Sequence[Signal], openings: Sequence[Stretch]) -> list[tuple[int, int]]:
    """Stretches in which no part moves (each n × channels of one unit) and no gripper does; none where
    nothing moves in the whole episode."""
    stretches = [found for part in parts if part.shape[1] and (found := find_stops(times, part))]
    if not stretches:
        return []
    still = np.ones(len(times), dtype=bool)
    for item in itertools.chain.from_iterable(stretches):
        if item.phase == "moving":
            still[item.first : item.last] = False
    for item in openings:
        still[item.first : item.last] = False
    step = float(np.median(np.diff(times)))
    borders = np.flatnonzero(np.diff(np.concatenate([[False], still, [False]]).astype(np.int8)))
    runs = [(int(first), int(last)) for first, last in borders.reshape(-1, 2)]
    return [
        (first, last)
        for first, last in runs
        if last - first >= MIN_SAMPLES and times[last - 1] - times[first] + step >= MIN_S - 1e-6
    ]


def find_stalls(times: Signal, places: Signal) -> tuple[list[Stall], list[str]]:
    """The places for a stall, and for each share that has none the reason with its numbers.

    The body (n × channels) moves right before and right after the freeze, at every frame: the shortest pause
    there would hide the stall.
    """
    count = len(times)
    reach = int(RANGE_SHARE * count)
    least = max(MIN_OBSERVED, MIN_FUTURE)
    if reach < least:
        return [], [f"{count} frames are too few: a quarter of them is less than {least}"]
    speed = measure_speed(times, places)
    moving = speed >= max(STOP_SHARE * float(np.percentile(speed, 95)), np.finfo(float).tiny)
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(places, axis=0), axis=1))])
    found, reasons = [], []
    for share in ANCHOR_SHARES:
        freeze = round(share * (count - 1))
        observation, future = (freeze + 1 - reach, freeze + 1), (freeze + 1, freeze + 1 + reach)
        before = float(way[freeze] - way[observation[0]])
        after = float(way[future[1] - 1] - way[freeze])
        lively = moving[freeze + 1 - LIVELY_FRAMES : freeze + 1 + LIVELY_FRAMES]
        if not lively.all():
            still = int((~lively).sum())
            reasons.append(f"at {share:.0%} (frame {freeze}) {still} of {len(lively)} frames around stand")
        elif min(before, after) < MIN_WAY_SHARE * float(way[-1]):
            reasons.append(f"at {share:.0%} (frame {freeze}) ways of {before:.3g} and {after:.3g} are short")
        else:
            found.append(Stall(share, freeze, observation, future, before, after))
    return found, reasons
