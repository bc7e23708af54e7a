"""Task `robot_understanding`: true questions pass, lies are refused, a log's word alone gives none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from dataclaw_assets.records import Anchor, Clip, Draft, Still
from dataclaw_assets.synthesized_samples.agents.robot_understanding.agent import RobotUnderstandingAgent
from dataclaw_assets.synthesized_samples.agents.robot_understanding.instructions import differ
from tests.synthesized_samples.agents.episodes import (
    Spoil,
    another_letter,
    answer,
    cite,
    context_of,
    find_phase,
    judge,
    make_demonstration,
    put,
)

AGENT = RobotUnderstandingAgent()
EPISODE = make_demonstration(trusted=True)
OTHERS = (
    make_demonstration("two.mp4", "Open the drawer."),
    make_demonstration("three.mp4", "Put the yellow cube into the box."),
    make_demonstration("four.mp4", "Pick up the red cube on the left."),
)
CONTEXT = context_of(EPISODE, *OTHERS)
DRAFTS = list(AGENT.compose(CONTEXT))
TEMPLATES = (
    "next_gripper", "closing_moment", "opening_moment", "hold_interval", "stage_of_picture",
    "instruction_clip",
)  # fmt: skip


def first(template: str) -> Draft:
    return next(draft for draft in DRAFTS if draft.template == template)


def later(draft: Draft, _: Sequence[Anchor]) -> Draft:
    """The time, as claimed and as answered, 0.4 s off."""
    value = draft.verifier.value
    off = [round(v + 0.4, 1) for v in value] if isinstance(value, list) else round(value + 0.4, 1)
    text = "-".join(f"{v:.1f}" for v in off) if isinstance(off, list) else f"{off:.1f}"
    claim = draft.evidence[0].model_copy(update={"value": off})
    return answer(draft, text, off).model_copy(update={"evidence": (claim, *draft.evidence[1:])})


def other_event(draft: Draft, anchors: Sequence[Anchor]) -> Draft:
    """The time of the gripper's other movement, cited as it is."""
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    own = draft.evidence[1].value
    name = "gripper_opening" if own == "gripper_closing" else "gripper_closing"
    anchor = find_phase(anchors, name)
    value = round(((anchor.start_s or 0.0) + (anchor.end_s or 0.0)) / 2 - clip.pieces[0].start_s, 1)
    lie = answer(draft, f"{value:.1f}", value)
    return cite(cite(lie, 0, anchor, value=value), 1, anchor, value=name)


def backwards(draft: Draft, _: Sequence[Anchor]) -> Draft:
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    turned = clip.pieces[0].model_copy(update={"op": "reverse"})
    return draft.model_copy(
        update={"media": (clip.model_copy(update={"pieces": (turned,)}), *draft.media[1:])}
    )


def picture_at(time_s: float) -> Spoil:
    def spoil(draft: Draft, _: Sequence[Anchor]) -> Draft:
        still = draft.media[1]
        assert isinstance(still, Still)
        return draft.model_copy(
            update={"media": (draft.media[0], still.model_copy(update={"time_s": time_s}))}
        )

    return spoil


def ends_at(time_s: float) -> Spoil:
    def spoil(draft: Draft, _: Sequence[Anchor]) -> Draft:
        clip = draft.media[0]
        assert isinstance(clip, Clip)
        piece = clip.pieces[0].model_copy(update={"start_s": time_s - 2.0, "end_s": time_s})
        return draft.model_copy(update={"media": (clip.model_copy(update={"pieces": (piece,)}),)})

    return spoil


def next_event(draft: Draft, anchors: Sequence[Anchor]) -> Draft:
    name = "gripper_opening" if draft.evidence[0].value == "gripper_closing" else "gripper_closing"
    return cite(another_letter(draft, anchors), 0, find_phase(anchors, name), value=name)


def of_another_source(draft: Draft, _: Sequence[Anchor]) -> Draft:
    return cite(draft, 0, find_phase(OTHERS[0][1], "gripper_closing"))


def own_denied(draft: Draft, _: Sequence[Anchor]) -> Draft:
    """The own clip said to be foreign, a foreign one the answer."""
    own = draft.verifier.value
    claims = [
        claim.model_copy(update={"label": own})
        if claim.kind == "foreign" and claim.label == first_foreign(draft)
        else claim
        for claim in draft.evidence
    ]
    return draft.model_copy(update={"evidence": tuple(claims)})


def first_foreign(draft: Draft) -> str | None:
    return next(claim.label for claim in draft.evidence if claim.kind == "foreign")


def other_words(draft: Draft, _: Sequence[Anchor]) -> Draft:
    said = "Open the drawer."
    question = draft.payload["question"].replace(draft.payload["instruction"], said)
    text = draft.evidence[0].model_copy(update={"value": said})
    return put(draft, question=question, instruction=said).model_copy(
        update={"evidence": (text, *draft.evidence[1:])}
    )


def other_option(draft: Draft, _: Sequence[Anchor]) -> Draft:
    options = dict(draft.payload["options"])
    options[next(letter for letter in options if letter != draft.verifier.value)] = "It waves."
    return put(draft, options=options)


