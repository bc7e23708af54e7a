"""Random proposals that fit the schemas: characters pass no gate, and whatever passes is true."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from dataclaw_assets.records import Draft
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.context import SourceContext
from resources.settings import Settings
from tests.synthesized_samples.agents.proposing import agrees, label_facts, propose, tell_answer
from tests.synthesized_samples.agents.test_model_agents import MATERIAL, TASKS, agent_of, verdict


def judge_random(task: str, material: str, wild: bool, rounds: int) -> Counter[str]:
    """Verdicts on drafts of random proposals; each that passes must be true, told from its media alone."""
    source, anchors = MATERIAL[material]
    agent, facts = agent_of(task), label_facts(anchors)
    context = SourceContext(source, tuple(anchors), Settings())
    schema = agent.proposal.model_json_schema()
    seen: Counter[str] = Counter()
    for seed in range(rounds):
        chance = random.Random(f"{task} {material} {wild} {seed}")
        proposal = agent.proposal.model_validate(propose(schema, chance, facts, wild))
        for made in agent.draft(proposal, context, facts):
            code = made.code if isinstance(made, Refusal) else verdict(task, material, made)
            if code is None:
                assert isinstance(made, Draft)
                assert agrees(made.verifier.value, tell_answer(made, anchors)), made
            seen[code or f"passed {made.template}" if isinstance(made, Draft) else made.code] += 1
    return seen


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("material", MATERIAL)
def test_random_characters_that_fit_the_schema_pass_no_gate(task: str, material: str) -> None:
    seen = judge_random(task, material, wild=True, rounds=14)
    assert [code for code in seen if code.startswith("passed")] == []


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("material", MATERIAL)
def test_whatever_passes_of_random_choices_in_true_words_is_true(task: str, material: str) -> None:
    assert judge_random(task, material, wild=False, rounds=14)
