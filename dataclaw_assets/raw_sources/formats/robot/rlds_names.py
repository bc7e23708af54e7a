"""Names the channels of an RLDS feature: by what its builder says of their order, else by their position."""

from __future__ import annotations

import re

TEMPLATES = ("door opening angle", "2x gripper velocities, 1x terminate episode")
"""From the doc strings of the example that most public builders started from (`rlds_dataset_builder`). Many
kept them over other numbers: they say nothing."""

MAX_NAME = 48
MAX_WORDS = 5
"""More words than this are a sentence, not the name of a channel."""

_LIST = re.compile(r"\[([^\[\]]{1,600})\]|\(((?:\d{1,3}\s?[dD]|x, ?y)\b[^()]{1,600})\)")
"""A list in brackets; in parentheses if it begins with a count or an axis: `(3D position, 1D gripper)`."""

_PART = re.compile(r"\s*(?:(\d{1,3})\s?[xXdD]?\s+)?([^()]*?)\s*(?:\(([^()]*)\))?\s*\.?\s*")
_COMMA = re.compile(r",(?![^()]*\))")
_DERIVED = re.compile(r"vel|delta|force|torque|effort|accel|\bd[xyz]\b", re.IGNORECASE)
_AXES = frozenset("xyz")


def name_channels(key: str, width: int, doc: str) -> list[str]:
    """A name for each channel of a feature.

    A scalar is its key. Otherwise the doc string names them when it holds exactly one list whose counts add
    up to the width ("[3x position, 4x quaternion]" gives `state.position[0]`, …); else they are numbered,
    `state[0]`. Many doc strings are left over from another set: one that does not fit is not believed at all.
    """
    if width == 1:
        return [key]
    return _name_by_doc(key, width, doc) or [f"{key}[{at}]" for at in range(width)]


def _name_by_doc(key: str, width: int, doc: str) -> list[str] | None:
    if any(template in doc for template in TEMPLATES):
        return None
    found = [names for listed in _LIST.findall(doc) if (names := _name_parts("".join(listed)))]
    if len(found) != 1 or len(found[0]) != width or len(set(found[0])) != width:
        return None
    names = found[0]
    if _DERIVED.search(f"{key} {doc}") and any(name.rpartition(".")[2] in _AXES for name in names):
        return None  # x, y and z of a velocity would be read as a place
    return [f"{key}.{name}" for name in names]


def _name_parts(listed: str) -> list[str] | None:
    """The names that a list gives; None when a part of it is no name with a count."""
    names: list[str] = []
    for part in _COMMA.split(listed):
        found = _PART.fullmatch(part)
        label = _as_label(found[2]) if found else ""
        if not found or not label[:1].isalpha() or len(found[2].split()) > MAX_WORDS:
            return None
        count = int(found[1]) if found[1] else None
        inner = [_as_label(name) for name in found[3].split(",")] if found[3] else []
        if all(inner) and len(inner) > 1 and count in (None, len(inner)):
            names += [f"{label}.{name}" for name in inner]
        elif count in (None, 1):
            names.append(label)
        else:
            names += [f"{label}[{at}]" for at in range(count or 0)]
    return names


def _as_label(text: str) -> str:
    label = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:MAX_NAME]
    return _name_gripper(label) if "gripper" in label else label


def _name_gripper(label: str) -> str:
    """The label; `gripper_position` for one that does not say which way the gripper opens: a bare `gripper`
    is taken to grow as it opens."""
    if re.search(r"vel|force|torque|effort|current|qpos", label):
        return label
    if bool(re.search(r"open|width|apert", label)) != ("clos" in label):
        return label
    before, _, _ = label.partition("gripper")
    return f"{before}gripper_position"
