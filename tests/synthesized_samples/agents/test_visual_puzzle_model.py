"""The model path of puzzles: its choices become true drafts, whatever cannot be made is refused."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from pydantic import ValidationError

from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.quality.gates.wording import check_wording
from dataclaw_assets.records import Draft, Instruction
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.proposals import VisualPuzzleProposal
from resources.settings import Settings
from tests.synthesized_samples.agents.proposing import SENTENCES, label_facts, propose
from tests.synthesized_samples.agents.puzzling import AGENT, MATERIAL, context_of

ASK = SENTENCES[0]


def label(material: str, kind: str, number: int = 0) -> str:
    """The label of the n-th fact of a kind."""
    facts = label_facts(MATERIAL[material][1])
    return [name for name, fact in facts.items() if fact.kind == kind][number]


def draft_all(material: str, *items: Any) -> list[Draft | Refusal]:
    proposal = VisualPuzzleProposal.model_validate({"items": items})
    return list(AGENT.draft(proposal, context_of(material), label_facts(MATERIAL[material][1])))


def judge(material: str, made: Draft | Refusal) -> str | None:
    if isinstance(made, Refusal):
        return made.code
    source, anchors = MATERIAL[material]
    facts = Facts(source, {a.anchor_id: a for a in anchors}, AGENT.schema, AGENT.derive, Settings())
    results = audit_draft(made, facts, (*AGENT.gates, ("wording", check_wording)))
    return next((result.code for result in results if not result.passed), None)


def item(form: str, *facts: str, question: str = ASK) -> dict[str, Any]:
    return {"form": form, "facts": list(facts), "question": question}


GOOD = [
    ("film", item("order_stills", *(label("film", "still_unique", n) for n in (5, 1, 6)))),
    ("film", item("order_clips", label("film", "shot", 3))),
    ("film", item("find_shot", label("film", "still_unique", 3))),
    ("quick film", item("find_moment", label("quick film", "still_unique", 7))),
    ("long film", item("find_rotation", label("long film", "shot", 3))),
    ("long film", item("find_mirrored", label("long film", "shot", 4))),
    ("long film", item("find_speed", label("long film", "shot", 4))),
    ("film", item("find_elsewhere", label("film", "shot", 2), label("film", "shot", 6))),
    ("film", item("count_shapes", label("film", "shot", 2))),
    ("film", item("jigsaw", label("film", "still_unique", 2))),
    ("image", item("jigsaw", label("image", "picture"))),
    ("image", item("find_line", label("image", "text_line", 1))),
    ("slides", item("find_line", label("slides", "text_line", 4))),
    ("drawing", item("order_strokes", *(label("drawing", "stroke", n) for n in (4, 1, 0, 3)))),
]


@pytest.mark.parametrize(("material", "good"), GOOD, ids=[f"{m} {i['form']}" for m, i in GOOD])
def test_a_true_choice_passes_every_gate(material: str, good: dict[str, Any]) -> None:
    made = draft_all(material, good)
    assert made
    assert {judge(material, draft) for draft in made} == {None}


@pytest.mark.parametrize(
    ("material", "wrong", "code"),
    [
        ("film", item("order_clips", "F999"), "unknown_fact"),
        ("film", item("order_clips", label("film", "subtitle")), "wrong_facts"),
        ("film", item("find_elsewhere", label("film", "shot", 2)), "wrong_facts"),
        ("film", item("find_elsewhere", *[label("film", "shot", 2)] * 2), "repeated_fact"),
        ("film", item("find_speed", label("film", "shot", 2)), "wrong_facts"),
        ("slides", item("find_speed", label("slides", "shot", 2)), "wrong_facts"),
        ("slides", item("order_clips", label("slides", "shot", 2)), "wrong_facts"),
        ("slides", item("jigsaw", label("slides", "still_unique")), "wrong_facts"),
        ("film", item("jigsaw", label("film", "motion")), "wrong_facts"),
        ("image", item("find_line", label("image", "picture")), "wrong_facts"),
        ("quick film", item("find_mirrored", label("quick film", "shot", 2)), "wrong_facts"),
        ("drawing", item("count_shapes", label("drawing", "stroke")), "wrong_facts"),
    ],
)
def test_a_choice_that_cannot_be_made_is_refused(material: str, wrong: dict[str, Any], code: str) -> None:
    assert [judge(material, made) for made in draft_all(material, wrong)] == [code]


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        ("Which line is printed below “Save the whales”?", "uncited_claim"),
        ("It stands there at 12.5 seconds, doesn't it?", "uncited_claim"),
        ("Look at F7 and say where it is.", "label_leak"),
        ("Look at <image> and answer.", "foreign_markup"),
    ],
)
def test_words_that_no_fact_bears_are_refused(lie: str, code: str) -> None:
    asked = item("find_line", label("image", "text_line", 1), question=lie)
    assert [judge("image", made) for made in draft_all("image", asked)] == [code]


@pytest.mark.parametrize(
    "malformed",
    [
        {"items": [{"form": "order_all", "facts": ["F1"], "question": ASK}]},
        {"items": [{"form": "jigsaw", "facts": [], "question": ASK}]},
        {"items": [{"form": "jigsaw", "facts": ["1"], "question": ASK}]},
        {"items": [item("jigsaw", "F1") | {"answer": "A, B"}]},
        {"items": [item("jigsaw", "F1")] * 9},
    ],
    ids=["unknown form", "no facts", "no label", "an answer", "too many"],
)
def test_a_malformed_reply_fits_no_grammar(malformed: Any) -> None:
    with pytest.raises(ValidationError):
        VisualPuzzleProposal.model_validate(malformed)


@pytest.mark.parametrize("material", MATERIAL)
def test_whatever_is_drafted_of_random_choices_passes_the_task_s_own_gate(material: str) -> None:
    facts = label_facts(MATERIAL[material][1])
    seen: Counter[str | None] = Counter()
    for seed in range(6):
        reply = propose(VisualPuzzleProposal.model_json_schema(), random.Random(seed), facts, wild=False)
        drafts = AGENT.draft(VisualPuzzleProposal.model_validate(reply), context_of(material), facts)
        seen.update(judge(material, made) for made in drafts)
    own = {"field_differs", "wrong_evidence", "not_one_change", "not_one_take", "unfair_shapes",
           "wrong_tiles", "not_unique", "not_absent", "wrong_answer", "wrong_time"}  # fmt: skip
    assert seen
    assert not own & set(seen)


def test_the_prompt_names_every_form() -> None:
    ask = Instruction(
        instruction_id="i", intent_id="n", source_id="s", task_type="visual_puzzle", status="ready",
        text="Puzzles of the harbour", rank=1, confidence=1.0, rationale="", target_schema="s", resolver="r",
    )  # fmt: skip
    said = AGENT.instruct(context_of("film"), ask)
    forms = VisualPuzzleProposal.model_json_schema()["$defs"]["ProposedPuzzle"]["properties"]["form"]["enum"]
    assert [form for form in forms if form not in said] == []
