"""What a drawing's file calls it and its parts: cleaned, bounded names, and which group is a part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple

from dataclaw_assets.raw_sources.formats.gui.redaction import redact

MAX_NAME = 512
"""Characters of a name; a formula in LaTeX, the longest label there is, has some hundred."""


class Group(NamedTuple):
    """One group of a file that strokes lie in: what tells it from others, and what the file calls it."""

    key: Hashable
    name: str | None


def clean_name(text: str | None, limit: int = MAX_NAME) -> str | None:
    """A name on one line, without secrets and with nothing that UTF-8 cannot hold; None for an empty one."""
    if not text:
        return None
    plain = " ".join(text.encode("utf-8", "replace").decode().split())
    return redact(plain)[:limit] or None


def choose_parts(chains: Sequence[Sequence[Group]]) -> list[str | None]:
    """The part of each stroke, given the groups it lies in, outermost first.

    A part is the outermost group that does not hold the whole drawing. Parts of one name are told apart by a
    number; a group without a name is called by its place among the parts.
    """
    held = Counter(key for chain in chains for key in {group.key for group in chain})
    chosen = [next((g for g in chain if held[g.key] < len(chains)), None) for chain in chains]
    names: dict[Hashable, str] = {}
    taken: set[str] = set()
    for group in chosen:
        if group is None or group.key in names:
            continue
        base = group.name or f"group {len(names) + 1}"
        name, number = base, 1
        while name in taken:
            number += 1
            name = f"{base} ({number})"
        taken.add(name)
        names[group.key] = name
    return [None if group is None else names[group.key] for group in chosen]
