"""What moved between two small pictures: corners followed, and the camera's share of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dataclaw_assets.factual_anchors.extractors.contract import Luma
from dataclaw_assets.factual_anchors.measures.planes import fit_plane

Points = npt.NDArray[np.float32]
"""n × 2, across and down, in pixels of the small plane."""

CELL = 12
"""The strongest corner of each square of this side is followed: points everywhere, none twice."""

CORNER_PX = 3
LEAST_CORNER = 4e-4
"""Side of the blocks, and least minimal eigenvalue (OpenCV's scale), of a corner worth following, both in the
plane of half the size."""

PATCH_PX = (8, 9)
"""Width and height of the patch compared around each corner: OpenCV takes eight pixels of a row at once, and
a ninth costs a third more."""

LEVELS = 3
"""Pyramid levels beside the first: what moves by half the picture in a tenth of a second is not followed."""

UNLIKE = 12.0
"""Largest mean difference (of 255) of the patches around a corner and around where it went."""

REST = 0.6
"""Mean change of luma (of 255) under which nothing moved: coding noise reaches 0.5."""

FIT_PX = 0.7
"""A point whose move a similarity predicts within this follows the camera."""

FEWEST = 12
"""Points that must be followed before the camera's motion is said."""

AGREEING = 0.5
"""Least share of the points that one similarity explains: else objects, not the camera, move."""

SPREAD = 7
"""Least number of cells, of a 4 × 3 grid, in which agreeing points lie: a textured thing that comes nearer
before a plain wall is not the camera."""


@dataclass(frozen=True)
class Drift:
    """Motion of the whole picture, in picture widths a second; y grows downwards, a positive turn is
    clockwise. `grow` and `turn` are the speeds they give to a point half a width from the centre."""

    across: float
    down: float
    grow: float
    turn: float


@dataclass(frozen=True)
class Flow:
    """Corners of the picture at `start_s` and where they are at `end_s`. `drift` is the camera's motion, None
    when the corners do not agree on one; `own` is each corner's move with the camera's taken off (all of the
    move where there is no drift). Where the two pictures are equal there are no points and the drift is 0."""

    start_s: float
    end_s: float
    shape: tuple[int, int]
    """Height and width of the small plane."""
    points: Points
    moves: Points
    own: Points
    drift: Drift | None


NO_POINTS: Points = np.zeros((0, 2), np.float32)


def measure_flow(first: Luma, second: Luma, start_s: float, end_s: float) -> Flow:
    """Follow the corners of the first picture into the second (pyramidal Lucas–Kanade, Bouguet 2000), and
    fit the camera's similarity to them (RANSAC with OpenCV's fixed seed)."""
    import cv2

    if cv2.norm(first, second, cv2.NORM_L1) < REST * first.size:
        return Flow(start_s, end_s, first.shape, NO_POINTS, NO_POINTS, NO_POINTS, Drift(0.0, 0.0, 0.0, 0.0))
    points = spread_corners(first)
    moves = NO_POINTS
    if len(points):
        follow: Any = cv2.calcOpticalFlowPyrLK  # its types know no None, which leaves it to make the points
        there, state, unlike = follow(
            first, second, points.reshape(-1, 1, 2), None,
            winSize=PATCH_PX, maxLevel=LEVELS, criteria=(3, 8, 0.03),
        )  # fmt: skip
        kept = (state.ravel() == 1) & (unlike.ravel() < UNLIKE)
        points, moves = points[kept], (there.reshape(-1, 2) - points)[kept]
    matrix = _fit_similarity(points, moves, first.shape)
    if matrix is None:
        return Flow(start_s, end_s, first.shape, points, moves, moves, None)
    own = moves - (points @ matrix[:, :2].T + matrix[:, 2] - points)
    drift = _drift_of(matrix, first.shape, end_s - start_s)
    return Flow(start_s, end_s, first.shape, points, moves, own.astype(np.float32), drift)


def spread_corners(luma: Luma) -> Points:
    """The strongest corner (Shi and Tomasi 1994) of each cell that has one, to two pixels: found in a plane
    of half the size, where noise is less and there is a quarter to look at."""
    import cv2

    rows, columns = luma.shape[0] // CELL, luma.shape[1] // CELL
    if rows * columns == 0:
        return NO_POINTS
    side = CELL // 2
    half = fit_plane(luma[: rows * CELL, : columns * CELL], (rows * side, columns * side))
    strength = np.asarray(cv2.cornerMinEigenVal(half, CORNER_PX))
    cells = strength.reshape(rows, side, columns, side).swapaxes(1, 2).reshape(rows * columns, side * side)
    best = cells.argmax(axis=1)
    strong = np.flatnonzero(cells[np.arange(len(best)), best] > LEAST_CORNER)
    corners = np.empty((len(strong), 2), np.float32)
    corners[:, 0] = (strong % columns) * CELL + 2 * (best[strong] % side) + 0.5
    corners[:, 1] = (strong // columns) * CELL + 2 * (best[strong] // side) + 0.5
    return corners


def _fit_similarity(points: Points, moves: Points, shape: tuple[int, int]) -> npt.NDArray[np.float64] | None:
    import cv2

    if len(points) < FEWEST:
        return None
    fitted: Any = cv2.estimateAffinePartial2D(
        points, points + moves, method=cv2.RANSAC, ransacReprojThreshold=FIT_PX, maxIters=100, refineIters=3
    )
    matrix, agreeing = fitted
    if matrix is None:
        return None
    agree = np.asarray(agreeing).ravel() == 1
    if agree.mean() < AGREEING:
        return None
    height, width = shape
    cells = (points[agree, 0] * 4 // width).astype(int) + 4 * (points[agree, 1] * 3 // height).astype(int)
    return np.asarray(matrix) if np.count_nonzero(np.bincount(cells)) >= SPREAD else None


def _drift_of(matrix: npt.NDArray[np.float64], shape: tuple[int, int], seconds: float) -> Drift:
    height, width = shape
    centre = np.array([width / 2.0, height / 2.0])
    shift = (matrix[:, :2] @ centre + matrix[:, 2] - centre) / width / seconds
    scale = math.hypot(matrix[0, 0], matrix[1, 0])
    turn = math.atan2(matrix[1, 0], matrix[0, 0])
    return Drift(float(shift[0]), float(shift[1]), 0.5 * math.log(scale) / seconds, 0.5 * turn / seconds)
