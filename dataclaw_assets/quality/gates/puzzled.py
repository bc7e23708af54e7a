"""What gate `visible` asks of jigsaws and places: the pieces can be told apart and fit in one way only."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise, permutations

import numpy as np
import numpy.typing as npt

from dataclaw_assets.quality.gates.contract import CutMedia, Finding
from dataclaw_assets.quality.gates.sampled import Samples
from dataclaw_assets.records import Draft, Edit, Still
from resources.media import Picture, distance, fit_size, read_image, resize, signature

CONTINUED = "order_clips"
"""The template whose clips are ordered by nothing but how one goes on where another ends."""

OPEN_PATH = 1.5
"""Any other order must jump this many times as much as the right one, all its joins together."""

PATH_MARGIN = 0.08
"""And by this much more (`resources.media.distance`): two pictures that are different to the eye."""

TILE_SIDE = 192
"""Tiles are compared at this size of the longer side of the whole picture: smaller than trainers have it."""

BLANK = 10.0
"""Least standard deviation of a tile's luma, of 255: a plain sky has 2 to 5, a dark room 6 to 9."""

TILES_APART = 0.1
"""Least distance between two tiles: beyond what two pictures differ by that a person tells apart."""

WORSE_SEAMS = 1.08
"""With any two tiles exchanged, the jumps across all seams must grow to this many times what they are."""

LINE_CONTRAST = 8.0
"""Least standard deviation of luma, of 255, within the box of a printed line."""

BOXED = "find_line"
"""The template whose answer is the box of a line."""

INK = 0.5
"""What differs from the ground by this share of the strongest difference (98th percentile) is ink."""

TIGHT = 0.8
"""Least overlap (intersection over union) of a box with what is printed in it. Of 39 lines that were read on
slides and images those with a box to themselves had 0.94 and more; slanted ones, and one whose box ran over
the border of its field, at most 0.63."""


def check_continuity(draft: Draft, seen: Mapping[int, Samples]) -> Iterator[Finding]:
    """Findings: `order_open`. Put together in the order of the answer, the clips must jump far less from one
    to the next than in any other."""
    places = {medium.label: index for index, medium in enumerate(draft.media)}
    clips = [seen[places[label]] for label in draft.verifier.value if places.get(label) in seen]
    if len(clips) < len(draft.verifier.value) or any(not len(clip.times) for clip in clips):
        yield Finding(code="order_open", detail="a clip is missing")
        return
    jumps = [[distance(a.signatures[-1], b.signatures[0]) for b in clips] for a in clips]
    stated, *others = (
        sum(jumps[a][b] for a, b in pairwise(order)) for order in permutations(range(len(clips)))
    )
    if min(others) < max(OPEN_PATH * stated, stated + PATH_MARGIN):
        yield Finding(code="order_open", detail=f"jumps of {stated:.3f}, in another order {min(others):.3f}")


def check_pictures(draft: Draft, files: Sequence[CutMedia]) -> Iterator[Finding]:
    """Findings on stills: `tiles_alike` (one is blank, two are alike, or they fit otherwise as well),
    `line_not_seen`, `box_not_tight`."""
    for file in files:
        if not isinstance(file.media, Still):
            continue
        for edit in file.media.edits:
            if edit.op == "tiles":
                yield from _check_tiles(read_image(file.path), edit)
        boxes = [c.value for c in draft.evidence if c.kind == "box" and c.label == file.media.label]
        if any(claim.kind == "text" for claim in draft.evidence):
            for box in boxes:
                yield from _check_box(read_image(file.path), box, draft.template == BOXED)


def _check_box(picture: Picture, box: Sequence[float], asked: bool) -> Iterator[Finding]:
    """Something is printed there; where the box is what is `asked` for, it fits what is printed."""
    height, width = picture.shape[:2]
    left, top, right, bottom = box
    inside = picture[
        math.floor(top * height) : math.ceil(bottom * height),
        math.floor(left * width) : math.ceil(right * width),
    ]
    contrast = float(inside.mean(axis=-1).std()) if inside.size else 0.0
    if contrast < LINE_CONTRAST:
        yield Finding(code="line_not_seen", detail=f"contrast of {contrast:.1f} in {list(box)}")
    elif asked and (overlap := _measure_fit(picture, box)) < TIGHT:
        yield Finding(code="box_not_tight", detail=f"overlap of {overlap:.2f} with what is printed")


