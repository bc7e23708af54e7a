"""The changes that we make to pictures: edits of a still, shapes laid over the frames of a clip."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.quality.gates.overlays import COLOURS
from dataclaw_assets.records import Edit, Shape
from resources.media import Picture

OUTLINE = (230, 0, 120)
"""Magenta, which neither screens nor landscapes often hold."""


def apply_edits(picture: Picture, edits: Sequence[Edit]) -> Picture:
    """The picture (height × width × 3) after its edits, in order. Raises `UnreadableSource`
    (`empty_region`, `bad_tiles`) for one that cannot be done."""
    for edit in edits:
        picture = _apply(picture, edit)
    return picture


def draw_shapes(picture: Picture, shapes: Sequence[Shape], time_s: float) -> Picture:
    """The picture with those shapes that are on at a time of the clip's clock."""
    import cv2

    shown = [shape for shape in shapes if shape.start_s <= time_s < shape.end_s]
    if not shown:
        return picture
    drawn = np.ascontiguousarray(picture).copy()
    height, width = drawn.shape[:2]
    for shape in shown:
        reach = shape.size * min(width, height) / 2
        x, y = shape.x * width, shape.y * height
        if shape.form == "circle":
            cv2.circle(drawn, (round(x), round(y)), round(reach), COLOURS[shape.colour], -1, cv2.LINE_AA)
        else:
            corners = {
                "square": [(-1, -1), (1, -1), (1, 1), (-1, 1)],
                "triangle": [(0, -1), (1, 1), (-1, 1)],
            }[shape.form]
            outline = np.array([(x + dx * reach, y + dy * reach) for dx, dy in corners])
            cv2.fillPoly(drawn, [np.rint(outline).astype(np.int32)], COLOURS[shape.colour], cv2.LINE_AA)
    return drawn


def to_pixels(region: Sequence[float], width: int, height: int) -> tuple[int, int, int, int]:
    """A region in shares of a picture as its pixels: left, top, right, bottom, the last two beyond it."""
    left, top, right, bottom = region
    return round(left * width), round(top * height), round(right * width), round(bottom * height)


def _apply(picture: Picture, edit: Edit) -> Picture:
    height, width = picture.shape[:2]
    left, top, right, bottom = to_pixels(edit.region or (0.0, 0.0, 1.0, 1.0), width, height)
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise UnreadableSource("empty_region", f"{edit.op} of {edit.region}")
    inside = picture[top:bottom, left:right]
    if edit.op == "crop":
        return np.ascontiguousarray(inside)
    if edit.op == "tiles":
        return _shuffle_tiles(picture, edit)
    if edit.op == "rotate_90" and edit.region is None:
        return np.ascontiguousarray(np.rot90(picture, -1))
    changed = picture.copy()
    if edit.op == "outline":
        width_px = max(2, round(0.006 * max(width, height)))
        for rows, columns in (
            (slice(top, top + width_px), slice(left, right)),
            (slice(bottom - width_px, bottom), slice(left, right)),
            (slice(top, bottom), slice(left, left + width_px)),
            (slice(top, bottom), slice(right - width_px, right)),
        ):
            changed[rows, columns] = OUTLINE
        return changed
    changed[top:bottom, left:right] = _change(inside, edit)
    return changed


def _change(inside: Picture, edit: Edit) -> Picture:
    import cv2

    height, width = inside.shape[:2]
    amount = edit.amount if edit.amount is not None else 0.5
    match edit.op:
        case "rotate_90":
            if height != width:
                raise UnreadableSource("empty_region", "a quarter turn of part of a picture needs a square")
            return np.rot90(inside, -1)
        case "rotate_180":
            return np.rot90(inside, 2)
        case "mirror":
            return inside[:, ::-1]
        case "flip":
            return inside[::-1]
        case "grey":
            grey = cv2.cvtColor(np.ascontiguousarray(inside), cv2.COLOR_RGB2GRAY)
            return np.asarray(np.repeat(np.asarray(grey)[:, :, None], 3, axis=2), np.uint8)
        case "invert":
            return np.asarray(255 - inside, np.uint8)
        case "brighten":
            return np.asarray(np.rint(255.0 * (inside / 255.0) ** (1.0 - amount)), np.uint8)
        case "darken":
            return np.asarray(np.rint(inside * (1.0 - amount)), np.uint8)
        case "blur":
            sigma = max(1.0, amount * 0.1 * min(height, width))
            return np.asarray(cv2.GaussianBlur(np.ascontiguousarray(inside), (0, 0), sigma), np.uint8)
        case _:
            side = max(2, round(amount * 0.2 * min(height, width)))
            small = cv2.resize(
                np.ascontiguousarray(inside),
                (max(1, width // side), max(1, height // side)),
                interpolation=cv2.INTER_AREA,
            )
            return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)


def _shuffle_tiles(picture: Picture, edit: Edit) -> Picture:
    """Tile `order[i]` at place i; the few pixels that do not divide are cut off on the right and below."""
    rows, columns = edit.rows or 0, edit.columns or 0
    if rows * columns < 2 or sorted(edit.order) != list(range(rows * columns)):
        raise UnreadableSource("bad_tiles", f"{rows} × {columns}: {edit.order}")
    high, wide = picture.shape[0] // rows, picture.shape[1] // columns
    if not (high and wide):
        raise UnreadableSource("bad_tiles", "the picture is smaller than its tiles")
    tiles = [
        picture[row * high : (row + 1) * high, column * wide : (column + 1) * wide]
        for row in range(rows)
        for column in range(columns)
    ]
    lines = [
        np.concatenate([tiles[index] for index in edit.order[row * columns : (row + 1) * columns]], axis=1)
        for row in range(rows)
    ]
    return np.concatenate(lines, axis=0)
