"""Page snapshots of a Playwright trace: what an action's target was, and which typed values are secret."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dataclaw_assets.raw_sources.formats.gui.playwright_nodes import (
    is_element,
    is_reference,
    list_elements,
    list_nodes,
    read_attributes,
)
from dataclaw_assets.raw_sources.formats.gui.redaction import names_secret

MAX_WALK_NODES = 100_000
"""Nodes of one snapshot that are looked at; references let a small file stand for an endless tree."""

MAX_SESSION_NODES = 5_000_000
"""Nodes of all snapshots together that are looked at, some seconds of work."""

MAX_NAME_CHARS = 80
KEPT_BYTES = 16 * 1024 * 1024
"""JSON of the parsed snapshots held at once; as objects they take some 20 times that."""

BYTES_PER_NODE = 100
"""Parsing a snapshot counts as looking at a node per so many bytes: it takes about as long."""

MIN_COPY_CHARS = 5
"""Shorter words are said twice on purpose (“bye bye”)."""

_NO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
_PHASES = ("action", "input", "before", "after")
"""Where the target is looked for: at the moment of the action first. `input` is what versions up to 9 say."""

_TARGET = "__playwright_target__"
_VALUE = "__playwright_value_"
_SECRET_AUTOCOMPLETE = {"current-password", "new-password", "one-time-code", "cc-number", "cc-csc"}
_UNREAD = {"SCRIPT", "STYLE", "NOSCRIPT", "HEAD"}
_INLINE = {
    "A", "ABBR", "B", "CODE", "EM", "I", "LABEL", "MARK", "SMALL", "SPAN", "STRONG", "SUB", "SUP", "U",
}  # fmt: skip
_FIELDS = {"INPUT", "SELECT", "TEXTAREA"}
_UNTYPED = {"hidden", "checkbox", "radio", "button", "submit", "reset", "image", "range", "file", "color"}
_TAG_ROLES = {
    "BUTTON": "button", "SUMMARY": "button", "TEXTAREA": "textbox", "OPTION": "option", "DIALOG": "dialog",
    "IMG": "img", "LI": "listitem", "TR": "row", "TD": "cell", "TH": "columnheader", "TABLE": "table",
    **{f"H{level}": "heading" for level in range(1, 7)},
}  # fmt: skip
_INPUT_ROLES = {
    "button": "button", "submit": "button", "reset": "button", "image": "button", "checkbox": "checkbox",
    "radio": "radio", "number": "spinbutton", "range": "slider", "search": "searchbox",
}  # fmt: skip
_ACTED_ON = {
    "button", "link", "textbox", "searchbox", "combobox", "listbox", "option", "checkbox", "radio", "switch",
    "spinbutton", "slider", "tab", "menuitem", "menuitemcheckbox", "menuitemradio", "treeitem", "gridcell",
}  # fmt: skip
"""Roles of what a user operates; a click on the text inside a button is a click on the button."""


@dataclass(frozen=True)
class Element:
    """An element of a snapshot; its children may be references, relative to snapshot `index` of its frame."""

    tag: str
    attributes: dict[str, str]
    children: tuple[Any, ...]
    frame: str
    index: int
    parent: Element | None


@dataclass(frozen=True)
class Found:
    """What an action was done to: role, name, and whether what is typed there is secret. `hidden` fields show
    dots for what is typed."""

    role: str | None
    name: str | None
    secret: bool
    hidden: bool


@dataclass
class Snapshots:
    """The snapshots of one trace file, added in its order.

    `secrets` are the values seen in secret fields, `revealing` the calls that typed one, `readable_ms` the
    times of snapshots in which one stood in a field that shows it.
    """

    secrets: set[str] = field(default_factory=set)
    revealing: set[str] = field(default_factory=set)
    readable_ms: list[float] = field(default_factory=list)
    _frames: dict[str, list[bytes]] = field(default_factory=dict)
    _calls: dict[tuple[str, str], list[tuple[str, int]]] = field(default_factory=dict)
    _parsed: OrderedDict[tuple[str, int], tuple[Any, list[Any]]] = field(default_factory=OrderedDict)
    _parsed_bytes: int = 0
    _left: int = MAX_SESSION_NODES

    def add(self, call: str, phase: str, frame: str, html: Any, time_ms: float | None) -> int:
        """Keeps a snapshot, and what its fields tell of secrets; gives its number within its frame."""
        kept = self._frames.setdefault(frame, [])
        self._calls.setdefault((call, phase), []).append((frame, len(kept)))
        kept.append(json.dumps(html, separators=(",", ":")).encode())
        for tag, attributes in list_elements(html):
            value, kind = attributes.get(_VALUE) or "", attributes.get("type", "").lower()
            if tag not in _FIELDS or not value or kind in _UNTYPED:
                continue
            if _is_secret(tag, attributes):
                if value not in self.secrets and phase != "before":
                    self.revealing.add(call)
                self.secrets.add(value)
            if kind != "password" and value in self.secrets and time_ms is not None:
                self.readable_ms.append(time_ms)
        return len(kept) - 1

    def has(self, call: str) -> bool:
        """Whether the trace holds a snapshot of this call."""
        return any((call, phase) in self._calls for phase in _PHASES)

    def find_target(self, call: str) -> Found | None:
        """What the call was done to; None when no snapshot marks it."""
        for phase in _PHASES:
            for frame, index in self._calls.get((call, phase), ()):
                marked = None
                others = []
                for element in self.walk(frame, index):
                    if marked is None and element.attributes.get(_TARGET) in ("", call):
                        marked = element
                    if element.tag == "LABEL" or "id" in element.attributes:
                        others.append(element)
                if marked is not None:
                    return self._describe(marked, others)
        return None

    def _describe(self, marked: Element, others: list[Element]) -> Found:
        around = (at for at in _upwards(marked) if at.tag == "LABEL" or find_role(at) in _ACTED_ON)
        near = next(around, marked)
        labelled = self._find_field(near, others) if near.tag == "LABEL" else None
        acted = labelled or next((at for at in _upwards(near) if find_role(at) in _ACTED_ON), marked)
        name = self.find_name(acted, others)
        typed = marked if marked.tag in _FIELDS else acted
        return Found(
            role=find_role(acted),
            name=name,
            secret=_is_secret(typed.tag, typed.attributes) or (typed.tag in _FIELDS and names_secret(name)),
            hidden=typed.attributes.get("type", "").lower() == "password",
        )

    def _find_field(self, label: Element, others: list[Element]) -> Element | None:
        """The field that a label passes clicks to (HTML 4.10.4): the one it names, else the first in it."""
        name = label.attributes.get("for")
        inside = self._descend(label.frame, label.index, label.children, label) if name is None else others
        fields = (at for at in inside if at.tag in _FIELDS and at.attributes.get("type") != "hidden")
        return next((at for at in fields if name is None or at.attributes.get("id") == name), None)

    def find_name(self, element: Element, others: list[Element]) -> str | None:
        """The name as a person reads it; a short form of the accessible-name computation of W3C accname."""
        own = element.attributes
        named_by = own.get("aria-labelledby", "").split()
        texts = [self._text(other) for other in others if other.attributes.get("id") in named_by]
        texts = [" ".join(texts), own.get("aria-label", "")]
        if element.tag in _FIELDS:
            labels = [other for other in others if other.tag == "LABEL"]
            texts += [
                self._text(label) for label in labels if label.attributes.get("for", "") == own.get("id")
            ]
            texts += [self._text(above) for above in _upwards(element) if above.tag == "LABEL"]
            if own.get("type", "").lower() in ("button", "submit", "reset"):
                texts.append(own.get("value", "") or own.get(_VALUE, ""))
            texts.append(own.get("placeholder", ""))
        else:
            texts.append(self._text(element))
        texts += [own.get("alt", ""), own.get("title", "")]
        clean = (_tidy(text) for text in texts)
        return next((text[:MAX_NAME_CHARS] for text in clean if text), None)

    def _text(self, element: Element) -> str:
        words: list[str] = []
        stack: list[tuple[Any, int]] = [(child, element.index) for child in reversed(element.children)]
        while stack and len(words) < 4 * MAX_NAME_CHARS and self._spend():
            node, index = stack.pop()
            node, index = self._resolve(node, element.frame, index)
            if isinstance(node, str):
                words.append(node)
            elif is_element(node):
                attributes = read_attributes(node)
                if node[0].upper() in _UNREAD | _FIELDS or attributes.get("aria-hidden") == "true":
                    continue
                apart = "" if node[0].upper() in _INLINE else " "
                words.append(apart + (attributes.get("alt", "") if node[0].upper() == "IMG" else ""))
                stack.append((apart, index))
                stack.extend((child, index) for child in reversed(node[2:]))
        return "".join(words)

    def walk(self, frame: str, index: int) -> Iterator[Element]:
        """The elements of a snapshot of a frame, in the order of the page."""
        return self._descend(frame, index, [self._parse(frame, index)[0]], None)

    def _descend(
        self, frame: str, index: int, nodes: Sequence[Any], above: Element | None
    ) -> Iterator[Element]:
        """The elements among nodes of a snapshot and below them, in the order of the page."""
        stack = [(node, index, above) for node in reversed(nodes)]
        for _ in range(MAX_WALK_NODES):
            if not stack or not self._spend():
                return
            node, at, parent = stack.pop()
            node, at = self._resolve(node, frame, at)
            if not is_element(node):
                continue
            element = Element(node[0].upper(), read_attributes(node), tuple(node[2:]), frame, at, parent)
            yield element
            stack.extend((child, at, element) for child in reversed(node[2:]))

    def _resolve(self, node: Any, frame: str, index: int) -> tuple[Any, int]:
        """The node that a reference leads to, and the snapshot it is of; None for one that leads nowhere."""
        while is_reference(node):
            back, number = node[0]
            if not (0 < back <= index and self._spend()):
                return None, index
            index -= back
            nodes = self._parse(frame, index)[1]
            if not 0 <= number < len(nodes):
                return None, index
            node = nodes[number]
        return node, index

    def _parse(self, frame: str, index: int) -> tuple[Any, list[Any]]:
        """A snapshot's tree and its nodes in post-order; none when all looking is spent."""
        key, data = (frame, index), self._frames[frame][index]
        if key not in self._parsed:
            if not self._spend(1 + len(data) // BYTES_PER_NODE):
                return None, []
            tree = _parse(data)
            self._parsed[key] = tree, list_nodes(tree)
            self._parsed_bytes += len(data)
            while self._parsed_bytes > KEPT_BYTES and len(self._parsed) > 1:
                (old_frame, old_index), _ = self._parsed.popitem(last=False)
                self._parsed_bytes -= len(self._frames[old_frame][old_index])
        return self._parsed[key]

    def _spend(self, nodes: int = 1) -> bool:
        self._left -= nodes
        return self._left >= 0


def _parse(html: bytes) -> Any:
    """A kept snapshot again; None where it is nested to the very depth that the parser can follow."""
    try:
        return json.loads(html)
    except RecursionError:
        return None


def _tidy(text: str) -> str:
    """Text without runs of blanks and marks of no width; once, where a page holds a hidden copy of it."""
    text = " ".join("".join(letter for letter in text if letter not in _NO_WIDTH).split())
    half = len(text) // 2
    return text[:half] if half > MIN_COPY_CHARS and text[:half] == text[half + 1 :] else text


def _upwards(element: Element | None) -> Iterator[Element]:
    while element is not None:
        yield element
        element = element.parent


def find_role(element: Element) -> str | None:
    """The role that an element states, else the one that HTML gives it."""
    own = element.attributes
    given = own.get("role", "").split()
    if given:
        return given[0][:MAX_NAME_CHARS].lower()
    if element.tag == "A":
        return "link" if "href" in own else None
    if element.tag == "SELECT":
        return "listbox" if "multiple" in own or own.get("size", "1") not in ("", "0", "1") else "combobox"
    if element.tag == "INPUT":
        return _INPUT_ROLES.get(own.get("type", "").lower(), "textbox")
    if re.fullmatch("true|plaintext-only|", own.get("contenteditable", "false")):
        return "textbox"
    return _TAG_ROLES.get(element.tag)


def _is_secret(tag: str, attributes: dict[str, str]) -> bool:
    """Whether a field says of itself that what is typed there is not to be repeated."""
    if tag not in ("INPUT", "TEXTAREA"):
        return False
    words = (attributes.get(name) for name in ("id", "name", "aria-label", "placeholder", "title"))
    return (
        attributes.get("type", "").lower() == "password"
        or not _SECRET_AUTOCOMPLETE.isdisjoint(attributes.get("autocomplete", "").lower().split())
        or any(names_secret(word) for word in words)
    )
