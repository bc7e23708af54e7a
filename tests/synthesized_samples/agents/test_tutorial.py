"""Lessons from slides and sessions, and key concepts: what is true passes, and no lie does."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from dataclaw_assets.anchor_values import ActionValue, CutValue
from dataclaw_assets.evaluation.corruptions import list_applicable
from dataclaw_assets.evaluation.lies import find_code, state_facts
from dataclaw_assets.records import Anchor, Clip, Draft, Edit, Source
from dataclaw_assets.synthesized_samples.agents.tutorial.agent import TutorialAgent
from dataclaw_assets.synthesized_samples.agents.tutorial.drawing import name_place
from dataclaw_assets.synthesized_samples.agents.tutorial.gate import check_alignment
from dataclaw_assets.synthesized_samples.context import Sibling, SourceContext, play
from resources.settings import Settings
from tests.builders import make_anchor
from tests.synthesized_samples.agents.made_gui_session import make_gui_session, make_gui_source
from tests.synthesized_samples.agents.made_slides import HEADINGS, make_lecture_source, make_slides

AGENT = TutorialAgent()
LECTURE, OTHER, SESSION = make_lecture_source(), make_lecture_source("other.mp4"), make_gui_source()


def context_of(source: Source, anchors: list[Anchor]) -> SourceContext:
    family = (Sibling(source, ()), Sibling(OTHER, tuple(make_slides(OTHER))))
    return SourceContext(source, tuple(anchors), Settings(), family)


CONTEXTS = {
    "lecture": context_of(LECTURE, make_slides(LECTURE)),
    "session": context_of(SESSION, make_gui_session(SESSION)),
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


def test_a_session_gives_a_guide_with_its_twin() -> None:
    assert templates(SESSION, make_gui_session(SESSION)) == {"screen_steps": 2}


@pytest.mark.parametrize(("name", "draft"), MADE)
def test_what_is_composed_passes_and_no_lie_about_it_does(name: str, draft: Draft) -> None:
    assert code(name, draft) is None
    told = [lie for seed in (1, 2, 3) for lie in list_applicable(draft, CONTEXTS[name], seed)]
    assert len(told) > 10
    assert [kind for kind, lie in told if code(name, lie) is None] == []


@pytest.mark.parametrize("template", ["slide_lesson", "screen_steps"])
def test_the_twin_asks_the_same_and_answers_otherwise(template: str) -> None:
    first, second = (draft for _, draft in MADE if draft.template == template)
    assert first.payload["question"] == second.payload["question"]
    assert first.media[1:] == second.media[1:]
    assert first.verifier.value != second.verifier.value


def test_an_outline_covers_the_numbers_of_the_slides() -> None:
    _, draft = one("slide_lesson")
    boxes = [still.edits[0].region for still in draft.media[1:]]  # type: ignore[union-attr]
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


@pytest.mark.parametrize("template", ["slide_lesson", "screen_steps"])
def test_no_half_plays_pictures_in_an_order_that_they_tell(template: str) -> None:
    clips = [draft.media[0] for _, draft in MADE if draft.template == template]
    for clip in clips:
        assert isinstance(clip, Clip)
        assert clip.pieces != tuple(sorted(clip.pieces, key=lambda piece: piece.start_s))


def test_a_clip_of_slides_as_recorded_is_refused() -> None:
    name, draft = one("slide_lesson")
    whole = play(LECTURE, (0.0, 36.0))
    lie = draft.model_copy(update={"media": (whole, *draft.media[1:])})
    found = [finding.code for finding in check_alignment(lie, state_facts(AGENT, CONTEXTS[name]))]
    assert "order_given" in found


def test_a_guide_that_would_leave_a_step_out_is_not_made() -> None:
    anchors = make_gui_session(SESSION)
    between = [
        make_anchor(SESSION, ActionValue(index=9, action="type"), "action", at, at + 0.2)
        for at in (7.0, 17.0, 27.0)
    ]
    assert templates(SESSION, [*anchors, *between]) == {}


@pytest.mark.parametrize(
    ("box", "place"),
    [
        ((20.0, 20.0, 200.0, 200.0), "in the upper left quarter"),
        ((312.0, 20.0, 492.0, 200.0), "in the upper right quarter"),
        ((100.0, 300.0, 400.0, 500.0), "in the lower half, to both sides of the middle"),
        ((100.0, 100.0, 400.0, 400.0), "around the middle"),
        ((100.0, 20.0, 258.0, 200.0), None),
    ],
)
def test_a_stroke_has_a_place_only_where_none_can_be_argued_about(box: Any, place: str | None) -> None:
    stroke = make_anchor(LECTURE, CutValue(contrast=0.6), "stroke", None, None, region=box)
    assert name_place(stroke) == place


def test_headings_that_count_give_no_outline() -> None:
    counted = tuple(f"Step {'abcdef'[n]}".replace("abcdef"[n], str(n + 1)) for n in range(6))
    assert "slide_lesson" not in templates(LECTURE, make_slides(LECTURE, headings=counted))


@pytest.mark.parametrize(
    "anchors",
    [
        make_gui_session(SESSION, sure=False),
        make_gui_session(SESSION, line_px=9.0),
        make_gui_session(SESSION)[:20],
    ],
    ids=["nothing confirms the steps", "print too small", "two steps"],
)
def test_a_session_without_three_readable_verified_steps_gives_no_guide(anchors: list[Anchor]) -> None:
    assert templates(SESSION, anchors) == {}


STRANGE = Edit(op="outline", region=(0.1, 0.1, 0.2, 0.2))


@pytest.mark.parametrize(
    ("template", "change", "expected"),
    [
        ("slide_lesson", {"steps": "lines"}, "alignment:misplaced_line"),
        ("slide_lesson", {"clock": "none"}, "alignment:field_differs"),
        ("screen_steps", {"steps": "label"}, "alignment:field_differs"),
        ("screen_steps", {"steps": "action"}, "alignment:field_differs"),
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
        lies: dict[str, Any] = {"lines": [], "label": "Nowhere", "action": "drag", "start_s": 0.5}
        first = draft.payload[field][0] | {part: lies.get(part, "Nothing of it")}
        wrong = [first, *draft.payload[field][1:]]
    assert code(name, say(draft, **{field: wrong})) == expected


@pytest.mark.parametrize("template", ["slide_lesson", "screen_steps", "key_concepts"])
def test_a_picture_that_is_edited_otherwise_is_refused(template: str) -> None:
    name, draft = one(template)
    media = list(draft.media)
    media[1] = media[1].model_copy(update={"edits": (STRANGE,)})
    lie = draft.model_copy(update={"media": tuple(media)})
    assert code(name, lie) in {"alignment:wrong_picture", "citation:not_made"}
