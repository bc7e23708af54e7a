"""Playwright traces: which calls are actions, their times, places, targets and pictures; and bad archives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dataclaw_assets.raw_sources.formats.gui.playwright import read_session, read_trace
from dataclaw_assets.raw_sources.formats.gui.session import Action, Session
from tests.raw_sources.formats.gui.made_traces import (
    PAGE,
    body,
    call,
    context,
    lines,
    marked,
    picture,
    pointed,
    snapshot,
    write_archive,
    write_trace,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the archive of one test is written."""
    return tmp_path / "trace.zip"


def only(session: Session) -> Action:
    (action,) = session.actions
    return action


def told(session: Session) -> list[tuple[str, str | None]]:
    return [(action.verb, action.value) for action in session.actions]


@pytest.mark.parametrize(
    ("method", "kind", "params", "verb", "value"),
    [
        ("click", "Frame", {"selector": "#a"}, "click", None),
        ("click", "Frame", {"selector": "#a", "button": "right"}, "right_click", None),
        ("click", "ElementHandle", {}, "click", None),
        ("dblclick", "Frame", {"selector": "#a"}, "double_click", None),
        ("tap", "Frame", {"selector": "#a"}, "click", None),
        ("hover", "Frame", {"selector": "#a"}, "hover", None),
        ("check", "Frame", {"selector": "#a"}, "click", None),
        ("uncheck", "Frame", {"selector": "#a"}, "click", None),
        ("fill", "Frame", {"selector": "#a", "value": "two words"}, "type", "two words"),
        ("type", "Frame", {"selector": "#a", "text": "two"}, "type", "two"),
        ("press", "Frame", {"selector": "#a", "key": "Enter"}, "key", "Enter"),
        ("press", "Frame", {"selector": "#a", "key": "Control+S"}, "hotkey", "ctrl+s"),
        ("keyboardPress", "Page", {"key": "Shift+Tab"}, "hotkey", "shift+tab"),
        ("keyboardPress", "Page", {"key": "ControlOrMeta+a"}, "hotkey", "ctrl+a"),
        ("keyboardPress", "Page", {"key": "Control++"}, "hotkey", "ctrl++"),
        ("keyboardPress", "Page", {"key": "F5"}, "key", "F5"),
        ("selectOption", "Frame", {"options": [{"valueOrLabel": "fin"}]}, "select", "fin"),
        ("setInputFiles", "Frame", {"localPaths": ["/home/someone/cv.pdf"]}, "select", "cv.pdf"),
        ("mouseWheel", "Page", {"deltaX": 0, "deltaY": 240}, "scroll", "down"),
        ("mouseWheel", "Page", {"deltaX": -240, "deltaY": 0}, "scroll", "left"),
        ("mouseClick", "Page", {"x": 3, "y": 4}, "click", None),
        ("mouseClick", "Page", {"x": 3, "y": 4, "clickCount": 2}, "double_click", None),
        ("touchscreenTap", "Page", {"x": 3, "y": 4}, "click", None),
        ("goto", "Frame", {"url": "http://127.0.0.1:80/a?token=1#b"}, "navigate", "/a"),
        ("goto", "Frame", {"url": "https://example.org/a?b"}, "navigate", "example.org/a"),
        ("goto", "Frame", {"url": "/a?b"}, "navigate", "/a"),
        ("goto", "Frame", {"url": "data:text/html,<p>long"}, "navigate", "data:text/html"),
        ("reload", "Page", {}, "navigate", None),
    ],
)
def test_a_call_of_a_users_hands_is_an_action(
    path: Path, method: str, kind: str, params: dict[str, Any], verb: str, value: str | None
) -> None:
    assert told(read_session(write_trace(path, call(1, method, kind, **params)))) == [(verb, value)]


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("waitForTimeout", "Frame"), ("waitForSelector", "Frame"), ("expect", "Frame"),
        ("setContent", "Frame"), ("evaluateExpression", "Frame"), ("getAttribute", "Frame"),
        ("dispatchEvent", "Frame"),
        ("screenshot", "Page"), ("newPage", "BrowserContext"), ("step", "Test"), ("click", "Test"),
        ("mouseMove", "BrowserContext"), ("keyboardUp", "Page"), ("mouseUp", "Page"),
    ],
)  # fmt: skip
def test_what_a_driver_does_between_is_no_action(path: Path, method: str, kind: str) -> None:
    assert read_session(write_trace(path, call(1, method, kind, selector="#a", key="a"))).actions == ()


def test_a_call_that_failed_is_no_action_and_noted(path: Path) -> None:
    begun, ended = call(1, "click", selector="#a")
    session = read_session(write_trace(path, begun, {**ended, "error": {"message": "Timeout"}}))
    assert (session.actions, session.notes) == ((), ("left out: calls that failed: 1",))


def test_a_call_that_never_ended_is_no_action_and_noted(path: Path) -> None:
    session = read_session(write_trace(path, call(1, "click", selector="#a")[0]))
    assert (session.actions, session.notes) == ((), ("left out: calls that did not end: 1",))


