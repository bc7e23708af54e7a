"""Frames as extractors see them, made from pictures without a file."""

from __future__ import annotations

import numpy as np

from dataclaw_assets.factual_anchors.extractors.contract import Luma
from dataclaw_assets.factual_anchors.scan import View
from resources.media import Frame, Picture


def make_view(
    picture: Picture, time_s: float, index: int = 0, *, is_exact: bool = True, before: Luma | None = None
) -> View:
    """The view of one RGB picture, all of its pixels taken, as of a key frame where it `is_exact`; `before`
    is the luma of the frame before."""
    import av

    video = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
    view = View(Frame(index, time_s, video, is_exact), 1, None, before)
    view.is_key = is_exact
    return view


def paint_cells(seed: int, size: int, height: int = 90, width: int = 160) -> Picture:
    """Random grey cells of so many pixels: the smaller they are, the sharper the picture."""
    cells = np.random.default_rng(seed).integers(40, 215, (-(-height // size), -(-width // size)), np.uint8)
    grey = cells.repeat(size, axis=0).repeat(size, axis=1)[:height, :width]
    return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, axis=2))
