"""What came on a page after each thing a user did, by the mutations of an rrweb recording."""

from __future__ import annotations

import math
from collections.abc import Callable

from dataclaw_assets.raw_sources.formats.gui.appearances import (
    MAX_LISTING_NODES,
    MAX_SESSION_NODES,
    NAMED_ROLES,
    UNREAD_ROLES,
    Listing,
    Seen,
    Watch,
    is_hidden,
)
from dataclaw_assets.raw_sources.formats.gui.rrweb_page import Page, clean, read_selectors
from dataclaw_assets.raw_sources.formats.gui.rrweb_tree import TEXT, Node
from dataclaw_assets.raw_sources.formats.gui.session import Appearance

QUIET_S = 0.25
"""When nothing has changed for so long, a page is looked at: a change is sent as several mutations."""

BURST_S = 1.0
"""The longest that changes go on without a look; an animation never rests."""

TITLE_CHARS = 120

_DEEDS = frozenset(("press", "touch", "click", "double_click", "menu", "focus", "input"))
_OPENINGS = frozenset(("load", "meta"))
_UNSEEN = frozenset(("head", "script", "style", "noscript", "template", "datalist"))
_CLOSED = frozenset(("select", "textarea"))
"""What they hold is a value, or a list that is shut."""


class Appearances:
    """Follows a recording; `page` gives the page as it is. A deed opens the watch, a page that is loaded
    shuts it: what builds itself up then is a new page."""

    def __init__(self, page: Callable[[], Page]) -> None:
        self.path: str | None = None
        self._page = page
        self._watch = Watch()
        self._is_open = False
        self._begun = False
        self._burst: tuple[float, float] | None = None
        self._left = MAX_SESSION_NODES

    @property
    def found(self) -> list[Appearance]:
        """What came so far, by time."""
        return self._watch.found

    @property
    def is_spent(self) -> bool:
        """Whether all looking is done that is allowed."""
        return self._left < 0

    def pass_by(self, time_s: float, kind: str) -> None:
        """Takes note of the next thing in the recording, before it changes the page."""
        if self._burst is not None:
            start_s, last_s = self._burst
            is_over = time_s - last_s >= QUIET_S or time_s - start_s >= BURST_S
            if is_over or kind in _DEEDS or kind in _OPENINGS:
                self._look(start_s, last_s)
        if kind in _OPENINGS:
            self._watch.end()
            self._is_open = self._begun = False
        elif kind in _DEEDS:
            self._is_open, self._begun = True, False
        elif kind == "mutation" and self._is_open:
            if not self._begun:
                self._begin()
            if self._watch.is_open:
                self._burst = (self._burst[0] if self._burst else time_s), time_s

    def finish(self) -> None:
        """Looks at the page as the recording leaves it."""
        self.pass_by(math.inf, "meta")

    def _begin(self) -> None:
        self._begun = True
        listing = self._list()
        if listing is None:
            self._watch.end()
        else:
            self._watch.begin(listing)

    def _look(self, start_s: float, last_s: float) -> None:
        self._burst = None
        listing = self._list()
        if listing is None:
            self._watch.end()
        else:
            self._watch.see(listing, start_s, last_s, self.path)

    def _list(self) -> list[Seen] | None:
        """The listing of the page; None for one that is too large, or when all looking is done."""
        page, listing, seen = self._page(), Listing(), 0
        stack: list[tuple[int | None, int | None]] = [(page.tree.root, None)]
        while stack and self._left >= 0:
            at, place = stack.pop()
            node = page.tree.find(at)
            if at is None or node is None:
                continue
            seen += 1
            self._left -= 1
            if seen > MAX_LISTING_NODES:
                return None
            stack.append((node.after, place))
            if _is_unseen(page, node):
                continue
            if node.kind == TEXT:
                if node.text.strip() and node.parent is not None and listing.needs_title(place):
                    listing.add_text(clean(page.tree.read_text(node.parent, TITLE_CHARS), TITLE_CHARS), place)
                continue
            role = page.role(at)
            name = page.name(at, content=role not in UNREAD_ROLES) if role in NAMED_ROLES else None
            place = listing.add(role, name, place)
            if node.tag not in _CLOSED:
                stack.append((node.first, place))
        return listing.close() if self._left >= 0 else None


def _is_unseen(page: Page, node: Node) -> bool:
    above = page.tree.find(node.parent)
    shut = above is not None and above.tag == "details" and "open" not in above.attributes
    return (
        node.tag in _UNSEEN
        or (shut and node.tag != "summary")
        or is_hidden(node.attributes, node.tag)
        or not page.tree.hiding.isdisjoint(read_selectors(node))
    )
