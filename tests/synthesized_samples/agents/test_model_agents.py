"""The model path of every agent: true proposals pass, false ones are refused, and none crashes."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.quality.gates.wording import check_wording
from dataclaw_assets.records import Anchor, Draft, Instruction, Source
from dataclaw_assets.synthesized_samples.agents.contract import ModelAgent, Refusal
from dataclaw_assets.synthesized_samples.agents.registry import BUILT_IN, find_agent
from dataclaw_assets.synthesized_samples.context import SourceContext
from resources.settings import Settings
from tests.builders import make_anchor, make_drawing, make_film, make_source
from tests.synthesized_samples.agents.proposing import (
    SENTENCES,
    agrees,
    label_facts,
    make_session,
    tell_answer,
)

FILM = make_source()
LONG_FILM = make_source(duration_s=150.0, name="long.mp4")
QUICK_FILM = make_source(duration_s=32.0, name="quick.mp4")
DRAWING = make_source("drawing", name="sketch.ndjson")
SESSION = make_source("gui_trace", 36.0, "session.mp4")
MATERIAL: dict[str, tuple[Source, list[Anchor]]] = {
    "film": (FILM, make_film(FILM)),
    "long film": (LONG_FILM, make_film(LONG_FILM, shots=10, shot_s=15.0)),
    "quick film": (QUICK_FILM, make_film(QUICK_FILM, shots=44, shot_s=0.72, spoken=False)),
    "drawing": (DRAWING, make_drawing(DRAWING)),
    "session": (SESSION, make_session(SESSION)),
}
TASKS = ("temporal_qa", "video_qa", "visual_puzzle", "tutorial")
WRITERS = [agent for agent in BUILT_IN if isinstance(agent, ModelAgent)]
ASK = SENTENCES[0]


def agent_of(task: str) -> ModelAgent:
    agent: Any = find_agent(task)
    return agent  # type: ignore[no-any-return]


def context_of(material: str) -> SourceContext:
    source, anchors = MATERIAL[material]
    return SourceContext(source, tuple(anchors), Settings())


def draft_all(
    task: str, material: str, *items: Any, anchors: list[Anchor] | None = None
) -> list[Draft | Refusal]:
    source, own = MATERIAL[material]
    anchors = own if anchors is None else anchors
    agent = agent_of(task)
    context = SourceContext(source, tuple(anchors), Settings())
    proposal = agent.proposal.model_validate({"items": items})
    return list(agent.draft(proposal, context, label_facts(anchors)))


def verdict(task: str, material: str, draft: Draft, anchors: list[Anchor] | None = None) -> str | None:
    """The first gate's code that refuses a draft, the wording gate asked last; None when all pass."""
    source, own = MATERIAL[material]
    agent = agent_of(task)
    by_id = {a.anchor_id: a for a in (own if anchors is None else anchors)}
    facts = Facts(source, by_id, agent.schema, agent.derive, Settings())
    results = audit_draft(draft, facts, (*agent.gates, ("wording", check_wording)))
    return next((result.code for result in results if not result.passed), None)


def verdicts(task: str, material: str, *items: Any) -> list[str | None]:
    return [
        made.code if isinstance(made, Refusal) else verdict(task, material, made)
        for made in draft_all(task, material, *items)
    ]


def label(material: str, kind: str, number: int) -> str:
    """The label of the n-th fact of a kind, in order of time."""
    found = [name for name, a in label_facts(MATERIAL[material][1]).items() if a.kind == kind]
    return found[number]


def stills(*numbers: int) -> list[str]:
    return [label("film", "still_unique", number) for number in numbers]


def item(form: str, facts: list[str], answer: str | None = None, **fields: Any) -> dict[str, Any]:
    stated = {} if answer is None else {"answer": answer}
    return {"form": form, "facts": facts, "question": ASK, **stated, **fields}


NEXT = item("next_picture", stills(2, 7, 3, 0, 5), stills(3)[0])
ORDER = item("picture_order", stills(5, 1, 6), ", ".join(stills(1, 5, 6)))
WHEN = item("shown_interval", stills(3), "15.0-20.0")
TRUE_QUESTIONS = {"next": NEXT, "order": ORDER, "when": WHEN}


def lesson(*numbers: int) -> dict[str, Any]:
    steps = [
        {
            "facts": [*stills(n), label("film", "subtitle", n)],
            "text": "The film shows another of its scenes.",
        }
        for n in numbers
    ]
    return {"question": ASK, "steps": steps}


