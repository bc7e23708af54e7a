"""Questions of `temporal_qa` about drawings: which stroke is next, and whether one comes before another."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from dataclaw_assets.records import Draft, SketchClip, SketchStill, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.temporal_qa.forms import draft_question
from dataclaw_assets.synthesized_samples.agents.temporal_qa.words import affirm
from dataclaw_assets.synthesized_samples.context import SourceContext, letters
from dataclaw_assets.synthesized_samples.sketches import (
    choose_markable,
    claim_stroke,
    finished,
    make_clip,
    read_strokes,
)

TEMPLATES = frozenset({"next_stroke", "stroke_before_yes_no"})
OPTIONS = 4


def ask_strokes(context: SourceContext) -> Iterator[Draft]:
    """Which stroke follows a state of the drawing, or else which of two comes first: one question and its
    twin for each drawing, for a batch holds many that are alike."""
    drafts = list(_next_stroke(context))
    yield from drafts or _stroke_before(context)


def _next_stroke(context: SourceContext) -> Iterator[Draft]:
    """The stroke after a state of the drawing, in two orders of the remaining strokes. Neither is the one
    that it was drawn in: people draw a head before its wings, and who knows that need not watch. Of the
    strokes still to come, the second picture shows those with a letter and no other."""
    strokes = read_strokes(context)
    markable = {value.index for _, value in choose_markable(strokes)}
    chance = context.random("next_stroke")
    count = len(strokes)
    # the state must already show something, and four strokes must be left to choose from
    states = [
        k for k in range(1, count - 1) if k in markable and len([i for i in markable if i >= k]) >= OPTIONS
    ]
    if not states:
        return
    state = chance.choice(states)
    left = sorted(index for index in markable if index >= state)
    offered = [state, *chance.sample(left[1:], OPTIONS - 1)]
    names = letters(len(offered), chance)
    wording = chance.random()
    done = SketchStill(source_id=context.source.source_id, label="X", strokes=tuple(range(state)))
    marked = SketchStill(
        source_id=context.source.source_id,
        label="Y",
        strokes=(*done.strokes, *sorted(offered)),
        marks=tuple(sorted(zip(offered, names, strict=True))),
    )
    by_index = {value.index: (anchor, value) for anchor, value in strokes}
    for other in chance.sample(offered[1:], 2):
        order = list(range(count))
        order[state], order[other] = other, state
        clip = make_clip(context.source, order)
        right = dict(zip(offered, names, strict=True))[order[state]]
        yield draft_question(
            context,
            "next_stroke",
            random.Random(wording),
            right,
            evidence=tuple(
                claim_stroke(*by_index[i], name, clip) for i, name in zip(offered, names, strict=True)
            ),
            media=(clip, done, marked),
            verifier=Verifier(kind="choice", value=right),
            transform=Transform(recipe="permute_strokes", seed=0, settings={"order": order}),
            difficulty={"options": len(offered), "strokes": count},
            twin_key="next_stroke",
        )


def _stroke_before(context: SourceContext) -> Iterator[Draft]:
    """Two marked strokes, P and Q by chance; the twin draws the two in each other's place. The strokes come
    in an order of chance, never the one that they were drawn in: how a character is written is known."""
    strokes = read_strokes(context)
    markable = [value.index for _, value in choose_markable(strokes)]
    chance = context.random("stroke_before")
    if len(markable) < 2 or len(strokes) < 3:
        return
    p, q = chance.sample(markable, 2)
    count, wording = len(strokes), chance.random()
    swap, natural = {p: q, q: p}, list(range(count))
    order = twin = natural
    while natural in (order, twin):
        order = chance.sample(natural, count)
        twin = [swap.get(index, index) for index in order]
    marks = sorted([(p, "P"), (q, "Q")])
    by_index = {value.index: (anchor, value) for anchor, value in strokes}
    for shown in (order, twin):
        clip = make_clip(context.source, shown)
        answer = affirm(shown.index(p) < shown.index(q))
        yield draft_question(
            context,
            "stroke_before_yes_no",
            random.Random(wording),
            answer,
            evidence=tuple(claim_stroke(*by_index[index], name, clip) for index, name in marks),
            media=(clip, finished(context.source, count, marks, label="Y")),
            verifier=Verifier(kind="text", value=answer),
            transform=Transform(recipe="permute_strokes", seed=0, settings={"order": shown}),
            difficulty={"options": 2, "strokes": count, "between": abs(order.index(p) - order.index(q)) - 1},
            twin_key="stroke_before",
        )


def derive_strokes(draft: Draft) -> Any:
    """The mark of the stroke that the clip draws next, or whether it draws P before Q."""
    if draft.template == "next_stroke":
        return _next_mark(draft)
    clip, marked = draft.media
    if not isinstance(clip, SketchClip) or not isinstance(marked, SketchStill):
        raise TypeError("a clip and the marked drawing are needed")
    place = {letter: clip.strokes.index(stroke) for stroke, letter in marked.marks}
    return affirm(place["P"] < place["Q"])


def _next_mark(draft: Draft) -> str:
    clip, state, marked = draft.media
    if not (
        isinstance(clip, SketchClip) and isinstance(state, SketchStill) and isinstance(marked, SketchStill)
    ):
        raise TypeError("a clip, a state and the marked drawing are needed")
    if set(marked.strokes) != set(state.strokes) | {stroke for stroke, _ in marked.marks}:
        raise ValueError("a stroke that is neither drawn nor marked is shown")
    done = len(state.strokes)
    if set(state.strokes) != set(clip.strokes[:done]):
        raise ValueError("the clip never shows this state")
    return dict(marked.marks)[clip.strokes[done]]