def test_a_trial_click_is_no_action(path: Path) -> None:
    assert read_session(write_trace(path, call(1, "click", selector="#a", trial=True))).actions == ()


def test_a_call_inside_an_action_counts_once(path: Path) -> None:
    inner = call(2, "click", at=2010, selector="#a")
    inner[0]["parentId"] = "call@1"
    session = read_session(write_trace(path, call(1, "check", selector="#a"), inner))
    assert len(session.actions) == 1


def test_a_call_inside_a_step_counts(path: Path) -> None:
    inner = call(2, "click", selector="#a")
    inner[0]["parentId"] = "call@1"
    session = read_session(write_trace(path, call(1, "step", "Test"), inner))
    assert told(session) == [("click", None)]


def test_calls_that_name_each_other_as_parents_end(path: Path) -> None:
    first, second = call(1, "evaluate"), call(2, "click", selector="#a")
    first[0]["parentId"], second[0]["parentId"] = "call@2", "call@1"
    assert len(read_session(write_trace(path, first, second)).actions) == 1


def test_a_pointer_pressed_moved_and_let_go_is_a_drag(path: Path) -> None:
    session = read_session(
        write_trace(
            path,
            call(1, "mouseMove", "Page", x=10, y=20),
            call(2, "mouseDown", "Page"),
            call(3, "mouseMove", "Page", x=90, y=20),
            call(4, "mouseUp", "Page"),
        )
    )
    drag = only(session)
    assert (drag.verb, drag.point, drag.to) == ("drag", (10, 20), (90, 20))
    assert (drag.start_s, drag.end_s) == (2.0, 4.1)


def test_a_pointer_pressed_and_let_go_is_a_click(path: Path) -> None:
    moves = [
        call(1, "mouseMove", "Page", x=10, y=20),
        call(2, "mouseDown", "Page"),
        call(3, "mouseUp", "Page"),
    ]
    action = only(read_session(write_trace(path, *moves)))
    assert (action.verb, action.point) == ("click", (10, 20))


def test_a_pointer_that_comes_to_rest_is_one_hover(path: Path) -> None:
    moves = [call(number, "mouseMove", "Page", x=number, y=5) for number in (1, 2, 3)]
    action = only(read_session(write_trace(path, *moves)))
    assert (action.verb, action.point) == ("hover", (3, 5))


def test_a_drag_and_drop_has_both_ends(path: Path) -> None:
    begun, ended = call(1, "dragAndDrop", source="#a", target="#b")
    action = only(read_session(write_trace(path, begun, pointed(1, 5, 6), pointed(1, 70, 80), ended)))
    assert (action.verb, action.point, action.to) == ("drag", (5, 6), (70, 80))


def test_held_modifiers_make_a_hotkey(path: Path) -> None:
    keys = [
        ("keyboardDown", "Control"),
        ("keyboardPress", "c"),
        ("keyboardUp", "Control"),
        ("keyboardPress", "F1"),
    ]
    calls = [call(number, method, "Page", key=key) for number, (method, key) in enumerate(keys, 1)]
    assert told(read_session(write_trace(path, *calls))) == [("hotkey", "ctrl+c"), ("key", "F1")]


def test_a_wheel_turns_where_the_pointer_is(path: Path) -> None:
    begun, ended = call(1, "click", selector="#a")
    wheel = call(2, "mouseWheel", "Page", deltaX=0, deltaY=-9)
    session = read_session(write_trace(path, begun, pointed(1, 7, 8), ended, wheel))
    assert (session.actions[1].value, session.actions[1].point) == ("up", (7, 8))


def test_times_are_seconds_since_tracing_began(path: Path) -> None:
    session = read_session(write_trace(path, call(1, "click", selector="#a")))
    assert (only(session).start_s, only(session).end_s, session.duration_s) == (1.0, 1.1, 1.1)
    assert session.began_at == 1_700_000_000


def test_an_older_log_begins_with_its_first_call(path: Path) -> None:
    old = context(version=6)
    del old["monotonicTime"]
    first = call(1, "click", selector="#a")
    first[0]["wallTime"] = 1_700_000_005_000
    session = read_session(write_trace(path, old, first, call(2, "click", selector="#a")))
    assert [action.start_s for action in session.actions] == [0.0, 1.0]
    assert session.began_at == 1_700_000_005


def test_the_oldest_form_states_a_call_in_one_line(path: Path) -> None:
    metadata = {
        "id": "call@1", "type": "Frame", "method": "click", "params": {"selector": "text=Save"},
        "startTime": 2000, "endTime": 2100, "pageId": PAGE, "point": {"x": 5, "y": 6},
    }  # fmt: skip
    action = only(
        read_session(write_trace(path, context(version=3), {"type": "action", "metadata": metadata}))
    )
    assert action.target is not None
    assert (action.verb, action.point, action.target.name) == ("click", (5, 6), "Save")


