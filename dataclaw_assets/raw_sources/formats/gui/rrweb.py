"""Parses rrweb recordings (versions 1 and 2): a JSON array, `{"events": […]}` or one event a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui.redaction import redact
from dataclaw_assets.raw_sources.formats.gui.rrweb_actions import MAX_ACTIONS, ActionLog, as_number
from dataclaw_assets.raw_sources.formats.gui.rrweb_appearances import Appearances
from dataclaw_assets.raw_sources.formats.gui.rrweb_inputs import Inputs
from dataclaw_assets.raw_sources.formats.gui.rrweb_page import clean
from dataclaw_assets.raw_sources.formats.gui.rrweb_pointer import Pointer
from dataclaw_assets.raw_sources.formats.gui.rrweb_tree import as_id
from dataclaw_assets.raw_sources.formats.gui.session import Session
from dataclaw_assets.raw_sources.readers.contract import DOCUMENT_BYTES, parse_json

MAX_SESSION_S = 86_400.0
"""Events further than a day from the middle one are not of its session: clocks that jumped, or damage."""

MAX_SIDE_PX = 100_000
"""The widest page that is believed."""

_LATEST_MS = 1e14
"""Time stamps are milliseconds since 1970; this is the year 5138."""

_MAX_PATH = 500
_SNAPSHOT, _INCREMENT, _META = 2, 3, 4
_SOURCES = {0: "mutation", 2: "interaction", 3: "scroll", 4: "resize", 5: "input"}
_TRAILS = {1: "move", 6: "slide", 12: "drag"}
_INTERACTIONS = {
    0: "release", 1: "press", 2: "click", 3: "menu", 4: "double_click", 5: "focus", 6: "blur",
    7: "touch", 9: "lift", 10: "cancel",
}  # fmt: skip
"""Numbers of events, from rrweb-io `packages/types/src/index.ts`: `EventType`, `IncrementalSource`
(1, 6 and 12 hold the positions of some time), `MouseInteractions`."""

_KEYS_NOTE = "rrweb records no keys: Enter, Tab and shortcuts are not among the actions"


class Event(NamedTuple):
    """One event of the log: milliseconds since 1970, its number, its data."""

    time_ms: float
    type: int
    data: dict[str, Any]


class Moment(NamedTuple):
    """One thing that happened, in seconds of the session; an event that holds a trail is several."""

    time_s: float
    kind: str
    data: dict[str, Any]


def read_session(path: Path) -> Session:
    """The session of a recording; second 0 is its first event, and there are no pictures and no boxes.

    What rrweb cannot tell is not told: keys, typing into elements that are no form fields, page changes
    that no action led to (a typed address and a redirect look alike). A scroll that the page makes by itself
    later than 0.1 s after an action looks like a user's.
    Raises `UnreadableSource`: `too_large`, `bad_json`, `no_reader` (not an rrweb log), `bad_events` (packed,
    without a page size).
    """
    notes: Counter[str] = Counter()
    events = _keep_near(_read_events(path, notes), notes)
    origin_ms = events[0].time_ms
    moments = sorted(_unfold(events, origin_ms), key=lambda moment: moment.time_s)
    log = ActionLog(_find_size(moments))
    appearances = Appearances(lambda: log.page)
    _tell(moments, log, appearances)
    actions = log.settle()
    log.count_dropped()
    notes += log.left_out
    notes["pages too large to look for what appears"] += appearances.is_spent
    return Session(
        width=log.size[0],
        height=log.size[1],
        duration_s=(events[-1].time_ms - origin_ms) / 1000,
        actions=actions,
        began_at=origin_ms / 1000,
        notes=(_KEYS_NOTE, *(f"{reason}: {count}" for reason, count in sorted(notes.items()) if count)),
        appearances=tuple(appearances.found),
    )


def page_path(href: Any) -> str | None:
    """The path of a web address, without query and fragment and with secrets in it taken out; of a file its
    name only; None for any other address."""
    try:
        parts = urlsplit(href[: 4 * _MAX_PATH]) if isinstance(href, str) else None
    except ValueError:
        return None
    if parts is None or parts.scheme not in ("http", "https", "file"):
        return None
    path = parts.path if parts.scheme != "file" else "/" + parts.path.rpartition("/")[2]
    return "/".join(redact(clean(piece, _MAX_PATH)) for piece in path.split("/"))[:_MAX_PATH] or "/"


def _read_events(path: Path, notes: Counter[str]) -> list[Event]:
    """The well-formed events by time."""
    with path.open("rb") as file:
        data = file.read(DOCUMENT_BYTES + 1)
    if len(data) > DOCUMENT_BYTES:
        raise UnreadableSource("too_large", f"a log of more than {DOCUMENT_BYTES // (1024 * 1024)} MB")
    items = list(_parse_items(data))
    events = [event for item in items if (event := _as_event(item)) is not None]
    if not events:
        if any(isinstance(item, str) or isinstance(_get(item, "data"), str) for item in items):
            raise UnreadableSource("bad_events", "its events are packed (compressed)")
        raise UnreadableSource("no_reader", "JSON document")
    if len(events) < len(items):
        notes["events that are none"] += len(items) - len(events)
    late = sum(after.time_ms < before.time_ms for before, after in pairwise(events))
    if late:
        notes["events out of the order of time, put in order"] += late
    return sorted(events, key=lambda event: event.time_ms)


def _parse_items(data: bytes) -> Iterator[Any]:
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith(b"{"):
        document = parse_json(data)
        yield from document if isinstance(document, list) else ()
        return
    lines = (line for line in text.splitlines() if line.strip())
    first = _parse_line(next(lines))
    if isinstance(first, dict) and not isinstance(first.get("events"), list):
        yield first
        yield from map(_parse_line, lines)
        return
    document = parse_json(data)
    events = _get(document, "events")
    yield from events if isinstance(events, list) else ()


def _parse_line(line: bytes) -> Any:
    try:
        return parse_json(line)
    except UnreadableSource:
        return None


def _as_event(item: Any) -> Event | None:
    time_ms, number, data = as_number(_get(item, "timestamp")), _get(item, "type"), _get(item, "data")
    if time_ms is None or not 0 <= time_ms <= _LATEST_MS or type(number) is not int:
        return None
    return Event(time_ms, number, data) if isinstance(data, dict) else None


def _get(item: Any, key: str) -> Any:
    return item.get(key) if isinstance(item, dict) else None


def _keep_near(events: list[Event], notes: Counter[str]) -> list[Event]:
    middle = median(event.time_ms for event in events)
    near = [event for event in events if abs(event.time_ms - middle) <= MAX_SESSION_S * 1000]
    if not near:
        raise UnreadableSource("bad_events", "its time stamps are years apart")
    if len(near) < len(events):
        notes["events more than a day from the others"] += len(events) - len(near)
    return near


def _unfold(events: list[Event], origin_ms: float) -> Iterator[Moment]:
    for event in events:
        time_s, data = (event.time_ms - origin_ms) / 1000, event.data
        source = data.get("source") if event.type == _INCREMENT else None
        if event.type == _META:
            yield Moment(time_s, "meta", data)
        elif event.type == _SNAPSHOT:
            yield Moment(time_s, "load", data)
        elif type(source) is int and source in _TRAILS:
            positions = data.get("positions")
            for position in positions if isinstance(positions, list) else ():
                # Positions are sent together at the end of up to half a second; their offsets are negative.
                offset_s = (as_number(_get(position, "timeOffset")) or 0.0) / 1000
                if isinstance(position, dict) and -10 <= offset_s <= 0:
                    yield Moment(max(0.0, time_s + offset_s), _TRAILS[source], position)
        elif type(source) is int and source in _SOURCES:
            number = data.get("type")
            kind = _INTERACTIONS.get(number, "") if type(number) is int else ""
            yield Moment(time_s, kind if source == 2 else _SOURCES[source], data)


def _find_size(moments: list[Moment]) -> tuple[int, int]:
    """The size of the first page, else of the first resizing, in CSS pixels."""
    for wanted in ("meta", "resize"):
        for moment in moments:
            width, height = (as_number(moment.data.get(side)) or 0.0 for side in ("width", "height"))
            if moment.kind == wanted and min(width, height) >= 1 and max(width, height) <= MAX_SIDE_PX:
                return int(width), int(height)
    raise UnreadableSource("bad_events", "no event says how large the page is")


def _tell(moments: list[Moment], log: ActionLog, appearances: Appearances) -> None:
    kinds = {moment.kind for moment in moments}
    pointer, inputs = Pointer(log, has_presses=bool(kinds & {"press", "touch"})), Inputs(log)
    presses: dict[str, Callable[[float, dict[str, Any]], None]] = {
        "press": pointer.press, "release": pointer.release, "click": pointer.click, "lift": pointer.lift,
        "double_click": pointer.double_click, "menu": pointer.open_menu,
    }  # fmt: skip
    others = {
        "move": pointer.move, "drag": pointer.drag, "slide": pointer.slide, "touch": pointer.touch,
        "cancel": pointer.cancel,
    }  # fmt: skip
    for index, (time_s, kind, data) in enumerate(moments):
        if log.is_full():
            log.left_out[f"events after the first {MAX_ACTIONS} actions"] += len(moments) - index
            break
        appearances.path = log.path
        appearances.pass_by(time_s, kind)
        if kind in presses:
            inputs.finish()
            log.deed_s = time_s
            presses[kind](time_s, data)
        elif kind in others:
            others[kind](time_s, data)
        elif kind == "focus":
            inputs.focus(time_s, data)
            log.deed_s = time_s
        elif kind == "blur":
            inputs.blur(time_s, data)
        elif kind == "input":
            if inputs.enter(time_s, data):
                pointer.disturb()
                log.deed_s = time_s
        elif kind == "scroll":
            if inputs.scroll(time_s, data):
                pointer.disturb()
        elif kind == "mutation":
            log.page.tree.mutate(data)
        elif kind == "load":
            _load(time_s, data, log, pointer, inputs)
        elif kind == "meta":
            _open(time_s, data, log, pointer, inputs)
    pointer.finish()
    inputs.finish()
    appearances.finish()


def _load(time_s: float, data: dict[str, Any], log: ActionLog, pointer: Pointer, inputs: Inputs) -> None:
    pointer.forget()
    inputs.load(time_s)
    node, offset = data.get("node"), data.get("initialOffset")
    log.replace_page(node)
    root = as_id(_get(node, "id"))
    left, top = as_number(_get(offset, "left")), as_number(_get(offset, "top"))
    if root is not None:
        log.page.exchange_scroll(root, left or 0.0, top or 0.0)
    log.deed_s = time_s


def _open(time_s: float, data: dict[str, Any], log: ActionLog, pointer: Pointer, inputs: Inputs) -> None:
    """A page is opened; only the first one is the user's own doing for certain."""
    pointer.forget()
    inputs.finish()
    path = page_path(data.get("href"))
    if path is not None and log.path is None and not log.told:
        log.add("navigate", time_s, time_s, value=path)
    log.path = path
    log.deed_s = time_s
