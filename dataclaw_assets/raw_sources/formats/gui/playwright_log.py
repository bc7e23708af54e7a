"""One `*.trace` file of a Playwright archive: its context, calls, snapshots, addresses and screencast."""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui.playwright_calls import Call
from dataclaw_assets.raw_sources.formats.gui.playwright_dom import Snapshots
from dataclaw_assets.raw_sources.formats.gui.playwright_params import read_number, read_point
from dataclaw_assets.raw_sources.formats.gui.zip_member import Archive

LINE_BYTES = 16 * 1024 * 1024
"""The longest line that is parsed; the first snapshot of a very large page is some megabytes."""

TRACE_BYTES = 256 * 1024 * 1024
"""How much all `*.trace` files of an archive may hold: half an hour of a heavy page."""

MAX_CALLS = 50_000
MAX_FRAMES = 50_000
"""Screencast frames of one file; the recorder writes at most some tens a second."""

MAX_TEXT_CHARS = 20_000
MAX_ITEMS = 20
_PARAMS = (
    "selector", "source", "value", "text", "key", "options", "localPaths", "payloads", "files", "deltaX",
    "deltaY", "x", "y", "button", "clickCount", "trial", "url",
)  # fmt: skip
"""The parameters that say what was done; others, such as the contents of files, are let go."""

_ITEM_PARAMS = ("name", "label", "valueOrLabel", "value", "index")

CONTEXTS = ("context-options", "metadata")
"""What the first line is called."""


@dataclass(frozen=True)
class Frame:
    """A screencast frame as the log names it, and the page (tab) that it shows."""

    name: str
    time_ms: float
    tab: str | None


@dataclass(frozen=True)
class PageSnapshot:
    """Where a snapshot of a page (tab) is kept: of which call and phase, which one of its frame."""

    call: str
    phase: str
    frame: str
    index: int
    time_ms: float
    tab: str | None
    url: str


