"""rrweb recordings: what a user did is told, what the page did is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataclaw_assets.raw_sources.formats.gui.rrweb import page_path, read_session
from dataclaw_assets.raw_sources.formats.gui.session import Action
from tests.raw_sources.formats.gui.made_rrweb import (
    BOX,
    CITY,
    FRAMED,
    NAME,
    PASSWORD,
    SEND,
    TERMS,
    TERMS_LABEL,
    TEXT,
    Event,
    changed,
    clicked,
    entered,
    happened,
    keyed,
    mouse,
    moved,
    opened,
    scrolled,
    write,
)


def told(tmp_path: Path, *events: Event | list[Event]) -> list[Action]:
    """The actions after the page's opening."""
    flat = [event for item in events for event in (item if isinstance(item, list) else [item])]
    actions = read_session(write(tmp_path / "log.json", [*opened(), *flat])).actions
    assert (actions[0].verb, actions[0].value) == ("navigate", "/form")
    return list(actions[1:])


def brief(actions: list[Action]) -> list[tuple[str, str | None, str | None]]:
    return [(action.verb, action.target.name if action.target else None, action.value) for action in actions]


def test_a_press_is_a_click_on_the_control_around_it(tmp_path: Path) -> None:
    (click,) = told(tmp_path, clicked(2, TEXT, 30.5, 40))
    assert (click.verb, click.start_s, click.end_s, click.point) == ("click", 2.0, 2.04, (30.5, 40.0))
    assert click.target is not None
    assert (click.target.role, click.target.name, click.target.box) == ("button", "Send it", None)
    assert click.page == "/form"


def test_two_clicks_and_a_double_click_are_one(tmp_path: Path) -> None:
    (action,) = told(tmp_path, clicked(2, SEND), clicked(2.2, SEND), mouse(2.25, 4, SEND))
    assert (action.verb, action.start_s, action.end_s) == ("double_click", 2.0, 2.25)


def test_a_third_click_makes_it_triple(tmp_path: Path) -> None:
    (action,) = told(tmp_path, clicked(2, SEND), clicked(2.2, SEND), mouse(2.25, 4, SEND), clicked(2.4, SEND))
    assert (action.verb, action.clicks, action.start_s) == ("click", 3, 2.0)


def test_a_menu_of_the_right_button_is_a_right_click(tmp_path: Path) -> None:
    events = mouse(2, 1, SEND), mouse(2.1, 0, SEND), mouse(2.1, 3, SEND)
    assert brief(told(tmp_path, *events)) == [("right_click", "Send it", None)]


def test_a_release_five_pixels_away_is_a_drag(tmp_path: Path) -> None:
    (drag,) = told(tmp_path, mouse(2, 1, BOX, 10, 10), mouse(2.5, 0, BOX, 13, 14), mouse(2.5, 2, BOX, 13, 14))
    assert (drag.verb, drag.point, drag.to) == ("drag", (10.0, 10.0), (13.0, 14.0))


def test_a_drag_of_the_browser_s_own_kind_needs_no_release(tmp_path: Path) -> None:
    trail = [{"x": 20, "y": 10, "id": 10, "timeOffset": -200}, {"x": 90, "y": 10, "id": 10, "timeOffset": 0}]
    (drag,) = told(tmp_path, mouse(2, 1, BOX, 10, 10), happened(2.5, 12, positions=trail))
    assert (drag.verb, drag.end_s, drag.to) == ("drag", 2.5, (90.0, 10.0))


@pytest.mark.parametrize(("held_s", "verb"), [(0.1, "click"), (0.6, "long_press")])
def test_a_finger_taps_or_presses_long_once(tmp_path: Path, held_s: float, verb: str) -> None:
    events = mouse(2, 7, SEND), mouse(2 + held_s, 9, SEND), *clicked(2.1 + held_s, SEND)
    assert brief(told(tmp_path, *events)) == [(verb, "Send it", None)]


def test_a_finger_that_slides_does_not_tap(tmp_path: Path) -> None:
    assert told(tmp_path, mouse(2, 7, SEND, 50, 50), mouse(2.1, 9, SEND, 50, 90)) == []


def test_a_tick_through_its_label_is_one_click_on_the_box(tmp_path: Path) -> None:
    passed_on = mouse(2.041, 2, TERMS), happened(2.042, 5, id=TERMS, text="on", isChecked=True)
    (click,) = told(tmp_path, clicked(2, TERMS_LABEL), *passed_on)
    assert click.target is not None
    assert (click.verb, click.target.role, click.target.name) == ("click", "checkbox", "I agree")


