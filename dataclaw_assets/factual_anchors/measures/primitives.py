"""Primitive movements of a hand: along one of its log's axes, turning, or standing."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dataclaw_assets.factual_anchors.measures.motion_phases import Signal, Stretch, find_stops

WINDOW = 4
"""States that a movement is named over; shorter runs are not said."""
MAIN_SHARE = 0.8
"""A movement goes along an axis where its part along it is at least this share of its length (within 37° of
it); one between two axes has no name."""
MOST_RADIANS = 7.0
"""Angles beyond this, a little more than 2π, are in degrees."""

_AXES = ("x", "y", "z")


@dataclass(frozen=True)
class Primitive:
    """Samples `first` ≤ i < `last` of one movement: `direction` as `PrimitiveValue` has it; `amount` is the
    progress along it."""

    direction: str
    first: int
    last: int
    amount: float


def find_primitives(
    times: Signal, places: Signal, turning: Signal | None, stops: list[Stretch]
) -> list[Primitive]:
    """The movements of a hand (n × 3) by time; `stops` of `find_stops`, `turning` its orientation (n × k).

    A turn is named where the hand stands; a movement during which it turns is named by its translation when
    that is the larger part of the episode's own speed, else not at all. Nothing where nothing moves.
    """
    count = len(places)
    if count < WINDOW or not stops:
        return []
    standing = ~_is_moving(stops, count)
    before = np.maximum(np.arange(count) - 1, 0)
    after = np.minimum(np.arange(count) + WINDOW - 2, count - 1)
    shift = places[after] - places[before]
    names = [_name_shift(*row) for row in zip(shift, standing, strict=True)]
    if turning is not None:
        angles = _unwrap(turning)
        gone, turned = _share_speed(shift), _share_speed(angles[after] - angles[before])
        for at in np.flatnonzero(_is_moving(find_stops(times, angles), count)):
            if standing[at]:
                names[at] = "rotation"
            elif turned[at] > gone[at]:
                names[at] = ""
    borders = [0, *(at for at in range(1, count) if names[at] != names[at - 1]), count]
    return [
        Primitive(names[first], first, last, _measure_amount(places, names[first], first, last))
        for first, last in itertools.pairwise(borders)
        if names[first] and last - first >= WINDOW
    ]


def _is_moving(stretches: list[Stretch], count: int) -> npt.NDArray[np.bool_]:
    moving = np.zeros(count, dtype=bool)
    for item in stretches:
        moving[item.first : item.last] = item.phase == "moving"
    return moving


def _share_speed(shift: Signal) -> Signal:
    """The length of each shift as a share of the 95th percentile of all."""
    length = np.linalg.norm(shift, axis=1)
    return np.asarray(length / max(float(np.percentile(length, 95)), 1e-12), dtype=np.float64)


def _name_shift(shift: Signal, standing: np.bool_) -> str:
    """`+x`, `stop`, or nothing for a movement between two axes."""
    if standing:
        return "stop"
    axis = int(np.argmax(np.abs(shift)))
    if abs(float(shift[axis])) < MAIN_SHARE * float(np.linalg.norm(shift)) or not shift.any():
        return ""
    return ("+" if shift[axis] > 0 else "-") + _AXES[axis]


def _measure_amount(places: Signal, name: str, first: int, last: int) -> float:
    if name in {"stop", "rotation"}:
        return 0.0
    progress = places[min(last, len(places) - 1)] - places[first]
    return abs(float(progress[_AXES.index(name[1])]))


def _unwrap(turning: Signal) -> Signal:
    """Angles without the jump of a whole turn, and quaternions (four channels of length 1) without that of
    their sign."""
    if turning.shape[1] == 4 and np.allclose(np.linalg.norm(turning, axis=1), 1.0, atol=0.05):
        flips = np.where((turning[1:] * turning[:-1]).sum(axis=1) < 0, -1.0, 1.0)
        return np.asarray(turning * np.concatenate([[1.0], np.cumprod(flips)])[:, None], dtype=np.float64)
    turn = 360.0 if float(np.abs(turning).max(initial=0.0)) > MOST_RADIANS else 2 * np.pi
    return np.asarray(np.unwrap(turning, axis=0, period=turn), dtype=np.float64)
