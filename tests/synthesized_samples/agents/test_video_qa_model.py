"""The model path of `video_qa`: true proposals pass, false ones are refused with their code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from dataclaw_assets.anchor_values import TextValue
from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.quality.gates.wording import check_wording
from dataclaw_assets.records import Anchor, Draft, Instruction, Source
from dataclaw_assets.synthesized_samples.agents.contract import ModelAgent, Refusal
from dataclaw_assets.synthesized_samples.agents.video_qa.agent import VideoQAAgent
from dataclaw_assets.synthesized_samples.context import SourceContext
from resources.settings import Settings
from tests.builders import make_anchor, make_film, make_source
from tests.synthesized_samples.agents.proposing import label_facts
from tests.synthesized_samples.agents.written import DETAILS, HEADINGS, NOTES, make_lecture, make_sign

AGENT = VideoQAAgent()
LECTURE = make_source(duration_s=36.0, name="lecture.mp4")
FILM = make_source(name="film.mp4")
SIGN = make_source("image", name="sign.png").model_copy(update={"stream": None})
MATERIAL: dict[str, tuple[Source, list[Anchor]]] = {
    "lecture": (LECTURE, make_lecture(LECTURE)),
    "film": (FILM, make_film(FILM)),
    "sign": (SIGN, make_sign(SIGN)),
}
ASK = "Look closely at what is written in the pictures of this lecture."


def context_of(material: str) -> SourceContext:
    source, anchors = MATERIAL[material]
    return SourceContext(source, tuple(anchors), Settings())


def verdicts(material: str, *items: Any) -> list[str | None]:
    """For each item the refusal's code, or that of the first gate that refuses its draft, or None."""
    source, anchors = MATERIAL[material]
    proposal = AGENT.proposal.model_validate({"items": items})
    facts = Facts(source, {a.anchor_id: a for a in anchors}, AGENT.schema, AGENT.derive, Settings())
    codes: list[str | None] = []
    for made in AGENT.draft(proposal, context_of(material), label_facts(anchors)):  # type: ignore[arg-type]
        if isinstance(made, Refusal):
            codes.append(made.code)
            continue
        assert isinstance(made, Draft)
        results = audit_draft(made, facts, (*AGENT.gates, ("wording", check_wording)))
        codes.append(next((result.code for result in results if not result.passed), None))
    return codes


def named(material: str, kind: str, text: str) -> str:
    return next(
        label
        for label, anchor in label_facts(MATERIAL[material][1]).items()
        if anchor.kind == kind and getattr(anchor.value, "text", None) == text
    )


def numbered(material: str, kind: str, *numbers: int) -> list[str]:
    labels = [label for label, anchor in label_facts(MATERIAL[material][1]).items() if anchor.kind == kind]
    return [labels[number] for number in numbers]


def still(number: int) -> str:
    return numbered("lecture", "still_unique", number)[0]


def item(form: str, facts: list[str], answer: str, **fields: Any) -> dict[str, Any]:
    return {"form": form, "facts": facts, "question": ASK, "answer": answer, **fields}


WRITTEN = [named("lecture", "text", text) for text in HEADINGS[:4]]
BLOCK = [named("lecture", "text", text) for text in (DETAILS[1], *NOTES[1])]
SAID = numbered("film", "subtitle", 4, 2, 6, 1)
SCENES = numbered("film", "still_unique", 1, 3, 4, 6)
SCENE = numbered("film", "still_unique", 2)
READ = named("sign", "text_line", "Foot of the hill")
TRUE = {
    "covered_lines": ("lecture", item("covered_lines", [still(1), BLOCK[2], *BLOCK[:2]], ", ".join(BLOCK))),
    "read_image": ("sign", item("read_line", [READ], "Foot of the hill")),
    "read_still": (
        "lecture",
        item("read_line", [still(0), named("lecture", "text_line", DETAILS[0])], DETAILS[0]),
    ),
    "spoken_line": ("film", item("spoken_line", [*SCENE, *SAID], SAID[1])),
    "shown_picture": ("film", item("shown_picture", [SAID[0], *SCENES], SCENES[2])),
}


@pytest.mark.parametrize("name", TRUE)
def test_a_true_proposal_passes(name: str) -> None:
    material, proposed = TRUE[name]
    assert verdicts(material, proposed) == [None]