def test_a_click_without_a_press_is_a_key_s_or_the_page_s(tmp_path: Path) -> None:
    path = write(tmp_path / "log.json", [*opened(), *clicked(2, NAME), mouse(4, 2, SEND, 0, 0)])
    session = read_session(path)
    assert [action.verb for action in session.actions] == ["navigate", "click"]
    assert "clicks without a press, made by a key or by the page: 1" in session.notes


def test_a_recording_of_clicks_only_is_believed(tmp_path: Path) -> None:
    assert brief(told(tmp_path, mouse(2, 2, SEND))) == [("click", "Send it", None)]


def test_a_point_inside_a_frame_is_not_one_of_the_page(tmp_path: Path) -> None:
    (click,) = told(tmp_path, clicked(2, FRAMED))
    assert (click.verb, click.point) == ("click", None)


def test_letters_join_into_what_was_typed(tmp_path: Path) -> None:
    (typed,) = told(tmp_path, keyed(2, NAME, "Ines"))
    assert (typed.verb, typed.value, typed.start_s, typed.end_s) == ("type", "Ines", 2.0, 2.3)
    assert typed.target is not None
    assert (typed.target.role, typed.target.name) == ("textbox", "Your name")


def test_after_a_pause_only_what_was_added_is_told(tmp_path: Path) -> None:
    actions = told(tmp_path, keyed(2, NAME, "Ines"), keyed(5, NAME, " Okafor", before="Ines"))
    assert [action.value for action in actions] == ["Ines", " Okafor"]


def test_text_recorded_when_its_field_is_left_was_typed_before_what_came_next(tmp_path: Path) -> None:
    events = happened(2, 2, type=5, id=NAME), entered(4, CITY, "osl"), entered(6, NAME, "Ines")
    actions = told(tmp_path, *events, happened(6, 2, type=6, id=NAME))
    assert [(action.verb, action.start_s, action.end_s) for action in actions] == [
        ("type", 2.0, 4.0), ("select", 4.0, 4.0)
    ]  # fmt: skip


def test_what_the_page_enters_is_no_action(tmp_path: Path) -> None:
    by_page = entered(2, NAME, "Ines", userTriggered=False)
    elsewhere = [happened(3, 2, type=5, id=PASSWORD), entered(3.5, NAME, "Mara")]
    assert told(tmp_path, entered(0.05, NAME, "Ana"), by_page, elsewhere) == []


def test_a_page_that_empties_a_sent_field_leaves_what_was_typed(tmp_path: Path) -> None:
    actions = told(tmp_path, keyed(2, NAME, "Hello"), entered(2.9, NAME, ""), keyed(4, NAME, "Hello you"))
    assert [action.value for action in actions] == ["Hello", "Hello you"]


def test_an_option_is_selected(tmp_path: Path) -> None:
    assert brief(told(tmp_path, entered(2, CITY, "osl"))) == [("select", "City", "osl")]


@pytest.mark.parametrize("text", ["hunter2", "*******"])
def test_a_password_is_redacted(tmp_path: Path, text: str) -> None:
    assert brief(told(tmp_path, keyed(2, PASSWORD, text))) == [("type", "Password", "[redacted]")]


def test_a_password_stays_secret_when_shown_and_when_its_field_is_gone(tmp_path: Path) -> None:
    shown = changed(1, attributes=[{"id": PASSWORD, "attributes": {"type": "text", "placeholder": "Word"}}])
    gone = changed(4, removes=[{"parentId": 10, "id": PASSWORD}])
    assert brief(told(tmp_path, shown, keyed(2, PASSWORD, "hunter2"), gone)) == [
        ("type", "Word", "[redacted]")
    ]


def test_a_masked_text_is_redacted(tmp_path: Path) -> None:
    assert brief(told(tmp_path, entered(2, NAME, "****"))) == [("type", "Your name", "[redacted]")]


def test_scroll_events_join_until_the_way_changes(tmp_path: Path) -> None:
    actions = told(tmp_path, scrolled(2, 100), scrolled(2.1, 300), scrolled(2.9, 400), scrolled(3.2, 350))
    assert [(action.value, action.start_s, action.end_s) for action in actions] == [
        ("down", 2.0, 2.9), ("up", 3.2, 3.2)
    ]  # fmt: skip


