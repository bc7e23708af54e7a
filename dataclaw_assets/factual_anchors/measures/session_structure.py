"""How the actions of a GUI session hang together: phases, repeated operations, the order of its events."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dataclaw_assets.raw_sources.formats.gui.session import Action

PAUSE_S = 5.0
"""A pause this long ends a phase. A user at work prepares for 1.35 s and moves, points and presses in
another 2 s (keystroke-level model, Card, Moran & Newell 1980): 5 s is more than one operation takes. In the
reference sessions waits within a piece of work are at most 4.93 s, and the breaks in the one recorded of a
person last from 6.8 s on."""

MAX_PERIOD = 8
"""The most actions in one round of a repeated operation; longer ones are phases of their own."""

SINGLE_TIMES, ROUND_TIMES = 3, 2
"""How often one action, and a round of several, must come to be called repeated."""

COMMANDS = frozenset({"button", "link", "tab", "menuitem", "menu item"})
"""Roles that start something: three of them clicked in a row are as often three steps of one goal."""

_ORDER = re.compile(
    r"\b(?:then|after that|afterwards|after which)\b|\bfirst\b(?=.*\b(?:second|next|finally)\b)", re.I
)

Structure = Literal["none", "sequential", "parallel", "hybrid"]


@dataclass(frozen=True)
class Change:
    """The page before and after, the last action known on the one and the first known on the other."""

    before: str
    after: str
    last: int
    first: int


@dataclass(frozen=True)
class Phase:
    """Actions `first` to `last`, and why they are a phase of their own."""

    first: int
    last: int
    begins_with: Literal["start", "page_change", "pause"]
    page: str | None
    pause_s: float


@dataclass(frozen=True)
class Repeat:
    """Actions from `first` on: `times` rounds of `period` actions each, over different objects."""

    first: int
    period: int
    times: int
    targets: tuple[str, ...]

    @property
    def last(self) -> int:
        """The last action of the last round."""
        return self.first + self.period * self.times - 1


@dataclass(frozen=True)
class Events:
    """How the events of a session are ordered, and the counts that it is told from."""

    structure: Structure
    page_changes: int
    pauses: int
    repeats: int
    wording: str | None


def find_changes(actions: Sequence[Action]) -> list[Change]:
    """Where the page or app of one action is another than that of the last action whose page is known."""
    found: list[Change] = []
    last: int | None = None
    for index, action in enumerate(actions):
        if action.page is None:
            continue
        if last is not None and actions[last].page != action.page:
            found.append(Change(actions[last].page or "", action.page, last, index))
        last = index
    return found


def find_phases(actions: Sequence[Action], timed: bool) -> list[Phase]:
    """The phases of a session, each action in one of them: cut where the page changes, and, in a log with
    times, at pauses of `PAUSE_S`. A cut lies at the start of the action that comes after."""
    changed = {change.first for change in find_changes(actions)}
    cuts: list[tuple[int, Literal["start", "page_change", "pause"], float]] = []
    busy_s = actions[0].start_s if actions else 0.0
    for index, action in enumerate(actions):
        pause_s = max(0.0, action.start_s - busy_s) if timed else 0.0
        busy_s = max(busy_s, action.end_s)
        if index == 0:
            cuts.append((0, "start", 0.0))
        elif index in changed:
            cuts.append((index, "page_change", pause_s))
        elif pause_s >= PAUSE_S:
            cuts.append((index, "pause", pause_s))
    phases = []
    for number, (first, why, pause_s) in enumerate(cuts):
        last = cuts[number + 1][0] - 1 if number + 1 < len(cuts) else len(actions) - 1
        page = next((action.page for action in actions[first : last + 1] if action.page), None)
        phases.append(Phase(first, last, why, page, pause_s))
    return phases


def find_repeats(actions: Sequence[Action]) -> list[Repeat]:
    """The operations repeated over different objects, from the first on, none inside another.

    Either one verb on at least three targets of one role and different names in a row, on one page; or a
    round of two to `MAX_PERIOD` actions, the same verbs on the same roles, at least twice, each time with
    another combination of names and values. Targets without a name cannot be told apart and repeat nothing.
    """
    pages = _carry_pages(actions)
    found: list[Repeat] = []
    at = 0
    while at < len(actions):
        best: Repeat | None = None
        for period in range(1, MAX_PERIOD + 1):
            repeat = _count_rounds(actions, pages, at, period)
            if repeat and (best is None or repeat.last > best.last):
                best = repeat
        if best:
            found.append(best)
        at = best.last + 1 if best else at + 1
    return found


def judge_events(actions: Sequence[Action], task: str | None, timed: bool) -> Events:
    """Whether the session's events follow each other, lie side by side, both, or neither.

    After the paper's signs of several events: another page or app, a visible change of phase (here: a
    pause) or the wording of the task (English) make them sequential; the same operation over several
    objects makes them parallel, where it is a round of actions or no mere command (`COMMANDS`). Changes of
    page within a repeated operation belong to it.
    """
    repeats = [
        item for item in find_repeats(actions) if item.period > 1 or not _is_command(actions[item.first])
    ]
    inside = {index for item in repeats for index in range(item.first + 1, item.last + 1)}
    outside = [phase for phase in find_phases(actions, timed) if phase.first not in inside]
    page_changes = sum(phase.begins_with == "page_change" for phase in outside)
    pauses = sum(phase.begins_with == "pause" for phase in outside)
    word = _ORDER.search(task or "")
    wording = word.group().lower() if word else None
    structure: Structure
    if page_changes or pauses or wording:
        structure = "hybrid" if repeats else "sequential"
    else:
        structure = "parallel" if repeats else "none"
    return Events(structure, page_changes, pauses, len(repeats), wording)


def _carry_pages(actions: Sequence[Action]) -> list[str | None]:
    pages: list[str | None] = []
    for action in actions:
        pages.append(action.page or (pages[-1] if pages else None))
    return pages


def _count_rounds(
    actions: Sequence[Action], pages: Sequence[str | None], at: int, period: int
) -> Repeat | None:
    kinds = [_kind(action) for action in actions[at : at + period]]
    if len(kinds) < period or _is_compound(kinds):
        return None
    if period == 1 and kinds[0][1] is None:
        return None
    seen: set[tuple[tuple[str | None, str | None], ...]] = set()
    targets: dict[str, None] = {}
    times = 0
    while True:
        first = at + times * period
        turn = actions[first : first + period]
        if [_kind(action) for action in turn] != kinds or (period == 1 and pages[first] != pages[at]):
            break
        objects = tuple((_name(action), None if period == 1 else action.value) for action in turn)
        if objects in seen or not any(name for name, _ in objects):
            break
        seen.add(objects)
        targets |= {name: None for name, _ in objects if name}
        times += 1
    if times < (SINGLE_TIMES if period == 1 else ROUND_TIMES):
        return None
    return Repeat(at, period, times, tuple(targets))


def _kind(action: Action) -> tuple[str, str | None]:
    return action.verb, action.target.role if action.target else None


def _name(action: Action) -> str | None:
    return action.target.name if action.target else None


def _is_command(action: Action) -> bool:
    role = action.target.role if action.target else None
    return role is not None and role.removesuffix("Control").lower() in COMMANDS


def _is_compound(kinds: Sequence[tuple[str, str | None]]) -> bool:
    """Whether a round is itself several rounds of fewer actions."""
    size = len(kinds)
    return any(
        size % part == 0 and list(kinds) == list(kinds[:part]) * (size // part) for part in range(1, size)
    )
