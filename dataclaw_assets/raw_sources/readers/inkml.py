"""Reads InkML drawings, one a file."""

from __future__ import annotations

from dataclaw_assets.raw_sources.formats.drawing.canvas import CANVAS_PX
from dataclaw_assets.raw_sources.formats.drawing.inkml import read_inkml
from dataclaw_assets.raw_sources.formats.drawing.xml_text import root_name
from dataclaw_assets.raw_sources.readers.contract import Opened, register
from dataclaw_assets.records import Source


class InkmlReader:
    """One source per file, on a canvas of 512 × 512 pixels, without a stream."""

    format = "inkml"

    def claims(self, opened: Opened) -> bool:
        """Whether the root element that begins here is `<ink>`."""
        return root_name(opened.head) == "ink"

    def read(self, opened: Opened, batch: str) -> list[Source]:
        """See `FileReader.read`."""
        sketch = read_inkml(opened.path)
        return [
            register(
                opened,
                batch,
                self.format,
                "drawing",
                width=CANVAS_PX,
                height=CANVAS_PX,
                tags=(f"word:{sketch.label}",) if sketch.label else (),
            )
        ]
