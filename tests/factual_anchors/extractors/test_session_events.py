"""Anchors about a whole session: what they state, when, and in which words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.anchor_values import (
    EventStructureValue,
    PageChangeValue,
    RepeatedOperationValue,
    ScreenChangeValue,
    SessionPhaseValue,
    TypedTextValue,
)
from dataclaw_assets.factual_anchors.extractors.actions import Actions
from dataclaw_assets.factual_anchors.extractors.gui_sessions import place_session
from dataclaw_assets.factual_anchors.extractors.session_events import SessionEvents
from dataclaw_assets.factual_anchors.extractors.session_privacy import hide_secrets
from dataclaw_assets.factual_anchors.soundness import find_defect
from dataclaw_assets.raw_sources.formats.gui.session import Action, Screen, Session
from dataclaw_assets.records import Anchor
from tests.factual_anchors.made_sessions import act, make_session, make_source
from tests.fuzzing import TIMES

STEPS = make_source(format="gui-odyssey", tags=("times:steps",))


def tell(session: Session, kind: str) -> list[Anchor]:
    return [anchor for anchor in SessionEvents().tell(make_source(), session) if anchor.kind == kind]


def show(*times: float) -> tuple[Screen, ...]:
    return tuple(Screen(name=f"{time_s}.jpeg", time_s=time_s, width=1, height=1) for time_s in times)


def sign_in() -> tuple[Action, ...]:
    return (
        act("type", 3.45, "User name", "textbox", end_s=4.17, value="mara.lind", page="/"),
        act("click", 9.3, "Sign in", "button", point=(477.0, 400.0), page="/"),
        act("click", 10.28, "Open the pipeline", "link", end_s=10.5, page="/welcome.html"),
    )


def test_all_that_is_told_is_recorded() -> None:
    anchors = SessionEvents().tell(make_source(), make_session(*sign_in(), task="Sign in, then open it"))
    assert {anchor.basis for anchor in anchors} == {"recorded"}


def test_task_of_the_log_is_an_instruction() -> None:
    (anchor,) = tell(make_session(task="Sign in"), "instruction")
    assert (anchor.text, anchor.end_s) == ("The session's log states the task “Sign in”.", 60.0)


def test_page_change_names_both_pages_and_what_came_before() -> None:
    (anchor,) = tell(make_session(*sign_in()), "page_change")
    assert anchor.value == PageChangeValue(before="/", after="/welcome.html", last=1, first=2)
    assert (anchor.start_s, anchor.end_s) == (9.3, 10.28)
    assert anchor.text == (
        "Between 9.30 s and 10.28 s the log's page goes from the page “/” to the page “/welcome.html”; "
        "the user had just clicked the button “Sign in” at (477, 400)."
    )


def test_typed_text_names_its_field() -> None:
    (anchor,) = tell(make_session(*sign_in()), "typed_text")
    assert anchor.value == TypedTextValue(
        index=0, text="mara.lind", target="User name", role="textbox", page="/"
    )
    assert anchor.text == (
        "From 3.45 s to 4.17 s the log says the text “mara.lind” was typed into the text box “User name”."
    )


def test_what_is_typed_at_once_is_typed_at_a_moment() -> None:
    (anchor,) = tell(make_session(act("type", 3.0, value="x")), "typed_text")
    assert anchor.text == "At 3.00 s the log says the text “x” was typed."


def test_secret_is_said_to_be_one() -> None:
    (anchor,) = tell(make_session(act("type", 1.0, "Password", value="[redacted]")), "typed_text")
    assert anchor.text.endswith("the log says a secret was typed into “Password”.")


def test_screen_change_pairs_the_screen_of_an_action_with_that_of_the_next() -> None:
    session = make_session(act("click", 2.0), act("click", 5.0), screens=show(1.0, 3.0, 4.0, 6.0))
    values = [anchor.value for anchor in tell(session, "screen_change")]
    assert values == [
        ScreenChangeValue(index=0, before="1.0.jpeg", after="4.0.jpeg", before_s=1.0, after_s=4.0),
        ScreenChangeValue(index=1, before="4.0.jpeg", after="6.0.jpeg", before_s=4.0, after_s=6.0),
    ]


def test_action_after_which_no_other_screen_came_changes_none() -> None:
    session = make_session(act("click", 2.0), act("click", 5.0), screens=show(1.0, 6.0))
    assert [anchor.start_s for anchor in tell(session, "screen_change")] == [1.0]


def test_screens_are_told_apart_by_their_times() -> None:
    session = make_session(act("click", 2.0, "Go"), screens=show(1.0, 6.0))
    (anchor,) = tell(session, "screen_change")
    assert anchor.text == (
        "The log holds a screen of 1.00 s, before the user clicked “Go”, and another of 6.00 s, at the end."
    )


def test_session_without_screens_has_no_screen_change() -> None:
    assert tell(make_session(*sign_in()), "screen_change") == []


def test_phases_tile_the_session() -> None:
    anchors = tell(make_session(*sign_in()), "session_phase")
    spans = [(anchor.start_s, anchor.end_s) for anchor in anchors]
    assert spans == [(0.0, 9.3), (9.3, 10.28), (10.28, 60.0)]


def test_phase_says_why_it_begins() -> None:
    second, third = tell(make_session(*sign_in()), "session_phase")[1:]
    assert second.value == SessionPhaseValue(
        index=1, of=3, first=1, last=1, begins_with="pause", page="/", pause_s=5.13
    )
    assert second.text == (
        "From 9.30 s to 10.28 s the log shows phase 2 of 3: 1 action on the page “/”, after a pause of 5.1 s."
    )
    assert third.text.endswith("on the page “/welcome.html”, after a change of page or app.")


def test_repeated_operation_names_its_objects() -> None:
    boxes = [act("click", float(at), name, "checkbox") for at, name in enumerate("abc")]
    (anchor,) = tell(make_session(*boxes), "repeated_operation")
    assert anchor.value == RepeatedOperationValue(
        verbs=("click",), roles=("checkbox",), times=3, first=0, last=2, targets=("a", "b", "c")
    )
    assert anchor.text == (
        "From 0.00 s to 2.00 s the log says the user did the same (click) on 3 targets of role checkbox: "
        "“a”, “b”, “c”."
    )


def test_repeated_round_names_its_actions() -> None:
    actions = [
        act(verb, float(at), name, role, value=value)
        for at, (verb, name, role, value) in enumerate(
            [
                ("click", "Add", "button", None),
                ("type", "Item", "textbox", "mug"),
                ("click", "Add", "button", None),
                ("type", "Item", "textbox", "kettle"),
            ]
        )
    ]
    (anchor,) = tell(make_session(*actions), "repeated_operation")
    assert anchor.text == (
        "From 0.00 s to 3.00 s the log says the user went twice through the same 2 actions "
        "(click button, type text box) on “Add”, “Item”."
    )


def test_structure_says_what_it_is_told_from() -> None:
    (anchor,) = tell(make_session(*sign_in()), "event_structure")
    assert anchor.value == EventStructureValue(
        structure="sequential", page_changes=1, pauses=1, repeated_operations=0
    )
    assert anchor.text == (
        "By its log the session is of sequential events: the page or app changes once; "
        "the user pauses once for 5 s or more."
    )


def test_session_without_actions_has_no_structure() -> None:
    assert SessionEvents().tell(make_source(), make_session()) == []


def test_log_of_steps_gives_no_times() -> None:
    session = make_session(
        act("click", 0.0, "Chrome", page="Home"), act("type", 1.0, value="mugs", page="Chrome"),
        screens=show(0.0, 1.0),
    )  # fmt: skip
    anchors = [*Actions().tell(STEPS, session), *SessionEvents().tell(STEPS, session)]
    assert {(anchor.start_s, anchor.end_s) for anchor in anchors} == {(None, None)}
    assert not any(" s " in anchor.text.replace("log's", "") for anchor in anchors)
    assert anchors[1].text == "At step 1 the log says the user typed “mugs”."


@pytest.mark.parametrize("extractor", [Actions(), SessionEvents()])
def test_params_change_with_the_clock_of_the_recording(extractor: Actions | SessionEvents) -> None:
    assert extractor.params(make_source()) != extractor.params(make_source(width=999))


TEXTS = st.none() | st.text(st.characters(codec=None), max_size=5)
NUMBERS = st.floats(-100, 2000) | st.sampled_from([math.nan, math.inf, -math.inf])
SOME_ACTION = st.builds(
    act,
    st.sampled_from(["click", "type", "drag", "scroll", "key", "navigate", "wait", "select"]),
    NUMBERS,
    TEXTS,
    st.sampled_from([None, "button", "", "_Control"]),
    end_s=NUMBERS,
    page=st.sampled_from([None, "/", "/a", "app"]),
    value=TEXTS,
    point=st.none() | st.tuples(NUMBERS, NUMBERS),
    to=st.none() | st.tuples(NUMBERS, NUMBERS),
    box=st.none() | st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS),
)


@settings(max_examples=60 * TIMES, deadline=None)
@given(st.lists(SOME_ACTION, max_size=10), NUMBERS)
def test_any_session_gives_sound_anchors_that_can_be_stored(actions: list[Action], end_s: float) -> None:
    session, source = make_session(*actions, screens=show(0.0, 10.0, 20.0), duration_s=end_s), make_source()
    placed = place_session(source, hide_secrets(session))
    anchors = [*Actions().tell(source, placed), *SessionEvents().tell(source, placed)]
    assert find_defect([source], anchors) is None
    assert all(anchor.model_dump_json().encode() for anchor in anchors)
