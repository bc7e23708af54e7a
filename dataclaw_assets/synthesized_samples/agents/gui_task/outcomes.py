"""What the actions of a session lead to, and which four screens make a fair choice for a click."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

from dataclaw_assets.anchor_values import ActionValue, ScreenStateChangeValue
from dataclaw_assets.records import Anchor
from dataclaw_assets.synthesized_samples.agents.gui_task.screens import (
    ALIKE,
    Box,
    Screen,
    share_alike,
)
from dataclaw_assets.synthesized_samples.agents.gui_task.written import Written
from dataclaw_assets.synthesized_samples.context import SourceContext

WINDOW = 0.15
"""Share of the lines of one of two screens, that with fewer, which stand on the other in the same place, from
which they are states of one window, neither scaled nor turned: its bars and menus stay."""

NEAR_MISS = 0.5
"""How like the screen before a step a wrong screen must be, as a share of how like the right one is."""

BESIDE = 4.0
"""How many of its heights a click may lie beside a line that it is done on."""


@dataclass(frozen=True)
class Outcome:
    """What an action leads to: the screens before it and after it, and the lines that it is done on, each
    with what it says and its place."""

    change: Anchor
    changed: ScreenStateChangeValue
    before: Screen
    after: Screen
    under: tuple[tuple[str, Box], ...]

    def is_apart_from(self, other: Outcome) -> bool:
        """Whether the screens that two actions lead to are told apart at a glance."""
        return share_alike(self.after.texts, other.after.texts) <= ALIKE

    def is_like(self, other: Outcome) -> bool:
        """Whether an action leads to a screen that hardly differs from the one before this action."""
        return share_alike(self.before.texts, other.after.texts) > ALIKE

    def is_in_window_of(self, other: Outcome) -> bool:
        """Whether the screen before this action and the one that another leads to are of one window."""
        least = max(1, math.ceil(WINDOW * min(len(self.before.lines), len(other.after.lines))))
        kept = (True for said, box in self.before.stood if other.after.holds(said, box))
        return len(list(islice(kept, least))) == least

    def offers(self, other: Outcome) -> bool:
        """Whether another action could be done on the screen before this one: the words it is done on stand
        there in the same place."""
        return any(self.before.holds(said, box) for said, box in other.under)

    def is_done_as(self, other: Outcome) -> bool:
        """Whether another action is done on the same words, wherever they stand."""
        return not {said for said, _ in self.under}.isdisjoint(said for said, _ in other.under)


def read_outcome(written: Written, change: Anchor, action: Anchor | None) -> Outcome | None:
    """What is read before and after a change; None where that is nothing."""
    changed, done = change.value, action.value if action else None
    if not isinstance(changed, ScreenStateChangeValue):
        return None
    point = (done.x, done.y) if isinstance(done, ActionValue) else (None, None)
    before, after = written.before_and_after(changed)
    if not before.lines or not after.lines:
        return None
    under = tuple((said, box) for said, box in before.stood if _is_beside(box, *point))
    return Outcome(change, changed, before, after, under)


def _is_beside(box: Box, x: float | None, y: float | None) -> bool:
    """Whether a point is on words or in their row, as far off as buttons and entries of a menu reach."""
    if x is None or y is None:
        return False
    height = box[3] - box[1]
    beside, off = max(box[0] - x, x - box[2], 0.0), max(box[1] - y, y - box[3], 0.0)
    return beside <= BESIDE * height and off <= height / 2


def list_outcomes(context: SourceContext, written: Written) -> dict[int, Outcome]:
    """What the actions of a session lead to, by the index of the action, where the screen is read."""
    actions = index_actions(context.of_kind("action"))
    found = {}
    for change in context.of_kind("screen_state_change"):
        if isinstance(change.value, ScreenStateChangeValue):
            index = change.value.index
            outcome = read_outcome(written, change, actions.get(index))
            if outcome is not None:
                found[index] = outcome
    return found


def index_actions(anchors: Iterable[Anchor]) -> dict[int, Anchor]:
    """The actions among anchors, by their index."""
    return {a.value.index: a for a in anchors if a.kind == "action" and isinstance(a.value, ActionValue)}


def are_distinct(outcomes: Sequence[Outcome]) -> bool:
    """Whether the screens that actions lead to are told apart at a glance."""
    return all(one.is_apart_from(other) for one, other in combinations(outcomes, 2))


def is_fair(right: Outcome, wrong: Sequence[Outcome]) -> bool:
    """Whether a click is to be told among these screens by what it does: one of them at most is hardly
    changed, a wrong one is about as near to the screen before as the right one is, none comes of a click on
    the same words, and all are of the window clicked in."""
    likeness = [share_alike(right.before.texts, one.after.texts) for one in (right, *wrong)]
    if max(likeness[1:]) < NEAR_MISS * likeness[0] or sum(share > ALIKE for share in likeness) > 1:
        return False
    return not any(map(right.is_done_as, wrong)) and all(map(right.is_in_window_of, (right, *wrong)))


def has_rival(right: Outcome, wrong: Sequence[Outcome]) -> bool:
    """Whether one of these screens is what a click elsewhere on the same screen would lead to."""
    return any(right.offers(one) and not right.is_like(one) for one in wrong)
