"""A mirror of a page that rrweb recorded: who an id is, in role and name, and what an input there means."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any, Literal

from dataclaw_assets.raw_sources.formats.gui.redaction import names_secret, redact
from dataclaw_assets.raw_sources.formats.gui.rrweb_tree import DOCUMENT, TEXT, Node, Tree
from dataclaw_assets.raw_sources.formats.gui.session import Target

_NAME_CHARS = 120
_LABELS = 8
"""How many labels of a field are looked at; pages give it one."""

_AROUND = 16
"""How far around an element a style is looked for that the pointer changes."""

_CLASSES = 32
_TAG_ROLES = {
    "button": "button", "summary": "button", "textarea": "textbox", "img": "img", "option": "option",
    "li": "listitem", "td": "cell", "th": "columnheader", "tr": "row", "dialog": "dialog",
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
}  # fmt: skip
_INPUT_ROLES = {
    "checkbox": "checkbox", "radio": "radio", "range": "slider", "number": "spinbutton",
    "search": "searchbox", **dict.fromkeys(("button", "submit", "reset", "image"), "button"),
}  # fmt: skip
"""Implicit roles of HTML, from W3C HTML-AAM; those that a person acts on or reads."""

_ACTED_ON = frozenset(
    (
        *(
            "button",
            "checkbox",
            "combobox",
            "gridcell",
            "link",
            "listbox",
            "menuitem",
            "menuitemcheckbox",
            "menuitemradio",
        ),
        *("option", "radio", "searchbox", "slider", "spinbutton", "switch", "tab", "textbox", "treeitem"),
    )
)
_NOT_TYPED = frozenset(("button", "submit", "reset", "image", "range", "color", "file", "hidden"))
_SECRET_AUTOFILL = frozenset(("one-time-code", "cc-number", "cc-csc"))
"""Autofill tokens of the HTML standard that `names_secret` does not know as words."""

_SPACE = re.compile(r"\s+")
_MASK = re.compile(r"[*\s]+")

FieldKind = Literal["text", "choice", "toggle", "other"]


class Page:
    """What a person would call the nodes of `tree`."""

    def __init__(self) -> None:
        self.tree = Tree()

    def target(self, node_id: Any) -> Target | None:
        """Who was acted on: the control around the node where there is one, else the node itself; None for
        the page as a whole and for an unknown id."""
        found = self.control(node_id)
        node = self.tree.find(found)
        if found is None or node is None or node.kind == DOCUMENT or node.tag in ("html", "body"):
            return None
        return Target(role=_role(node), name=self._name(found, node))

    def control(self, node_id: Any) -> int | None:
        """The id of the nearest element, from a node up, that people act on; else of the nearest element."""
        elements = [(at, node) for at, node in self.tree.lineage(node_id) if node.kind != TEXT]
        acted_on = (at for at, node in elements if _role(node) in _ACTED_ON)
        return next(acted_on, elements[0][0] if elements else None)

    def field(self, node_id: Any) -> FieldKind | None:
        """What an input event there means; None for what is no form field."""
        node = self.tree.find(node_id)
        if node is None:
            return None
        if node.tag == "input":
            kind = node.attributes.get("type", "text").lower()
            return "toggle" if kind in ("checkbox", "radio") else "other" if kind in _NOT_TYPED else "text"
        return "text" if node.tag == "textarea" else "choice" if node.tag == "select" else None

    def hides(self, node_id: Any) -> bool:
        """Whether what is typed there is secret: it is, or was, a password field, or is named like one."""
        node = self.tree.find(node_id)
        if node is None:
            return False
        autofill = node.attributes.get("autocomplete", "").lower().split()
        named = [node.attributes.get(key, "") for key in ("name", "id", "autocomplete", "placeholder")]
        words = [re.sub(r"[-_]", " ", text) for text in named]
        name = self._name(node_id, node)
        return (
            node_id in self.tree.secret
            or not _SECRET_AUTOFILL.isdisjoint(autofill)
            or any(map(names_secret, (*named, *words, name)))
        )

    def reacts_to_pointer(self, node_id: Any) -> bool:
        """Whether the element, or one around it, is a control, has a tip or is styled when hovered."""
        return any(
            _role(node) in _ACTED_ON
            or "title" in node.attributes
            or not self.tree.hovered.isdisjoint(read_selectors(node))
            for _, node in islice(self.tree.lineage(node_id), _AROUND)
            if node.tag not in ("html", "body")
        )

    def is_framed(self, node_id: Any) -> bool:
        """Whether it is in a document inside the page's: points there are not on the page's own axes."""
        return any(
            node.kind == DOCUMENT and node.parent is not None for _, node in self.tree.lineage(node_id)
        )

    def exchange_value(self, node_id: int, text: str) -> str:
        """Keeps what a field holds now; gives what it held."""
        node = self.tree.find(node_id)
        before = self.tree.values.get(node_id, node.attributes.get("value", "") if node else "")
        self.tree.values[node_id] = text
        return before

    def exchange_scroll(self, node_id: int, left: float, top: float) -> tuple[float, float]:
        """Keeps how far a node is scrolled, in pixels; gives how far it was."""
        before = self.tree.scrolls.get(node_id, (0.0, 0.0))
        self.tree.scrolls[node_id] = (left, top)
        return before

    def role(self, node_id: int) -> str | None:
        """The role of this very node."""
        node = self.tree.find(node_id)
        return None if node is None else _role(node)

    def name(self, node_id: int, *, content: bool) -> str | None:
        """The name of this very node; by its `content` too, or only by what it or its label states."""
        node = self.tree.find(node_id)
        return None if node is None else self._name(node_id, node, content=content)

    def _name(self, node_id: int, node: Node, *, content: bool = True) -> str | None:
        attributes = node.attributes
        found = [attributes.get("aria-label", ""), self._read_ids(attributes.get("aria-labelledby", ""))]
        if node.tag in ("input", "select", "textarea"):
            found.append(self._read_label(node_id, attributes.get("id", "")))
            if _role(node) == "button":
                found += [attributes.get("value", ""), attributes.get("alt", "")]
        elif content:
            found.append(self._read_text(node_id))
        found += [attributes.get("placeholder", ""), attributes.get("title", "")]
        return next((name for text in found if (name := clean(text, _NAME_CHARS))), None)

    def _read_text(self, node_id: int) -> str:
        return self.tree.read_text(node_id, 2 * _NAME_CHARS)

    def _read_ids(self, names: str) -> str:
        known = [self.tree.ids[name] for name in names.split()[:_LABELS] if name in self.tree.ids]
        return " ".join(map(self._read_text, known))

    def _read_label(self, node_id: int, name: str) -> str:
        for label in islice(self.tree.labels.get(name, ()), _LABELS) if name else ():
            node = self.tree.find(label)
            if node is not None and node.attributes.get("for") == name and (text := self._read_text(label)):
                return text
        around = (at for at, node in self.tree.lineage(node_id) if node.tag == "label")
        return self._read_text(next(around, 0))


def clean(text: str, limit: int) -> str:
    """Text from a page on one line, without secrets, lone surrogates, control characters or a mask of
    stars, at most `limit` characters."""
    line = _SPACE.sub(" ", text[: 4 * limit])
    line = "".join(letter for letter in line if letter.isprintable()).strip()
    return "" if _MASK.fullmatch(line) else redact(line)[:limit].rstrip()


def is_mask(text: str) -> bool:
    """Whether a text is what rrweb puts in place of a masked one: stars."""
    return _MASK.fullmatch(text) is not None and "*" in text


def _role(node: Node) -> str | None:
    attributes = node.attributes
    if stated := attributes.get("role", "").split():
        return stated[0][:40].lower()
    if node.tag == "a":
        return "link" if "href" in attributes else None
    if node.tag == "select":
        many = "multiple" in attributes or attributes.get("size", "1") not in ("", "0", "1")
        return "listbox" if many else "combobox"
    if node.tag == "input":
        return _INPUT_ROLES.get(attributes.get("type", "text").lower(), "textbox")
    if attributes.get("contenteditable", "false").lower() in ("", "true", "plaintext-only"):
        return "textbox"
    return _TAG_ROLES.get(node.tag)


def read_selectors(node: Node) -> list[str]:
    """What selects an element in a style sheet: its tag, its classes, its id."""
    attributes = node.attributes
    classes = [f".{name}" for name in attributes.get("class", "").split(None, _CLASSES)[:_CLASSES]]
    return [node.tag, *classes, *([f"#{attributes['id']}"] if "id" in attributes else [])]
