"""Playwright traces that are damaged or made to do harm: a session or a reason, never an error."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui import playwright, playwright_log
from dataclaw_assets.raw_sources.formats.gui.playwright import read_session
from tests.fuzzing import TIMES
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


def test_a_line_that_is_no_event_costs_that_line(path: Path) -> None:
    deep = b'{"type":"before","params":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
    log = lines(context()) + b"not json\n" + deep + b"[]\n" + lines(call(1, "click", selector="#a"))
    session = read_session(write_archive(path, {"trace.trace": log}))
    assert (len(session.actions), session.notes) == (1, ("left out: lines that cannot be read: 3",))


def test_a_line_without_end_costs_that_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playwright_log, "LINE_BYTES", 2000)
    log = lines(context()) + b'"' + b"x" * 100_000 + b'"\n' + lines(call(1, "click", selector="#a"))
    session = read_session(write_archive(path, {"trace.trace": log}))
    assert (len(session.actions), session.notes) == (1, ("left out: lines that cannot be read: 1",))


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableSource) as caught:
        read_session(path)
    return caught.value.reason


def test_a_log_beyond_its_limit_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playwright, "TRACE_BYTES", 500)
    assert refusal(write_trace(path, *[call(number, "click") for number in range(1, 9)])) == "too_large"


def test_too_many_calls_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playwright_log, "MAX_CALLS", 3)
    assert refusal(write_trace(path, *[call(number, "click") for number in range(1, 9)])) == "too_many"


def test_an_archive_with_a_path_outside_is_refused(path: Path) -> None:
    assert refusal(write_trace(path, files={"../x": b""})) == "hostile_archive"


def test_a_bomb_beside_the_log_is_refused(path: Path) -> None:
    assert refusal(write_trace(path, files={"resources/x": bytes(4 * 1024 * 1024)})) == "hostile_archive"


def test_an_archive_without_a_log_of_a_browser_is_refused(path: Path) -> None:
    assert refusal(write_archive(path, {"trace.trace": lines(context(origin="testRunner"))})) == "bad_trace"


def test_a_trace_that_tells_no_size_is_refused(path: Path) -> None:
    assert refusal(write_trace(path, context(options={}))) == "no_viewport"


def test_references_that_grow_without_end_are_cut(path: Path) -> None:
    events: list[Any] = [snapshot(1, body("x"))]
    events += [snapshot(1, ["HTML", {}, *[[[1, 0]]] * 2, ["P", {}, *[[[1, 3]]] * 30]]) for _ in range(30)]
    events += [snapshot(1, ["HTML", {}, *[[[number, 0]] for number in range(1, 30)] * 3000])]
    begun, ended = call(1, "click", selector="#a")
    assert len(read_session(write_trace(path, begun, *events, ended)).actions) == 1


@pytest.mark.parametrize(
    "html", [None, 3, "x", [], [[]], [[0, 0]], [[[0, 0]]], [[[1, -1]]], [[[2**70, 1]]], ["A", 3]]
)
def test_an_odd_snapshot_does_no_harm(path: Path, html: Any) -> None:
    begun, ended = call(1, "click", selector="#a")
    assert len(read_session(write_trace(path, begun, snapshot(1, html), ended)).actions) == 1


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.just(2**70),
    st.floats(),
    st.text(max_size=5),
    st.builds(list),
    st.builds(dict, x=st.just("y")),
)
"""A list or dict is made anew each time: a shared one could be put into itself."""


@settings(max_examples=200 * TIMES, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 500), VALUES), min_size=1, max_size=5))
def test_any_change_of_a_value_gives_a_session_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, Any]]
) -> None:
    begun, ended = call(1, "click", selector="#a", button="left", clickCount=1)
    html = body(["LABEL", {"for": "go"}, "Name"], marked("INPUT", id="go"), [[1, 0]])
    calls = [
        [begun, snapshot(1, html), snapshot(1, html, "after"), pointed(1, 5, 6, [1, 2, 3, 4]), ended],
        call(2, "selectOption", options=[{"label": "a"}]),
        call(3, "mouseWheel", "Page", deltaX=1, deltaY=2),
        call(4, "goto", url="http://localhost/x"),
        call(5, "press", key="Control+a"),
        call(6, "setInputFiles", payloads=[{"name": "x"}]),
        call(7, "dragAndDrop", source="#a"),
        [{"type": "screencast-frame", "sha1": "a", "timestamp": 1, "pageId": PAGE}],
    ]
    events = json.loads(
        json.dumps([context(baseURL="http://localhost"), *(event for one in calls for event in one)])
    )
    for at, value in changes:
        places: list[tuple[Any, Any]] = []
        stack: list[Any] = [events]
        while stack:
            holder = stack.pop()
            for key in holder if isinstance(holder, dict) else range(len(holder)):
                places.append((holder, key))
                if isinstance(holder[key], dict | list):
                    stack.append(holder[key])
        holder, key = places[at % len(places)]
        holder[key] = value
    path = tmp_path_factory.getbasetemp() / "changed_trace.zip"
    log = b"".join(json.dumps(event).encode() + b"\n" for event in events)
    with suppress(UnreadableSource):
        read_session(write_archive(path, {"trace.trace": log}, {"resources/a": picture()}))


@settings(max_examples=100 * TIMES, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8))
def test_any_change_of_bytes_gives_a_session_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged_trace.zip"
    data = bytearray(
        write_trace(path, call(1, "click", selector="#a"), call(2, "goto", url="/x")).read_bytes()
    )
    for at, value in changes:
        data[at % len(data)] = value
    path.write_bytes(data)
    with suppress(UnreadableSource):
        read_session(path)
