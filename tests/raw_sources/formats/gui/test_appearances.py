"""What is new on a page: which listings give an appearance, and which only look like one."""

from __future__ import annotations

import pytest

from dataclaw_assets.raw_sources.formats.gui import appearances
from dataclaw_assets.raw_sources.formats.gui.appearances import (
    MAX_AT_ONCE,
    Listing,
    Seen,
    Watch,
    is_hidden,
    is_name,
    read_once,
)

PAGE = [Seen("heading", "Orders", None), Seen("button", "New order", None), Seen("link", "Help", None)]


def watch(*listings: list[Seen], step_s: float = 1.0) -> list[tuple[str, str, int]]:
    """What came over these listings, the first of which was there before."""
    seen = Watch()
    seen.begin(listings[0])
    for index, listing in enumerate(listings[1:]):
        seen.see(listing, index * step_s, (index + 1) * step_s, "/")
    seen.end()
    return [(item.role, item.name, item.parts) for item in seen.found]


def test_dialog_is_one_appearance_that_counts_its_parts() -> None:
    dialog = [Seen("dialog", "Add an order", None), Seen("textbox", "Name", 3), Seen("button", "Save", 3)]
    assert watch(PAGE, [*PAGE, *dialog]) == [("dialog", "Add an order", 2)]


def test_what_a_thing_without_a_name_holds_is_told_itself() -> None:
    menu = [Seen("menu", "", None), Seen("menuitem", "Copy", 3)]
    assert watch(PAGE, [*PAGE, *menu]) == [("menuitem", "Copy", 0)]


def test_list_drawn_again_is_not_new() -> None:
    assert watch(PAGE, [PAGE[2], *PAGE[:2], PAGE[1]]) == []


def test_counter_that_ticks_is_not_new() -> None:
    before = [*PAGE, Seen("row", "Run 7 started 3 s ago", None)]
    assert watch(before, [*PAGE, Seen("row", "Run 7 started 41 s ago", None)]) == []


def test_row_beside_one_like_it_is_new() -> None:
    before = [*PAGE, Seen("row", "Run 7 done", None)]
    assert watch(before, [*before, Seen("row", "Run 8 done", None)]) == [("row", "Run 8 done", 0)]


def test_other_role_of_the_same_name_is_new() -> None:
    assert watch(PAGE, [*PAGE, Seen("tab", "Help", None)]) == [("tab", "Help", 0)]


def test_page_that_became_another_one_has_nothing_new() -> None:
    other = [Seen("heading", "Customers", None), Seen("button", "New customer", None), PAGE[2]]
    assert watch(PAGE, other, [*other, Seen("alert", "Saved", None)]) == []


def test_step_in_the_building_of_a_page_is_not_told() -> None:
    assert watch(PAGE, [*PAGE, Seen("status", "Loading", None)], PAGE, step_s=0.2) == []


def test_message_that_stood_for_a_second_is_told() -> None:
    assert watch(PAGE, [*PAGE, Seen("status", "Saved", None)], PAGE) == [("status", "Saved", 0)]


def test_name_that_is_still_being_counted_is_told_as_it_ends() -> None:
    first, last = Seen("checkbox", "Missing (2)", None), Seen("checkbox", "Missing (1)", None)
    assert watch(PAGE, [*PAGE, first], [*PAGE, last], step_s=0.2) == [("checkbox", "Missing (1)", 0)]


def test_what_comes_back_is_told_once() -> None:
    toast = [*PAGE, Seen("alert", "Saved", None)]
    assert watch(PAGE, toast, PAGE, toast) == [("alert", "Saved", 0)]


def test_nothing_is_told_before_something_is_begun() -> None:
    seen = Watch()
    seen.see(PAGE, 0.0, 1.0, "/")
    assert seen.found == []


def test_appearances_of_a_session_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appearances, "MAX_APPEARANCES", 2 * MAX_AT_ONCE)
    pages = [[*PAGE, *(Seen("row", f"r{turn} x{at}", None) for at in range(60))] for turn in range(4)]
    seen = Watch()
    for page in pages:
        seen.begin(PAGE)
        seen.see(page, 0.0, 1.0, "/")
        seen.end()
    assert len(seen.found) == 2 * MAX_AT_ONCE


def test_dialog_is_kept_of_more_than_can_be() -> None:
    rows = [Seen("row", f"Row x{at}", None) for at in range(MAX_AT_ONCE)]
    assert watch(PAGE, [*PAGE, *rows, Seen("dialog", "Sure?", None)])[-1] == ("dialog", "Sure?", 0)


def test_too_many_names_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appearances, "MAX_COMPARED", 3)
    old, new = ([Seen("row", f"{name} {letter}", None) for letter in "abc"] for name in ("Old", "New"))
    assert watch([*PAGE, *old], [*PAGE, *new]) == []


@pytest.mark.parametrize(
    ("attributes", "tag"),
    [
        ({"hidden": ""}, "div"),
        ({"aria-hidden": "TRUE"}, "div"),
        ({"style": "color: red; DISPLAY : none !important"}, "p"),
        ({"style": "visibility:hidden"}, "p"),
        ({}, "dialog"),
        ({"popover": "auto"}, "div"),
        ({"type": "hidden"}, "input"),
    ],
)
def test_what_says_that_it_is_hidden_is_not_seen(attributes: dict[str, str], tag: str) -> None:
    assert is_hidden(attributes, tag)


def test_last_word_of_a_style_counts() -> None:
    assert not is_hidden({"style": "display:none;display:block"}, "p")


@pytest.mark.parametrize("text", ["", None, "×", "12.40 €", "\ue5cd"])
def test_text_without_letters_is_no_name(text: str | None) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("Key Key key: key:", "Key key:"),
        ("Code location Code location", "Code location"),
        ("Save and close", "Save and close"),
        ("no nonsense", "no nonsense"),
    ],
)
def test_hidden_copy_in_a_name_is_read_once(text: str, once: str) -> None:
    assert read_once(text) == once


def test_dialog_without_a_name_goes_by_its_heading_rather_than_an_earlier_text() -> None:
    listing = Listing()
    place = listing.add("dialog", None, None)
    listing.add_text("Step 1", place)
    listing.add("heading", "Add an order", place)
    assert listing.close()[0] == Seen("dialog", "Add an order", None)


def test_dialog_without_a_heading_goes_by_its_first_text() -> None:
    listing = Listing()
    place = listing.add("dialog", None, None)
    assert listing.needs_title(place)
    for text in ("×", "Launch runs", "Cancel"):
        listing.add_text(text, place)
    assert listing.close()[0].name == "Launch runs"


def test_roles_that_nobody_names_are_not_listed() -> None:
    listing = Listing()
    assert listing.add("presentation", "Orders", None) is None
    assert listing.close() == []
