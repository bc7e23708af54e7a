"""Whether a log's target can be believed, and what the pixels under the point say instead."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from dataclaw_assets.factual_anchors.measures.log_alignment import Scale
from dataclaw_assets.raw_sources.formats.gui.session import Box, Point, Target
from resources.media import Picture
from resources.ocr import Line, read_lines

Reason = Literal["off_screen", "too_large", "misses_point", "after_rescale"]
"""Why a target is suspect."""

LEAD_S = 0.1
"""Look this long before the action, on the recording's clock: effects may show at the press."""

EARLIER_S = (0.75, 1.5, 3.0)
"""And this long before it: where the pointer covers the words later, it has not come yet."""

LARGEST = 1 / 4
"""A box over more of the screen than this is a window or a pane, not what was clicked."""

OFF_PX = 2.0
"""Boxes reach past the screen by a border at most."""

STRIP_PX = 64
"""Lines are read in a strip of the whole width, so that none is cut short, so far up and down."""

NEAR_LINES = 1.0
"""Words belong to a point at most so many times their height above or below their middle: half the height of
a list's row."""

BESIDE_LINES = 20.0
"""And beside it at most so many heights away, on the plain ground of one row or button."""

ROW_LINES = 2.5
"""The edges of that row lie no farther from the middle of its words than so many heights."""

PLAIN = 24.0
"""Ground whose luma differs by less than this, of 255, is plain."""

EDGE = 5.0
"""Ground whose luma steps by more than this is another: a list marks the row pointed at by 10 or more."""

POINTER_LINES = 1.5
"""A pointer, which may lie between the words and its own tip, is about this many lines wide."""

SURE = 0.8
"""Readings below this confidence say nothing."""

WEIGHTS = (0.299, 0.587, 0.114)
"""Luma from R, G, B (ITU-R BT.601)."""


@dataclass(frozen=True)
class Judged:
    """What may be said of a target.

    `label` is the name that may be repeated: the log's where it is not suspect, else what was read; None when
    neither is there. `basis` says whose it is, `agrees` whether the pixels say the log's name. `read` is the
    line at the point, in pixels of the picture; `box` the log's box there, None when it is suspect.
    """

    label: str | None
    basis: Literal["measured", "recorded"] | None
    agrees: bool
    reasons: tuple[Reason, ...]
    read: Line | None
    box: Box | None


def judge_target(
    target: Target | None,
    point: Point,
    screen: tuple[int, int],
    pictures: Sequence[Picture],
    scale: Scale,
    *,
    rescaled: bool = False,
    names: Collection[str] = (),
) -> Judged:
    """Judge a target by its box and by pictures (RGB, height × width × 3): the first from `LEAD_S` before the
    action, others from `EARLIER_S` before it; those are looked at only where the pointer lies on the words.

    `point`, `screen` and the box are in pixels of the log's screen, `scale` takes them to the picture's.
    `rescaled` says that the screen's size or zoom changed since the log stated it: boxes are then in other
    pixels than points. A log's name that pixels do not show may still be right: an icon, or a field's name.
    `names` are labels that the log has anywhere: what is read is spelt as they are where all letters agree.
    """
    reasons = find_reasons(target, point, screen, rescaled=rescaled) if target else ()
    x, y = point[0] * scale[0], point[1] * scale[1]
    box = target.box if target and not reasons else None
    shown = (box[0] * scale[0], box[1] * scale[1], box[2] * scale[0], box[3] * scale[1]) if box else None
    lines = _read_around(pictures[0], (x, y), shown)
    read = find_label(lines, (x, y), pictures[0])
    if read and read.box[0] <= x <= read.box[2]:
        read = _read_uncovered(read, pictures[1:])
    if read:
        read = replace(read, text=spell_as(read.text, names))
    claimed = target.name if target and target.name else None
    inside = [line.text for line in lines if shown and _holds(shown, _middle(line))]
    said = [*([read.text] if read else []), *inside, *([" ".join(inside)] if len(inside) > 1 else [])]
    agrees = claimed is not None and any(says_same(claimed, text) for text in said)
    if claimed and (agrees or not reasons):
        return Judged(claimed, "measured" if agrees else "recorded", agrees, reasons, read, shown)
    return Judged(read.text if read else None, "measured" if read else None, False, reasons, read, shown)


