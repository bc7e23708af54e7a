"""Finding hard cuts in a stream of small planes: an isolated change across which nothing can be followed."""

from __future__ import annotations

import functools
import statistics
from collections import deque
from dataclasses import dataclass
from itertools import pairwise

from dataclaw_assets.factual_anchors.extractors.contract import FrameView, Luma
from dataclaw_assets.factual_anchors.measures.structure import Look, match_layout, measure_change, share_kept

SURROUND_S = 0.6
"""How far around a frame its own change is compared with the usual one."""

NEAR_S = 0.12
"""A cut is the largest change within this time: two changes closer together are one event."""

STAY_S = 0.17
"""For this long, before and after, every picture must differ: longer than the flash of a gun or a camera."""

FLOOR = 1.5
"""Least mean change of luma (of 255) worth looking at. Coding noise at a key frame reaches 0.5; the weakest
real change of slide that was measured is 6.0."""

SPIKE = 1.4
"""Least ratio of a cut's change to the median change around it. Measured: 1.7 in a hand-held battle scene,
above 10 in quiet footage; steady fast motion stays near 1.0."""

KEPT = 0.16
"""Most structure that may survive a cut. Measured on labelled footage: at cuts at most 0.11 (slides that
share a layout), at isolated changes inside shots at least 0.29."""

ALONE = 2.0
"""Ratio to the next largest change within `NEAR_S` from which a cut stands alone."""

KEPT_BUSY = 0.06
"""Most structure that may survive a cut that does not stand alone, as in a fight filmed from the shoulder:
measured at most 0.03 at cuts there, at least 0.17 in blurred fast motion without a cut."""

REFRESHED = 0.95
"""Correlation of the coarse layouts across a change in moving footage from which it is the coder's doing (a
key frame that looks better than the one before), not a cut. Slides may be as alike, but nothing moves around
them."""

FLASHED = 0.4
"""Least correlation of the coarse layouts of one scene before and after a flash, a sixth of a second
apart."""

FAST = 0.4
"""In a whipping pan neighbours change about as much as the frame itself; this share of it is enough."""


@dataclass(eq=False)
class Moment:
    """A frame held while its surroundings are still coming in."""

    index: int
    time_s: float
    luma: Luma
    chroma: Luma
    change: float

    @functools.cached_property
    def look(self) -> Look:
        """The frame made ready for comparing; few frames ever need it."""
        return Look(self.luma, self.chroma)


@dataclass(frozen=True)
class Cut:
    """The first frame of a new shot; `contrast` is the share of structure that did not survive, 0-1."""

    index: int
    time_s: float
    contrast: float


class CutFinder:
    """Takes frames one by one; holds no more than `2 × SURROUND_S` of them.

    `cuts` are those found; `shocks` are the isolated changes that were looked at and turned down, with the
    share of structure lost.
    """

    def __init__(self) -> None:
        self.cuts: list[Cut] = []
        self.shocks: list[Cut] = []
        self._held: deque[Moment] = deque()
        self._next = 0

    def see(self, view: FrameView) -> None:
        """Take in a frame."""
        change, time_s = view.change, view.time_s
        if self._held:
            change = max(change, measure_change(self._held[-1].chroma, view.chroma))
        self._held.append(Moment(view.index, time_s, view.luma, view.chroma, change))
        while self._next < len(self._held) and self._held[self._next].time_s < time_s - SURROUND_S:
            self._judge(self._next)
            self._next += 1
        while self._held[0].time_s < self._held[self._next].time_s - SURROUND_S and self._next > 1:
            self._held.popleft()
            self._next -= 1

    def finish(self) -> None:
        """Judge the frames whose surroundings the end of the stream cuts short."""
        while self._next < len(self._held):
            self._judge(self._next)
            self._next += 1

    def _judge(self, place: int) -> None:
        here = self._held[place]
        if place == 0 or here.change < FLOOR:
            return
        if here.change < max(other.change for other in self._list(place - 1, place + 2) if other.index > 0):
            return  # most frames that move leave here, cheaply
        near = [other for other in self._within(place, NEAR_S) if other.index > 0]
        if any(other.change > here.change for other in near):
            return
        usual = statistics.median(
            [one.change for one in self._within(place, SURROUND_S) if one.index > 0] or [0]
        )
        if here.change < SPIKE * max(usual, 0.5):
            return
        before = self._held[place - 1]
        if usual > 0.5 and match_layout(before.look, here.look) > REFRESHED:
            return
        alone = all(here.change >= ALONE * other.change for other in near)
        limit = KEPT if alone else KEPT_BUSY
        kept = self._kept_across(place, limit)
        found = Cut(here.index, here.time_s, 1.0 - kept)
        if kept > limit or self._in_fast_motion(place):
            self.shocks.append(found)
        else:
            self.cuts.append(found)

    def _kept_across(self, place: int, limit: float) -> float:
        """The largest share that survives from any picture shortly before to any shortly after."""
        time_s = self._held[place].time_s
        before = [moment for moment in self._list(0, place) if moment.time_s >= time_s - STAY_S]
        after = [moment for moment in self._list(place, len(self._held)) if moment.time_s <= time_s + STAY_S]
        nearest = self._held[place - 1], self._held[place]
        # A flash begins with a change to what is soon gone again, and ends with one back to what was before.
        best = share_kept(nearest[0].look, nearest[1].look, limit)
        for first, second in ((nearest[0], after[-1]), ((before or nearest)[0], nearest[1])):
            if best <= limit and match_layout(first.look, second.look) > FLASHED:
                best = max(best, share_kept(first.look, second.look, limit))
        return best

    def _in_fast_motion(self, place: int) -> bool:
        """Whether the frames on both sides change as fast and can be followed as little: a whipping pan."""
        here = self._held[place]
        if place < 2 or place + 1 >= len(self._held):
            return False
        sides = self._list(place - 2, place), self._list(place, place + 2)
        for (first, second), other in zip(
            (next(pairwise(side)) for side in sides),
            (self._held[place - 1], self._held[place + 1]),
            strict=True,
        ):
            if abs(other.time_s - here.time_s) > NEAR_S or other.change < FAST * here.change:
                return False
            if share_kept(first.look, second.look, KEPT) > KEPT:
                return False
        return True

    def _within(self, place: int, seconds: float) -> list[Moment]:
        """The other frames at most that far from one."""
        time_s = self._held[place].time_s
        first, stop = place, place + 1
        while first > 0 and time_s - self._held[first - 1].time_s <= seconds:
            first -= 1
        while stop < len(self._held) and self._held[stop].time_s - time_s <= seconds:
            stop += 1
        return [self._held[at] for at in range(first, stop) if at != place]

    def _list(self, start: int, stop: int) -> list[Moment]:
        return [self._held[place] for place in range(start, min(stop, len(self._held)))]
