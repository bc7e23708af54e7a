"""Finding gradual transitions: stretches whose pictures are mixtures of the one before and the one after."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from dataclaw_assets.factual_anchors.extractors.contract import FrameView, Luma
from dataclaw_assets.factual_anchors.measures.cuts import KEPT
from dataclaw_assets.factual_anchors.measures.structure import Look, match_layout, share_kept

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

CUT_SHARE = 0.7
"""A step that covers this share of the squared difference of the two ends is a cut: seen at a glance."""

BACKWARDS = 0.12
"""Most of the way that a step may go back."""

BLANK = 6.0
"""Standard deviation of luma (of 255) under which a picture is empty: the end of a fade."""

MOST_HELD = 48
"""Pictures held: those of the longest stretch, and a few for frame rates that do not fit `STEP_S`."""

SAME_LAYOUT = 0.85
"""Correlation of two small pictures from which they show the same scene."""

TOGETHER_S = 0.6
"""Stretches that end within this time are one event and are put to the costly test once."""

EARLIER_S = 0.3
"""A flare of light is over so long before and after the stretch that it makes look like a blend."""

Style = Literal["fade", "dissolve"]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sighting:
    """One picture out of `STEP_S`, small: its dot products with those before it, the last with itself."""

    number: int
    time_s: float
    luma: Luma
    chroma: Luma
    dots: list[float]
    total: float
    jump: float
    """The squared difference to the picture before."""

    def dot(self, other: Sighting) -> float:
        """The dot product with this or an earlier picture."""
        return self.dots[other.number - self.number - 1]

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
        self._held: list[Sighting] = []
        self._rows = np.zeros((0, 0), np.float32)
        self._stop = 0
        self._pending: Pending | None = None
        self._found: list[Blend] = []

    def see(self, view: FrameView) -> None:
        """Take in a frame."""
        if not self._held or view.time_s - self._held[-1].time_s >= STEP_S - 0.001:
            self._hold(view)
            self._look_back()

    def finish(self) -> list[Blend]:
        """The transitions, in order of time: of overlapping ones, the one between the most unlike ends."""
        self._settle()
        chosen: list[Blend] = []
        for blend in sorted(self._found, key=lambda blend: (-blend.apart, blend.start_s)):
            if all(blend.end_s <= other.start_s or blend.start_s >= other.end_s for other in chosen):
                chosen.append(blend)
        return _join_fades(sorted(chosen, key=lambda blend: blend.start_s))

    def _hold(self, view: FrameView) -> None:
        oldest_s = view.time_s - LENGTHS_S[-1] - STEP_S
        while self._held and (self._held[0].time_s < oldest_s or len(self._held) >= MOST_HELD):
            self._held.pop(0)
        # whole numbers around 0, at most 128: float32 holds their dot products exactly, in any order
        tiny = view.tiny.ravel().astype(np.float32) - 128.0
        if self._stop == len(self._rows):
            kept = self._rows[self._stop - len(self._held) : self._stop].reshape(-1, tiny.size)
            self._rows = np.empty((4 * MOST_HELD, tiny.size), np.float32)
            self._rows[: len(kept)] = kept
            self._stop = len(kept)
        self._rows[self._stop] = tiny
        self._stop += 1
        dots = (self._rows[self._stop - len(self._held) - 1 : self._stop] @ tiny).tolist()
        before = self._held[-1] if self._held else None
        number = before.number + 1 if before else 0
        jump = before.dots[-1] + dots[-1] - 2.0 * dots[-2] if before else 0.0
        self._held.append(
            Sighting(number, view.time_s, view.luma, view.chroma, dots, float(tiny.sum()), jump)
        )

    def _look_back(self) -> None:
        """Hold the stretch that ends with the latest picture, if it is a blend."""
        time_s = self._held[-1].time_s
        held = self._pending
        if held is not None and time_s > held.seen_s + TOGETHER_S:
            self._settle()
        for apart, first in sorted(self._list_likely(), reverse=True):
            way = self._mix_of(first)
            if way is None:
                continue
            seen_s = time_s if self._pending is None else self._pending.seen_s
            if time_s > seen_s + TOGETHER_S:
                return
            if self._pending is None or apart > self._pending.apart:
                start_s, end_s, style = self._measure(first, way)
                self._pending = Pending(
                    start_s, end_s, style, apart, self._held[first], self._held[-1], seen_s
                )
            return

    def _list_likely(self) -> list[tuple[float, int]]:
        """The stretches up to the latest picture that may be blends: how unlike their ends are, and the place
        of the first picture. What three pictures out of the middle forbid, the rest need not be asked."""
        held, last = self._held, self._held[-1]
        cells = self._rows.shape[1]
        likely = []
        first, jump = len(held) - 1, 0.0
        for length_s in LENGTHS_S:
            while first > 0 and held[first - 1].time_s >= last.time_s - length_s - 0.01:
                jump = max(jump, held[first].jump)
                first -= 1
            one = held[first]
            if len(held) - first < FEWEST_STEPS or last.time_s - one.time_s < 0.8 * length_s:
                continue
            across = last.dot(one)
            whole = one.dots[-1] + last.dots[-1] - 2.0 * across
            if whole < APART * APART * cells or jump > CUT_SHARE * whole:
                continue
            together = across - one.total * last.total / cells
            spread = (one.dots[-1] - one.total**2 / cells) * (last.dots[-1] - last.total**2 / cells)
            if together > SAME_LAYOUT * math.sqrt(max(spread, 0.0)):
                continue
            steps = len(held) - 1 - first
            if all(self._may_mix(first, first + steps * part // 4, whole) for part in (1, 2, 3)):
                likely.append((math.sqrt(whole / cells), first))
        return likely

    def _may_mix(self, first: int, place: int, whole: float) -> bool:
        """Whether one picture between two others is near one end, or a mixture of both."""
        one, here, last = self._held[first], self._held[place], self._held[-1]
        from_first = here.dot(one)
        way = (last.dot(here) - from_first - last.dot(one) + one.dots[-1]) / whole
        if not 0.25 < way < 0.75:
            return True
        return (here.dots[-1] - 2.0 * from_first + one.dots[-1]) / whole - way * way <= RESIDUE * RESIDUE

    def _settle(self) -> None:
        """Follow corners, which is the costly test, for the best of the stretches that ended together."""
        held, self._pending = self._pending, None
        if held is not None:
            kept = share_kept(held.first.look, held.last.look, KEPT)
            if kept <= KEPT and not self._was_there_before(held):
                self._found.append(Blend(held.start_s, held.end_s, held.style, held.apart, 1.0 - kept))

    def _was_there_before(self, held: Pending) -> bool:
        """Whether the picture after a stretch is more like the one before it than its own first picture is: a
        flare goes out."""
        earlier = [one for one in self._held if one.time_s <= held.start_s - EARLIER_S]
        later = [one for one in self._held if one.time_s >= held.end_s + EARLIER_S]
        if not earlier or not later:
            return False
        back = match_layout(earlier[-1].look, later[0].look)
        return back > SAME_LAYOUT and back > match_layout(earlier[-1].look, held.first.look)

    def _mix_of(self, first: int) -> Vector | None:
        """How far each picture has gone from the first to the last, 0-1; None when they are not mixtures."""
        one, last = self._held[first], self._held[-1]
        inner = self._held[first:]
        from_first = np.array([here.dot(one) for here in inner])
        from_last = np.array(last.dots[one.number - last.number - 1 :])
        own = np.array([here.dots[-1] for here in inner])
        corner, across = one.dots[-1], last.dot(one)
        whole = corner + last.dots[-1] - 2.0 * across
        way = (from_last - from_first - across + corner) / whole
        steps = np.diff(way)
        if steps.max() > LONGEST_STEP or steps.min() < -BACKWARDS:
            return None
        mixed = (way > 0.25) & (way < 0.75)
        if not mixed.any():
            return None
        residue = (own - 2.0 * from_first + corner)[mixed] / whole - way[mixed] ** 2
        return way if residue.max() <= RESIDUE**2 else None

    def _measure(self, first: int, way: Vector) -> tuple[float, float, Style]:
        """The extent, from the times at which a fifth and four fifths of the way are gone, as if even."""
        times = np.array([sighting.time_s for sighting in self._held[first:]])
        early, late = np.interp([0.2, 0.8], np.maximum.accumulate(way), times)
        margin = (late - early) / 3.0
        start = self._rows[self._stop - len(self._held) + first]
        empty = start.std() < BLANK or self._rows[self._stop - 1].std() < BLANK
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
