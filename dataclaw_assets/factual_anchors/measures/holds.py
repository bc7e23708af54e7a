"""Holds in a gripper's measured opening: it rests wider than it can close, or an object goes with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dataclaw_assets.factual_anchors.measures.motion_phases import Signal, Stretch

REST_SHARE = 0.1
"""The opening rests where it stays within this share of its range in the episode: fingers give a little."""
FLOOR_SHARE = 0.15
"""A hold rests this share of the range above the smallest opening seen elsewhere: an empty gripper's stop
varies by a few per cent."""
MOVED_SHARE = 0.1
"""The hand has moved where it leaves its place by this share of its reach in the episode."""
FOLLOW_SHARE = 0.2
"""An object goes with the hand where its place relative to it changes by at most this share of the way."""
MIN_SAMPLES = 4

Evidence = Literal["opening", "object"]


@dataclass(frozen=True)
class Hold:
    """Samples `first` ≤ i < `last` in which something is held; see `HoldValue` for the rest."""

    first: int
    last: int
    opening: float
    floor: float
    evidence: tuple[Evidence, ...]
    object: str | None
    carried: float | None
    released: bool


def find_holds(
    opening: Signal,
    movements: Sequence[Stretch],
    hand: Signal | None,
    objects: Mapping[str, Signal],
) -> list[Hold]:
    """The holds of one gripper: `opening` by sample, `movements` of `find_openings`, places n × 3.

    A hold lies between a closing and the next opening, or the end. Where the hand moves and objects are
    logged, one of them must go with it: the opening alone is then not believed. An episode in which the
    gripper was never seen further closed says nothing by its opening.
    """
    reach = float(np.ptp(opening)) if len(opening) else 0.0
    found = []
    for closing, stop, released in _closed_stretches(movements, len(opening)):
        rest = float(np.median(opening[closing.last : stop])) if stop > closing.last else float("nan")
        first, last = _resting(opening, closing.first, stop, rest, REST_SHARE * reach)
        if last - first < MIN_SAMPLES:
            continue
        outside = np.concatenate([opening[: closing.first], opening[_end(movements, stop) :]])
        floor = float(outside.min()) if len(outside) else rest
        is_wide = rest - floor >= FLOOR_SHARE * reach
        carried, moved = (None, False) if hand is None else _measure_way(hand, first, last)
        follower = _find_follower(hand, objects, first, last) if hand is not None and moved else None
        if (moved and objects and follower is None) or not (is_wide or follower):
            continue
        evidence: list[Evidence] = ["opening"] if is_wide else []
        evidence += ["object"] if follower else []
        found.append(Hold(first, last, rest, floor, tuple(evidence), follower, carried, released))
    return found


def _closed_stretches(movements: Sequence[Stretch], count: int) -> list[tuple[Stretch, int, bool]]:
    """Each closing with the sample at which the gripper opens again, else the episode ends."""
    found = []
    for at, item in enumerate(movements):
        after = movements[at + 1] if at + 1 < len(movements) else None
        if item.phase == "gripper_closing" and (after is None or after.phase == "gripper_opening"):
            found.append((item, after.first if after else count, after is not None))
    return found


def _end(movements: Sequence[Stretch], stop: int) -> int:
    return next((item.last for item in movements if item.first == stop), stop)


def _resting(opening: Signal, first: int, stop: int, rest: float, slack: float) -> tuple[int, int]:
    """The longest run of samples from `first` that lie within `slack` of the rest; it may reach a sample or
    two beyond `stop`, since a movement is seen before the opening has changed."""
    reach = min(len(opening), stop + 2)
    near = np.abs(opening[first:reach] - rest) <= slack
    borders = np.flatnonzero(np.diff(np.concatenate([[False], near, [False]]).astype(np.int8)))
    runs = borders.reshape(-1, 2)
    if not len(runs):
        return first, first
    start, end = (int(value) for value in runs[int(np.argmax(runs[:, 1] - runs[:, 0]))])
    return first + start, first + end


def _measure_way(hand: Signal, first: int, last: int) -> tuple[float, bool]:
    way = float(np.linalg.norm(hand[first:last] - hand[first], axis=1).max())
    reach = float(np.linalg.norm(np.ptp(hand, axis=0)))
    return way, reach > 0 and way >= MOVED_SHARE * reach


def _find_follower(hand: Signal, objects: Mapping[str, Signal], first: int, last: int) -> str | None:
    """The object that goes with the hand best, if any does."""
    way = float(np.linalg.norm(hand[first:last] - hand[first], axis=1).max())
    slips = {}
    for name, place in objects.items():
        apart = place[first:last] - hand[first:last]
        slips[name] = float(np.linalg.norm(apart - np.median(apart, axis=0), axis=1).max())
    best = min(slips, key=slips.__getitem__, default=None)
    return best if best is not None and slips[best] <= FOLLOW_SHARE * way else None
