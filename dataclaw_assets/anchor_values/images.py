"""Values of still images."""

from __future__ import annotations

from dataclaw_assets.anchor_values.contract import Value


class PictureValue(Value):
    """Size as displayed, perceptual hash, sharpness and main colours of a still image."""

    width: int
    height: int
    dhash: str
    sharpness: float
    palette: tuple[str, ...]


class CaptureValue(Value):
    """What the camera wrote into an image, the place left out unless it was asked for."""

    taken_at: str | None = None
    """As the camera's clock had it, `YYYY-MM-DDTHH:MM:SS`, with its offset where it is recorded."""
    make: str | None = None
    model: str | None = None
    orientation: int | None = None
    exposure_s: float | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length_mm: float | None = None
    latitude: float | None = None
    longitude: float | None = None
