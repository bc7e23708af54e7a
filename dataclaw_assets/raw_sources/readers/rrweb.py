"""Reads rrweb recordings: the events of a page as JSON, without pictures."""

from __future__ import annotations

import json
import re
from typing import Any

from dataclaw_assets.raw_sources.formats.gui.rrweb import read_session
from dataclaw_assets.raw_sources.readers.contract import Opened, register
from dataclaw_assets.raw_sources.readers.signatures import is_text
from dataclaw_assets.records import Source

_EVENTS = re.compile(r'"events"\s*:\s*\[')
_LONG_EVENT = re.compile(r'"type"\s*:\s*[0-6]\b')


class RrwebReader:
    """One source per recording, the size of its page, without a stream: rrweb shows pictures only when it is
    replayed in a browser."""

    format = "rrweb"

    def claims(self, opened: Opened) -> bool:
        """Whether the first object of the JSON is an rrweb event: a whole `type`, a `timestamp`, `data`."""
        text = opened.head.decode("utf-8-sig", errors="ignore").lstrip()
        if not is_text(opened.head) or text[:1] not in ("{", "["):
            return False
        events = _EVENTS.search(text)
        inner = text[events.end() :].lstrip() if events else ""
        return _begins_event(text.lstrip("[ \t\r\n")) or _begins_event(inner)

    def read(self, opened: Opened, batch: str) -> list[Source]:
        """See `FileReader.read`; raises what `read_session` does."""
        session = read_session(opened.path)
        return [
            register(
                opened,
                batch,
                self.format,
                "gui_trace",
                width=session.width,
                height=session.height,
                tags=(f"actions:{len(session.actions)}",),
            )
        ]


def _begins_event(text: str) -> bool:
    try:
        first: Any = json.JSONDecoder().raw_decode(text)[0]
    except (ValueError, RecursionError):
        # A snapshot of a page is longer than what is looked at here.
        return '"childNodes"' in text and '"data"' in text and _LONG_EVENT.search(text) is not None
    return (
        isinstance(first, dict) and type(first.get("type")) is int and {"data", "timestamp"} <= first.keys()
    )
