"""The form of `editing` about drawings: one stroke more, at a named place of the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from dataclaw_assets.quality.gates.places import Box
from dataclaw_assets.records import Anchor, Claim, Draft
from dataclaw_assets.synthesized_samples.agents.editing.forms import (
    MAX_OPTIONS,
    MIN_OPTIONS,
    draft_edit,
    sketch,
)
from dataclaw_assets.synthesized_samples.context import SourceContext, letters
from dataclaw_assets.synthesized_samples.sketches import choose_markable, describe_place, read_strokes

MAX_LACKING = 0.4
"""Of a drawing's ink, what the strokes that it lacks have together at most."""

MIN_STROKES, MIN_OUTLINE = 5, 1 / 3
"""Of a drawing that is still one when it lacks some strokes: how many it has in all, and the share of its ink
that the longest has. Without such an outline loose lines are left."""

SHEET_PX = 512.0
MAX_OUT, MIN_OUT = 0.02, 0.15
"""Of the sheet: how far the stroke asked for reaches out of the place named, at most; how far from it
another has its centre, at least."""


def add_stroke(context: SourceContext) -> Iterator[Draft]:
    """A drawing that lacks some strokes, and what it is with the one of them that lies in a place, the others
    lying elsewhere. What is left holds most of the ink and the longest stroke: fragments are no drawing."""
    strokes = read_strokes(context)
    longest = max((value.length_share for _, value in strokes), default=0.0)
    if len(strokes) < MIN_STROKES or longest < MIN_OUTLINE:
        return
    chance = context.random("stroke_edit")
    removable = [stroke for stroke in choose_markable(strokes) if stroke[1].length_share < longest]
    for count in (MAX_OPTIONS, MIN_OPTIONS):
        sets = [
            (asked, *others)
            for asked in removable
            if _lies_in_place(asked[0])
            for others in combinations([o for o in removable if _lies_elsewhere(o[0], asked[0])], count - 1)
            if sum(value.length_share for _, value in (asked, *others)) <= MAX_LACKING
        ]
        if sets:
            break
    else:
        return
    offered = chance.choice(sets)
    asked, asked_value = offered[0]
    place = describe_place(asked) or ""
    lacking = {value.index for _, value in offered}
    before = tuple(value.index for _, value in strokes if value.index not in lacking)
    names = letters(count, chance)
    media = [sketch(context, "X", before)]
    media += sorted(
        (
            sketch(context, name, (*before, value.index))
            for name, (_, value) in zip(names, offered, strict=True)
        ),
        key=lambda still: str(still.label),
    )
    after = sketch(context, "Y", (*before, asked_value.index))
    yield draft_edit(
        context, "stroke_edit", chance, names[0], f"add one stroke {place}",
        (Claim(kind="fact", field="index", value=asked_value.index, anchors=(asked.anchor_id,)),),
        (*media, after.model_copy(update={"label": None, "side": "output"})),
        place=place, difficulty={"options": count, "strokes": len(strokes)},
    )  # fmt: skip


def _lies_in_place(stroke: Anchor) -> bool:
    """Whether nobody would place a stroke otherwise: all of it lies where it is said to lie."""
    box, _, ninth = _locate_stroke(stroke)
    return describe_place(stroke) is not None and _reach_out(box, ninth) <= MAX_OUT


def _lies_elsewhere(stroke: Anchor, asked: Anchor) -> bool:
    """Whether nobody would say of a stroke that it lies where the one asked for does."""
    return _reach_out(_locate_stroke(stroke)[1], _locate_stroke(asked)[2]) >= MIN_OUT


def _locate_stroke(stroke: Anchor) -> tuple[Box, Box, Box]:
    """A stroke's box, the point in the middle of it, and the ninth of the sheet in which that lies, as shares
    of the sheet's sides."""
    left, top, right, bottom = (edge / SHEET_PX for edge in stroke.region or (0.0, 0.0, 0.0, 0.0))
    across, down = (left + right) / 2, (top + bottom) / 2
    column, row = min(2, int(across * 3)), min(2, int(down * 3))
    ninth = column / 3, row / 3, (column + 1) / 3, (row + 1) / 3
    return (left, top, right, bottom), (across, down, across, down), ninth


def _reach_out(box: Box, place: Box) -> float:
    """How far a box reaches out of a place at most, as a share of the sheet's side."""
    return max(place[0] - box[0], place[1] - box[1], box[2] - place[2], box[3] - place[3])