@dataclass
class Log:
    """What one file holds. `walls` are pairs of the monotonic and the wall clock, in milliseconds."""

    context: dict[str, Any] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    snapshots: Snapshots = field(default_factory=Snapshots)
    pages: list[PageSnapshot] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    walls: list[tuple[float, float]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    viewport: tuple[int, int] | None = None
    bad_lines: int = 0
    addresses: dict[tuple[str, bool], str] = field(default_factory=dict)
    _history: dict[str | None, list[tuple[float, str]]] = field(default_factory=dict)

    @property
    def version(self) -> int | None:
        """The version of the trace format."""
        version = self.context.get("version")
        return version if isinstance(version, int) and not isinstance(version, bool) else None

    @property
    def options(self) -> dict[str, Any]:
        """The options that the browser context was made with."""
        options = self.context.get("options")
        return options if isinstance(options, dict) else {}

    @property
    def by_runner(self) -> bool:
        """Whether the file lists the steps of a test runner, which repeat the calls of the other files."""
        return self.context.get("origin") == "testRunner" or "type" not in self.context

    def address(self, call: Call, after: bool) -> str | None:
        """The address of the call's page before or after it: by its own snapshot, else the last one known."""
        own = self.addresses.get((call.id, after))
        if own is not None:
            return own
        at = call.end_ms if after and call.end_ms is not None else call.start_ms
        history = self._history.get(call.page) or self._history.get(None) or []
        index = bisect_right(history, at, key=lambda visit: visit[0]) - 1
        return history[index][1] if index >= 0 else None

    def visit(self, tab: str | None, at_ms: float, url: str) -> None:
        """Keeps an address that a page (tab) had."""
        for known in (tab, None) if tab else (None,):
            history = self._history.setdefault(known, [])
            if not history or history[-1][1] != url:
                history.append((max(at_ms, history[-1][0]) if history else at_ms, url))


def is_trace(line: bytes) -> bool:
    """Whether a line opens the log of a browser context."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(event, dict) and event.get("type") in CONTEXTS


def read_log(archive: Archive, name: str) -> Log:
    """The log in one member; a line that cannot be read is counted and left out.

    Raises `UnreadableSource`: `too_large`, `too_many`, and as `Archive.read_lines`.
    """
    log = Log()
    for line in archive.read_lines(name, LINE_BYTES, TRACE_BYTES):
        if line is not None and not line.strip():
            continue
        try:
            event = json.loads(line) if line is not None else None
            if not isinstance(event, dict):
                raise ValueError("not an object")
            _take(log, event)
        except (ValueError, RecursionError):
            log.bad_lines += 1
        if len(log.calls) > MAX_CALLS or len(log.frames) > MAX_FRAMES:
            raise UnreadableSource(
                "too_many", f"{name[:80]} holds over {MAX_CALLS} calls or {MAX_FRAMES} frames"
            )
    return log


def _take(log: Log, event: dict[str, Any]) -> None:
    kind = event.get("type")
    if kind in CONTEXTS and not log.context:
        log.context = event
        log.viewport = read_size(log.options.get("viewport"))
        monotonic, wall = read_number(event.get("monotonicTime")), read_number(event.get("wallTime"))
        if monotonic is not None and wall is not None:
            log.walls.append((monotonic, wall))
    elif kind == "before":
        _begin(log, event)
    elif kind == "action" and isinstance(event.get("metadata"), dict):
        # Versions up to 3 state a call in one line, when it has ended.
        _begin(log, {**event["metadata"], "class": event["metadata"].get("type")}, "id")
        _end(log, event["metadata"], "id")
    elif kind == "input":
        _point(log, event)
    elif kind == "after":
        _end(log, event)
    elif kind == "frame-snapshot" and isinstance(event.get("snapshot"), dict):
        _keep(log, event["snapshot"])
    elif kind == "screencast-frame":
        at, file = read_number(event.get("timestamp")), event.get("file", event.get("sha1"))
        if at is not None and isinstance(file, str):
            log.times.append(at)
            log.viewport = log.viewport or read_size(event)
            log.frames.append(Frame(file, at, _text(event.get("pageId"))))


def _begin(log: Log, event: dict[str, Any], key: str = "callId") -> None:
    call_id, start = event.get(key), read_number(event.get("startTime"))
    stated = event.get("params")
    params: dict[str, Any] = stated if isinstance(stated, dict) else {}
    if not isinstance(call_id, str) or start is None or call_id in log.calls:
        raise ValueError("a call without an id or a time")
    wall = read_number(event.get("wallTime"))
    if wall is not None:
        log.walls.append((start, wall))
    log.times.append(start)
    log.calls[call_id] = Call(
        id=call_id,
        kind=_text(event.get("class")) or "",
        method=_text(event.get("method")) or "",
        params={key: _shorten(params[key]) for key in _PARAMS if key in params},
        start_ms=start,
        parent=_text(event.get("parentId")),
        page=_text(event.get("pageId")),
    )


def _point(log: Log, event: dict[str, Any]) -> None:
    call, box = log.calls.get(str(event.get("callId"))), event.get("box")
    point = read_point(event.get("point"))
    if call is None:
        return
    if point is not None:
        call.inputs.append(point)
    if call.box is None and isinstance(box, dict):
        sides = [read_number(box.get(side)) for side in ("x", "y", "width", "height")]
        x, y, width, height = (side if side is not None else -1.0 for side in sides)
        if None not in sides and width >= 0 and height >= 0:
            call.box = (x, y, x + width, y + height)


def _end(log: Log, event: dict[str, Any], key: str = "callId") -> None:
    call, end = log.calls.get(str(event.get(key))), read_number(event.get("endTime"))
    if call is None or end is None:
        return
    log.times.append(end)
    call.end_ms, call.failed = max(end, call.start_ms), bool(event.get("error"))
    point = read_point(event.get("point"))
    if point is not None and not call.inputs:
        call.inputs.append(point)
    if call.method == "goto" and not call.failed and isinstance(call.params.get("url"), str):
        log.visit(call.page, call.end_ms, call.params["url"])


def _keep(log: Log, snapshot: dict[str, Any]) -> None:
    call_id, frame = snapshot.get("callId"), snapshot.get("frameId")
    phase = snapshot.get("phase") or str(snapshot.get("snapshotName", "")).partition("@")[0]
    at, tab = read_number(snapshot.get("timestamp")), _text(snapshot.get("pageId"))
    if not isinstance(call_id, str) or not isinstance(frame, str):
        raise ValueError("a snapshot of no call or frame")
    index = log.snapshots.add(call_id, str(phase), frame, snapshot.get("html"), at)
    call = log.calls.get(call_id)
    if call is not None and call.page is None:
        call.page = tab
    url = snapshot.get("frameUrl")
    if snapshot.get("isMainFrame") and isinstance(url, str):
        log.addresses.setdefault((call_id, phase == "after"), url)
        if at is not None:
            log.visit(tab, at, url)
            log.pages.append(PageSnapshot(call_id, str(phase), frame, index, at, tab, url))
        log.viewport = log.viewport or read_size(snapshot.get("viewport"))


def read_size(value: Any) -> tuple[int, int] | None:
    """`{width, height}` in whole pixels, else None; no screen is wider than 32,767."""
    if not isinstance(value, dict):
        return None
    width, height = read_number(value.get("width")), read_number(value.get("height"))
    if width is None or height is None or not (1 <= width < 32768 and 1 <= height < 32768):
        return None
    return round(width), round(height)


def _shorten(value: Any) -> Any:
    """A parameter without what no action needs: calls are held until the log has been read."""
    if isinstance(value, str):
        return value[:MAX_TEXT_CHARS]
    if isinstance(value, list):
        return [_shorten_item(item) for item in value[:MAX_ITEMS]]
    return value if isinstance(value, int | float | bool) else None


def _shorten_item(item: Any) -> Any:
    if isinstance(item, dict):
        kept = {key: item[key] for key in _ITEM_PARAMS if isinstance(item.get(key), str | int)}
        return {
            key: value[:MAX_TEXT_CHARS] if isinstance(value, str) else value for key, value in kept.items()
        }
    return item[:MAX_TEXT_CHARS] if isinstance(item, str) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
