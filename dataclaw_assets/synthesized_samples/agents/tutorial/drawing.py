"""Lessons of `tutorial` from drawings: one step a stroke, in the order in which the video draws them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from dataclaw_assets.anchor_values import StrokeValue
from dataclaw_assets.records import Anchor, Draft, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import (
    CLOCK,
    MAX_STEPS,
    Step,
    Tutorial,
    letter_twins,
    state_steps,
)
from dataclaw_assets.synthesized_samples.context import SourceContext, shuffle_away
from dataclaw_assets.synthesized_samples.phrasing import phrase
from dataclaw_assets.synthesized_samples.sketches import (
    choose_markable,
    claim_stroke,
    finished,
    make_clip,
    read_strokes,
)

MIN_STROKES = 4
"""Three steps are put in order by chance once in six times."""

SHEET_PX = 512.0
"""Side of the sheet that strokes' boxes are given on."""

CLEAR, ACROSS = 0.036, 0.05
"""Of the sheet: how far the line of a stroke in one half stays from the middle, so that its ink, a mark 5 px
wide, stays 0.03 away; and how far one reaches to either side that lies in both. What is neither is placed
differently by different readers."""

PLACES = (
    ("in the upper left quarter", "across the two upper quarters", "in the upper right quarter"),
    ("across the two left quarters", "across both middle lines", "across the two right quarters"),
    ("in the lower left quarter", "across the two lower quarters", "in the lower right quarter"),
)
"""Where a stroke goes: rows for the upper half, both halves and the lower half, columns likewise."""


def teach_drawing(context: SourceContext) -> Iterator[Draft]:
    """One step a stroke. Every picture shows all the ink, so that none gives its place in the order away; the
    twin's clip draws the same strokes in another order. Nothing of fewer than four strokes, nor where two
    cannot be told apart, or lie in one place, or a place is open to argument."""
    strokes = read_strokes(context)
    if not MIN_STROKES <= len(strokes) <= MAX_STEPS:
        return
    places = {name_place(anchor) for anchor, _ in strokes} - {None}
    if len(places) < len(strokes) or len(choose_markable(strokes)) < len(strokes):
        return
    chance = context.random("drawing_steps")
    wording = chance.random()
    natural = list(range(len(strokes)))
    orders = [natural, shuffle_away(len(strokes), chance)]
    for order, names in zip(orders, letter_twins(orders, chance), strict=True):
        yield _write_drawing(context, order, strokes, names, random.Random(wording), order is not natural)


def name_place(stroke: Anchor) -> str | None:
    """In which quarter of the sheet the whole of a stroke lies, or across which two, or that it crosses both
    middle lines; None where an edge of it is so near a middle line that this is open to argument."""
    left, top, right, bottom = (edge / SHEET_PX for edge in stroke.region or (0.0, 0.0, SHEET_PX, SHEET_PX))
    column, row = _find_half(left, right), _find_half(top, bottom)
    return None if column is None or row is None else PLACES[row][column]


def _find_half(low: float, high: float) -> int | None:
    """0 for the first half, 2 for the second, 1 for both."""
    if high <= 0.5 - CLEAR:
        return 0
    if low >= 0.5 + CLEAR:
        return 2
    return 1 if low <= 0.5 - ACROSS and high >= 0.5 + ACROSS else None


def _write_drawing(
    context: SourceContext,
    order: Sequence[int],
    strokes: Sequence[tuple[Anchor, StrokeValue]],
    names: Sequence[str],
    chance: random.Random,
    twin: bool,
) -> Draft:
    places = [value.index for _, value in strokes]
    clip = make_clip(context.source, [places[index] for index in order])
    written = [Step(picture=names[index], place=name_place(strokes[index][0])) for index in order]
    pictures = sorted(zip(names, places, strict=True))
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
        evidence=tuple(claim_stroke(*strokes[index], names[index], clip) for index in order),
        media=(
            clip,
            *(finished(context.source, len(order), [(index, "")], label=name) for name, index in pictures),
        ),
        verifier=Verifier(kind="permutation", value=[step.picture for step in written]),
        transform=Transform(recipe="permute_strokes", seed=0, settings={"order": list(clip.strokes)})
        if twin
        else None,
        difficulty={"steps": len(written)},
        twin_key="drawing_steps",
    )
