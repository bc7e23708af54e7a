"""What is known of a source, by kind and by time, so that no anchor is sought among all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any, Self, TypeVar

from dataclaw_assets.records import Anchor

Prepared = TypeVar("Prepared")


class Prepares:
    """Something of which others make what they need once, however often they are asked."""

    @cached_property
    def _prepared(self) -> dict[Callable[..., Any], Any]:
        return {}

    def prepare(self, make: Callable[[Self], Prepared]) -> Prepared:
        """What a function makes of this."""
        if make not in self._prepared:
            self._prepared[make] = make(self)
        made: Prepared = self._prepared[make]
        return made


class Known(Prepares):
    """Anchors, grouped by kind; each kind is put in order when it is first asked for."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        self._groups: dict[str, list[Anchor]] = {}
        for kind, alike in groupby(anchors, attrgetter("kind")):  # published ones come by kind
            self._groups.setdefault(kind, []).extend(alike)
        self._ordered: dict[str, list[Anchor]] = {}
        self._begun: dict[str, list[tuple[float, float, list[Anchor]]]] = {}

    def by_kind(self) -> dict[str, list[Anchor]]:
        """The anchors of every kind, in order of time."""
        return {kind: self.of_kind(kind) for kind in self._groups}

    def of_kind(self, kind: str) -> list[Anchor]:
        """Anchors of one kind, in order of time."""
        if kind not in self._ordered:
            self._ordered[kind] = sorted(self._groups.get(kind, ()), key=lambda a: (_begin(a), a.anchor_id))
        return self._ordered[kind]

    def at(self, kind: str, time_s: float) -> list[Anchor]:
        """Anchors of one kind whose stretch holds a time, its end not included, in order of time. A screen is
        read as a whole: hundreds of its lines begin together, and are passed over together."""
        if kind not in self._begun:
            begun = ((start, list(held)) for start, held in groupby(self.of_kind(kind), _begin))
            self._begun[kind] = [(start, max(map(_end, held)), held) for start, held in begun]
        held = (held for start, end, held in self._begun[kind] if start <= time_s < end)
        return [anchor for anchors in held for anchor in anchors if time_s < _end(anchor)]


def _begin(anchor: Anchor) -> float:
    return anchor.start_s or 0.0


def _end(anchor: Anchor) -> float:
    return anchor.end_s or 0.0
