"""How much of one picture's structure is still there in another: the share of corners followed."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from dataclaw_assets.factual_anchors.extractors.contract import Luma

Points = npt.NDArray[np.float32]

PATCH = 9
"""Side of the patch compared around each corner, in pixels of the small luma plane. Eight of its columns are
followed: OpenCV takes so many at once, and a ninth costs a third more."""

LEVELS = 3
"""Pyramid levels beside the first: what moves by up to half the picture is found."""

STEPS = 10
"""Steps of the search for each corner and level; more of them find hardly more corners."""

PER_CELL = 8
"""Corners kept per cell of a 4 × 3 grid, so that one busy region does not speak for the whole picture."""

FEWEST = 8
"""With fewer corners a picture counts as blank: a share of so few says nothing."""

CLEARLY, MANY = 0.45, 30
"""With this share followed of this many corners the way back need not be tried."""

ALIKE = 0.8
"""Least correlation of two patches that show the same thing; it allows for changes of light and coding."""


def measure_change(first: Luma, second: Luma) -> float:
    """Mean absolute difference of two planes of one shape, of 255."""
    import cv2

    return cv2.norm(first, second, cv2.NORM_L1) / first.size


def find_corners(luma: Luma) -> Points:
    """Corners spread over the picture, n × 2 (Shi and Tomasi 1994, at most `PER_CELL` in each cell)."""
    import cv2

    found: Any = cv2.goodFeaturesToTrack(luma, 400, 0.01, 3)
    if found is None:
        return np.zeros((0, 2), np.float32)
    points: Points = found.reshape(-1, 2)
    height, width = luma.shape
    cell = (points[:, 0] * 4 // width + 4 * (points[:, 1] * 3 // height)).astype(int)
    # best corners first: keep the first few of each cell
    order = np.argsort(cell, kind="stable")
    sorted_cells = cell[order]
    rank = np.arange(len(order)) - np.searchsorted(sorted_cells, sorted_cells)
    kept: Points = points[np.sort(order[rank < PER_CELL])]
    return kept


def follow_corners(first: Luma, second: Luma, points: Points) -> npt.NDArray[np.bool_]:
    """Which corners of the first picture are found in the second (pyramidal Lucas–Kanade, Bouguet 2000).

    A corner counts as found when following it back leads home within a pixel and the patches correlate.
    """
    import cv2

    follow: Any = functools.partial(
        cv2.calcOpticalFlowPyrLK, winSize=(8, PATCH), maxLevel=LEVELS, criteria=(3, STEPS, 0.03)
    )
    found = np.zeros(len(points), bool)
    if not len(points):
        return found
    there, ahead, _ = follow(first, second, points.reshape(-1, 1, 2), None)
    some = np.flatnonzero(ahead[:, 0] == 1)
    if len(some):
        old, new = _patches(first, points[some]), _patches(second, there[some].reshape(-1, 2))
        some = some[_correlate(old, new) > ALIKE]
    if len(some):  # few are left at a cut: the costly way back comes last
        back, behind, _ = follow(second, first, there[some], None)
        home = (behind[:, 0] == 1) & (np.abs(back.reshape(-1, 2) - points[some]).max(axis=1) < 1.0)
        found[some[home]] = True
    return found


def level_light(luma: Luma) -> Luma:
    """The picture with its local mean and contrast (15 px around) made the same everywhere.

    Without it a flash, its haze or a fade passes for another scene: measured in a battle scene, a shot seen
    through muzzle fire kept 0.11 of its corners, and 0.29 levelled, while no true cut rose above 0.11. In
    blurred motion it is the other way round (0.17 and 0.09), so both are tried.
    """
    import cv2

    plane = luma.astype(np.float32)
    around = (15, 15)
    mean = cv2.boxFilter(plane, -1, around)
    spread = np.sqrt(np.maximum(cv2.boxFilter(plane * plane, -1, around) - mean * mean, 0.0))
    return np.clip(128.0 + 40.0 * (plane - mean) / (spread + 4.0), 0, 255).astype(np.uint8)


class Look:
    """A small picture made ready for comparing: its corners, its levelled light, its colours."""

    def __init__(self, luma: Luma, chroma: Luma) -> None:
        self.luma = luma
        self.chroma = chroma

    @functools.cached_property
    def corners(self) -> Points:
        """Corners spread over the picture."""
        return find_corners(self.luma)

    @property
    def blank(self) -> bool:
        """Whether there is too little to follow."""
        return len(self.corners) < FEWEST

    @functools.cached_property
    def levelled(self) -> Luma:
        """The picture with its light levelled."""
        return level_light(self.luma)

    @functools.cached_property
    def layout(self) -> npt.NDArray[np.float32]:
        """Mean luma of the cells of a 16 × 9 grid, less the mean of all."""
        import cv2

        cells = cv2.resize(self.luma, (16, 9), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
        return np.asarray(cells - cells.mean())

    @functools.cached_property
    def flat(self) -> npt.NDArray[np.bool_]:
        """Where there is no texture."""
        return _texture(self.luma) < FLAT


def share_kept(first: Look, second: Look, enough: float = 0.0) -> float:
    """How much of either picture the other still shows, the weaker of both ways, 0-1.

    The share of corners that can be followed, in the light as it is or levelled; where pictures are mostly
    flat, corners speak for little of them, and the share of the flat area that keeps its colour counts as
    well. Below `enough` the value is only known not to be larger.
    """
    if first.blank or second.blank:
        kept = float(first.blank and second.blank)
    else:
        kept = _share_followed_best(first, second, enough)
    flat = _share_of_flat_colour_kept(first, second) if kept > enough else None
    return kept if flat is None else min(kept, flat)


def _share_followed_best(first: Look, second: Look, enough: float) -> float:
    kept = _share_followed(first.luma, second.luma, first, second, enough)
    if kept <= enough:
        kept = max(kept, _share_followed(first.levelled, second.levelled, first, second, enough))
    return kept


def _share_followed(one: Luma, other: Luma, first: Look, second: Look, enough: float) -> float:
    ahead = float(follow_corners(one, other, first.corners).mean())
    if ahead <= enough or (ahead > CLEARLY and len(first.corners) >= MANY):
        return ahead
    return min(ahead, float(follow_corners(other, one, second.corners).mean()))


def match_layout(first: Look, second: Look) -> float:
    """Correlation of the coarse layouts of two pictures: how much the same is at the same place."""
    one, other = first.layout, second.layout
    return float(one @ other) / (float(np.sqrt((one @ one) * (other @ other))) + 1e-6)


MOSTLY = 0.75
"""Share of flat area from which a picture counts as mostly flat (a slide, a title card, a page)."""

FLAT = 4.0
"""Largest local standard deviation of luma (of 255) of an area without texture."""

SAME_COLOUR = 8
"""Largest difference of luma or chroma (of 255) within one colour; coding noise there stays under 3."""


def _share_of_flat_colour_kept(first: Look, second: Look) -> float | None:
    """Share of the area flat in both pictures that keeps its colour; None unless that is most of both."""
    import cv2

    flat = first.flat & second.flat
    if flat.mean() < MOSTLY:
        return None
    same = cv2.absdiff(first.luma, second.luma) <= SAME_COLOUR
    height, width = flat.shape
    off = np.asarray(cv2.absdiff(first.chroma, second.chroma)) > SAME_COLOUR
    tinted: Any = off.any(axis=2).astype(np.uint8)
    same &= cv2.resize(tinted, (width, height), interpolation=cv2.INTER_NEAREST) == 0
    return float(same[flat].mean())


def _texture(luma: Luma) -> npt.NDArray[np.float32]:
    """Local standard deviation, 9 px around."""
    import cv2

    plane = luma.astype(np.float32)
    mean = cv2.boxFilter(plane, -1, (PATCH, PATCH))
    return np.sqrt(np.maximum(cv2.boxFilter(plane * plane, -1, (PATCH, PATCH)) - mean * mean, 0.0))


def _patches(luma: Luma, centres: Points) -> npt.NDArray[np.float32]:
    """Patches around sub-pixel centres, n × PATCH², each with its mean taken off."""
    import cv2

    reach = np.arange(PATCH, dtype=np.float32) - PATCH // 2
    across = centres[:, 0, None, None] + reach[None, None, :] + np.zeros((1, PATCH, 1), np.float32)
    down = centres[:, 1, None, None] + reach[None, :, None] + np.zeros((1, 1, PATCH), np.float32)
    cut: Any = cv2.remap(
        luma,
        across.reshape(-1, PATCH),
        down.reshape(-1, PATCH),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    flat = np.asarray(cut, np.float32).reshape(len(centres), -1)
    return np.asarray(flat - flat.mean(axis=1, keepdims=True), np.float32)


def _correlate(first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    norm = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1)) + 1e-6
    return np.asarray((first * second).sum(axis=1) / norm, np.float32)
