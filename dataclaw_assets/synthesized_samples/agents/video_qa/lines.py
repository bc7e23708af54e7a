"""Lines of text that a question may quote: read beyond doubt, legible where shown, alone of their wording."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dataclaw_assets.anchor_values import TextLineValue
from dataclaw_assets.quality.gates.places import Box, locate_region
from dataclaw_assets.raw_sources.private_text import hide_private
from dataclaw_assets.records import Anchor, Source
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.likeness import resembles

SURE = 0.98
"""A reader's confidence below which texts of the reference footage still held slips: cut-off lines 0.975,
a letter with a false accent 0.93."""

MIN_SIGNS, MAX_LETTERS = 3, 60
"""Letters and digits that a quotation needs to be found, and the most that is still one line."""

MIN_LABEL = 5
"""Letters of a line on a screen: a shorter one may be what a dialog leaves of a longer one."""

EDGE_S = 0.08
"""How far a still lies within the time of a text that it shows: two frames at 25 a second, since screens are
read, and their stills taken, right after they change."""

STILL_PX = 768
"""Longer side of a still as shipped; smaller pictures are not enlarged."""

MIN_STILL_PX = 12.0
"""Height of a line in a still as shipped, from which a person reads it without effort."""

MAX_SHARE = 0.6
"""Of a clip's length for which a text that is asked about may stay: what is always there names nothing."""

MAX_HIGHER = 1.4
"""How many times higher one line may be than another of its size: heights of lines with and without a p or a
g differ by 1.3."""

ALIGNED, NEAR_LEFT = 0.3, 2.0
"""Heights within which left edges are the same, and within which edges that are not leave it open where a
line begins: a reader's box may start within a bullet."""

AT_EDGE = 0.005
"""Share of the picture within which a line at its edge may be cut off."""

SAME_TEXT = 0.85
"""Likeness from which two readings may be one text."""

_ODD = re.compile(
    r"^[^\w(\"'¿¡]"  # a bullet, an icon
    r"|^(?![AI]\s)[^\W_][.:]?\s"  # an icon read as a letter: Q Search
    r"|\b[A-Z][A-Z][a-z]"  # the same without its blank: QSearch
    r"|\d[^\W\d_]{3,}"  # a lost blank: 70percent
    r"|\.\.|…"  # cut off by the screen
    r"|[^\w\s.,:;!?'’\"()\[\]/&%€$£+\-–#=<>*$]"  # signs that the reader makes of icons
)
_ADDRESS = re.compile(r"://|www\.|@|\w\.(?:com|org|net|io|ai|dev|de|uk|fr|cn)\b", re.I)


@dataclass(frozen=True)
class ScreenText:
    """A text with the whole time for which it is on screen, and its place as shares of the picture."""

    anchor: Anchor
    text: str
    start_s: float
    end_s: float
    box: Box


@dataclass(frozen=True)
class PictureLine:
    """A line of one picture, and its place as shares of it."""

    anchor: Anchor
    text: str
    box: Box


def is_quotable(text: str, confidence: float) -> bool:
    """Whether a reading is sure, a line that says something, and nobody's address or number."""
    return is_plain(text, confidence) and hide_private(text) == text


def is_plain(text: str, confidence: float) -> bool:
    """Whether a reading is sure, and a line that says something."""
    return confidence >= SURE and _says_something(text)


@functools.lru_cache(maxsize=1 << 12)
def _says_something(text: str) -> bool:
    return (
        len(text) <= MAX_LETTERS
        and sum(sign.isalnum() for sign in text) >= MIN_SIGNS
        and not _ODD.search(text)
        and not _ADDRESS.search(text)
    )


def may_be_same(first: str, second: str) -> bool:
    """Whether two readings may be one text, or one stands within the other as words. Other digits are another
    text."""
    (one, digits), (two, others) = _fold(first), _fold(second)
    if one == two:
        return True
    if min(len(one), len(two)) >= MIN_SIGNS + 2 and (one in two or two in one):
        return True
    return digits == others and resembles(one.strip(), two.strip(), SAME_TEXT)


@functools.lru_cache(maxsize=1 << 12)
def _fold(text: str) -> tuple[str, tuple[str, ...]]:
    """The words of a text in small letters, without marks, a blank before and after each; its numbers."""
    return " ".join(["", *re.findall(r"\w+", text.casefold()), ""]), tuple(re.findall(r"\d+", text))


