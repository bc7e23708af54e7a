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

MOST_HELD = 48
"""Pictures held: those of the longest stretch, and a few for frame rates that do not fit `STEP_S`."""

SAME_LAYOUT = 0.85
"""Correlation of two small pictures from which they show the same scene."""

QUARTERS = np.array([0.25, 0.5, 0.75])

TOGETHER_S = 0.6
"""Stretches that end within this time are one event and are put to the costly test once."""

Style = Literal["fade", "dissolve"]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sighting:
    """One picture out of `STEP_S`."""

    time_s: float
    luma: Luma
    chroma: Luma

    @cached_property
    def look(self) -> Look:
        """The picture made ready for comparing."""
        return Look(self.luma, self.chroma)


@dataclass(frozen=True)
class Blend:
    """A gradual transition: from the first mixed picture to the first pure one after it."""

    start_s: float
    end_s: float
    style: Style
    apart: float
    """How unlike its ends are, of 255."""
    contrast: float
    """The share of structure that its end does not share with its start, 0-1."""


@dataclass(frozen=True)
class Pending:
    """The most different of the stretches that ended within `TOGETHER_S` of one another; `seen_s` is the
    end of the first of them."""

    start_s: float
    end_s: float
    style: Style
    apart: float
    first: Sighting
    last: Sighting
    seen_s: float


