"""Finding gradual transitions: stretches whose pictures are mixtures of the one before and the one after."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from dataclaw_assets.factual_anchors.cuts import KEPT
from dataclaw_assets.factual_anchors.extractors.contract import FrameView, Luma
from dataclaw_assets.factual_anchors.structure import Look, share_kept

STEP_S = 0.08
"""Blends are sought among frames this far apart; the shortest dissolve found is about five of them."""

LENGTHS_S = (0.48, 0.8, 1.2, 1.7, 2.4, 3.2)
"""Lengths of the stretches tried; the ends of a longer blend are still found, by its fastest part."""

FEWEST_STEPS = 5
"""A stretch needs this many pictures: two mixtures between its ends may be chance."""

APART = 8.0
"""Least root-mean-square difference of the two ends, of 255."""

RESIDUE = 0.36
"""Most that may be left of a picture in mid-blend when the best mixture of the two ends is taken off, as a
share of their difference. Measured on 40 dissolves made between moving shots: 38 lie under 0.36 (median 0.2);
in labelled single shots and cuts nothing under it that is not followable, the nearest 0.39."""

LONGEST_STEP = 0.6
"""Most of the way that one step may go, else it is a cut."""

BACKWARDS = 0.12
"""Most of the way that a step may go back."""

BLANK = 6.0
"""Standard deviation of luma (of 255) under which a picture is empty: the end of a fade."""

Tiny = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Sighting:
    """One picture out of `STEP_S`, small enough to keep for a few seconds."""

    index: int
    time_s: float
    luma: Luma
    chroma: Luma
    tiny: Tiny

    @cached_property
    def look(self) -> Look:
        """The picture made ready for comparing."""
        return Look(self.luma, self.chroma)


@dataclass(frozen=True)
class Blend:
    """A gradual transition: from the first mixed picture to the first pure one after it."""

    start_s: float
    end_s: float
    style: Literal["fade", "dissolve"]
    apart: float
    """How unlike its ends are, of 255."""
    contrast: float
    """The share of structure that its end does not share with its start, 0-1."""


class BlendFinder:
    """Takes frames one by one; holds the last few seconds of them, thinned to one in `STEP_S`."""

    def __init__(self) -> None:
        self._held: deque[Sighting] = deque()
        self._found: list[Blend] = []

    def see(self, view: FrameView) -> None:
        """Take in a frame."""
        time_s = view.time_s
        if self._held and time_s - self._held[-1].time_s < STEP_S - 0.001:
            return
        tiny = view.tiny.astype(np.float32).ravel()
        self._held.append(Sighting(view.index, time_s, view.luma, view.chroma, tiny))
        while self._held[0].time_s < time_s - LENGTHS_S[-1] - STEP_S:
            self._held.popleft()
        self._look_back()

    def finish(self) -> list[Blend]:
        """The transitions, in order of time: of overlapping ones, the one between the most unlike ends."""
        chosen: list[Blend] = []
        for blend in sorted(self._found, key=lambda blend: (-blend.apart, blend.start_s)):
            if all(blend.end_s <= other.start_s or blend.start_s >= other.end_s for other in chosen):
                chosen.append(blend)
        return _join_fades(sorted(chosen, key=lambda blend: blend.start_s))

    def _look_back(self) -> None:
        """Try the stretches that end now, longest difference first; one that passes is enough."""
        held = list(self._held)
        last = held[-1]
        stretches = []
        for length_s in LENGTHS_S:
            first = next(
                place for place, one in enumerate(held) if one.time_s >= last.time_s - length_s - 0.01
            )
            stretch = held[first:]
            if len(stretch) >= FEWEST_STEPS and last.time_s - stretch[0].time_s >= 0.8 * length_s:
                stretches.append((_difference(stretch[0].tiny, last.tiny), stretch))
        for apart, stretch in sorted(stretches, key=lambda pair: -pair[0]):
            if apart < APART or _same_layout(stretch[0].tiny, last.tiny):
                continue
            way = _mix_of(stretch)
            if way is None:
                continue
            # following corners is the costly test: one stretch for each picture gets it
            kept = share_kept(stretch[0].look, last.look)
            if kept <= KEPT:
                self._found.append(_measure(stretch, way, apart, 1.0 - kept))
            return


def _mix_of(stretch: list[Sighting]) -> npt.NDArray[np.float64] | None:
    """How far each picture has gone from the first to the last, 0-1; None when they are not mixtures."""
    stack = np.stack([one.tiny for one in stretch]).astype(np.float64)
    path = stack[-1] - stack[0]
    inner = stack[1:-1] - stack[0]
    way = np.concatenate([[0.0], inner @ path / (path @ path), [1.0]])
    steps = np.diff(way)
    if steps.max() > LONGEST_STEP or steps.min() < -BACKWARDS:
        return None
    residue = np.sqrt(((inner - way[1:-1, None] * path) ** 2).sum(axis=1) / (path @ path))
    mixed = (way[1:-1] > 0.25) & (way[1:-1] < 0.75)
    if not mixed.any() or residue[mixed].max() > RESIDUE:
        return None
    return way


def _measure(stretch: list[Sighting], way: npt.NDArray[np.float64], apart: float, contrast: float) -> Blend:
    """The extent, from the times at which a fifth and four fifths of the way are gone, as if it were even."""
    times = np.array([one.time_s for one in stretch])
    rising = np.maximum.accumulate(way)
    early, late = np.interp([0.2, 0.8], rising, times)
    margin = (late - early) / 3.0
    empty = stretch[0].tiny.std() < BLANK or stretch[-1].tiny.std() < BLANK
    return Blend(
        start_s=float(max(early - margin, times[0])),
        end_s=float(min(late + margin, times[-1])),
        style="fade" if empty else "dissolve",
        apart=apart,
        contrast=contrast,
    )


def _join_fades(blends: list[Blend]) -> list[Blend]:
    """A fade to an empty picture and the one out of it, at most a second later, are one transition."""
    joined: list[Blend] = []
    for blend in blends:
        before = joined[-1] if joined else None
        if before and before.style == blend.style == "fade" and blend.start_s - before.end_s <= 1.0:
            joined[-1] = Blend(
                before.start_s,
                blend.end_s,
                "fade",
                max(before.apart, blend.apart),
                min(before.contrast, blend.contrast),
            )
        else:
            joined.append(blend)
    return joined


def _difference(first: Tiny, second: Tiny) -> float:
    return float(np.sqrt(((first - second) ** 2).mean()))


def _same_layout(first: Tiny, second: Tiny) -> bool:
    """A quick way out: two pictures that correlate so well show the same scene."""
    one, other = first - first.mean(), second - second.mean()
    return float(one @ other) > 0.85 * float(np.sqrt((one @ one) * (other @ other)) + 1e-6)
