"""What was entered and scrolled in an rrweb recording: events in a row become one action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dataclaw_assets.raw_sources.formats.gui.redaction import REDACTED, redact
from dataclaw_assets.raw_sources.formats.gui.rrweb_actions import ActionLog, as_number
from dataclaw_assets.raw_sources.formats.gui.rrweb_page import is_mask
from dataclaw_assets.raw_sources.formats.gui.session import Target

TYPING_PAUSE_S = 1.5
SCROLL_PAUSE_S = 1.0
SELF_S = 0.1
"""A scroll or an input that begins so soon after a page load, or a scroll so soon after a press or an input,
is the page's own: no hand is as quick."""

_LEFT_S = 0.05
"""A field that is left so soon after its only input event was recorded by the event of its leaving."""

_SMOOTH_S = 0.15
"""Events of the page's own smooth scroll are no further apart; rrweb throttles them to one in 0.1 s."""

_VALUE_CHARS = 2_000


@dataclass
class _Typing:
    node: Any
    start_s: float
    end_s: float
    before: str
    text: str
    secret: bool
    target: Target | None
    events: int = 1


@dataclass
class _Scroll:
    node: Any
    start_s: float
    end_s: float
    direction: str
    own: bool
    target: Target | None


class Inputs:
    """Follows form fields and scrolled boxes."""

    def __init__(self, log: ActionLog) -> None:
        self._log = log
        self._loaded_s = float("-inf")
        self._focus: tuple[Any, float] | None = None
        self._typing: _Typing | None = None
        self._typed: tuple[Any, str] = (None, "")
        self._scroll: _Scroll | None = None

    def load(self, time_s: float) -> None:
        """A page is there: nothing has focus as far as is known."""
        self.finish()
        self._loaded_s, self._focus, self._typed = time_s, None, (None, "")

    def finish(self) -> None:
        """Tells what is open: something else is being done."""
        self._end_typing()
        self._end_scroll()

    def focus(self, time_s: float, data: dict[str, Any]) -> None:
        """A field is entered."""
        self.finish()
        self._focus, self._typed = (data.get("id"), time_s), (None, "")

    def blur(self, time_s: float, data: dict[str, Any]) -> None:
        """A field is left; text that is recorded only then was typed since it was entered."""
        typing, focus = self._typing, self._focus
        untimed = (
            typing is not None
            and focus is not None
            and typing.node == focus[0] == data.get("id")
            and typing.events == 1
            and time_s - typing.start_s <= _LEFT_S
        )
        if typing is not None and focus is not None and untimed:
            typing.start_s = focus[1]
        self._end_typing(untimed)
        self._focus, self._typed = (None, time_s), (None, "")

    def enter(self, time_s: float, data: dict[str, Any]) -> bool:
        """A field has a new value; whether the user gave it.

        Typed text is what the field holds at the end; where typing goes on after a pause, what was added.
        Not the user's: what the log says is not, what comes with the page's loading, and text in a field
        while another, or none, has focus. Ticks come with their clicks.
        """
        node, text = data.get("id"), data.get("text")
        kind = self._log.page.field(node)
        if kind is None or not isinstance(node, int) or not isinstance(text, str):
            self._log.left_out["inputs to no known field"] += 1
            return False
        if kind not in ("text", "choice"):
            return False
        before = self._log.page.exchange_value(node, text)
        by_user = data.get("userTriggered")
        if text == before or by_user is False or time_s - self._loaded_s <= SELF_S:
            return False
        if kind == "choice":
            self.finish()
            value = REDACTED if self._is_secret(node, text) else redact(_plain(text))
            self._log.add("select", time_s, time_s, node, value=value)
            return True
        away = self._focus is not None and self._focus[0] != node
        emptied = not text and len(before) > 1
        if by_user is not True and (away or emptied):
            self._end_typing()
            self._typed = (None, "")
            return False
        self._end_scroll()
        self._type(time_s, node, before, text)
        return True

    def scroll(self, time_s: float, data: dict[str, Any]) -> bool:
        """A box, or the page, is scrolled to a place; whether the user did it."""
        node, left, top = data.get("id"), as_number(data.get("x")), as_number(data.get("y"))
        if not isinstance(node, int) or self._log.page.tree.find(node) is None or left is None or top is None:
            self._log.left_out["scrolls of nothing known"] += 1
            return False
        old_left, old_top = self._log.page.exchange_scroll(node, left, top)
        across, down = left - old_left, top - old_top
        if not across and not down:
            return False
        way = (
            ("down" if down > 0 else "up") if abs(down) >= abs(across) else "right" if across > 0 else "left"
        )
        run = self._scroll
        if run is not None and run.node == node:
            pause_s = time_s - run.end_s
            if pause_s <= SCROLL_PAUSE_S and run.own and run.direction == way:
                run.end_s = time_s
                return True
            if pause_s <= _SMOOTH_S and not run.own:
                run.end_s = time_s
                return False
        self._end_scroll()
        own = time_s - self._log.deed_s > SELF_S
        if own:
            self._end_typing()
        self._scroll = _Scroll(node, time_s, time_s, way, own, self._log.page.target(node) if own else None)
        return own

    def _type(self, time_s: float, node: int, before: str, text: str) -> None:
        run = self._typing
        if run is not None and run.node == node and time_s - run.end_s <= TYPING_PAUSE_S:
            run.text, run.end_s, run.events = text, time_s, run.events + 1
            run.secret |= is_mask(text) or node in self._log.page.tree.secret
            return
        self._end_typing()
        secret, target = self._is_secret(node, text), self._log.page.target(node)
        self._typing = _Typing(node, time_s, time_s, before, text, secret, target)

    def _end_typing(self, untimed: bool = False) -> None:
        run, self._typing = self._typing, None
        if run is None or run.text == run.before:
            return
        went_on = self._typed == (run.node, run.before) and run.text.startswith(run.before)
        self._typed = (run.node, run.text)
        text = _plain(run.text)
        value = REDACTED if run.secret else redact(text)
        if went_on and value == text:
            value = _plain(run.text[len(run.before) :])
        self._log.add(
            "type", run.start_s, run.end_s, run.node, value=value, target=run.target, untimed=untimed
        )

    def _end_scroll(self) -> None:
        run, self._scroll = self._scroll, None
        if run is not None and run.own:
            self._log.add("scroll", run.start_s, run.end_s, run.node, value=run.direction, target=run.target)

    def _is_secret(self, node: int, text: str) -> bool:
        return is_mask(text) or self._log.page.hides(node)


def _plain(text: str) -> str:
    """Text as entered, without control characters and lone surrogates."""
    return "".join(letter for letter in text[:_VALUE_CHARS] if letter.isprintable() or letter in "\n\t")