def guide(*numbers: int, text: str = "Click the button “Open part {}” on this screen.") -> dict[str, Any]:
    steps = [
        {"facts": [label("session", "action", n)], "text": text.format("abcdefghij"[n])} for n in numbers
    ]
    return {"question": "This guide shows how to open the parts of the program.", "steps": steps}


@pytest.mark.parametrize("agent", WRITERS, ids=[agent.spec.task_type for agent in WRITERS])
def test_every_text_and_list_of_a_proposal_is_bounded(agent: Any) -> None:
    schema = agent.proposal.model_json_schema()
    pending: list[Any] = [schema]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            if part.get("type") == "string":
                assert {"enum", "const", "maxLength", "pattern"} & part.keys()
            if part.get("type") == "array":
                assert "maxItems" in part
            if part.get("type") == "object":
                assert part["additionalProperties"] is False
            pending += part.values()
        elif isinstance(part, list):
            pending += part


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", 'a"b', "a\\b", "", "x" * 301])
def test_the_grammar_of_a_text_allows_nothing_that_breaks_json(text: str) -> None:
    item = agent_of("visual_puzzle").proposal.model_json_schema()["$defs"]["ProposedPuzzle"]
    pattern = item["properties"]["question"]["pattern"]
    assert re.search(pattern, text) is None
    assert re.search(pattern, "Plain words of “any” kind, 看图。")


@pytest.mark.parametrize("task", TASKS)
def test_the_prompt_names_every_form_and_the_request(task: str) -> None:
    ask = Instruction(
        instruction_id="i", intent_id="n", source_id=FILM.source_id, task_type=task,
        status="ready", text="Ask about the $5 harbour", rank=1,
        confidence=1.0, rationale="", target_schema="s", resolver="r",
    )  # fmt: skip
    agent = agent_of(task)
    said = agent.instruct(context_of("film"), ask)
    forms = [form for part in agent.proposal.model_json_schema()["$defs"].values()
             for form in part["properties"].get("form", {}).get("enum", [])]  # fmt: skip
    assert "Ask about the $5 harbour" in said
    assert [form for form in forms if form not in said] == []


@pytest.mark.parametrize("name", TRUE_QUESTIONS)
def test_a_true_question_passes_every_gate(name: str) -> None:
    found = verdicts("temporal_qa", "film", TRUE_QUESTIONS[name])
    assert found
    assert set(found) == {None}


@pytest.mark.parametrize(
    ("false", "code"),
    [
        (NEXT | {"answer": stills(5)[0]}, "wrong_answer"),
        (ORDER | {"answer": ", ".join(stills(5, 1, 6))}, "wrong_answer"),
        (ORDER | {"answer": ", ".join(stills(1, 5))}, "wrong_answer"),
        (WHEN | {"answer": "10.0-20.0"}, "wrong_time"),
    ],
)
def test_a_false_answer_is_refused_by_recomputation(false: Any, code: str) -> None:
    assert verdicts("temporal_qa", "film", false)[0] == code


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (WHEN | {"facts": ["F999"]}, "unknown_fact"),
        (NEXT | {"answer": "F999"}, "unknown_fact"),
        (NEXT | {"answer": "B"}, "unreadable_answer"),
        (WHEN | {"answer": "soon"}, "unreadable_answer"),
        (WHEN | {"answer": "20.0-15.0"}, "unreadable_answer"),
        (NEXT | {"facts": stills(2, 2, 3, 0, 5)}, "repeated_fact"),
        (NEXT | {"facts": stills(7, 2, 3, 0, 5)}, "nothing_follows"),
        (ORDER | {"facts": stills(1, 5)}, "wrong_facts"),
        (WHEN | {"facts": [label("film", "subtitle", 4)]}, "wrong_facts"),
        (WHEN | {"reasoning": [{"text": ASK, "facts": stills(5, 1)}]}, "out_of_order"),
        (WHEN | {"reasoning": [{"text": ASK, "facts": ["F999"]}]}, "unknown_fact"),
    ],
)
def test_an_item_that_cannot_be_made_is_a_refusal(wrong: Any, code: str) -> None:
    refused = draft_all("temporal_qa", "film", wrong)
    assert [made.code for made in refused if isinstance(made, Refusal)] == [code]


def test_a_refused_item_costs_no_other() -> None:
    assert verdicts("temporal_qa", "film", WHEN | {"facts": ["F999"]}, WHEN) == ["unknown_fact", None]


def test_a_time_is_carried_from_the_source_to_the_clip() -> None:
    shot = label("long film", "shot", 8)
    made = draft_all("temporal_qa", "long film", item("shown_interval", [shot], "120.0-135.0"))
    assert isinstance(made[0], Draft)
    assert agrees(made[0].verifier.value, tell_answer(made[0], MATERIAL["long film"][1]))


