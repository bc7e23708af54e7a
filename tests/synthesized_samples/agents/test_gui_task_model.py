"""A model's choice of steps and its words: what is true passes, what is false or malformed does not."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.quality.gates.wording import check_wording
from dataclaw_assets.records import Anchor, Instruction, Source
from dataclaw_assets.synthesized_samples.agents.contract import ModelAgent, Refusal
from dataclaw_assets.synthesized_samples.agents.gui_task.agent import GUITaskAgent
from dataclaw_assets.synthesized_samples.context import SourceContext
from resources.settings import Settings
from tests.synthesized_samples.agents.made_gui_session import make_gui_session, make_gui_source, make_tabs
from tests.synthesized_samples.agents.proposing import label_facts

AGENT = GUITaskAgent()
SOURCE = make_gui_source()
ANCHORS, TABS = make_gui_session(SOURCE), make_tabs(SOURCE)
ASK = "The user works through the parts of this program one after the other."


def verdicts(*items: Any, anchors: list[Anchor] | None = None, source: Source = SOURCE) -> list[str | None]:
    """What refuses each draft or item; None for a draft that passes all gates."""
    known = anchors or (TABS if DONE in items else ANCHORS)
    context = SourceContext(source, tuple(known), Settings())
    facts = Facts(source, {a.anchor_id: a for a in known}, AGENT.schema, AGENT.derive, Settings())
    proposal = AGENT.proposal.model_validate({"items": items})
    found: list[str | None] = []
    for made in AGENT.draft(proposal, context, label_facts(known)):  # type: ignore[arg-type]
        if isinstance(made, Refusal):
            found.append(made.code)
            continue
        results = audit_draft(made, facts, (*AGENT.gates, ("wording", check_wording)))
        found.append(next((result.code for result in results if not result.passed), None))
    return found


def labels(kind: str, *numbers: int, anchors: list[Anchor] = ANCHORS) -> list[str]:
    found = [name for name, anchor in label_facts(anchors).items() if anchor.kind == kind]
    return [found[number] for number in numbers]


def item(form: str, facts: list[str], question: str = ASK) -> dict[str, Any]:
    return {"form": form, "facts": facts, "question": question}


NEXT = item("next_action", labels("action", 2))
PLACE = item("locate_label", labels("text_line", 7))
READ = item("locate_label", labels("target_read", 3))
DONE = item("action_extraction", labels("action", 1, 4, anchors=TABS))
LED = item("screen_change", labels("action", 1, 4, 0, 2))


def test_it_is_an_agent_that_can_ask_a_model() -> None:
    assert isinstance(AGENT, ModelAgent)


@pytest.mark.parametrize("true", [NEXT, PLACE, READ, DONE, LED], ids=lambda one: one["form"])
def test_a_true_task_in_a_models_words_passes_every_gate(true: Any) -> None:
    found = verdicts(true)
    assert found
    assert set(found) == {None}


@pytest.mark.parametrize("form", ["action_extraction", "screen_change"])
def test_a_task_on_two_steps_comes_with_its_twin(form: str) -> None:
    assert len(verdicts(DONE if form == "action_extraction" else LED)) == 2


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("The user wants to press “Erase the disk” here.", "uncited_claim"),
        ("The user wants to see all customers of the shop.", "answer_given"),
        ("The user clicks at (.5, .25) on this screen.", "answer_given"),
        ("The user clicks 7.5 seconds after the start.", "uncited_claim"),
        ("The user carries out what F12 states.", "label_leak"),
        ("The user <image> works through the parts.", "foreign_markup"),
    ],
)
def test_lying_or_leaking_words_are_refused(question: str, code: str) -> None:
    assert verdicts(NEXT | {"question": question}) == [code]


def test_words_that_name_the_right_picture_are_refused() -> None:
    right = [f"Picture {letter} is the one that follows." for letter in "ABCD"]
    found = [verdicts(LED | {"question": question})[0] for question in right]
    assert found.count("answer_given") == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (NEXT | {"facts": ["F999"]}, "unknown_fact"),
        (NEXT | {"facts": labels("action", 1, 2)}, "wrong_facts"),
        (NEXT | {"facts": labels("text_line", 2)}, "wrong_facts"),
        (PLACE | {"facts": labels("stable", 2)}, "wrong_facts"),
        (DONE | {"facts": labels("action", 1, 1)}, "repeated_fact"),
        (DONE | {"facts": labels("action", 1, 6)}, "wrong_facts"),
        (LED | {"facts": labels("action", 1, 4)}, "wrong_facts"),
    ],
)
def test_an_item_that_cannot_be_made_is_a_refusal(wrong: Any, code: str) -> None:
    assert verdicts(wrong) == [code]


def test_an_action_that_nothing_confirms_is_no_step() -> None:
    doubtful = make_gui_session(SOURCE, sure=False)
    assert verdicts(NEXT, anchors=doubtful) == ["uncorroborated"]


def test_a_log_without_pictures_gives_a_refusal() -> None:
    assert verdicts(PLACE, source=SOURCE.model_copy(update={"stream": None})) == ["no_picture"]


@pytest.mark.parametrize(
    "malformed",
    [
        NEXT | {"form": "click"},
        NEXT | {"point": [0.5, 0.5]},
        NEXT | {"facts": []},
        NEXT | {"facts": ["the button"]},
        NEXT | {"question": ""},
    ],
)
def test_a_malformed_reply_does_not_fit_the_grammar(malformed: Any) -> None:
    with pytest.raises(ValidationError):
        AGENT.proposal.model_validate({"items": [malformed]})


def test_the_prompt_names_every_form_and_the_request() -> None:
    ask = Instruction(
        instruction_id="i", intent_id="n", source_id=SOURCE.source_id, task_type="gui_task", status="ready",
        text="Ask about the $5 menu", rank=1, confidence=1.0, rationale="", target_schema="s", resolver="r",
    )  # fmt: skip
    said = AGENT.instruct(SourceContext(SOURCE, tuple(ANCHORS), Settings()), ask)
    forms = AGENT.proposal.model_json_schema()["$defs"]["ProposedTask"]["properties"]["form"]["enum"]
    assert "Ask about the $5 menu" in said
    assert [form for form in forms if form not in said] == []
