"""Questions of `temporal_qa` about scenes that pictures name: which is first, with a shape, or longest."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from dataclaw_assets.anchor_values import StillValue
from dataclaw_assets.quality.clock import clip_duration, map_interval
from dataclaw_assets.records import Anchor, Claim, Draft, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.temporal_qa.forms import draft_question
from dataclaw_assets.synthesized_samples.agents.temporal_qa.shapes import choose_look, lay_shape, under_shape
from dataclaw_assets.synthesized_samples.agents.temporal_qa.words import affirm, offer, pick_letter
from dataclaw_assets.synthesized_samples.claims import claim_shown, still_of
from dataclaw_assets.synthesized_samples.context import (
    FAR_APART,
    Moment,
    SourceContext,
    letters,
    permute_away,
    pick_sets,
    play,
)

MIN_LONGER_S, MIN_LONGER = 1.5, 1.4
"""By how much the longest shot must outlast the next one, in seconds and in times its length."""

TEMPLATES = frozenset(
    {"before_yes_no", "before_caption", "shape_choice", "shape_yes_no", "longest_shot", "longest_page"}
)
Span = tuple[float, float]


def ask_scenes(context: SourceContext, window: Span) -> Iterator[Draft]:
    """Order of two, concurrency with a shape, and the longest shot, of the scenes of a window."""
    moments = [m for m in context.distinct_moments(window) if _unlike_the_rest(context, m)]
    yield from _ask_before(context, window, moments)
    yield from _ask_shapes(context, window, moments)
    yield from _ask_longest(context, window)


def _unlike_the_rest(context: SourceContext, moment: Moment) -> bool:
    """Pages of a screen are told apart by their words; of a robot that hardly moves, nothing tells them."""
    value = moment.anchor.value
    far = isinstance(value, StillValue) and value.outside_distance >= FAR_APART
    return far or context.source.kind == "gui_trace"


def _ask_before(context: SourceContext, window: Span, moments: Sequence[Moment]) -> Iterator[Draft]:
    chance = context.random("before", *window)
    for number, chosen in enumerate(pick_sets(moments, 2, min(context.cap(), len(moments) // 2), chance)):
        form = chance.choice(("yes_no", "caption"))
        yield from ask_before(context, window, chosen, form, chance, f"{window[0]:.3f}:{number}")


def ask_before(
    context: SourceContext,
    window: Span,
    chosen: Sequence[Moment],
    form: str,
    chance: random.Random,
    key: str,
) -> Iterator[Draft]:
    """Two moments in order of time, P and Q by chance: whether P comes first; and the twin, whose clip is cut
    between them and swapped."""
    twin = permute_away(context, window, chosen, chance)
    if twin is None:
        return
    template = f"before_{form}"
    names = ["P", "Q"]
    chance.shuffle(names)
    stills = sorted((still_of(m, n) for m, n in zip(chosen, names, strict=True)), key=lambda s: str(s.label))
    parts = ("p_first", "q_first")
    options, picked = offer(template, parts, chance) if form == "caption" else (None, {})
    wording = chance.random()
    for clip, first, transform in (
        (play(context.source, window), names[0], None),
        (twin[0], names[1], Transform(recipe="permute", seed=0, settings={"order": twin[1]})),
    ):
        answer = picked[f"{first.lower()}_first"] if options else affirm(first == "P")
        yield draft_question(
            context,
            template,
            random.Random(wording),
            answer,
            options=options,
            evidence=tuple(claim_shown(m.anchor, clip, n) for m, n in zip(chosen, names, strict=True)),
            media=(clip, *stills),
            verifier=Verifier(kind="choice" if options else "text", value=answer),
            transform=transform,
            difficulty={"gap_s": round(chosen[1].time_s - chosen[0].time_s, 1), "options": 2},
            twin_key=f"{template}:{key}",
        )


def _ask_shapes(context: SourceContext, window: Span, moments: Sequence[Moment]) -> Iterator[Draft]:
    """Four scenes of four shots and a shape laid on one of them, and the twin with it on another; whether the
    shape is there with the picture, where there are but two or three."""
    roomy = [m for m in moments if _has_room(context, window, m) and context.shot_at(m) is not None]
    by_shot = list({context.shot_at(m): m for m in roomy}.values())
    form, size = ("choice", 4) if len(by_shot) >= 4 else ("yes_no", 2)
    chance = context.random("shape", *window)
    for number, chosen in enumerate(pick_sets(by_shot, size, min(context.cap(), len(by_shot) // 2), chance)):
        asked = chance.sample(chosen, 2)
        names = dict(zip([m.anchor.anchor_id for m in chosen], letters(4, chance), strict=False))
        if form == "yes_no":
            names = {asked[0].anchor.anchor_id: "A", asked[1].anchor.anchor_id: "B"}
        yield from _ask_shape(context, window, chosen, asked, names, form, chance, number)


def _ask_shape(
    context: SourceContext,
    window: Span,
    chosen: Sequence[Moment],
    asked: Sequence[Moment],
    names: dict[str, str],
    form: str,
    chance: random.Random,
    number: int,
) -> Iterator[Draft]:
    look, wording = choose_look(chance, number), chance.random()
    shown = [m for m in chosen if form == "choice" or m is asked[0]]
    stills = sorted((still_of(m, names[m.anchor.anchor_id]) for m in shown), key=lambda s: str(s.label))
    for place in asked:
        span = map_interval(play(context.source, window), place.start_s, place.end_s)[0]
        laid = lay_shape(context, window, span, look)
        if laid is None:
            return
        right = names[place.anchor.anchor_id]
        answer = right if form == "choice" else affirm(right == "A")
        yield draft_question(
            context,
            f"shape_{form}",
            random.Random(wording),
            answer,
            evidence=(
                *(claim_shown(m.anchor, laid[0], names[m.anchor.anchor_id]) for m in chosen),
                Claim(kind="shapes", value=1, label=look.form, clip=0),
            ),
            media=(laid[0], *stills),
            verifier=Verifier(kind="choice" if form == "choice" else "text", value=answer),
            transform=Transform(recipe="shape", seed=number, settings={"shown_s": list(laid[1])}),
            difficulty={"options": len(chosen), "shape_s": round(laid[1][1] - laid[1][0], 1)},
            twin_key=f"shape_{form}:{window[0]:.3f}:{number}",
        )


def _has_room(context: SourceContext, window: Span, moment: Moment) -> bool:
    span = map_interval(play(context.source, window), moment.start_s, moment.end_s)[0]
    return lay_shape(context, window, span, choose_look(random.Random(0), 0)) is not None


def _ask_longest(context: SourceContext, window: Span) -> Iterator[Draft]:
    """Up to four shots of which one outlasts the others; each set has another longest one."""
    shots = context.clear_shots(window)
    named = [(shot, moment) for shot in shots if (moment := _name(context, window, shot))]
    named.sort(key=lambda pair: -_length(pair[0]))
    chance = context.random("longest_shot", *window)
    for place, (longest, _) in enumerate(named):
        shorter = [pair for pair in named[place + 1 :] if outlasts(_length(longest), _length(pair[0]))]
        if not shorter:
            continue
        # the nearest of the shorter ones is the near miss
        others = shorter[:1] + chance.sample(shorter[1:], min(2, len(shorter) - 1))
        yield ask_longest(context, window, [named[place], *others], chance)[0]


def ask_longest(
    context: SourceContext, window: Span, named: Sequence[tuple[Anchor, Moment]], chance: random.Random
) -> tuple[Draft, dict[str, str]]:
    """Which of the shots, the longest given first, is longest on screen; and the letters of the shots."""
    clip = play(context.source, window)
    picked = [chr(ord("A") + index) for index in range(len(named))]
    chance.shuffle(picked)
    pairs = sorted(zip(picked, named, strict=True), key=lambda pair: pair[0])
    evidence = []
    for name, (shot, _) in pairs:
        shown = claim_shown(shot, clip, name)
        length = round(shown.value[1] - shown.value[0], 3)
        evidence += [
            shown,
            Claim(kind="duration", value=length, anchors=(shot.anchor_id,), label=name, clip=0),
        ]
    lettered = {shot.anchor_id: name for name, (shot, _) in pairs}
    draft = draft_question(
        context,
        "longest_page" if context.shows_a_screen else "longest_shot",
        chance,
        picked[0],
        evidence=tuple(evidence),
        media=(clip, *(still_of(moment, name) for name, (_, moment) in pairs)),
        verifier=Verifier(kind="choice", value=picked[0]),
        difficulty={"options": len(named), "clip_s": round(clip_duration(clip), 1)},
    )
    return draft, lettered


def outlasts(length_s: float, other_s: float) -> bool:
    """Whether one length is beyond doubt greater than another."""
    return length_s >= other_s + MIN_LONGER_S and length_s >= MIN_LONGER * other_s


def _length(shot: Anchor) -> float:
    return (shot.end_s or 0.0) - (shot.start_s or 0.0)


def _name(context: SourceContext, window: Span, shot: Anchor) -> Moment | None:
    """The moment that names a shot: the one within it that is most unlike the rest."""
    inside = [
        m
        for m in context.moments(window)
        if (shot.start_s or 0.0) <= m.start_s + 0.3
        and m.end_s <= (shot.end_s or 0.0) + 0.3
        and context.shot_at(m) == shot.anchor_id
    ]
    return max(inside, key=lambda m: getattr(m.anchor.value, "outside_distance", 0.0), default=None)


def derive_scenes(draft: Draft) -> Any:
    """The picture, the order or the statement that the verified intervals and the clip's shape give."""
    spans = {c.label: (float(c.value[0]), float(c.value[1])) for c in draft.evidence if c.kind == "interval"}
    if draft.template in {"before_yes_no", "before_caption"}:
        first = order_of(spans)
        return (
            affirm(first == "P")
            if draft.template == "before_yes_no"
            else pick_letter(draft, f"{first.lower()}_first")
        )
    if draft.template in {"shape_choice", "shape_yes_no"}:
        with_it = under_shape(draft, spans)
        return affirm(with_it == "A") if draft.template == "shape_yes_no" else with_it
    lengths = sorted(
        ((float(c.value), c.label) for c in draft.evidence if c.kind == "duration"), reverse=True
    )
    if len(lengths) < 2 or not outlasts(lengths[0][0], lengths[1][0]):
        raise ValueError(f"none is clearly the longest: {lengths}")
    return lengths[0][1]


def order_of(spans: dict[str | None, Span]) -> str:
    """Which of P and Q is over before the other begins. Raises `ValueError` when neither is."""
    p, q = spans["P"], spans["Q"]
    if p[1] <= q[0] + 0.1:
        return "P"
    if q[1] <= p[0] + 0.1:
        return "Q"
    raise ValueError("the two are on screen at once")
