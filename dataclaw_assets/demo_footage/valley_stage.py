"""What the valley's drawings share: the lie of the land, and the trees on it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dataclaw_assets.demo_footage import canvas
from dataclaw_assets.demo_footage.canvas import Colour, Frame, Point


class Ridge(NamedTuple):
    """A rolling line of hills around y = `level`, in pixels."""

    level: float
    height: float
    length: float

    def at(self, x: float) -> Point:
        """The point of the line above `x`."""
        wave = np.sin(x / self.length + self.level) + 0.3 * np.sin(x / (0.31 * self.length))
        return x, float(self.level - self.height * wave)


def land(frame: Frame, ridge: Ridge, colour: Colour) -> None:
    """Fill everything below a ridge."""
    high, wide = frame.shape[:2]
    line = [ridge.at(x) for x in range(-8, wide + 16, 8)]
    canvas.polygon(frame, [*line, (wide + 8, high + 8), (-8, high + 8)], colour)


def tree(frame: Frame, at: Point, size: float, leaf: Colour) -> None:
    """A round tree that stands on `at`, lit from the left."""
    x, y = at
    canvas.oval(frame, (x + 0.5 * size, y), (size, 0.22 * size), canvas.mix(leaf, (20, 40, 30), 0.62))
    canvas.box(frame, x - 0.1 * size, y - 0.7 * size, x + 0.1 * size, y, (92, 68, 50))
    canvas.disc(frame, (x, y - 1.2 * size), 0.8 * size, canvas.mix(leaf, (10, 40, 40), 0.35))
    canvas.disc(frame, (x - 0.16 * size, y - 1.34 * size), 0.62 * size, leaf)
    canvas.disc(frame, (x - 0.3 * size, y - 1.5 * size), 0.3 * size, canvas.mix(leaf, (255, 250, 170), 0.35))
