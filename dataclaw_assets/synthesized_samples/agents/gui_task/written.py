"""What is written on a session's screens around some times: few anchors of many."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from dataclaw_assets.anchor_values import ScreenStateChangeValue
from dataclaw_assets.quality.known import Known
from dataclaw_assets.records import Anchor
from dataclaw_assets.synthesized_samples.agents.gui_task.screens import LAST_S, Screen, read_screen

WRITTEN = ("lines_visible", "text", "text_line")
"""The kinds of anchors that say what is written on the screen."""


class Written:
    """What is written on a session's screens, by time: from one change of it to the next they are one
    screen."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        timed = [
            anchor
            for anchor in anchors
            if anchor.kind in WRITTEN and anchor.start_s is not None and anchor.end_s is not None
        ]
        self._known = Known(timed)
        self._changes = sorted(
            {edge for anchor in timed for edge in (anchor.start_s or 0.0, anchor.end_s or 0.0)}
        )
        self._screens: dict[int, Screen] = {}

    def screen(self, time_s: float) -> Screen:
        """What is read on the screen at a time."""
        number = bisect_right(self._changes, time_s)
        if number not in self._screens:
            lines, texts = self._known.at("text_line", time_s), self._known.at("text", time_s)
            self._screens[number] = read_screen(lines, texts)
        return self._screens[number]

    def before_and_after(self, changed: ScreenStateChangeValue) -> tuple[Screen, Screen]:
        """The screens of the pictures before and after a change; where that after it is of the very end of a
        session, which belongs to no interval, the last one that was read."""
        after_s = changed.after_s
        if not self._known.at("lines_visible", after_s):
            ends = [anchor.end_s or 0.0 for anchor in self._known.of_kind("lines_visible")]
            after_s = next((end_s - LAST_S for end_s in ends if abs(end_s - after_s) < LAST_S), after_s)
        return self.screen(changed.before_s), self.screen(after_s)


def read_written(known: Known) -> Written:
    """What is written on the screens of a session."""
    return Written(anchor for kind in WRITTEN for anchor in known.of_kind(kind))
