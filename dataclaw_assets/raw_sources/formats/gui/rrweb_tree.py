"""The tree of nodes of a page as rrweb's snapshots and mutations leave it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

DOCUMENT, ELEMENT, TEXT = 0, 2, 3
"""Numbers of node types, from rrweb-io `packages/types` (`NodeType`)."""

MAX_NODES = 200_000
"""How many nodes of a page are kept; Chromium's Lighthouse already calls 1,400 too many."""

MAX_ANCESTORS = 512
"""How far up the tree is looked; the depth at which Chromium's own HTML parser stops nesting."""

MAX_STYLE_CHARS = 2_000_000
"""How much of a page's style sheets is searched for what reacts to the pointer."""

_TEXT_CHARS = 500
"""How much of a text node or of an attribute is kept: names are shorter."""

_TEXT_NODES = 500
"""How many nodes are visited for the text of one."""

_KEPT = frozenset(
    (
        *(
            "alt",
            "aria-hidden",
            "aria-label",
            "aria-labelledby",
            "autocomplete",
            "class",
            "contenteditable",
            "data-rr-is-password",
            "for",
            "hidden",
            "href",
            "open",
            "popover",
            "style",
        ),
        *("id", "multiple", "name", "placeholder", "role", "rr_scrollLeft", "rr_scrollTop", "size", "title"),
        *("type", "value"),
    )
)
_UNREAD = frozenset(("script", "style", "noscript", "select", "textarea", "template"))
_INLINE = frozenset((
    "a", "abbr", "b", "code", "em", "i", "label", "mark", "small", "span", "strong", "sub", "sup", "u",
))  # fmt: skip
_BREAK = 0
"""In place of a node's id: here an element ends that is not `_INLINE`, and with it a word."""

_HOVER = re.compile(r"([.#]?[A-Za-z_][\w-]{0,99}):hover")
_HIDDEN = re.compile(
    r"(?<![^\s,}])([.#][A-Za-z_][\w-]{0,99})\s*\{[^{}]{0,200}?(?:display:\s*none|visibility:\s*hidden)"
)
"""A selector of one class or id; whether another rule shows it again is not asked."""


@dataclass(slots=True)
class Node:
    """One node; its relatives are ids."""

    kind: int
    parent: int | None
    tag: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    first: int | None = None
    last: int | None = None
    before: int | None = None
    after: int | None = None


