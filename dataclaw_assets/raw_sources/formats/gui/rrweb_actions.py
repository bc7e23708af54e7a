"""The actions told so far from an rrweb recording, on the page as it is at that moment."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from dataclaw_assets.raw_sources.formats.gui.rrweb_page import Page
from dataclaw_assets.raw_sources.formats.gui.session import Action, Point, Target, Verb

MAX_ACTIONS = 10_000
"""How many actions of a session are kept: one a second for almost three hours."""


@dataclass
class Told:
    """One action, and the id of the node it was done on; `untimed` text was recorded when it was left."""

    action: Action
    node: Any
    untimed: bool = False


class ActionLog:
    """What was told, and what was left out, counted by its reason.

    `deed_s` is when the user last pressed or entered something, or the page was loaded, in seconds of the
    session; `size` is the page's width and height in pixels.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.page = Page()
        self.path: str | None = None
        self.told: list[Told] = []
        self.left_out: Counter[str] = Counter()
        self.deed_s = -math.inf

    def add(
        self,
        verb: Verb,
        start_s: float,
        end_s: float,
        node: Any = None,
        *,
        point: Point | None = None,
        to: Point | None = None,
        value: str | None = None,
        target: Target | None = None,
        untimed: bool = False,
    ) -> None:
        """Tells an action; `target` is for a node that may be gone by now."""
        framed = self.page.is_framed(node)
        action = Action(
            verb=verb,
            start_s=start_s,
            end_s=max(start_s, end_s),
            point=None if framed else point,
            to=None if framed else to,
            target=target or self.page.target(node),
            value=value,
            page=self.path,
        )
        self.told.append(Told(action, node, untimed))

    def is_full(self) -> bool:
        """Whether `MAX_ACTIONS` are told."""
        return len(self.told) >= MAX_ACTIONS

    def change_last(self, **changes: Any) -> None:
        """Replaces fields of the action told last."""
        self.told[-1].action = self.told[-1].action.model_copy(update=changes)

    def replace_page(self, node: Any) -> None:
        """Puts the page of a new full snapshot in place of the one before."""
        self.count_dropped()
        self.page = Page()
        self.page.tree.load(node)

    def count_dropped(self) -> None:
        """Adds the nodes that found no place in the page to what was left out."""
        if self.page.tree.dropped:
            self.left_out["nodes without a place in the page"] += self.page.tree.dropped

    def locate(self, data: dict[str, Any]) -> Point | None:
        """The point of an event in pixels of the page; None for one that is not on it."""
        x, y = as_number(data.get("x")), as_number(data.get("y"))
        if x is None or y is None or not (0 <= x <= self.size[0] and 0 <= y <= self.size[1]):
            return None
        return x, y

    def settle(self) -> tuple[Action, ...]:
        """The actions by time. Text that was recorded when its field was left was typed after what was done
        before it began and before what was done next."""
        self.told.sort(key=lambda told: told.action.start_s)
        for index, told in enumerate(self.told):
            if not told.untimed:
                continue
            start, end = told.action.start_s, told.action.end_s
            if index > 0 and not self.told[index - 1].untimed:
                start = max(start, min(end, self.told[index - 1].action.end_s))
            if index + 1 < len(self.told):
                end = max(start, min(end, self.told[index + 1].action.start_s))
            told.action = told.action.model_copy(update={"start_s": start, "end_s": end})
        return tuple(told.action for told in self.told)


def as_number(value: Any) -> float | None:
    """A finite number as a float; JSON integers have no bound, and NaN is read too."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 2**53 else None