def find_reasons(
    target: Target, point: Point, screen: tuple[int, int], *, rescaled: bool
) -> tuple[Reason, ...]:
    """Why a target is suspect, in a fixed order; nothing for one without a box on a screen of one scale."""
    reasons: list[Reason] = []
    if target.box is not None:
        left, top, right, bottom = target.box
        if left < -OFF_PX or top < -OFF_PX or right > screen[0] + OFF_PX or bottom > screen[1] + OFF_PX:
            reasons.append("off_screen")
        if (right - left) * (bottom - top) > LARGEST * screen[0] * screen[1]:
            reasons.append("too_large")
        if not _holds(target.box, point):
            reasons.append("misses_point")
    if rescaled:
        reasons.append("after_rescale")
    return tuple(reasons)


def find_label(lines: list[Line], point: Point, picture: Picture) -> Line | None:
    """The line of text that a point is on, or that lies beside it in the same row on plain ground; None when
    there is none, or when two are as near."""
    x, y = point
    near = []
    for line in lines:
        height = max(line.box[3] - line.box[1], 1.0)
        gap = max(line.box[0] - x, x - line.box[2], 0.0)
        if line.confidence < SURE or abs(_middle(line)[1] - y) > NEAR_LINES * height:
            continue
        if gap <= BESIDE_LINES * height and (gap <= 0.0 or _is_one_row(picture, line, x)):
            near.append((gap, abs(_middle(line)[1] - y), line))
    near.sort(key=lambda one: one[:2])
    if len(near) > 1 and near[0][:2] == near[1][:2]:
        return None
    return near[0][2] if near else None


def says_same(claimed: str, read: str) -> bool:
    """Whether two labels are the same words; one may hold the other whole: "Battery" and "Battery, 80%"."""
    if _letters(claimed) and _letters(claimed) == _letters(read):
        return True
    one, other = _words(claimed), _words(read)
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if not shorter or sum(map(len, shorter)) < min(3, sum(map(len, longer))):
        return False
    starts = range(len(longer) - len(shorter) + 1)
    return any(longer[start : start + len(shorter)] == shorter for start in starts)


def spell_as(read: str, names: Collection[str]) -> str:
    """What was read, with the spaces and signs of a name that has the very same letters and digits."""
    letters = "".join(read.split())
    same = sorted(name for name in names if "".join(name.split()) == letters)
    return same[0] if same else read


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text.casefold()).split()


def _letters(text: str) -> str:
    return "".join(_words(text))


def _read_around(picture: Picture, point: Point, box: Box | None) -> list[Line]:
    """The whole lines in a strip around the point and the box, in pixels of the picture."""
    height, width = picture.shape[:2]
    if not (0 <= point[0] < width and 0 <= point[1] < height):
        return []
    top = max(0, int(min(point[1], box[1] if box else point[1])) - STRIP_PX)
    bottom = min(height, int(max(point[1], box[3] if box else point[1])) + STRIP_PX)
    found = []
    for line in read_lines(np.ascontiguousarray(picture[top:bottom])):
        left, upper, right, lower = line.box
        cut = (upper <= 1 and top > 0) or (lower >= bottom - top - 1 and bottom < height)
        if not cut:
            found.append(replace(line, box=(left, upper + top, right, lower + top)))
    return found


def _read_uncovered(line: Line, pictures: Sequence[Picture]) -> Line:
    """The same letters as read with the most words: a pointer on them can hide a space."""
    middle, letters = _middle(line), _letters(line.text)
    same = [
        other
        for picture in pictures
        for other in _read_around(picture, middle, None)
        if _holds(other.box, middle) and other.confidence >= SURE and _letters(other.text) == letters
    ]
    return max([line, *same], key=lambda one: len(one.text.split()))


def _is_one_row(picture: Picture, line: Line, x: float) -> bool:
    """Whether plain ground with an edge above and below reaches from a line's end to a point's column: a row
    of a list, a button, a field. The pointer aside, which may lie on it."""
    left, top, right, bottom = line.box
    height = bottom - top
    first, last = (right + 2, x - 2) if x > right else (x + POINTER_LINES * height, left - 2)
    if last - first < 1:
        return True
    middle, reach = round((top + bottom) / 2), round(ROW_LINES * height)
    above = max(0, middle - reach)
    columns = picture[above : middle + reach + 1, max(0, round(first)) : max(0, round(last))]
    if columns.size == 0:
        return False
    luma = columns.astype(np.float32) @ np.array(WEIGHTS, np.float32)
    at = middle - above
    band = luma[max(0, at - 2) : at + 3]
    if float(np.abs(band - np.median(band)).max()) >= PLAIN:
        return False
    steps = np.abs(np.median(luma, axis=1) - np.median(band)) > EDGE
    return bool(steps[:at].any() and steps[at:].any())


def _middle(line: Line) -> Point:
    return (line.box[0] + line.box[2]) / 2, (line.box[1] + line.box[3]) / 2


def _holds(box: Box, point: Point) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]
