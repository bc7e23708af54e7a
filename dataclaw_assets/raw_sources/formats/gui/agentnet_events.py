"""AgentNet's events as actions: the raw ones reduced here, or the rows of the tool's own reduction."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from dataclaw_assets.raw_sources.formats.gui.session import Action, Point, Target, Verb
from dataclaw_assets.records import Json

DRAG_PX = 5.0
"""A press and release further apart than this is a drag; less is an unsteady hand."""

DOUBLE_CLICK_S = 0.5
"""Windows' default double-click time."""

SCROLL_PAUSE_S = 1.0
TYPING_PAUSE_S = 1.5

_MODIFIERS = {
    "ctrl": "ctrl",
    "alt": "alt",
    "cmd": "cmd",
    "shift": "shift",
    "win": "cmd",
    "super": "cmd",
    "meta": "cmd",
}
_WHITE = {"space": " ", "tab": "\t"}
_KEYS = {
    "enter": "Enter", "esc": "Escape", "tab": "Tab", "backspace": "Backspace", "delete": "Delete",
    "space": "Space", "up": "ArrowUp", "down": "ArrowDown", "left": "ArrowLeft", "right": "ArrowRight",
    "home": "Home", "end": "End", "page_up": "PageUp", "page_down": "PageDown",
    "insert": "Insert", "caps_lock": "CapsLock", "menu": "ContextMenu", "print_screen": "PrintScreen",
}  # fmt: skip
"""pynput's names of keys as the web's (UI Events KeyboardEvent key Values), which other formats use."""

_BUTTONS = {"left", "right", "middle", "x1", "x2"}
_LONGEST_KEY = 32
_Timed = tuple[float, Json]


def reduce_events(rows: Iterable[Json], began: float = 0.0) -> list[Action]:
    """Actions of a raw `events.jsonl` by time, in seconds after `began`: presses joined with their releases
    into clicks, multiple clicks and drags; wheel steps of one direction into scrolls; keys into typed text,
    keys and shortcuts. Moves, and presses that are never released, are no action."""
    timed = [
        (time - began, row)
        for row in rows
        if (time := as_number(row.get("time_stamp"))) is not None and row.get("action") != "move"
    ]
    timed.sort(key=lambda pair: pair[0])
    actions = [*_reduce_pointer(timed), *_reduce_keys(timed)]
    return sorted(actions, key=lambda action: (action.start_s, action.end_s, action.verb))


def read_reduced(rows: Iterable[Json], began: float = 0.0) -> list[Action]:
    """Actions of `reduced_events_complete.jsonl` by time, in seconds after `began`; rows that are none (moves
    and releases) are passed over."""
    actions = [action for row in rows if (action := _read_reduced_row(row, began)) is not None]
    return sorted(actions, key=lambda action: (action.start_s, action.end_s, action.verb))


