"""What a user did, told by the calls of a Playwright trace: pointing, typing, keys, scrolling, navigation."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from dataclaw_assets.raw_sources.formats.gui.playwright_dom import MAX_NAME_CHARS, Found, Snapshots
from dataclaw_assets.raw_sources.formats.gui.playwright_params import (
    MAX_VALUE_CHARS,
    name_address,
    name_files,
    name_options,
    read_number,
    read_point,
    show_url,
)
from dataclaw_assets.raw_sources.formats.gui.redaction import REDACTED, names_secret, redact
from dataclaw_assets.raw_sources.formats.gui.session import Action, Box, Point, Target, Verb

DRAG_PX = 3.0
"""A pointer that is let go further away than this was dragged; browsers start a drag at 3 to 5 px."""

_CLASSES = {"Frame", "Page", "ElementHandle", "Locator"}
_POINTING: dict[str, Verb] = {
    "click": "click", "dblclick": "double_click", "hover": "hover", "check": "click", "uncheck": "click",
    "tap": "click",
}  # fmt: skip
_HISTORY = {"goBack", "goForward", "reload"}
_MODIFIERS = {"control": "ctrl", "shift": "shift", "alt": "alt", "meta": "meta"}
_SECRET_SELECTOR = re.compile(r"(?<![a-z])(?:pass|pwd|passwd)(?![a-z])", re.IGNORECASE)
_SELECTOR_ROLE = re.compile(r"(?:internal:)?role=([a-z]+)")
_SELECTOR_NAME = re.compile(
    r"""(?:internal:(?:label|text|has-text)=|text=|\[(?:name|placeholder|alt|title|aria-label)=)["']([^"']+)["']"""
    r"|^text=(.+)$"
)


@dataclass
class Call:
    """One call of the driver as the trace states it. `inputs` are the points at which it used the pointer."""

    id: str
    kind: str
    method: str
    params: dict[str, Any]
    start_ms: float
    parent: str | None = None
    page: str | None = None
    end_ms: float | None = None
    failed: bool = False
    inputs: list[Point] = field(default_factory=list)
    box: Box | None = None


@dataclass
class Done:
    """An action, the page (tab) it was done on, whether it left a secret that the screen may show, and its
    call."""

    action: Action
    tab: str | None
    exposes: bool = False
    call: str = ""


@dataclass
class Recorder:
    """Turns the calls of one trace file, in order of time, into actions.

    `seconds` gives the session's clock; `url_of(call, after)` the address before or after a call.
    """

    snapshots: Snapshots
    url_of: Callable[[Call, bool], str | None]
    seconds: Callable[[float], float]
    base_url: str = ""
    on_mac: bool = False
    done: list[Done] = field(default_factory=list)
    _counted: set[str] = field(default_factory=set)
    _pointer: Point | None = None
    _moved: tuple[Call, Point] | None = None
    _pressed: tuple[Call, Point] | None = None
    _held: dict[str, str] = field(default_factory=dict)
    _focus: Literal["plain", "secret", "unknown"] = "unknown"
    _hidden: bool = False
    _page: str | None = None

    def record(self, calls: Sequence[Call]) -> None:
        """Records the calls that a user's hands could have made; one made inside another is part of it."""
        parents = {call.id: call.parent for call in calls}
        for call in sorted(calls, key=lambda call: call.start_ms):
            if call.kind not in _CLASSES or call.failed or call.end_ms is None or call.params.get("trial"):
                continue
            if not self._is_nested(call, parents):
                self._take(call)
        self._settle()

    def _is_nested(self, call: Call, parents: dict[str, str | None]) -> bool:
        above, seen = call.parent, {call.id}
        while above is not None and above not in seen:
            if above in self._counted:
                return True
            seen.add(above)
            above = parents.get(above)
        return False

    def _take(self, call: Call) -> None:
        page = show_url(self.url_of(call, False))
        if page != self._page:
            self._page, self._focus = page, "unknown"
        method, params = call.method, call.params
        if method in _POINTING:
            self._point(call, _POINTING[method])
        elif method in ("fill", "type", "keyboardType", "keyboardInsertText"):
            text = params.get("value") if method == "fill" else params.get("text")
            self._type(call, text if isinstance(text, str) else "")
        elif method in ("press", "keyboardPress", "keyboardDown", "keyboardUp"):
            self._press(call, str(params.get("key", ""))[:MAX_NAME_CHARS])
        elif method == "selectOption":
            self._add(call, "select", value=name_options(params), found=self._focus_on(call))
        elif method in ("setInputFiles", "setInputFilePaths"):
            self._add(call, "select", value=name_files(params), found=self._focus_on(call))
        elif method == "dragAndDrop":
            ends = [*call.inputs[:1], *call.inputs[-1:]] if len(call.inputs) > 1 else [None, None]
            self._pointer = ends[1] or self._pointer
            self._add(call, "drag", point=ends[0], to=ends[1], found=self.snapshots.find_target(call.id))
        elif method == "goto":
            self._add(call, "navigate", value=name_address(self.base_url, params.get("url")))
        elif method in _HISTORY:
            self._add(call, "navigate", value=show_url(self.url_of(call, True)))
        else:
            self._use_mouse(call)

    def _point(self, call: Call, verb: Verb) -> None:
        point = call.inputs[-1] if call.inputs else None
        self._pointer = point or self._pointer
        found = self.snapshots.find_target(call.id) if verb == "hover" else self._focus_on(call)
        self._click(call, verb, point, found)

    def _click(self, call: Call, verb: Verb, point: Point | None, found: Found | None = None) -> None:
        button, count = call.params.get("button"), call.params.get("clickCount")
        if button == "right" and verb == "click":
            verb = "right_click"
        elif verb == "click" and count == 2:
            verb = "double_click"
        clicks = count if verb == "click" and isinstance(count, int) and 2 < count < 10 else 1
        self._add(
            call,
            verb,
            point=point,
            found=found,
            clicks=clicks,
            button="middle" if button == "middle" else None,
        )

    def _type(self, call: Call, text: str) -> None:
        found = self._focus_on(call) if "selector" in call.params or call.kind == "ElementHandle" else None
        if self._is_secret(call):
            self.snapshots.secrets.add(text)
            self._add(call, "type", value=REDACTED, found=found, exposes=self._exposes(call))
        else:
            self._add(call, "type", value=redact(text)[:MAX_VALUE_CHARS], found=found)

    def _press(self, call: Call, key: str) -> None:
        found = self._focus_on(call) if call.method == "press" else None
        modifier = self._modifier(key)
        if call.method == "keyboardUp":
            self._held.pop(key, None)
            return
        if call.method == "keyboardDown" and modifier:
            self._held[key] = modifier
            return
        *chord, last = re.split(r"(?<=.)\+(?=.)", key)
        names = [*self._held.values(), *(self._modifier(part) or part.lower() for part in chord)]
        last = re.sub(r"^(?:Key|Digit)(?=.$)", "", last)
        if len(last) == 1 and set(names) <= {"shift"} and self._is_secret(call):
            self._add(call, "key", value=REDACTED, found=found, exposes=self._exposes(call))
        elif names:
            self._add(call, "hotkey", value="+".join([*dict.fromkeys(names), last.lower()]), found=found)
        else:
            self._add(call, "key", value=last, found=found)
        if last == "Tab":
            self._focus = "unknown"

    def _modifier(self, key: str) -> str | None:
        if key == "ControlOrMeta":
            return "meta" if self.on_mac else "ctrl"
        return _MODIFIERS.get(re.sub("(?:Left|Right)$", "", key).lower())

    def _use_mouse(self, call: Call) -> None:
        at = read_point(call.params) or self._pointer
        if call.method == "mouseMove" and at is not None:
            self._moved, self._pointer = (call, at), at
        elif call.method == "mouseDown":
            # Playwright's pointer lies at the corner until it is moved.
            self._pressed, self._moved = (call, self._pointer or (0.0, 0.0)), None
        elif call.method == "mouseUp" and self._pressed is not None:
            (down, start), self._pressed, self._moved = self._pressed, None, None
            end, down.end_ms = self._pointer or start, call.end_ms
            if math.dist(start, end) > DRAG_PX:
                self._add(down, "drag", point=start, to=end)
            else:
                self._click(down, "click", start)
            self._focus = "unknown"
        elif call.method in ("mouseClick", "touchscreenTap") and at is not None:
            self._moved, self._pointer, self._focus = None, at, "unknown"
            self._click(call, "click", at)
        elif call.method == "mouseWheel":
            across, down_by = (read_number(call.params.get(name)) or 0.0 for name in ("deltaX", "deltaY"))
            if across or down_by:
                sideways = abs(across) > abs(down_by)
                way = ("right" if across > 0 else "left") if sideways else ("down" if down_by > 0 else "up")
                self._add(call, "scroll", point=self._pointer, value=way)

    def _settle(self) -> None:
        """A pointer that was moved and then rested is a hover; one that was moved to click is a click."""
        if self._moved is not None and self._pressed is None:
            (call, point), self._moved = self._moved, None
            self._add(call, "hover", point=point)
        self._moved = None

    def _focus_on(self, call: Call) -> Found | None:
        found = self.snapshots.find_target(call.id)
        selector = str(call.params.get("selector", ""))
        said = _SECRET_SELECTOR.search(selector) or names_secret(selector)
        self._focus = "secret" if (found.secret if found else said) else "plain"
        self._hidden = found.hidden if found else False
        return found

    def _is_secret(self, call: Call) -> bool:
        unseen = self._focus == "unknown" and not self.snapshots.has(call.id)
        return self._focus == "secret" or call.id in self.snapshots.revealing or unseen

    def _exposes(self, call: Call) -> bool:
        """Whether the screen may show the secret typed; snapshots tell it of the fields that they hold."""
        return not self._hidden if self._focus == "secret" else not self.snapshots.has(call.id)

    def _add(
        self,
        call: Call,
        verb: Verb,
        *,
        point: Point | None = None,
        to: Point | None = None,
        value: str | None = None,
        found: Found | None = None,
        clicks: int = 1,
        button: str | None = None,
        exposes: bool = False,
    ) -> None:
        if verb in ("type", "key", "hotkey", "navigate"):
            self._settle()
        self._moved = None
        self._counted.add(call.id)
        start = self.seconds(call.start_ms)
        action = Action(
            verb=verb,
            start_s=start,
            end_s=max(start, self.seconds(call.end_ms if call.end_ms is not None else call.start_ms)),
            point=point,
            to=to,
            target=describe_target(call, found),
            value=value,
            clicks=clicks,
            button=button,
            page=self._page,
        )
        self.done.append(Done(action, call.page, exposes, call.id))


def describe_target(call: Call, found: Found | None) -> Target | None:
    """The target by its snapshot; by the words of the selector where there is none."""
    selector = call.params.get("selector", call.params.get("source"))
    last = next(
        (part for part in reversed(str(selector or "").split(" >> ")) if not part.startswith("nth=")), ""
    )
    role = found.role if found else None
    name = found.name if found else None
    if found is None and (match := _SELECTOR_ROLE.match(last)):
        role = match[1]
    if name is None and (match := _SELECTOR_NAME.search(last)):
        name = (match[1] or match[2])[:MAX_NAME_CHARS]
    if role is None and name is None and call.box is None:
        return None
    return Target(role=role, name=redact(name) if name else None, box=call.box)
