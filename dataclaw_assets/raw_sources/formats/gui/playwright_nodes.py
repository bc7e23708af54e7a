"""Nodes of a Playwright page snapshot as stored: `[tag, attributes, child, …]`, text, or a reference.

A reference `[[n, i]]` is node `i`, in post-order, of the snapshot `n` before it in the same frame
(packages/trace/src/snapshot.ts of microsoft/playwright).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def list_nodes(root: Any) -> list[Any]:
    """Texts and elements in post-order; references are not counted."""
    nodes: list[Any] = []
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        node, entered = stack.pop()
        if isinstance(node, str) or entered:
            nodes.append(node)
        elif is_element(node):
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node[2:]))
    return nodes


def list_elements(root: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """Tag and attributes of the elements that are written out here; references are not followed."""
    stack = [root]
    while stack:
        node = stack.pop()
        if is_element(node):
            yield node[0].upper(), read_attributes(node)
            stack.extend(node[2:])


def is_element(node: Any) -> bool:
    """Whether a node is an element."""
    return isinstance(node, list) and bool(node) and isinstance(node[0], str)


def is_reference(node: Any) -> bool:
    """Whether a node stands for one of an earlier snapshot."""
    return (
        isinstance(node, list)
        and len(node) == 1
        and isinstance(node[0], list)
        and len(node[0]) == 2
        and all(type(number) is int for number in node[0])
    )


def read_attributes(node: list[Any]) -> dict[str, str]:
    """The attributes of an element that are text."""
    found = node[1] if len(node) > 1 and isinstance(node[1], dict) else {}
    return {name: value for name, value in found.items() if isinstance(value, str)}