class Tree:
    """The nodes of one page, by id. Nothing recurses; a step costs the same however large the page is.

    `dropped` counts nodes that found no place: an unknown parent, or more than `MAX_NODES`. `ids` and
    `labels` say which node has an `id`, and which labels are `for` one; `secret` are fields that are, or
    were, for passwords; `hovered` are the tags, `.classes` and `#ids` that a style sheet changes under the
    pointer, `hiding` those that one takes off the page; `values` and `scrolls` (pixels from the left and the
    top) are how fields and boxes were left; `root` is the node that all lie in.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self.ids: dict[str, int] = {}
        self.labels: defaultdict[str, dict[int, None]] = defaultdict(dict)
        self.secret: set[int] = set()
        self.hovered: set[str] = set()
        self.hiding: set[str] = set()
        self.root: int | None = None
        self.values: dict[int, str] = {}
        self.scrolls: dict[int, tuple[float, float]] = {}
        self._nodes: dict[int, Node] = {}
        self._style_room = MAX_STYLE_CHARS

    def load(self, node: Any) -> None:
        """Adds a serialised tree whose root has no parent."""
        self.root = next(iter(self._insert(node, None, None)), None)

    def mutate(self, data: dict[str, Any]) -> None:
        """Applies one mutation event: removes, adds, texts, attributes; unknown ids change nothing."""
        for item in _dicts(data.get("removes")):
            self._remove(as_id(item.get("id")))
        waiting: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        stack = _dicts(data.get("adds"))[::-1]
        while stack:
            item = stack.pop()
            parent = as_id(item.get("parentId"))
            if parent is None or parent not in self._nodes:
                waiting[parent or 0].append(item)
                continue
            for added in self._insert(item.get("node"), parent, as_id(item.get("nextId"))):
                stack.extend(reversed(waiting.pop(added, [])))
        self.dropped += sum(map(len, waiting.values()))
        for item in _dicts(data.get("texts")):
            node = self.find(item.get("id"))
            if node is not None and isinstance(value := item.get("value"), str):
                node.text = value[:_TEXT_CHARS]
        for item in _dicts(data.get("attributes")):
            node = self.find(item.get("id"))
            if node is not None and isinstance(changed := item.get("attributes"), dict):
                self._set_attributes(item["id"], node, changed)

    def find(self, node_id: Any) -> Node | None:
        """The node of an id, of whatever type the log gives it."""
        known = as_id(node_id)
        return None if known is None else self._nodes.get(known)

    def lineage(self, node_id: Any) -> Iterator[tuple[int, Node]]:
        """A node and what it lies in, from the inside out."""
        at = as_id(node_id)
        for _ in range(MAX_ANCESTORS):
            if at is None or (node := self._nodes.get(at)) is None:
                return
            yield at, node
            at = node.parent

    def read_text(self, node_id: int, limit: int) -> str:
        """What a person reads within a node; it stops after `limit` characters."""
        text, seen = "", 0
        stack: list[int | None] = [node_id]
        while stack and seen < _TEXT_NODES and len(text) < limit:
            at = stack.pop()
            if at == _BREAK:
                text += " "
            if at is None or (node := self._nodes.get(at)) is None:
                continue
            seen += 1
            if at != node_id:
                stack.append(node.after)
                if node.tag in _UNREAD or node.attributes.get("aria-hidden") == "true":
                    continue
                if node.kind == ELEMENT and node.tag not in _INLINE:
                    text += " "
                    stack.append(_BREAK)
            text += node.text if node.kind == TEXT else node.attributes.get("alt", "")
            stack.append(node.first)
        return text

    def _insert(self, root: Any, parent: int | None, after: int | None) -> list[int]:
        added = []
        stack: list[tuple[Any, int | None, int | None]] = [(root, parent, after)]
        while stack:
            data, parent, after = stack.pop()
            node_id = as_id(data.get("id")) if isinstance(data, dict) else None
            if node_id is None:
                self.dropped += 1
                continue
            self._remove(node_id)
            if len(self._nodes) >= MAX_NODES or (parent is not None and parent not in self._nodes):
                self.dropped += 1
                continue
            self._place(node_id, data, parent, after)
            added.append(node_id)
            children = data.get("childNodes")
            if isinstance(children, list):
                stack.extend((child, node_id, None) for child in reversed(children))
        return added

    def _place(self, node_id: int, data: dict[str, Any], parent: int | None, after: int | None) -> None:
        kind, tag, text = data.get("type"), data.get("tagName"), data.get("textContent")
        node = Node(kind if isinstance(kind, int) else -1, parent)
        node.tag = tag.lower()[:40] if isinstance(tag, str) else ""
        self._nodes[node_id] = node
        if parent is not None:
            self._link(node_id, node, self._nodes[parent], after)
        if node.kind == TEXT and isinstance(text, str):
            node.text = text[:_TEXT_CHARS]
            if parent is not None and self._nodes[parent].tag == "style":
                self._read_style(text)
        if isinstance(attributes := data.get("attributes"), dict):
            self._set_attributes(node_id, node, attributes)

    def _link(self, node_id: int, node: Node, parent: Node, after: int | None) -> None:
        follower = None if after is None else self._nodes.get(after)
        if follower is None or follower.parent != node.parent:
            after, follower = None, None
        node.after, node.before = after, follower.before if follower else parent.last
        if node.before is None:
            parent.first = node_id
        else:
            self._nodes[node.before].after = node_id
        if follower is None:
            parent.last = node_id
        else:
            follower.before = node_id

    def _remove(self, node_id: int | None) -> None:
        node = self.find(node_id)
        if node_id is None or node is None:
            return
        parent = self.find(node.parent)
        if node.before is not None:
            self._nodes[node.before].after = node.after
        elif parent is not None:
            parent.first = node.after
        if node.after is not None:
            self._nodes[node.after].before = node.before
        elif parent is not None:
            parent.last = node.before
        node.after = None
        stack: list[int | None] = [node_id]
        while stack:
            gone = stack.pop()
            if gone is not None:
                taken = self._nodes.pop(gone)
                stack += [taken.after, taken.first]
                self._forget(gone, taken)

    def _forget(self, node_id: int, node: Node) -> None:
        self.values.pop(node_id, None)
        self.scrolls.pop(node_id, None)
        self.secret.discard(node_id)
        if node.tag == "label" and "for" in node.attributes:
            self.labels[node.attributes["for"]].pop(node_id, None)

    def _set_attributes(self, node_id: int, node: Node, changed: dict[str, Any]) -> None:
        if isinstance(style := changed.get("_cssText"), str):
            self._read_style(style)
        attributes = node.attributes
        for key in _KEPT & changed.keys():
            value = changed[key]
            if value is None or value is False:
                attributes.pop(key, None)
            elif key == "style":
                attributes[key] = _read_style_change(attributes.get(key, ""), value)
            elif isinstance(value, str | int | float):
                attributes[key] = str(value)[:_TEXT_CHARS]
        if attributes.get("type", "").lower() == "password" or "data-rr-is-password" in attributes:
            self.secret.add(node_id)
        if "id" in attributes:
            self.ids[attributes["id"]] = node_id
        if node.tag == "label" and "for" in attributes:
            self.labels[attributes["for"]][node_id] = None
        self._set_scroll(node_id, attributes)

    def _set_scroll(self, node_id: int, attributes: dict[str, str]) -> None:
        try:
            left, top = (float(attributes.pop(key, "0")) for key in ("rr_scrollLeft", "rr_scrollTop"))
        except ValueError:
            return
        if left or top:
            self.scrolls[node_id] = (left, top)

    def _read_style(self, text: str) -> None:
        self.hovered.update(_HOVER.findall(text[: self._style_room]))
        self.hiding.update(_HIDDEN.findall(text[: self._style_room]))
        self._style_room -= min(len(text), self._style_room)


def _read_style_change(before: str, change: Any) -> str:
    """An element's style after a change: rrweb gives it whole, or only the properties that changed."""
    if not isinstance(change, dict):
        return str(change)[:_TEXT_CHARS]
    stated = ((name, change[name]) for name in ("display", "visibility") if name in change)
    values = ((name, value[0] if isinstance(value, list) and value else value) for name, value in stated)
    added = "".join(f";{name}:{value if isinstance(value, str) else ''}" for name, value in values)
    return (before + added)[-_TEXT_CHARS:]


def as_id(value: Any) -> int | None:
    """A node's id: a positive whole number; None for anything else (rrweb writes -1 for none)."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53 else None


def _dicts(items: Any) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
