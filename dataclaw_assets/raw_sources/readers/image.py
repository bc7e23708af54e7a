"""Reads still images. An animated GIF, PNG or WebP is a video if FFmpeg decodes it, else an image."""

from __future__ import annotations

from pathlib import Path

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.readers.contract import Opened, register
from dataclaw_assets.raw_sources.readers.signatures import image_format
from dataclaw_assets.raw_sources.readers.video import VideoReader
from dataclaw_assets.records import Source
from resources.media import read_image

_ANIMATED = {"GIF", "PNG", "WEBP"}


class ImageReader:
    """One source per file, with its size as displayed (EXIF orientation applied)."""

    format = "image"

    def claims(self, opened: Opened) -> bool:
        """Whether the file begins with the signature of a still-image format."""
        return image_format(opened.head) is not None

    def read(self, opened: Opened, batch: str) -> list[Source]:
        """See `FileReader.read`; decodes the whole image, so that a truncated one is found here.

        Raises `truncated`, `not_an_image`.
        """
        if image_format(opened.head) in _ANIMATED and _count_pictures(opened.path) > 1:
            try:
                return VideoReader().read(opened, batch)
            except UnreadableSource:
                pass  # no decoder for this kind of animation: its first picture is still an image
        try:
            height, width = read_image(opened.path).shape[:2]
        except UnreadableSource as reason:
            if "truncated" in reason.detail:
                raise UnreadableSource("truncated", reason.detail) from reason
            raise
        return [register(opened, batch, self.format, "image", width=width, height=height)]


def _count_pictures(path: Path) -> int:
    from PIL import Image

    try:
        with Image.open(path, formats=sorted(_ANIMATED)) as image:
            return int(getattr(image, "n_frames", 1))
    except Exception:  # damaged bytes can fail Pillow in any way
        return 1
