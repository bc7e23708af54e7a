"""A GUI session as its log states it: actions in one vocabulary, on the session's clock, in screen pixels."""

from __future__ import annotations

from typing import Literal

from dataclaw_assets.records import Record

Verb = Literal[
    "click",
    "double_click",
    "right_click",
    "long_press",
    "hover",
    "drag",
    "type",
    "key",
    "hotkey",
    "scroll",
    "navigate",
    "select",
    "wait",
]
"""What a user does. What a driver does between (assertions, queries, setting a page's content, pauses of a
script) is no action."""

Point = tuple[float, float]
"""Across and down, in pixels of the session's screen."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels of the session's screen."""


class Target(Record):
    """What the log says was acted on: its role (`button`, `textbox`, …), its name as a person reads it, its
    box on the screen."""

    role: str | None = None
    name: str | None = None
    box: Box | None = None


class Action(Record):
    """One action of the user. Times are seconds since the session began.

    `to` is where a drag ends. `value` is the text typed, the option selected, the keys (`Enter`, `ctrl+s`),
    the direction of a scroll (up, down, left, right: where the content's view moves to) or the path
    navigated to; a secret is `[redacted]`. `clicks` counts a multiple click (3 for a triple click) and
    `button` names one that is neither left nor right. `page` is the path of the page, or the app, on which
    it was done; `before` and `after` name screens of the session.
    """

    verb: Verb
    start_s: float
    end_s: float
    point: Point | None = None
    to: Point | None = None
    target: Target | None = None
    value: str | None = None
    clicks: int = 1
    button: str | None = None
    page: str | None = None
    before: str | None = None
    after: str | None = None


class Screen(Record):
    """A picture of the screen that the log holds: the name of its file within the source, its time and its
    size in its own pixels."""

    name: str
    time_s: float
    width: int
    height: int
    withheld: bool = False
    """Whether it may show a secret: it is on the session's clock, and nobody may look at it."""


class Appearance(Record):
    """An element that came on a page: it was not there at `since_s` and was there at `time_s` (seconds since
    the session began). `parts` counts the named things within it; `page` is the page's path; the box is in
    pixels of the session's screen, where the log knows it."""

    since_s: float
    time_s: float
    role: str
    name: str
    parts: int = 0
    page: str | None = None
    box: Box | None = None


class Session(Record):
    """A session of one user: the screen's size in the pixels that points are in, its actions by time, its
    pictures by time. `task` is what the user was asked to do, where the log says so; `began_at` is the wall
    clock at second 0, seconds since 1970."""

    width: int
    height: int
    duration_s: float
    actions: tuple[Action, ...]
    screens: tuple[Screen, ...] = ()
    task: str | None = None
    began_at: float | None = None
    notes: tuple[str, ...] = ()
    """What was left out of the log, and why, in words."""
    appearances: tuple[Appearance, ...] = ()
    """What came on a page while it stayed the same page, by time, where the log holds the page itself."""


def list_screens(screens: tuple[Screen, ...]) -> list[Screen]:
    """The screens that a stream shows: those on the session's clock, by time."""
    return sorted((screen for screen in screens if screen.time_s >= 0.0), key=lambda screen: screen.time_s)
