"""Which elements of a page are new: two listings of what a person can name, compared."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dataclaw_assets.raw_sources.formats.gui.session import Appearance

NAMED_ROLES = frozenset(
    (
        "alert", "alertdialog", "button", "checkbox", "combobox", "dialog", "heading", "link", "listbox",
        "listitem", "menu", "menuitem", "menuitemcheckbox", "menuitemradio", "option", "radio", "row",
        "searchbox", "slider", "spinbutton", "status", "switch", "tab", "textbox", "tooltip", "treeitem",
    )
)  # fmt: skip
"""Roles of WAI-ARIA 1.2 of what people name when they say that something came on the screen."""

FRAME_ROLES = frozenset(("alertdialog", "dialog", "listbox", "menu"))
"""Roles that hold other things; one without a name of its own goes by its first heading or text."""

UNREAD_ROLES = FRAME_ROLES | {"combobox", "searchbox", "slider", "spinbutton", "textbox"}
"""Roles that their content does not name (WAI-ARIA 1.2, "name from author"): it is a crowd, or a value that
the user entered."""

MAX_APPEARANCES = 5_000
"""Elements kept of a session: some five for each of a thousand actions."""

MAX_AT_ONCE = 50
"""Elements kept of those that come together; a person would name a few of them."""

MAX_COMPARED = 100_000
"""Pairs of names compared between two listings, a tenth of a second: some 300 rows for 300 others."""

MAX_LISTING_NODES = 20_000
"""Nodes of one page that are looked at; Chromium's Lighthouse already calls 1,400 too many."""

MAX_SESSION_NODES = 500_000
"""Nodes of all listings together that are looked at: some ten seconds of work, at 20 µs each (measured)."""

KEPT_SHARE = 0.5
"""A page of whose named things fewer remain has become another one."""

SHOWN_S = 0.5
"""What stands for a shorter time was a step in the building of the page; nobody reads a name in it."""

SAME_SHARE = 0.5
"""Of the words of two names, how many are the same when one element's name has only changed."""

_TWICE = re.compile(r"(?<!\S)(\S.{0,79}?) \1(?!\S)")
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+")
_HIDING = re.compile(r"(display|visibility)\s*:\s*([a-z-]*)", re.IGNORECASE)


class Seen(NamedTuple):
    """One thing on a page that a person can name; `inside` is the place in the listing of the nearest one
    that holds it. One with an empty name is not told; what it holds is."""

    role: str
    name: str
    inside: int | None


class Watch:
    """Collects what appears. After `begin`, which says what is on the page, each `see` is held to it; a page
    that becomes another one ends it until the next `begin`. What is gone again within `SHOWN_S` is let go."""

    def __init__(self) -> None:
        self.found: list[Appearance] = []
        self._known: set[tuple[str, str]] = set()
        self._last: Sequence[Seen] | None = None
        self._young: list[Appearance] = []

    @property
    def is_open(self) -> bool:
        """Whether something was begun that has not ended."""
        return self._last is not None

    def begin(self, listing: Sequence[Seen]) -> None:
        """What is on the page before something is done."""
        self.end()
        self._last, self._known = listing, {item[:2] for item in listing}

    def end(self) -> None:
        """Nothing that comes now is an appearance, until `begin`."""
        self.found += self._young
        self._last, self._young = None, []

    def see(self, listing: Sequence[Seen], since_s: float, time_s: float, page: str | None) -> None:
        """What is on the page at `time_s`; what is new came after `since_s` (seconds of the session)."""
        if self._last is None or len(self.found) + len(self._young) > MAX_APPEARANCES - MAX_AT_ONCE:
            return
        if _is_other_page(self._last, listing):
            self._young = []
            self.end()
            return
        self._settle(listing, time_s)
        for item, parts in _find_new(self._last, listing, self._known):
            self._young.append(
                Appearance(
                    since_s=since_s, time_s=time_s, role=item.role, name=item.name, parts=parts, page=page
                )
            )
        self._known |= {item[:2] for item in listing}
        self._last = listing

    def _settle(self, listing: Sequence[Seen], time_s: float) -> None:
        """Takes over what has stood long enough; what is gone before goes by the name it has now."""
        here = {item[:2] for item in listing}
        young = []
        for item in self._young:
            if time_s - item.time_s >= SHOWN_S:
                self.found.append(item)
                continue
            new_name = _find_successor(item, listing, self._known)
            if (item.role, item.name) in here:
                young.append(item)
            elif new_name is not None:
                self._known.add((item.role, new_name))
                young.append(item.model_copy(update={"name": new_name, "time_s": time_s}))
        self._young = young


def is_hidden(attributes: dict[str, str], tag: str) -> bool:
    """Whether an element's own attributes say that nobody sees it; `tag` is in lower case."""
    stated = {found[1].lower(): found[2].lower() for found in _HIDING.finditer(attributes.get("style", ""))}
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden", "").lower() == "true"
        or stated.get("display") == "none"
        or stated.get("visibility") in ("hidden", "collapse")
        or (tag == "dialog" and "open" not in attributes)
        or ("popover" in attributes and "__playwright_popover_open_" not in attributes)
        or (tag == "input" and attributes.get("type", "").lower() == "hidden")
    )


