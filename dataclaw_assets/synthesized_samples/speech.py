"""Speech as material: the lines that a clip plays, and which of them belong to which shot."""

from __future__ import annotations

from dataclaw_assets.anchor_values import SubtitleValue
from dataclaw_assets.quality.clock import map_interval
from dataclaw_assets.records import Anchor, Clip
from dataclaw_assets.synthesized_samples.agents.contract import Line
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext

SLACK_S = 0.1
"""By how much a line may reach beyond the shot that it is said to belong to."""


def transcribe(context: SourceContext, clip: Clip) -> list[tuple[Anchor, Line]]:
    """The subtitle lines that a clip plays whole and once, in order of the clip."""
    lines = []
    for anchor in context.of_kind("subtitle"):
        if not isinstance(anchor.value, SubtitleValue) or anchor.start_s is None or anchor.end_s is None:
            continue
        shown = map_interval(clip, anchor.start_s, anchor.end_s)
        if len(shown) == 1 and shown[0][1] - shown[0][0] >= anchor.end_s - anchor.start_s - 1e-3:
            start, end = (round(edge, 1) for edge in shown[0])
            lines.append((anchor, Line(start_s=start, end_s=end, text=anchor.value.text)))
    return sorted(lines, key=lambda pair: pair[1].start_s)


def belongs(line: Anchor, shot: Anchor) -> bool:
    """Whether a line is spoken while a shot is on screen, and not beyond."""
    start, end = (shot.start_s or 0.0) - SLACK_S, (shot.end_s or 0.0) + SLACK_S
    return start <= (line.start_s or 0.0) and (line.end_s or 0.0) <= end


def holding_shot(context: SourceContext, moment: Moment) -> Anchor | None:
    """The shot that holds a moment's whole run."""
    for shot in context.of_kind("shot"):
        if (shot.start_s or 0) - 0.3 <= moment.start_s and moment.end_s <= (shot.end_s or 0) + 0.3:
            return shot
    return None
