"""What is painted over in pictures before a model elsewhere gets them: the places of personal data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dataclaw_assets.anchor_values import StateValue
from dataclaw_assets.raw_sources.formats.gui.redaction import REDACTED
from dataclaw_assets.raw_sources.private_text import hide_private
from dataclaw_assets.records import Anchor
from resources.media import Picture

SLACK_S = 1.0
"""Text is painted over from this long before it was first read to this long after: it may be on the screen
while that still changes, when nothing is read."""

MARGIN_SHARE = 0.25
"""By how much of its height a text's box is widened on every side: readers cut letters off."""

GREY = 128


class Box(NamedTuple):
    """Where private text stands in the source's pixels, and when; without times, always."""

    region: tuple[float, float, float, float]
    start_s: float | None
    end_s: float | None


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
