"""Plain sentences about what a user did, as a log states it."""

from __future__ import annotations

import re

from dataclaw_assets.raw_sources.formats.gui.redaction import REDACTED
from dataclaw_assets.raw_sources.formats.gui.session import Action, Target

MAX_QUOTE = 120
"""Letters of a quotation in a sentence; the anchor's value holds the whole."""

_VERBS = {
    "click": "clicked",
    "double_click": "double-clicked",
    "right_click": "right-clicked",
    "long_press": "long-pressed",
    "hover": "hovered over",
    "drag": "dragged",
}
"""Verbs whose object is the target."""

_ROLES = {
    "textbox": "text box",
    "edit": "text box",
    "searchbox": "search box",
    "combobox": "drop-down list",
    "combo box": "drop-down list",
    "listbox": "list",
    "menuitem": "menu item",
    "listitem": "list item",
    "treeitem": "tree item",
    "gridcell": "cell",
    "radio": "radio button",
    "img": "picture",
    "image": "picture",
    "spinbutton": "number box",
    "pane": "pane",
}
"""Roles of ARIA and of Windows' accessibility tree whose names are not plain words."""


def say_action(action: Action) -> str:
    """What the user did, in the past tense: `typed “mara” into the text box “User name”`."""
    what = say_target(action.target)
    value = _say_value(action.value)
    match action.verb:
        case "type":
            said = f"typed {value or 'something'}" + (f" into {what}" if what else "")
        case "key":
            said = f"pressed {_say_key(action.value)}" + (f" in {what}" if what else "")
        case "hotkey":
            said = f"pressed {value or 'some keys'}" + (f" in {what}" if what else "")
        case "select":
            said = f"selected {value or 'something'}" + (f" in {what}" if what else "")
        case "scroll":
            said = " ".join(filter(None, ["scrolled", action.value])) + (f" in {what}" if what else "")
        case "navigate":
            said = f"went to the page {value}" if value else "went to another page"
        case "wait":
            said = "waited"
        case _:
            said = " ".join(filter(None, [_say_verb(action, what), what]))
    return said + _say_place(action)


def say_target(target: Target | None) -> str | None:
    """What was acted on: `the button “Sign in”`, `“Sign in”`, `a button`; None when the log names nothing."""
    if target is None or not (target.name or target.role):
        return None
    role = say_role(target.role)
    if target.name is None:
        return f"{'an' if role[0] in 'aeiou' else 'a'} {role}" if role else None
    return f"the {role} {quote(target.name)}" if role else quote(target.name)


def say_role(role: str | None) -> str:
    """A role in plain words: `ListItemControl` and `listitem` are both a list item."""
    if not role:
        return ""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\-.]+", " ", role.removesuffix("Control")).lower().strip()
    return _ROLES.get(words, words)[:40]


def say_page(page: str) -> str:
    """A page by its path, else an app by its name."""
    return f"the page {quote(page)}" if "/" in page else quote(page)


def quote(text: str) -> str:
    """A quotation on one line, cut to `MAX_QUOTE`."""
    flat = " ".join(text.split()) or text
    return f"“{flat if len(flat) <= MAX_QUOTE else flat[: MAX_QUOTE - 1] + '…'}”"


def count_times(number: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _say_value(value: str | None) -> str | None:
    if value == REDACTED:
        return "a secret"
    return quote(value) if value else None


def _say_key(value: str | None) -> str:
    return f"the key {quote(value)}" if value and value != REDACTED else "a key"


def _say_verb(action: Action, what: str | None) -> str:
    if action.verb == "hover" and what is None:
        return "hovered"
    if action.verb == "click" and action.clicks > 1:
        return "triple-clicked" if action.clicks == 3 else f"clicked {count_times(action.clicks)} on"
    return _VERBS[action.verb]


def _say_place(action: Action) -> str:
    button = f" with the {action.button} button" if action.button else ""
    if action.point is None:
        return button
    x, y = action.point
    if action.to is None:
        return f"{button} at ({x:.0f}, {y:.0f})"
    return f"{button} from ({x:.0f}, {y:.0f}) to ({action.to[0]:.0f}, {action.to[1]:.0f})"
