"""Shapes that `temporal_qa` lays over a clip: their looks, their times, and what is shown with them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Literal

from dataclaw_assets.quality.clock import clip_duration
from dataclaw_assets.records import Clip, Draft, Media, Shape
from dataclaw_assets.synthesized_samples.context import SourceContext, play

MIN_SHAPE_S, MAX_SHAPE_S = 1.3, 3.0
"""Two sampled frames at least."""

SHAPE_SIZE = 0.2
BESIDE_S = 0.2
"""Between a shape and the borders of the scene that it is laid on."""

END_S = 2.0
"""Between a shape and either end of its clip: four sampled frames that show it come and go."""

Span = tuple[float, float]


def lay_shape(context: SourceContext, window: Span, span: Span, look: Shape) -> tuple[Clip, Span] | None:
    """The window with a shape in the middle of a stretch of the clip; None when the stretch is too short, or
    too near an end of the clip."""
    clip = play(context.source, window)
    first, last = max(span[0] + BESIDE_S, END_S), min(span[1] - BESIDE_S, clip_duration(clip) - END_S)
    if last - first < MIN_SHAPE_S:
        return None
    length, middle = min(last - first, MAX_SHAPE_S), (first + last) / 2
    shape = look.model_copy(
        update={"start_s": round(middle - length / 2, 3), "end_s": round(middle + length / 2, 3)}
    )
    return clip.model_copy(update={"shapes": (shape,)}), (shape.start_s, shape.end_s)


COLOURS: tuple[Literal["red", "green", "blue", "yellow"], ...] = ("green", "blue", "red", "yellow")


def choose_look(chance: random.Random, number: int) -> Shape:
    """A shape in one of the picture's corners, its time still to be set. Each number has another colour: of
    those that the footage shows itself, the cut clip is refused."""
    return Shape(
        form=chance.choice(("circle", "square", "triangle")),
        colour=COLOURS[number % len(COLOURS)],
        x=chance.choice((0.2, 0.8)),
        y=chance.choice((0.25, 0.75)),
        size=SHAPE_SIZE,
        start_s=0.0,
        end_s=1.0,
    )


def tell_shape(medium: Media) -> str:
    """The first shape laid over a clip, in the words of a question; empty where there is none."""
    shapes = medium.shapes if isinstance(medium, Clip) else ()
    return f"{shapes[0].colour} {shapes[0].form}" if shapes else ""


def under_shape(draft: Draft, spans: Mapping[str | None, Span]) -> str | None:
    """The label during whose interval the clip's one shape is shown, all others being clear of it. Raises
    `ValueError` when there is none."""
    clip = draft.media[0]
    if not isinstance(clip, Clip) or len(clip.shapes) != 1:
        raise ValueError("a clip with one shape is needed")
    start, end = clip.shapes[0].start_s, clip.shapes[0].end_s
    if start < END_S - 1e-3 or end > clip_duration(clip) - END_S + 1e-3:
        raise ValueError("the shape is not seen to come and go")
    near = [label for label, span in spans.items() if start < span[1] + 0.1 and end > span[0] - 0.1]
    if len(near) != 1 or start < spans[near[0]][0] or end > spans[near[0]][1]:
        raise ValueError(f"the shape is shown with {near}")
    return near[0]
