"""What the first bytes of a file say it is, and what to call it when no reader knows it."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.readers.contract import Opened, parse_json, read_json, read_lines

VIDEO_SUFFIXES = frozenset(
    f".{name}"
    for name in (
        *("3gp", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg"),
        *("mpg", "mts", "mxf", "ogv", "ts", "webm", "wmv", "y4m"),
    )
)
IMAGE_SUFFIXES = frozenset(
    f".{name}" for name in ("avif", "bmp", "gif", "jpeg", "jpg", "png", "tif", "tiff", "webp")
)

_OTHER_MAGIC = (
    (b"\x89HDF\r\n\x1a\n", "HDF5 file"),
    (b"PAR1", "Parquet table"),
    (b"%PDF-", "PDF document"),
    (b"\x1f\x8b", "gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (b"\xfd7zXZ\x00", "xz archive"),
    (b"\x28\xb5\x2f\xfd", "Zstandard archive"),
    (b"\x89MCAP0\r\n", "MCAP recording"),
    (b"#ROSBAG", "ROS bag"),
    (b"SQLite format 3\x00", "SQLite database"),
    (b"\x93NUMPY", "NumPy array"),
    (b"ID3", "MP3 audio"),
    (b"fLaC", "FLAC audio"),
    (b"#EXTM3U", "playlist"),
    (b"ffconcat version", "playlist"),
    (b"%!PS", "PostScript document"),
)

_CONTAINER_MAGIC = (
    (b"\x1aE\xdf\xa3", "Matroska"),
    (b"OggS", "Ogg"),
    (b"FLV\x01", "FLV"),
    (b"0&\xb2u\x8ef\xcf\x11", "ASF"),
    (b"\x00\x00\x01\xba", "MPEG program stream"),
    (b"\x00\x00\x01\xb3", "MPEG video"),
    (b"\x06\x0e+4\x02\x05\x01\x01", "MXF"),
    (b"YUV4MPEG2 ", "YUV4MPEG"),
)

_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_STILL_BRANDS = {b"avif": "AVIF", b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIF"}


def image_format(head: bytes) -> str | None:
    """The still-image format that the bytes begin, by Pillow's name for it."""
    for magic, name in (
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"GIF87a", "GIF"),
        (b"GIF89a", "GIF"),
        (b"II*\x00", "TIFF"),
        (b"MM\x00*", "TIFF"),
    ):
        if head.startswith(magic):
            return name
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    if (
        head.startswith(b"BM")
        and len(head) > 18
        and head[6:10] == bytes(4)
        and head[14] in (12, 40, 108, 124)
    ):
        return "BMP"
    return _STILL_BRANDS.get(head[8:12]) if head[4:8] == b"ftyp" else None


def container_format(head: bytes) -> str | None:
    """The container that the bytes begin, in words."""
    if head[4:8] in _BOXES and head[8:12] not in _STILL_BRANDS:
        return "MP4"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "AVI"
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return "MPEG transport stream"
    return next((name for magic, name in _CONTAINER_MAGIC if head.startswith(magic)), None)


def is_text(head: bytes) -> bool:
    """Whether the bytes read as text: no control bytes but white space, and UTF-8 or few odd bytes."""
    if any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head):
        return False
    try:
        head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 or sum(byte > 127 for byte in head) < len(head) * 0.3
    return True


def other_format(opened: Opened) -> str | None:
    """What a binary or text file that no reader knows is, in words; None for bytes that say nothing."""
    head = opened.head
    if head.startswith(b"PK\x03\x04"):
        return _describe_zip(opened.path)
    for magic, name in _OTHER_MAGIC:
        if head.startswith(magic):
            return name
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "WAV audio"
    if is_text(head):
        return _describe_text(opened)
    return "TFRecord file" if _is_tfrecord(opened.path, opened.file.bytes) else None


def check_whole(opened: Opened, container: str) -> None:
    """Raise `UnreadableSource` (`truncated`) when a container says it is longer than the file.

    MP4 boxes, RIFF chunks and Matroska segments state their lengths; other containers are taken as whole.
    """
    size = opened.path.stat().st_size
    if container == "MP4":
        declared = _last_box_end(opened.path, size)
    elif container == "AVI":
        declared = int.from_bytes(opened.head[4:8], "little") + 8
    elif container == "Matroska":
        declared = _segment_end(opened.head)
    else:
        return
    if declared > size:
        raise UnreadableSource("truncated", f"{container} of {declared} bytes, of which {size} are here")


def _last_box_end(path: Path, size: int) -> int:
    at = 0
    with path.open("rb") as file:
        while at + 8 <= size:
            file.seek(at)
            header = file.read(16)
            if not all(32 <= byte < 127 or byte == 0xA9 for byte in header[4:8]):
                return at  # padding after the last box, which some recorders leave
            length = int.from_bytes(header[:4], "big")
            if length == 1:
                length = int.from_bytes(header[8:16], "big")
            elif length == 0:
                return size
            if length < 8:
                return at
            at += length
    return at


def _segment_end(head: bytes) -> int:
    """Where the segment after the EBML header ends (RFC 8794); 0 when it does not say."""
    header, after = _vint(head, 4)
    at = after + header
    if head[at : at + 4] != b"\x18\x53\x80\x67":
        return 0
    length, after = _vint(head, at + 4)
    unknown = (1 << 7 * (after - at - 4)) - 1
    return 0 if length == unknown else after + length


def _vint(head: bytes, at: int) -> tuple[int, int]:
    if at >= len(head) or head[at] == 0:
        return 0, len(head)
    width = 9 - head[at].bit_length()
    value = int.from_bytes(head[at : at + width], "big") & ((1 << 7 * width) - 1)
    return value, at + width


def _describe_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "damaged zip archive"
    return "Playwright trace (zip)" if any(name.endswith(".trace") for name in names) else "zip archive"


def _describe_text(opened: Opened) -> str:
    text = opened.head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] in (b"{", b"["):
        return _describe_json(opened)
    start = text[:4096].lower()
    if b"<svg" in start:
        return "SVG drawing"
    if b"<ink" in start:
        return "InkML drawing"
    if start.startswith((b"<!doctype html", b"<html")):
        return "HTML page"
    return "XML document" if start.startswith(b"<?xml") else "plain text"


def _describe_json(opened: Opened) -> str:
    try:
        document = read_json(opened.path)
    except UnreadableSource as reason:
        if reason.reason == "too_large":
            return "large JSON document"
        return "JSON lines" if _is_json_lines(opened.path) else "damaged JSON"
    return _describe_document(document)


def _describe_document(document: Any) -> str:
    first = document[0] if isinstance(document, list) and document else document
    if isinstance(first, dict) and "codebase_version" in first:
        return f"LeRobot {str(first['codebase_version'])[:20]} metadata (only v2 and v3 are read)"
    return "JSON document"


def _is_json_lines(path: Path) -> bool:
    try:
        return isinstance(parse_json(next(read_lines(path))), dict)
    except (UnreadableSource, StopIteration):
        return False


def _is_tfrecord(path: Path, size: int) -> bool:
    """Whether length-prefixed records (u64 length, u32 check, data, u32 check) follow one another."""
    at = 0
    with path.open("rb") as file:
        for _ in range(64):
            if at == size:
                return at > 0
            file.seek(at)
            header = file.read(12)
            at += int.from_bytes(header[:8], "little") + 16
            if len(header) < 12 or at > size:
                return False
    return True
