"""Whether a line of text that was read in one picture is still the same in another, without reading again."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dataclaw_assets.factual_anchors.extractors.contract import Box

EDGE = 0.3
"""Edges of letters are at least this share of the strongest within the line."""

LEAST_EDGE = 16.0
"""And at least this many levels of 255."""

KEPT = 0.75
"""Least share of the edges of each piece of a line, half as wide as high, that must be there again."""

ADDED = 0.5
"""Most new edges in such a piece, to those of a usual piece: another letter, or one more."""

Grey = npt.NDArray[np.float32]
"""The luma of a picture, height × width."""


def is_still_there(box: Box, then: Grey, now: Grey, rests: bool) -> bool:
    """Whether the letters in a box of one picture are in the same place of another of the same size.

    Looks at vertical edges and their sign, so that a change of light or of a plain ground does not matter;
    `rests` says that nothing moves, and that new edges beside them are letters that were added. What moves
    behind letters can make them look gone, and hardly the other way round.
    """
    left, top, right, bottom = (max(0, round(edge)) for edge in box)
    piece = max(4, (bottom - top) // 2)
    beside = 2 * piece if rests else 0
    first, last = max(0, left - beside), right + beside
    one, two = (np.diff(plane[top:bottom, first:last], axis=1) for plane in (then, now))
    inside = slice(left - first, right - first - 1)
    if one[:, inside].size == 0 or one.shape != two.shape:
        return False
    least = max(LEAST_EDGE, EDGE * float(np.abs(one[:, inside]).max()))
    strong = np.abs(one) >= least
    kept = strong & (one * two > 0) & (np.abs(two) >= least / 2.0)
    new = (np.abs(two) >= least) & (np.abs(one) < least / 2.0)
    before, again = _sum_pieces(strong[:, inside], piece), _sum_pieces(kept[:, inside], piece)
    if not before.any():
        return False
    usual = float(np.median(before[before > 0]))
    if bool((again < KEPT * before)[before >= usual / 4.0].any()):
        return False
    return not bool((_sum_pieces(new, piece) > ADDED * usual).any())


def _sum_pieces(edges: npt.NDArray[np.bool_], width: int) -> npt.NDArray[np.float64]:
    """How many edges there are in each piece of that width."""
    columns = edges.sum(axis=0, dtype=np.float64)
    return np.add.reduceat(columns, np.arange(0, len(columns), width))