class BlendFinder:
    """Takes frames one by one; holds the last few seconds of them, thinned to one in `STEP_S`.

    Whether a picture is a mixture of two others is told by dot products, and only one row of those is new
    with each picture: no pixel is looked at twice.
    """

    def __init__(self) -> None:
        self._held: deque[Sighting] = deque()
        self._times = np.zeros(0)
        self._rows = np.zeros((0, 0), np.float32)
        self._stop = 0
        self._dots = np.zeros((0, 0))
        self._sums = np.zeros(0)
        self._pending: Pending | None = None
        self._found: list[Blend] = []

    def see(self, view: FrameView) -> None:
        """Take in a frame."""
        time_s = view.time_s
        if self._held and time_s - self._held[-1].time_s < STEP_S - 0.001:
            return
        # whole numbers around 0, at most 128: float32 holds their dot products exactly, in any order
        self._hold(Sighting(time_s, view.luma, view.chroma), view.tiny.ravel().astype(np.float32) - 128.0)
        self._look_back()

    def finish(self) -> list[Blend]:
        """The transitions, in order of time: of overlapping ones, the one between the most unlike ends."""
        self._settle()
        chosen: list[Blend] = []
        for blend in sorted(self._found, key=lambda blend: (-blend.apart, blend.start_s)):
            if all(blend.end_s <= other.start_s or blend.start_s >= other.end_s for other in chosen):
                chosen.append(blend)
        return _join_fades(sorted(chosen, key=lambda blend: blend.start_s))

    @property
    def _tiny(self) -> npt.NDArray[np.float32]:
        """The pictures held, one a row."""
        return self._rows[self._stop - len(self._times) : self._stop]

    def _hold(self, sighting: Sighting, tiny: npt.NDArray[np.float32]) -> None:
        gone = int(np.searchsorted(self._times, sighting.time_s - LENGTHS_S[-1] - STEP_S))
        gone = max(gone, len(self._times) - MOST_HELD + 1)
        for _ in range(gone):
            self._held.popleft()
        if self._stop == len(self._rows):
            kept = self._tiny.reshape(-1, tiny.size)
            self._rows = np.empty((4 * MOST_HELD, tiny.size), np.float32)
            self._rows[: len(kept)] = kept
            self._stop = len(kept)
        self._rows[self._stop] = tiny
        self._stop += 1
        self._held.append(sighting)
        self._times = np.append(self._times[gone:], sighting.time_s)
        self._sums = np.append(self._sums[gone:], tiny.sum())
        count = len(self._times)
        dots = np.empty((count, count))
        dots[:-1, :-1] = self._dots[gone:, gone:]
        dots[-1] = dots[:, -1] = self._tiny @ tiny
        self._dots = dots

    def _look_back(self) -> None:
        """Hold the stretch that ends with the latest picture, if it is a blend."""
        last = len(self._times) - 1
        time_s = self._times[last]
        if self._pending is not None and time_s > self._pending.seen_s + TOGETHER_S:
            self._settle()
        for apart, first in self._likely(last):
            way = self._mix_of(first, last)
            if way is None:
                continue
            seen_s = time_s if self._pending is None else self._pending.seen_s
            if self._pending is None or apart > self._pending.apart:
                start_s, end_s, style = self._measure(first, way)
                self._pending = Pending(
                    start_s, end_s, style, apart, self._held[first], self._held[last], seen_s
                )
            return

    def _likely(self, last: int) -> list[tuple[float, int]]:
        """How unlike its ends are, and the first picture, of each stretch that may be a blend, most unlike first.

        What three pictures out of the middle forbid, the rest need not be asked.
        """
        dots, times = self._dots, self._times
        lengths = np.array(LENGTHS_S)
        firsts = np.searchsorted(times, times[last] - lengths - 0.01)
        long_enough = (last - firsts + 1 >= FEWEST_STEPS) & (times[last] - times[firsts] >= 0.8 * lengths)
        firsts = firsts[long_enough]
        own = dots.diagonal()
        corner, across = own[firsts], dots[firsts, last]
        whole = corner + own[last] - 2.0 * across
        cells = self._rows.shape[1]
        one, other = self._sums[firsts], self._sums[last]
        alike = across - one * other / cells
        spread = (corner - one * one / cells) * (own[last] - other * other / cells)
        likely = (whole >= APART * APART * cells) & (alike <= SAME_LAYOUT * np.sqrt(np.maximum(spread, 0.0)))
        if not likely.any():
            return []
        firsts, corner, across, whole = firsts[likely], corner[likely], across[likely], whole[likely]
        inner = firsts + ((last - firsts) * QUARTERS[:, None]).astype(np.intp)
        from_first = dots[inner, firsts]
        way = (dots[inner, last] - from_first - across + corner) / whole
        residue = (own[inner] - 2.0 * from_first + corner) / whole - way * way
        torn = ((way > 0.25) & (way < 0.75) & (residue > RESIDUE * RESIDUE)).any(axis=0)
        apart = np.sqrt(whole / cells)
        return sorted(zip(apart[~torn].tolist(), firsts[~torn].tolist(), strict=True), reverse=True)

    def _settle(self) -> None:
        """Follow corners, which is the costly test, for the best of the stretches that ended together."""
        held, self._pending = self._pending, None
        if held is not None:
            kept = share_kept(held.first.look, held.last.look, KEPT)
            if kept <= KEPT:
                self._found.append(Blend(held.start_s, held.end_s, held.style, held.apart, 1.0 - kept))

    def _mix_of(self, first: int, last: int) -> Vector | None:
        """How far each picture has gone from the first to the last, 0-1; None when they are not mixtures."""
        dots = self._dots
        corner = dots[first, first]
        whole = corner + dots[last, last] - 2.0 * dots[first, last]
        from_first = dots[first : last + 1, first]
        way = (dots[first : last + 1, last] - from_first - dots[first, last] + corner) / whole
        steps = np.diff(way)
        if steps.max() > LONGEST_STEP or steps.min() < -BACKWARDS:
            return None
        mixed = (way > 0.25) & (way < 0.75)
        if not mixed.any():
            return None
        own = np.diagonal(dots)[first : last + 1] - 2.0 * from_first + corner
        residue = own[mixed] / whole - way[mixed] ** 2
        return way if residue.max() <= RESIDUE**2 else None

    def _measure(self, first: int, way: Vector) -> tuple[float, float, Style]:
        """The extent, from the times at which a fifth and four fifths of the way are gone, as if even."""
        times = self._times[first:]
        early, late = np.interp([0.2, 0.8], np.maximum.accumulate(way), times)
        margin = (late - early) / 3.0
        empty = self._tiny[first].std() < BLANK or self._tiny[-1].std() < BLANK
        start_s, end_s = max(early - margin, times[0]), min(late + margin, times[-1])
        return float(start_s), float(end_s), "fade" if empty else "dissolve"


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