def as_number(value: Any) -> float | None:
    """A finite number, or None; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def as_point(value: Any) -> Point | None:
    """The point of an object with `x` and `y`, or of a pair."""
    if isinstance(value, dict):
        x, y = as_number(value.get("x")), as_number(value.get("y"))
    elif isinstance(value, list) and len(value) == 2:
        x, y = as_number(value[0]), as_number(value[1])
    else:
        return None
    return None if x is None or y is None else (x, y)


def as_words(value: Any, limit: int = 200) -> str | None:
    """Text on one line, cut to `limit`. A log may hold halves of surrogate pairs, which no file can store."""
    text = value[: 4 * limit].encode("utf-8", "replace").decode() if isinstance(value, str) else ""
    text = "".join(letter for letter in text if letter.isprintable() or letter.isspace())
    return " ".join(text.split())[:limit] or None


def _read_reduced_row(row: Json, began: float) -> Action | None:
    start, end = as_number(row.get("start_time")), as_number(row.get("end_time"))
    kind = str(row.get("action", "")).lower()
    if start is None or (kind == "click" and row.get("pressed") is False):
        return None
    span = (start - began, max(start, start if end is None else end) - began)
    trace = row.get("trace") or row.get("coordinates") or ()
    steps: list[Any] = trace if isinstance(trace, list) else []
    point = as_point(row.get("coordinate")) or as_point(steps[0] if steps else None)
    named = row.get("target")
    target = _read_target(named) if isinstance(named, dict) else None
    if kind == "click":
        times = int(min(max(as_number(row.get("click_type")) or 1, 1), 3))
        return _make_click(_name_button(row), times, *span, point, target)
    if kind == "drag":
        path = row.get("drag_trace")
        to = as_point(path[-1]) if isinstance(path, list) and path else None
        return _make("drag", *span, point=point, to=to, target=target, button=_other_button(row))
    if kind == "scroll":
        value = _name_scroll([step for step in steps if isinstance(step, dict)])
        return _make("scroll", *span, point=point, target=target, value=value)
    if kind == "type":
        keys = row.get("key_names")
        value = _spell(str(key) for key in keys) if isinstance(keys, list) else None
        return _make("type", *span, target=target, value=value)
    if kind in {"press", "hotkey"}:
        return _make_press(*span, _reduced_keys(row), target)
    return None


def _read_target(named: Json) -> Target | None:
    role, name = as_words(named.get("control_type")), as_words(named.get("title"))
    return Target(role=role, name=name) if role or name else None


def _reduced_keys(row: Json) -> list[str]:
    keys = row.get("key_names")
    names = [str(key) for key in keys] if isinstance(keys, list) else [str(row.get("name") or "")]
    children = row.get("children")
    for child in children if isinstance(children, list) else ():
        if isinstance(child, dict):
            more = child.get("key_names")
            names += [str(key) for key in more] if isinstance(more, list) else [str(child.get("name") or "")]
    return [name for name in names if name]


def _reduce_pointer(timed: Sequence[_Timed]) -> list[Action]:
    actions: list[Action] = []
    held: dict[str, tuple[float, Point]] = {}
    wheel: list[_Timed] = []
    for time, row in timed:
        point = as_point(row)
        if row.get("action") == "scroll" and point:
            if wheel and not _is_same_scroll(wheel[-1], (time, row)):
                actions.append(_join_scroll(wheel))
                wheel = []
            wheel.append((time, row))
        elif row.get("action") == "click" and point:
            button = _name_button(row)
            if row.get("pressed"):
                held[button] = (time, point)
            elif button in held:
                pressed, origin = held.pop(button)
                _add_click(actions, button, pressed, time, origin, point)
    if wheel:
        actions.append(_join_scroll(wheel))
    return actions


def _add_click(
    actions: list[Action], button: str, start: float, end: float, origin: Point, point: Point
) -> None:
    if math.dist(origin, point) > DRAG_PX:
        other = button if button != "left" else None
        actions.append(_make("drag", start, end, point=origin, to=point, button=other))
        return
    last = actions[-1] if actions else None
    again = (
        last is not None
        and button == "left"
        and last.verb in {"click", "double_click"}
        and last.button is None
        and last.clicks < 3
        and last.point is not None
        and start - last.end_s <= DOUBLE_CLICK_S
        and math.dist(last.point, origin) <= DRAG_PX
    )
    if again and last is not None:
        actions[-1] = _make_click(button, last.clicks + 1, last.start_s, end, last.point)
    else:
        actions.append(_make_click(button, 1, start, end, origin))


def _make(verb: Verb, start_s: float, end_s: float, **more: Any) -> Action:
    return Action(verb=verb, start_s=start_s, end_s=end_s, **more)


def _make_click(
    button: str, times: int, start_s: float, end_s: float, point: Point | None, target: Target | None = None
) -> Action:
    verb: Verb = "click"
    if button == "right":
        verb = "right_click"
    elif button == "left" and times == 2:
        verb = "double_click"
    other = button if button not in {"left", "right"} else None
    return _make(verb, start_s, end_s, point=point, target=target, clicks=times, button=other)


def _make_press(start_s: float, end_s: float, names: Sequence[str], target: Target | None = None) -> Action:
    held = [modifier for name in names if (modifier := _modifier(name))]
    plain = [_KEYS.get(name.lower(), name) for name in names if not _modifier(name)]
    keys = [*dict.fromkeys(held), *(key.lower() if held else key for key in plain)]
    verb: Verb = "hotkey" if held and len(keys) > 1 else "key"
    value = as_words("+".join(key[:_LONGEST_KEY] for key in keys))
    return _make(verb, start_s, end_s, target=target, value=value)


def _name_button(row: Json) -> str:
    name = str(row.get("button", "left")).lower().removeprefix("button.")
    return name if name in _BUTTONS else "left"


def _other_button(row: Json) -> str | None:
    button = _name_button(row)
    return button if button != "left" else None


def _is_same_scroll(last: _Timed, now: _Timed) -> bool:
    return now[0] - last[0] <= SCROLL_PAUSE_S and _name_scroll([last[1]]) == _name_scroll([now[1]])


def _join_scroll(wheel: Sequence[_Timed]) -> Action:
    rows = [row for _, row in wheel]
    return _make("scroll", wheel[0][0], wheel[-1][0], point=as_point(rows[0]), value=_name_scroll(rows))


def _name_scroll(steps: Sequence[Json]) -> str | None:
    """The direction of a wheel movement; pynput counts up and right as positive."""
    across = sum(as_number(step.get("dx")) or 0.0 for step in steps)
    down = sum(as_number(step.get("dy")) or 0.0 for step in steps)
    if abs(across) > abs(down):
        return "right" if across > 0 else "left"
    return None if down == 0 else ("up" if down > 0 else "down")


def _reduce_keys(timed: Sequence[_Timed]) -> list[Action]:
    actions: list[Action] = []
    down: list[str] = []
    typed: list[tuple[float, str]] = []
    alone: tuple[str, float] | None = None

    def flush() -> None:
        text = _spell(key for _, key in typed)
        if text:
            actions.append(_make("type", typed[0][0], typed[-1][0], value=text))
        typed.clear()

    for time, row in timed:
        name, event = str(row.get("name") or ""), row.get("action")
        if event not in {"press", "release"} or not name:
            alone = None
            continue
        modifier = _modifier(name)
        if modifier:
            if event == "release" and alone is not None and alone[0] == modifier == "cmd":
                flush()
                actions.append(_make("key", alone[1], time, value="Meta"))  # opens the start menu
            alone = (modifier, time) if event == "press" and not down else None
            down = [key for key in down if key != modifier] + ([modifier] if event == "press" else [])
        elif event == "press":
            alone = None
            shortcut = [key for key in down if key != "shift"]
            if not shortcut and (len(name) == 1 or name in _WHITE or name == "backspace"):
                if typed and time - typed[-1][0] > TYPING_PAUSE_S:
                    flush()
                typed.append((time, name))
            else:
                flush()
                actions.append(_make_press(time, time, [*down, name]))
    flush()
    return actions


def _spell(keys: Iterable[str]) -> str | None:
    letters: list[str] = []
    for key in keys:
        if key == "backspace":
            del letters[-1:]
        elif len(key) == 1 or key in _WHITE:
            letters.append(_WHITE.get(key, key))
        elif not _modifier(key):
            letters.append(f"<{key[:_LONGEST_KEY]}>")
    return "".join(letters).encode("utf-8", "replace").decode() or None


def _modifier(name: str) -> str | None:
    return _MODIFIERS.get(name.lower().removesuffix("_l").removesuffix("_r").removesuffix("_gr"))
