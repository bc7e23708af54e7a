"""What came on a page after each action, by the page snapshots of a Playwright trace."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace

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
from dataclaw_assets.raw_sources.formats.gui.playwright_calls import Done
from dataclaw_assets.raw_sources.formats.gui.playwright_dom import Element, Snapshots, find_role
from dataclaw_assets.raw_sources.formats.gui.playwright_log import PageSnapshot
from dataclaw_assets.raw_sources.formats.gui.playwright_params import show_url
from dataclaw_assets.raw_sources.formats.gui.redaction import redact
from dataclaw_assets.raw_sources.formats.gui.session import Appearance

_UNSEEN = frozenset(("HEAD", "SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "DATALIST"))
_FIELDS = ("INPUT", "SELECT", "TEXTAREA")


def find_appearances(
    snapshots: Snapshots,
    pages: Sequence[PageSnapshot],
    done: Sequence[Done],
    seconds: Callable[[float], float],
) -> list[Appearance]:
    """What came between each action and the next, by time; `seconds` gives the session's clock.

    The page just before the action is held to every later snapshot of it, up to the one taken as the next
    action began, until its path changes. Only main frames are looked at, and styles from style sheets are not
    known. When the work of `MAX_SESSION_NODES` is done, no more is found.
    """
    watch, lister = Watch(), _Lister(snapshots)
    of_tab: dict[str | None, list[PageSnapshot]] = {}
    for page in sorted(pages, key=lambda page: page.time_ms):
        of_tab.setdefault(page.tab, []).append(page)
    for item, following in zip(done, [*done[1:], None], strict=False):
        own = of_tab.get(item.tab, [])
        at = _find_before(own, item, seconds)
        before = lister.list_page(own[at]) if at is not None else None
        if at is None or before is None or item.action.verb == "navigate":
            continue
        watch.begin(before)
        path, since_s = show_url(own[at].url), item.action.start_s
        for page in own[at + 1 :]:
            until_s = _end_of(page, following, seconds)
            listing = lister.list_page(page) if until_s is not None and show_url(page.url) == path else None
            if until_s is None or listing is None or not watch.is_open:
                break
            watch.see(listing, since_s, max(since_s, until_s), path)
            since_s = max(since_s, until_s)
    watch.end()
    return watch.found


def _find_before(own: Sequence[PageSnapshot], item: Done, seconds: Callable[[float], float]) -> int | None:
    """The last snapshot that cannot show what the action did: its own, taken before it, or an earlier one."""
    at = bisect_right(own, item.action.start_s, key=lambda page: seconds(page.time_ms)) - 1
    for index in range(at + 1, len(own)):
        if own[index].call != item.call or own[index].phase == "after":
            break
        at = index
    return at if at >= 0 else None


def _end_of(page: PageSnapshot, following: Done | None, seconds: Callable[[float], float]) -> float | None:
    """When a snapshot was taken, if before the next action; the one taken as that begins is of its start."""
    time_s = seconds(page.time_ms)
    if following is None or time_s <= following.action.start_s:
        return time_s
    is_start = page.call == following.call and page.phase == "before"
    return following.action.start_s if is_start else None


class _Lister:
    """Lists what can be named on the pages of one trace file, as long as there is work left."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots
        self._left = MAX_SESSION_NODES
        self._last: tuple[PageSnapshot, list[Seen] | None] | None = None

    def list_page(self, page: PageSnapshot) -> list[Seen] | None:
        """The listing in the order of the page; None for a page that is too large."""
        if self._last is None or self._last[0] != page:
            self._last = page, self._list(page)
        return self._last[1]

    def _list(self, page: PageSnapshot) -> list[Seen] | None:
        elements: list[Element] = []
        for element in self._snapshots.walk(page.frame, page.index):
            elements.append(element)
            if len(elements) > MAX_LISTING_NODES:
                return None
        self._left -= len(elements)
        if self._left < 0:
            return None
        named = [at for at in elements if at.tag == "LABEL" or "id" in at.attributes]
        holders = {id(at.parent) for at in elements}
        listing = Listing()
        # Of each element that is seen, the place in the listing of what holds it.
        places: dict[int, int | None] = {}
        for element in elements:
            above = element.parent
            if (above is not None and id(above) not in places) or _is_unseen(element, above):
                continue
            place = None if above is None else places[id(above)]
            role = find_role(element)
            name = self._name(element, role, named) if role in NAMED_ROLES else None
            place = listing.add(role, name, place)
            is_text = id(element) not in holders or any(isinstance(at, str) for at in element.children)
            if is_text and element.tag not in _FIELDS and listing.needs_title(place):
                bare = replace(element, attributes={})
                listing.add_text(redact(self._snapshots.find_name(bare, []) or ""), place)
            # The choices of a closed list are not on the screen.
            if element.tag != "SELECT":
                places[id(element)] = place
        return listing.close()

    def _name(self, element: Element, role: str | None, named: list[Element]) -> str | None:
        own, is_field = element.attributes, element.tag in _FIELDS
        others = named if is_field or "aria-labelledby" in own else []
        if role in UNREAD_ROLES and not is_field:
            element = replace(element, children=())
        name = self._snapshots.find_name(element, others)
        return redact(name) if name else None


def _is_unseen(element: Element, above: Element | None) -> bool:
    shut = above is not None and above.tag == "DETAILS" and "open" not in above.attributes
    return (
        element.tag in _UNSEEN
        or (shut and element.tag != "SUMMARY")
        or is_hidden(element.attributes, element.tag.lower())
    )
