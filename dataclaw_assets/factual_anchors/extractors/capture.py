"""What a camera wrote into an image about how it was taken: read with distrust, the place only when asked."""

from __future__ import annotations

import contextlib
import math
import re
import warnings
from collections.abc import Mapping
from datetime import datetime
from numbers import Real
from pathlib import Path
from typing import Any

from dataclaw_assets.anchor_values import CaptureValue
from resources.media import IMAGE_FORMATS

Tags = Mapping[int, Any]
"""Tags of one EXIF directory (Exif 3.0, CIPA DC-008) by number, as Pillow decodes them: of any type."""

MAX_TEXT = 64
"""Makers and models are shorter; anything longer is no name."""

YEARS = (1826, 2199)
"""From the oldest photograph that is left to beyond any camera's clock."""

EXPOSURE_S = (1e-6, 86400.0)
F_NUMBER = (0.5, 1024.0)
"""0.5 is the limit of any lens in air; a pinhole has a few hundred."""
ISO = (1, 10_000_000)
FOCAL_LENGTH_MM = (0.5, 20_000.0)

_EXIF, _GPS = 0x8769, 0x8825
_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)")
_OFFSET = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")


def read_capture(path: Path, keep_location: bool = False) -> CaptureValue | None:
    """What the image's EXIF says of its taking; None when it says nothing that can be believed.

    Nothing in it can fail: a field that is damaged, of the wrong type, not printable, or not physically
    possible is left out. Without `keep_location` the place is not even read.
    """
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(path, formats=IMAGE_FORMATS) as image:
                exif = image.getexif()
                main, detail = dict(exif), dict(exif.get_ifd(_EXIF))
                place = dict(exif.get_ifd(_GPS)) if keep_location else {}
        except MemoryError:
            raise
        except Exception:  # a hostile directory can fail Pillow in any way, and the picture is still good
            return None
    return make_capture(main, detail, place)


def make_capture(main: Tags, detail: Tags, place: Tags) -> CaptureValue | None:
    """The value of the main, the Exif and the GPS directory; None when nothing but an orientation is left."""
    latitude, longitude = _read_angle(place, 1, "NS", 90.0), _read_angle(place, 3, "EW", 180.0)
    known = latitude is not None and longitude is not None
    value = CaptureValue(
        taken_at=_read_time(detail.get(0x9003), detail.get(0x9011)),
        make=_read_text(main.get(0x010F)),
        model=_read_text(main.get(0x0110)),
        orientation=_read_orientation(main.get(0x0112)),
        exposure_s=_read_number(detail.get(0x829A), EXPOSURE_S),
        f_number=_read_number(detail.get(0x829D), F_NUMBER),
        iso=_read_iso(detail.get(0x8827)),
        focal_length_mm=_read_number(detail.get(0x920A), FOCAL_LENGTH_MM),
        latitude=latitude if known else None,
        longitude=longitude if known else None,
    )
    return value if value.model_dump(exclude_none=True, exclude={"orientation"}) else None


def describe_capture(value: CaptureValue) -> str:
    """The record as one plain sentence."""
    said = "The camera's own record says it was taken"
    if value.taken_at:
        day, time = value.taken_at.split("T")
        said += f" on {day} at {time}"
    make, model = value.make or "", value.model or ""
    name = model if model.casefold().startswith(make.casefold()) else f"{make} {model}"
    if name.strip():
        said += f" with a “{name.strip()}”"
    if value.latitude is not None and value.longitude is not None:
        said += f" at latitude {value.latitude:.6f}, longitude {value.longitude:.6f}"
    settings = [
        _describe_exposure(value.exposure_s),
        f"f/{value.f_number:g}" if value.f_number else "",
        f"ISO {value.iso}" if value.iso else "",
        f"{value.focal_length_mm:g} mm" if value.focal_length_mm else "",
    ]
    used = ", ".join(setting for setting in settings if setting)
    return f"{said} ({used})." if used else f"{said}."


def _describe_exposure(exposure_s: float | None) -> str:
    if not exposure_s:
        return ""
    return f"{exposure_s:g} s" if exposure_s > 0.3 else f"1/{round(1 / exposure_s)} s"


def _read_text(raw: Any) -> str | None:
    """A short printable text: no control, bidi or other invisible characters. Pillow decodes EXIF's ASCII as
    Latin-1, though cameras also write UTF-8."""
    if not isinstance(raw, str) or len(raw) > 4 * MAX_TEXT:
        return None
    with contextlib.suppress(UnicodeError):
        raw = raw.encode("latin-1").decode("utf-8")
    text = raw.rstrip("\0").strip()
    return text if 0 < len(text) <= MAX_TEXT and text.isprintable() else None


def _read_time(raw: Any, offset: Any) -> str | None:
    match = _TIME.fullmatch(_read_text(raw) or "")
    if match is None:
        return None
    year, month, day, time = match.groups()
    try:
        taken = datetime.fromisoformat(f"{year}-{month}-{day}T{time}")
    except ValueError:
        return None
    if not YEARS[0] <= taken.year <= YEARS[1]:
        return None
    zone = _read_text(offset) or ""
    return taken.isoformat() + (zone if _OFFSET.fullmatch(zone) else "")


def _read_number(raw: Any, bounds: tuple[float, float]) -> float | None:
    """A number within bounds, both included. A rational with a denominator of 0 is not one."""
    if isinstance(raw, bool) or not isinstance(raw, Real):
        return None
    try:
        number = float(raw)
    except (ArithmeticError, ValueError):
        return None
    return number if math.isfinite(number) and bounds[0] <= number <= bounds[1] else None


def _read_iso(raw: Any) -> int | None:
    """The first of the sensitivities; 65535 means “that or more” (Exif 3.0), and so nothing exact."""
    number = _read_number(raw[0] if isinstance(raw, tuple) and raw else raw, ISO)
    return round(number) if number is not None and number != 65535 else None


def _read_orientation(raw: Any) -> int | None:
    number = _read_number(raw, (1, 8))
    return int(number) if number is not None and number == int(number) else None


def _read_angle(place: Tags, tag: int, signs: str, limit: float) -> float | None:
    """Degrees from three rationals (degrees, minutes, seconds) and the letter that gives their sign."""
    letter, parts = _read_text(place.get(tag)), place.get(tag + 1)
    if letter is None or len(letter) != 1 or letter not in signs:
        return None
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    degrees, minutes, seconds = (
        _read_number(part, (0.0, top)) for part, top in zip(parts, (limit, 60.0, 60.0), strict=True)
    )
    if degrees is None or minutes is None or seconds is None:
        return None
    angle = degrees + minutes / 60.0 + seconds / 3600.0
    if angle > limit:
        return None
    return -angle if letter == signs[1] else angle
