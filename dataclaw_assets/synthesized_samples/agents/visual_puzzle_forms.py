"""The forms of `visual_puzzle`: from chosen moments, shots and strokes to drafts, whoever chose them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from dataclaw_assets.anchor_values import ShotValue, StrokeValue
from dataclaw_assets.quality.clock import map_moment
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Piece, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Payload
from dataclaw_assets.synthesized_samples.agents.pictured import locate_shot, order_pictures
from dataclaw_assets.synthesized_samples.claims import claim_shown, still_of
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext, letters, play, shuffle_away
from dataclaw_assets.synthesized_samples.phrasing import phrase
from dataclaw_assets.synthesized_samples.sketches import claim_stroke, finished, make_clip, read_strokes

POINT_REACH_S = 0.75
"""A picture that still matches this long before or after its moment names no moment."""

POINT_TOLERANCE_S = 0.5
"""One step of a trainer's sampling: nearer than that, nobody can tell."""

NEGATIVE_SHARE = 0.15
"""Share of localisation puzzles in which there is nothing to find (composition rule 5: 10-20 %)."""


class VisualPuzzle(Payload):
    """`puzzle` names the template; the verifier of the sample holds the machine-checkable answer."""

    puzzle: Literal[
        "order_stills",
        "order_strokes",
        "find_shot",
        "find_screen",
        "find_moment",
        "find_rotation",
        "find_freeze",
    ]


def draft_puzzle(
    context: SourceContext, template: str, chance: random.Random, answer: str, **fields: Any
) -> Draft:
    """A draft of one template, asked in one of its phrasings."""
    return Draft(
        task_type="visual_puzzle",
        template=template,
        source_id=context.source.source_id,
        payload=VisualPuzzle(
            puzzle=template,  # type: ignore[arg-type]
            question=phrase("visual_puzzle", template, chance),
            answer=answer,
            clock="seconds from the start of the video",
        ).model_dump(mode="json"),
        **fields,
    )


def ask_order(
    context: SourceContext,
    window: tuple[float, float],
    chosen: Sequence[Moment],
    chance: random.Random,
    key: str,
    number: int = 0,
) -> Iterator[Draft]:
    """Moments in order of time, their pictures to be put in order, and the twin."""
    for asked, _ in order_pictures(context, window, chosen, chance, key, number):
        yield draft_puzzle(
            context, "order_stills", random.Random(asked.wording), asked.answer, **asked.fields
        )


def ask_shot(
    context: SourceContext, shot: Anchor, moment: Moment, clip: Clip, chance: random.Random, negative: bool
) -> Draft:
    """A picture whose shot is to be found in a clip, which does not show it when `negative`."""
    asked = locate_shot(shot, moment, clip, negative)
    template = "find_screen" if context.shows_a_screen else "find_shot"
    return draft_puzzle(context, template, chance, asked.answer, **asked.fields)


def ask_moment(
    context: SourceContext, window: tuple[float, float], moment: Moment, chance: random.Random
) -> Iterator[Draft]:
    """A picture whose time is to be found; none when the clip passes over it."""
    clip = play(context.source, window)
    at = map_moment(clip, moment.time_s)
    if at is None:
        return
    value = round(at, 1)
    length = window[1] - window[0]
    cited = (moment.anchor.anchor_id,)
    yield draft_puzzle(
        context,
        "find_moment",
        chance,
        f"{value:.1f}",
        evidence=(
            Claim(kind="time", value=value, anchors=cited, label="A", clip=0),
            claim_shown(moment.anchor, clip, "A"),
        ),
        media=(clip, still_of(moment, "A")),
        verifier=Verifier(kind="number", value=value, tolerance=POINT_TOLERANCE_S),
        difficulty={"run_s": round(moment.end_s - moment.start_s, 1), "clip_s": round(length, 1)},
    )


def find_stretches(
    context: SourceContext, shot: Anchor
) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The windows in which a shot lasts long enough to be changed in part, and the stretch to change."""
    if not isinstance(shot.value, ShotValue):
        return
    for window in context.windows():
        inside = (max(shot.start_s or 0.0, window[0]), min(shot.end_s or 0.0, window[1]))
        if inside[1] - inside[0] >= 5.0 and window[1] - window[0] >= 6.0:
            yield window, place_stretch(inside, context.random("stretch", *inside))


def place_stretch(inside: tuple[float, float], chance: random.Random) -> tuple[float, float]:
    """A stretch of 2 to 4 s with at least 1.2 s of its surroundings on both sides, off the sampling grid."""
    room = inside[1] - inside[0] - 2.4
    length = min(chance.uniform(2.0, 4.0), room)
    start = inside[0] + 1.2 + chance.uniform(0.0, room - length)
    return round(start, 2), round(start + length, 2)


def ask_change(
    context: SourceContext,
    template: str,
    op: Literal["freeze", "rotate_180"],
    window: tuple[float, float],
    stretch: tuple[float, float],
    chance: random.Random,
) -> Iterator[Draft]:
    """A stretch of a clip that is changed, to be located; now and then left as it was."""
    negative = chance.random() < NEGATIVE_SHARE
    pieces = (
        Piece(start_s=window[0], end_s=stretch[0]),
        Piece(op=op, start_s=stretch[0], end_s=stretch[1]),
        Piece(start_s=stretch[1], end_s=window[1]),
    )
    source_id = context.source.source_id
    clip = play(context.source, window) if negative else Clip(source_id=source_id, pieces=pieces)
    value = None if negative else [round(edge - window[0], 1) for edge in stretch]
    yield draft_puzzle(
        context,
        template,
        chance,
        "unchanged" if value is None else f"{value[0]:.1f}-{value[1]:.1f}",
        evidence=(Claim(kind="made", value=value, label=op, clip=0),),
        media=(clip,),
        verifier=Verifier(kind="interval", value=value, tolerance=0.5),
        transform=None
        if negative
        else Transform(recipe=op, seed=0, settings={"start_s": stretch[0], "end_s": stretch[1]}),
        difficulty={
            "stretch_s": None if negative else round(stretch[1] - stretch[0], 1),
            "clip_s": round(window[1] - window[0], 1),
            "negative": negative,
        },
    )


def ask_strokes(
    context: SourceContext, chosen: Sequence[tuple[Anchor, StrokeValue]], chance: random.Random, key: str
) -> Iterator[Draft]:
    """Four strokes in the order drawn, lettered at random, to be put in order; the twin draws them in
    another."""
    strokes = read_strokes(context)
    names = letters(4, chance)
    wording = chance.random()
    natural = [value.index for _, value in strokes]
    mixed = list(natural)
    slots = sorted(value.index for _, value in chosen)
    for slot, index in zip(slots, shuffle_away(4, chance), strict=True):
        mixed[slot] = slots[index]
    still = finished(
        context.source, len(strokes), [(v.index, n) for (_, v), n in zip(chosen, names, strict=True)]
    )
    for order in (natural, mixed):
        clip = make_clip(context.source, order)
        claims = tuple(claim_stroke(a, v, n, clip) for (a, v), n in zip(chosen, names, strict=True))
        right = [str(claim.label) for claim in sorted(claims, key=lambda claim: float(claim.value[0]))]
        yield draft_puzzle(
            context,
            "order_strokes",
            random.Random(wording),
            ", ".join(right),
            evidence=claims,
            media=(clip, still),
            verifier=Verifier(kind="permutation", value=right),
            transform=None
            if order == natural
            else Transform(recipe="permute_strokes", seed=0, settings={"order": mixed}),
            difficulty={"pieces": 4, "strokes": len(strokes)},
            twin_key=key,
        )
