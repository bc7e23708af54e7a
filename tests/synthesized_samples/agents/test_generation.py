"""Task `generation`: segments, the questions that tell them, and what its gate refuses."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from dataclaw_assets.anchor_values import MoverValue, TextValue
from dataclaw_assets.quality.gates.wording import check_wording
from dataclaw_assets.records import Clip, Draft, Piece
from dataclaw_assets.synthesized_samples.agents.contract import ModelAgent, Refusal
from dataclaw_assets.synthesized_samples.agents.generation.agent import GenerationAgent
from dataclaw_assets.synthesized_samples.agents.generation.segments import choose_sets, find_moves
from tests.builders import make_anchor
from tests.synthesized_samples.agents.moving import (
    MATERIAL,
    Change,
    answer_wrongly,
    compose,
    context_of,
    label,
    propose,
    put_claim,
    put_field,
    put_medium,
    verdict,
)
from tests.synthesized_samples.agents.proposing import SENTENCES


class Writing(GenerationAgent):
    gates = (*GenerationAgent.gates, ("wording", check_wording))


AGENT, WRITING = GenerationAgent(), Writing()
MADE = compose(AGENT, "travel")


def test_a_camera_that_pans_is_asked_about_and_passes() -> None:
    assert [draft.template for draft in MADE] == ["camera_pan"] * 2
    assert [verdict(AGENT, "travel", draft) for draft in MADE] == [None] * 2


def test_what_moves_before_a_camera_that_stands_is_asked_about_and_passes() -> None:
    made = compose(AGENT, "desk")
    assert [draft.template for draft in made] == ["thing_goes"] * 2
    assert [verdict(AGENT, "desk", draft) for draft in made] == [None] * 2


@pytest.mark.parametrize(
    ("corrupt", "code"),
    [
        (put_field(movers=[]), "wrong_answer"),
        (put_claim(0, value=[0.7, 2.0]), "wrong_time"),
        (answer_wrongly, "wrong_answer"),
        (
            put_field(question="In which of the clips does a boat sink?"),
            "field_differs",
        ),
    ],
)
def test_a_lie_about_what_moves_is_refused(corrupt: Change, code: str) -> None:
    assert verdict(AGENT, "desk", corrupt(compose(AGENT, "desk")[0])) == code


def test_things_that_move_side_by_side_are_not_asked_about() -> None:
    source, anchors = MATERIAL["desk"]
    value = MoverValue(direction="up", share=0.3, speed=0.2, confidence="low")
    crowd = [make_anchor(source, value, "dominant_mover", start, start + 1.4) for start in (1.0, 5.0, 9.0)]
    assert list(AGENT.compose(context_of("desk", [*anchors, *crowd]))) == []


def clips(draft: Draft) -> list[Clip]:
    return [medium for medium in draft.media if isinstance(medium, Clip) and medium.side == "input"]


def test_a_twin_turns_both_clips_of_the_pair_and_has_another_answer() -> None:
    one, other = MADE
    assert one.twin_key == other.twin_key
    answers = {one.verifier.value, other.verifier.value}
    turned = {a.label for a, b in zip(clips(one), clips(other), strict=True) if a.pieces != b.pieces}
    assert answers <= turned


def seeded(seed: int) -> list[Draft]:
    context = context_of("travel")
    settings = context.settings.model_copy(update={"seed": seed})
    return list(AGENT.compose(replace(context, settings=settings)))


def test_neither_a_side_nor_a_mirror_gives_the_answer_away() -> None:
    made = [draft for seed in range(8) for draft in seeded(seed)]
    seen = {
        (draft.payload["plan"][0]["direction"], clip.label == draft.verifier.value, clip.pieces[0].op)
        for draft in made
        for clip in clips(draft)
    }
    assert len(seen) == 8


def test_no_clip_of_a_camera_that_seems_to_stand_is_offered() -> None:
    shown = {clip.pieces[0].start_s for draft in MADE for clip in clips(draft)}
    assert shown == {1.5, 11.5, 16.5, 26.5}


def test_one_movement_is_not_asked_about_beside_its_own_mirror() -> None:
    alone = [a for a in MATERIAL["travel"][1] if not (a.kind == "motion" and a.start_s == 25.0)]
    assert list(AGENT.compose(context_of("travel", alone))) == []


def add(*anchors: Any) -> list[Draft]:
    return list(AGENT.compose(context_of("travel", [*MATERIAL["travel"][1], *anchors])))


def test_a_thing_that_sways_is_not_asked_about() -> None:
    anchors = [
        a.model_copy(update={"value": a.value.model_copy(update={"speed": 0.1})})
        if isinstance(a.value, MoverValue)
        else a
        for a in MATERIAL["desk"][1]
    ]
    assert list(AGENT.compose(context_of("desk", anchors))) == []


def test_no_segment_is_shown_in_two_samples_that_are_no_twins() -> None:
    again = [replace(one, start_s=one.start_s + 30.0) for one in find_moves(context_of("travel"), 2.0)]
    sets = list(choose_sets([*find_moves(context_of("travel"), 2.0), *again], random.Random(1)))
    shown = [segment for pair, others in sets for segment in (*pair, *others)]
    assert len(sets) == 2
    assert len(shown) == len(set(shown))


def test_a_segment_under_a_title_is_not_worth_it() -> None:
    title = make_anchor(
        MATERIAL["travel"][0],
        TextValue(text="THE END", confidence=0.99, seen=3),
        "text",
        0.0,
        5.0,
        region=(100.0, 100.0, 500.0, 200.0),
    )
    assert "camera_pan" not in {draft.template for draft in add(title)}


def test_a_segment_in_which_something_moves_by_itself_is_not_asked_about() -> None:
    mover = MoverValue(direction="left", share=0.9, speed=0.2, confidence="high")
    moving = make_anchor(MATERIAL["travel"][0], mover, "dominant_mover", 1.0, 4.0)
    assert "camera_pan" not in {draft.template for draft in add(moving)}


def other(kind: str, number: int) -> tuple[str, ...]:
    return ([a.anchor_id for a in MATERIAL["travel"][1] if a.kind == kind][number],)


def forge_plan(draft: Draft) -> Draft:
    return put_field(plan=[draft.payload["plan"][0] | {"direction": turned(draft)}])(draft)


def forge_words(draft: Draft) -> Draft:
    asked = draft.payload["plan"][0]["direction"]
    return put_field(question=draft.payload["question"].replace(asked, turned(draft)))(draft)


def turned(draft: Draft) -> str:
    return "left" if draft.payload["plan"][0]["direction"] == "right" else "right"


CORRUPTIONS: dict[str, tuple[Change, str]] = {
    "time off": (put_claim(0, value=[0.4, 2.4]), "wrong_time"),
    "direction flipped": (lambda d: put_claim(_place(d), value="up")(d), "wrong_fact"),
    "direction flipped in the plan": (forge_plan, "wrong_answer"),
    "direction flipped in the question": (forge_words, "unbacked_field"),
    "another score": (put_field(score={"motion": 0.9, "floor": 0.05, "steady": 1.0}), "field_differs"),
    "a distractor": (answer_wrongly, "wrong_answer"),
    "other evidence": (put_claim(0, anchors=other("shot", 4)), "wrong_time"),
    "another source": (put_claim(0, anchors=("a-elsewhere",)), "unknown_anchor"),
    "another segment": (put_medium(-4, pieces=(Piece(start_s=6.0, end_s=8.0),)), "wrong_segment"),
    "another frame": (put_medium(-1, time_s=9.0), "wrong_segment"),
}


def _place(draft: Draft) -> int:
    return next(n for n, claim in enumerate(draft.evidence) if claim.value == "left")


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corrupted_draft_is_refused_with_its_reason(name: str) -> None:
    corrupt, code = CORRUPTIONS[name]
    found = verdict(AGENT, "travel", corrupt(MADE[0]))
    assert found == code or (code == "unbacked_field" and found == "field_differs")


MOTION = [label("travel", "motion", number) for number in range(6)]
TRUE = {
    "facts": [MOTION[0], MOTION[5], MOTION[2]],
    "camera": "pan",
    "prompt": "A slow turn of the camera over a quiet harbour in the light of the morning.",
    "question": SENTENCES[0],
}


def verdicts(*items: Any) -> list[str | None]:
    return [
        made.code if isinstance(made, Refusal) else verdict(WRITING, "travel", made, worded=True)
        for made in propose(WRITING, "travel", *items)
    ]


def test_a_model_may_choose_things_that_move() -> None:
    facts = [label("desk", "dominant_mover", number) for number in (0, 1, 2)]
    made = propose(WRITING, "desk", TRUE | {"facts": facts, "camera": "static"})
    assert [verdict(WRITING, "desk", m, worded=True) for m in made if isinstance(m, Draft)] == [None, None]


def test_a_true_reply_passes_and_its_prompt_is_marked_as_unverified() -> None:
    assert isinstance(AGENT, ModelAgent)
    assert verdicts(TRUE) == [None, None]
    draft = propose(WRITING, "travel", TRUE)[0]
    assert isinstance(draft, Draft)
    assert (draft.payload["prompt"], draft.payload["prompt_verified"]) == (TRUE["prompt"], False)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"camera": "zoom"}, "wrong_answer"),
        ({"prompt": "A sign that says “Grand opening” over a quiet street."}, "quote_unbacked"),
        ({"prompt": "A boat that turns away after seven seconds of waiting."}, "number_unbacked"),
        ({"prompt": "A boat as in F3 turns away from the quay."}, "label_leak"),
        ({"question": "Look at F3 closely."}, "label_leak"),
        ({"facts": ["F999", MOTION[5], MOTION[2]]}, "unknown_fact"),
        ({"facts": [MOTION[2], MOTION[0], MOTION[3]]}, "wrong_facts"),
        ({"facts": [MOTION[0], MOTION[5], MOTION[1]]}, "wrong_facts"),
        ({"facts": [MOTION[0], MOTION[0], MOTION[2]]}, "repeated_fact"),
    ],
)
def test_a_lying_or_malformed_reply_is_refused(fields: Any, code: str) -> None:
    assert verdicts(TRUE | fields)[0] == code
