"""The two clocks of a sample: source time, and the time of the clip that the sample ships."""

from __future__ import annotations

import math

from dataclaw_assets.records import Clip, Draft, Piece, SketchClip
from resources.settings import Settings

SKETCH_HOLD_S = 0.5
"""How long a rendered drawing stays on screen after its last stroke."""


def clip_duration(clip: Clip | SketchClip) -> float:
    """Length of a clip in seconds."""
    if isinstance(clip, SketchClip):
        return len(clip.strokes) * clip.seconds_per_stroke + SKETCH_HOLD_S
    return sum(piece.length_s for piece in clip.pieces)


def clip_at(draft: Draft, index: int | None) -> Clip | SketchClip | None:
    """The clip that a claim's clock belongs to, if the draft ships one there."""
    if index is None or not 0 <= index < len(draft.media):
        return None
    medium = draft.media[index]
    return medium if isinstance(medium, Clip | SketchClip) else None


def map_interval(clip: Clip, start_s: float, end_s: float) -> list[tuple[float, float]]:
    """When a clip plays the source's stretch [start, end): intervals on the clip's clock, joined where they
    touch. Frozen pieces show one moment only and do not count; turned ones show the stretch."""
    shown: list[tuple[float, float]] = []
    at = 0.0
    for piece in clip.pieces:
        start, end = max(start_s, piece.start_s), min(end_s, piece.end_s)
        if piece.op != "freeze" and end > start:
            here = (at + _since(piece, start), at + _since(piece, end))
            if piece.op == "reverse":
                here = here[::-1]
            if shown and math.isclose(shown[-1][1], here[0], abs_tol=1e-6):
                here = (shown.pop()[0], here[1])
            shown.append(here)
        at += piece.length_s
    return shown


def map_moment(clip: Clip, time_s: float) -> float | None:
    """When a clip first plays a moment of the source."""
    at = 0.0
    for piece in clip.pieces:
        if piece.op != "freeze" and piece.start_s <= time_s < piece.end_s:
            return at + _since(piece, time_s)
        at += piece.length_s
    return None


def _since(piece: Piece, time_s: float) -> float:
    """When a piece, from its own beginning, shows a moment of it."""
    passed = piece.end_s - time_s if piece.op == "reverse" else time_s - piece.start_s
    return passed / piece.speed


def map_stroke(clip: SketchClip, stroke: int) -> tuple[float, float] | None:
    """When a drawing's clip draws a stroke."""
    if stroke not in clip.strokes:
        return None
    start = clip.strokes.index(stroke) * clip.seconds_per_stroke
    return start, start + clip.seconds_per_stroke


def made_intervals(clip: Clip) -> list[tuple[float, float]]:
    """The stretches of a clip that we changed, on its clock."""
    made, at = [], 0.0
    for piece in clip.pieces:
        if piece.changed:
            made.append((at, at + piece.length_s))
        at += piece.length_s
    return made


def sampled_times(duration_s: float, settings: Settings) -> list[float]:
    """The times at which a trainer looks at a clip: `consumer_fps`, fewer when the clip is long."""
    step = max(1.0 / settings.consumer_fps, duration_s / settings.consumer_frames)
    return [index * step for index in range(math.ceil(duration_s / step - 1e-9))]
