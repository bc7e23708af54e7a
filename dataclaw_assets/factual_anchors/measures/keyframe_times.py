"""Which pictures of a stream stand for it: one of each shot, and one of each state that it rests in."""

from __future__ import annotations

from collections.abc import Sequence

from dataclaw_assets.records import Anchor


def keyframe_times(found: Sequence[Anchor]) -> list[float]:
    """One time (seconds, rising) for each `shot` and each `stable` stretch among anchors of the extractors of
    these names; a shot whose own time lies in a stable stretch has that stretch's picture already."""
    rests = [anchor for anchor in found if anchor.kind == "stable"]
    times = {still_time(rest) for rest in rests}
    for shot in (anchor for anchor in found if anchor.kind == "shot"):
        time_s = still_time(shot)
        if not any(covers(rest, time_s) for rest in rests):
            times.add(time_s)
    return sorted(times)


def still_time(anchor: Anchor) -> float:
    """The time of the frame that stands for an interval, where its value names one; else its middle."""
    still = getattr(anchor.value, "still", None)
    if still is not None:
        return float(still.time_s)
    return ((anchor.start_s or 0.0) + (anchor.end_s or 0.0)) / 2.0


def covers(anchor: Anchor, time_s: float) -> bool:
    """Whether a time lies in an anchor's interval (half-open)."""
    return (anchor.start_s or 0.0) <= time_s < (anchor.end_s or 0.0)
