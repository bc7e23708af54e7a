"""rrweb files of every container, damaged and hostile: what can be read is, the rest is named."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui import rrweb_actions
from dataclaw_assets.raw_sources.formats.gui.rrweb import read_session
from tests.fuzzing import TIMES
from tests.raw_sources.formats.gui.made_rrweb import (
    BASE_MS,
    BOX,
    NAME,
    SEND,
    changed,
    clicked,
    keyed,
    mouse,
    moved,
    opened,
    scrolled,
    write,
)


@pytest.mark.parametrize("form", ["array", "object", "lines"])
def test_every_container_reads_the_same(tmp_path: Path, form: str) -> None:
    events = [*opened(), *clicked(2, SEND)]
    path = write(tmp_path / "log.json", {"events": events} if form == "object" else events)
    if form == "lines":
        path.write_text("\n".join(map(json.dumps, events)) + "\n")
    session = read_session(path)
    assert [action.verb for action in session.actions] == ["navigate", "click"]
    assert (session.width, session.height, session.duration_s) == (800, 600, 2.04)
    assert session.began_at == BASE_MS / 1000


def test_a_damaged_line_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "log.ndjson"
    lines = [json.dumps(event) for event in [*opened(), *clicked(2, SEND)]]
    path.write_text("\n".join([*lines[:2], '{"type": 3, "da', *lines[2:]]))
    session = read_session(path)
    assert len(session.actions) == 2
    assert "events that are none: 1" in session.notes


def test_events_out_of_order_are_put_in_order(tmp_path: Path) -> None:
    events = [*opened(), *clicked(2, SEND)]
    session = read_session(write(tmp_path / "log.json", [*events[2:], *events[:2]]))
    assert [action.verb for action in session.actions] == ["navigate", "click"]
    assert "events out of the order of time, put in order: 1" in session.notes


@pytest.mark.parametrize("time_ms", [-1, float("nan"), float("inf"), 10**400, "soon", None, True])
def test_an_event_without_a_time_costs_only_itself(tmp_path: Path, time_ms: Any) -> None:
    bad = {"type": 3, "data": {"source": 3, "id": 1, "x": 0, "y": 9}, "timestamp": time_ms}
    session = read_session(write(tmp_path / "log.json", [*opened(), bad, *clicked(2, SEND)]))
    assert "events that are none: 1" in session.notes


def test_a_clock_that_jumps_for_years_costs_only_its_event(tmp_path: Path) -> None:
    events = [{"type": 1, "data": {}, "timestamp": 5}, *opened(), *clicked(2, SEND)]
    session = read_session(write(tmp_path / "log.json", events))
    assert session.duration_s == 2.04
    assert "events more than a day from the others: 1" in session.notes


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "no_reader"),
        ("[1, 2]", "no_reader"),
        ('{"type": 9}', "no_reader"),
        ('{"events": 7}', "no_reader"),
        ("[" * 100_000, "bad_json"),
        ('[{"type": 2, "data": ' + '{"node":' * 5_000, "bad_json"),
        ('[{"type": 2, "data": "\\u001fpacked", "timestamp": 1}]', "bad_events"),
        ('[{"type": 1, "data": {}, "timestamp": 1}]', "bad_events"),
        ('[{"type": 4, "data": {"href": "", "width": 1e9, "height": 0}, "timestamp": 1}]', "bad_events"),
    ],
    ids=["empty", "numbers", "no event", "no list", "deep", "deep node", "packed", "no size", "bad size"],
)
def test_what_is_no_log_is_named(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "log.json"
    path.write_text(text)
    with pytest.raises(UnreadableSource) as found:
        read_session(path)
    assert found.value.reason == reason


def test_a_gigabyte_in_one_line_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "log.ndjson"
    with path.open("wb") as file:
        file.write(b'{"type": 4, "data": "')
        file.truncate(1024**3)
    with pytest.raises(UnreadableSource, match="too_large"):
        read_session(path)


def test_actions_beyond_the_cap_are_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rrweb_actions, "MAX_ACTIONS", 3)
    events = [event for index in range(5) for event in clicked(2 + index, SEND)]
    session = read_session(write(tmp_path / "log.json", [*opened(), *events]))
    assert len(session.actions) == 3
    assert any(note.startswith("events after the first") for note in session.notes)


GOOD = json.dumps(
    [*opened(), moved(1, BOX), moved(2, 31), *clicked(3, NAME), *keyed(4, NAME, "Ines"), scrolled(6, 90),
     changed(6.5, removes=[{"parentId": 10, "id": BOX}]), *opened(7), mouse(8, 7, SEND), mouse(8.1, 9, SEND)]
)  # fmt: skip
JUNK = st.sampled_from(["null", "-1", "1e999", "[]", "{}", '"\\ud800"', "true", "1", "20", "NaN", "0.5"])


@settings(
    max_examples=150 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), JUNK), min_size=1, max_size=4))
def test_a_changed_recording_reads_or_says_why_not(tmp_path: Path, changes: list[tuple[float, str]]) -> None:
    pieces = rrweb_values(GOOD)
    for place, junk in changes:
        pieces[2 * int(place * (len(pieces) // 2)) + 1] = junk
    path = tmp_path / "log.json"
    path.write_text("".join(pieces))
    try:
        session = read_session(path)
    except UnreadableSource:
        return
    session.model_dump_json().encode()
    assert all(0 <= action.start_s <= action.end_s <= session.duration_s for action in session.actions)


def rrweb_values(text: str) -> list[str]:
    """A JSON text in pieces; every second one is a value."""
    return re.split(r'((?<=: )(?:"[^"]*"|-?[\d.]+|\[\]|true|false|null))', text)
