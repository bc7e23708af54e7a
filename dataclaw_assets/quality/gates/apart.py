"""Gate `apart`: pictures that are offered side by side can be told from one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from dataclaw_assets.quality.gates.contract import CutMedia, Finding
from dataclaw_assets.records import Draft, SketchStill, Still

BLOCKS = 16
"""Pictures are compared in this many parts across and down."""

APART = 0.04
"""Mean difference of the pixels of one part, 0-1, from which it is seen. Coding as JPEG makes 0.015 at most;
a part of a photograph that is blurred or pixelated makes 0.05 and more."""


def check_cut_apart(draft: Draft, cut: Sequence[CutMedia | str]) -> Iterator[Finding]:
    """Findings on the files that are shipped: `options_alike`."""
    stills = [
        file
        for file in cut
        if isinstance(file, CutMedia) and isinstance(file.media, Still | SketchStill) and file.media.label
    ]
    if not any(isinstance(file.media, Still) and file.media.edits for file in stills):
        return  # unedited pictures are held apart by what names their moments
    from resources.media import read_image

    pictures = [(str(file.media.label), read_image(file.path)) for file in stills]
    for (first, one), (second, other) in combinations(pictures, 2):
        if one.shape == other.shape and _measure(one, other) < APART:
            yield Finding(code="options_alike", detail=f"{first} and {second}: {_measure(one, other):.3f}")


def _measure(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> float:
    """The largest mean difference of a part, 0-1."""
    from resources.media import resize

    difference = np.abs(one.astype(np.int16) - other).astype(np.uint8)
    return float(resize(difference, BLOCKS, BLOCKS).mean(axis=2).max()) / 255.0
