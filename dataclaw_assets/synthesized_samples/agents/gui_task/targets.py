"""What makes words on a screen worth pointing at: a box that holds no more, and other labels beside them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from dataclaw_assets.records import Anchor, Source
from dataclaw_assets.synthesized_samples.agents.gui_task.screens import (
    LEGIBLE_PX,
    Box,
    height_seen,
    is_label,
    text_of,
)

MIN_OTHERS = 4
"""Labels beside the one that is pointed at, of which a careless reader might take any."""

WIDER = 1.1
"""How many times wider a line may be, for its letters and its height, than lines of its screen are in the
middle: words of one fount come to 1.1 at most, an icon before a word of nine letters to 1.15."""

_THIN, _BROAD = frozenset("iljtfrI1.,:;'|!()[] "), frozenset("mwMW@%")
_IDEOGRAPHS = "\u2e80"
"""From here on letters are as wide as they are high."""


def is_tight(line: Anchor, lines: Sequence[Anchor]) -> bool:
    """Whether a line's box is as wide as its words are, by the lines of the screen that it is on."""
    usual = [_rate(one) for one in lines if one.region is not None]
    return bool(usual) and _rate(line) <= WIDER * median(usual)


def _rate(line: Anchor) -> float:
    left, top, right, bottom = line.region or (0.0, 0.0, 0.0, 0.0)
    return (right - left) / max(1.0, bottom - top) / max(0.1, sum(map(_measure, text_of(line))))


def _measure(letter: str) -> float:
    """The width of a letter, roughly, as a share of the height of its line."""
    if letter >= _IDEOGRAPHS:
        return 1.0
    if letter in _THIN:
        return 0.3
    if letter in _BROAD:
        return 0.85
    return 0.65 if letter.isupper() else 0.55


def count_others(lines: Sequence[Anchor], target: Anchor, source: Source, crop: Box, picture_px: int) -> int:
    """How many other labels can be read in a picture of what the crop leaves of a screen."""
    return sum(
        line != target
        and is_label(text_of(line))
        and line.region is not None
        and _is_inside(line.region, source, crop)
        and height_seen(source, line.region, crop, picture_px) >= LEGIBLE_PX
        for line in lines
    )


def _is_inside(box: Box, source: Source, crop: Box) -> bool:
    wide, high = source.width or 1, source.height or 1
    return (
        crop[0] <= box[0] / wide
        and crop[1] <= box[1] / high
        and box[2] / wide <= crop[2]
        and box[3] / high <= crop[3]
    )
