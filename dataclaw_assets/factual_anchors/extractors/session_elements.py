"""What came on the page of a GUI session after each action, as its log's own copy of the page tells it."""

from __future__ import annotations

import bisect
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from dataclaw_assets.anchor_values import ElementAppearedValue
from dataclaw_assets.factual_anchors.extractors.contract import make_anchor
from dataclaw_assets.factual_anchors.extractors.gui_sessions import (
    holds_session,
    read_session_of,
    session_params,
)
from dataclaw_assets.factual_anchors.extractors.session_wording import quote, say_action, say_role
from dataclaw_assets.raw_sources.formats.gui.session import Action, Appearance, Session
from dataclaw_assets.records import Anchor, Json, Source

log = logging.getLogger(__name__)

MAX_TOLD = 8
"""Elements told of one action; those that a person would name first come first."""

FORMATS = ("playwright", "rrweb")
"""Formats whose logs hold the page itself. AgentNet's list what lay under the pointer, now and then: what
they do not list may have been there all along."""

_RANKS = (
    frozenset(("alertdialog", "dialog")),
    frozenset(("alert", "status", "tooltip")),
    frozenset(("listbox", "menu")),
    frozenset(("heading",)),
)


class SessionElements:
    """`element_appeared` anchors, `recorded`: an element is there after an action and before the next that
    was not there before it, on the same page. Whether it lies on the visible part of the page, the log does
    not say."""

    name = "session_elements"
    version = "1"

    def applies(self, source: Source) -> bool:
        """Whether the source is a session whose log holds the page."""
        return holds_session(source) and source.format in FORMATS

    def params(self, source: Source) -> Json:
        """What the session is read from, and how much of it is told."""
        return {**session_params(source), "most": MAX_TOLD}

    def extract(self, source: Source, local: Callable[[str], Path]) -> list[Anchor]:
        """The anchors in order of time; raises what `read_session_of` raises."""
        return self.tell(source, read_session_of(source, local))

    def tell(self, source: Source, session: Session) -> list[Anchor]:
        """The anchors of a session that lies on the source's clock and in its pixels."""
        anchors, left_out = [], 0
        for index, items in sorted(_follow(session.actions, session.appearances).items()):
            kept = sorted(sorted(range(len(items)), key=lambda at: (_rank(items[at]), at))[:MAX_TOLD])
            left_out += len(items) - len(kept)
            anchors += [self._anchor(source, session.actions[index], index, items[at]) for at in kept]
        if left_out:
            log.warning("%d element(s) that appeared are not told: more than %d at once", left_out, MAX_TOLD)
        return anchors

    def _anchor(self, source: Source, action: Action, index: int, item: Appearance) -> Anchor:
        value = ElementAppearedValue(
            index=index, role=item.role, name=item.name, parts=item.parts, page=item.page
        )
        holding = f", with {item.parts} named part{'s' if item.parts > 1 else ''}," if item.parts else ""
        return make_anchor(
            source,
            self,
            "element_appeared",
            value,
            f"After the user {say_action(action)}, the log shows that the {say_role(item.role)} "
            f"{quote(item.name)}{holding} appears by {item.time_s:.2f} s.",
            start_s=item.since_s,
            end_s=item.time_s,
            region=item.box,
            basis="recorded",
        )


def _follow(actions: Sequence[Action], appearances: Sequence[Appearance]) -> dict[int, list[Appearance]]:
    """What appeared, by the action that it certainly followed: one that began before the element was seen to
    be missing, with none begun before it was there."""
    starts = [action.start_s for action in actions]
    followed: defaultdict[int, list[Appearance]] = defaultdict(list)
    for item in sorted(appearances, key=lambda item: item.time_s):
        index = bisect.bisect_right(starts, item.since_s) - 1
        is_alone = index + 1 >= len(starts) or starts[index + 1] >= item.time_s
        if index >= 0 and is_alone and actions[index].verb != "navigate":
            followed[index].append(item)
    return followed


def _rank(item: Appearance) -> int:
    return next((rank for rank, roles in enumerate(_RANKS) if item.role in roles), len(_RANKS))
