"""What is run and timed: the facts of a video as they ship, and plain decoding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dataclaw_assets.factual_anchors.extractors.contract import LookExtractor
from dataclaw_assets.factual_anchors.extractors.text import TextExtractor
from dataclaw_assets.factual_anchors.registry import STREAM_EXTRACTORS, list_extractors
from dataclaw_assets.factual_anchors.scan import look_again, scan_stream
from dataclaw_assets.records import Anchor, Source
from resources.settings import Settings


def list_lookers() -> list[LookExtractor]:
    """Every extractor that takes a second look at pictures, but the one that reads text."""
    return [
        item
        for item in list_extractors(Settings())
        if isinstance(item, LookExtractor) and not isinstance(item, TextExtractor)
    ]


def find_facts(source: Source, path: Path) -> dict[str, list[Anchor]]:
    """All facts of a video as they ship, without text and sound: the scan, then the second looks."""
    found = scan_stream(source, path, STREAM_EXTRACTORS)
    for extractor in list_lookers():
        looker = extractor.look(source, [anchor for name in extractor.needs for anchor in found[name]])
        look_again(source, path, looker)
        found[extractor.name] = looker.finish()
    return found


def decode_plainly(path: Path, options: dict[str, str] | None = None, *, vectors: bool = False) -> int:
    """Decode the first picture track with PyAV and one thread; gives the number of frames. `options` are
    the decoder's; `vectors` reads each frame's motion vectors as an array, as code that used them would."""
    import av

    count = 0
    with av.open(str(path)) as container:
        track: Any = container.streams.video[0]
        track.codec_context.thread_count = 1
        track.codec_context.thread_type = "NONE"
        track.codec_context.options = options or {}
        for frame in container.decode(track):
            count += 1
            if vectors:
                found: Any = frame.side_data.get("MOTION_VECTORS")
                if found is not None:
                    found.to_ndarray()
    return count
