"""What the pointer did in an rrweb recording: clicks, drags, long presses, rests where the page reacts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from dataclaw_assets.raw_sources.formats.gui.rrweb_actions import ActionLog
from dataclaw_assets.raw_sources.formats.gui.session import Point, Verb

LONG_PRESS_S = 0.5
HOVER_S = 0.3
DRAG_PX = 5.0
TAP_PX = 10.0
"""How far a finger may move and still tap."""

_ECHO_S = 0.05
"""A click so soon after another, without a press between, is a label's, passed on to its control."""

_TAP_ECHO_S = 0.4
"""For so long after a tap a browser may still send the mouse events that it stands for."""

_DOUBLE_S = 1.0
_TRIPLE_S = 0.5
"""Two clicks of a double click, and the third after it, are no further apart (the usual system settings)."""


@dataclass
class _Press:
    node: Any
    point: Point | None
    start_s: float
    to: Point | None = None
    to_s: float = 0.0


@dataclass
class _Stay:
    """The pointer on one element: since when it has not moved, and from when to when it rested."""

    node: Any
    point: Point | None
    since_s: float
    rest: tuple[float, float] | None = None


class Pointer:
    """Follows the pointer. Where the recording holds presses at all (`has_presses`), a click without one came
    from a key or a script: it is counted in `left_out`, not told."""

    def __init__(self, log: ActionLog, has_presses: bool) -> None:
        self._log = log
        self._has_presses = has_presses
        self._press: _Press | None = None
        self._touch: _Press | None = None
        self._stay: _Stay | None = None
        self._acted_on: Any = None
        self._echo_until_s = self._tap_until_s = -math.inf

    def forget(self) -> None:
        """Leaves the page: what is pressed or rested on is gone."""
        self.finish()
        self._touch = self._acted_on = None

    def finish(self) -> None:
        """Tells a drag of the browser's own kind, whose release no event reports; ends a rest."""
        self._stay = None
        press, self._press = self._press, None
        if press is not None and _distance(press.point, press.to) >= DRAG_PX:
            log = self._log
            log.add("drag", press.start_s, press.to_s, press.node, point=press.point, to=press.to)

    def disturb(self) -> None:
        """Something else was done while the pointer rested: it was not resting to hover."""
        if self._stay is not None:
            self._acted_on = self._stay.node
        self._stay = None

    def move(self, time_s: float, data: dict[str, Any]) -> None:
        """The pointer is at a point; a rest that another move ends, undisturbed, on an element that reacts
        to the pointer is a hover."""
        node, point, stay = data.get("id"), self._log.locate(data), self._stay
        if self._press is not None or self._touch is not None:
            return
        if stay is not None and time_s - stay.since_s >= HOVER_S:
            stay.rest = (stay.rest[0] if stay.rest else stay.since_s, time_s)
        if stay is not None and stay.node == node:
            stay.since_s, stay.point = time_s, point
            return
        if stay is not None and stay.rest and self._log.page.reacts_to_pointer(stay.node):
            self._log.add("hover", *stay.rest, stay.node, point=stay.point)
        self._stay = None
        if node != self._acted_on:
            self._acted_on = None
            self._stay = _Stay(node, point, time_s)

    def drag(self, time_s: float, data: dict[str, Any]) -> None:
        """The pointer is at a point while it drags in the browser's own way."""
        if self._press is not None and (point := self._log.locate(data)) is not None:
            self._press.to, self._press.to_s = point, time_s

    def slide(self, _time_s: float, data: dict[str, Any]) -> None:
        """A finger is at a point."""
        if self._touch is not None and _distance(self._touch.point, self._log.locate(data)) > TAP_PX:
            self._touch.to = self._log.locate(data)

    def press(self, time_s: float, data: dict[str, Any]) -> None:
        """The pointer goes down."""
        self.finish()
        self._acted_on = data.get("id")
        if time_s > self._tap_until_s:
            self._press = _Press(data.get("id"), self._log.locate(data), time_s)

    def release(self, time_s: float, data: dict[str, Any]) -> None:
        """The pointer goes up; further from where it went down than a hand trembles, it has dragged."""
        press, point = self._press, self._log.locate(data)
        if press is not None and _distance(press.point, point) >= DRAG_PX:
            self._press = None
            self._log.add("drag", press.start_s, time_s, press.node, point=press.point, to=point)
            self._echo_until_s = time_s + _ECHO_S

    def touch(self, time_s: float, data: dict[str, Any]) -> None:
        """A finger goes down; a second one beside it makes no tap."""
        self.finish()
        touch = _Press(data.get("id"), self._log.locate(data), time_s)
        touch.to = touch.point if self._touch is not None else None
        self._touch = touch

    def lift(self, time_s: float, data: dict[str, Any]) -> None:
        """A finger goes up: a tap, a long press, or the end of a movement that scroll events tell of."""
        touch, self._touch = self._touch, None
        if touch is None or touch.to is not None or _distance(touch.point, self._log.locate(data)) > TAP_PX:
            return
        verb: Verb = "long_press" if time_s - touch.start_s >= LONG_PRESS_S else "click"
        self._log.add(verb, touch.start_s, time_s, touch.node, point=touch.point)
        self._tap_until_s = time_s + _TAP_ECHO_S

    def cancel(self, _time_s: float, _data: dict[str, Any]) -> None:
        """The browser takes the finger's movement for itself."""
        self._touch = None

    def click(self, time_s: float, data: dict[str, Any]) -> None:
        """An element was clicked."""
        node, press = data.get("id"), self._press
        self._press = self._stay = None
        self._acted_on = node
        if press is None and time_s <= max(self._echo_until_s, self._tap_until_s):
            self._pass_on(node)
            return
        if press is None and self._has_presses:
            self._log.left_out["clicks without a press, made by a key or by the page"] += 1
            return
        start_s = press.start_s if press else time_s
        self._echo_until_s = time_s + _ECHO_S
        last = self._log.told[-1] if self._log.told else None
        after_double = last is not None and last.action.verb == "double_click" and last.node == node
        if last and after_double and start_s - last.action.end_s <= _TRIPLE_S:
            self._log.change_last(verb="click", clicks=3, end_s=time_s)
            return
        self._log.add("click", start_s, time_s, node, point=self._log.locate(data))

    def double_click(self, time_s: float, data: dict[str, Any]) -> None:
        """An element was clicked twice: the clicks that made it become one action."""
        told, node = self._log.told, data.get("id")
        start_s = time_s
        for _ in range(2):
            if not told or told[-1].action.verb != "click" or told[-1].action.clicks > 1:
                break
            if told[-1].node != node or time_s - told[-1].action.start_s > _DOUBLE_S:
                break
            start_s = told.pop().action.start_s
        self._log.add("double_click", start_s, time_s, node, point=self._log.locate(data))

    def open_menu(self, time_s: float, data: dict[str, Any]) -> None:
        """The menu of an element was asked for, by the right button or by a finger held down."""
        press, touch = self._press, self._touch
        self._press = self._touch = self._stay = None
        self._acted_on = data.get("id")
        if touch is not None:
            self._log.add("long_press", touch.start_s, time_s, touch.node, point=touch.point)
            self._tap_until_s = time_s + _TAP_ECHO_S
            return
        start_s = press.start_s if press else time_s
        self._log.add("right_click", start_s, time_s, data.get("id"), point=self._log.locate(data))

    def _pass_on(self, node: Any) -> None:
        """The click of a label reaches its control, which is what was meant."""
        last = self._log.told[-1] if self._log.told else None
        if last is not None and last.action.verb == "click" and self._log.page.field(node):
            last.node = node
            self._log.change_last(target=self._log.page.target(node))
            self._echo_until_s = self._tap_until_s = -math.inf


def _distance(one: Point | None, other: Point | None) -> float:
    return math.dist(one, other) if one and other else 0.0
