"""What makes words worth asking for: a box that holds no more, whole in the picture, other labels beside
them; or words that are of another window."""

from __future__ import annotations

import functools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median

from dataclaw_assets.anchor_values import LinesValue, TextValue
from dataclaw_assets.quality.known import Known
from dataclaw_assets.records import Anchor, Source
from dataclaw_assets.synthesized_samples.agents.gui_task.screens import (
    LEGIBLE_PX,
    Box,
    fold,
    height_seen,
    is_label,
    text_of,
)

MIN_OTHERS = 4
"""Labels beside the one that is pointed at, of which a careless reader might take any."""

WIDER = 1.1
"""How many times wider a line may be, for its letters and its height, than lines of its screen are in the
middle: words of one fount come to 1.1 at most, an icon before a word of nine letters to 1.15."""

MIN_LONG = 2.5
"""How many of its heights a box must be wide: then its middle is on the words, even where an icon as wide as
high stands before them in the box."""

EDGE = 0.02
"""Of a picture's sides, from its edges to the words asked for: nearer, they may be cut."""

MIN_PARTS = 2
"""Words of a label that is said not to be somewhere: one may be overlooked anywhere."""

MIN_PART = 3
"""Letters of a word that must not be found where a label is said not to be: shorter ones are everywhere."""

_THIN, _BROAD = frozenset("iljtfrI1.,:;'|!()[] "), frozenset("mwMW@%")
_IDEOGRAPHS = "\u2e80"
"""From here on letters are as wide as they are high."""


def is_tight(line: Anchor, lines: Sequence[Anchor]) -> bool:
    """Whether a line's box is as wide as its words are, by the lines of the screen that it is on, and its
    middle is on them."""
    left, top, right, bottom = line.region or (0.0, 0.0, 0.0, 0.0)
    if right - left < MIN_LONG * (bottom - top):
        return False
    usual = [_rate(one) for one in lines if one.region is not None]
    return bool(usual) and _rate(line) <= WIDER * median(usual)


def _rate(line: Anchor) -> float:
    left, top, right, bottom = line.region or (0.0, 0.0, 0.0, 0.0)
    return (right - left) / max(1.0, bottom - top) / max(0.1, _measure_all(text_of(line)))


@functools.lru_cache(maxsize=4096)
def _measure_all(text: str) -> float:
    return sum(map(_measure, text))


def _measure(letter: str) -> float:
    """The width of a letter, roughly, as a share of the height of its line."""
    if letter >= _IDEOGRAPHS:
        return 1.0
    if letter in _THIN:
        return 0.3
    if letter in _BROAD:
        return 0.85
    return 0.65 if letter.isupper() else 0.55


def has_others(lines: Sequence[Anchor], target: Anchor, source: Source, crop: Box, picture_px: int) -> bool:
    """Whether enough other labels can be read in a picture of what the crop leaves of a screen."""
    others = (
        line
        for line in lines
        if line is not target
        and line.region is not None
        and is_inside(line.region, source, crop)
        and height_seen(source, line.region, crop, picture_px) >= LEGIBLE_PX
        and is_label(text_of(line))
    )
    return len(list(islice(others, MIN_OTHERS))) == MIN_OTHERS


def is_inside(box: Box, source: Source, crop: Box, edge: float = 0.0) -> bool:
    """Whether a box is within what a crop leaves of a screen, by a share `edge` of its sides."""
    across, down = edge * (crop[2] - crop[0]), edge * (crop[3] - crop[1])
    wide, high = source.width or 1, source.height or 1
    return (
        crop[0] + across <= box[0] / wide
        and crop[1] + down <= box[1] / high
        and box[2] / wide <= crop[2] - across
        and box[3] / high <= crop[3] - down
    )


@dataclass(frozen=True)
class Page:
    """A screen of a session (`lines_visible`), and all that is read while it is up, folded."""

    screen: Anchor
    texts: frozenset[str]


def list_pages(known: Known) -> list[Page]:
    """The pages of a session, in order of time."""
    screens = known.of_kind("lines_visible")
    starts, ends = ([getattr(screen, edge) or 0.0 for screen in screens] for edge in ("start_s", "end_s"))
    texts: list[set[str]] = [
        set(map(fold, screen.value.lines)) if isinstance(screen.value, LinesValue) else set()
        for screen in screens
    ]
    stretches: dict[tuple[float, float], set[str]] = {}
    for line in (*known.of_kind("text"), *known.of_kind("text_line")):
        said = fold(line.value.text if isinstance(line.value, TextValue) else text_of(line))
        stretches.setdefault((line.start_s or 0.0, line.end_s or 0.0), set()).add(said)
    for (start_s, end_s), said_then in stretches.items():
        for shown in texts[bisect_right(ends, start_s) : bisect_left(starts, end_s)]:
            shown |= said_then
    return [Page(screen, frozenset(shown)) for screen, shown in zip(screens, texts, strict=True)]


def list_elsewhere(label: str, pages: Sequence[Page]) -> list[Anchor]:
    """The screens of a session that are of another window than a label of two words or more, which is read on
    one: no word of it is read on them, on the one before or after them, over which they may have been opened,
    or on any that has a text in common with them. A reader overlooks words, but hardly on all of these."""
    parts = [part for part in map(fold, label.split()) if len(part) >= MIN_PART]
    if len(label.split()) < MIN_PARTS or not parts:
        return []
    bearing = [any(part in text for text in page.texts for part in parts) for page in pages]
    borne = frozenset[str]().union(*(page.texts for page, bears in zip(pages, bearing, strict=True) if bears))
    return [
        page.screen
        for at, page in enumerate(pages)
        if borne and not any(bearing[max(0, at - 1) : at + 2]) and borne.isdisjoint(page.texts)
    ]
