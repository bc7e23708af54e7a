"""Finds the picture in a camera's message: a `CompressedImage` of ROS or Foxglove, a raw `Image` of ROS."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.pictures import (
    MAX_PICTURE_BYTES,
    Header,
    is_safe_size,
    read_header,
)
from dataclaw_assets.raw_sources.formats.robot.cdr import Cursor, open_cdr, open_ros1
from dataclaw_assets.raw_sources.formats.robot.tfrecord import read_fields
from dataclaw_assets.raw_sources.readers.contract import parse_json

Picture = npt.NDArray[np.uint8]
"""RGB, height × width × 3."""

_COLOURS = {"rgb8": (0, 1, 2), "bgr8": (2, 1, 0), "mono8": (0, 0, 0)}
"""Encodings of `sensor_msgs/image_encodings.hpp` that are read: where red, green and blue lie in a pixel."""

_COMPRESSED = re.compile(r"(?:sensor_msgs/(?:msg/)?|foxglove\.)CompressedImage")
_RAW = re.compile(r"sensor_msgs/(?:msg/)?Image")
_FOXGLOVE_DATA = 2
"""The field of the bytes in `foxglove.CompressedImage` (its `.proto`)."""

_MAX_JSON_BYTES = MAX_PICTURE_BYTES * 4 // 3 + 65_536


@dataclass(frozen=True)
class Shot:
    """One message's picture as it is stored: what its header says, and its bytes."""

    header: Header
    data: bytes | memoryview
    colours: str = ""
    step: int = 0

    def unpack(self) -> bytes | Picture:
        """The encoded bytes, or the RGB picture of a raw message."""
        if self.header.encoding != "raw":
            return bytes(self.data)
        rows = np.frombuffer(self.data, np.uint8).reshape(self.header.height, self.step)
        depth = _count_bytes(self.colours)
        pixels = rows[:, : self.header.width * depth].reshape(self.header.height, -1, depth)
        return np.ascontiguousarray(pixels[:, :, list(_COLOURS[self.colours])])


Decoder = Callable[[bytes], Shot]


def choose_decoder(schema: str, encoding: str) -> Decoder | None:
    """What decodes a channel's messages, by its schema's name and its encoding; None when nothing does."""
    openers = {"cdr": open_cdr, "ros1": open_ros1}
    if _RAW.fullmatch(schema) and encoding in openers:
        return lambda data: _decode_raw(openers[encoding](data))
    if not _COMPRESSED.fullmatch(schema):
        return None
    if encoding in openers and not schema.startswith("foxglove"):
        return lambda data: _decode_compressed(openers[encoding](data))
    if encoding == "protobuf" and schema.startswith("foxglove"):
        return _decode_protobuf
    return _decode_json if encoding == "json" else None


def _decode_compressed(cursor: Cursor) -> Shot:
    cursor.take_bytes()  # the format, of which the bytes themselves speak
    return _as_shot(cursor.take_bytes())


def _decode_raw(cursor: Cursor) -> Shot:
    height, width = int(cursor.take("I")), int(cursor.take("I"))
    colours = cursor.take_text()[:32]
    cursor.take("B")
    step = int(cursor.take("I"))
    data = cursor.take_bytes()
    if colours not in _COLOURS:
        raise UnreadableSource("bad_message", f"a picture of {colours}")
    if not is_safe_size(width, height):
        raise UnreadableSource("bad_message", f"a picture of {width} × {height} pixels")
    if step < width * _count_bytes(colours) or len(data) != step * height:
        raise UnreadableSource("bad_message", f"{len(data)} bytes for {height} rows of {step}")
    return Shot(Header("raw", width, height), data, colours, step)


def _decode_protobuf(data: bytes) -> Shot:
    found = [value for number, value in read_fields(memoryview(data)) if number == _FOXGLOVE_DATA]
    if not found or isinstance(found[-1], int):
        raise UnreadableSource("bad_message", "it holds no picture")
    return _as_shot(found[-1])


def _decode_json(data: bytes) -> Shot:
    message = parse_json(data) if len(data) <= _MAX_JSON_BYTES else None
    text = message.get("data") if isinstance(message, dict) else None
    if not isinstance(text, str):
        raise UnreadableSource("bad_message", "it has no `data` in base64")
    try:
        return _as_shot(binascii.a2b_base64(text))
    except ValueError as error:
        raise UnreadableSource("bad_message", str(error)[:200]) from error


def _as_shot(data: bytes | memoryview) -> Shot:
    header = read_header(data)
    if header is None:
        raise UnreadableSource("bad_message", "no JPEG or PNG of a safe size")
    return Shot(header, data)


def _count_bytes(colours: str) -> int:
    return 1 if colours == "mono8" else 3
