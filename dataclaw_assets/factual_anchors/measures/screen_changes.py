"""What changes in a recording of a screen from one frame to the next: how much of it, and where."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dataclaw_assets.factual_anchors.extractors.contract import Luma
from dataclaw_assets.factual_anchors.measures.planes import count_turns, take_planes
from dataclaw_assets.records import Stream

LOOK_PX = 640
"""Pictures are compared at about this width, by leaving out pixels: a pointer still covers dozens."""

LEVELS = 12
"""A pixel that differs by more than this, of 255, has changed; a screen at rest in H.264 had none (seen)."""

LEAST_PIXELS = 4
"""Fewer changed pixels than this in a frame are noise."""

Floats = npt.NDArray[np.float64]

NOWHERE = (math.nan, math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Changes:
    """What changed from one frame to the next: `times` of the frames (seconds, source clock), the `shares`
    of the picture that changed (0-1), and the `boxes` of the changed pixels (frames × 4: left, top, right,
    bottom in pixels of the recording; NaN where nothing changed)."""

    times: Floats
    shares: Floats
    boxes: Floats
    width: int
    height: int


def measure_changes(path: Path, stream: Stream) -> Changes:
    """Decode a recording once and compare each frame with the one before. Raises as `decode` does."""
    from resources.media import decode

    times, shares, boxes = [], [], []
    size = (0, 0)
    last: Luma | None = None
    for frame in decode(path, stream):
        video = frame.video
        size = (video.height, video.width) if count_turns(video) % 2 else (video.width, video.height)
        step = max(1, size[0] // LOOK_PX)
        grey, _ = take_planes(video, step)
        changed = None if last is None or last.shape != grey.shape else find_changed(last, grey)
        last = grey
        times.append(frame.time_s)
        shares.append(0.0 if changed is None else float(np.count_nonzero(changed)) / changed.size)
        boxes.append(NOWHERE if changed is None else _bound(changed, step))
    return Changes(
        np.array(times), np.array(shares), np.array(boxes, dtype=np.float64).reshape(-1, 4), size[0], size[1]
    )


def find_changed(last: Luma, grey: Luma) -> npt.NDArray[np.bool_]:
    """Which pixels of a grey picture differ from those of the one before."""
    import cv2

    return np.asarray(cv2.absdiff(last, grey)) > LEVELS


def _bound(changed: npt.NDArray[np.bool_], step: int) -> tuple[float, float, float, float]:
    if np.count_nonzero(changed) < LEAST_PIXELS:
        return NOWHERE
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    left, top, right, bottom = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    return float(left * step), float(top * step), float(right * step), float(bottom * step)
