"""Lessons from slides and speech, and key concepts: what is true passes, and no lie does."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from dataclaw_assets.anchor_values import CutValue, SubtitleValue
from dataclaw_assets.evaluation.corruptions import list_applicable
from dataclaw_assets.evaluation.lies import find_code, state_facts
from dataclaw_assets.records import Anchor, Clip, Draft, Edit, Source
from dataclaw_assets.synthesized_samples.agents.tutorial.agent import TutorialAgent
from dataclaw_assets.synthesized_samples.agents.tutorial.drawing import name_place
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import letter_twins
from dataclaw_assets.synthesized_samples.agents.tutorial.gate import check_alignment
from dataclaw_assets.synthesized_samples.context import Sibling, SourceContext, play
from resources.settings import Settings
from tests.builders import make_anchor
from tests.synthesized_samples.agents.made_slides import (
    HEADINGS,
    SLIDE_S,
    make_lecture_source,
    make_slides,
)

AGENT = TutorialAgent()
LECTURE, OTHER = make_lecture_source(), make_lecture_source("other.mp4")
LINES = (
    "Welcome to this talk",
    "Water takes the outer bank",
    "Sand stays within",
    "Years pass and the loop grows",
    "A flood cuts it short",
    "A lake stays. Thank you",
)


def speak(lines: tuple[str, ...]) -> list[Anchor]:
    """The lecture, with one line spoken over each slide."""
    spoken = [
        make_anchor(
            LECTURE, SubtitleValue(text=text, language="en"), "subtitle", n * SLIDE_S + 1.0, n * SLIDE_S + 5.0
        )
        for n, text in enumerate(lines)
    ]
    return [*make_slides(LECTURE), *spoken]


def context_of(source: Source, anchors: list[Anchor]) -> SourceContext:
    family = (Sibling(source, ()), Sibling(OTHER, tuple(make_slides(OTHER))))
    return SourceContext(source, tuple(anchors), Settings(), family)


CONTEXTS = {
    "lecture": context_of(LECTURE, make_slides(LECTURE)),
    "talk": context_of(LECTURE, speak(LINES)),
}
MADE = [(name, draft) for name, context in CONTEXTS.items() for draft in AGENT.compose(context)]


def templates(source: Source, anchors: list[Anchor]) -> Counter[str]:
    return Counter(draft.template for draft in AGENT.compose(context_of(source, anchors)))


def one(template: str) -> tuple[str, Draft]:
    return next((name, draft) for name, draft in MADE if draft.template == template)


def code(name: str, draft: Draft) -> str | None:
    return find_code(AGENT, draft, state_facts(AGENT, CONTEXTS[name]))


def say(draft: Draft, **payload: Any) -> Draft:
    return draft.model_copy(update={"payload": draft.payload | payload})


def test_slides_give_an_outline_with_its_twin_and_key_concepts() -> None:
    assert templates(LECTURE, make_slides(LECTURE)) == {"slide_lesson": 2, "key_concepts": 1}


def test_a_talk_gives_a_lesson_without_its_greeting_and_its_thanks() -> None:
    assert templates(LECTURE, speak(LINES)) == {"lesson": 2, "slide_lesson": 2, "key_concepts": 1}
    _, draft = one("lesson")
    assert sorted(line for step in draft.payload["steps"] for line in step["lines"]) == sorted(LINES[1:-1])
    pieces = draft.media[0].pieces  # type: ignore[union-attr]
    assert min(piece.start_s for piece in pieces) == SLIDE_S
    assert max(piece.end_s for piece in pieces) == 5 * SLIDE_S


def test_a_talk_that_counts_its_steps_gives_no_lesson() -> None:
    counted = (*LINES[1:3], "Next the loop grows", "Nothing stops it", LINES[4], "Finally a lake stays")
    assert "lesson" not in templates(LECTURE, speak(counted))


def test_a_shuffled_lesson_that_greets_is_refused() -> None:
    _, draft = one("lesson")
    hello = SubtitleValue(text="Hello, everyone", language="en")
    anchors = [
        anchor.model_copy(update={"value": hello}) if anchor.text == "subtitle at 13.0" else anchor
        for anchor in speak(LINES)
    ]
    facts = state_facts(AGENT, context_of(LECTURE, anchors))
    assert "out_of_place" in [finding.code for finding in check_alignment(draft, facts)]


@pytest.mark.parametrize(("name", "draft"), MADE)
def test_what_is_composed_passes_and_no_lie_about_it_does(name: str, draft: Draft) -> None:
    assert code(name, draft) is None
    told = [lie for seed in (1, 2, 3) for lie in list_applicable(draft, CONTEXTS[name], seed)]
    assert len(told) > 10
    assert [kind for kind, lie in told if code(name, lie) is None] == []


def test_the_twin_asks_the_same_of_the_same_pictures_with_other_letters() -> None:
    first, second = (draft for name, draft in MADE if (name, draft.template) == ("lecture", "slide_lesson"))
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


@pytest.mark.parametrize("template", ["lesson", "slide_lesson", "key_concepts"])
def test_every_form_covers_the_numbers_of_the_slides(template: str) -> None:
    _, draft = one(template)
    boxes = [still.edits[-1].region for still in draft.media[1:]]  # type: ignore[union-attr]
    left, top, right, bottom = boxes[0] or (0.0, 0.0, 0.0, 0.0)
    assert left <= 1180 / 1280 < 1224 / 1280 <= right
    assert top <= 680 / 720 < 698 / 720 <= bottom
    assert set(boxes) == {boxes[0]}


def test_one_slide_more_is_shown_than_there_are_headings() -> None:
    _, draft = one("key_concepts")
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
    _, draft = one("slide_lesson")
    assert sorted(line for step in draft.payload["steps"] for line in step["lines"]) == sorted(HEADINGS)


@pytest.mark.parametrize("template", ["lesson", "slide_lesson"])
def test_no_half_plays_pictures_in_an_order_that_they_tell(template: str) -> None:
    clips = [draft.media[0] for _, draft in MADE if draft.template == template]
    for clip in clips:
        assert isinstance(clip, Clip)
        by_time = sorted(clip.pieces, key=lambda piece: piece.start_s)
        assert list(clip.pieces) not in (by_time, by_time[::-1])


def test_a_clip_of_slides_as_recorded_is_refused() -> None:
    name, draft = one("slide_lesson")
    whole = play(LECTURE, (0.0, 36.0))
    lie = draft.model_copy(update={"media": (whole, *draft.media[1:])})
    found = [finding.code for finding in check_alignment(lie, state_facts(AGENT, CONTEXTS[name]))]
    assert "order_given" in found


def test_a_title_that_stands_lower_than_the_headings_is_no_step() -> None:
    spoken = ("Water runs down", *LINES[1:5], "A lake stays")
    anchors = [
        anchor.model_copy(update={"region": (80.0, 280.0, 700.0, 328.0)})
        if getattr(anchor.value, "text", None) == HEADINGS[0]
        else anchor
        for anchor in speak(spoken)
        if anchor.region != (120.0, 200.0, 700.0, 232.0) or (anchor.start_s or 0.0) > 0.0
    ]
    drafts = [d for d in AGENT.compose(context_of(LECTURE, anchors)) if d.template != "key_concepts"]
    assert [(d.template, len(d.payload["steps"])) for d in drafts] == [("lesson", 5)] * 2 + [
        ("slide_lesson", 5)
    ] * 2


@pytest.mark.parametrize(
    ("box", "place"),
    [
        ((20.0, 20.0, 200.0, 200.0), "in the upper left quarter"),
        ((312.0, 20.0, 492.0, 200.0), "in the upper right quarter"),
        ((100.0, 300.0, 400.0, 500.0), "in the lower half, to both sides of the middle"),
        ((100.0, 100.0, 400.0, 400.0), "around the middle"),
        ((100.0, 20.0, 258.0, 200.0), None),
        ((20.0, 20.0, 240.0, 200.0), None),
    ],
)
def test_a_stroke_has_a_place_only_where_none_can_be_argued_about(box: Any, place: str | None) -> None:
    stroke = make_anchor(LECTURE, CutValue(contrast=0.6), "stroke", None, None, region=box)
    assert name_place(stroke) == place


def test_headings_that_count_give_no_outline() -> None:
    counted = tuple(f"Step {'abcdef'[n]}".replace("abcdef"[n], str(n + 1)) for n in range(6))
    assert "slide_lesson" not in templates(LECTURE, make_slides(LECTURE, headings=counted))


STRANGE = Edit(op="outline", region=(0.1, 0.1, 0.2, 0.2))


@pytest.mark.parametrize(
    ("template", "change", "expected"),
    [
        ("slide_lesson", {"steps": "lines"}, "alignment:misplaced_line"),
        ("slide_lesson", {"clock": "none"}, "alignment:field_differs"),
        ("lesson", {"steps": "lines"}, "alignment:misplaced_line"),
        ("lesson", {"steps": "place"}, "alignment:field_differs"),
        ("key_concepts", {"concepts": "start_s"}, "alignment:field_differs"),
        ("key_concepts", {"concepts": "heading"}, "alignment:field_differs"),
    ],
)
def test_a_field_that_differs_is_refused(template: str, change: dict[str, str], expected: str) -> None:
    name, draft = one(template)
    ((field, part),) = change.items()
    if field == "clock":
        wrong: Any = part
    else:
        lies: dict[str, Any] = {"lines": [], "place": "around the middle", "start_s": 0.5}
        first = draft.payload[field][0] | {part: lies.get(part, "Nothing of it")}
        wrong = [first, *draft.payload[field][1:]]
    assert code(name, say(draft, **{field: wrong})) == expected


@pytest.mark.parametrize("template", ["lesson", "slide_lesson", "key_concepts"])
def test_a_picture_that_is_edited_otherwise_is_refused(template: str) -> None:
    name, draft = one(template)
    media = list(draft.media)
    media[1] = media[1].model_copy(update={"edits": (STRANGE,)})
    lie = draft.model_copy(update={"media": tuple(media)})
    assert code(name, lie) in {"alignment:wrong_picture", "citation:not_made"}
