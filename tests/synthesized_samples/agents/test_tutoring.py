"""Task `tutoring`: true dialogues pass with their twin, false ones are refused, and no rule writes any."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dataclaw_assets.evaluation.corruptions import list_applicable
from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.quality.gates.wording import check_wording
from dataclaw_assets.records import Anchor, Draft, Instruction, Source
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.tutoring.agent import TutoringAgent, TutoringProposal
from dataclaw_assets.synthesized_samples.context import Sibling, SourceContext
from resources.settings import Settings
from tests.builders import make_film, make_source
from tests.synthesized_samples.agents.proposing import label_facts, make_session

AGENT = TutoringAgent()
FILM, SESSION = make_source(), make_source("gui_trace", 36.0, "session.mp4")
OTHER = make_source(name="other.mp4")
MATERIAL: dict[str, tuple[Source, list[Anchor]]] = {
    "film": (FILM, make_film(FILM)),
    "session": (SESSION, make_session(SESSION)),
}


def context_of(material: str) -> SourceContext:
    source, anchors = MATERIAL[material]
    family = (Sibling(source, ()), Sibling(OTHER, tuple(make_film(OTHER))))
    return SourceContext(source, tuple(anchors), Settings(), family)


def label(material: str, kind: str, number: int) -> str:
    found = [name for name, a in label_facts(MATERIAL[material][1]).items() if a.kind == kind]
    return found[number]


def film_help(stuck: int, *numbers: int, quote: str | None = None) -> dict[str, Any]:
    words = quote or f"Sentence number {'abcdefgh'[stuck]} of the film."
    steps = [
        {
            "facts": [label("film", "still_unique", n), label("film", "subtitle", n)],
            "text": "The film shows another of its scenes here.",
        }
        for n in numbers
    ]
    return {
        "question": f"I do not understand what is meant by “{words}” and where I am now.",
        "stuck": label("film", "subtitle", stuck),
        "steps": steps,
    }


def session_help(stuck: int, *numbers: int, text: str = "Click the button “Open part {}”.") -> dict[str, Any]:
    steps = [
        {"facts": [label("session", "action", n)], "text": text.format("abcdefghij"[n])} for n in numbers
    ]
    return {
        "question": f"I have found the button “Open part {'abcdefghij'[stuck]}” but not how to go on.",
        "stuck": label("session", "action", stuck),
        "steps": steps,
    }


def make(material: str, *items: Any) -> list[Draft | Refusal]:
    proposal = TutoringProposal.model_validate({"items": items})
    return list(AGENT.draft(proposal, context_of(material), label_facts(MATERIAL[material][1])))


def code(material: str, draft: Draft) -> str | None:
    source, anchors = MATERIAL[material]
    facts = Facts(source, {a.anchor_id: a for a in anchors}, AGENT.schema, AGENT.derive, Settings())
    results = audit_draft(draft, facts, (*AGENT.gates, ("wording", check_wording)))
    return next((result.code for result in results if not result.passed), None)


def verdicts(material: str, *items: Any) -> list[str | None]:
    return [
        made.code if isinstance(made, Refusal) else code(material, made) for made in make(material, *items)
    ]


TRUE = [("film", film_help(3, 1, 3, 5, 6)), ("session", session_help(2, 0, 2, 4, 5))]
DRAFTS = [(m, made) for m, item in TRUE for made in make(m, item) if isinstance(made, Draft)]


def test_rules_write_no_dialogue() -> None:
    assert list(AGENT.compose(context_of("film"))) == []


@pytest.mark.parametrize(("material", "item"), TRUE)
def test_a_true_dialogue_passes_with_its_twin(material: str, item: Any) -> None:
    assert verdicts(material, item) == [None, None]


@pytest.mark.parametrize("place", [0, 2])
def test_the_twin_begins_with_the_same_step_and_goes_on_otherwise(place: int) -> None:
    first, second = (draft.verifier.value for _, draft in DRAFTS[place : place + 2])
    assert first[0] == second[0]
    assert first[1] != second[1]


@pytest.mark.parametrize(("material", "draft"), DRAFTS)
def test_no_lie_about_a_dialogue_passes(material: str, draft: Draft) -> None:
    # a sentence in a question or an answer is a model's own here, and no fact says that it is false
    told = [
        (kind, lie)
        for seed in (1, 2, 3)
        for kind, lie in list_applicable(draft, context_of(material), seed)
        if kind != "a lying sentence"
    ]
    assert len(told) > 10
    assert [kind for kind, lie in told if code(material, lie) is None] == []


@pytest.mark.parametrize(
    ("material", "item", "refused"),
    [
        ("film", film_help(3, 1, 3, 5) | {"stuck": label("film", "subtitle", 1)}, "wrong_answer"),
        ("film", film_help(3, 1, 3, 5) | {"stuck": "F999"}, "wrong_facts"),
        ("film", film_help(3, 1, 3, 5, quote="Sentence number z."), "quote_unbacked"),
        ("film", film_help(2, 1, 3, 5), "quote_unbacked"),
        ("film", film_help(5, 1, 3, 5), "nothing_follows"),
        ("film", film_help(3, 1, 3, 3), "same_moment"),
        ("film", film_help(3, 1, 3, 5) | {"question": "I do not know how to go on."}, "quote_unbacked"),
        ("session", session_help(2, 0, 2, 4) | {"stuck": label("session", "action", 0)}, "wrong_answer"),
        ("session", session_help(2, 0, 2, 4, text="Click “Erase the disk” there."), "uncited_claim"),
    ],
)
def test_a_false_dialogue_is_refused(material: str, item: Any, refused: str) -> None:
    assert verdicts(material, item)[0] == refused


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ("I am stuck at “Sentence number d of the film.” after 17.3 seconds.", "uncited_claim"),
        ("I am stuck at “Sentence number d of the film.” <image> here.", "foreign_markup"),
        ("I am stuck at “Sentence number d of the film.” as F3 says.", "label_leak"),
    ],
)
def test_lying_words_of_the_learner_are_refused(words: str, refused: str) -> None:
    assert verdicts("film", film_help(3, 1, 3, 5) | {"question": words})[0] == refused


@pytest.mark.parametrize(
    "change",
    [{"steps": []}, {"stuck": "three"}, {"question": "x" * 301}, {"reply": "Look there."}],
)
def test_a_malformed_dialogue_fits_no_proposal(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AGENT.proposal.model_validate({"items": [film_help(3, 1, 3, 5) | change]})


@pytest.mark.parametrize("material", MATERIAL)
def test_the_prompt_holds_the_request(material: str) -> None:
    ask = Instruction(
        instruction_id="i", intent_id="n", source_id=FILM.source_id, task_type="tutoring",
        status="needs_model", text="Help a $5 learner", rank=1,
        confidence=1.0, rationale="", target_schema="s", resolver="r",
    )  # fmt: skip
    assert "Help a $5 learner" in AGENT.instruct(context_of(material), ask)
