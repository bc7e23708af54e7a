"""A model's questions about directions, lines and lengths: true ones pass, lies are refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dataclaw_assets.quality.gates.wording import check_wording
from dataclaw_assets.records import Anchor, Draft, Source
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from tests.synthesized_samples.agents.proposing import SENTENCES, label_facts
from tests.synthesized_samples.agents.temporal_footage import (
    AGENT,
    FILM,
    LAMP,
    MOVER,
    PAN,
    SLIDES,
    STREET,
    a_mover,
    context_of,
    facts_of,
    make_scenes,
    make_slides,
    make_street,
    verdict,
)

STREET_FACTS = make_street(MOVER, PAN, LAMP, (a_mover(confidence="low"), "dominant_mover", 10.0, 13.0))
MATERIAL: dict[str, tuple[Source, list[Anchor]]] = {
    "street": (STREET, STREET_FACTS),
    "scenes": (FILM, make_scenes()),
    "slides": (SLIDES, make_slides()),
}


def label(material: str, kind: str, number: int) -> str:
    """The label of the n-th fact of a kind."""
    return [name for name, a in label_facts(MATERIAL[material][1]).items() if a.kind == kind][number]


def item(form: str, facts: list[str], answer: str, question: str = SENTENCES[0]) -> dict[str, Any]:
    return {"form": form, "facts": facts, "question": question, "answer": answer}


def verdicts(material: str, proposed: dict[str, Any]) -> list[str | None]:
    """The code that refuses an item, or that of each of its drafts, None for one that passes."""
    source, anchors = MATERIAL[material]
    proposal = AGENT.proposal.model_validate({"items": [proposed]})
    found: list[str | None] = []
    for made in AGENT.draft(proposal, context_of(source, anchors), label_facts(anchors)):  # type: ignore[arg-type]
        if isinstance(made, Refusal):
            found.append(made.code)
            continue
        assert isinstance(made, Draft)
        worded = next(check_wording(made, facts_of(source, anchors)), None)
        found.append(verdict(made, source, anchors) or (worded.code if worded else None))
    return found


LINES = [label("slides", "text", number) for number in (1, 4, 2, 3)]
SHOTS = [label("scenes", "shot", number) for number in (2, 3, 1)]
THING = item("mover_choice", [label("street", "dominant_mover", 0)], "left")
CAMERA = item("camera_choice", [label("street", "motion", 1)], "right")
LIGHT = item("light_choice", [label("street", "attribute_change", 0)], "brighter")
NEXT = item("next_line", LINES, LINES[2])
LONGEST = item("longest_shot", SHOTS, SHOTS[1])
LONG = item("shot_length", SHOTS[1:2], "14.0")


@pytest.mark.parametrize(
    ("material", "true", "drafts"),
    [
        ("street", THING, 3),
        ("street", CAMERA, 3),
        ("street", LIGHT, 3),
        ("slides", NEXT, 2),
        ("scenes", LONGEST, 1),
        ("scenes", LONG, 1),
    ],
    ids=["thing", "camera", "light", "next", "longest", "length"],
)
def test_a_true_question_passes_with_its_twins(material: str, true: dict[str, Any], drafts: int) -> None:
    assert verdicts(material, true) == [None] * drafts


@pytest.mark.parametrize(
    ("material", "lie"),
    [
        ("street", THING | {"answer": "right"}),
        ("street", CAMERA | {"answer": "left"}),
        ("street", LIGHT | {"answer": "darker"}),
        ("slides", NEXT | {"answer": LINES[1]}),
        ("scenes", LONGEST | {"answer": SHOTS[0]}),
    ],
)
def test_a_false_answer_is_refused_by_recomputation(material: str, lie: dict[str, Any]) -> None:
    assert verdicts(material, lie)[0] == "wrong_answer"


@pytest.mark.parametrize(
    ("material", "wrong", "code"),
    [
        ("street", THING | {"facts": [label("street", "dominant_mover", 1)]}, "wrong_facts"),
        ("street", THING | {"facts": CAMERA["facts"]}, "wrong_facts"),
        ("street", THING | {"facts": ["F999"]}, "unknown_fact"),
        ("street", THING | {"answer": "sideways"}, "unreadable_answer"),
        ("street", LIGHT | {"facts": [*LIGHT["facts"], *CAMERA["facts"]]}, "wrong_facts"),
        ("slides", NEXT | {"facts": LINES[:3], "answer": LINES[2]}, "wrong_facts"),
        ("slides", NEXT | {"facts": [LINES[1], LINES[0], *LINES[2:]]}, "nothing_follows"),
        ("slides", NEXT | {"answer": "F999"}, "unknown_fact"),
        ("slides", NEXT | {"answer": f"{LINES[1]}, {LINES[2]}"}, "unreadable_answer"),
        ("slides", NEXT | {"facts": [label("slides", "text_line", 0), *LINES[1:]]}, "wrong_facts"),
        ("scenes", LONGEST | {"facts": SHOTS[:1], "answer": SHOTS[0]}, "wrong_facts"),
        ("scenes", LONGEST | {"facts": SHOTS[:2], "answer": SHOTS[1]}, "wrong_facts"),
        ("scenes", LONGEST | {"answer": "the second"}, "unreadable_answer"),
        ("scenes", LONG | {"answer": "13.0"}, "wrong_time"),
        ("scenes", LONG | {"facts": SHOTS[2:], "answer": "9.0"}, "unfit_fact"),
        ("street", THING | {"question": "Watch the cart that rolls leftwards."}, "answer_given"),
        ("street", CAMERA | {"question": "Does the view not shift right here?"}, "answer_given"),
    ],
)
def test_an_item_that_cannot_be_made_is_a_refusal(material: str, wrong: dict[str, Any], code: str) -> None:
    assert verdicts(material, wrong) == [code]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Watch how the thing moves at 4.5 seconds.", "uncited_claim"),
        ("Look at the sign “Ferry closed” while it passes.", "uncited_claim"),
        ("Look at <image> and say which way it goes.", "foreign_markup"),
    ],
)
def test_words_that_no_fact_bears_are_refused(said: str, code: str) -> None:
    assert set(verdicts("street", THING | {"question": said})) == {code}


@pytest.mark.parametrize(
    "broken", [{"form": "mover_direction"}, {"facts": []}, {"answer": ""}, {"answer": "x" * 41}, {"more": 1}]
)
def test_a_malformed_item_does_not_fit_the_grammar(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AGENT.proposal.model_validate({"items": [THING | broken]})