def is_name(text: str | None) -> bool:
    """Whether a text has a letter that a person reads; icon fonts have none."""
    return text is not None and any(letter.isalpha() for letter in text)


def read_once(name: str) -> str:
    """A name without the second one of two equal runs of words: pages hold hidden copies to measure text."""
    return _TWICE.sub(r"\1", name)


class Listing:
    """The things of one page, added in its order."""

    def __init__(self) -> None:
        self._seen: list[Seen] = []
        self._titles: dict[int, str] = {}
        self._headed: set[int] = set()

    def add(self, role: str | None, name: str | None, inside: int | None) -> int | None:
        """Adds a thing of a role that people name; gives its place, or that of what holds it when it is
        nothing to be named."""
        if role not in NAMED_ROLES or not (is_name(name) or role in FRAME_ROLES):
            return inside
        if role == "heading" and name:
            self._title(name, inside, over=True)
        self._seen.append(Seen(role, read_once(name) if name and is_name(name) else "", inside))
        return len(self._seen) - 1

    def needs_title(self, inside: int | None) -> bool:
        """Whether a text there would be the first one of something without a name."""
        return any(not self._seen[at].name and at not in self._titles for at in self._around(inside))

    def add_text(self, text: str | None, inside: int | None) -> None:
        """Adds the text of an element that is no thing itself."""
        if text and is_name(text):
            self._title(text, inside, over=False)

    def close(self) -> list[Seen]:
        """All things, those without a name by their first heading, else by their first text."""
        return [
            item if item.name else item._replace(name=read_once(self._titles.get(at, "")))
            for at, item in enumerate(self._seen)
        ]

    def _title(self, text: str, inside: int | None, *, over: bool) -> None:
        for at in self._around(inside):
            if not self._seen[at].name and ((over and at not in self._headed) or at not in self._titles):
                self._titles[at] = text
                if over:
                    self._headed.add(at)

    def _around(self, inside: int | None) -> Iterator[int]:
        while inside is not None:
            yield inside
            inside = self._seen[inside].inside


def _is_other_page(before: Sequence[Seen], after: Sequence[Seen]) -> bool:
    had, has = {item[:2] for item in before}, {item[:2] for item in after}
    return len(had & has) < KEPT_SHARE * len(had)


def _find_new(
    before: Sequence[Seen], after: Sequence[Seen], known: set[tuple[str, str]]
) -> list[tuple[Seen, int]]:
    """The topmost things of `after` that were not there, in the order of the page, each with how many named
    things it holds. A role and name that were there make nothing new, however often they stand there now."""
    here = {item[:2] for item in after}
    gone: defaultdict[str, list[set[str]]] = defaultdict(list)
    for role, name in dict.fromkeys(item[:2] for item in before):
        if (role, name) not in here:
            gone[role].append(_words(name))
    new: dict[int, int] = {}
    tops: list[int | None] = []
    told: set[tuple[str, str]] = set()
    compared = 0
    for index, item in enumerate(after):
        top = None if item.inside is None else tops[item.inside]
        is_old = not item.name or item[:2] in known or item[:2] in told
        if top is None and not is_old:
            compared += len(gone[item.role])
            if compared > MAX_COMPARED:
                return []
            if not _takes_place(item, gone[item.role]):
                top = index
                new[index] = 0
                told.add(item[:2])
        elif top is not None and item.name:
            new[top] += 1
        tops.append(top)
    kept = sorted(new, key=lambda index: after[index].role not in FRAME_ROLES)[:MAX_AT_ONCE]
    return [(after[index], new[index]) for index in sorted(kept)]


def _takes_place(item: Seen, gone: list[set[str]]) -> bool:
    """Whether the thing is one that is gone, with a few of its words changed (a counter, a state)."""
    words = _words(item.name)
    for index, others in enumerate(gone):
        if _are_alike(words, others):
            del gone[index]
            return True
    return False


def _find_successor(item: Appearance, listing: Sequence[Seen], known: set[tuple[str, str]]) -> str | None:
    """The name of a thing that was not known and is `item` with a few of its words changed."""
    words = _words(item.name)
    fresh = (seen for seen in listing if seen.role == item.role and seen.name and seen[:2] not in known)
    return next((seen.name for seen in fresh if _are_alike(words, _words(seen.name))), None)


def _are_alike(words: set[str], others: set[str]) -> bool:
    return len(words & others) >= SAME_SHARE * max(len(words), len(others), 1)


def _words(name: str) -> set[str]:
    """The words of a name; all numbers are the same one, since they tick."""
    return {_NUMBER.sub("0", word) for word in _WORD.findall(name.casefold())}
