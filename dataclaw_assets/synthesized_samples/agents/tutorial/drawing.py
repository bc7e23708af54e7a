"""Lessons of `tutorial` from drawings: one step a stroke, in the order in which the video draws them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence

from dataclaw_assets.anchor_values import StrokeValue
from dataclaw_assets.records import Anchor, Draft, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import (
    CLOCK,
    MAX_STEPS,
    MIN_STEPS,
    Step,
    Tutorial,
    state_steps,
)
from dataclaw_assets.synthesized_samples.context import SourceContext, letters, shuffle_away
from dataclaw_assets.synthesized_samples.phrasing import phrase
from dataclaw_assets.synthesized_samples.sketches import (
    choose_markable,
    claim_stroke,
    describe_place,
    finished,
    make_clip,
    read_strokes,
)

MIN_PLACES = 3
"""A lesson that can hardly say where anything goes is an ordering puzzle in disguise."""


def teach_drawing(context: SourceContext) -> Iterator[Draft]:
    """One step a stroke that can be told apart. Every picture shows all the ink, so that none gives its place
    in the order away; the twin's clip draws the same strokes in another order."""
    strokes = read_strokes(context)
    steps = choose_markable(strokes)
    if not MIN_STEPS <= len(steps) <= MAX_STEPS or len(steps) < 0.7 * len(strokes):
        return
    places = name_places([anchor for anchor, _ in steps])
    if len(places) < max(MIN_PLACES, 0.6 * len(steps)):
        return
    chance = context.random("drawing_steps")
    names = letters(len(steps), chance)
    wording = chance.random()
    natural = [value.index for _, value in strokes]
    slots = [value.index for _, value in steps]
    mixed = list(natural)
    for slot, index in zip(slots, shuffle_away(len(slots), chance), strict=True):
        mixed[slot] = slots[index]
    named = {value.index: (anchor, value, name) for (anchor, value), name in zip(steps, names, strict=True)}
    for order in (natural, mixed):
        yield _write_drawing(context, order, named, random.Random(wording), order is mixed)


def name_places(strokes: Sequence[Anchor]) -> dict[str, str]:
    """Where strokes go, by anchor: only places beyond argument that name one stroke of the drawing."""
    places = {stroke.anchor_id: describe_place(stroke) for stroke in strokes}
    taken = Counter(places.values())
    return {name: place for name, place in places.items() if place and taken[place] == 1}


def _write_drawing(
    context: SourceContext,
    order: Sequence[int],
    named: dict[int, tuple[Anchor, StrokeValue, str]],
    chance: random.Random,
    twin: bool,
) -> Draft:
    clip = make_clip(context.source, order)
    sequence = [named[index] for index in order if index in named]
    places = name_places([anchor for anchor, _, _ in named.values()])
    written = [Step(picture=name, place=places.get(anchor.anchor_id)) for anchor, _, name in sequence]
    pictures = sorted((name, index) for index, (_, _, name) in named.items())
    payload = Tutorial(
        question=phrase("tutorial", "drawing_steps", chance),
        answer=state_steps(written, chance),
        clock=CLOCK,
        steps=tuple(written),
    )
    return Draft(
        task_type="tutorial",
        template="drawing_steps",
        source_id=context.source.source_id,
        payload=payload.model_dump(mode="json"),
        evidence=tuple(claim_stroke(anchor, value, name, clip) for anchor, value, name in sequence),
        media=(
            clip,
            *(finished(context.source, len(order), [(index, "")], label=name) for name, index in pictures),
        ),
        verifier=Verifier(kind="permutation", value=[step.picture for step in written]),
        transform=Transform(recipe="permute_strokes", seed=0, settings={"order": list(order)})
        if twin
        else None,
        difficulty={"steps": len(written), "strokes": len(order)},
        twin_key="drawing_steps",
    )
