"""What differs between two pictures of a screen, beyond what a pointer, a caret or a clock changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Box = tuple[float, float, float, float]

LOOK_PX = 720
"""Pictures are compared with their shorter side this long at most: a letter still has a dozen pixels, and
averaging takes the noise of coding away."""

LEVELS = 24
"""A pixel that differs by more than this of 255, in any of red, green and blue, may have changed."""

CLEAR_LEVELS = 64
"""And in a place with `LEAST_PIXELS` that differ by more than this, something has. Coding leaves up to 63
along letters of a screen at rest, and a see-through panel drifts by up to 36 (both seen in H.264)."""

POINTER_PX = 40
"""Sides of the largest change that is left out, in pixels of a screen whose shorter side has `SCREEN_PX`: a
pointer at 150 % is 28 high, four digits of a taskbar's clock are 39 wide, a caret is less."""

APART_PX = 16
"""Changed pixels nearer than this, in the same pixels, belong together: letters of a word, lines of text."""

CELL_PX = 16
"""How much of a screen changes is counted in squares of this side, so that black text that replaces other
black text on white counts as a change of what it covers."""

SCREEN_PX = 1080

LEAST_PIXELS = 4
"""Fewer pixels than this in a place are noise."""

MOVING_SHARE = 0.05
"""A screen of which more than this changes while it should rest is moving: an animation, a video, a page that
builds up. A row that lights up under a pointer covers 0.02 of a large-print screen (seen)."""

CARET_PX = 6
"""A place as narrow as this is a caret, also where small places count, in the same pixels."""

FLAT_LEVELS = 4
"""Levels that the pixels of a picture of one colour span at most, as coded."""


@dataclass(frozen=True)
class Difference:
    """What differs, small places left out: the `box` (left, top, right, bottom in pixels of the
    pictures; None where nothing differs), the `share` of the screen (0-1), and how many `smaller` places were
    left out."""

    box: tuple[int, int, int, int] | None
    share: float
    smaller: int


@dataclass(frozen=True)
class Places:
    """The changed pixels in places larger than a pointer, where something differs clearly and where it may,
    and how many `smaller` places differ clearly."""

    clear: Mask
    faint: Mask
    smaller: int


def find_look_size(width: int, height: int) -> tuple[int, int]:
    """Width and height at which a screen of this size is looked at."""
    scale = min(1.0, LOOK_PX / min(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def is_flat(picture: Picture) -> bool:
    """Whether a picture is of one colour: a page that is not there yet, or the grey that stands for a picture
    that nobody may see (`resources.assembly`)."""
    import cv2

    ends = [cv2.minMaxLoc(plane)[:2] for plane in cv2.split(picture)]
    return all(most - least <= FLAT_LEVELS for least, most in ends)


def compare(
    before: Sequence[Picture], after: Sequence[Picture], near: Box | None = None
) -> Difference | None:
    """What differs between the last of the pictures before and the last of those after (RGB, one size).

    Small places that touch the box `near` (in pixels of the pictures) count as large ones do: a ticked box.
    Earlier pictures of each side say what was still changing then: places that lie in it are left out. None
    where more than `MOVING_SHARE` of the screen was, and where nothing is left that differs clearly but
    something may.
    """
    gap = _subtract(before[-1], after[-1])
    unsettled = np.zeros(gap.shape, np.bool_)
    for side in (before, after):
        moved = np.zeros_like(unsettled)
        for earlier in side[:-1]:
            places = find_places(_subtract(earlier, side[-1]))
            moved |= places.clear | places.faint
        if _count_share(moved) > MOVING_SHARE:
            return None
        unsettled |= moved
    places = find_places(gap, ~_widen(unsettled), near)
    if not places.clear.any() and (unsettled.any() or places.faint.any()):
        return None
    return Difference(_bound(places.clear), _count_share(places.clear), places.smaller)


def may_differ(one: Picture, other: Picture) -> bool:
    """Whether anything larger than a pointer differs, be it faintly."""
    places = find_places(_subtract(one, other))
    return bool(places.clear.any() or places.faint.any())


def _subtract(one: Picture, other: Picture) -> Picture:
    """How much each pixel differs: the largest difference of red, green and blue."""
    import cv2

    red, green, blue = cv2.split(cv2.absdiff(one, other))
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)


def find_places(gap: Picture, settled: Mask | None = None, near: Box | None = None) -> Places:
    """The places in which two pictures differ, by how much each pixel does; only those count that differ
    where the screen is `settled`. Small ones that touch `near` are put with the large ones."""
    import cv2

    changed = gap > LEVELS
    if not changed.any():
        return Places(changed, changed, 0)
    counted = gap if settled is None else np.where(settled, gap, 0)
    reach, limit = _to_pixels(changed, APART_PX) // 2, _to_pixels(changed, POINTER_PX)
    # with a border, so that what lies at the edge grows on all sides as well
    padded = np.pad(changed.astype(np.uint8), reach)
    joined = cv2.dilate(padded, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    height, width = changed.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    places = np.asarray(labels)[reach : reach + height, reach : reach + width]
    left, top, wide, high = stats[:, :4].T
    wide, high = wide - 2 * reach, high - 2 * reach
    large = np.maximum(wide, high) > limit
    if near is not None:
        touches = (left < near[2]) & (left + wide > near[0]) & (top < near[3]) & (top + high > near[1])
        large |= touches & (np.minimum(wide, high) > _to_pixels(changed, CARET_PX))
    some = np.bincount(places[counted > LEVELS], minlength=count) >= LEAST_PIXELS
    clear = np.bincount(places[counted > CLEAR_LEVELS], minlength=count) >= LEAST_PIXELS
    return Places(
        clear=changed & (clear & large)[places],
        faint=changed & (some & ~clear & large)[places],
        smaller=int(np.count_nonzero(clear & ~large)),
    )


def _widen(mask: Mask) -> Mask:
    import cv2

    reach = _to_pixels(mask, APART_PX)
    return (
        np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))) > 0
    )


def _count_share(mask: Mask) -> float:
    """The share of the squares that hold a changed pixel."""
    side = _to_pixels(mask, CELL_PX)
    rows, columns = np.arange(0, mask.shape[0], side), np.arange(0, mask.shape[1], side)
    touched = np.logical_or.reduceat(np.logical_or.reduceat(mask, rows, axis=0), columns, axis=1)
    return float(np.count_nonzero(touched)) / touched.size


def _bound(mask: Mask) -> tuple[int, int, int, int] | None:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _to_pixels(mask: Mask, length: int) -> int:
    return max(1, round(length * int(min(mask.shape)) / SCREEN_PX))
