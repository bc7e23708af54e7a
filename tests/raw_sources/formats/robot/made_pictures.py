"""Small pictures, encoded by Pillow."""

from __future__ import annotations

import io
import struct
from typing import Any

from PIL import Image


def encode(kind: str = "JPEG", width: int = 16, height: int = 8, shade: int = 100, **options: Any) -> bytes:
    """A picture of one colour as a file."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (shade, 255 - shade, 7)).save(file, kind, **options)
    return file.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that says it has 30,000 × 30,000 pixels."""
    return encode("PNG")[:16] + struct.pack(">II", 30_000, 30_000) + encode("PNG")[24:]


def fat_jpeg() -> bytes:
    """A JPEG that says it has 65,500 × 65,500 pixels."""
    data = bytearray(encode())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65_500, 65_500)
    return bytes(data)
