"""What a session's actions add up to: phases, repeats and the order of events, on sessions made by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.factual_anchors.measures.session_structure import (
    PAUSE_S,
    find_changes,
    find_phases,
    find_repeats,
    judge_events,
)
from dataclaw_assets.raw_sources.formats.gui.session import Action
from tests.factual_anchors.made_sessions import act
from tests.fuzzing import TIMES


def on_pages(*pages: str | None) -> list[Action]:
    return [act("click", float(at), page=page) for at, page in enumerate(pages)]


def tick(*names: str, role: str = "checkbox", page: str | None = None) -> list[Action]:
    return [act("click", float(at), name, role, page=page) for at, name in enumerate(names)]


def fill(*fields: tuple[str, str]) -> list[Action]:
    return [
        action
        for at, (name, text) in enumerate(fields)
        for action in (
            act("click", 2.0 * at, name, "textbox"),
            act("type", 2.0 * at + 1, name, "textbox", value=text),
        )
    ]


def spans(actions: Sequence[Action]) -> list[tuple[int, int, int]]:
    return [(item.first, item.period, item.times) for item in find_repeats(actions)]


def test_page_change_lies_between_the_last_action_on_one_page_and_the_first_on_the_next() -> None:
    (change,) = find_changes(on_pages("/", "/", "/basket"))
    assert (change.before, change.after, change.last, change.first) == ("/", "/basket", 1, 2)


def test_action_of_unknown_page_leaves_open_when_the_page_changed() -> None:
    (change,) = find_changes(on_pages("/", None, "/basket"))
    assert (change.last, change.first) == (0, 2)


def test_unknown_page_between_two_of_the_same_is_no_change() -> None:
    assert find_changes(on_pages("/", None, "/")) == []


def test_first_page_is_no_change() -> None:
    assert find_changes(on_pages(None, "/")) == []


def test_phases_hold_every_action_once() -> None:
    phases = find_phases(on_pages("/", "/", "/a", None, "/b"), timed=True)
    assert [(phase.first, phase.last) for phase in phases] == [(0, 1), (2, 3), (4, 4)]


def test_long_pause_begins_a_phase() -> None:
    actions = [act("click", 0.0), act("click", PAUSE_S), act("click", PAUSE_S + 1)]
    assert [(phase.first, phase.begins_with) for phase in find_phases(actions, timed=True)] == [
        (0, "start"),
        (1, "pause"),
    ]


def test_pause_is_counted_from_the_end_of_what_was_done_before() -> None:
    actions = [act("type", 0.0, end_s=3.0), act("click", 1.0), act("click", 7.9)]
    assert len(find_phases(actions, timed=True)) == 1


def test_log_without_times_has_no_pauses() -> None:
    actions = [act("click", 0.0), act("click", 100.0)]
    assert len(find_phases(actions, timed=False)) == 1


def test_no_action_is_no_phase() -> None:
    assert find_phases([], timed=True) == []


def test_three_checkboxes_in_a_row_are_a_repeat() -> None:
    (repeat,) = find_repeats(tick("a", "b", "c", "d"))
    assert (repeat.first, repeat.last, repeat.times, repeat.targets) == (0, 3, 4, ("a", "b", "c", "d"))


def test_two_checkboxes_are_no_repeat() -> None:
    assert find_repeats(tick("a", "b")) == []


def test_one_button_pressed_three_times_is_no_repeat_over_objects() -> None:
    assert find_repeats(tick("Next", "Next", "Next", role="button")) == []


def test_targets_without_names_repeat_nothing() -> None:
    assert find_repeats([act("click", float(at), role="checkbox") for at in range(4)]) == []


def test_links_of_different_pages_are_a_way_and_no_repeat() -> None:
    actions = [act("click", float(at), f"link {at}", "link", page=f"/{at}") for at in range(4)]
    assert find_repeats(actions) == []


def test_round_of_two_actions_on_two_fields_is_a_repeat() -> None:
    assert spans(fill(("Name", "Ines"), ("Note", "Hello"))) == [(0, 2, 2)]


def test_same_fields_with_other_texts_are_other_objects() -> None:
    assert spans(fill(("Name", "Ines"), ("Name", "Mara"))) == [(0, 2, 2)]


def test_same_round_over_the_same_object_is_no_repeat() -> None:
    assert find_repeats(fill(("Name", "Ines"), ("Name", "Ines"))) == []


def test_repeat_ends_where_an_object_comes_again() -> None:
    assert spans(tick("a", "b", "c", "a")) == [(0, 1, 3)]


def test_repeats_do_not_overlap() -> None:
    actions = [*tick("a", "b", "c"), *fill(("Name", "Ines"), ("Note", "Hello"))]
    assert spans(actions) == [(0, 1, 3), (3, 2, 2)]


@pytest.mark.parametrize(
    ("actions", "task", "structure"),
    [
        (on_pages("/", "/"), None, "none"),
        (on_pages("/", "/a"), None, "sequential"),
        ([act("click", 0.0), act("click", 9.0)], None, "sequential"),
        (on_pages("/", "/"), "Open the list and then close it", "sequential"),
        (tick("a", "b", "c"), None, "parallel"),
        ([*tick("a", "b", "c", page="/"), act("click", 5.0, "Go", "button", page="/a")], None, "hybrid"),
        (tick("New", "Save", "Close", role="button"), None, "none"),
        (tick("New", "Save", "Close", role="ButtonControl"), None, "none"),
    ],
)
def test_order_of_events_is_told_from_pages_pauses_wording_and_repeats(
    actions: list[Action], task: str | None, structure: str
) -> None:
    assert judge_events(actions, task, timed=True).structure == structure


def test_changes_of_page_within_a_repeated_operation_belong_to_it() -> None:
    actions = [
        act("click", 0.0, "kettle", "link", page="/"),
        act("click", 1.0, "Add", "button", page="/item"),
        act("click", 2.0, "mug", "link", page="/"),
        act("click", 3.0, "Add", "button", page="/item"),
    ]
    events = judge_events(actions, None, timed=True)
    assert (events.structure, events.page_changes) == ("parallel", 0)


SOME_ACTIONS = st.lists(
    st.builds(
        act,
        st.sampled_from(["click", "type", "hover", "key"]),
        st.floats(0, 50),
        st.sampled_from([None, "a", "b", "c"]),
        st.sampled_from([None, "button", "textbox"]),
        page=st.sampled_from([None, "/", "/a"]),
        value=st.sampled_from([None, "x"]),
    ),
    max_size=30,
)


@settings(max_examples=60 * TIMES, deadline=None)
@given(SOME_ACTIONS)
def test_any_session_has_phases_that_tile_it_and_repeats_that_do_not_overlap(actions: list[Action]) -> None:
    phases = find_phases(actions, timed=True)
    covered = [index for phase in phases for index in range(phase.first, phase.last + 1)]
    assert covered == list(range(len(actions)))
    ends = [-1, *(repeat.last for repeat in find_repeats(actions))]
    assert all(repeat.first > end for repeat, end in zip(find_repeats(actions), ends, strict=False))
    assert ends[-1] < len(actions)