def test_a_question_and_its_twin_answer_otherwise_and_both_are_true() -> None:
    made = [draft for draft in draft_all("temporal_qa", "film", NEXT) if isinstance(draft, Draft)]
    assert len({draft.verifier.value for draft in made}) == 2
    assert len({draft.twin_key for draft in made}) == 1


def test_reasoning_goes_along_with_an_answer_that_has_no_twin() -> None:
    reasoning = [{"text": "The scene begins where the one before it ends.", "facts": stills(3)}]
    made = draft_all("temporal_qa", "film", WHEN | {"reasoning": reasoning})[0]
    assert isinstance(made, Draft)
    assert made.payload["cot"] == [reasoning[0]["text"]]


@pytest.mark.parametrize(
    ("material", "puzzle"),
    [
        ("film", item("order_stills", stills(5, 1, 6))),
        ("film", item("find_shot", stills(3))),
        ("film", item("find_rotation", [label("long film", "shot", 3)])),
        ("quick film", item("find_moment", [label("quick film", "still_unique", 7)])),
        ("drawing", item("order_strokes", [label("drawing", "stroke", n) for n in (4, 1, 0, 3)])),
    ],
)
def test_a_puzzle_in_a_models_words_passes_every_gate(material: str, puzzle: Any) -> None:
    where = "long film" if puzzle["form"] == "find_rotation" else material
    found = verdicts("visual_puzzle", where, puzzle)
    assert found
    assert set(found) == {None}


def test_a_lesson_over_speech_passes_with_its_twin() -> None:
    assert verdicts("tutorial", "film", lesson(1, 3, 5)) == [None, None]


@pytest.mark.parametrize("order", list(itertools.permutations((1, 3, 5, 6))))
def test_of_all_orders_of_a_lesson_only_the_true_one_passes(order: tuple[int, ...]) -> None:
    right = list(order) == sorted(order)
    assert verdicts("tutorial", "film", lesson(*order))[0] == (None if right else "wrong_answer")


def test_a_line_of_another_scene_bears_no_step() -> None:
    wrong = lesson(1, 3, 5)
    wrong["steps"][1]["facts"][1] = label("film", "subtitle", 6)
    assert verdicts("tutorial", "film", wrong) == ["fact_elsewhere"]


def test_a_guide_to_verified_actions_passes_with_its_twin() -> None:
    assert verdicts("tutorial", "session", guide(0, 2, 3, 5)) == [None, None]


def test_a_guide_in_the_wrong_order_is_refused() -> None:
    assert verdicts("tutorial", "session", guide(2, 0, 3))[0] == "wrong_answer"


def test_a_step_that_names_another_button_is_refused() -> None:
    wrong = guide(0, 2, 3)
    wrong["steps"][0]["text"] = "Click the button “Erase the disk” on this screen."
    assert verdicts("tutorial", "session", wrong)[0] == "uncited_claim"


def test_an_action_that_nothing_confirms_is_no_step() -> None:
    anchors = [
        a.model_copy(update={"corroborated_by": ()}) if a.kind == "action" else a
        for a in MATERIAL["session"][1]
    ]
    made = draft_all("tutorial", "session", guide(0, 2, 3), anchors=anchors)
    assert [m.code for m in made if isinstance(m, Refusal)] == ["uncorroborated"]


def test_an_action_claimed_on_another_screen_is_found() -> None:
    made = draft_all("tutorial", "session", guide(0, 2, 3))[0]
    assert isinstance(made, Draft)
    screens = [claim for claim in made.evidence if claim.kind == "interval"]
    others = [claim for claim in made.evidence if claim.kind == "time"]
    mixed = (screens[0], others[1], screens[1], others[0], screens[2], others[2])
    quotes = tuple(claim for claim in made.evidence if claim.kind == "text")
    assert verdict("tutorial", "session", made.model_copy(update={"evidence": (*quotes, *mixed)})) == (
        "misplaced_action"
    )


def test_a_label_of_another_source_is_refused_by_the_gates() -> None:
    other = make_source(name="other.mp4")
    strange = make_anchor(other, MATERIAL["film"][1][0].value, "still_unique", 0.0, 5.0)
    facts = label_facts(MATERIAL["film"][1]) | {"F900": strange}
    agent = agent_of("visual_puzzle")
    proposal = agent.proposal.model_validate({"items": [item("order_stills", [*stills(1, 2), "F900"])]})
    made = list(agent.draft(proposal, context_of("film"), facts))
    assert [m.code for m in made if isinstance(m, Refusal)] == ["wrong_facts"]
