"""Playwright trace archives written event by event, for what a browser will not record on demand."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

Event = dict[str, Any]

PAGE = "page@1"


def context(**changes: Any) -> Event:
    """The first line of a log: tracing began at 1,000 ms, on the wall clock at 1,700,000,000 s."""
    return {
        "type": "context-options", "version": 8, "origin": "library", "browserName": "chromium",
        "platform": "linux", "wallTime": 1_700_000_000_000, "monotonicTime": 1000.0,
        "options": {"viewport": {"width": 800, "height": 600}}, **changes,
    }  # fmt: skip


def call(number: int, method: str, kind: str = "Frame", at: float = 0, **params: Any) -> list[Event]:
    """A call that took 100 ms, a second after the one before it unless `at` says when (ms)."""
    start = at or 1000.0 + 1000 * number
    call_id = f"call@{number}"
    return [
        {"type": "before", "callId": call_id, "startTime": start, "class": kind, "method": method,
         "params": params, "pageId": PAGE},
        {"type": "after", "callId": call_id, "endTime": start + 100},
    ]  # fmt: skip


def pointed(number: int, x: float, y: float, box: list[float] | None = None) -> Event:
    """Where the pointer was used, and the box (left, top, width, height) of the element under it."""
    event: Event = {"type": "input", "callId": f"call@{number}", "point": {"x": x, "y": y}}
    if box:
        event["box"] = dict(zip(("x", "y", "width", "height"), box, strict=True))
    return event


def snapshot(
    number: int, html: Any, phase: str = "before", url: str = "http://localhost:8000/", frame: str = "frame@1"
) -> Event:
    """The page at a phase of a call."""
    return {
        "type": "frame-snapshot",
        "snapshot": {
            "callId": f"call@{number}", "snapshotName": f"{phase}@call@{number}", "pageId": PAGE,
            "frameId": frame, "frameUrl": url, "html": html, "isMainFrame": frame == "frame@1",
            "viewport": {"width": 800, "height": 600}, "timestamp": 1000.0 + 1000 * number,
        },
    }  # fmt: skip


def body(*children: Any) -> list[Any]:
    """A document of these elements."""
    return ["HTML", {}, ["BODY", {}, *children]]


def marked(tag: str, text: str = "", **attributes: str) -> list[Any]:
    """The element that the call was made on."""
    return [tag, {"__playwright_target__": "", **attributes}, *([text] if text else [])]


def picture(width: int = 40, height: int = 30) -> bytes:
    """A real JPEG."""
    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (width, height), "white").save(file, "JPEG")
    return file.getvalue()


def write_archive(path: Path, logs: dict[str, bytes], files: dict[str, bytes] | None = None) -> Path:
    """An archive of logs and other members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**logs, **(files or {})}.items():
            archive.writestr(name, data)
    return path


def lines(*events: Event | list[Event]) -> bytes:
    """The bytes of a log."""
    flat = [event for item in events for event in (item if isinstance(item, list) else [item])]
    return b"".join(json.dumps(event).encode() + b"\n" for event in flat)


def write_trace(path: Path, *events: Event | list[Event], files: dict[str, bytes] | None = None) -> Path:
    """An archive of one log, which begins with `context()` unless the first event is another context."""
    first = events[0] if events else {}
    given = isinstance(first, dict) and first.get("type") in ("context-options", "metadata")
    log = lines(*events) if given else lines(context(), *events)
    return write_archive(path, {"trace.trace": log}, files)
