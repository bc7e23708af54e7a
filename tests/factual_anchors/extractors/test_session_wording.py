"""Sentences about actions: each is plain English and says no more than the log."""

from __future__ import annotations

from typing import Any

import pytest

from dataclaw_assets.factual_anchors.extractors.session_wording import (
    MAX_QUOTE,
    quote,
    say_action,
    say_page,
    say_role,
)
from tests.factual_anchors.made_sessions import act

AT: dict[str, Any] = {"point": (20.4, 30.0)}
USER: dict[str, Any] = {"name": "User", "role": "textbox"}
TEAM: dict[str, Any] = {"name": "Team", "role": "combobox"}


@pytest.mark.parametrize(
    ("verb", "more", "said"),
    [
        ("click", {"name": "Sign in", "role": "button", **AT}, "clicked the button “Sign in” at (20, 30)"),
        ("click", {"name": "Sign in"}, "clicked “Sign in”"),
        ("click", {"role": "button"}, "clicked a button"),
        ("click", {"role": "option"}, "clicked an option"),
        ("click", AT, "clicked at (20, 30)"),
        ("click", {"clicks": 3, **AT}, "triple-clicked at (20, 30)"),
        ("click", {"button": "middle", **AT}, "clicked with the middle button at (20, 30)"),
        ("double_click", {"name": "a", "role": "ListItemControl"}, "double-clicked the list item “a”"),
        ("hover", {"name": "price_list", "role": "link"}, "hovered over the link “price_list”"),
        ("hover", AT, "hovered at (20, 30)"),
        ("drag", {"to": (1.0, 2.0), **AT}, "dragged from (20, 30) to (1, 2)"),
        ("type", {"value": "mara", **USER}, "typed “mara” into the text box “User”"),
        ("type", {"value": "mara"}, "typed “mara”"),
        ("type", {"value": "[redacted]", **USER}, "typed a secret into the text box “User”"),
        ("key", {"value": "[redacted]"}, "pressed a key"),
        ("key", {"value": "Enter", **USER}, "pressed the key “Enter” in the text box “User”"),
        ("hotkey", {"value": "ctrl+s"}, "pressed “ctrl+s”"),
        ("scroll", {"value": "down", **AT}, "scrolled down at (20, 30)"),
        ("scroll", {}, "scrolled"),
        ("scroll", {"value": "down", "to": (1.0, 2.0), **AT}, "scrolled down from (20, 30) to (1, 2)"),
        ("select", {"value": "fin", **TEAM}, "selected “fin” in the drop-down list “Team”"),
        ("navigate", {"value": "/assets"}, "went to the page “/assets”"),
        ("wait", {}, "waited"),
    ],
)  # fmt: skip
def test_action_is_said_in_plain_words(verb: str, more: dict[str, Any], said: str) -> None:
    assert say_action(act(verb, **more)) == said


def test_quotation_is_one_line_and_bounded() -> None:
    assert quote("a\n b") == "“a b”"
    assert len(quote("x" * 5000)) == MAX_QUOTE + 2


@pytest.mark.parametrize(
    ("role", "words"),
    [("EditControl", "text box"), ("ListItemControl", "list item"), ("menuitem", "menu item"), (None, "")],
)
def test_role_is_said_in_plain_words(role: str | None, words: str) -> None:
    assert say_role(role) == words


def test_app_is_not_called_a_page() -> None:
    assert (say_page("/orders"), say_page("Settings")) == ("the page “/orders”", "“Settings”")
