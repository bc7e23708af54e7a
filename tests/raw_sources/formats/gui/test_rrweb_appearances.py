"""What comes on a page after something is done in an rrweb recording, by its mutations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui import rrweb_appearances
from dataclaw_assets.raw_sources.formats.gui.rrweb import read_session
from dataclaw_assets.raw_sources.formats.gui.session import Appearance
from tests.fuzzing import TIMES
from tests.raw_sources.formats.gui.made_rrweb import (
    BOX,
    SEND,
    at,
    changed,
    clicked,
    element,
    entered,
    opened,
    words,
    write,
)

BODY = 10
STYLE = ".later { color: red; display: none }"


def add(time_s: float, *nodes: dict[str, Any], parent: int = BODY) -> dict[str, Any]:
    return changed(time_s, adds=[{"parentId": parent, "nextId": None, "node": node} for node in nodes])


def heading(node_id: int, text: str, **attributes: Any) -> dict[str, Any]:
    return element(node_id, "h2", words(node_id + 1, text), **attributes)


def dialog(node_id: int = 50) -> dict[str, Any]:
    return element(
        node_id, "div", heading(node_id + 1, "Are you sure?"),
        element(node_id + 3, "button", words(node_id + 4, "Yes")), role="dialog",
    )  # fmt: skip


def read(tmp_path: Path, *events: Any) -> tuple[Appearance, ...]:
    flat = [event for item in events for event in (item if isinstance(item, list) else [item])]
    return read_session(write(tmp_path / "log.json", [*opened(), *flat])).appearances


def names(found: tuple[Appearance, ...]) -> list[str]:
    return [item.name for item in found]


def test_dialog_that_a_click_opens_appears(tmp_path: Path) -> None:
    assert read(tmp_path, clicked(2.0, SEND), add(2.1, dialog()), add(2.2, words(80, "."))) == (
        Appearance(since_s=2.1, time_s=2.2, role="dialog", name="Are you sure?", parts=2, page="/form"),
    )


@pytest.mark.parametrize(
    "node",
    [
        element(50, "div", heading(51, "Hello"), style="display:none"),
        element(50, "div", heading(51, "Hello"), hidden=""),
        element(50, "div", heading(51, "Hello"), aria_hidden="true"),
        element(50, "details", heading(51, "Hello")),
        element(50, "template", heading(51, "Hello")),
        element(50, "select", element(51, "option", words(52, "Oslo"))),
        element(50, "div", words(51, "diary"), role="textbox"),
        element(50, "p", words(51, "Some more text")),
        heading(50, "★"),
        heading(50, "Hello", class_="later big"),
    ],
)
def test_what_nobody_sees_or_names_does_not_appear(tmp_path: Path, node: dict[str, Any]) -> None:
    style = add(1.0, element(90, "style", words(91, STYLE)))
    assert read(tmp_path, style, clicked(2.0, SEND), add(2.1, node)) == ()


@pytest.mark.parametrize("change", [{"style": {"display": "block"}}, {"style": "color:red"}])
def test_what_is_shown_appears(tmp_path: Path, change: dict[str, Any]) -> None:
    hidden = add(1.0, heading(50, "Hello", style="display:none"))
    shown = changed(2.1, attributes=[{"id": 50, "attributes": change}])
    assert names(read(tmp_path, hidden, clicked(2.0, SEND), shown)) == ["Hello"]


def test_list_drawn_again_is_not_new(tmp_path: Path) -> None:
    again = changed(
        2.1,
        removes=[{"parentId": BODY, "id": SEND}],
        adds=[{"parentId": BODY, "nextId": None, "node": element(60, "button", words(61, "Send it"))}],
    )
    assert read(tmp_path, clicked(2.0, BOX), again) == ()


def test_what_a_page_builds_before_anything_is_done_is_not_new(tmp_path: Path) -> None:
    assert read(tmp_path, add(0.5, dialog())) == ()


def test_what_a_page_builds_after_it_is_loaded_again_is_not_new(tmp_path: Path) -> None:
    loaded = opened(3.0, "https://shop.example/other")
    assert read(tmp_path, clicked(2.0, SEND), loaded, add(3.1, dialog())) == ()


def test_what_comes_in_steps_is_told_of_its_own_action(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        clicked(2.0, SEND), add(2.1, heading(50, "Step one")),
        entered(3.0, 20, "Mara"), add(3.0, heading(60, "Step two")),
    )  # fmt: skip
    assert [(item.name, item.since_s) for item in found] == [("Step one", 2.1), ("Step two", 3.0)]


def test_page_that_never_rests_is_looked_at(tmp_path: Path) -> None:
    ticks = [add(2.2 + index / 10, words(100 + index, "tick")) for index in range(30)]
    (item,) = read(tmp_path, clicked(2.0, SEND), add(2.1, dialog()), ticks)
    assert item.time_s <= 3.2


def test_secret_in_a_name_is_redacted(tmp_path: Path) -> None:
    key = heading(50, "Your key is ghp_abcdefghijklmnopqrstuvwxyz0123456789")
    assert names(read(tmp_path, clicked(2.0, SEND), add(2.1, key))) == ["Your key is [redacted]"]


def test_page_that_is_too_large_is_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rrweb_appearances, "MAX_LISTING_NODES", 5)
    assert read(tmp_path, clicked(2.0, SEND), add(2.1, dialog())) == ()


def test_end_of_looking_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rrweb_appearances, "MAX_SESSION_NODES", 5)
    events = [*opened(), *clicked(2.0, SEND), add(2.1, dialog())]
    session = read_session(write(tmp_path / "log.json", events))
    assert any("look for what appears" in note for note in session.notes)


GOOD = json.dumps(
    [*opened(), *clicked(2.0, SEND), add(2.1, dialog()), at(4.0, 3, source=0, removes=[{"id": 50}])]
)
JUNK = st.sampled_from(['"', "-1", "{}", "[]", "null", "1e999", '"display"', '"\\ud800"', ":", "7"])


@settings(max_examples=80 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), JUNK), min_size=1, max_size=3))
def test_changed_recording_reads_or_says_why_not(tmp_path: Path, changes: list[tuple[int, str]]) -> None:
    text = GOOD
    for place, junk in changes:
        text = text[:place] + junk + text[place + len(junk) :]
    path = tmp_path / "log.json"
    path.write_text(text)
    try:
        session = read_session(path)
    except UnreadableSource:
        return
    assert all(0 <= item.since_s <= item.time_s and item.name for item in session.appearances)


def test_shop_of_the_footage_says_what_came(shared_footage: Path) -> None:
    session = read_session(shared_footage / "gui" / "rrweb_shop_buy_kettle" / "rrweb_events.json")
    assert names(session.appearances) == ["Go to checkout", "Thank you, Ines Okafor"]
