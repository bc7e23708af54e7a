"""The forms of `visual_puzzle` about a changed stretch: turned, mirrored, frozen, of another pace or shot."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Literal

from dataclaw_assets.quality.clock import made_intervals
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Piece, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.forms import draft_puzzle
from dataclaw_assets.synthesized_samples.context import SourceContext, play

CHANGES = {
    "find_rotation": "rotate_180",
    "find_mirrored": "mirror",
    "find_freeze": "freeze",
    "find_speed": "speed",
    "find_elsewhere": "elsewhere",
}
"""What is done to the stretch of each template: the label of its claim."""

SPEEDS = (2.0, 3.0, 4.0, 0.5)
"""A stretch at less than twice or more than half the pace is a matter of opinion."""

MIN_PACED_S = 1.2
"""How long a stretch at another pace lasts at least: two samples of a trainer's."""

AROUND_S = 1.6
"""What is left as it was on either side: three samples of a trainer's."""

MIN_HOST_S, MAX_HOST_S = 4.0, 12.0
"""Lengths of the shot into which a stretch of another one is put."""

Span = tuple[float, float]


def ask_change(
    context: SourceContext,
    template: str,
    clip: Clip,
    chance: random.Random,
    extra: Sequence[Claim] = (),
    key: str | None = None,
    text: bool | None = None,
) -> Draft:
    """The stretch of a clip that is changed, if one is, to be located. `text` says whether there is print on
    screen, which shows a turn in every single frame."""
    made = made_intervals(clip)
    value = [round(edge, 1) for edge in made[0]] if made else None
    changed = next((piece for piece in clip.pieces if piece.changed), None)
    difficulty = {
        "stretch_s": round(made[0][1] - made[0][0], 1) if made else None,
        "clip_s": round(sum(piece.length_s for piece in clip.pieces), 1),
        "negative": not made,
    }
    if text is not None:
        difficulty["text"] = text
    if template == "find_speed":
        difficulty["speed"] = changed.speed if changed else None
    return draft_puzzle(
        context,
        template,
        chance,
        "unchanged" if value is None else f"{value[0]:.1f}-{value[1]:.1f}",
        evidence=(Claim(kind="made", value=value, label=CHANGES[template], clip=0), *extra),
        media=(clip,),
        verifier=Verifier(kind="interval", value=value, tolerance=0.5),
        transform=None
        if changed is None
        else Transform(recipe=CHANGES[template], seed=0, settings=changed.model_dump(mode="json")),
        difficulty=difficulty,
        twin_key=key,
    )


def change_stretch(
    context: SourceContext,
    window: Span,
    stretch: Span,
    op: Literal["play", "freeze", "rotate_180", "mirror"],
    speed: float = 1.0,
) -> Clip:
    """A window of which one stretch is changed."""
    pieces = (
        Piece(start_s=window[0], end_s=stretch[0]),
        Piece(op=op, start_s=stretch[0], end_s=stretch[1], speed=speed),
        Piece(start_s=stretch[1], end_s=window[1]),
    )
    return Clip(source_id=context.source.source_id, pieces=pieces)


def ask_turn(
    context: SourceContext,
    template: Literal["find_rotation", "find_mirrored", "find_freeze"],
    window: Span,
    stretch: Span,
    chance: random.Random,
    negative: bool,
) -> Draft:
    """A stretch that is turned, mirrored or frozen; left as it was when `negative`."""
    op: dict[str, Literal["rotate_180", "mirror", "freeze"]] = {
        "find_rotation": "rotate_180",
        "find_mirrored": "mirror",
        "find_freeze": "freeze",
    }
    clip = (
        play(context.source, window) if negative else change_stretch(context, window, stretch, op[template])
    )
    text = None if template == "find_freeze" else _shows_text(context, window)
    return ask_change(context, template, clip, chance, text=text)


def ask_speed(
    context: SourceContext, window: Span, chance: random.Random, key: str, negative: bool
) -> Iterator[Draft]:
    """A stretch at another pace, and the twin: another stretch of the same footage, or none if `negative`."""
    wording = chance.random()
    room = (window[1] - window[0]) / 2 - AROUND_S / 2
    speed = chance.choice([speed for speed in SPEEDS if room / speed >= MIN_PACED_S])
    middle = (window[0] + window[1]) / 2
    halves = [(window[0], middle + AROUND_S / 2), (middle - AROUND_S / 2, window[1])]
    chance.shuffle(halves)
    clips = [
        change_stretch(context, window, _place_paced(half, window, speed, chance), "play", speed)
        for half in halves
    ]
    if negative:
        clips[1] = play(context.source, window)
    for clip in clips:
        yield ask_change(context, "find_speed", clip, random.Random(wording), key=key)


def _place_paced(half: Span, window: Span, speed: float, chance: random.Random) -> Span:
    """A stretch of one half that takes 1.5 to 3 s at its new pace, three samples off the window's ends."""
    start, end = max(half[0], window[0] + AROUND_S), min(half[1], window[1] - AROUND_S)
    length = min(chance.uniform(1.6, 3.0) * speed, end - start)
    first = start + chance.uniform(0.0, end - start - length)
    return round(first, 2), round(first + length, 2)


def ask_elsewhere(
    context: SourceContext, host: Anchor, donor: Anchor, chance: random.Random, negative: bool
) -> Draft:
    """A stretch of one shot put into another, which goes on after it; nothing is put in when `negative`.
    Raises `ValueError` when either shot is too short."""
    start, end = (host.start_s or 0.0) + 0.1, (host.end_s or 0.0) - 0.1
    first, last = (donor.start_s or 0.0) + 0.1, (donor.end_s or 0.0) - 0.1
    length = min(chance.uniform(2.0, 3.5), last - first)
    if end - start < MIN_HOST_S or length < 1.5:
        raise ValueError("a shot is too short")
    start += chance.uniform(0.0, max(0.0, end - start - MAX_HOST_S))
    end = min(end, start + MAX_HOST_S)
    at = round(chance.uniform(start + AROUND_S, end - AROUND_S), 2)
    taken = round(chance.uniform(first, last - length), 2)
    if negative:
        return ask_change(context, "find_elsewhere", play(context.source, (start, end)), chance)
    pieces = (
        Piece(start_s=start, end_s=at),
        Piece(op="elsewhere", start_s=taken, end_s=taken + length),
        Piece(start_s=at, end_s=end),
    )
    clip = Clip(source_id=context.source.source_id, pieces=pieces)
    value = [round(edge, 3) for edge in made_intervals(clip)[0]]
    claim = Claim(kind="interval", value=value, anchors=(donor.anchor_id,), clip=0)
    return ask_change(context, "find_elsewhere", clip, chance, (claim,))


def _shows_text(context: SourceContext, window: Span) -> bool:
    return any(
        line.start_s is not None and line.start_s < window[1] and (line.end_s or 0.0) > window[0]
        for line in context.of_kind("text_line")
    )
