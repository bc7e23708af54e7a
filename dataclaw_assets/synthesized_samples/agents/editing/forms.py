"""The forms of `editing`: what can be done to a picture, in which words, and the questions about it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from dataclaw_assets.anchor_values import PictureValue
from dataclaw_assets.records import Claim, Draft, Edit, Json, Media, SketchStill, Still, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Payload, ask
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.phrasing import load_phrasings, phrase

MIN_OPTIONS, MAX_OPTIONS = 3, 4

PARTS: Mapping[str, tuple[float, float, float, float]] = {
    "the left half of the picture": (0.0, 0.0, 0.5, 1.0),
    "the right half of the picture": (0.5, 0.0, 1.0, 1.0),
    "the upper half of the picture": (0.0, 0.0, 1.0, 0.5),
    "the lower half of the picture": (0.0, 0.5, 1.0, 1.0),
    "the upper left quarter of the picture": (0.0, 0.0, 0.5, 0.5),
    "the upper right quarter of the picture": (0.5, 0.0, 1.0, 0.5),
    "the lower left quarter of the picture": (0.0, 0.5, 0.5, 1.0),
    "the lower right quarter of the picture": (0.5, 0.5, 1.0, 1.0),
}
"""By words, shares of the sides. An edit of the whole is seen at a glance, and its place says nothing."""

SIDES = {"left", "right", "upper", "lower"}
AMOUNTS = {"brighten": 0.5, "darken": 0.6, "blur": 0.3, "pixelate": 0.35}
"""Strong enough to be seen at 256 px."""

TURNS = ("rotate_180", "mirror", "flip")
FAMILIES = (TURNS, ("grey", "invert", "brighten", "darken"), ("blur", "pixelate"))
"""Operations that resemble one another. What is offered side by side is of one family: blurred pictures make
small files, turned ones do not, and whoever compares sizes is to learn nothing of the operation."""

MIN_COLOUR = 24
"""Levels by which the channels of some main colour differ in a picture that has colour to lose."""


class Editing(Payload):
    """`instruction` is the edit in words, as it is to be carried out; `options` are the texts of a choice;
    `place` is where on the sheet a stroke is added."""

    edit: str
    instruction: str
    options: dict[str, str] | None = None
    place: str | None = None


def choose_edits(family: Sequence[str], chance: random.Random) -> list[Edit]:
    """An edit and three that are not far from it: done to a near part, another done to the same, both."""
    first, second = chance.sample(family, 2)
    part = chance.choice(list(PARTS))
    elsewhere = chance.choice(list_near(part))
    return [make_edit(op, PARTS[where]) for op in (first, second) for where in (part, elsewhere)]


def list_near(part: str) -> list[str]:
    """The parts that have one side in common with a part: of a quarter its neighbours and its halves."""
    sides = SIDES.intersection(part.split())
    return [other for other in PARTS if other != part and len(sides.intersection(other.split())) == 1]


def has_colour(picture: PictureValue) -> bool:
    """Whether it shows when the colour is taken out of a picture."""
    channels = [[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in picture.palette]
    return any(max(levels) - min(levels) >= MIN_COLOUR for levels in channels)


def make_edit(operation: str, part: tuple[float, float, float, float]) -> Edit:
    """An edit of a part, as strong as `AMOUNTS` says."""
    return Edit.model_validate({"op": operation, "region": part, "amount": AMOUNTS.get(operation)})


def describe_edit(edit: Edit) -> str:
    """An edit in words, always the same ones. Raises `KeyError` or `StopIteration` for one without."""
    part = next(words for words, region in PARTS.items() if region == edit.region)
    return load_phrasings("editing")[edit.op][0].format(part=part)


def claim_edits(media: Sequence[Media]) -> tuple[Claim, ...]:
    """A claim for each labelled still, of what was done to it."""
    return tuple(
        Claim(kind="edited", value=[edit.model_dump(mode="json") for edit in still.edits], label=still.label)
        for still in media
        if isinstance(still, Still) and still.label is not None
    )


def draft_edit(
    context: SourceContext,
    template: str,
    chance: random.Random,
    right: str,
    instruction: str,
    evidence: Sequence[Claim],
    media: Sequence[Media],
    options: Mapping[str, str] | None = None,
    place: str | None = None,
    difficulty: Json | None = None,
) -> Draft:
    """A draft of one template, asked in one of its phrasings."""
    words = {"edit_result": {"instruction": instruction}, "stroke_edit": {"place": place or ""}}
    sentence = phrase("editing", template, chance, **words.get(template, {}))
    payload = Editing(
        edit=template,
        question=ask(sentence, options=options),
        answer=right,
        clock="none: pictures only",
        instruction=instruction,
        options=dict(options) if options else None,
        place=place,
    )
    return Draft(
        task_type="editing",
        template=template,
        source_id=context.source.source_id,
        payload=payload.model_dump(mode="json"),
        evidence=tuple(evidence),
        media=tuple(media),
        verifier=Verifier(kind="choice", value=right),
        difficulty=difficulty or {},
    )


def show(context: SourceContext, label: str, edits: Sequence[Edit] = ()) -> Still:
    """The source's own picture under a label, edited."""
    return Still(source_id=context.source.source_id, time_s=None, label=label, edits=tuple(edits))


def sketch(context: SourceContext, label: str, strokes: Sequence[int]) -> SketchStill:
    """A drawing with some of its strokes, under a label."""
    return SketchStill(source_id=context.source.source_id, label=label, strokes=tuple(strokes))
