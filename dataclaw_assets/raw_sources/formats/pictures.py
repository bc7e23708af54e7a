"""Pictures that lie inside a log: which camera is taken, and what their headers say, nothing decoded."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["jpeg", "png", "raw"]
"""How a picture is stored: as a file, or as rows of 8-bit RGB."""

MAX_PICTURE_BYTES = 16 * 1024 * 1024
"""The largest encoded picture that is given; a camera's JPEG of 20 megapixels has under 10 MB."""

MAX_PIXELS = 89_478_485
"""The most pixels: Pillow's own limit (`MAX_IMAGE_PIXELS`), on which `resources.media` relies."""

MAX_SIDE_PX = 32_768

MAX_SEGMENTS = 256
"""How many segments and fill bytes of a JPEG are passed over before its size; cameras write under ten."""

_LAST_CHOICE = re.compile(r"depth|disparity|mask|segm", re.IGNORECASE)
_SECOND_CHOICE = re.compile(r"wrist|hand", re.IGNORECASE)

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""SOF0-SOF15 (ITU-T T.81, table B.1); C4, C8 and CC between them are no frames."""

_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length: TEM and the restarts."""


@dataclass(frozen=True)
class Header:
    """What the first bytes of a picture say: how it is stored, its width and height in pixels."""

    encoding: Encoding
    width: int
    height: int


@dataclass(frozen=True)
class PictureTrack:
    """The pictures of one camera: their seconds on the episode's clock, strictly rising, and what all of them
    share. `raw` pictures are arrays of RGB (height × width × 3, uint8)."""

    camera: str
    times: tuple[float, ...]
    width: int
    height: int
    encoding: Encoding


def choose_camera(names: Iterable[str]) -> str | None:
    """The first camera by name that is no depth, mask, wrist or hand camera, else the first wrist or hand
    camera, else the first; None without any."""
    return min(
        names,
        key=lambda name: (bool(_LAST_CHOICE.search(name)), bool(_SECOND_CHOICE.search(name)), name),
        default=None,
    )


def read_header(picture: bytes | memoryview) -> Header | None:
    """The header of a JPEG or PNG; None when it is neither, or too large to keep or to decode safely."""
    if len(picture) > MAX_PICTURE_BYTES:
        return None
    if bytes(picture[:8]) == _PNG:
        size = _read_png_size(bytes(picture[:24]))
        found = Header("png", *size) if size else None
    elif bytes(picture[:3]) == _JPEG:
        size = _read_jpeg_size(picture)
        found = Header("jpeg", *size) if size else None
    else:
        return None
    return found if found and is_safe_size(found.width, found.height) else None


def is_safe_size(width: int, height: int) -> bool:
    """Whether a picture of this size in pixels may be decoded."""
    return 0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX and width * height <= MAX_PIXELS


def keep_alike(
    pictures: Iterable[tuple[float, bytes | memoryview]],
) -> Iterator[tuple[float, bytes | memoryview, Header]]:
    """Those of a camera's pictures that make one track: later than the one before, and stored like the first
    one that can be used. The rest is left out."""
    first: Header | None = None
    last_s: float | None = None
    for time_s, picture in pictures:
        header = read_header(picture)
        if header is None or (first and header != first) or (last_s is not None and time_s <= last_s):
            continue
        first, last_s = header, time_s
        yield time_s, picture, header


def survey_track(camera: str, pictures: Iterable[tuple[float, bytes | memoryview]]) -> PictureTrack | None:
    """The track that `keep_alike` makes of a camera's pictures; None when none of them can be used."""
    kept = [(time_s, header) for time_s, _, header in keep_alike(pictures)]
    if not kept:
        return None
    header = kept[0][1]
    return PictureTrack(camera, tuple(at for at, _ in kept), header.width, header.height, header.encoding)


def _read_png_size(head: bytes) -> tuple[int, int] | None:
    """IHDR, which comes first (PNG Specification, 11.2.2)."""
    if len(head) < 24 or head[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _read_jpeg_size(picture: bytes | memoryview) -> tuple[int, int] | None:
    """The frame header's (T.81, B.2.2). Segments before it are passed over by their lengths."""
    at = 2
    for _ in range(MAX_SEGMENTS):
        if at + 9 > len(picture) or picture[at] != 0xFF:
            return None
        marker = picture[at + 1]
        if marker in _SIZE_MARKERS:
            height, width = struct.unpack(">HH", bytes(picture[at + 5 : at + 9]))
            return width, height
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in _BARE_MARKERS:
            at += 2
        else:
            at += 2 + int.from_bytes(bytes(picture[at + 2 : at + 4]), "big")
    return None
