"""What of a GUI session must not be repeated: text typed into secret fields, and what looks like a key."""

from __future__ import annotations

import re

from dataclaw_assets.raw_sources.formats.gui.redaction import REDACTED, names_secret, redact
from dataclaw_assets.raw_sources.formats.gui.session import Action, Appearance, Session, Target

MAX_NAME = 200
"""Letters of a name: longer ones are whole paragraphs that a log took for a name."""

_LOGIN_FIELD = re.compile(
    r"user|e-?mail|log.?in|sign.?in|account|phone|benutzer|anmelde|utilisateur|identifiant|usu[aá]ri|用户|ユーザ",
    re.IGNORECASE,
)
"""Fields that a password field follows."""


def hide_secrets(session: Session) -> Session:
    """The session with every secret replaced by `[redacted]`, names on one line and cut to `MAX_NAME`.

    Text belongs to the field it was typed into: the action's own target, else the last thing pointed at. Tab
    moves on to a field that the log does not name; what is typed there after a field of a login is a secret.
    """
    field: str | None = None
    unnamed = False
    actions = []
    for action in session.actions:
        name = action.target.name if action.target else None
        if name or action.point:
            field, unnamed = name, False
        value, moved = _hide_value(action, names_secret(field) or unnamed, _is_login(field))
        actions.append(
            action.model_copy(
                update={
                    "value": value,
                    "target": _clean_target(action.target),
                    "page": clean_page(action.page),
                }
            )
        )
        if moved:
            field, unnamed = None, unnamed or _is_login(field)
        elif action.verb == "key" and (action.value or "").lower() in {"enter", "return"}:
            unnamed = False
    appearances = (_clean_appearance(item) for item in session.appearances)
    update = {
        "actions": tuple(actions),
        "task": clean_text(session.task),
        "appearances": tuple(item for item in appearances if item.name),
    }
    return session.model_copy(update=update)


def clean_text(text: str | None) -> str | None:
    """Text that can be stored and shown: secrets out, halves of surrogate pairs replaced, on one line."""
    if text is None:
        return None
    return redact(" ".join(text.encode("utf-8", "replace").decode().split())) or None


def clean_page(page: str | None) -> str | None:
    """A page's path, cleaned part by part: a long path is no key, but a part of it may be. None for the blank
    page that a browser begins with."""
    if page is None or page.strip() in {"", "blank", "about:blank"}:
        return None
    return "/".join(clean_text(part) or "" for part in page.split("/"))[:MAX_NAME] or None


def _hide_value(action: Action, secret: bool, login: bool) -> tuple[str | None, bool]:
    """The value that may be repeated, and whether the action moved on to a field that is not named."""
    value = action.value
    if value is None:
        return None, False
    value = value.encode("utf-8", "replace").decode()
    if action.verb == "type":
        kept, tab, rest = value.partition("\t")
        if secret:
            return REDACTED, bool(tab)
        if tab and login:
            return f"{redact(kept)}\t{REDACTED}" if rest else redact(value), True
        return redact(value), bool(tab)
    if action.verb in {"key", "hotkey"}:
        # One letter pressed in a secret field is a part of it; Enter, Tab and ctrl+v are not.
        letter = value.rsplit("+", 1)[-1]
        return REDACTED if secret and len(letter) == 1 and not _is_shortcut(value) else value, _is_tab(value)
    if action.verb == "navigate":
        return clean_page(value), False
    return REDACTED if secret and action.verb == "select" else redact(value), False


def _is_shortcut(keys: str) -> bool:
    return any(held in {"ctrl", "control", "alt", "cmd", "meta"} for held in keys.lower().split("+")[:-1])


def _is_tab(keys: str) -> bool:
    return keys.lower() in {"tab", "shift+tab"}


def _is_login(field: str | None) -> bool:
    return bool(field and _LOGIN_FIELD.search(field))


def _clean_appearance(item: Appearance) -> Appearance:
    role, name = clean_text(item.role) or "", clean_text(item.name) or ""
    return item.model_copy(
        update={"role": role[:MAX_NAME], "name": name[:MAX_NAME], "page": clean_page(item.page)}
    )


def _clean_target(target: Target | None) -> Target | None:
    if target is None:
        return None
    name, role = clean_text(target.name), clean_text(target.role)
    return target.model_copy(update={"name": name and name[:MAX_NAME], "role": role and role[:MAX_NAME]})