def is_shown(text: ScreenText, time_s: float) -> bool:
    """Whether a text is on screen at a time, clear of its coming and going."""
    return text.start_s + EDGE_S <= time_s <= text.end_s - EDGE_S


def is_away(text: ScreenText, time_s: float, by_s: float = 0.5) -> bool:
    """Whether a text is off the screen at a time, and for a while before and after."""
    return text.end_s + by_s <= time_s or time_s + by_s <= text.start_s


def covers(anchor: Anchor, time_s: float | None) -> bool:
    """Whether what was read is on screen at a time, clear of its coming and going; always, in an image."""
    if time_s is None:
        return True
    return (anchor.start_s or 0.0) + EDGE_S <= time_s <= (anchor.end_s or 0.0) - EDGE_S


def is_of_size(one: Box, other: Box) -> bool:
    """Whether two lines are of one size of print."""
    down = (other[3] - other[1]) / (one[3] - one[1])
    return 1 / MAX_HIGHER <= down <= MAX_HIGHER


def rate_aside(one: Box, other: Box, source: Source) -> float:
    """How far the left edges of two lines differ, in heights of the higher one."""
    height = max(one[3] - one[1], other[3] - other[1]) * (source.height or 1)
    return abs(one[0] - other[0]) * (source.width or 1) / height


def starts_plainly(line: PictureLine, lines: Sequence[PictureLine], source: Source) -> bool:
    """Whether no line of its size starts beside the left edge of a line, yet not at it."""
    asides = (rate_aside(line.box, o.box, source) for o in lines if is_of_size(line.box, o.box))
    return not any(ALIGNED < aside <= NEAR_LEFT for aside in asides)


def read_picture(context: SourceContext, time_s: float | None) -> list[PictureLine]:
    """Every line read in a still of a time, or in the source's own image, in reading order."""
    known = context.known
    lines = known.of_kind("text_line") if time_s is None else known.at("text_line", time_s)
    return place_lines((line for line in lines if covers(line, time_s)), context.source)


def place_lines(anchors: Iterable[Anchor], source: Source) -> list[PictureLine]:
    """Lines of one picture by their places, in reading order."""
    lines = []
    for anchor in anchors:
        box = locate_region(anchor, source)
        if isinstance(anchor.value, TextLineValue) and box is not None:
            lines.append((anchor.value.order, PictureLine(anchor, anchor.value.text, box)))
    return [line for _, line in sorted(lines, key=lambda pair: (pair[0], pair[1].anchor.anchor_id))]


def still_height_px(source: Source, box: Box) -> float:
    """Height of a box in the still as shipped."""
    width, height = source.width or 1, source.height or 1
    return (box[3] - box[1]) * height * min(1.0, STILL_PX / max(width, height))


def overlap(one: Box, other: Box) -> float:
    """Share of the picture that two boxes have in common."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across * down if across > 0 and down > 0 else 0.0


def widen(box: Box, source: Source) -> Box:
    """A box with room for a frame round its ink."""
    height = (box[3] - box[1]) * (source.height or 1)
    by_px = 0.006 * max(source.width or 1, source.height or 1) + 0.25 * height
    return _pad(box, source, (by_px, by_px, by_px, by_px))


def hide(box: Box, source: Source, line_height: float | None = None) -> Box:
    """What a black box over a line, or over lines of that height, covers: a letter more on the right and two
    on the left, where a reader's box may have lost one or parted a bullet; a third above and below."""
    height = (line_height or box[3] - box[1]) * (source.height or 1)
    return _pad(box, source, (2 * height, 0.3 * height, height, 0.3 * height))


def _pad(box: Box, source: Source, by_px: Box) -> Box:
    """A box that reaches farther on each side, within the picture; shares to four decimals."""
    width, height = source.width or 1, source.height or 1
    return (
        round(max(0.0, box[0] - by_px[0] / width), 4),
        round(max(0.0, box[1] - by_px[1] / height), 4),
        round(min(1.0, box[2] + by_px[2] / width), 4),
        round(min(1.0, box[3] + by_px[3] / height), 4),
    )
