"""The forms `count_…` of `visual_puzzle`: shapes laid over a clip, those of one form to be counted."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from typing import Literal

from dataclaw_assets.records import Claim, Clip, Draft, Piece, Shape, Verifier
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.forms import draft_puzzle
from dataclaw_assets.synthesized_samples.context import SourceContext

FORMS: tuple[Literal["circle", "square", "triangle"], ...] = ("circle", "square", "triangle")
COLOURS: tuple[Literal["red", "green", "blue", "yellow"], ...] = ("red", "green", "blue", "yellow")

MIN_SIDE_PX = 128
"""On a smaller picture a shape is a few pixels."""

CLIP_S = (8.0, 14.0)
ON_SCREEN_S = (1.7, 4.0)
"""How long a shape stays: at least three of a trainer's samples."""

SIZE = (0.15, 0.21)
"""Of the shorter side: at 256 × 144 pixels 22 to 30."""

CLEARANCE = 1.35
"""Middles of two shapes lie at least so many of the larger size apart. Two of one form do so at whatever time
they are shown: neither can be taken for the other that came back."""

PAUSE_S = 0.6
"""After a shape has gone, another form may take its place."""

AT_ONCE = 0.5
"""Share of the shapes of the form counted, rounded up, that are on screen together at most: of two one, of
five three. No single picture gives the number."""

COUNTS = (2, 3, 4, 5, 6)
TRIES = 400


def ask_count(
    context: SourceContext, window: tuple[float, float], chance: random.Random, key: str
) -> Iterator[Draft]:
    """Shapes of one form among others, and the twin with another number of them. Nothing where they do not
    find room."""
    form = chance.choice(FORMS)
    colours = chance.sample(COLOURS, 2)
    least, most = sorted(chance.sample(COUNTS, 2))
    others = chance.randint(2, 4)
    length = window[1] - window[0]
    wide = (context.source.width or 1) / (context.source.height or 1)
    forms = [form] * most + [chance.choice([f for f in FORMS if f != form]) for _ in range(others)]
    shapes = _lay_out(forms, colours, length, wide, chance)
    wording = chance.random()
    if len(shapes) < len(forms):
        return
    numbers = [least, most]
    chance.shuffle(numbers)
    for number in numbers:
        kept = [*shapes[:number], *shapes[most:]]
        clip = Clip(
            source_id=context.source.source_id,
            pieces=(Piece(start_s=window[0], end_s=window[1]),),
            shapes=tuple(sorted(kept, key=lambda shape: (shape.start_s, shape.x))),
        )
        yield draft_puzzle(
            context,
            f"count_{form}s",
            random.Random(wording),
            str(number),
            evidence=(Claim(kind="shapes", value=number, label=form, clip=0),),
            media=(clip,),
            verifier=Verifier(kind="number", value=number),
            difficulty={
                "shapes": len(kept),
                "at_once": max(sum(s.start_s <= t.start_s < s.end_s for s in kept) for t in kept),
                "clip_s": round(length, 1),
            },
            twin_key=key,
        )


def _lay_out(
    forms: Sequence[Literal["circle", "square", "triangle"]],
    colours: Sequence[Literal["red", "green", "blue", "yellow"]],
    length_s: float,
    wide: float,
    chance: random.Random,
) -> list[Shape]:
    """A shape of each form at a place and a time of its own; fewer where they do not find room."""
    laid: list[Shape] = []
    for _ in range(TRIES):
        if len(laid) == len(forms):
            break
        on_s = chance.uniform(*ON_SCREEN_S)
        start = chance.uniform(0.3, length_s - on_s - 0.3)
        shape = Shape(
            form=forms[len(laid)],
            colour=chance.choice(colours),
            x=round(chance.uniform(0.12, 0.88), 3),
            y=round(chance.uniform(0.15, 0.85), 3),
            size=round(chance.uniform(*SIZE), 3),
            start_s=round(start, 2),
            end_s=round(start + on_s, 2),
        )
        if all(lie_apart(shape, other, wide) for other in laid) and takes_time([*laid, shape], shape.form):
            laid.append(shape)
    return laid


def takes_time(shapes: Sequence[Shape], form: str) -> bool:
    """Whether shapes of one form have to be counted over time: few enough are on screen at once."""
    same = [shape for shape in shapes if shape.form == form]
    together = max((sum(s.start_s <= t.start_s < s.end_s for s in same) for t in same), default=0)
    return together <= math.ceil(AT_ONCE * len(same))


def lie_apart(one: Shape, other: Shape, wide: float) -> bool:
    """Whether nobody takes one shape for the other; `wide` is the picture's width over its height."""
    apart_in_time = one.end_s + PAUSE_S <= other.start_s or other.end_s + PAUSE_S <= one.start_s
    if one.form != other.form and apart_in_time:
        return True
    across, down = abs(one.x - other.x) * max(1.0, wide), abs(one.y - other.y) * max(1.0, 1 / wide)
    return max(across, down) >= CLEARANCE * max(one.size, other.size)


def choose_windows(context: SourceContext, chance: random.Random) -> Iterator[tuple[float, float]]:
    """Stretches to lay shapes over, none overlapping another."""
    side = min(context.source.width or 0, context.source.height or 0)
    for start, end in context.windows() if side >= MIN_SIDE_PX else ():
        while end - start >= CLIP_S[0]:
            length = min(round(chance.uniform(*CLIP_S), 1), end - start)
            yield start, start + length
            start += length + 4.0
