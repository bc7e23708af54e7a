"""Secrets in Playwright traces: fields that hold them, and that nothing repeats them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dataclaw_assets.raw_sources.formats.gui.playwright import read_session
from dataclaw_assets.raw_sources.formats.gui.session import Session
from tests.raw_sources.formats.gui.made_traces import body, call, context, marked, snapshot, write_trace


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the archive of one test is written."""
    return tmp_path / "trace.zip"


def told(session: Session) -> list[tuple[str, str | None]]:
    return [(action.verb, action.value) for action in session.actions]


def fill(number: int, html: Any, value: str, **params: Any) -> list[Any]:
    begun, ended = call(number, "fill", selector="#field", value=value, **params)
    return [begun, snapshot(number, html), ended]


@pytest.mark.parametrize(
    "attributes",
    [
        {"type": "password"},
        {"name": "api_key"},
        {"autocomplete": "one-time-code"},
        {"placeholder": "Card number"},
    ],
)
def test_what_is_filled_into_a_secret_field_is_redacted(path: Path, attributes: dict[str, str]) -> None:
    session = read_session(write_trace(path, *fill(1, body(marked("INPUT", **attributes)), "open sesame")))
    assert told(session) == [("type", "[redacted]")]


def test_a_label_makes_a_field_secret(path: Path) -> None:
    html = body(["LABEL", {"for": "p"}, "PIN"], marked("INPUT", id="p"))
    assert told(read_session(write_trace(path, *fill(1, html, "2468")))) == [("type", "[redacted]")]


@pytest.mark.parametrize("selector", ["#pass", "input[name=pwd]", 'internal:label="Password"i', "#api_key"])
def test_a_selector_makes_a_field_secret_without_snapshots(path: Path, selector: str) -> None:
    session = read_session(write_trace(path, call(1, "fill", selector=selector, value="open sesame")))
    assert told(session) == [("type", "[redacted]")]


def test_a_secret_is_taken_out_wherever_it_is_said_again(path: Path) -> None:
    said = call(2, "click", selector='internal:text="open-sesame is your password"i')
    shown = snapshot(2, body(), url="http://localhost/reset/open-sesame")
    events = [*fill(1, body(marked("INPUT", type="password")), "open-sesame"), said[0], shown, said[1]]
    assert (
        "sesame"
        not in read_session(write_trace(path, context(title="open-sesame"), *events)).model_dump_json()
    )


def test_typing_by_keyboard_after_a_click_into_a_secret_field_is_redacted(path: Path) -> None:
    begun, ended = call(1, "click", selector="#a")
    html = body(marked("INPUT", type="password"))
    typed = call(2, "keyboardType", "Page", text="open sesame")
    letters = [call(number, "keyboardPress", "Page", key="x") for number in (3, 4)]
    session = read_session(write_trace(path, begun, snapshot(1, html), ended, typed, *letters))
    assert told(session)[1:] == [("type", "[redacted]"), ("key", "[redacted]"), ("key", "[redacted]")]


def test_typing_that_changes_a_secret_field_is_redacted(path: Path) -> None:
    begun, ended = call(1, "keyboardType", "Page", text="ses")
    empty = body(["INPUT", {"type": "password", "__playwright_value_": ""}])
    full = body(["INPUT", {"type": "password", "__playwright_value_": "ses"}])
    session = read_session(write_trace(path, begun, snapshot(1, empty), snapshot(1, full, "after"), ended))
    assert told(session) == [("type", "[redacted]")]


def test_typing_after_a_tab_is_redacted_where_no_snapshot_shows_the_field(path: Path) -> None:
    calls = [
        call(1, "fill", selector="#user", value="mara"),
        call(2, "press", selector="#user", key="Tab"),
        call(3, "keyboardType", "Page", text="open sesame"),
    ]
    assert told(read_session(write_trace(path, *calls)))[2] == ("type", "[redacted]")


def test_a_key_typed_into_a_plain_field_is_redacted(path: Path) -> None:
    value = "use ghp_abcdefghij0123456789 here"
    session = read_session(write_trace(path, call(1, "fill", selector="#note", value=value)))
    assert told(session) == [("type", "use [redacted] here")]


def test_pictures_that_may_show_a_secret_are_noted_until_the_page_is_left(path: Path) -> None:
    left = call(3, "click", selector="#b")
    events = [*fill(1, body(marked("INPUT", name="token")), "open sesame"), left[0]]
    events += [snapshot(3, body(), url="http://localhost:8000/next"), left[1]]
    notes = read_session(write_trace(path, *events)).notes
    assert notes == ("pictures from 1.00 s to 3.10 s may show a secret",)


def test_a_field_that_shows_dots_gives_no_such_note(path: Path) -> None:
    html = body(marked("INPUT", type="password"))
    assert read_session(write_trace(path, *fill(1, html, "open sesame"))).notes == ()


def test_a_hidden_token_of_the_page_makes_no_typing_secret(path: Path) -> None:
    begun, ended = call(1, "type", selector="#a", text="hello")
    hidden = ["INPUT", {"type": "hidden", "name": "csrf_token", "__playwright_value_": "0123"}]
    typed = [begun, snapshot(1, body(marked("INPUT"))), snapshot(1, body(hidden), "after"), ended]
    session = read_session(write_trace(path, *typed))
    assert (told(session), session.notes) == ([("type", "hello")], ())


def test_keys_pressed_in_a_field_that_shows_dots_give_no_note(path: Path) -> None:
    begun, ended = call(1, "click", selector="#a")
    html = body(marked("INPUT", type="password"))
    letter = call(2, "keyboardPress", "Page", key="x")
    session = read_session(write_trace(path, begun, snapshot(1, html), ended, letter))
    assert (told(session)[1], session.notes) == (("key", "[redacted]"), ())


def test_a_field_that_is_made_to_show_its_secret_is_noted(path: Path) -> None:
    begun, ended = call(2, "click", selector="#eye")
    shown = body(["INPUT", {"type": "text", "__playwright_value_": "open sesame"}])
    typed = fill(1, body(marked("INPUT", type="password")), "open sesame")
    after = snapshot(1, body(["INPUT", {"type": "password", "__playwright_value_": "open sesame"}]), "after")
    session = read_session(write_trace(path, *typed, after, begun, snapshot(2, shown, "after"), ended))
    assert session.notes == ("pictures from 2.00 s to 2.10 s may show a secret",)