LIES: dict[str, tuple[str, Any, str]] = {
    "another order under the box": (
        "lecture",
        TRUE["covered_lines"][1] | {"answer": ", ".join(BLOCK[::-1])},
        "wrong_answer",
    ),
    "a line of the order left out": (
        "lecture",
        TRUE["covered_lines"][1] | {"answer": ", ".join(BLOCK[:2])},
        "wrong_answer",
    ),
    "another reading": ("sign", TRUE["read_image"][1] | {"answer": "Harrowdale"}, "wrong_answer"),
    "an unknown fact": ("sign", item("read_line", ["F999"], "Quayside"), "unknown_fact"),
    "a fact of another kind": (
        "lecture",
        item("covered_lines", [WRITTEN[1], *BLOCK], ", ".join(BLOCK)),
        "wrong_facts",
    ),
    "lines of several pages under one box": (
        "lecture",
        item("covered_lines", [still(0), *WRITTEN[:3]], ", ".join(WRITTEN[:3])),
        "wrong_facts",
    ),
    "the largest text to be copied": (
        "lecture",
        item("read_line", [still(0), named("lecture", "text_line", HEADINGS[0])], HEADINGS[0]),
        "wrong_facts",
    ),
    "too few facts": (
        "lecture",
        item("covered_lines", [still(1), *BLOCK[:2]], ", ".join(BLOCK[:2])),
        "wrong_facts",
    ),
    "a label to be copied": (
        "sign",
        item("read_line", [named("sign", "text_line", "Quayside")], "Quayside"),
        "wrong_facts",
    ),
    "a line of another scene": ("film", TRUE["spoken_line"][1] | {"answer": SAID[0]}, "wrong_answer"),
    "a picture of another scene": ("film", TRUE["shown_picture"][1] | {"answer": SCENES[0]}, "wrong_answer"),
    "lines of which none is of the scene": (
        "film",
        item("spoken_line", [*numbered("film", "still_unique", 0), *SAID], SAID[1]),
        "wrong_facts",
    ),
    "two lines of one scene": (
        "film",
        TRUE["spoken_line"][1] | {"answer": ", ".join(SAID[:2])},
        "unreadable_answer",
    ),
    "lines among pictures": (
        "film",
        item("shown_picture", [SAID[0], *SCENES[:3], SAID[1]], SCENES[2]),
        "wrong_facts",
    ),
    "an answer in prose": (
        "lecture",
        TRUE["covered_lines"][1] | {"answer": "the second"},
        "unreadable_answer",
    ),
    "an answer not cited": ("lecture", TRUE["covered_lines"][1] | {"answer": still(0)}, "unknown_fact"),
    "a question that names a time": (
        "lecture",
        TRUE["covered_lines"][1] | {"question": "Look at what is written 17 seconds into the video."},
        "uncited_claim",
    ),
    "a question that quotes what nobody wrote": (
        "lecture",
        TRUE["covered_lines"][1] | {"question": "The lecture speaks of “Deserts of salt” in this place."},
        "uncited_claim",
    ),
    "reasoning that jumps back": (
        "lecture",
        TRUE["covered_lines"][1]
        | {
            "reasoning": [
                {"text": "The slide with the walls comes.", "facts": [BLOCK[1]]},
                {"text": "The rivers were before it.", "facts": [WRITTEN[0]]},
            ]
        },
        "out_of_order",
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_a_false_proposal_is_refused(name: str) -> None:
    material, proposed, code = LIES[name]
    assert verdicts(material, proposed) == [code]


def test_a_false_item_costs_no_other() -> None:
    assert verdicts("lecture", LIES["an answer in prose"][1], TRUE["covered_lines"][1]) == [
        "unreadable_answer",
        None,
    ]


@pytest.mark.parametrize("broken", [{"form": "riddle"}, {"facts": []}, {"answer": ""}, {"mood": "good"}])
def test_a_malformed_item_does_not_fit_the_proposal(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AGENT.proposal.model_validate({"items": [TRUE["covered_lines"][1] | broken]})


def test_the_prompt_says_what_was_asked_and_every_form() -> None:
    asked = Instruction(
        instruction_id="i",
        intent_id="i",
        source_id=LECTURE.source_id,
        task_type="video_qa",
        status="ready",
        text="Questions on the slides",
        rank=1,
        confidence=1.0,
        rationale="",
        target_schema="VideoQA",
        resolver="rules",
    )
    prompt = AGENT.instruct(context_of("lecture"), asked)
    assert "Questions on the slides" in prompt
    assert all(form in prompt for form in ("covered_lines", "read_line", "spoken_line", "shown_picture"))


def test_the_agent_is_a_model_agent() -> None:
    assert isinstance(AGENT, ModelAgent)


def judge_spoken(
    update: Callable[[Draft], Draft] = lambda draft: draft, *printed: Anchor
) -> tuple[str | None, str]:
    """The first finding on a true match of a scene with its line, after an update of the draft."""
    source, anchors = MATERIAL["film"]
    anchors = [*anchors, *printed]
    context = SourceContext(source, tuple(anchors), Settings())
    proposal = AGENT.proposal.model_validate({"items": [TRUE["spoken_line"][1]]})
    (made,) = AGENT.draft(proposal, context, label_facts(anchors))  # type: ignore[arg-type]
    assert isinstance(made, Draft)
    facts = Facts(source, {a.anchor_id: a for a in anchors}, AGENT.schema, AGENT.derive, Settings())
    failed = [result for result in audit_draft(update(made), facts, AGENT.gates) if not result.passed]
    return (failed[0].code, failed[0].detail) if failed else (None, "")


def test_a_line_that_repeats_what_stands_in_its_scene_is_refused() -> None:
    value = TextValue(text="SENTENCE C", confidence=0.99, seen=1)
    assert judge_spoken() == (None, "")
    assert judge_spoken(lambda draft: draft, make_anchor(FILM, value, "text", 11.0, 12.0)) == (
        "told_in_print",
        "sentence",
    )


def test_print_in_another_scene_tells_nothing() -> None:
    value = TextValue(text="SENTENCE C", confidence=0.99, seen=1)
    assert judge_spoken(lambda draft: draft, make_anchor(FILM, value, "text", 1.0, 2.0)) == (None, "")


def test_a_transcript_that_leaves_a_line_out_is_refused() -> None:
    def shorten(draft: Draft) -> Draft:
        *lines, last = draft.payload["transcript"]
        line = f"\n[{last['start_s']:.1f}-{last['end_s']:.1f}] {last['text']}"
        question = draft.payload["question"].replace(line, "")
        return draft.model_copy(
            update={"payload": draft.payload | {"transcript": lines, "question": question}}
        )

    assert judge_spoken(shorten)[0] == "field_differs"


def test_a_question_on_a_picture_that_is_not_there_is_refused() -> None:
    def swap(draft: Draft) -> Draft:
        question = draft.payload["question"].replace("picture X", "picture Y")
        return draft.model_copy(update={"payload": draft.payload | {"question": question}})

    assert judge_spoken(swap)[0] == "field_differs"