def _measure_fit(picture: Picture, box: Sequence[float]) -> float:
    """How far a box and the box of the ink that touches it overlap; ink is followed for half the box's
    height beyond it, so that a letter cut off or a border run over counts."""
    import cv2

    height, width = picture.shape[:2]
    left, top, right, bottom = (
        round(edge * size) for edge, size in zip(box, (width, height, width, height), strict=True)
    )
    margin = (bottom - top) // 2
    x, y = max(0, left - margin), max(0, top - margin)
    around = picture[y : bottom + margin, x : right + margin].astype(np.float64)
    rows, columns = slice(top - y, bottom - y), slice(left - x, right - x)
    if not around[rows, columns].size:
        return 0.0
    ground = np.median(around[rows, columns].reshape(-1, 3), axis=0)
    difference = np.abs(around - ground).max(axis=-1)
    ink = difference > INK * np.percentile(difference[rows, columns], 98)
    _, parts, found, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    touching = np.unique(parts[rows, columns])
    touching = touching[touching > 0]
    if not len(touching):
        return 0.0
    corner = np.array([x, y])
    first = corner + found[touching, :2].min(axis=0)
    last = corner + (found[touching, :2] + found[touching, 2:4]).max(axis=0)
    shared = np.maximum(0, np.minimum(last, (right, bottom)) - np.maximum(first, (left, top))).prod()
    area = (right - left) * (bottom - top)
    return float(shared / (area + (last - first).prod() - shared))


def _check_tiles(picture: Picture, edit: Edit) -> Iterator[Finding]:
    tiles = _cut_tiles(picture, edit)
    blank = min(float(tile.mean(axis=-1).std()) for tile in tiles)
    if blank < BLANK:
        yield Finding(code="tiles_alike", detail=f"a tile is blank: contrast {blank:.1f}")
        return
    nearest = min(distance(signature(a, 8, 8), signature(b, 8, 8)) for a, b in combinations(tiles, 2))
    if nearest < TILES_APART:
        yield Finding(code="tiles_alike", detail=f"two tiles differ by {nearest:.3f}")
        return
    across, down = _measure_seams(tiles)
    right = [edit.order.index(index) for index in range(len(tiles))]
    columns = edit.columns or 1
    cost = _sum_seams(right, columns, across, down)
    others = []
    for a, b in combinations(range(len(tiles)), 2):
        swapped = list(right)
        swapped[a], swapped[b] = swapped[b], swapped[a]
        others.append(_sum_seams(swapped, columns, across, down))
    if min(others) < WORSE_SEAMS * cost:
        yield Finding(code="tiles_alike", detail=f"seams of {cost:.1f}, two exchanged {min(others):.1f}")


def _cut_tiles(picture: Picture, edit: Edit) -> list[Picture]:
    """The tiles as they lie in the shuffled picture, in reading order."""
    rows, columns = edit.rows or 1, edit.columns or 1
    width, height = fit_size(picture.shape[1], picture.shape[0], TILE_SIDE)
    high, wide = round(height / rows), round(width / columns)
    small = resize(picture, wide * columns, high * rows)
    return [
        small[row * high : (row + 1) * high, column * wide : (column + 1) * wide]
        for row in range(rows)
        for column in range(columns)
    ]


def _measure_seams(
    pieces: Sequence[Picture],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """How much the picture jumps with tile b to the right of tile a, and below it: mean over the seam."""
    tiles = [piece.astype(np.float64) for piece in pieces]
    across = np.array([[np.abs(a[:, -1] - b[:, 0]).mean() for b in tiles] for a in tiles])
    down = np.array([[np.abs(a[-1] - b[0]).mean() for b in tiles] for a in tiles])
    return across, down


def _sum_seams(
    order: Sequence[int],
    columns: int,
    across: npt.NDArray[np.float64],
    down: npt.NDArray[np.float64],
) -> float:
    total = 0.0
    for place, tile in enumerate(order):
        if (place + 1) % columns:
            total += across[tile, order[place + 1]]
        if place + columns < len(order):
            total += down[tile, order[place + columns]]
    return float(total)
