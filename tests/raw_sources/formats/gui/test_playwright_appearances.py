"""What comes on a page after an action of a Playwright trace, by its snapshots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui import playwright_appearances
from dataclaw_assets.raw_sources.formats.gui.playwright import read_session
from dataclaw_assets.raw_sources.formats.gui.session import Appearance
from tests.fuzzing import TIMES
from tests.raw_sources.formats.gui.made_traces import (
    body,
    call,
    context,
    lines,
    marked,
    snapshot,
    write_archive,
    write_trace,
)

HELP = ["A", {"href": "/help"}, "Help"]
SEND = ["BUTTON", {}, "Send"]
START = [HELP, SEND, ["H1", {}, "Orders"]]
KEY = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
DIALOG = ["DIV", {"role": "dialog"}, ["DIV", {}, "Add an order"], ["INPUT", {"placeholder": "Name"}], SEND]


def appear(tmp_path: Path, *added: Any, **where: Any) -> tuple[Appearance, ...]:
    """What a click brings that leaves the page with these elements more, by the snapshot after it."""
    trace = write_trace(
        tmp_path / "trace.zip",
        call(1, "click", selector="button"),
        snapshot(1, body(*START[:1], marked("BUTTON", "Send"), *START[2:])),
        snapshot(2, body(*START, *added), phase="after", **where),
    )
    return read_session(trace).appearances


def test_dialog_that_a_click_opens_appears(tmp_path: Path) -> None:
    assert appear(tmp_path, DIALOG) == (
        Appearance(since_s=1.0, time_s=2.0, role="dialog", name="Add an order", parts=2, page="/"),
    )


@pytest.mark.parametrize(
    "hidden",
    [
        ["DIV", {"hidden": ""}, DIALOG],
        ["DIV", {"style": "display: none"}, DIALOG],
        ["TEMPLATE", {}, DIALOG],
        ["DETAILS", {}, ["SUMMARY", {}, "12"], DIALOG],
        ["SELECT", {}, ["OPTION", {}, "Oslo"]],
        ["BUTTON", {}, "×"],
        ["DIV", {}, "Some text"],
    ],
)
def test_what_nobody_sees_or_names_does_not_appear(tmp_path: Path, hidden: Any) -> None:
    assert appear(tmp_path, hidden) == ()


def test_page_with_another_path_has_no_appearances(tmp_path: Path) -> None:
    assert appear(tmp_path, DIALOG, url="http://localhost:8000/orders") == ()


def test_page_with_another_query_is_the_same_page(tmp_path: Path) -> None:
    assert len(appear(tmp_path, DIALOG, url="http://localhost:8000/?view=new")) == 1


def test_other_frames_are_not_held_to_the_page(tmp_path: Path) -> None:
    assert appear(tmp_path, DIALOG, frame="frame@2") == ()


def test_dialog_is_named_by_what_labels_it(tmp_path: Path) -> None:
    title = ["H2", {"id": "t"}, "New order"]
    (item,) = appear(tmp_path, ["DIV", {"role": "dialog", "aria-labelledby": "t"}, ["P", {}, "Step"], title])
    assert (item.name, item.parts) == ("New order", 1)


def test_what_was_entered_is_no_name(tmp_path: Path) -> None:
    field = ["DIV", {"role": "textbox", "contenteditable": "true"}, "my diary"]
    area = ["TEXTAREA", {"__playwright_value_": "my diary"}, "my diary"]
    assert appear(tmp_path, field, area) == ()


def test_secret_in_a_name_is_redacted(tmp_path: Path) -> None:
    (item,) = appear(tmp_path, ["DIV", {"role": "alert"}, f"Your key is {KEY}"])
    assert item.name == "Your key is [redacted]"


def test_secret_typed_before_is_taken_out_of_names(tmp_path: Path) -> None:
    trace = write_trace(
        tmp_path / "trace.zip",
        call(1, "fill", value="open sesame", selector="input"),
        snapshot(1, body(*START, marked("INPUT", type="password"))),
        call(2, "click", selector="button"),
        snapshot(2, body(*START)),
        snapshot(3, body(*START, ["H2", {}, "Welcome open sesame"]), phase="after"),
    )
    (item,) = read_session(trace).appearances
    assert item.name == "Welcome [redacted]"


def test_what_came_before_the_action_is_not_its_doing(tmp_path: Path) -> None:
    trace = write_trace(
        tmp_path / "trace.zip",
        call(1, "click", selector="button"),
        snapshot(1, body(*START)),
        snapshot(1, body(*START, DIALOG), phase="action"),
        snapshot(2, body(*START, DIALOG), phase="after"),
    )
    assert read_session(trace).appearances == ()


def test_page_as_the_next_action_begins_is_the_last_one_looked_at(tmp_path: Path) -> None:
    trace = write_trace(
        tmp_path / "trace.zip",
        call(1, "click", selector="button"),
        snapshot(1, body(*START)),
        call(2, "click", selector="button", at=2990.0),
        snapshot(2, body(*START, DIALOG)),
        snapshot(3, body(*START, DIALOG, ["H2", {}, "Done"]), phase="after"),
    )
    found = read_session(trace).appearances
    assert [(item.name, item.since_s, item.time_s) for item in found] == [
        ("Add an order", 1.0, 1.99),
        ("Done", 1.99, 3.0),
    ]


def test_loading_of_a_page_is_no_appearance(tmp_path: Path) -> None:
    trace = write_trace(
        tmp_path / "trace.zip",
        call(1, "goto", url="http://localhost:8000/"),
        snapshot(1, body(*START)),
        snapshot(2, body(*START, DIALOG), phase="after"),
    )
    assert read_session(trace).appearances == ()


def test_page_that_is_too_large_is_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playwright_appearances, "MAX_LISTING_NODES", 5)
    assert appear(tmp_path, DIALOG) == ()


def test_looking_ends_when_its_work_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playwright_appearances, "MAX_SESSION_NODES", 8)
    assert appear(tmp_path, DIALOG) == ()


GOOD = lines(
    context(),
    call(1, "click", selector="button"),
    snapshot(1, body(*START)),
    snapshot(2, ["HTML", {}, ["BODY", {}, [[1, 1]], [[1, 3]], [[1, 5]], DIALOG]], phase="after"),
)
JUNK = st.sampled_from(['"', "[[1,1]]", "[[9,9]]", "{}", "[]", "null", "1e999", '"BODY"', '"\\ud800"'])


@settings(max_examples=80 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), JUNK), min_size=1, max_size=3))
def test_changed_trace_reads_or_says_why_not(tmp_path: Path, changes: list[tuple[int, str]]) -> None:
    data = GOOD
    for place, junk in changes:
        data = data[:place] + junk.encode() + data[place + len(junk) :]
    path = write_archive(tmp_path / "trace.zip", {"trace.trace": data})
    try:
        session = read_session(path)
    except UnreadableSource:
        return
    assert all(0 <= item.since_s <= item.time_s and item.name for item in session.appearances)


def test_dialogs_of_the_recorded_session_are_told(shared_footage: Path) -> None:
    session = read_session(shared_footage / "gui" / "playwright_dagster_materialize_batch" / "trace.zip")
    dialogs = [(item.name, item.parts) for item in session.appearances if item.role == "dialog"]
    assert dialogs[-2:] == [
        ("Launch runs to materialize raw_orders", 8),
        ("Add a partition for order_batch", 3),
    ]
