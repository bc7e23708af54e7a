"""Reads Playwright traces: a zip archive with the logs and the screencast of a browser session."""

from __future__ import annotations

from collections import Counter

from dataclaw_assets.raw_sources.formats.gui.playwright import holds_trace, read_trace
from dataclaw_assets.raw_sources.formats.gui.session import list_screens
from dataclaw_assets.raw_sources.readers.contract import Opened, register
from dataclaw_assets.records import Source
from resources.assembly import describe_assembled


class PlaywrightReader:
    """One source per trace. Its stream is the screencast, as large as most of its pictures are; without one
    the source is as large as the page.

    A trace that only opens pages is tagged `actions:none`: it holds nothing that a user set out to do.
    """

    format = "playwright"

    def claims(self, opened: Opened) -> bool:
        """Whether a zip archive holds a log that begins with the context of a browser."""
        return opened.head.startswith(b"PK\x03\x04") and holds_trace(opened.path)

    def read(self, opened: Opened, batch: str) -> list[Source]:
        """See `FileReader.read`; raises as `read_trace`."""
        trace = read_trace(opened.path)
        actions = trace.session.actions
        tasked = any(action.verb != "navigate" for action in actions)
        tags = [f"actions:{len(actions)}" if tasked else "actions:none"]
        if trace.version is not None:
            tags.append(f"playwright:{trace.version}")
        if trace.browser:
            tags.append(f"browser:{trace.browser}")
        session = trace.session
        screens = list_screens(session.screens)
        sizes = Counter((screen.width, screen.height) for screen in screens)
        size = sizes.most_common(1)[0][0] if sizes else (session.width, session.height)
        times = [screen.time_s for screen in screens]
        return [
            register(
                opened,
                batch,
                self.format,
                "gui_trace",
                width=size[0],
                height=size[1],
                stream=describe_assembled(opened.file.uri, opened.sha256, times, session.duration_s, "mjpeg"),
                tags=tuple(tags),
            )
        ]
