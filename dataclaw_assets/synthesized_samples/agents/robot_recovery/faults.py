"""Faults of an arm made by recipe: how each is cut, and how it is read back from a clip's pieces."""

from __future__ import annotations

import math
from typing import Literal

from dataclaw_assets.quality.clock import made_intervals, sampled_times
from dataclaw_assets.records import Clip, Media, Piece, Source, Still
from resources.settings import Settings

Fault = Literal["none", "hesitation", "early_stagnation", "setback", "unstable_grasp"]
Pieces = tuple[Piece, ...]

RESUMED_S = 0.4
"""An arm that has gone on for less long is, to the eye, where it stood."""

EDGE_S = 0.05
"""A frame so near to a clip's end may be cut off."""

MIN_SEEN = 2
"""Sampled frames that a fault and what comes after it are seen in."""

_SHAPES: dict[tuple[str, ...], Fault] = {
    ("play",): "none",
    ("play", "freeze", "play"): "hesitation",
    ("play", "freeze"): "early_stagnation",
    ("reverse", "freeze"): "early_stagnation",
    ("play", "reverse", "play"): "setback",
}


def hesitate(start_s: float, at_s: float, end_s: float, length_s: float) -> Pieces:
    """The arm stops at `at_s` for `length_s` and goes on from there: nothing is left out."""
    return (
        Piece(start_s=start_s, end_s=at_s),
        Piece(op="freeze", start_s=at_s, end_s=round(at_s + length_s, 3)),
        Piece(start_s=at_s, end_s=end_s),
    )


def stagnate(start_s: float, at_s: float, length_s: float) -> Pieces:
    """The arm stops at `at_s` and stays there till the end of what is observed."""
    return hesitate(start_s, at_s, at_s, length_s)[:2]


def set_back(start_s: float, back_s: float, at_s: float, end_s: float) -> Pieces:
    """The arm goes back from where it is at `at_s` to where it was at `back_s`, and on from there."""
    return (
        Piece(start_s=start_s, end_s=at_s),
        Piece(op="reverse", start_s=back_s, end_s=at_s),
        Piece(start_s=back_s, end_s=end_s),
    )


def read_fault(clip: Clip, regrasped: bool = False) -> Fault:
    """The fault that a clip's recipe makes; going back over a grasp is an unstable one. Raises `ValueError`
    for a recipe that makes none of them."""
    shape = tuple(piece.op for piece in clip.pieces)
    fault = _SHAPES.get(shape)
    if fault is None or any(piece.speed != 1.0 for piece in clip.pieces) or not _joined(clip.pieces):
        raise ValueError(f"no fault is made by {', '.join(shape)}")
    return "unstable_grasp" if regrasped and fault == "setback" else fault


def _joined(pieces: Pieces) -> bool:
    """Whether each piece begins with the pose in which the one before it ended."""
    poses = [(p.end_s, p.start_s) if p.op == "reverse" else (p.start_s, p.end_s) for p in pieces]
    ends = [first if p.op == "freeze" else last for p, (first, last) in zip(pieces, poses, strict=True)]
    return all(abs(end - begin) < 1e-6 for end, (begin, _) in zip(ends, poses[1:], strict=False))


def find_made(clip: Clip) -> list[float] | None:
    """When the fault is seen on the clip's clock, to a decimal; None where there is none."""
    made = made_intervals(clip)
    return [round(edge, 1) for edge in made[-1]] if made else None


def is_seen(fault: tuple[float, float], clip_s: float, settings: Settings) -> bool:
    """Whether a trainer's sampling of a clip sees a fault in it (seconds from its start), and what comes
    after it, each twice: a single frame leaves open whether the arm went on."""
    (start, end), times = fault, sampled_times(clip_s, settings)
    # as it is stated, to a decimal, as well as it is
    first, last = max(start, round(start + 1e-6, 1)), min(end, round(end - 1e-6, 1)) - 1e-6
    inside = [time for time in times if first <= time < last]
    after = [time for time in times if end + RESUMED_S <= time < clip_s - EDGE_S]
    return len(inside) >= MIN_SEEN and (end > clip_s - 1e-6 or len(after) >= MIN_SEEN)


def describe_frames(media: tuple[Media, ...], source: Source, settings: Settings) -> dict[str, object]:
    """The fields of the paper's form: the frame of the source that is frozen, how many frames of the shipped
    clip show it, and the source's frames on the output side (a clip's half-open); None for what is not there.
    """
    fps = source.stream.fps if source.stream else 0.0
    found: dict[str, object] = dict.fromkeys(
        ("freeze_frame", "freeze_repeat_count", "output_image", "output_video")
    )
    for medium in media:
        if isinstance(medium, Still) and medium.side == "output" and medium.time_s is not None:
            found["output_image"] = [_frame_at(medium.time_s, fps)]
        elif isinstance(medium, Clip) and medium.side == "output":
            piece = medium.pieces[0]
            found["output_video"] = [
                _frame_at(piece.start_s, fps),
                math.ceil(piece.end_s * fps - 1e-3),
            ]
        elif isinstance(medium, Clip):
            for piece in medium.pieces:
                if piece.op == "freeze":
                    found["freeze_frame"] = _frame_at(piece.start_s, fps)
                    found["freeze_repeat_count"] = round(piece.length_s * settings.clip_fps)
    return found


def _frame_at(time_s: float, fps: float) -> int:
    return math.floor(time_s * fps + 1e-3)
