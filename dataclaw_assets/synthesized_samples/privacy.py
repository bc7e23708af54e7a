"""What is taken out of footage before a model elsewhere gets it: personal data in texts and in pictures."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dataclaw_assets.anchor_values import StateValue
from dataclaw_assets.raw_sources.formats.gui.redaction import REDACTED, names_secret, redact
from dataclaw_assets.records import Anchor
from resources.media import Picture

SLACK_S = 1.0
"""Text is painted over from this long before it was first read to this long after: it may be on the screen
while that still changes, when nothing is read."""

MARGIN_SHARE = 0.25
"""By how much of its height a text's box is widened on every side: readers cut letters off."""

GREY = 128

_EMAIL = re.compile(
    r"[\w.+%\-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}", re.IGNORECASE
)
_CARD = re.compile(r"(?<![\d.])\d(?:[ \-]?\d){12,18}(?![\d.])")
"""13 to 19 digits (ISO/IEC 7812-1). Read from a picture, the check digit may not fit."""

_PHONE = re.compile(
    r"(?<![\w.])(?:\+|00)(?!\d+\.\d+(?![.\d]))(?=[1-9])(?:[ .\-/(]{0,2}\d\)?){8,15}(?!\w)"
    r"|(?<![\w.])\(\d{2,5}\)[ .\-]?\d{2,5}(?:[ .\-]?\d{2,5}){1,3}(?!\w)"
    r"|(?<![\w.])\d{3}[ .\-]\d{3,4}[ .\-]\d{4}(?!\w)"
    r"|(?<![\w.])0\d{1,4}[ \-/]\d{3,5}(?:[ \-]?\d{2,5}){0,3}(?!\w)"
    r"|(?<![\w.])(?:0\d{9,10}|1[3-9]\d{9})(?!\w)"
)
"""Numbers with a country code, 8 to 15 digits (ITU-T E.164); with an area code in brackets; of North America;
with a national 0; without spaces (0…, Chinese mobile)."""

_IPV4 = re.compile(r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\d|\.\d)")
_IPV6 = re.compile(
    r"(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])"
    r"|(?<![\w:])(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?(?![\w:])",
    re.IGNORECASE,
)
_HOME = re.compile(
    r"(?:/home/|/Users/|\b[A-Za-z]:[\\/]+(?:Users|Documents and Settings)[\\/]+)[^\s/\\\"”“:;,<>|]{1,64}"
    r"|/root(?=/)",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"((?:\w[\w\-]{0,30} ){0,2}\w[\w\-]{0,30})\s?[:=：]\s?([^\s”“\"]{1,256})")


class Box(NamedTuple):
    """Where private text stands in the source's pixels, and when; without times, always."""

    region: tuple[float, float, float, float]
    start_s: float | None
    end_s: float | None


def hide_private(text: str) -> str:
    """A text without secrets, e-mail addresses, phone and card numbers, IP addresses and the names of home
    folders. One that holds some only under other forms of its letters is given in plain ones."""
    hidden = _hide(text)
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf"
    )
    if plain == text:
        return hidden
    bare = _hide(plain)
    return bare if bare != plain else hidden


def find_private_boxes(anchors: Sequence[Anchor]) -> list[Box]:
    """Where the footage shows private text, as far as it was read or logged: the boxes of its lines and
    fields, not those of whole changes of the screen, whose lines have boxes of their own."""
    return [
        Box(anchor.region, anchor.start_s, anchor.end_s)
        for anchor in anchors
        if anchor.region is not None and not isinstance(anchor.value, StateValue) and _is_private(anchor.text)
    ]


def paint_over(
    picture: Picture, boxes: Sequence[Box], time_s: float | None, size: tuple[int | None, int | None]
) -> Picture:
    """The picture with the boxes that are on screen at a time made grey; `size` is the source's width and
    height in pixels. A box that cannot be placed makes all of it grey."""
    shown = [box for box in boxes if _is_shown(box, time_s)]
    if not shown:
        return picture
    painted = picture.copy()
    height, width = picture.shape[:2]
    for box in shown:
        left, top, right, bottom = box.region
        if not size[0] or not size[1] or not all(map(math.isfinite, box.region)):
            return np.full_like(picture, GREY)
        across, down = width / size[0], height / size[1]
        margin = MARGIN_SHARE * (bottom - top)
        rows = slice(max(0, math.floor((top - margin) * down)), max(0, math.ceil((bottom + margin) * down)))
        columns = slice(
            max(0, math.floor((left - margin) * across)), max(0, math.ceil((right + margin) * across))
        )
        painted[rows, columns] = GREY
    return painted


def _is_shown(box: Box, time_s: float | None) -> bool:
    if time_s is None or box.start_s is None or box.end_s is None:
        return True
    return box.start_s - SLACK_S <= time_s <= box.end_s + SLACK_S


def _is_private(text: str) -> bool:
    return REDACTED in text or hide_private(text) != text


def _hide(text: str) -> str:
    text = _LABELLED.sub(_hide_labelled, text)
    text = _EMAIL.sub(REDACTED, redact(text))
    for pattern in (_CARD, _IPV4, _HOME):
        text = pattern.sub(REDACTED, text)
    text = _IPV6.sub(lambda found: REDACTED if _is_address(found.group()) else found.group(), text)
    return _PHONE.sub(REDACTED, text)


def _hide_labelled(found: re.Match[str]) -> str:
    if not names_secret(found[1]) or found[2] == REDACTED:
        return found.group()
    return found.group()[: found.start(2) - found.start()] + REDACTED


def _is_address(text: str) -> bool:
    """A `::` in source code is no address; one with digits about it is."""
    return text.count(":") > 2 or any(letter.isdigit() for letter in text)
