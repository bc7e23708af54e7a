"""Facts of a still image: size as displayed, perceptual hash, sharpness, main colours, how it was taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from dataclaw_assets.anchor_values import PictureValue
from dataclaw_assets.factual_anchors.extractors.capture import describe_capture, read_capture
from dataclaw_assets.factual_anchors.extractors.contract import Luma, make_anchor
from dataclaw_assets.factual_anchors.measures.hashing import difference_hash, measure_sharpness
from dataclaw_assets.records import Anchor, Json, Source
from resources.media import Picture, read_image, resize

SHARPNESS_SIDE_PX = 512
"""Sharpness is measured at one size, since the Laplacian of the same scene grows as it shrinks."""

PALETTE_COLOURS = 5
PALETTE_SIDE_PX = 64


class Pictures:
    """One `picture` anchor for an image, and one `capture` anchor when its camera left a record in it."""

    name = "pictures"
    version = "2"

    def __init__(self, keep_location: bool = False) -> None:
        """`keep_location`: whether latitude and longitude of the record are read; else they never are."""
        self.keep_location = keep_location

    def applies(self, source: Source) -> bool:
        """Whether the source is an image."""
        return source.kind == "image"

    def params(self, source: Source) -> Json:
        """The measures' own settings, and whether the place is kept."""
        return {"side": SHARPNESS_SIDE_PX, "colours": PALETTE_COLOURS, "keep_location": self.keep_location}

    def extract(self, source: Source, local: Callable[[str], Path]) -> list[Anchor]:
        """The anchors; raises `UnreadableSource` when the image does not decode, its record aside."""
        path = local(source.uri)
        picture = read_image(path)
        height, width = picture.shape[:2]
        grey = to_grey(picture)
        value = PictureValue(
            width=width,
            height=height,
            dhash=difference_hash(grey),
            sharpness=round(measure_sharpness(_fit(grey, SHARPNESS_SIDE_PX)), 3),
            palette=palette(picture),
        )
        text = f"The image is {width}×{height} pixels; its main colours are {', '.join(value.palette)}."
        whole = (0.0, 0.0, float(width), float(height))
        anchors = [make_anchor(source, self, "picture", value, text, region=whole)]
        capture = read_capture(path, self.keep_location)
        if capture is not None:
            said = describe_capture(capture)
            anchors.append(make_anchor(source, self, "capture", capture, said, basis="recorded"))
        return anchors


def to_grey(picture: Picture) -> Luma:
    """The luma of an RGB picture (ITU-R BT.601), 0-255."""
    import cv2

    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def palette(picture: Picture) -> tuple[str, ...]:
    """Up to five main colours as `#rrggbb`, the commonest first, by median cut of a 64-px thumbnail."""
    from PIL import Image

    small = Image.fromarray(_fit(picture, PALETTE_SIDE_PX))
    reduced = small.quantize(PALETTE_COLOURS, method=Image.Quantize.MEDIANCUT)
    shown = np.asarray(reduced.convert("RGB")).reshape(-1, 3)
    colours, counts = np.unique(shown, axis=0, return_counts=True)
    order = sorted(range(len(colours)), key=lambda at: (-int(counts[at]), colours[at].tolist()))
    return tuple(f"#{bytes(colours[at].tolist()).hex()}" for at in order)


def _fit(picture: Picture, side_px: int) -> Picture:
    """A picture scaled so that its longer side is at most `side_px`; never enlarged."""
    height, width = picture.shape[:2]
    scale = min(1.0, side_px / max(width, height))
    return resize(picture, max(1, round(width * scale)), max(1, round(height * scale)))
