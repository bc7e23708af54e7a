"""Task `robot_understanding`: true questions pass, lies are refused, a log's word alone gives none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from dataclaw_assets.records import Anchor, Clip, Draft
from dataclaw_assets.synthesized_samples.agents.robot_understanding.agent import RobotUnderstandingAgent
from tests.synthesized_samples.agents.episodes import (
    Spoil,
    answer,
    cite,
    context_of,
    find_phase,
    judge,
    make_demonstration,
    put,
)

AGENT = RobotUnderstandingAgent()
EPISODE = make_demonstration()
OTHER = make_demonstration("two.mp4")
CONTEXT = context_of(EPISODE, OTHER)
DRAFTS = list(AGENT.compose(CONTEXT))
TEMPLATES = ("closing_moment", "opening_moment", "hold_interval")


def first(template: str) -> Draft:
    return next(draft for draft in DRAFTS if draft.template == template)


def later(draft: Draft, _: Sequence[Anchor]) -> Draft:
    """The time, as claimed and as answered, 0.4 s off."""
    value = draft.verifier.value
    off = [round(v + 0.4, 1) for v in value] if isinstance(value, list) else round(value + 0.4, 1)
    text = "-".join(f"{v:.1f}" for v in off) if isinstance(off, list) else f"{off:.1f}"
    claim = draft.evidence[0].model_copy(update={"value": off})
    return answer(draft, text, off).model_copy(update={"evidence": (claim, *draft.evidence[1:])})


def half_done(draft: Draft, _: Sequence[Anchor]) -> Draft:
    """A true time of a clip that has a frame sampled in the middle of the movement, or at the grasp."""
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    piece = clip.pieces[0]
    event = next(a for a in EPISODE[1] if a.anchor_id == draft.evidence[0].anchors[0])
    first, last = event.start_s or 0.0, event.end_s or 0.0
    ends = [first, last]
    start = round((first if event.kind == "hold" else (first + last) / 2) - 1.0, 3)
    moved = piece.model_copy(update={"start_s": start, "end_s": last + 1.0})
    shown = [round(end - start, 1) for end in ends] if event.kind == "hold" else round(first - start, 1)
    text = "-".join(f"{end:.1f}" for end in shown) if isinstance(shown, list) else f"{shown:.1f}"
    claim = draft.evidence[0].model_copy(update={"value": shown})
    return answer(draft, text, shown).model_copy(
        update={
            "media": (clip.model_copy(update={"pieces": (moved,)}),),
            "evidence": (claim, *draft.evidence[1:]),
        }
    )


def other_event(draft: Draft, anchors: Sequence[Anchor]) -> Draft:
    """The time is that of one movement of the gripper, the state that of the other."""
    name = "gripper_opening" if draft.evidence[1].value == "gripper_closing" else "gripper_closing"
    return cite(draft, 1, find_phase(anchors, name), value=name)


def backwards(draft: Draft, _: Sequence[Anchor]) -> Draft:
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    turned = clip.pieces[0].model_copy(update={"op": "reverse"})
    return draft.model_copy(update={"media": (clip.model_copy(update={"pieces": (turned,)}),)})


def of_another_source(draft: Draft, _: Sequence[Anchor]) -> Draft:
    return cite(draft, 0, find_phase(OTHER[1], "gripper_closing"))


CORRUPTIONS: list[tuple[str, str, Spoil, str]] = [
    ("time off by 0.4 s", "closing_moment", later, "wrong_time"),
    ("time off by 0.4 s", "opening_moment", later, "wrong_time"),
    ("time off by 0.4 s", "hold_interval", later, "wrong_time"),
    ("answer alone off", "closing_moment", lambda d, _: answer(d, "0.3", 0.3), "wrong_answer"),
    ("opening for closing", "closing_moment", other_event, "irrelevant_evidence"),
    ("closing for opening", "opening_moment", other_event, "irrelevant_evidence"),
    ("direction flipped", "closing_moment", backwards, "wrong_time"),
    ("direction flipped", "hold_interval", backwards, "wrong_time"),
    ("a frame at its middle", "closing_moment", half_done, "unclear_moment"),
    ("a frame at the grasp", "hold_interval", half_done, "unclear_moment"),
    ("another aspect", "hold_interval", lambda d, _: put(d, aspect="closing_moment"), "field_differs"),
    ("a movement for a hold", "hold_interval",
     lambda d, a: cite(d, 0, find_phase(a, "moving", 1)), "wrong_time"),
    ("evidence of another source", "closing_moment", of_another_source, "unknown_anchor"),
    ("a lying sentence", "closing_moment",
     lambda d, _: put(d, question="It drops the cup. " + d.payload["question"]), "strange_words"),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_every_composed_draft_passes_every_gate(seed: int) -> None:
    context = context_of(EPISODE, OTHER, seed=seed)
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


@pytest.mark.parametrize("template", ["closing_moment", "opening_moment"])
def test_the_answers_of_twins_differ(template: str) -> None:
    groups: dict[str | None, list[Any]] = {}
    for draft in DRAFTS:
        if draft.template == template:
            groups.setdefault(draft.twin_key, []).append(draft.verifier.value)
    assert all(len(values) == len(set(values)) > 1 for values in groups.values())


def test_the_clips_of_twins_are_equally_long_and_what_they_show_is_well_apart() -> None:
    groups: dict[str | None, list[Draft]] = {}
    for draft in DRAFTS:
        if draft.twin_key:
            groups.setdefault(draft.twin_key, []).append(draft)
    for one, other in groups.values():
        assert one.difficulty["clip_s"] == other.difficulty["clip_s"]
        starts = [np.atleast_1d(draft.verifier.value)[0] for draft in (one, other)]
        assert abs(starts[0] - starts[1]) > 2 * (one.verifier.tolerance or 0.0)


def test_the_answer_is_spread_between_the_frames_that_a_trainer_samples() -> None:
    values = {
        draft.verifier.value % 0.5
        for seed in range(20)
        for draft in AGENT.compose(context_of(EPISODE, seed=seed))
        if draft.template == "closing_moment"
    }
    assert max(values) - min(values) > 0.15


def test_no_clip_is_played_backwards() -> None:
    clips = [medium for draft in DRAFTS for medium in draft.media if isinstance(medium, Clip)]
    assert {piece.op for clip in clips for piece in clip.pieces} == {"play"}


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
