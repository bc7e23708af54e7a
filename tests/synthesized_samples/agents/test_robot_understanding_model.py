"""Task `robot_understanding` with a model: true replies pass, false answers and facts are refused by name."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dataclaw_assets.quality.gates.wording import check_wording
from dataclaw_assets.records import Draft, Instruction
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.robot_understanding.agent import RobotUnderstandingAgent
from dataclaw_assets.synthesized_samples.agents.robot_understanding.proposals import (
    RobotUnderstandingProposal,
)
from tests.synthesized_samples.agents.episodes import context_of, judge, make_demonstration
from tests.synthesized_samples.agents.proposing import label_facts

AGENT = RobotUnderstandingAgent()
EPISODE = make_demonstration()
CONTEXT = context_of(EPISODE)
FACTS = label_facts(EPISODE[1])
ASK = "This is a robot that carries a red cube from one side of the table to the other."


def label(kind: str, phase: str | None = None) -> str:
    return next(
        name
        for name, a in FACTS.items()
        if a.kind == kind and (phase is None or getattr(a.value, "phase", None) == phase)
    )


CLOSES, OPENS = label("phase", "gripper_closing"), label("phase", "gripper_opening")
HOLD, MOVES = label("hold"), label("phase", "moving")


def propose(form: str, facts: list[str], answer: str, question: str = ASK) -> list[Any]:
    items = [{"form": form, "facts": facts, "question": question, "answer": answer}]
    return list(AGENT.draft(RobotUnderstandingProposal.model_validate({"items": items}), CONTEXT, FACTS))


def verdicts(made: list[Draft | Refusal]) -> list[str | None]:
    class Worded(RobotUnderstandingAgent):
        gates = (*AGENT.gates, ("wording", check_wording))

    return [
        item.code if isinstance(item, Refusal) else judge(Worded(), CONTEXT, item, worded=True)
        for item in made
    ]


@pytest.mark.parametrize(
    ("form", "facts", "answer", "count"),
    [
        ("closing_moment", [CLOSES], "3.2", 2),
        ("opening_moment", [OPENS], "8.3 s", 2),
        ("hold_interval", [HOLD], "3.4-8.4", 1),
    ],
)
def test_a_true_reply_passes_every_gate(form: str, facts: list[str], answer: str, count: int) -> None:
    assert verdicts(propose(form, facts, answer)) == [None] * count


@pytest.mark.parametrize(
    ("form", "facts", "answer", "code"),
    [
        ("closing_moment", [CLOSES], "3.7", "wrong_time"),
        ("closing_moment", [CLOSES], "2.9", "wrong_time"),
        ("opening_moment", [OPENS], "7.7", "wrong_time"),
        ("hold_interval", [HOLD], "3.4-7.9", "wrong_time"),
        ("closing_moment", [CLOSES], "soon", "unreadable_answer"),
        ("closing_moment", [CLOSES], "99.0", "unreadable_answer"),
        ("closing_moment", [OPENS], "8.4", "wrong_facts"),
        ("closing_moment", [MOVES], "3.2", "wrong_facts"),
        ("hold_interval", [CLOSES], "3.2-3.5", "wrong_facts"),
        ("closing_moment", ["F999"], "3.2", "unknown_fact"),
    ],
)
def test_a_false_reply_is_refused(form: str, facts: list[str], answer: str, code: str) -> None:
    assert verdicts(propose(form, facts, answer))[0] == code


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("Its log says “lift the blue mug” about this movement of the arm.", "uncited_claim"),
        ("It is as F3 states of the movement that the arm makes.", "label_leak"),
        ("Look at this arm <image> and at what it does in the video.", "foreign_markup"),
        ("The gripper closes 3.4 seconds after the robot was told to move.", "uncited_claim"),
    ],
)
def test_lying_words_are_refused(question: str, code: str) -> None:
    assert verdicts(propose("closing_moment", [CLOSES], "3.2", question))[0] == code


@pytest.mark.parametrize(
    "item",
    [
        {"form": "stage_of_picture", "facts": [CLOSES], "question": ASK, "answer": "3.2"},
        {"form": "closing_moment", "facts": [], "question": ASK, "answer": "3.2"},
        {"form": "closing_moment", "facts": [CLOSES, OPENS], "question": ASK, "answer": "3.2"},
        {"form": "closing_moment", "facts": [CLOSES], "question": ASK, "answer": "3.2", "letter": "A"},
        {"form": "closing_moment", "facts": [CLOSES], "question": ASK},
        {"form": "closing_moment", "facts": [CLOSES], "question": ASK, "answer": "x" * 41},
    ],
)
def test_a_malformed_item_fits_no_proposal(item: Any) -> None:
    with pytest.raises(ValidationError):
        AGENT.proposal.model_validate({"items": [item]})


def test_the_prompt_names_every_form_and_the_request() -> None:
    ask = Instruction(
        instruction_id="i", intent_id="n", source_id=CONTEXT.source.source_id,
        task_type="robot_understanding",
        status="ready", text="Ask about the arm", rank=1,
        confidence=1.0, rationale="", target_schema="s", resolver="r",
    )  # fmt: skip
    said = AGENT.instruct(CONTEXT, ask)
    forms = ("closing_moment", "opening_moment", "hold_interval", ask.text)
    assert [form for form in forms if form not in said] == []
