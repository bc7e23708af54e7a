"""The model path of `world_model`: good replies pass, and lying or malformed ones are refused."""

from __future__ import annotations

from typing import Any

import pytest

from dataclaw_assets.quality.gates.wording import check_wording
from dataclaw_assets.records import Draft
from dataclaw_assets.synthesized_samples.agents.contract import ModelAgent, Refusal
from dataclaw_assets.synthesized_samples.agents.world_model.agent import WorldModelAgent
from tests.synthesized_samples.agents.moving import label, propose, verdict
from tests.synthesized_samples.agents.proposing import SENTENCES


class Agent(WorldModelAgent):
    gates = (*WorldModelAgent.gates, ("wording", check_wording))


AGENT = Agent()
ASK = SENTENCES[0]


def item(form: str, facts: list[str], movement: str, **fields: Any) -> dict[str, Any]:
    return {"form": form, "facts": facts, "movement": movement, "question": ASK, **fields}


PAN = ("travel", item("camera", [label("travel", "motion", 0)], "pan left"))
REACH = ("arm", item("arm", [label("arm", "phase", 4), label("arm", "phase", 9)], "move_close"))
CLICK = ("office", item("screen", [label("office", "action", 0), label("office", "action", 2)], "click"))
DRAW = ("sketch", item("stroke", [label("sketch", "stroke", 4), label("sketch", "stroke", 5)], "draw"))
TRUE = {"camera": PAN, "arm": REACH, "screen": CLICK, "stroke": DRAW}


def verdicts(material: str, *items: Any) -> list[str | None]:
    return [
        made.code if isinstance(made, Refusal) else verdict(AGENT, material, made, worded=True)
        for made in propose(AGENT, material, *items)
    ]


def test_it_can_ask_a_model() -> None:
    assert isinstance(AGENT, ModelAgent)


@pytest.mark.parametrize("name", TRUE)
def test_a_true_reply_passes_with_its_twin(name: str) -> None:
    assert verdicts(TRUE[name][0], TRUE[name][1]) == [None, None]


@pytest.mark.parametrize(
    ("name", "movement"),
    [("camera", "pan right"), ("camera", "zoom in"), ("arm", "move_open"), ("screen", "right_click")],
)
def test_a_movement_that_was_not_seen_is_refused(name: str, movement: str) -> None:
    material, true = TRUE[name]
    assert verdicts(material, true | {"movement": movement})[0] == "field_differs"


@pytest.mark.parametrize(
    ("name", "fields", "code"),
    [
        ("camera", {"facts": ["F999"]}, "unknown_fact"),
        ("camera", {"facts": [label("travel", "motion", 1)]}, "wrong_facts"),
        ("camera", {"facts": [label("travel", "shot", 1)]}, "wrong_facts"),
        ("arm", {"facts": [label("arm", "phase", 4)]}, "wrong_facts"),
        ("arm", {"facts": [label("arm", "phase", 2), label("arm", "phase", 1)]}, "wrong_facts"),
        ("arm", {"facts": [label("arm", "phase", 2)] * 2}, "repeated_fact"),
        ("screen", {"facts": [label("office", "text", 0), label("office", "text", 1)]}, "wrong_facts"),
        ("stroke", {"facts": [label("sketch", "stroke", 3), label("sketch", "stroke", 1)]}, "wrong_facts"),
    ],
)
def test_an_item_that_cannot_be_made_is_a_refusal(name: str, fields: Any, code: str) -> None:
    material, true = TRUE[name]
    assert verdicts(material, true | fields, true) == [code, None, None]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Look at F3 closely.", "label_leak"),
        ("Look at what happens after half a minute.", "number_unbacked"),
        ("Look for “Quarterly sales”.", "uncited_claim"),
    ],
)
def test_words_that_no_fact_bears_are_refused(words: str, code: str) -> None:
    material, true = CLICK
    assert verdicts(material, true | {"question": words})[0] == code


def test_the_models_words_come_before_the_tasks_own() -> None:
    draft = propose(AGENT, *PAN)[0]
    assert isinstance(draft, Draft)
    assert draft.payload["question"].startswith(f"{ASK}\n")
