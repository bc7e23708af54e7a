"""Questions of `temporal_qa` about scenes that pictures name: which have a shape, and which is longest."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from dataclaw_assets.anchor_values import StillValue
from dataclaw_assets.quality.clock import clip_duration, map_interval
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.temporal_qa.forms import draft_question
from dataclaw_assets.synthesized_samples.agents.temporal_qa.orders import ask_before
from dataclaw_assets.synthesized_samples.agents.temporal_qa.shapes import (
    choose_look,
    lay_shape,
    tell_shape,
    under_shape,
)
from dataclaw_assets.synthesized_samples.agents.temporal_qa.words import affirm
from dataclaw_assets.synthesized_samples.claims import claim_shown, still_of
from dataclaw_assets.synthesized_samples.context import (
    FAR_APART,
    Moment,
    SourceContext,
    letters,
    pick_sets,
    play,
)
from dataclaw_assets.synthesized_samples.pages import changes_page, list_changing

MIN_LONGER_S, MIN_LONGER = 1.5, 1.4
"""By how much the longest shot must outlast the next one, in seconds and in times its length."""

FAR_OF_FILM = 0.2
"""Of footage whose camera moves, two shots of one place differ by up to 0.16; before a camera at rest, a
thing that has plainly moved makes no more."""

MIN_OFFERED, MAX_OFFERED = 3, 4
"""Shots to choose the longest of: of two there is no longest one."""

TEMPLATES = frozenset({"shape_choice", "shape_yes_no", "longest_shot", "longest_page"})
Span = tuple[float, float]


def ask_scenes(context: SourceContext, window: Span) -> Iterator[Draft]:
    """Order of two, a shape laid over one, and the longest shot, of the scenes of a window."""
    moments = name_scenes(context, window)
    yield from ask_before(context, window, "before_yes_no", moments, context.random("before_yes_no", *window))
    yield from _ask_shapes(context, window, moments)
    yield from _ask_longest(context, window)


def name_scenes(context: SourceContext, window: Span) -> list[Moment]:
    """Moments of a window whose pictures are beyond doubt unlike the rest: of film one of each shot, for in
    one take things are soon back where they were. Pages of a screen are told apart by their words; of a robot
    that hardly moves, nothing tells them."""
    film = context.source.kind == "video"
    least = 0.0 if context.source.kind == "gui_trace" else FAR_OF_FILM if film else FAR_APART
    far = [
        moment
        for moment in context.distinct_moments(window)
        if isinstance(moment.anchor.value, StillValue) and moment.anchor.value.outside_distance >= least
    ]
    return list({context.shot_at(moment): moment for moment in far}.values()) if film else far


def _ask_shapes(context: SourceContext, window: Span, moments: Sequence[Moment]) -> Iterator[Draft]:
    """Four scenes of four shots and a shape laid on one of them, and the twin with it on another; whether the
    shape is there with the picture, where there are but two or three."""
    stays = [m for m in moments if not changes_page(m.anchor, context.of_kind("stable"), context.source)]
    roomy = [m for m in stays if _has_room(context, window, m) and context.shot_at(m) is not None]
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
            words={"shape": tell_shape(laid[0])},
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
    """The longest shot of all that a window shows, the longest of the others, and up to two more."""
    named = {
        shot.anchor_id: (shot, moment)
        for shot in context.clear_shots(window)
        if (moment := _name(context, window, shot))
    }
    longest = find_longest(context.of_kind("shot"), window)
    if longest is None or longest.anchor_id not in named or len(named) < MIN_OFFERED:
        return
    chance = context.random("longest_shot", *window)
    first = named.pop(longest.anchor_id)
    near, *rest = sorted(named.values(), key=lambda pair: -_length(pair[0], window))
    others = [near, *chance.sample(rest, min(MAX_OFFERED - 2, len(rest)))]
    yield ask_longest(context, window, [first, *others], chance)[0]


def find_longest(shots: Sequence[Anchor], window: Span) -> Anchor | None:
    """The shot that outlasts every other one of a window, whatever is asked about; None where none does."""
    by_length = sorted(shots, key=lambda shot: -_length(shot, window))
    alone = len(by_length) > 1 and outlasts(*(_length(shot, window) for shot in by_length[:2]))
    return by_length[0] if alone else None


def ask_longest(
    context: SourceContext, window: Span, named: Sequence[tuple[Anchor, Moment]], chance: random.Random
) -> tuple[Draft, dict[str, str]]:
    """Which of the shots, the longest given first, lasts longest; and the letters of the shots."""
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


def _length(shot: Anchor, window: Span) -> float:
    """Seconds of a window that a shot takes; below 0 where it is none of it."""
    return min(shot.end_s or 0.0, window[1]) - max(shot.start_s or 0.0, window[0])


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
    """The picture, or whether it is the one, that the verified intervals and the clip's shape give."""
    spans = {c.label: (float(c.value[0]), float(c.value[1])) for c in draft.evidence if c.kind == "interval"}
    if draft.template in {"shape_choice", "shape_yes_no"}:
        with_it = under_shape(draft, spans)
        return affirm(with_it == "A") if draft.template == "shape_yes_no" else with_it
    lengths = sorted(
        ((float(c.value), c.label) for c in draft.evidence if c.kind == "duration"), reverse=True
    )
    if len(lengths) < 2 or not outlasts(lengths[0][0], lengths[1][0]):
        raise ValueError(f"none is clearly the longest: {lengths}")
    return lengths[0][1]


def check_places(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `unfit_fact`: what a picture shows is not there throughout the run that it stands for."""
    for name in list_changing(draft, facts):
        yield Finding(code="unfit_fact", detail=f"another page comes up during {name}")


def check_longest(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `unfit_fact`: fewer than three shots are offered, or the one named is not plainly the longest
    of all that the clip shows."""
    clip = draft.media[0]
    pieces = clip.pieces if isinstance(clip, Clip) else ()
    shots = [anchor for anchor in facts.anchors.values() if anchor.kind == "shot"]
    longest = find_longest(shots, (pieces[0].start_s, pieces[0].end_s)) if len(pieces) == 1 else None
    offered = {claim.label: claim.anchors for claim in draft.evidence}
    named = offered.get(str(draft.verifier.value), ())
    if len(offered) < MIN_OFFERED or longest is None or longest.anchor_id not in named:
        yield Finding(code="unfit_fact", detail=f"{draft.verifier.value} is not the longest of three or more")
