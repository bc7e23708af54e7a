"""Black stretches, and frames shown again and again amid footage that moves."""

from __future__ import annotations

import statistics
from collections import deque
from dataclasses import dataclass

from dataclaw_assets.factual_anchors.extractors.contract import FrameView

BLACK_LUMA = 23.0
"""Largest mean luma (of 255, black is 16) of a black frame; a scene lit at a seventh has 31."""

BLACK_SPREAD = 5.0
"""Largest standard deviation of a black frame: a line of text on black has 15."""

BLACK_S = 0.2
"""Shorter ones are flickers."""

EQUAL = 0.1
"""Largest mean change of luma (of 255) to a frame that is shown again. A camera's own noise makes more."""

REFRESHED = 1.0
"""Largest change that coding makes to a frame shown again where it begins anew, one frame alone."""

FREEZE_S = 0.5
"""Shorter ones are hiccups."""

MOVES = 0.7
"""Least median change of the footage just before or after a frozen stretch."""

ABRUPT = 0.4
"""Least change, in units of that median, of each frame next to it: what comes to rest by itself slows
down."""

JUMPED = 4.0
"""Change, in units of that median, from which the stretch begins or ends with another picture: a slide."""

BESIDE = 6
"""Frames on either side that must move."""


@dataclass(frozen=True)
class Stretch:
    """A stretch of frames; `level` is the brightest mean luma of a black one, of 255."""

    start_s: float
    end_s: float
    first: int
    last: int
    level: float = 0.0


class BlackFinder:
    """Takes frames one by one; `found` are the black stretches."""

    def __init__(self) -> None:
        self.found: list[Stretch] = []
        self._start: tuple[float, int] | None = None
        self._level = 0.0
        self._margin = 0.0

    def see(self, view: FrameView) -> None:
        """Take in a frame."""
        # the mean cannot fall by more than the picture changes: a bright picture need not be measured
        self._margin -= view.change
        if self._margin > 0.0:
            return
        import cv2

        mean, spread = cv2.meanStdDev(view.luma)
        level = float(mean[0, 0])
        self._margin = level - BLACK_LUMA
        if level <= BLACK_LUMA and float(spread[0, 0]) <= BLACK_SPREAD:
            if self._start is None:
                self._start, self._level = (view.time_s, view.index), level
            self._level = max(self._level, level)
        elif self._start is not None:
            self.finish(view.time_s, view.index)

    def finish(self, end_s: float, end: int) -> None:
        """End a stretch that may be open."""
        if self._start is not None and end_s - self._start[0] >= BLACK_S:
            self.found.append(Stretch(self._start[0], end_s, self._start[1], end, self._level))
        self._start = None


class FreezeFinder:
    """Takes frames one by one; holds the changes of the last few. `found` are the frozen stretches."""

    def __init__(self) -> None:
        self.found: list[Stretch] = []
        self._before: deque[float] = deque(maxlen=BESIDE)
        self._last: tuple[float, int] = (0.0, 0)
        self._start: tuple[float, int] | None = None
        self._moved = False
        self._odd = False
        self._waiting: tuple[Stretch, list[float]] | None = None

    def see(self, view: FrameView) -> None:
        """Take in a frame."""
        change, now = view.change, (view.time_s, view.index)
        if view.index > 0:
            if self._waiting is not None:
                self._judge_after(change)
            if change <= EQUAL:
                if self._start is None:
                    self._start, self._moved = self._last, _moves(list(self._before))
                self._odd = False
            elif self._start is not None and change <= REFRESHED and not self._odd:
                self._odd = True  # one frame coded anew; the next one shows whether it moves
                self._odd_at = now, change
            elif self._start is not None:
                end, changes = (self._odd_at[0], [self._odd_at[1]]) if self._odd else (now, [])
                self._end(*end)
                self._before.extend(changes)
                for one in (*changes, change):
                    self._judge_after(one)
            if self._start is None:
                self._before.append(change)
        self._last = now

    def finish(self) -> None:
        """Forget a stretch that lasts to the end of the source: a scene may have come to rest."""
        self._start = None

    def _end(self, end_s: float, end: int) -> None:
        """End a stretch: it is frozen when the footage moved just before it, or moves just after it."""
        if self._start is not None and end_s - self._start[0] >= FREEZE_S:
            stretch = Stretch(self._start[0], end_s, self._start[1], end)
            if self._moved:
                self.found.append(stretch)
            elif stretch.first > 0:  # what a source begins with may rest by itself
                self._waiting = stretch, []
        self._start, self._odd = None, False
        self._before.clear()

    def _judge_after(self, change: float) -> None:
        """Whether the footage moves after the stretch that waits."""
        if self._waiting is None:
            return
        stretch, changes = self._waiting
        changes.append(change)
        if len(changes) == BESIDE:
            if _moves(changes[::-1]):
                self.found.append(stretch)
            self._waiting = None


def _moves(changes: list[float]) -> bool:
    """Whether changes, the last one next to the stretch, are those of footage that moves."""
    if len(changes) < BESIDE:
        return False
    usual = statistics.median(changes)
    return usual >= MOVES and all(ABRUPT * usual <= one <= JUMPED * usual for one in changes[-3:])
