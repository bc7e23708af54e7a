"""Task `robot_recovery`: made faults pass, every lie about them is refused, no room gives none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from dataclaw_assets.anchor_values import MotionValue
from dataclaw_assets.quality.clock import clip_duration
from dataclaw_assets.records import Anchor, Clip, Draft, Still
from dataclaw_assets.synthesized_samples.agents.robot_recovery.agent import RobotRecoveryAgent
from dataclaw_assets.synthesized_samples.agents.robot_recovery.faults import find_made
from tests.builders import make_anchor, make_source
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

AGENT = RobotRecoveryAgent()
EPISODE = make_demonstration()
CONTEXT = context_of(EPISODE)
DRAFTS = list(AGENT.compose(CONTEXT))
TEMPLATES = ("find_hesitation", "name_fault", "recover", "count_grasps")


def find_name(anchor: Anchor) -> str | None:
    return getattr(anchor.value, "phase", None)


def first(template: str, fault: str | None = None) -> Draft:
    return next(
        d for d in DRAFTS if d.template == template and (fault is None or d.payload["fault"] == fault)
    )


def moved(draft: Draft, _: Sequence[Anchor]) -> Draft:
    start, end = draft.verifier.value
    made = draft.evidence[0].model_copy(update={"value": [start + 0.4, end + 0.4]})
    later = answer(draft, f"{start + 0.4:.1f}-{end + 0.4:.1f}", [round(start + 0.4, 1), round(end + 0.4, 1)])
    return later.model_copy(update={"evidence": (made, *draft.evidence[1:])})


def plus_one(field: str) -> Spoil:
    def spoil(draft: Draft, _: Sequence[Anchor]) -> Draft:
        value = draft.payload[field]
        return put(draft, **{field: [n + 1 for n in value] if isinstance(value, list) else value + 1})

    return spoil


def of_movement(number: int) -> Spoil:
    """Cites a movement that the fault does not lie in."""

    def spoil(draft: Draft, anchors: Sequence[Anchor]) -> Draft:
        others = [find_phase(anchors, "moving", n) for n in range(3)]
        own = draft.evidence[1].anchors[0]
        return cite(draft, 1, [a for a in others if a.anchor_id != own][number])

    return spoil


def other_option(draft: Draft, _: Sequence[Anchor]) -> Draft:
    options = dict(draft.payload["options"])
    lie = next(letter for letter in options if letter != draft.verifier.value)
    options[lie] = "It waves at the camera."
    return put(draft, options=options)


def turned(draft: Draft, _: Sequence[Anchor]) -> Draft:
    """The clip comes to where it stops from the other side; the answer stays."""
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    run, stop = clip.pieces
    length = run.end_s - run.start_s
    back = run.model_copy(
        update={"op": "reverse", "start_s": stop.start_s, "end_s": round(stop.start_s + length, 3)}
    )
    media = (clip.model_copy(update={"pieces": (back, stop)}), *draft.media[1:])
    return draft.model_copy(update={"media": media})


def cut_short(draft: Draft, _: Sequence[Anchor]) -> Draft:
    """The clip ends half a second after the arm goes on."""
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    *rest, last = clip.pieces
    short = last.model_copy(update={"end_s": round(last.start_s + 0.5, 3)})
    media = (clip.model_copy(update={"pieces": (*rest, short)}), *draft.media[1:])
    return draft.model_copy(update={"media": media})


def all_the_way_back(draft: Draft, _: Sequence[Anchor]) -> Draft:
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    run, back, on = clip.pieces
    whole = (
        run,
        back.model_copy(update={"start_s": run.start_s}),
        on.model_copy(update={"start_s": run.start_s}),
    )
    made = [round(run.length_s, 1), round(2 * run.length_s, 1)]
    claim = draft.evidence[0].model_copy(update={"value": made})
    return draft.model_copy(
        update={
            "media": (clip.model_copy(update={"pieces": whole}), *draft.media[1:]),
            "evidence": (claim, *draft.evidence[1:]),
        }
    )


def with_an_open_gripper(draft: Draft, _: Sequence[Anchor]) -> Draft:
    """The picture that is farthest off is of another state of the gripper."""
    right = draft.verifier.value
    lie = next(m for m in draft.media if isinstance(m, Still) and m.label not in {None, right})
    media = tuple(m.model_copy(update={"time_s": 13.9}) if m is lie else m for m in draft.media)
    return draft.model_copy(update={"media": media})


def other_future(draft: Draft, _: Sequence[Anchor]) -> Draft:
    """The clip that recovers begins half a second later, and the fields say so."""
    *rest, future = draft.media
    assert isinstance(future, Clip)
    piece = future.pieces[0]
    late = piece.model_copy(update={"start_s": piece.start_s + 0.52, "end_s": piece.end_s + 0.52})
    frames = [n + 13 for n in draft.payload["output_video"]]
    return put(draft, output_video=frames).model_copy(
        update={"media": (*rest, future.model_copy(update={"pieces": (late,)}))}
    )


def faster(draft: Draft, _: Sequence[Anchor]) -> Draft:
    clip = draft.media[0]
    assert isinstance(clip, Clip)
    pieces = (clip.pieces[0].model_copy(update={"speed": 2.0}), *clip.pieces[1:])
    return draft.model_copy(update={"media": (clip.model_copy(update={"pieces": pieces}), *draft.media[1:])})


def foreign(draft: Draft, _: Sequence[Anchor]) -> Draft:
    return cite(draft, 1, find_phase(make_demonstration("other.mp4")[1], "moving"))


CORRUPTIONS: list[tuple[str, str, str | None, Spoil, str]] = [
    ("time off by 0.4 s", "find_hesitation", "hesitation", moved, "not_made"),
    ("said to be unchanged", "find_hesitation", "hesitation",
     lambda d, _: answer(d, "unchanged", None), "wrong_answer"),
    ("a distractor for the fault", "name_fault", None, another_letter, "wrong_answer"),
    ("a distractor for the count", "count_grasps", None, another_letter, "wrong_answer"),
    ("a distractor for the picture", "recover", None, another_letter, "wrong_answer"),
    ("direction flipped", "recover", None, turned, "wrong_answer"),
    ("another fault named", "name_fault", None, lambda d, _: put(d, fault="none"), "field_differs"),
    ("freeze frame off by one", "find_hesitation", "hesitation", plus_one("freeze_frame"), "field_differs"),
    ("repeat count off by one", "find_hesitation", "hesitation",
     plus_one("freeze_repeat_count"), "field_differs"),
    ("recalled picture off by one", "recover", None, plus_one("output_image"), "field_differs"),
    ("recovery clip off by one", "recover", None, plus_one("output_video"), "field_differs"),
    ("no recovery", "recover", None, lambda d, _: put(d, recovery=None), "field_differs"),
    ("an option nobody phrased", "name_fault", None, other_option, "field_differs"),
    ("another future", "recover", None, other_future, "wrong_future"),
    ("the arm goes on unseen", "name_fault", "hesitation", cut_short, "not_in_motion"),
    ("a return for a setback", "name_fault", "setback", all_the_way_back, "not_in_motion"),
    ("a picture of another grip", "recover", None, with_an_open_gripper, "other_grasp"),
    ("another pace", "find_hesitation", "hesitation", faster, "not_made"),
    ("another movement", "find_hesitation", "hesitation", of_movement(0), "not_in_motion"),
    ("another movement", "name_fault", None, of_movement(1), "not_in_motion"),
    ("another movement", "recover", None, of_movement(0), "not_in_motion"),
    ("a stop for a movement", "name_fault", None,
     lambda d, a: cite(d, 1, find_phase(a, "stopped"), value="stopped"), "irrelevant_evidence"),
    ("an opening for a closing", "count_grasps", None,
     lambda d, a: cite(d, 1, find_phase(a, "gripper_opening"), value="gripper_opening"),
     "irrelevant_evidence"),
    ("another phase stated", "name_fault", None,
     lambda d, a: cite(d, 1, find_phase(a, "moving", 1), value="stopped"), "wrong_fact"),
    ("evidence of another source", "name_fault", None, foreign, "unknown_anchor"),
    ("a lying sentence", "name_fault", None,
     lambda d, _: put(d, question="The arm burns. " + d.payload["question"]), "strange_words"),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_every_composed_draft_passes_every_gate(seed: int) -> None:
    context = context_of(EPISODE, seed=seed)
    refused = {judge(AGENT, context, draft) for draft in AGENT.compose(context)}
    assert refused == {None}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_demonstration_gives_each_template(template: str) -> None:
    assert template in {draft.template for draft in DRAFTS}


@pytest.mark.parametrize(
    ("template", "fault", "spoil", "code"),
    [corruption[1:] for corruption in CORRUPTIONS],
    ids=[f"{corruption[1]}-{corruption[0]}" for corruption in CORRUPTIONS],
)
def test_a_lie_is_refused(template: str, fault: str | None, spoil: Spoil, code: str) -> None:
    assert judge(AGENT, CONTEXT, spoil(first(template, fault), EPISODE[1])) == code


@pytest.mark.parametrize("template", ["name_fault", "recover", "count_grasps"])
def test_the_answers_of_twins_differ(template: str) -> None:
    groups: dict[str | None, list[Any]] = {}
    for draft in DRAFTS:
        if draft.template == template:
            groups.setdefault(draft.twin_key, []).append(draft.verifier.value)
    assert all(len(values) == len(set(values)) > 1 for values in groups.values())


@pytest.mark.parametrize("template", ["name_fault", "count_grasps"])
def test_the_length_of_a_clip_does_not_tell_the_fault(template: str) -> None:
    lengths: dict[str | None, set[float]] = {}
    for draft in DRAFTS:
        if draft.template == template and isinstance(draft.media[0], Clip):
            lengths.setdefault(draft.twin_key, set()).add(round(clip_duration(draft.media[0]), 2))
    assert {len(found) for found in lengths.values()} == {1}


def test_the_recovery_clip_goes_on_where_the_arm_got_stuck() -> None:
    draft = first("recover")
    clip, future = draft.media[0], draft.media[-1]
    assert isinstance(clip, Clip)
    assert isinstance(future, Clip)
    assert future.pieces[0].start_s == clip.pieces[-1].start_s


def test_the_recalled_picture_is_the_frame_that_is_frozen() -> None:
    draft = first("recover")
    recalled = [medium for medium in draft.media if isinstance(medium, Still) and medium.side == "output"]
    assert [draft.payload["freeze_frame"]] == draft.payload["output_image"]
    assert len(recalled) == 1


def test_some_hesitations_are_not_there() -> None:
    found = Counter(
        draft.verifier.value is None
        for seed in range(40)
        for draft in AGENT.compose(context_of(EPISODE, seed=seed))
        if draft.template == "find_hesitation"
    )
    assert 0.2 <= found[True] / found.total() <= 0.45


def test_hesitations_of_a_long_movement_begin_and_last_differently() -> None:
    found = [
        draft.verifier.value
        for seed in range(40)
        for draft in AGENT.compose(context_of(EPISODE, seed=seed))
        if draft.template == "find_hesitation" and draft.verifier.value
    ]
    starts, lengths = [start for start, _ in found], [end - start for start, end in found]
    assert min(max(starts) - min(starts), max(lengths) - min(lengths)) > 1.0


def test_no_hesitation_is_asked_of_a_movement_that_leaves_one_place_for_it() -> None:
    phases = [
        a.model_copy(update={"end_s": (a.start_s or 0.0) + 2.5}) if find_name(a) == "moving" else a
        for a in EPISODE[1]
    ]
    templates = {draft.template for draft in AGENT.compose(context_of((EPISODE[0], phases)))}
    assert "name_fault" in templates
    assert "find_hesitation" not in templates


def test_the_faults_of_one_movement_are_asked_once_a_source() -> None:
    assert len([draft for draft in DRAFTS if draft.template == "name_fault"]) == 3


def test_no_fault_is_named_where_the_gripper_may_have_missed_its_grasp() -> None:
    source, anchors = EPISODE
    missed = [a for a in anchors if a.kind != "hold" and a is not find_phase(anchors, "moving", 0)]
    carry = [a for a in missed if a is not find_phase(anchors, "moving", 2)]
    assert "name_fault" in {d.template for d in AGENT.compose(context_of((source, missed)))}
    assert "name_fault" not in {d.template for d in AGENT.compose(context_of((source, carry)))}


@pytest.mark.parametrize("seed", range(4))
def test_a_fault_and_what_follows_it_are_each_sampled_twice(seed: int) -> None:
    context = context_of(EPISODE, seed=seed)
    for draft in AGENT.compose(context):
        clip = draft.media[0]
        assert isinstance(clip, Clip)
        made = find_made(clip)
        times = [0.5 * step for step in range(int(2 * clip_duration(clip)) + 1)]
        if made and not clip.pieces[-1].changed:
            assert len([t for t in times if made[1] + 0.3 <= t < clip_duration(clip)]) >= 2


def test_the_pictures_to_choose_from_share_the_state_of_the_gripper() -> None:
    events = [find_phase(EPISODE[1], name) for name in ("gripper_closing", "gripper_opening")]
    for draft in (draft for draft in DRAFTS if draft.template == "recover"):
        times = [m.time_s or 0.0 for m in draft.media if isinstance(m, Still)]
        assert not [a for a in events if min(times) < (a.end_s or 0.0) and (a.start_s or 0.0) < max(times)]


def test_the_first_and_the_last_frame_do_not_tell_how_often_the_gripper_closes() -> None:
    clips = [d.media[0] for d in DRAFTS if d.template == "count_grasps" and isinstance(d.media[0], Clip)]
    assert len({(clip.pieces[0].start_s, clip.pieces[-1].end_s) for clip in clips}) == len(clips) / 2


def test_no_picture_is_of_the_pose_in_which_the_clip_begins() -> None:
    for draft in (draft for draft in DRAFTS if draft.template == "recover"):
        clip = draft.media[0]
        assert isinstance(clip, Clip)
        piece = clip.pieces[0]
        begins = piece.end_s if piece.op == "reverse" else piece.start_s
        assert all(abs((m.time_s or 0.0) - begins) > 0.35 for m in draft.media[1:] if isinstance(m, Still))


def test_the_right_letter_does_not_repeat() -> None:
    letters = Counter(
        draft.verifier.value
        for seed in range(40)
        for draft in AGENT.compose(context_of(EPISODE, seed=seed))
        if draft.template == "recover"
    )
    assert min(letters[name] for name in "ABC") > 0.2 * letters.total()


def test_a_short_movement_gives_no_fault() -> None:
    source = make_source("robot_demo", 14.0)
    short = [
        a.model_copy(update={"end_s": (a.start_s or 0.0) + 0.9})
        for a in EPISODE[1]
        if a.kind == "phase" and a.start_s is not None
    ]
    assert list(AGENT.compose(context_of((source, short)))) == []


def test_a_log_without_times_gives_no_fault() -> None:
    bare = [a.model_copy(update={"start_s": None, "end_s": None}) for a in EPISODE[1]]
    assert list(AGENT.compose(context_of((EPISODE[0], bare)))) == []


def test_a_picture_too_small_to_see_a_gripper_gives_no_fault() -> None:
    assert list(AGENT.compose(context_of(make_demonstration(width=84)))) == []


def test_a_camera_on_the_arm_gives_no_fault() -> None:
    source, anchors = make_demonstration()
    along = MotionValue(camera="pan", direction="left", level=0.1, floor=0.05)
    anchors.append(make_anchor(source, along, "motion", 0.0, 14.0))
    assert list(AGENT.compose(context_of((source, anchors)))) == []
