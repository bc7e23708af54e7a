"""Which frame of an interval to show for it: a sharp and steady one that is cheap to decode again."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left

from dataclaw_assets.factual_anchors.extractors.contract import FrameView

STEP_S = 0.5
"""How often a frame is rated."""

KEY_STEP_S = 0.2
"""How often a key frame is: some codecs have no other frames."""

NEARLY = 0.85
"""Of the frames at least this share as fit as the best, the one nearest after a key frame is taken."""

MARGIN_S = 0.1
"""Frames nearer than this to an end of the interval may still belong to the change there; a key frame may
not, since coders place one where a shot begins."""


class SharpestFinder:
    """Rates frames as they come: five numbers every `STEP_S`, 0.3 MB an hour."""

    def __init__(self) -> None:
        self._times, self._fitness = array("d"), array("d")
        self._frames, self._waits = array("q"), array("q")
        self._key = 0
        self._rated_s = -math.inf

    def see(self, view: FrameView) -> None:
        """Rate the frame when it is due: sharp is fit, moving is less so."""
        wait_s = STEP_S
        if view.is_exact:
            self._key, wait_s = view.index, KEY_STEP_S
        if view.time_s < self._rated_s + wait_s - 1e-6:
            return
        self._rated_s = view.time_s
        self._times.append(view.time_s)
        self._frames.append(view.index)
        self._waits.append(view.index - self._key)
        steady = view.change if not view.is_exact else 0.0
        self._fitness.append(view.sharpness / (1.0 + steady / 4.0))

    def pick(self, start_s: float, end_s: float) -> tuple[float, int] | None:
        """Time and number of the frame to show for an interval; None when none of it was rated."""
        first = bisect_left(self._times, start_s - 1e-6)
        last = bisect_left(self._times, end_s - 1e-6)
        inside = [
            place for place in range(first, last)
            if not self._waits[place] or start_s + MARGIN_S <= self._times[place] <= end_s - MARGIN_S
        ] or list(range(first, last))  # fmt: skip
        if not inside:
            return None
        best = max(self._fitness[place] for place in inside)
        fit = (place for place in inside if self._fitness[place] >= NEARLY * best)
        place = min(fit, key=lambda place: (self._waits[place], -self._fitness[place], place))
        return self._times[place], self._frames[place]
