"""What the camera does over a window of measured drifts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from dataclaw_assets.factual_anchors.flow import Drift

Camera = Literal["static", "pan", "tilt", "zoom", "roll", "mixed"]
Direction = Literal["left", "right", "up", "down", "in", "out", "clockwise", "counter-clockwise", "none"]

STILL = 0.012
"""Speed under which nothing moves, in picture widths a second at the picture's edge: a hand-held camera on a
still subject sways faster, a tripod stays below 0.005."""

MOVING = 0.03
"""Speed from which a motion is named; between the two the label is `mixed`."""

DOMINANT = 2.0
"""The named motion is at least this many times the next."""

STEADY = 0.8
"""Least share of the pairs of a window that move the same way."""


def name_motion(drifts: Sequence[Drift | None]) -> tuple[Camera, Direction]:
    """The camera's motion over one window. The direction is that of the camera: the picture's content moves
    the other way, grows when the camera zooms or moves in, turns against a rolling camera."""
    clear = [drift for drift in drifts if drift is not None]
    if not clear or len(clear) < STEADY * len(drifts):
        return "mixed", "none"
    table = np.array([[drift.across, drift.down, drift.grow, drift.turn] for drift in clear])
    middle = np.median(table, axis=0)
    # a sway about one place is no travel: static as long as most pairs hardly move at all
    if (np.abs(table).max(axis=1) < STILL).mean() >= STEADY:
        return "static", "none"
    order = np.argsort(-np.abs(middle))
    top, next_best = int(order[0]), int(order[1])
    if abs(middle[top]) < MOVING or abs(middle[top]) < DOMINANT * abs(middle[next_best]):
        return "mixed", "none"
    if (np.sign(table[:, top]) == np.sign(middle[top])).mean() < STEADY:
        return "mixed", "none"
    positive = middle[top] > 0
    names: tuple[tuple[Camera, Direction, Direction], ...] = (
        ("pan", "left", "right"),
        ("tilt", "up", "down"),
        ("zoom", "in", "out"),
        ("roll", "counter-clockwise", "clockwise"),
    )
    camera, when_positive, when_negative = names[top]
    return camera, when_positive if positive else when_negative
