"""Text in a still image, line by line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dataclaw_assets.factual_anchors.extractors.contract import make_anchor
from dataclaw_assets.factual_anchors.measures.reading_text import describe_lines, is_sure
from dataclaw_assets.records import Anchor, Json, Source
from resources.media import read_image
from resources.ocr import read_lines, reader_version


class PictureText:
    """One `text_line` anchor for each line of an image, without a time; boxes in pixels as displayed."""

    name = "picture_text"
    version = "1"

    def applies(self, source: Source) -> bool:
        """Whether the source is an image."""
        return source.kind == "image"

    def params(self, source: Source) -> Json:
        """What reads."""
        return {"reader": reader_version()}

    def extract(self, source: Source, local: Callable[[str], Path]) -> list[Anchor]:
        """The anchors in reading order; raises `UnreadableSource` when the image does not decode."""
        picture = read_image(local(source.uri))
        lines = [line for line in read_lines(picture) if is_sure(line)]
        return [
            make_anchor(
                source, self, "text_line", value,
                f"Line {value.order + 1} of {value.of} in the image reads “{value.text}”.", region=line.box,
            )
            for line, value in zip(lines, describe_lines(lines, max(picture.shape[:2])), strict=True)
        ]  # fmt: skip