CORRUPTIONS: list[tuple[str, str, Spoil, str]] = [
    ("time off by 0.4 s", "closing_moment", later, "wrong_time"),
    ("time off by 0.4 s", "opening_moment", later, "wrong_time"),
    ("time off by 0.4 s", "hold_interval", later, "wrong_time"),
    ("answer alone off", "closing_moment", lambda d, _: answer(d, "0.3", 0.3), "wrong_answer"),
    ("opening for closing", "closing_moment", other_event, "irrelevant_evidence"),
    ("closing for opening", "opening_moment", other_event, "irrelevant_evidence"),
    ("direction flipped", "stage_of_picture", backwards, "wrong_time"),
    ("direction flipped", "next_gripper", backwards, "strange_recipe"),
    ("a distractor", "next_gripper", another_letter, "wrong_answer"),
    ("a distractor", "stage_of_picture", another_letter, "wrong_answer"),
    ("a distractor", "instruction_clip", another_letter, "wrong_answer"),
    ("what comes later", "next_gripper", next_event, "not_next"),
    ("another stretch", "next_gripper", ends_at(6.0), "not_next"),
    ("a picture of another stage", "stage_of_picture", picture_at(11.3), "wrong_answer"),
    ("a picture on the border", "stage_of_picture", picture_at(3.37), "wrong_answer"),
    ("an option nobody phrased", "stage_of_picture", other_option, "field_differs"),
    ("another aspect", "hold_interval", lambda d, _: put(d, aspect="next_gripper"), "field_differs"),
    ("an instruction nobody asked", "hold_interval", lambda d, _: put(d, instruction="Go."), "field_differs"),
    ("a movement for a hold", "hold_interval",
     lambda d, a: cite(d, 0, find_phase(a, "moving", 1)), "wrong_time"),
    ("evidence of another source", "next_gripper", of_another_source, "unknown_anchor"),
    ("text of another source", "instruction_clip", other_words, "wrong_text"),
    ("own clip said to be foreign", "instruction_clip", own_denied, "foreign_media"),
    ("a lying sentence", "next_gripper",
     lambda d, _: put(d, question="It drops the cup. " + d.payload["question"]), "strange_words"),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_every_composed_draft_passes_every_gate(seed: int) -> None:
    context = context_of(EPISODE, *OTHERS, seed=seed)
    assert {judge(AGENT, context, draft) for draft in AGENT.compose(context)} == {None}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_demonstration_gives_each_template(template: str) -> None:
    assert template in {draft.template for draft in DRAFTS}


@pytest.mark.parametrize(
    ("template", "spoil", "code"),
    [corruption[1:] for corruption in CORRUPTIONS],
    ids=[f"{corruption[1]}-{corruption[0]}" for corruption in CORRUPTIONS],
)
def test_a_lie_is_refused(template: str, spoil: Spoil, code: str) -> None:
    assert judge(AGENT, CONTEXT, spoil(first(template), EPISODE[1])) == code


@pytest.mark.parametrize("template", ["next_gripper", "closing_moment", "opening_moment", "stage_of_picture"])
def test_the_answers_of_twins_differ(template: str) -> None:
    groups: dict[str | None, list[Any]] = {}
    for draft in DRAFTS:
        if draft.template == template:
            groups.setdefault(draft.twin_key, []).append(draft.verifier.value)
    assert all(len(values) == len(set(values)) > 1 for values in groups.values())


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("Pick up the red cube.", "Pick up the blue cube.", True),
        ("Put it on the left side.", "Put it on the right side.", False),
        ("Pick up the cube.", "Pick up the cube and stack it.", False),
        ("Open the drawer.", "open the drawer", False),
    ],
)
def test_instructions_are_apart_when_each_names_what_the_other_does_not(
    one: str, other: str, apart: bool
) -> None:
    assert differ(one, other) is apart


def test_a_clip_that_asks_what_comes_next_does_not_show_it() -> None:
    for draft in (draft for draft in DRAFTS if draft.template == "next_gripper"):
        clip = draft.media[0]
        assert isinstance(clip, Clip)
        event = next(a for a in EPISODE[1] if a.anchor_id == draft.evidence[0].anchors[0])
        assert clip.pieces[0].end_s < (event.start_s or 0.0)


def test_a_log_without_times_gives_no_question_of_phases() -> None:
    bare = [
        a.model_copy(update={"start_s": None, "end_s": None}) for a in EPISODE[1] if a.kind != "instruction"
    ]
    assert list(AGENT.compose(context_of((EPISODE[0], bare)))) == []


def test_a_picture_too_small_to_see_a_gripper_gives_no_question() -> None:
    assert list(AGENT.compose(context_of(make_demonstration(width=84)))) == []


def test_two_grippers_give_no_question_of_the_gripper() -> None:
    source, anchors = make_demonstration()
    second = find_phase(anchors, "gripper_closing").model_copy(
        update={"anchor_id": "a-second", "start_s": 3.4, "end_s": 3.8}
    )
    assert list(AGENT.compose(context_of((source, [*anchors, second])))) == []
