"""The form `order_clips` of `visual_puzzle`: short clips of one take, ordered by how they go on."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise

from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Piece, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.forms import draft_puzzle
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.stretches import (
    find_moving_shots,
)
from dataclaw_assets.synthesized_samples.context import SourceContext, letters

LENGTHS_S = (19 / 12, 25 / 12, 31 / 12)
"""A frame more than whole steps of a 2 fps sampling: the last sample of a clip is its last frame, and the
first of the next follows it at once."""

MIN_CLIPS, MAX_CLIPS = 3, 4
"""Two are a coin's toss; of five, 120 orders tire a person."""

Span = tuple[float, float]


def find_takes(context: SourceContext, chance: random.Random) -> Iterator[tuple[Anchor, list[Span]]]:
    """Shots that move throughout, and the clips to cut from each, in order of time."""
    for shot, (start, end) in find_moving_shots(context):
        fitting = [
            (count, length)
            for count in range(MIN_CLIPS, MAX_CLIPS + 1)
            for length in LENGTHS_S
            if count * length <= end - start
        ]
        if not fitting:
            continue
        count, length = chance.choice(fitting)
        room = end - start - count * length
        first = start + chance.uniform(0.0, room)
        edges = [round(first + index * length, 4) for index in range(count + 1)]
        yield shot, list(pairwise(edges))


def ask_clips(
    context: SourceContext, take: Anchor, spans: Sequence[Span], chance: random.Random, key: str
) -> Iterator[Draft]:
    """Clips in order of time, lettered at random, to be put in order; and the twin, which plays each of them
    backwards, so that they go on in one another the other way round."""
    names = letters(len(spans), chance)
    wording = chance.random()
    for backwards in (False, True):
        clips = sorted(
            (
                Clip(
                    source_id=context.source.source_id,
                    label=name,
                    pieces=(Piece(op="reverse" if backwards else "play", start_s=start, end_s=end),),
                )
                for name, (start, end) in zip(names, spans, strict=True)
            ),
            key=lambda clip: str(clip.label),
        )
        right = names[::-1] if backwards else names
        yield draft_puzzle(
            context,
            "order_clips",
            random.Random(wording),
            ", ".join(right),
            evidence=tuple(claim for place, clip in enumerate(clips) for claim in _claim(take, clip, place)),
            media=tuple(clips),
            verifier=Verifier(kind="permutation", value=right),
            transform=Transform(recipe="reverse", seed=0) if backwards else None,
            difficulty={
                "pieces": len(spans),
                "clip_s": round(spans[0][1] - spans[0][0], 1),
                "backwards": backwards,
            },
            twin_key=key,
        )


def _claim(take: Anchor, clip: Clip, place: int) -> Iterator[Claim]:
    """Of one clip: that it shows this take and nothing else, and what was done to it."""
    piece = clip.pieces[0]
    whole = [0.0, round(piece.length_s, 3)]
    yield Claim(kind="interval", value=whole, anchors=(take.anchor_id,), label=clip.label, clip=place)
    yield Claim(kind="made", value=whole if piece.op == "reverse" else None, label="reverse", clip=place)


def read_order(media: Sequence[object]) -> list[str]:
    """The labels of clips in the order in which they go on in one another, by their recipes. Raises
    `ValueError` when some are played backwards and others not."""
    clips = [medium for medium in media if isinstance(medium, Clip)]
    ways = {clip.pieces[0].op for clip in clips}
    if len(ways) != 1 or not ways <= {"play", "reverse"} or any(len(clip.pieces) != 1 for clip in clips):
        raise ValueError("the clips do not go one way")
    ordered = sorted(clips, key=lambda clip: clip.pieces[0].start_s, reverse=ways == {"reverse"})
    return [str(clip.label) for clip in ordered]
