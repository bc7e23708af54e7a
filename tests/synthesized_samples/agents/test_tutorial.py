"""Lessons from slides, and key concepts: what is true passes, and no lie does."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from dataclaw_assets.anchor_values import CutValue
from dataclaw_assets.evaluation.corruptions import list_applicable
from dataclaw_assets.evaluation.lies import find_code, state_facts
from dataclaw_assets.records import Anchor, Clip, Draft, Edit, Source
from dataclaw_assets.synthesized_samples.agents.tutorial.agent import TutorialAgent
from dataclaw_assets.synthesized_samples.agents.tutorial.drawing import name_place
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import letter_twins
from dataclaw_assets.synthesized_samples.agents.tutorial.gate import check_alignment
from dataclaw_assets.synthesized_samples.context import Sibling, SourceContext, play
from resources.settings import Settings
from tests.builders import make_anchor, make_drawing, make_source
from tests.synthesized_samples.agents.made_slides import (
    HEADINGS,
    make_lecture_source,
    make_slides,
)

AGENT = TutorialAgent()
LECTURE, OTHER = make_lecture_source(), make_lecture_source("other.mp4")


def context_of(source: Source, anchors: list[Anchor]) -> SourceContext:
    family = (Sibling(source, ()), Sibling(OTHER, tuple(make_slides(OTHER))))
    return SourceContext(source, tuple(anchors), Settings(), family)


CONTEXT = context_of(LECTURE, make_slides(LECTURE))
MADE = list(AGENT.compose(CONTEXT))


def templates(source: Source, anchors: list[Anchor]) -> Counter[str]:
    return Counter(draft.template for draft in AGENT.compose(context_of(source, anchors)))


def one(template: str) -> Draft:
    return next(draft for draft in MADE if draft.template == template)


def code(draft: Draft) -> str | None:
    return find_code(AGENT, draft, state_facts(AGENT, CONTEXT))


def say(draft: Draft, **payload: Any) -> Draft:
    return draft.model_copy(update={"payload": draft.payload | payload})


def test_slides_give_an_outline_with_its_twin_and_key_concepts() -> None:
    assert templates(LECTURE, make_slides(LECTURE)) == {"slide_lesson": 2, "key_concepts": 1}


@pytest.mark.parametrize("draft", MADE)
def test_what_is_composed_passes_and_no_lie_about_it_does(draft: Draft) -> None:
    assert code(draft) is None
    told = [lie for seed in (1, 2, 3) for lie in list_applicable(draft, CONTEXT, seed)]
    assert len(told) > 10
    assert [kind for kind, lie in told if code(lie) is None] == []


def test_the_twin_asks_the_same_of_the_same_pictures_with_other_letters() -> None:
    first, second = (draft for draft in MADE if draft.template == "slide_lesson")
    assert first.payload["question"] == second.payload["question"]
    mine, its = ({still.time_s: still.label for still in half.media[1:]} for half in (first, second))  # type: ignore[union-attr]
    assert mine.keys() == its.keys()
    assert not mine.items() & its.items()


@pytest.mark.parametrize("second", [[0, 2, 1], [2, 1, 0], [1, 2, 0], [0, 1, 2]])
def test_no_answer_is_the_alphabet_nor_that_of_its_twin(second: list[int]) -> None:
    for seed in range(20):
        orders = [[0, 1, 2], second]
        named = letter_twins(orders, random.Random(seed))
        told = [[names[index] for index in order] for names, order in zip(named, orders, strict=True)]
        assert not {"ABC", "CBA"} & {"".join(letters) for letters in told}
        assert told[0] != told[1]


@pytest.mark.parametrize("template", ["slide_lesson", "key_concepts"])
def test_every_form_covers_the_numbers_of_the_slides(template: str) -> None:
    draft = one(template)
    boxes = [still.edits[-1].region for still in draft.media[1:]]  # type: ignore[union-attr]
    left, top, right, bottom = boxes[0] or (0.0, 0.0, 0.0, 0.0)
    assert left <= 1180 / 1280 < 1224 / 1280 <= right
    assert top <= 680 / 720 < 698 / 720 <= bottom
    assert set(boxes) == {boxes[0]}


def test_one_slide_more_is_shown_than_there_are_headings() -> None:
    draft = one("key_concepts")
    assert len(draft.media) - 1 == len(draft.payload["options"]) + 1
    assert set(draft.payload["options"].values()) < set(HEADINGS)


@pytest.mark.parametrize(
    "anchors",
    [
        make_slides(LECTURE, heading_px=34.0),
        make_slides(LECTURE, headings=("Rivers",) * 6),
        [a for a in make_slides(LECTURE) if a.kind != "stable"],
        make_slides(LECTURE, further="Write to ann@river.org"),
    ],
    ids=["no heading stands out", "all slides have one heading", "no screen", "an address"],
)
def test_nothing_is_made_of_what_are_no_lecture_slides(anchors: list[Anchor]) -> None:
    assert templates(LECTURE, anchors) == {}


def test_an_outline_quotes_the_headings_alone() -> None:
    draft = one("slide_lesson")
    assert sorted(line for step in draft.payload["steps"] for line in step["lines"]) == sorted(HEADINGS)


def test_no_half_plays_pictures_in_an_order_that_they_tell() -> None:
    clips = [draft.media[0] for draft in MADE if draft.template == "slide_lesson"]
    for clip in clips:
        assert isinstance(clip, Clip)
        by_time = sorted(clip.pieces, key=lambda piece: piece.start_s)
        assert list(clip.pieces) not in (by_time, by_time[::-1])


def test_a_clip_of_slides_as_recorded_is_refused() -> None:
    draft = one("slide_lesson")
    whole = play(LECTURE, (0.0, 36.0))
    lie = draft.model_copy(update={"media": (whole, *draft.media[1:])})
    found = [finding.code for finding in check_alignment(lie, state_facts(AGENT, CONTEXT))]
    assert "order_given" in found


def test_a_title_that_stands_lower_than_the_headings_is_taught_and_asked_nowhere() -> None:
    anchors = [
        anchor.model_copy(update={"region": (80.0, 280.0, 700.0, 328.0)})
        if getattr(anchor.value, "text", None) == HEADINGS[0]
        else anchor
        for anchor in make_slides(LECTURE)
        if anchor.region != (120.0, 200.0, 700.0, 232.0) or (anchor.start_s or 0.0) > 0.0
    ]
    drafts = AGENT.compose(context_of(LECTURE, anchors))
    assert [(draft.template, len(draft.media) - 1) for draft in drafts] == [
        ("slide_lesson", 5),
        ("slide_lesson", 5),
        ("key_concepts", 5),
    ]


@pytest.mark.parametrize(
    ("box", "place"),
    [
        ((20.0, 20.0, 200.0, 200.0), "in the upper left quarter"),
        ((312.0, 20.0, 492.0, 200.0), "in the upper right quarter"),
        ((100.0, 300.0, 400.0, 500.0), "across the two lower quarters"),
        ((20.0, 180.0, 400.0, 500.0), "across both middle lines"),
        ((100.0, 20.0, 258.0, 200.0), None),
        ((20.0, 20.0, 240.0, 200.0), None),
    ],
)
def test_a_stroke_has_a_place_only_where_none_can_be_argued_about(box: Any, place: str | None) -> None:
    stroke = make_anchor(LECTURE, CutValue(contrast=0.6), "stroke", None, None, region=box)
    assert name_place(stroke) == place


UPPER_LEFT, UPPER_RIGHT = (20.0, 20.0, 200.0, 200.0), (312.0, 20.0, 492.0, 200.0)
LOWER_LEFT, LOWER_RIGHT = (20.0, 312.0, 200.0, 492.0), (312.0, 312.0, 492.0, 492.0)
ALSO_UPPER_LEFT = (20.0, 20.0, 60.0, 60.0)


@pytest.mark.parametrize(
    ("boxes", "pairs"),
    [
        ([UPPER_LEFT, UPPER_RIGHT, LOWER_LEFT, LOWER_RIGHT], 1),
        ([UPPER_LEFT, UPPER_RIGHT, LOWER_LEFT], 0),
        ([UPPER_LEFT, ALSO_UPPER_LEFT, UPPER_RIGHT, LOWER_LEFT, LOWER_RIGHT], 0),
    ],
    ids=["four places", "three strokes", "two strokes in one place"],
)
def test_a_drawing_gives_one_pair_where_four_strokes_have_a_place_each(boxes: list[Any], pairs: int) -> None:
    drawing = make_source("drawing", name="sketch.ndjson")
    strokes = [
        stroke.model_copy(update={"region": box})
        for stroke, box in zip(make_drawing(drawing, len(boxes)), boxes, strict=True)
    ]
    assert templates(drawing, strokes) == Counter({"drawing_steps": 2 * pairs} if pairs else {})


def test_headings_that_count_give_no_outline() -> None:
    counted = tuple(f"Step {'abcdef'[n]}".replace("abcdef"[n], str(n + 1)) for n in range(6))
    assert "slide_lesson" not in templates(LECTURE, make_slides(LECTURE, headings=counted))


STRANGE = Edit(op="outline", region=(0.1, 0.1, 0.2, 0.2))


@pytest.mark.parametrize(
    ("template", "change", "expected"),
    [
        ("slide_lesson", {"steps": "lines"}, "alignment:misplaced_line"),
        ("slide_lesson", {"clock": "none"}, "alignment:field_differs"),
        ("slide_lesson", {"steps": "place"}, "alignment:field_differs"),
        ("key_concepts", {"concepts": "start_s"}, "alignment:field_differs"),
        ("key_concepts", {"concepts": "heading"}, "alignment:field_differs"),
    ],
)
def test_a_field_that_differs_is_refused(template: str, change: dict[str, str], expected: str) -> None:
    draft = one(template)
    ((field, part),) = change.items()
    if field == "clock":
        wrong: Any = part
    else:
        lies: dict[str, Any] = {"lines": [], "place": "across both middle lines", "start_s": 0.5}
        first = draft.payload[field][0] | {part: lies.get(part, "Nothing of it")}
        wrong = [first, *draft.payload[field][1:]]
    assert code(say(draft, **{field: wrong})) == expected


@pytest.mark.parametrize("template", ["slide_lesson", "key_concepts"])
def test_a_picture_that_is_edited_otherwise_is_refused(template: str) -> None:
    draft = one(template)
    media = list(draft.media)
    media[1] = media[1].model_copy(update={"edits": (STRANGE,)})
    lie = draft.model_copy(update={"media": tuple(media)})
    assert code(lie) in {"alignment:wrong_picture", "citation:not_made"}
