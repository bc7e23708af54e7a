"""Values of text on the screen and in images."""

from __future__ import annotations

from dataclaw_assets.anchor_values.contract import Value


class TextValue(Value):
    """One text on the screen, followed from its first appearance to its last (the anchor's interval); the
    region is where it was read best. `confidence` is the reader's own, 0-1."""

    text: str
    confidence: float
    seen: int
    """In how many of the pictures read it was there."""


class TextLineValue(Value):
    """One line of text of one state of the screen, or of an image. `order` counts from 0 in reading order,
    `of` says how many lines there are, `readable_256` whether it can still be read when the picture's longer
    side is 256 px."""

    text: str
    order: int
    of: int
    height_px: float
    readable_256: bool
    confidence: float


class LinesValue(Value):
    """The lines of text that are visible together during an interval, in reading order."""

    lines: tuple[str, ...]


class StateValue(Value):
    """One side of a change of the screen: the text within the box that changed (the anchor's region)."""

    change: int
    """Number of the change within the source; its `state_before` and `state_after` share it."""
    lines: tuple[str, ...]
