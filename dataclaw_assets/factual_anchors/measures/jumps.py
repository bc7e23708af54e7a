"""Where a stream jumps to another picture: no measurement of motion may reach across."""

from __future__ import annotations

from collections import deque

from dataclaw_assets.factual_anchors.extractors.contract import FrameView

AROUND_S = 0.35
"""How far back a frame's change is compared with others: longer than a frame that is shown twice or
thrice."""

MOST = 24
"""Frames held: as many as there are in that time at 60 a second."""

AFTER = 2
"""And with so many frames after it: a flash changes the picture twice, a new shot once."""

LEAST = 4.0
"""Least mean change of luma (of 255) of a jump; slides that share a layout change by 6."""

RATIO = 2.0
"""A jump changes the picture so many times as much as any frame around it."""


class JumpFinder:
    """Takes frames one by one; `see` says, a few frames late, that the picture jumped, and when.

        It is quicker and cruder than `CutFinder`: what jumps need not be a cut, and a cut amid fast motion
    is missed.
    """

    def __init__(self) -> None:
        self._held: deque[tuple[float, float]] = deque(maxlen=MOST)

    def see(self, view: FrameView) -> float | None:
        """Take in a frame; the time of the frame `AFTER` frames back when that was a jump."""
        held = self._held
        held.append((view.time_s, view.change))
        if len(held) <= AFTER:
            return None
        time_s, change = held[-1 - AFTER]
        # nearly all frames leave here: this runs for every one
        if change < LEAST or RATIO * held[-AFTER][1] > change:
            return None
        near = [other for at_s, other in held if at_s != time_s and at_s >= time_s - AROUND_S]
        return None if RATIO * max(near) > change else time_s
