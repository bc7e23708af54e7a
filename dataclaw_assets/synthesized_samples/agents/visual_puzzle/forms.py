"""The forms of `visual_puzzle`: from chosen moments, shots and strokes to drafts, whoever chose them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Literal

from dataclaw_assets.anchor_values import StrokeValue
from dataclaw_assets.quality.clock import map_moment
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Transform, Verifier, digest
from dataclaw_assets.synthesized_samples.agents.contract import Payload
from dataclaw_assets.synthesized_samples.agents.pictured import locate_shot
from dataclaw_assets.synthesized_samples.claims import claim_shown, still_of
from dataclaw_assets.synthesized_samples.context import (
    Moment,
    SourceContext,
    letters,
    permute_away,
    play,
    shuffle_away,
)
from dataclaw_assets.synthesized_samples.phrasing import phrase
from dataclaw_assets.synthesized_samples.sketches import claim_stroke, finished, make_clip, read_strokes

POINT_TOLERANCE_S = 0.5
"""One step of a trainer's sampling: nearer than that, nobody can tell. A picture that matches for longer than
this before or after its moment names no moment."""

RESTS = frozenset({"idle", "stable", "freeze"})
"""Kinds of anchors during which nothing moves: no time of one is more right than another."""

LOCATING = (
    "find_rotation",
    "find_line",
    "find_shot",
    "find_mirrored",
    "find_screen",
    "find_freeze",
    "find_elsewhere",
    "find_speed",
)
"""Templates in which there may be nothing to find."""

NEGATIVE_EVERY = 7
"""One such puzzle in so many is without an answer (composition rule 5: 10-20 %)."""


class VisualPuzzle(Payload):
    """`puzzle` names the template; the verifier of the sample holds the machine-checkable answer."""

    puzzle: Literal[
        "order_stills",
        "order_strokes",
        "find_shot",
        "find_screen",
        "find_moment",
        "find_rotation",
        "find_mirrored",
        "find_freeze",
        "find_speed",
        "find_elsewhere",
        "order_clips",
        "count_circles",
        "count_squares",
        "count_triangles",
        "image_jigsaw_2x2",
        "image_jigsaw_2x3",
        "image_jigsaw_3x3",
        "still_jigsaw_2x2",
        "still_jigsaw_2x3",
        "still_jigsaw_3x3",
        "find_line",
    ]


def clock_of(template: str) -> str:
    """The clock that a puzzle's times are on; one about a single picture has none."""
    still = template == "find_line" or "_jigsaw_" in template
    return "a single picture, without time" if still else "seconds from the start of the video"


def finds_nothing(context: SourceContext, template: str, number: int) -> bool:
    """Whether a source's puzzle of this number and template is one with nothing to find. Counted through the
    templates and through the sources of a batch, so that a small batch has its share as well."""
    ids = [other.source.source_id for other in context.family]
    rank = ids.index(context.source.source_id) if context.source.source_id in ids else 0
    first = int(digest(context.settings.seed, context.source.kind), 16)
    return (first + rank + LOCATING.index(template) + number) % NEGATIVE_EVERY == 0


def names_instant(context: SourceContext, moment: Moment) -> bool:
    """Whether a picture is of one instant: it matches for no longer than an answer may be off, and nothing
    rests then."""
    reach = max(moment.end_s - moment.time_s, moment.time_s - moment.start_s)
    rests = [anchor for kind in RESTS for anchor in context.of_kind(kind)]
    rests += [a for a in context.of_kind("phase") if getattr(a.value, "phase", "") == "stopped"]
    return reach <= POINT_TOLERANCE_S + 1e-6 and not any(
        rest.start_s is not None and rest.start_s <= moment.time_s <= (rest.end_s or 0.0) for rest in rests
    )


def draft_puzzle(
    context: SourceContext,
    template: str,
    chance: random.Random,
    answer: str,
    words: Mapping[str, str] = MappingProxyType({}),
    **fields: Any,
) -> Draft:
    """A draft of one template, asked in one of its phrasings, whose fields `words` fill."""
    return Draft(
        task_type="visual_puzzle",
        template=template,
        source_id=context.source.source_id,
        payload=VisualPuzzle(
            puzzle=template,  # type: ignore[arg-type]
            question=phrase("visual_puzzle", template, chance, **words),
            answer=answer,
            clock=clock_of(template),
        ).model_dump(mode="json"),
        **fields,
    )


def ask_order(
    context: SourceContext,
    window: tuple[float, float],
    chosen: Sequence[Moment],
    chance: random.Random,
    key: str,
) -> Iterator[Draft]:
    """Moments given in order of time, their pictures to be put in the order of a clip that is cut between
    them and permuted; and the twin, permuted otherwise. Neither plays on as it was: a menu, or cause and
    effect, would tell that order without the clip. Nothing where there are no two such clips."""
    names = letters(len(chosen), chance)
    wording = chance.random()
    orders: list[list[int]] = []
    clips = []
    for _ in range(2):
        made = permute_away(context, window, chosen, chance, lambda order: order not in orders)
        if made is None:
            return
        clips.append(made[0])
        orders.append(made[1])
    labelled = list(zip(chosen, names, strict=True))
    stills = sorted((still_of(m, name) for m, name in labelled), key=lambda still: str(still.label))
    for clip, order in zip(clips, orders, strict=True):
        right = [names[index] for index in order]
        yield draft_puzzle(
            context,
            "order_stills",
            random.Random(wording),
            ", ".join(right),
            evidence=tuple(claim_shown(m.anchor, clip, name) for m, name in labelled),
            media=(clip, *stills),
            verifier=Verifier(kind="permutation", value=right),
            transform=Transform(recipe="permute", seed=0, settings={"order": order}),
            difficulty={
                "pieces": len(chosen),
                "smallest_gap_s": round(min(b.time_s - a.time_s for a, b in pairwise(chosen)), 1),
                "clip_s": round(window[1] - window[0], 1),
            },
            twin_key=key,
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


def ask_strokes(
    context: SourceContext, chosen: Sequence[tuple[Anchor, StrokeValue]], chance: random.Random, key: str
) -> Iterator[Draft]:
    """Four strokes in the order drawn, lettered at random, to be put in the order of a clip that draws them
    in another; the twin, in a third. Neither as they were drawn: whoever can write a character, or knows what
    a drawing begins with, would need no clip."""
    strokes = read_strokes(context)
    names = letters(4, chance)
    wording = chance.random()
    slots = sorted(value.index for _, value in chosen)
    orders: list[list[int]] = []
    while len(orders) < 2:
        order = [value.index for _, value in strokes]
        for slot, index in zip(slots, shuffle_away(4, chance), strict=True):
            order[slot] = slots[index]
        if order not in orders:
            orders.append(order)
    still = finished(
        context.source, len(strokes), [(v.index, n) for (_, v), n in zip(chosen, names, strict=True)]
    )
    for order in orders:
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
            transform=Transform(recipe="permute_strokes", seed=0, settings={"order": order}),
            difficulty={"pieces": 4, "strokes": len(strokes)},
            twin_key=key,
        )
