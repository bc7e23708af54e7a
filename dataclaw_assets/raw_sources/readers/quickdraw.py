"""Reads QuickDraw drawings, raw (with times) and simplified, from ndjson or a JSON array."""

from __future__ import annotations

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.drawing.canvas import CANVAS_PX
from dataclaw_assets.raw_sources.formats.drawing.quickdraw import read_sketches
from dataclaw_assets.raw_sources.readers.contract import Opened, member_id, reject
from dataclaw_assets.raw_sources.readers.signatures import is_text
from dataclaw_assets.records import Source


class QuickDrawReader:
    """One source per drawing, on a canvas of 512 × 512 pixels, without a stream."""

    format = "quickdraw"

    def claims(self, opened: Opened) -> bool:
        """Whether JSON with a `drawing` key begins here."""
        start = opened.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        return start in (b"{", b"[") and b'"drawing"' in opened.head and is_text(opened.head)

    def read(self, opened: Opened, batch: str) -> list[Source]:
        """See `FileReader.read`; a drawing that is too large or malformed is a rejected row of its own."""
        rows = []
        for index, found in read_sketches(opened.path):
            source_id = member_id(opened.sha256, index)
            if isinstance(found, UnreadableSource):
                rejected = reject(
                    opened.file, batch, found, source_id=source_id, format=self.format, member=index
                )
                rows.append(rejected)
                continue
            rows.append(
                Source(
                    source_id=source_id,
                    kind="drawing",
                    format=self.format,
                    uri=opened.file.uri,
                    name=f"{opened.name} #{index}",
                    member=index,
                    batch=batch,
                    bytes=opened.file.bytes,
                    mtime_ns=opened.file.mtime_ns,
                    width=CANVAS_PX,
                    height=CANVAS_PX,
                    tags=(f"word:{found.label}",) if found.label else (),
                    status="registered",
                )
            )
        return rows
