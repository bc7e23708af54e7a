"""What the camera does over a window of measured drifts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from dataclaw_assets.factual_anchors.measures.flow import Drift

Camera = Literal["static", "pan", "tilt", "zoom", "roll", "mixed"]
Direction = Literal["left", "right", "up", "down", "in", "out", "clockwise", "counter-clockwise", "none"]

Travel = npt.NDArray[np.float64]
"""Across, down, grown and turned, like `Drift`."""

SLOW = 0.035
"""Speed under which nobody sees a camera move within a few seconds, in picture widths a second at the
picture's edge: a shot labelled static by eye drifts at 0.03, a tripod stays below 0.005."""

TRAVEL = 0.1
"""Picture widths that a slow drift may add up to before it is a slow camera motion."""

MOVING = 0.036
"""Speed from which a motion is named."""

QUIET = 0.5
"""Share of the picture (what is black not counted) that keeps its light for half a second, from which the
camera rests although too little can be followed to measure it: a thing moves before a plain wall."""

DOMINANT = 2.0
"""The named motion is at least this many times the next."""

STEADY = 0.8
"""Least share of the pairs of a window that move the same way."""


def name_motion(drifts: Sequence[Drift | None], quiet: Sequence[float]) -> tuple[Camera, Direction]:
    """The camera's motion over one window, from the drifts measured in it and the shares of the picture that
    kept their light. The direction is that of the camera: the picture's content moves the other way, grows
    when the camera zooms or moves in, turns against a rolling camera."""
    table = _tabulate(drifts)
    if not len(table) or len(table) < STEADY * len(drifts):
        return ("static" if quiet and np.median(quiet) >= QUIET else "mixed"), "none"
    # a sway about one place is no travel: static as long as most pairs hardly move at all
    if (np.abs(table).max(axis=1) < SLOW).mean() >= STEADY:
        return "static", "none"
    middle = np.median(table, axis=0)
    top = int(np.abs(middle).argmax())
    if (np.sign(table[:, top]) == np.sign(middle[top])).mean() < STEADY:
        return "mixed", "none"
    return _name(middle, MOVING)


def measure_travel(drifts: Sequence[Drift | None], seconds: float) -> Travel:
    """What a window without visible motion adds to a slow drift, in picture widths; nothing if it was not
    measured throughout."""
    table = _tabulate(drifts)
    if not len(table) or len(table) < STEADY * len(drifts):
        return np.zeros(4)
    return np.asarray(np.median(table, axis=0) * seconds)


def name_travel(travel: Travel) -> tuple[Camera, Direction]:
    """What a run of windows without visible motion adds up to: `static`, or the name of a slow drift."""
    return _name(travel, TRAVEL) if np.abs(travel).max() >= TRAVEL else ("static", "none")


def _tabulate(drifts: Sequence[Drift | None]) -> Travel:
    clear = [drift for drift in drifts if drift is not None]
    return np.array([[drift.across, drift.down, drift.grow, drift.turn] for drift in clear]).reshape(-1, 4)


def _name(motion: Travel, least: float) -> tuple[Camera, Direction]:
    order = np.argsort(-np.abs(motion))
    top, next_best = int(order[0]), int(order[1])
    if abs(motion[top]) < least or abs(motion[top]) < DOMINANT * abs(motion[next_best]):
        return "mixed", "none"
    names: tuple[tuple[Camera, Direction, Direction], ...] = (
        ("pan", "left", "right"),
        ("tilt", "up", "down"),
        ("zoom", "in", "out"),
        ("roll", "counter-clockwise", "clockwise"),
    )
    camera, when_positive, when_negative = names[top]
    return camera, when_positive if motion[top] > 0 else when_negative
