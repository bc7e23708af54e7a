"""Lessons that a model writes from slides and speech: good ones pass with their twin, no other does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dataclaw_assets.anchor_values import SubtitleValue
from dataclaw_assets.evaluation.lies import state_facts
from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.quality.gates.wording import check_wording
from dataclaw_assets.records import Anchor, Draft, Instruction
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.tutorial.agent import TutorialAgent
from dataclaw_assets.synthesized_samples.agents.tutorial.gate import check_alignment
from dataclaw_assets.synthesized_samples.agents.tutorial.proposals import TutorialProposal
from dataclaw_assets.synthesized_samples.context import SourceContext
from resources.settings import Settings
from tests.builders import make_anchor
from tests.synthesized_samples.agents.made_slides import HEADINGS, SLIDE_S, make_lecture_source, make_slides
from tests.synthesized_samples.agents.proposing import label_facts

AGENT = TutorialAgent()
SOURCE = make_lecture_source()
ANCHORS = make_slides(SOURCE)
CONTEXT = SourceContext(SOURCE, tuple(ANCHORS), Settings())
FACTS = label_facts(ANCHORS)


def line(words: str) -> str:
    return next(
        n for n, a in FACTS.items() if a.kind == "text_line" and getattr(a.value, "text", "") == words
    )


def lesson(*numbers: int, text: str = "The river takes one more turn here.") -> dict[str, Any]:
    stills = [name for name, anchor in FACTS.items() if anchor.kind == "still_unique"]
    steps = [{"facts": [stills[n], line(HEADINGS[n])], "text": text} for n in numbers]
    return {"question": "This lesson shows how a river makes a lake of its own.", "steps": steps}


def make(item: Any) -> list[Draft | Refusal]:
    return list(AGENT.draft(TutorialProposal.model_validate({"items": [item]}), CONTEXT, FACTS))


def verdicts(item: Any) -> list[str | None]:
    facts = Facts(SOURCE, {a.anchor_id: a for a in ANCHORS}, AGENT.schema, AGENT.derive, Settings())
    found: list[str | None] = []
    for made in make(item):
        if isinstance(made, Refusal):
            found.append(made.code)
            continue
        results = audit_draft(made, facts, (*AGENT.gates, ("wording", check_wording)))
        found.append(next((result.code for result in results if not result.passed), None))
    return found


def test_a_lesson_from_slides_passes_with_its_twin() -> None:
    assert verdicts(lesson(0, 2, 3, 5)) == [None, None]


def test_its_steps_quote_the_headings_of_their_slides() -> None:
    made = make(lesson(0, 2, 3, 5))[0]
    assert isinstance(made, Draft)
    quoted = [line.split(" here. ")[1] for line in made.payload["answer"].splitlines()]
    assert sorted(quoted) == sorted(f"“{HEADINGS[number]}”" for number in (0, 2, 3, 5))


def test_a_lesson_in_the_wrong_order_is_refused() -> None:
    assert verdicts(lesson(2, 0, 3))[0] == "wrong_answer"


def test_a_line_of_another_slide_bears_no_step() -> None:
    wrong = lesson(0, 2, 3)
    wrong["steps"][1]["facts"][1] = line(HEADINGS[4])
    assert verdicts(wrong) == ["fact_elsewhere"]


def test_a_step_without_a_line_is_refused() -> None:
    wrong = lesson(0, 2, 3)
    wrong["steps"][1]["facts"] = wrong["steps"][1]["facts"][:1]
    assert verdicts(wrong) == ["wrong_facts"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The slide says “Floods are rare” about this river.", "uncited_claim"),
        ("It is the slide that F3 speaks of in this lesson.", "label_leak"),
        ("The slide stays for 4.5 seconds and then it goes.", "uncited_claim"),
    ],
)
def test_a_lying_sentence_is_refused(text: str, code: str) -> None:
    assert verdicts(lesson(0, 2, 3, text=text))[0] == code


def test_the_prompt_for_slides_without_speech_asks_for_what_is_written() -> None:
    ask = Instruction(
        instruction_id="i", intent_id="n", source_id=SOURCE.source_id, task_type="tutorial",
        status="ready", text="Teach about $5 rivers", rank=1,
        confidence=1.0, rationale="", target_schema="s", resolver="r",
    )  # fmt: skip
    said = AGENT.instruct(CONTEXT, ask)
    assert "Teach about $5 rivers" in said
    assert "text_line" in said


def speak(*lines: str) -> list[Anchor]:
    """The lecture, with one line spoken over each slide."""
    return ANCHORS + [
        make_anchor(
            SOURCE, SubtitleValue(text=text, language="en"), "subtitle", n * SLIDE_S + 1.0, n * SLIDE_S + 5.0
        )
        for n, text in enumerate(lines)
    ]


LINES = ("Water takes the outer bank", "Sand stays within", "Years pass", "A flood cuts it short")


def talk(*lines: str) -> tuple[SourceContext, list[Draft | Refusal]]:
    """What is made of a lesson over the first four slides, while these lines are spoken."""
    anchors = speak(*lines)
    facts = label_facts(anchors)
    stills = [name for name, anchor in facts.items() if anchor.kind == "still_unique"]
    said = [name for name, anchor in facts.items() if anchor.kind == "subtitle"]
    item = lesson(0) | {
        "steps": [{"facts": [stills[n], said[n]], "text": "The river takes one more turn."} for n in range(4)]
    }
    context = SourceContext(SOURCE, tuple(anchors), Settings())
    return context, list(AGENT.draft(TutorialProposal.model_validate({"items": [item]}), context, facts))


def findings(draft: Draft, context: SourceContext) -> set[str]:
    return {finding.code for finding in check_alignment(draft, state_facts(AGENT, context))}


def test_a_lesson_over_speech_plays_both_its_halves_in_another_order_than_the_recordings() -> None:
    context, made = talk(*LINES)
    assert len(made) == 2
    for draft in made:
        assert isinstance(draft, Draft)
        assert findings(draft, context) == set()
        starts = [piece.start_s for piece in draft.media[0].pieces]  # type: ignore[union-attr]
        assert starts not in (sorted(starts), sorted(starts, reverse=True))


def test_a_lesson_over_speech_that_greets_is_refused_by_the_agent_and_by_the_gate() -> None:
    _, refused = talk("Hello, everyone", *LINES[1:])
    assert [made.code for made in refused if isinstance(made, Refusal)] == ["out_of_place"]
    context, (draft, _) = talk(*LINES)
    hello = SubtitleValue(text="Hello, everyone", language="en")
    anchors = [
        anchor.model_copy(update={"value": hello})
        if getattr(anchor.value, "text", "") == LINES[0]
        else anchor
        for anchor in context.anchors
    ]
    assert isinstance(draft, Draft)
    assert "out_of_place" in findings(draft, replace(context, anchors=tuple(anchors)))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"lines": []}, {"misplaced_line", "steps_differ"}),
        ({"place": "across both middle lines"}, {"field_differs"}),
    ],
)
def test_a_step_over_speech_that_says_something_else_is_refused(
    change: dict[str, Any], expected: set[str]
) -> None:
    context, made = talk(*LINES)
    assert isinstance(made[0], Draft)
    first, *others = made[0].payload["steps"]
    payload = made[0].payload | {"steps": [first | change, *others]}
    assert findings(made[0].model_copy(update={"payload": payload}), context) == expected


def test_a_picture_over_speech_whose_number_is_not_covered_is_refused() -> None:
    context, made = talk(*LINES)
    assert isinstance(made[0], Draft)
    clip, first, *others = made[0].media
    lie = made[0].model_copy(update={"media": (clip, first.model_copy(update={"edits": ()}), *others)})
    assert findings(lie, context) == {"wrong_picture"}
