"""What gate `visible` asks of shapes that we laid over a clip: each is seen, nothing else looks like one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from dataclaw_assets.quality.gates.contract import Finding
from dataclaw_assets.quality.gates.sampled import Samples
from dataclaw_assets.records import Clip, Shape
from resources.media import Picture

COLOURS = {"red": (213, 43, 30), "green": (0, 158, 75), "blue": (0, 94, 184), "yellow": (240, 200, 20)}
"""What the names of a `Shape`'s colours mean, as RGB."""

MIN_SAMPLES = 2

NEAR = 70.0
"""Colours no farther apart (Euclidean, of 255 a channel) look like one: halved chroma and encoding move a
shape's own by 30 at most."""

HIDDEN = 0.3
"""Share of a shape's surroundings in its own colour from which its form cannot be told."""

COMPACT = (0.6, 1.7, 0.4)
"""Least and greatest width over height, and least share of its box, of a patch that may pass for a shape."""


def check_shapes(clip: Clip, seen: Samples) -> Iterator[Finding]:
    """Findings: `shape_not_seen`, `looks_laid_over` (the footage itself shows what may pass for one)."""
    for shape in clip.shapes:
        on = (seen.times >= shape.start_s) & (seen.times < shape.end_s)
        if on.sum() < MIN_SAMPLES:
            yield Finding(code="shape_not_seen", detail=f"a {shape.form} in {on.sum()} sampled frames")
        for index in np.flatnonzero(on):
            like = _find_alike(seen.pictures[index], shape.colour)
            around = _cover(like.shape, [shape], 1.5) & ~_cover(like.shape, clip.shapes, 1.1)
            if like[_cover(like.shape, [shape], 0.4)].mean() < 0.5 or like[around].mean() > HIDDEN:
                yield Finding(code="shape_not_seen", detail=f"a {shape.form} at {seen.times[index]:.1f} s")
                break
    for colour in sorted({shape.colour for shape in clip.shapes}):
        for time_s, picture in zip(seen.times, seen.pictures, strict=True):
            shown = [shape for shape in clip.shapes if shape.start_s - 0.1 <= time_s < shape.end_s + 0.1]
            like = _find_alike(picture, colour)
            if _passes_for_shape(like & ~_cover(like.shape, shown, 1.2), clip.shapes):
                yield Finding(code="looks_laid_over", detail=f"{colour} in the footage at {time_s:.1f} s")
                break


def _passes_for_shape(like: npt.NDArray[np.bool_], shapes: Sequence[Shape]) -> bool:
    """Whether a patch of one colour is of about the size and the proportions of the shapes."""
    import cv2

    side = min(like.shape)
    smallest, largest = (pick(shape.size for shape in shapes) * side for pick in (min, max))
    _, _, found, _ = cv2.connectedComponentsWithStats(like.astype(np.uint8), connectivity=4)
    return any(
        0.25 * smallest**2 <= area <= 2.0 * largest**2
        and COMPACT[0] <= width / height <= COMPACT[1]
        and area >= COMPACT[2] * width * height
        for _, _, width, height, area in found[1:]
    )


def _find_alike(picture: Picture, colour: str) -> npt.NDArray[np.bool_]:
    """Which pixels look like a colour."""
    difference = picture.astype(np.float64) - np.array(COLOURS[colour], np.float64)
    return np.asarray(np.sqrt((difference**2).sum(axis=-1)) <= NEAR)


def _cover(size: Sequence[int], shapes: Sequence[Shape], times: float) -> npt.NDArray[np.bool_]:
    """The pixels of the boxes of shapes, made so many times larger, and a pixel for the encoder."""
    height, width = size
    covered = np.zeros((height, width), bool)
    for shape in shapes:
        reach = 0.5 * times * shape.size * min(width, height) + (times > 1)
        x, y = shape.x * width, shape.y * height
        rows = slice(max(0, int(y - reach)), int(y + reach) + 1)
        covered[rows, max(0, int(x - reach)) : int(x + reach) + 1] = True
    return covered
