"""Tasks on screens: what a session gives passes its gates, what it does not is not made, no lie passes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from dataclaw_assets.anchor_values import ActionValue
from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.records import Anchor, Claim, Draft, Edit, Source
from dataclaw_assets.synthesized_samples.agents.gui_task.agent import GUITaskAgent
from dataclaw_assets.synthesized_samples.agents.gui_task.next_steps import ask_next
from dataclaw_assets.synthesized_samples.agents.gui_task.screens import read_steps
from dataclaw_assets.synthesized_samples.agents.gui_task.written import Written
from dataclaw_assets.synthesized_samples.agents.proposals import put_words
from dataclaw_assets.synthesized_samples.context import Sibling, SourceContext
from resources.settings import Settings
from tests.builders import make_anchor
from tests.synthesized_samples.agents.made_gui_session import (
    NAMES,
    make_gui_session,
    make_gui_source,
    make_tabs,
)

AGENT = GUITaskAgent()
SOURCE = make_gui_source()
OTHER = make_gui_source("other.mp4")
ANCHORS, TABS = make_gui_session(SOURCE), make_tabs(SOURCE)
FAMILY = (
    Sibling(SOURCE, tuple(ANCHORS)),
    Sibling(OTHER, tuple(make_gui_session(OTHER, tuple(f"Other {name}" for name in NAMES), " tool"))),
)


def compose(anchors: list[Anchor] | None = None, source: Source = SOURCE) -> list[Draft]:
    context = SourceContext(source, tuple(ANCHORS if anchors is None else anchors), Settings(), FAMILY)
    return list(AGENT.compose(context))


def facts_of(anchors: list[Anchor] | None = None) -> Facts:
    by_id = {anchor.anchor_id: anchor for anchor in (ANCHORS if anchors is None else anchors)}
    siblings = {OTHER.source_id: OTHER}
    return Facts(SOURCE, by_id, AGENT.schema, AGENT.derive, Settings(), siblings)


def verdict(draft: Draft, anchors: list[Anchor] | None = None) -> str | None:
    if anchors is None and draft.template == "action_extraction":
        anchors = TABS
    results = audit_draft(draft, facts_of(anchors), AGENT.gates)
    return next((result.code for result in results if not result.passed), None)


DRAFTS = [*compose(), *(draft for draft in compose(TABS) if draft.template == "action_extraction")]


def ask_step(anchors: list[Anchor], number: int = 2) -> Draft | None:
    """What a model asks of a step, in words that do not name it."""
    context = SourceContext(SOURCE, tuple(anchors), Settings(), FAMILY)
    step = read_steps(anchors)[number]
    draft = ask_next(context, Written(anchors), step, context.random("next"))
    return put_words(draft, "The next part of the program is wanted.") if draft else None


def one(template: str, negative: bool = False) -> Draft:
    return next(
        d for d in DRAFTS if d.template == template and d.difficulty.get("negative", False) == negative
    )


def say(draft: Draft, **payload: Any) -> Draft:
    return draft.model_copy(update={"payload": draft.payload | payload})


def claim(draft: Draft, find: Callable[[Claim], bool], **fields: Any) -> Draft:
    evidence = tuple(c.model_copy(update=fields) if find(c) else c for c in draft.evidence)
    return draft.model_copy(update={"evidence": evidence})


def answer(draft: Draft, value: Any, said: str, **payload: Any) -> Draft:
    verifier = draft.verifier.model_copy(update={"value": value})
    return say(draft, answer=said, **payload).model_copy(update={"verifier": verifier})


def show(draft: Draft, place: int, **fields: Any) -> Draft:
    media = [m.model_copy(update=fields) if at == place else m for at, m in enumerate(draft.media)]
    return draft.model_copy(update={"media": tuple(media)})


def is_kind(kind: str) -> Callable[[Claim], bool]:
    return lambda claim: claim.kind == kind


def is_field(field: str, label: str | None = "X") -> Callable[[Claim], bool]:
    return lambda claim: claim.field == field and claim.label == label


def other_of(draft: Draft, kind: str) -> Anchor:
    """An anchor of a kind that the draft does not cite."""
    cited = {name for c in draft.evidence for name in c.anchors}
    return next(a for a in ANCHORS if a.kind == kind and a.anchor_id not in cited)


def test_a_session_gives_every_form() -> None:
    assert set(Counter(draft.template for draft in DRAFTS)) == {
        "locate_label",
        "action_extraction",
        "screen_change",
        "fragment_order",
    }


def test_every_draft_from_honest_anchors_passes_its_gates() -> None:
    assert [(draft.template, verdict(draft)) for draft in DRAFTS if verdict(draft)] == []


def test_composing_twice_gives_the_same_drafts() -> None:
    assert compose() == compose()


def test_twins_ask_the_same_of_other_media_and_answer_otherwise() -> None:
    pairs: dict[str, list[Draft]] = defaultdict(list)
    for draft in DRAFTS:
        if draft.twin_key:
            pairs[draft.twin_key].append(draft)
    assert len(pairs) >= 2
    for first, second in pairs.values():
        assert first.payload["question"] == second.payload["question"]
        assert first.media != second.media
        assert first.verifier.value != second.verifier.value


def test_pieces_of_a_session_are_the_whole_of_it_and_one_is_of_another() -> None:
    clips = one("fragment_order").media
    own = sorted(clip.pieces[0].start_s for clip in clips if clip.source_id == SOURCE.source_id)  # type: ignore[union-attr]
    assert own[0] == 0.0
    assert len(clips) - len(own) == 1


def test_a_log_without_pictures_gives_nothing() -> None:
    assert compose(source=SOURCE.model_copy(update={"stream": None})) == []


def test_steps_that_nothing_confirms_are_not_asked_about() -> None:
    made = compose(make_gui_session(SOURCE, sure=False))
    assert {draft.template for draft in made} == {"locate_label", "fragment_order"}


def test_a_label_that_is_written_twice_is_not_pointed_at() -> None:
    twice = [
        anchor.model_copy(
            update={
                "anchor_id": anchor.anchor_id + "x",
                "region": (900.0, 600.0, 980.0, 614.0),
            }
        )
        for anchor in ANCHORS
        if anchor.kind == "text_line" and anchor.value.text in NAMES  # type: ignore[attr-defined]
    ]
    assert ask_step([*ANCHORS, *twice]) is None


def test_a_next_step_is_asked_of_the_screen_that_the_step_before_left() -> None:
    assert NEXT.media[0].time_s == 10.45  # type: ignore[union-attr]
    assert verdict(NEXT) is None


def type_at(start_s: float) -> list[Anchor]:
    """The session with something typed before its third click."""
    typed = make_anchor(SOURCE, ActionValue(index=1, action="type"), "action", start_s, start_s + 0.2)
    return [*ANCHORS, typed]


def test_a_next_step_just_after_something_typed_is_not_asked_about() -> None:
    assert ask_step(type_at(14.0)) is None


def test_a_picture_from_before_something_typed_is_refused() -> None:
    assert verdict(NEXT, type_at(12.0)) == "wrong_still"


def test_a_screen_with_hardly_another_label_is_asked_no_next_step() -> None:
    bare = [a for a in ANCHORS if not (a.kind == "text_line" and a.value.order in {1, 2})]  # type: ignore[attr-defined]
    assert ask_step(bare) is None


def test_a_box_that_holds_more_than_the_words_is_not_pointed_at() -> None:
    wide = [
        a.model_copy(update={"region": (a.region[0] - 40.0, *a.region[1:])})  # type: ignore[index]
        if a.kind == "text_line" and a.value.text in NAMES  # type: ignore[attr-defined]
        else a
        for a in ANCHORS
    ]
    assert ask_step(wide) is None


def test_a_screen_is_asked_about_once() -> None:
    screens = [int((d.media[0].time_s or 0.0) / 5) for d in DRAFTS if d.template == "locate_label"]  # type: ignore[union-attr]
    assert len(set(screens)) == len(screens)


def test_the_pieces_of_a_session_are_asked_about_once() -> None:
    assert [draft.template for draft in DRAFTS].count("fragment_order") == 1


def test_a_click_that_the_next_screen_spells_out_is_no_choice() -> None:
    assert "action_extraction" not in {draft.template for draft in compose()}


def test_options_that_the_log_calls_otherwise_are_not_offered() -> None:
    misread = [
        a.model_copy(update={"value": a.value.model_copy(update={"target": "Conflg"})})
        if a.kind == "action"
        else a
        for a in TABS
    ]
    assert "action_extraction" not in {draft.template for draft in compose(misread)}


def test_a_click_on_words_of_unknown_extent_is_not_framed() -> None:
    wide = [
        a.model_copy(update={"region": (0.0, a.region[1], 1000.0, a.region[3])})  # type: ignore[index]
        if a.kind == "target_read"
        else a.model_copy(update={"start_s": 34.9})
        if a.kind == "text_line" and a.value.text in NAMES  # type: ignore[attr-defined]
        else a
        for a in ANCHORS
    ]
    assert "screen_change" not in {draft.template for draft in compose(wide)}


def shift(anchor: Anchor, right: float, down: float) -> Anchor:
    left, top, far, low = anchor.region or (0.0, 0.0, 0.0, 0.0)
    return anchor.model_copy(update={"region": (left + right, top + down, far + right, low + down)})


def test_screens_of_other_windows_are_not_offered_as_what_a_click_leads_to() -> None:
    moved = [
        shift(a, 0.0, 40.0 * (a.start_s or 0.0)) if a.kind in {"text_line", "target_read"} else a
        for a in ANCHORS
    ]
    assert "screen_change" not in {draft.template for draft in compose(moved)}


def test_a_frame_that_would_hide_other_words_is_not_drawn() -> None:
    below = [
        shift(a, 0.0, 14.0).model_copy(
            update={"anchor_id": a.anchor_id + "x", "value": a.value.model_copy(update={"text": "below"})}
        )
        for a in ANCHORS
        if a.kind == "text_line" and a.value.text in NAMES  # type: ignore[attr-defined]
    ]
    assert "screen_change" not in {draft.template for draft in compose([*ANCHORS, *below])}


def test_words_at_the_edge_of_the_screen_are_not_pointed_at() -> None:
    assert ask_step([shift(a, 0.0, -75.0) if a.region else a for a in ANCHORS]) is None


def name_windows(anchors: list[Anchor]) -> list[Anchor]:
    """A session whose last three screens have nothing in common with the others."""
    other = {"Help": "Guide", "Account": "Profile"}
    made = []
    for a in anchors:
        if (a.start_s or 0.0) > 20.0 and a.kind == "text_line":
            text = other.get(a.value.text, a.value.text)  # type: ignore[attr-defined]
            a = a.model_copy(update={"value": a.value.model_copy(update={"text": text})})
        elif (a.start_s or 0.0) > 20.0 and a.kind == "lines_visible":
            lines = tuple(other.get(line, line) for line in a.value.lines)  # type: ignore[attr-defined]
            a = a.model_copy(update={"value": a.value.model_copy(update={"lines": lines})})
        made.append(a)
    return made


def test_only_a_label_of_another_window_is_said_not_to_be_shown() -> None:
    names = ("Red cars", "Old ships", "Tall trees", "New roads", "Cold lakes", "Big hills", "Late trains")
    session = make_gui_session(SOURCE, names)
    windows = name_windows(session)
    absent = [draft for draft in compose(windows) if draft.payload["answer"] == "not shown"]
    assert [verdict(draft, windows) for draft in absent] == [None]
    bar = next(a for a in windows if a.kind == "text_line" and a.value.text == "Help")  # type: ignore[attr-defined]
    stays = bar.model_copy(update={"anchor_id": "stays", "start_s": 0.0, "end_s": 35.0})
    assert [verdict(draft, [*windows, stays]) for draft in absent] == ["shown_after_all"]
    assert "not shown" not in {draft.payload["answer"] for draft in compose(session)}


def test_a_screen_is_cropped_where_its_print_is_too_small_for_the_whole() -> None:
    made = compose(make_gui_session(SOURCE, line_px=9.0))
    assert all(draft.media[0].edits[0].op == "crop" for draft in made if draft.template == "locate_label")  # type: ignore[union-attr]


def test_print_that_no_crop_makes_legible_is_not_asked_about() -> None:
    made = compose(make_gui_session(SOURCE, line_px=6.0))
    assert {draft.template for draft in made} == {"screen_change", "fragment_order"}


def test_the_task_is_stated_only_where_it_is_more_than_a_log_s_claim() -> None:
    trusted = [a.model_copy(update={"basis": "measured"}) if a.kind == "instruction" else a for a in ANCHORS]
    made = next(draft for draft in compose(trusted) if draft.template == "fragment_order")
    assert one("fragment_order").payload["original_task"] is None
    assert made.payload["original_task"] == "Open every part of the program."
    assert verdict(made, trusted) is None


def _swap_pieces(draft: Draft) -> Draft:
    order = list(draft.verifier.value)
    order[0], order[1] = order[1], order[0]
    return answer(draft, order, ", ".join(order), ordered_fragment_labels=order)


def _cite(draft: Draft, kinds: tuple[str, ...], anchor: Anchor) -> Draft:
    return claim(draft, lambda c: c.kind in kinds, anchors=(anchor.anchor_id,))


def _choose_wrong(draft: Draft) -> Draft:
    wrong = next(letter for letter in "ABCD" if letter != draft.verifier.value)
    return answer(draft, wrong, wrong)


def _move_point(draft: Draft) -> Draft:
    left, top, right, bottom = draft.verifier.value
    point = [round(right + (right - left) / 2, 3), round((top + bottom) / 2, 3)]
    said = f"({point[0]:.3f}, {point[1]:.3f})"
    return claim(say(draft, point=point, answer=said), is_kind("point"), value=point)


def _move_box(draft: Draft) -> Draft:
    """Box and point moved together, by the width of the box."""
    left, top, right, bottom = draft.verifier.value
    box = [right, top, round(2 * right - left, 3), bottom]
    point = [round((box[0] + box[2]) / 2, 3), round((top + bottom) / 2, 3)]
    moved = answer(draft, box, f"({point[0]:.3f}, {point[1]:.3f})", point=point)
    return claim(claim(moved, is_kind("box"), value=box), is_kind("point"), value=point)


def _swap_pictures(draft: Draft) -> Draft:
    before, after = (medium.time_s for medium in draft.media)  # type: ignore[union-attr]
    return show(show(draft, 0, time_s=after), 1, time_s=before)


def _of_another_line(draft: Draft) -> Draft:
    """All true of a line that is not the one asked for."""
    still_s = draft.media[0].time_s or 0.0  # type: ignore[union-attr]
    label = draft.payload["label"]
    line = next(
        a
        for a in ANCHORS
        if a.kind == "text_line"
        and (a.start_s or 0.0) <= still_s < (a.end_s or 0.0)
        and a.value.text != label  # type: ignore[attr-defined]
    )
    left, top, right, bottom = line.region or (0.0, 0.0, 0.0, 0.0)
    box = [round(left / 1280, 3), round(top / 720, 3), round(right / 1280, 3), round(bottom / 720, 3)]
    point = [round((box[0] + box[2]) / 2, 3), round((box[1] + box[3]) / 2, 3)]
    said = f"({point[0]:.3f}, {point[1]:.3f})"
    moved = _cite(answer(draft, box, said, point=point), ("box", "point"), line)
    return claim(claim(moved, is_kind("box"), value=box), is_kind("point"), value=point)


def _hide(draft: Draft) -> Draft:
    """A label that is on the screen, said not to be."""
    still_s = draft.media[0].time_s or 0.0  # type: ignore[union-attr]
    words = next(
        a for a in ANCHORS if a.kind == "lines_visible" and (a.start_s or 0.0) <= still_s < (a.end_s or 0.0)
    )
    lines = Claim(
        kind="fact",
        value=list(getattr(words.value, "lines", ())),
        field="lines",
        anchors=(words.anchor_id,),
        label="X",
    )
    evidence = tuple(c for c in draft.evidence if c.kind == "text")
    gone = answer(draft, None, "not shown", point=None)
    return gone.model_copy(update={"evidence": (*evidence, lines)})


def _reword_option(draft: Draft) -> Draft:
    return say(draft, options=draft.payload["options"] | {"A": "Nonsense"})


def _reframe(draft: Draft) -> Draft:
    edit = Edit(op="outline", region=(0.8, 0.8, 0.9, 0.9))
    moved = show(draft, 0, edits=(edit,))
    return claim(moved, is_kind("edited"), value=[edit.model_dump(mode="json")])


def _leave_out(draft: Draft) -> Draft:
    """The session without its last piece."""
    *order, last = draft.verifier.value
    short = answer(draft, order, ", ".join(order), ordered_fragment_labels=order)
    media = [m for m in draft.media if m.label != last]
    at = {m.label: place for place, m in enumerate(media)}
    evidence = tuple(
        c.model_copy(update={"clip": at[c.label] if c.clip is not None else None})
        for c in draft.evidence
        if c.label != last
    )
    return short.model_copy(update={"media": tuple(media), "evidence": evidence})


def _take_stranger(draft: Draft) -> Draft:
    stranger = next(c.label for c in draft.evidence if c.kind == "foreign")
    order = [*draft.verifier.value, stranger]
    return answer(draft, order, ", ".join(order), ordered_fragment_labels=order)


def _shift(draft: Draft, seconds: float) -> Draft:
    moved = [round(edge + seconds, 3) for edge in draft.evidence[0].value]
    return draft.model_copy(
        update={"evidence": (draft.evidence[0].model_copy(update={"value": moved}), *draft.evidence[1:])}
    )


NEXT = ask_step(ANCHORS) or DRAFTS[0]
PLACE, DONE, LED, PIECES = (
    one(name) for name in ("locate_label", "action_extraction", "screen_change", "fragment_order")
)
ELSEWHERE = FAMILY[1].anchors
LIES: dict[str, tuple[Draft, str]] = {
    "the picture of another screen": (show(NEXT, 0, time_s=(NEXT.media[0].time_s + 5.0) % 35), "wrong_still"),  # type: ignore[union-attr,operator]
    "a picture before the step 0.4 s off": (show(LED, 0, time_s=LED.media[0].time_s - 0.4), "wrong_still"),  # type: ignore[union-attr,operator]
    "a picture after a step 0.4 s off": (show(DONE, 1, time_s=DONE.media[1].time_s - 0.4), "wrong_still"),  # type: ignore[union-attr,operator]
    "a time after a step 0.4 s off": (claim(LED, is_field("after_s", "A"), value=1.0), "wrong_fact"),
    "a border 0.4 s off": (_shift(PIECES, 0.4), "wrong_time"),
    "two pieces swapped": (_swap_pieces(PIECES), "wrong_answer"),
    "pictures before and after swapped": (_swap_pictures(DONE), "wrong_still"),
    "the label of another anchor": (claim(NEXT, is_kind("text"), value="Nonsense"), "wrong_text"),
    "the step of another label": (_cite(NEXT, ("text",), other_of(NEXT, "target_read")), "wrong_text"),
    "a point outside its box": (_move_point(NEXT), "answer_mismatch"),
    "a box moved with its point": (_move_box(PLACE), "wrong_place"),
    "the box of another line": (_of_another_line(NEXT), "wrong_target"),
    "another verb": (claim(NEXT, is_field("action", None), value="right_click"), "wrong_fact"),
    "another step cited": (_cite(NEXT, ("fact",), other_of(NEXT, "action")), "wrong_target"),
    "the index of another step": (claim(DONE, is_field("index", None), value=6), "wrong_fact"),
    "an option chosen wrongly": (_choose_wrong(DONE), "wrong_answer"),
    "a picture chosen wrongly": (_choose_wrong(LED), "wrong_answer"),
    "an option of other words": (_reword_option(DONE), "wrong_text"),
    "a frame elsewhere": (_reframe(LED), "wrong_target"),
    "a frame that is not claimed": (show(LED, 0, edits=()), "not_made"),
    "said not to be there": (_hide(PLACE), "shown_after_all"),
    "a piece left out": (_leave_out(PIECES), "not_complete"),
    "the stranger taken in": (_take_stranger(PIECES), "wrong_answer"),
    "evidence of another source": (_cite(NEXT, ("box",), ELSEWHERE[1]), "unknown_anchor"),
    "evidence of another kind": (_cite(LED, ("point",), other_of(LED, "stable")), "wrong_place"),
    "another label in the payload": (say(NEXT, label="Help"), "field_differs"),
    "another point in the payload": (say(NEXT, point=[0.5, 0.5]), "field_differs"),
    "another verb in the payload": (say(LED, action="drag"), "field_differs"),
    "another form in the payload": (say(LED, form="next_action"), "field_differs"),
    "another order in the payload": (say(PIECES, ordered_fragment_labels=["A", "B"]), "field_differs"),
    "a task that only the log states": (say(PIECES, original_task="Open every part."), "field_differs"),
    "a goal that names the label": (say(NEXT, question="Open Customers."), "answer_given"),
    "an answer told in the question": (say(NEXT, question="Click at (.5, .4)."), "answer_given"),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_refused_for_what_it_is(name: str) -> None:
    draft, code = LIES[name]
    assert verdict(draft) == code