def test_the_page_s_own_scrolls_are_no_actions(tmp_path: Path) -> None:
    actions = told(tmp_path, scrolled(0.08, 100), clicked(2, SEND), scrolled(2.06, 300), scrolled(2.16, 500))
    assert [action.verb for action in actions] == ["click"]


def test_a_rest_on_what_reacts_is_a_hover(tmp_path: Path) -> None:
    (hover,) = told(tmp_path, moved(2, BOX, 70, 80), moved(2.5, 31), moved(3.5, NAME), moved(3.6, 31))
    assert (hover.verb, hover.start_s, hover.end_s, hover.point) == ("hover", 2.0, 2.5, (70.0, 80.0))
    assert brief([hover]) == [("hover", "Offer", None)]


@pytest.mark.parametrize(
    "after",
    [clicked(3, BOX), keyed(3, NAME, "a"), [scrolled(3, 200)], [moved(2.2, 31)]],
    ids=["clicked", "typed", "scrolled", "passed"],
)
def test_a_rest_before_something_else_is_done_is_no_hover(tmp_path: Path, after: list[Event]) -> None:
    actions = told(tmp_path, moved(2, BOX), after, moved(5, 31))
    assert "hover" not in [action.verb for action in actions]


def test_a_click_that_opens_a_page_is_the_click_only(tmp_path: Path) -> None:
    actions = told(tmp_path, clicked(2, SEND), opened(3, "https://shop.example/done"), clicked(4, NAME))
    assert [(action.verb, action.page) for action in actions] == [("click", "/form"), ("click", "/done")]


def test_a_name_follows_the_page_s_changes(tmp_path: Path) -> None:
    added = {"parentId": 24, "nextId": 29, "node": {"type": 3, "textContent": "Now ", "id": 90}}
    changes = changed(1, texts=[{"id": TEXT, "value": "sent"}], adds=[added])
    assert brief(told(tmp_path, changes, clicked(2, SEND))) == [("click", "Now sent", None)]


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("https://a.example/b/c?token=1#d", "/b/c"),
        ("http://127.0.0.1:3413", "/"),
        ("file:///home/mara/page.html", "/page.html"),
        ("https://a.example/reset/ghp_abcdefghij0123456789", "/reset/[redacted]"),
        ("about:blank", None),
        ("http://[", None),
        (7, None),
    ],
)
def test_of_an_address_only_the_path_is_kept(href: Any, path: str | None) -> None:
    assert page_path(href) == path


def test_the_reference_recording_tells_what_its_user_did(shared_footage: Path) -> None:
    folder = shared_footage / "gui" / "rrweb_shop_buy_kettle"
    verbs = {"goto": "navigate", "fill": "type", "check": "click"}
    truth = json.loads((folder / "truth.json").read_text())["actions"]
    wanted = [verbs.get(row["action"], row["action"]) for row in truth if row["action"] != "press"]
    actions = read_session(folder / "rrweb_events.json").actions
    assert [action.verb for action in actions] == wanted


def test_the_reference_recording_names_targets_and_values(shared_footage: Path) -> None:
    folder = shared_footage / "gui" / "rrweb_shop_buy_kettle"
    truth = [
        row for row in json.loads((folder / "truth.json").read_text())["actions"] if row["action"] != "press"
    ]
    actions = read_session(folder / "rrweb_events.json").actions
    for action, row in list(zip(actions, truth, strict=True))[1:]:
        assert (action.target.name if action.target else None) == row.get("text")
        if action.verb in ("type", "select"):
            assert action.value == row["value"]


def test_both_recordings_of_the_session_agree(shared_footage: Path) -> None:
    playwright = pytest.importorskip("dataclaw_assets.raw_sources.formats.gui.playwright")
    folder = shared_footage / "gui" / "rrweb_shop_buy_kettle"
    driven = [action.verb for action in playwright.read_session(folder / "trace.zip").actions]
    recorded = [action.verb for action in read_session(folder / "rrweb_events.json").actions]
    assert recorded == [verb for verb in driven if verb not in ("key", "hotkey")]


@pytest.mark.parametrize(
    ("name", "verbs"),
    [
        ("hover", ["click"]),
        ("input", ["navigate", "select", "select", "type"]),
        ("ordering", ["navigate"]),
        ("scroll", ["navigate", "scroll", "scroll"]),
    ],
)
def test_rrweb_s_own_test_events_read(shared_footage: Path, name: str, verbs: list[str]) -> None:
    session = read_session(shared_footage / "gui" / f"rrweb_{name}.json")
    assert [action.verb for action in session.actions] == verbs
