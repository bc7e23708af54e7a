"""A drawing as its file states it: strokes in the order drawn."""

from __future__ import annotations

from dataclaw_assets.records import Record

Point = tuple[float, float]


class Stroke(Record):
    """One stroke: its points in the file's own units (y grows downwards), the seconds since the drawing's
    first point at which each was drawn (None where the file has no times), and the part of the drawing that
    the file says it belongs to."""

    points: tuple[Point, ...]
    seconds: tuple[float, ...] | None = None
    part: str | None = None


class Sketch(Record):
    """A drawing: its strokes in the order drawn, and what the file calls it (a word, a character)."""

    strokes: tuple[Stroke, ...]
    label: str | None = None
