"""AgentNet's logs as a session: raw events reduced, the tool's own reduction matched, targets as claims."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui.agentnet import (
    match_actions,
    read_both,
    read_moves,
    read_session,
)
from dataclaw_assets.raw_sources.formats.gui.agentnet_events import read_reduced, reduce_events
from dataclaw_assets.raw_sources.formats.gui.agentnet_logs import read_names, read_zooms
from dataclaw_assets.raw_sources.formats.gui.session import Action
from dataclaw_assets.records import Json
from tests.fuzzing import TIMES

META: Json = {"screen_width": 1000, "screen_height": 500, "video_start_timestamp": 100.0}


def write(folder: Path, logs: Mapping[str, Sequence[Json]], **meta: Any) -> dict[str, Path]:
    (folder / "metadata.json").write_text(json.dumps(META | meta))
    for name, rows in logs.items():
        (folder / name).write_text("\n".join(json.dumps(row) for row in rows))
    return {path.name: path for path in folder.iterdir()}


def click(start: float, x: float = 100, y: float = 50, button: str = "left", **more: Any) -> list[Json]:
    base = {"action": "click", "button": button}
    return [
        {**base, "time_stamp": start, "x": x, "y": y, "pressed": True},
        {**base, "time_stamp": start + 0.1, "x": more.get("to_x", x), "y": y, "pressed": False},
    ]


def keys(start: float, *names: str) -> list[Json]:
    return [
        {"action": event, "name": name, "time_stamp": start + 0.1 * at + (0.05 if event == "release" else 0)}
        for at, name in enumerate(names)
        for event in ("press", "release")
    ]


def wheel(*times: float, dy: float = 1) -> list[Json]:
    return [{"action": "scroll", "time_stamp": time, "x": 1, "y": 1, "dx": 0, "dy": dy} for time in times]


def reduced_click(start: float, **more: Any) -> Json:
    return {
        "action": "click", "start_time": start, "end_time": start + 0.1, "button": "left", "pressed": True,
        "click_type": 1, "coordinate": {"x": 100, "y": 50}, **more,
    }  # fmt: skip


def element(time: float, name: str | None, role: str = "ButtonControl", left: float = 10) -> Json:
    box = {"left": left, "top": 20, "right": 110, "bottom": 60}
    return {
        "time_stamp": time,
        "a11y_tree": {"Name": name, "ControlType": role, "BoundingRectangle": box, "Children": []},
    }


def tree(time: float, left: float, right: float, *names: str) -> Json:
    box = {"left": left, "top": left, "right": right, "bottom": 400}
    children = [{"Name": name, "Children": []} for name in names]
    return {"time_stamp": time, "axtree": {"Name": "w", "BoundingRectangle": box, "Children": children}}


def verbs(actions: Sequence[Action]) -> list[tuple[str, str | None]]:
    return [(action.verb, action.value) for action in actions]


def test_second_0_is_the_recorders_start(tmp_path: Path) -> None:
    session = read_session(write(tmp_path, {"events.jsonl": click(103.5)}))
    assert session.actions[0].start_s == 3.5


def test_points_stay_in_pixels_of_the_logged_screen(tmp_path: Path) -> None:
    session = read_session(write(tmp_path, {"events.jsonl": click(103.5)}))
    assert (session.width, session.height, session.actions[0].point) == (1000, 500, (100, 50))


@pytest.mark.parametrize("screen", [None, "wide", -3, 0, True, 1e300])
def test_without_a_screen_size_points_are_left_out(tmp_path: Path, screen: Any) -> None:
    session = read_session(write(tmp_path, {"events.jsonl": click(101)}, screen_width=screen))
    assert (session.width, session.height, session.actions[0].point) == (0, 0, None)


def test_the_task_is_what_the_tool_asked_for(tmp_path: Path) -> None:
    (tmp_path / "task_name.json").write_text('{"task_name": "Turn on  night light"}')
    assert read_session(write(tmp_path, {"events.jsonl": []})).task == "Turn on night light"


def test_the_page_is_the_app_in_front(tmp_path: Path) -> None:
    windows = [{"time_stamp": at, "top_window_name": name} for at, name in ((100, "explorer"), (105, "mail"))]
    parts = write(tmp_path, {"events.jsonl": [*click(101), *click(106)], "top_window.jsonl": windows})
    assert [action.page for action in read_session(parts).actions] == ["explorer", "mail"]


def test_two_clicks_in_one_place_are_a_double_click() -> None:
    (action,) = reduce_events([*click(1.0), *click(1.3, x=102)])
    assert (action.verb, action.clicks, action.start_s) == ("double_click", 2, 1.0)


def test_three_clicks_are_a_click_of_three() -> None:
    (action,) = reduce_events([*click(1.0), *click(1.3), *click(1.6)])
    assert (action.verb, action.clicks) == ("click", 3)


def test_a_fourth_click_begins_anew() -> None:
    actions = reduce_events([*click(1.0), *click(1.3), *click(1.6), *click(1.9)])
    assert [action.clicks for action in actions] == [3, 1]


def test_two_slow_clicks_are_two() -> None:
    assert len(reduce_events([*click(1.0), *click(2.0)])) == 2


@pytest.mark.parametrize(
    ("button", "verb", "named"),
    [("left", "click", None), ("right", "right_click", None), ("middle", "click", "middle")],
)
def test_buttons_are_told_apart(button: str, verb: str, named: str | None) -> None:
    (action,) = reduce_events(click(1.0, button=button))
    assert (action.verb, action.button) == (verb, named)


def test_press_and_release_apart_are_a_drag() -> None:
    (action,) = reduce_events(click(1.0, to_x=300))
    assert (action.verb, action.point, action.to) == ("drag", (100, 50), (300, 50))


def test_a_press_that_is_never_released_is_no_action() -> None:
    assert reduce_events(click(1.0)[:1]) == []


def test_moves_are_no_action() -> None:
    assert reduce_events([{"action": "move", "time_stamp": 1.0, "x": 1, "y": 2}]) == []


def test_wheel_steps_join_until_a_pause() -> None:
    actions = reduce_events(wheel(1, 1.5, 2, 5))
    assert [(action.start_s, action.end_s, action.value) for action in actions] == [
        (1, 2, "up"),
        (5, 5, "up"),
    ]


def test_a_wheel_that_turns_back_is_another_scroll() -> None:
    actions = reduce_events([*wheel(1, 1.5, dy=-1), *wheel(1.8, dy=1)])
    assert verbs(actions) == [("scroll", "down"), ("scroll", "up")]


def test_keys_join_to_text_and_end_at_a_special_key() -> None:
    actions = reduce_events(keys(1.0, "H", "i", "x", "backspace", "space", "enter"))
    assert verbs(actions) == [("type", "Hi "), ("key", "Enter")]


def test_held_modifiers_make_a_shortcut() -> None:
    rows = [
        {"action": "press", "name": "ctrl_l", "time_stamp": 1.0},
        {"action": "press", "name": "S", "time_stamp": 1.1},
        {"action": "release", "name": "ctrl_l", "time_stamp": 1.2},
        *keys(1.3, "a"),
    ]
    assert verbs(reduce_events(rows)) == [("hotkey", "ctrl+s"), ("type", "a")]


def test_the_windows_key_alone_is_a_key() -> None:
    assert verbs(reduce_events(keys(1.0, "cmd"))) == [("key", "Meta")]


def test_ctrl_alone_does_nothing() -> None:
    assert reduce_events(keys(1.0, "ctrl_l")) == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"action": "type", "key_names": ["H", "i", "space", "x", "backspace"]}, ("type", "Hi ")),
        ({"action": "press", "name": "ctrl_l", "children": [{"name": "c"}]}, ("hotkey", "ctrl+c")),
        ({"action": "press", "name": "enter"}, ("key", "Enter")),
        ({"action": "hotkey", "key_names": ["alt", "tab"]}, ("hotkey", "alt+tab")),
        ({"action": "scroll", "trace": [{"x": 1, "y": 2, "dx": 0, "dy": -3}]}, ("scroll", "down")),
    ],
)
def test_reduced_rows_use_the_same_words(row: Json, said: tuple[str, str]) -> None:
    assert verbs(read_reduced([{**row, "start_time": 1, "end_time": 2}])) == [said]


@pytest.mark.parametrize(
    ("more", "verb", "clicks", "button"),
    [
        ({"click_type": 2}, "double_click", 2, None),
        ({"click_type": 3}, "click", 3, None),
        ({"button": "right"}, "right_click", 1, None),
        ({"button": "middle"}, "click", 1, "middle"),
    ],
)
def test_reduced_clicks_are_told_apart(more: Json, verb: str, clicks: int, button: str | None) -> None:
    (action,) = read_reduced([reduced_click(1, **more)])
    assert (action.verb, action.clicks, action.button) == (verb, clicks, button)


@pytest.mark.parametrize("row", [reduced_click(1, pressed=False), reduced_click(1, action="move")])
def test_reduced_rows_that_are_no_action_are_passed_over(row: Json) -> None:
    assert read_reduced([row]) == []


def test_without_raw_events_the_reduction_is_used(tmp_path: Path) -> None:
    parts = write(tmp_path, {"events.jsonl": [], "reduced_events_complete.jsonl": [reduced_click(101)]})
    session = read_session(parts)
    assert (len(session.actions), session.notes) == (
        1,
        ("events.jsonl holds no action: those of the tool's own reduction are used",),
    )


def test_a_match_needs_the_type() -> None:
    match = match_actions(reduce_events(click(1.0)), read_reduced([reduced_click(1.0, button="right")]))
    assert (len(match.pairs), len(match.raw_only), len(match.reduced_only)) == (0, 1, 1)


@pytest.mark.parametrize(("start", "pairs"), [(1.09, 1), (1.11, 0)])
def test_a_match_needs_the_start_within_a_tenth_of_a_second(start: float, pairs: int) -> None:
    assert len(match_actions(reduce_events(click(1.0)), read_reduced([reduced_click(start)])).pairs) == pairs


def test_what_only_one_log_has_is_named_with_the_ids_that_are_missing(tmp_path: Path) -> None:
    logs = {
        "events.jsonl": [*click(101), *click(103), *click(105)],
        "reduced_events_complete.jsonl": [reduced_click(101, id=0), reduced_click(105, id=2)],
    }
    (note,) = read_session(write(tmp_path, logs)).notes
    assert "1 action(s)" in note
    assert "ids 1 are missing" in note
    assert note.endswith("click at 3.00 s")


def test_the_shortcut_that_stops_the_recorder_is_left_out(tmp_path: Path) -> None:
    rows = [
        *click(101),
        {"action": "press", "name": "ctrl_l", "time_stamp": 105.0},
        {"action": "press", "name": "T", "time_stamp": 105.1},
    ]
    states = {"OBS_WEBSOCKET_OUTPUT_STOPPING": [105.8]}
    session = read_session(write(tmp_path, {"events.jsonl": rows}, obs_record_state_timings=states))
    assert verbs(session.actions) == [("click", None)]


def test_the_element_logged_at_the_press_is_the_target(tmp_path: Path) -> None:
    logs = {
        "events.jsonl": click(101),
        "element.jsonl": [element(100.9, "Night light"), element(101.5, "Off")],
    }
    (action,) = read_session(write(tmp_path, logs)).actions
    assert action.target is not None
    assert (action.target.name, action.target.box) == ("Night light", (10, 20, 110, 60))


def test_an_element_logged_long_before_is_no_target(tmp_path: Path) -> None:
    logs = {"events.jsonl": click(105), "element.jsonl": [element(101, "Night light")]}
    assert read_session(write(tmp_path, logs)).actions[0].target is None


def test_without_an_element_the_reduction_names_the_target(tmp_path: Path) -> None:
    row = reduced_click(101, target={"title": "Close", "control_type": "ButtonControl"})
    logs = {"events.jsonl": click(101), "reduced_events_complete.jsonl": [row]}
    target = read_session(write(tmp_path, logs)).actions[0].target
    assert target is not None
    assert (target.name, target.role) == ("Close", "ButtonControl")


def test_a_box_turned_inside_out_is_none(tmp_path: Path) -> None:
    logs = {"events.jsonl": click(101), "element.jsonl": [element(101, "A", left=900)]}
    target = read_session(write(tmp_path, logs)).actions[0].target
    assert target is not None
    assert target.box is None


def test_what_is_typed_in_a_password_field_is_redacted(tmp_path: Path) -> None:
    events = [*click(101), *keys(102, *"hunter2"), *click(105), *keys(106, *"Ann")]
    elements = [element(101, "Password", "EditControl"), element(105, "Name", "EditControl")]
    session = read_session(write(tmp_path, {"events.jsonl": events, "element.jsonl": elements}))
    typed = [action.value for action in session.actions if action.verb == "type"]
    assert typed == ["[redacted]", "Ann"]


@pytest.mark.parametrize("where", ["typed", "name", "window", "task"])
def test_a_key_is_redacted_wherever_it_is(tmp_path: Path, where: str) -> None:
    secret = "ghp_" + "Ab3dEf6hIj" * 3
    logs: dict[str, Sequence[Json]] = {
        "events.jsonl": [*click(101), *keys(102, *(secret if where == "typed" else "a"))],
        "element.jsonl": [element(101, secret if where == "name" else "Name")],
        "top_window.jsonl": [{"time_stamp": 100, "top_window_name": secret if where == "window" else "w"}],
    }
    (tmp_path / "task_name.json").write_text(json.dumps({"task_name": secret if where == "task" else "t"}))
    assert secret not in read_session(write(tmp_path, logs)).model_dump_json()


def test_halves_of_surrogate_pairs_can_be_stored(tmp_path: Path) -> None:
    logs = {"events.jsonl": click(101), "element.jsonl": [element(101, "a\ud800b")]}
    read_session(write(tmp_path, logs)).model_dump_json().encode()


def test_moves_presses_and_releases_say_where_the_pointer_was(tmp_path: Path) -> None:
    move = {"action": "move", "time_stamp": 100.5, "x": 7, "y": 8}
    parts = write(tmp_path, {"events.jsonl": [move, *click(101)]})
    assert read_moves(parts)[:2] == [(0.5, (7, 8)), (1.0, (100, 50))]


def test_a_maximised_window_that_narrows_is_a_zoom(tmp_path: Path) -> None:
    rows = [tree(101, -8, 1008), tree(102, -8, 1008), tree(103, -8, 808), tree(104, 100, 300)]
    assert read_zooms(write(tmp_path, {"a11y.jsonl": rows})) == [(3.0, 1.25)]


def test_names_come_from_the_whole_tree(tmp_path: Path) -> None:
    parts = write(tmp_path, {"a11y.jsonl": [tree(101, 0, 9, "Keep changes", "Revert")]})
    assert read_names(parts) == {"w", "Keep changes", "Revert"}


def test_logs_are_named_as_the_tool_names_them_wherever_they_lie(tmp_path: Path) -> None:
    parts = write(tmp_path, {"events.jsonl": click(101)})
    parts["events.jsonl"] = parts["events.jsonl"].rename(tmp_path / "9f86d081")
    parts["events.jsonl"].write_text(parts["events.jsonl"].read_text() + "\n[1]")
    assert read_session(parts).notes == ("1 line(s) of events.jsonl are no JSON object and were skipped",)


@pytest.mark.parametrize("start", [None, "soon", True, float("inf")])
def test_without_a_clock_the_log_is_unreadable(tmp_path: Path, start: Any) -> None:
    parts = write(tmp_path, {"events.jsonl": click(101)}, video_start_timestamp=start)
    with pytest.raises(UnreadableSource, match="video_start_timestamp"):
        read_session(parts)


@pytest.mark.parametrize("data", [b"", b"[1]", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000])
def test_metadata_that_is_no_object_is_unreadable(tmp_path: Path, data: bytes) -> None:
    parts = write(tmp_path, {"events.jsonl": click(101)})
    parts["metadata.json"].write_bytes(data)
    with pytest.raises(UnreadableSource, match="bad_log"):
        read_session(parts)


def test_no_metadata_is_unreadable(tmp_path: Path) -> None:
    parts = write(tmp_path, {"events.jsonl": click(101)})
    del parts["metadata.json"]
    with pytest.raises(UnreadableSource, match="bad_log"):
        read_session(parts)


@pytest.mark.parametrize(
    "line",
    ['{"time_stamp": 1', "[1]", "[" * 100_000, '{"time_stamp": ' + "9" * 5000 + "}", "\x00", '"text"'],
)
def test_a_broken_line_costs_only_itself(tmp_path: Path, line: str) -> None:
    parts = write(tmp_path, {"events.jsonl": click(101)})
    parts["events.jsonl"].write_text(f"{line}\n{parts['events.jsonl'].read_text()}")
    session = read_session(parts)
    assert len(session.actions) == 1
    assert session.notes == ("1 line(s) of events.jsonl are no JSON object and were skipped",)


@pytest.mark.parametrize(
    "row",
    [
        {"time_stamp": "x", "action": 7},
        {"time_stamp": 101, "action": "click", "pressed": True, "x": None, "y": []},
        {"time_stamp": 101, "action": "press", "name": {"a": 1}},
        {"time_stamp": 10**400, "action": "click"},
    ],
)
def test_a_row_of_wrong_types_is_no_click(tmp_path: Path, row: Json) -> None:
    session = read_session(write(tmp_path, {"events.jsonl": [row]}))
    assert all(action.point is None for action in session.actions)


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [[]], True])
@pytest.mark.parametrize("field", ["target", "coordinate", "trace", "drag_trace", "key_names", "children"])
def test_no_field_of_a_reduced_row_is_trusted(field: str, value: Any) -> None:
    for action in ("click", "drag", "scroll", "type", "press"):
        read_reduced([reduced_click(1, action=action, **{field: value})])


def test_too_many_events_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dataclaw_assets.raw_sources.formats.gui.agentnet_logs.MOST_KEPT", 3)
    parts = write(tmp_path, {"events.jsonl": [*click(101), *click(103)]})
    with pytest.raises(UnreadableSource, match="too_many"):
        read_session(parts)


GOOD = {
    "events.jsonl": [*click(101), *keys(103, "a", "enter"), *wheel(105)],
    "reduced_events_complete.jsonl": [reduced_click(101, id=0, target={"title": "A"})],
    "element.jsonl": [element(101, "A")],
    "a11y.jsonl": [tree(101, -8, 1008), tree(102, -8, 808)],
    "top_window.jsonl": [{"time_stamp": 100, "top_window_name": "w"}],
}


@settings(max_examples=80 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from([*GOOD, "metadata.json"]),
    place=st.floats(0, 1),
    count=st.integers(0, 20),
    put=st.sampled_from([b"", b"null", b"-1", b'"', b"{", b"]", b"\n", b"\xff", b"1e999", b'{"x":[]}']),
)
def test_a_mutated_file_gives_a_session_or_says_why_not(
    tmp_path: Path, name: str, place: float, count: int, put: bytes
) -> None:
    parts = write(tmp_path, GOOD)
    data = parts[name].read_bytes()
    at = int(place * len(data))
    parts[name].write_bytes(data[:at] + put + data[at + count :])
    with contextlib.suppress(UnreadableSource):
        read_session(parts).model_dump_json()
        read_zooms(parts)
        read_moves(parts)
        read_names(parts)


def test_the_real_session_matches_its_own_reduction(shared_footage: Path) -> None:
    folder = shared_footage / "gui" / "agentnet_display_settings"
    match = match_actions(*read_both({path.name: path for path in folder.iterdir()}, []))
    assert (len(match.pairs), len(match.reduced_only)) == (14, 0)
