"""Which frame of an interval to show for it: a sharp and steady one that is cheap to decode again."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left

from dataclaw_assets.anchor_values import FrameValue
from dataclaw_assets.factual_anchors.extractors.contract import FrameView
from dataclaw_assets.factual_anchors.measures.hashing import difference_hash

STEP_S = 0.5
"""How often a frame is rated."""

KEY_STEP_S = 0.2
"""How often a key frame is: some codecs have no other frames."""

NEARLY = 0.85
"""Of the frames at least this share as fit as the best, the one cheapest to decode again is taken: the
nearest after one that need not be."""

KEY_NEARLY = 0.6
"""A key frame need only be this fit: it costs nothing more, and coders put one where a shot begins."""

MARGIN_S = 0.1
"""Frames nearer than this to an end of the interval may still belong to the change there; a key frame may
not, since coders place one where a shot begins."""


class SharpestFinder:
    """Rates frames as they come: six numbers every `STEP_S`, 0.4 MB an hour."""

    def __init__(self) -> None:
        self._times, self._fitness, self._sharpness = array("d"), array("d"), array("d")
        self._frames, self._waits = array("q"), array("q")
        self._hashes = array("Q")
        self._keys = array("b")
        self._exact = 0
        self._rated_s = -math.inf

    def see(self, view: FrameView) -> None:
        """Rate the frame when it is due: sharp is fit, moving is less so."""
        if view.is_exact:
            self._exact = view.index
        if view.time_s < self._rated_s + (KEY_STEP_S if view.is_key else STEP_S) - 1e-6:
            return
        self._rated_s = view.time_s
        self._times.append(view.time_s)
        self._frames.append(view.index)
        self._waits.append(view.index - self._exact)
        self._keys.append(view.is_key)
        self._hashes.append(int(difference_hash(view.luma), 16) if view.is_exact else 0)
        steady = 0.0 if view.is_key else view.change
        self._sharpness.append(view.sharpness)
        self._fitness.append(view.sharpness / (1.0 + steady / 4.0))

    def pick(self, start_s: float, end_s: float) -> FrameValue | None:
        """The frame to show for an interval; None when none of it was rated."""
        first = bisect_left(self._times, start_s - 1e-6)
        last = bisect_left(self._times, end_s - 1e-6)
        inside = [
            place for place in range(first, last)
            if self._keys[place] or start_s + MARGIN_S <= self._times[place] <= end_s - MARGIN_S
        ] or list(range(first, last))  # fmt: skip
        if not inside:
            return None
        best = max(self._fitness[place] for place in inside)
        fit = (
            place for place in inside
            if self._fitness[place] >= (KEY_NEARLY if self._keys[place] else NEARLY) * best
        )  # fmt: skip
        place = min(fit, key=lambda place: (self._waits[place], -self._fitness[place], place))
        time_s, frame = self._times[place], self._frames[place]
        if self._waits[place]:
            return FrameValue(time_s=time_s, frame=frame)
        dhash = f"{self._hashes[place]:016x}"
        return FrameValue(time_s=time_s, frame=frame, sharpness=self._sharpness[place], dhash=dhash)
