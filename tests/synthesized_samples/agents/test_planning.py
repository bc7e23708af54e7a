"""Task `planning`: nothing without a model; a model's choice is held to the camera's measured motion."""

from __future__ import annotations

from typing import Any

import pytest

from dataclaw_assets.anchor_values import CutValue
from dataclaw_assets.quality.gates.wording import check_wording
from dataclaw_assets.records import Draft, Piece
from dataclaw_assets.synthesized_samples.agents.contract import ModelAgent, Refusal
from dataclaw_assets.synthesized_samples.agents.planning.agent import PlanningAgent
from dataclaw_assets.synthesized_samples.agents.planning.forms import find_turning
from tests.builders import make_anchor
from tests.synthesized_samples.agents.moving import (
    MATERIAL,
    Change,
    answer_wrongly,
    compose,
    label,
    propose,
    put_claim,
    put_field,
    put_medium,
    verdict,
)
from tests.synthesized_samples.agents.proposing import SENTENCES


class Writing(PlanningAgent):
    gates = (*PlanningAgent.gates, ("wording", check_wording))


AGENT = Writing()
WAY = [label("ride", "motion", number) for number in range(3)]
TRUE = {
    "facts": [WAY[1]],
    "manoeuvre": "left",
    "reason": "The road bends and a wall stands straight ahead.",
    "question": SENTENCES[2],
}


def verdicts(*items: Any) -> list[str | None]:
    return [
        made.code if isinstance(made, Refusal) else verdict(AGENT, "ride", made, worded=True)
        for made in propose(AGENT, "ride", *items)
    ]


def draft_true() -> list[Draft]:
    return [made for made in propose(AGENT, "ride", TRUE) if isinstance(made, Draft)]


def test_nothing_is_composed_without_a_model() -> None:
    assert isinstance(AGENT, ModelAgent)
    assert compose(AGENT, "ride") == []


def test_a_true_reply_passes_with_its_mirrored_twin() -> None:
    assert verdicts(TRUE) == [None, None]


def test_the_mirrored_twin_goes_the_other_way() -> None:
    one, twin = draft_true()
    assert (one.payload["manoeuvre"], twin.payload["manoeuvre"]) == ("left", "right")
    assert one.verifier.value != twin.verifier.value


def test_a_reason_is_marked_as_unverified_and_not_told_of_the_mirrored_way() -> None:
    one, twin = draft_true()
    assert (one.payload["reason"], one.payload["reason_verified"]) == (TRUE["reason"], False)
    assert twin.payload["reason"] == ""


def test_a_turn_behind_a_cut_is_none() -> None:
    source, anchors = MATERIAL["ride"]
    cut = make_anchor(source, CutValue(contrast=0.6), "cut", 3.0, 3.0)
    assert find_turning([*anchors, cut], anchors[1]) is None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"manoeuvre": "right"}, "wrong_answer"),
        ({"manoeuvre": "stop"}, "wrong_answer"),
        ({"manoeuvre": "back"}, "unreadable_answer"),
        ({"facts": ["F999"]}, "unknown_fact"),
        ({"facts": [WAY[0]]}, "wrong_facts"),
        ({"reason": "A sign says “No entry” at the corner."}, "quote_unbacked"),
        ({"reason": "The light turns red after half a minute of waiting."}, "number_unbacked"),
        ({"reason": "The road bends <image> and a wall stands ahead."}, "foreign_markup"),
        ({"question": "Look at F2 closely."}, "label_leak"),
    ],
)
def test_a_lying_or_malformed_reply_is_refused(fields: Any, code: str) -> None:
    assert verdicts(TRUE | fields)[0] == code


PIECE = (Piece(start_s=1.0, end_s=3.5),)
CORRUPTIONS: dict[str, tuple[Change, str]] = {
    "time off": (put_claim(0, value=[2.6, 3.7]), "wrong_time"),
    "direction flipped": (put_claim(2, value="right"), "wrong_fact"),
    "direction flipped in the payload": (put_field(manoeuvre="right"), "field_differs"),
    "a distractor": (answer_wrongly, "wrong_answer"),
    "another source": (put_claim(0, anchors=("a-elsewhere",)), "unknown_anchor"),
    "other evidence": (put_claim(1, anchors=(MATERIAL["ride"][1][0].anchor_id,)), "wrong_fact"),
    "another future": (put_medium(1, pieces=PIECE), "wrong_future"),
    "another option": (
        lambda d: put_field(options=d.payload["options"] | {"A": "fly away"})(d),
        "field_differs",
    ),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corrupted_draft_is_refused_with_its_reason(name: str) -> None:
    corrupt, code = CORRUPTIONS[name]
    assert verdict(AGENT, "ride", corrupt(draft_true()[0]), worded=True) == code
