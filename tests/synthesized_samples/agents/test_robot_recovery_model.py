"""Task `robot_recovery` with a model: its choice and words pass, what cannot be made is refused by name."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dataclaw_assets.quality.gates.wording import check_wording
from dataclaw_assets.records import Draft, Instruction
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.robot_recovery.agent import RobotRecoveryAgent
from dataclaw_assets.synthesized_samples.agents.robot_recovery.proposals import RobotRecoveryProposal
from tests.synthesized_samples.agents.episodes import context_of, judge, make_demonstration
from tests.synthesized_samples.agents.proposing import label_facts

AGENT = RobotRecoveryAgent()
EPISODE = make_demonstration()
CONTEXT = context_of(EPISODE)
FACTS = label_facts(EPISODE[1])
ASK = "This is a robot that carries a red cube from one side of the table to the other."


def label(kind: str, phase: str | None = None, number: int = 0) -> str:
    found = [
        name
        for name, a in FACTS.items()
        if a.kind == kind and (phase is None or getattr(a.value, "phase", None) == phase)
    ]
    return found[number]


def propose(form: str, fact: str, question: str = ASK) -> list[Draft | Refusal]:
    items = [{"form": form, "facts": [fact], "question": question}]
    return list(AGENT.draft(RobotRecoveryProposal.model_validate({"items": items}), CONTEXT, FACTS))


def verdicts(made: list[Draft | Refusal]) -> list[str | None]:
    class Worded(RobotRecoveryAgent):
        gates = (*AGENT.gates, ("wording", check_wording))

    return [
        item.code if isinstance(item, Refusal) else judge(Worded(), CONTEXT, item, worded=True)
        for item in made
    ]


MOVEMENT = label("phase", "moving", 1)


@pytest.mark.parametrize(
    ("form", "fact", "count"),
    [
        ("find_hesitation", MOVEMENT, 1),
        ("name_fault", MOVEMENT, 3),
        ("recover", MOVEMENT, 2),
        ("count_grasps", label("hold"), 2),
    ],
)
def test_a_good_proposal_passes_every_gate(form: str, fact: str, count: int) -> None:
    assert verdicts(propose(form, fact)) == [None] * count


@pytest.mark.parametrize(
    ("form", "fact", "code"),
    [
        ("find_hesitation", "F999", "unknown_fact"),
        ("name_fault", label("phase", "stopped"), "wrong_facts"),
        ("recover", label("instruction"), "wrong_facts"),
        ("recover", label("hold"), "wrong_facts"),
        ("count_grasps", MOVEMENT, "wrong_facts"),
    ],
)
def test_a_fault_that_cannot_be_made_there_is_a_refusal(form: str, fact: str, code: str) -> None:
    assert verdicts(propose(form, fact)) == [code]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("Its log says “lift the blue mug” about this movement of the arm.", "uncited_claim"),
        ("It is as F3 states of the movement that the arm makes.", "label_leak"),
        ("The arm stops 2.7 seconds after it was told to move.", "uncited_claim"),
        ("Look at this arm <image> and at what it does.", "foreign_markup"),
    ],
)
def test_lying_words_are_refused(question: str, code: str) -> None:
    assert verdicts(propose("name_fault", MOVEMENT, question))[0] == code


@pytest.mark.parametrize(
    "item",
    [
        {"form": "explode", "facts": [MOVEMENT], "question": ASK},
        {"form": "recover", "facts": [], "question": ASK},
        {"form": "recover", "facts": [MOVEMENT], "question": ASK, "fault": "hesitation"},
        {"form": "recover", "facts": [MOVEMENT], "question": "x" * 301},
    ],
)
def test_a_malformed_item_fits_no_proposal(item: Any) -> None:
    with pytest.raises(ValidationError):
        AGENT.proposal.model_validate({"items": [item]})


def test_the_prompt_names_every_form_and_the_request() -> None:
    ask = Instruction(
        instruction_id="i", intent_id="n", source_id=CONTEXT.source.source_id, task_type="robot_recovery",
        status="ready", text="Make the arm fail", rank=1,
        confidence=1.0, rationale="", target_schema="s", resolver="r",
    )  # fmt: skip
    said = AGENT.instruct(CONTEXT, ask)
    forms = ("find_hesitation", "name_fault", "recover", "count_grasps", "Make the arm fail")
    assert [form for form in forms if form not in said] == []
