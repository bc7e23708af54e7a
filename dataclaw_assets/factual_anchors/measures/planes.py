"""The small planes of a decoded frame: all that the one pass keeps of its pixels."""

from __future__ import annotations

from typing import Any

import numpy as np

from dataclaw_assets.factual_anchors.extractors.contract import Luma

SMALL_PX = 160
"""The longer side of the small planes, roughly: as small as structure can still be followed in."""

PLANAR = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p"})
"""Pixel formats whose first three planes are eight-bit luma and chroma; others are converted first."""

Shape = tuple[int, int]


def find_stride(video: Any) -> int:
    """Which pixels of an `av.VideoFrame` its small planes take."""
    longer_px: int = max(video.width, video.height)
    return max(1, round(longer_px / SMALL_PX))


def take_planes(video: Any, stride: int, shape: Shape | None = None) -> tuple[Luma, Luma]:
    """The luma of an `av.VideoFrame`, every `stride`-th pixel, and both chroma planes (height × width × 2) at
    a quarter of that size, as displayed; scaled to `shape` where a frame has another size than the others."""
    turns = count_turns(video)
    if video.format.name not in PLANAR:
        video = video.reformat(format="yuv420p")
    planes = video.planes
    whole_px, half_px = planes[0].width, planes[1].width
    luma = _thin_out(planes[0], stride).copy()
    coarse = max(1, round(4 * stride * half_px / whole_px))
    first = _thin_out(planes[1], coarse)
    chroma = np.empty((*first.shape, 2), np.uint8)
    chroma[:, :, 0] = first
    chroma[:, :, 1] = _thin_out(planes[2], coarse)
    if turns:
        luma, chroma = (np.ascontiguousarray(np.rot90(plane, turns)) for plane in (luma, chroma))
    if shape not in (None, luma.shape):
        luma = fit_plane(luma, shape)
    quarter = (-(-luma.shape[0] // 4), -(-luma.shape[1] // 4))
    return luma, chroma if chroma.shape[:2] == quarter else fit_plane(chroma, quarter)


def count_turns(video: Any) -> int:
    """How many quarter turns, against the clock, show an `av.VideoFrame` upright."""
    return int(round(video.rotation / 90) % 4)


def fit_plane(plane: Luma, shape: Shape | None) -> Luma:
    """A plane scaled by area averaging to so many rows and columns."""
    import cv2

    assert shape is not None
    return np.asarray(cv2.resize(plane, (shape[1], shape[0]), interpolation=cv2.INTER_AREA), np.uint8)


def _thin_out(plane: Any, stride: int) -> Luma:
    """Every `stride`-th pixel of a plane, from the middle of the first cell; cheaper than any scaling."""
    height, width = plane.height, plane.width
    pixels = np.frombuffer(plane, np.uint8).reshape(height, plane.line_size)
    return pixels[min(stride // 2, height - 1) :: stride, min(stride // 2, width - 1) : width : stride]