def test_the_target_comes_from_the_snapshot(path: Path) -> None:
    begun, ended = call(1, "click", selector="#go")
    html = body(
        ["LABEL", {"for": "go"}, "Your ", ["B", {}, "na"], "me"], marked("INPUT", id="go", type="text")
    )
    action = only(
        read_session(
            write_trace(path, begun, snapshot(1, html, "input"), pointed(1, 15, 25, [10, 20, 30, 40]), ended)
        )
    )
    assert action.target is not None
    assert (action.target.role, action.target.name) == ("textbox", "Your name")
    assert (action.point, action.target.box) == ((15, 25), (10, 20, 40, 60))


def test_a_click_on_the_text_of_a_button_is_on_the_button(path: Path) -> None:
    begun, ended = call(1, "click", selector="text=Sa")
    html = body(["BUTTON", {}, marked("SPAN", "Sa"), "ve"])
    action = only(read_session(write_trace(path, begun, snapshot(1, html), ended)))
    assert action.target is not None
    assert (action.target.role, action.target.name) == ("button", "Save")


def test_a_target_is_found_through_references(path: Path) -> None:
    first, second = call(1, "evaluate"), call(2, "click", selector="#a")
    whole = body(["BUTTON", {"__playwright_target__": "call@2"}, "Save"], "other")
    again = ["HTML", {}, [[1, 3]]]
    session = read_session(
        write_trace(path, first[0], snapshot(1, whole), first[1], second[0], snapshot(2, again), second[1])
    )
    target = only(session).target
    assert target is not None
    assert (target.role, target.name) == ("button", "Save")


@pytest.mark.parametrize(
    ("selector", "role", "name"),
    [
        ('internal:role=button[name="Sign in"i]', "button", "Sign in"),
        ('#x >> internal:role=link[name="Open"s] >> nth=0', "link", "Open"),
        ('internal:label="Password hint"i', None, "Password hint"),
        ("text=Save", None, "Save"),
    ],
)
def test_the_selector_tells_the_target_where_no_snapshot_does(
    path: Path, selector: str, role: str | None, name: str
) -> None:
    target = only(read_session(write_trace(path, call(1, "click", selector=selector)))).target
    assert target is not None
    assert (target.role, target.name) == (role, name)


def test_the_page_is_the_path_without_query(path: Path) -> None:
    begun, ended = call(1, "click", selector="#a")
    shown = snapshot(1, body(), url="http://localhost:8000/cart?session=1#top")
    assert only(read_session(write_trace(path, begun, shown, ended))).page == "/cart"


def test_the_page_is_not_that_of_a_frame_inside(path: Path) -> None:
    begun, ended = call(1, "click", selector="#a")
    inside = snapshot(1, body(), url="https://ads.example/banner", frame="frame@2")
    assert only(read_session(write_trace(path, begun, inside, snapshot(1, body()), ended))).page == "/"


def test_pictures_stand_before_and_after_an_action(path: Path) -> None:
    shown = [("sha1", "a.jpeg", 1500), ("file", "screencast/b.jpeg", 2050), ("sha1", "c.jpeg", 2500)]
    frames = [
        {"type": "screencast-frame", "pageId": PAGE, key: name, "timestamp": time}
        for key, name, time in shown
    ]
    files = {
        "resources/a.jpeg": picture(),
        "screencast/b.jpeg": picture(),
        "resources/c.jpeg": picture(20, 10),
    }
    session = read_session(write_trace(path, *frames, call(1, "click", selector="#a"), files=files))
    assert (only(session).before, only(session).after) == ("resources/a.jpeg", "resources/c.jpeg")
    assert [(screen.time_s, screen.width, screen.height) for screen in session.screens] == [
        (0.5, 40, 30), (1.05, 40, 30), (1.5, 20, 10),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["file:///etc/passwd", "http://localhost:9/x.jpeg", "../../etc/passwd", "/etc/x"]
)
def test_a_picture_that_is_no_member_is_never_looked_for(path: Path, name: str) -> None:
    frame = {
        "type": "screencast-frame",
        "pageId": PAGE,
        "sha1": name,
        "width": 8,
        "height": 6,
        "timestamp": 1500,
    }
    session = read_session(write_trace(path, frame))
    assert (session.screens, session.notes) == ((), ("left out: pictures that are not there or no JPEG: 1",))


def test_several_logs_are_one_session(path: Path) -> None:
    second = lines(context(monotonicTime=3000.0, wallTime=1_700_000_002_000), call(3, "press", key="Enter"))
    runner = lines(context(origin="testRunner"), call(1, "click", selector="#a"))
    logs = {"0-trace.trace": lines(context(), call(1, "click", selector="#a")), "1-trace.trace": second}
    session = read_session(write_archive(path, {**logs, "test.trace": runner}))
    assert [(action.verb, action.start_s) for action in session.actions] == [("click", 1.0), ("key", 3.0)]


def test_a_newer_version_is_read_and_noted(path: Path) -> None:
    trace = read_trace(write_trace(path, context(version=99), call(1, "click", selector="#a")))
    assert trace.version == 99
    assert trace.session.notes == ("format 99 is not known; read as format 10",)
    assert len(trace.session.actions) == 1
