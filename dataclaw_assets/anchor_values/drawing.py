"""Values of drawings."""

from __future__ import annotations

from typing import Literal

from dataclaw_assets.anchor_values.contract import Value

Direction = Literal[
    "north",
    "north-east",
    "east",
    "south-east",
    "south",
    "south-west",
    "west",
    "north-west",
    "closed",
    "none",
]


class StrokeValue(Value):
    """One stroke of a drawing; the points are in the anchor's source pixels, in the order drawn."""

    index: int
    of: int
    points: tuple[tuple[float, float], ...]
    length_share: float
    """Share of the drawing's whole ink."""
    closed: bool
    duration_s: float | None
    direction: Direction | None = None
    """Where its end lies from its beginning, north being up; `closed` when it ends where it began, `none` for
    a dot. None in tables that are older than this field."""


class LabelValue(Value):
    """What a log calls the thing: a claim, never a measurement."""

    text: str


class PauseValue(Value):
    """The pen lifted between two strokes, by their numbers, for the anchor's interval."""

    after: int
    before: int
    duration_s: float
    distance_px: float
    """From the end of the one stroke to the beginning of the next."""


class PartValue(Value):
    """Strokes that belong together: `file` says that the drawing's file groups them, and by what name;
    `nearness` that they lie close to one another and apart from all others."""

    index: int
    of: int
    strokes: tuple[int, ...]
    by: Literal["file", "nearness"]
    name: str | None = None
