"""What is written on a session's screens around some times: few anchors of many."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from dataclaw_assets.records import Anchor
from dataclaw_assets.synthesized_samples.agents.gui_task.screens import LAST_S

WRITTEN = frozenset({"text_line", "text", "lines_visible"})
"""The kinds of anchors that say what is written on the screen."""


class Written:
    """What is written on a session's screens, by time."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        held = [
            (anchor.start_s, anchor.end_s + LAST_S, anchor)
            for anchor in anchors
            if anchor.kind in WRITTEN and anchor.start_s is not None and anchor.end_s is not None
        ]
        self._held = sorted(held, key=lambda one: one[0])
        self._starts = [start for start, _, _ in self._held]
        self._known: dict[float, list[Anchor]] = {}

    def around(self, *times: float) -> list[Anchor]:
        """All that is known of what is written at some times, up to the very end of an interval: enough for
        every function here that is asked about these times, and far less to go through."""
        for time_s in times:
            if time_s not in self._known:
                begun = self._held[: bisect_right(self._starts, time_s)]
                self._known[time_s] = [anchor for _, end, anchor in begun if time_s <= end]
        if len(times) == 1:
            return self._known[times[0]]
        return list({anchor.anchor_id: anchor for time_s in times for anchor in self._known[time_s]}.values())


def list_around(anchors: Iterable[Anchor], *times: float) -> list[Anchor]:
    """What `Written` gives for these times, where no others are asked about."""
    first, last = min(times) - LAST_S, max(times)
    return [
        anchor
        for anchor in anchors
        if anchor.kind in WRITTEN
        and anchor.start_s is not None
        and anchor.end_s is not None
        and anchor.start_s <= last
        and anchor.end_s >= first
        and any(anchor.start_s <= time_s <= anchor.end_s + LAST_S for time_s in times)
    ]
