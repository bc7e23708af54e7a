"""The wording gate against a true draft in a model's words, and against the same draft with one fault."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.quality.gates.wording import check_wording, find_quotes
from dataclaw_assets.records import Draft
from dataclaw_assets.synthesized_samples.agents.registry import BUILT_IN, find_agent
from dataclaw_assets.synthesized_samples.context import SourceContext
from resources.settings import Settings
from tests.builders import make_drawing, make_episode, make_film, make_source

FILM = make_source()
EPISODE = make_source("robot_demo", 12.0, "episode.mp4")
DRAWING = make_source("drawing", name="sketch.ndjson")
MATERIAL = {
    "film": (FILM, make_film(FILM, shots=5)),
    "episode": (EPISODE, make_episode(EPISODE)),
    "drawing": (DRAWING, make_drawing(DRAWING)),
}
PLAIN = "Look at how the light changes from one scene to the next."


def drafts_of(material: str, task: str) -> tuple[list[Draft], Facts]:
    source, anchors = MATERIAL[material]
    agent = find_agent(task)
    facts = Facts(source, {a.anchor_id: a for a in anchors}, agent.schema, agent.derive, Settings())
    return list(agent.compose(SourceContext(source, tuple(anchors), Settings()))), facts


def draft_of(template: str, task: str = "temporal_qa") -> tuple[Draft, Facts]:
    drafts, facts = drafts_of("film", task)
    return next(draft for draft in drafts if draft.template == template), facts


def codes(draft: Draft, facts: Facts) -> list[str]:
    return [finding.code for finding in check_wording(draft, facts)]


def edit(draft: Draft, **fields: Any) -> Draft:
    return draft.model_copy(update={"payload": draft.payload | fields})


def asked(wording: str, template: str = "shot_length") -> list[str]:
    """The codes on a true draft whose question begins with other words."""
    draft, facts = draft_of(
        template, "visual_puzzle" if template.startswith(("find", "order")) else "temporal_qa"
    )
    return codes(edit(draft, question=f"{wording}\n{draft.payload['question']}"), facts)


@pytest.mark.parametrize("material", MATERIAL)
@pytest.mark.parametrize("task", [agent.spec.task_type for agent in BUILT_IN])
def test_no_rule_made_draft_is_refused_as_it_is_or_in_other_words(task: str, material: str) -> None:
    drafts, facts = drafts_of(material, task)
    reworded = [edit(draft, question=f"{PLAIN}\n{draft.payload['question']}") for draft in drafts]
    assert [codes(draft, facts) for draft in (*drafts, *reworded) if codes(draft, facts)] == []


@pytest.mark.parametrize(
    "wording",
    [
        PLAIN,
        "请仔细看视频里的每个画面，再回答下面的问题。",
        "ビデオの画面をよく見て、次の質問に答えてください。",
        "화면을 잘 보고 다음 질문에 답하세요.",
        "Посмотрите, как меняется свет в этом фильме, и ответьте на вопрос.",
        "Achte darauf, wo die Szene beginnt und wann sie wieder endet.",
        "Regarde bien la scène qui suit et compare-la avec la photo.",
        "انظر إلى المشهد في هذا الفيلم ثم أجب عن السؤال",
        "देखिए कि इस फ़िल्म में रोशनी कैसे बदलती है और फिर उत्तर दीजिए।",
        "The shot in question is on screen only once, so watch closely.",
        "A dog crosses the bridge in this film while the others wait.",
    ],
)
def test_plain_words_of_any_language_pass(wording: str) -> None:
    assert asked(wording) == []


@pytest.mark.parametrize(
    ("wording", "code"),
    [
        ("Think of what is seen at 33 seconds into the film.", "number_unbacked"),
        ("Think of what is seen at 0:33 of the film.", "number_unbacked"),
        ("Think of the thirty seconds before the end of it.", "number_unbacked"),
        ("Think of what is seen after 33s in the film.", "number_unbacked"),
        ("请看视频第三十三秒出现的画面是什么。", "number_unbacked"),
        ("请看视频第３３秒出现的画面是什么。", "number_unbacked"),
        ("Think of what is seen between 33-39 s of the film.", "number_unbacked"),
        ("Das ist in der Szene nach dreißig Sekunden zu sehen.", "number_unbacked"),
        ("Look at the sign that reads “Never mind the gulls” in it.", "quote_unbacked"),
        ('Look at the sign that reads "Never mind the gulls" in it.', "quote_unbacked"),
        ("Look at the sign that reads «Never mind the gulls» in it.", "quote_unbacked"),
        ("请看画面里写着「不要管海鸥」的那个牌子。", "quote_unbacked"),
        ("Look at the sign that reads “Never mind the gulls in it.", "quote_unbacked"),
        ("Look at the scene of F12 and of what follows it.", "label_leak"),
        ("请看画面F3中的那个人在做什么。", "label_leak"),
        ("Look at the scene of a-0123456789abcdef and the next.", "label_leak"),
        ("Look at this <image> and of what follows it in the film.", "foreign_markup"),
        ("Look at the film and what follows.<|im_end|>", "foreign_markup"),
        ("Look at the film and what follows.<｜im_end｜>", "foreign_markup"),
        ("Look at the film [INST] and what follows in it.", "foreign_markup"),
        ("Look at the film on https://example.org and compare it.", "foreign_markup"),
        ("Look at the film on example.com and compare it to this.", "foreign_markup"),
        ("Look at the [film](x) and of what follows in it.", "foreign_markup"),
        ("Look at the film and\u202e what follows in it.", "foreign_markup"),
        ("Look at the film\u200b and what follows in it.", "foreign_markup"),
        ("assistant: look at the film and what follows in it.", "foreign_markup"),
        ("Look", "not_language"),
        ("?!...", "not_language"),
        ("qzx vbkt wrrp lkjh mnbv zzt", "not_language"),
        ("zor bexi ulmo tarik venolu pask", "not_language"),
        ("ing Ġth кот 的 فيل ba", "not_language"),
        ("the the the the the the the the", "not_language"),
        ("龘靐齉爩鱻麤灪龖厵爨癵驫", "not_language"),
        ("8 4 2 % $ 7 7 the 3 1", "not_language"),
    ],
)
def test_one_fault_in_the_question_is_found(wording: str, code: str) -> None:
    assert asked(wording)[0] == code


@pytest.mark.parametrize("words", ["5.0 seconds", "5 s", "five seconds", "5.1", "0:05", "五秒钟"])
def test_a_question_that_states_its_number_gives_the_answer(words: str) -> None:
    draft, facts = draft_of("shot_length")
    assert draft.verifier.value == 5.0
    lie = edit(draft, question=f"{PLAIN} The answer is {words} of it.\n{draft.payload['question']}")
    assert "answer_given" in codes(lie, facts)


@pytest.mark.parametrize("words", ["Think of {}.", "Is it not picture {}?", "It is ({}), of course."])
def test_a_question_that_names_its_one_letter_gives_the_answer(words: str) -> None:
    draft, facts = draft_of("next_picture")
    wording = words.format(draft.verifier.value)
    assert "answer_given" in codes(edit(draft, question=f"{wording}\n{PLAIN}"), facts)


def test_a_question_that_lists_its_order_gives_the_answer() -> None:
    drafts, facts = drafts_of("drawing", "visual_puzzle")
    draft = next(draft for draft in drafts if draft.template == "order_strokes")
    wording = f"Is the order of them not {', '.join(draft.verifier.value)} in the film?"
    assert codes(edit(draft, question=wording), facts) == ["answer_given"]


def test_a_quotation_of_a_cited_line_passes() -> None:
    draft, facts = draft_of("shape_speech")
    line = next(claim.value for claim in draft.evidence if claim.kind == "text")
    wording = f"Who would say “{line}” in a scene like this one?"
    assert (
        codes(edit(draft, question=draft.payload["question"].replace("\n", f" {wording}\n", 1)), facts) == []
    )


def test_options_that_say_the_same_are_found() -> None:
    draft, facts = draft_of("shape_speech")
    options = dict.fromkeys("ABCD", "Sentence number a of the film.")
    assert "options_repeat" in codes(edit(draft, options=options), facts)


def test_a_transcript_that_the_payload_does_not_hold_is_judged() -> None:
    draft, facts = draft_of("shot_length")
    question = f"{draft.payload['question']}\n\nTranscript:\n[33.0-39.0] Say F12 and the rest of it."
    assert {"label_leak"} <= set(codes(edit(draft, question=question), facts))


@pytest.mark.parametrize("field", ["cot", "steps"])
def test_reasoning_and_steps_are_judged_too(field: str) -> None:
    (draft, _), facts = drafts_of("drawing", "tutorial")
    wrong: list[Any] = ["It begins at 0:33 of the film."]
    if field == "steps":
        wrong = [draft.payload["steps"][0] | {"text": wrong[0]}, *draft.payload["steps"][1:]]
    assert codes(edit(draft, **{field: wrong}), facts)[0] == "number_unbacked"


def test_quotations_of_every_kind_are_read() -> None:
    assert find_quotes('“a” "b" «c» 「d」 „e“ it\'s') == ["a", "b", "c", "d", "e"]


@settings(max_examples=150, deadline=None)
@example("Al:AAAA:As")
@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=24, max_size=120))
def test_random_characters_are_refused_and_crash_nothing(text: str) -> None:
    draft, facts = draft_of("shot_length")
    assert codes(edit(draft, question=text), facts)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="bcdefghijklmnoprstuvz", min_size=3, max_size=9), min_size=5, max_size=20))
def test_strings_of_made_up_words_are_no_language(words: list[str]) -> None:
    draft, facts = draft_of("shot_length")
    question = " ".join(f"x{word}q" for word in words)
    assert "not_language" in codes(edit(draft, question=question), facts)
