"""Decodes one `sensor_msgs/JointState` message, from ROS 2 CDR or JSON."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.robot.episode import Series
from dataclaw_assets.raw_sources.readers.contract import parse_json

MAX_JOINTS = 512
MAX_JOINT_NAME = 128
_MAX_JSON_BYTES = 1024 * 1024
_CDR_HEADER_BYTES = 4
_ENDIANNESS = {0: ">", 1: "<"}
"""Representations of plain CDR by the second byte of its header (DDS-RTPS 10.5). XCDR2 is not read."""


@dataclass(frozen=True)
class JointState:
    """Joints by name and their positions, in radians or metres."""

    names: tuple[str, ...]
    positions: Series


def decode_cdr(data: bytes) -> JointState:
    """A message in CDR: header (stamp, frame), names, positions; velocities and efforts are not read.

    Raises `UnreadableSource` (`bad_message`).
    """
    if len(data) < _CDR_HEADER_BYTES or data[1] not in _ENDIANNESS:
        raise UnreadableSource("bad_message", "it is not in plain CDR")
    cursor = _Cursor(data[_CDR_HEADER_BYTES:], _ENDIANNESS[data[1]])
    cursor.take("i")
    cursor.take("I")
    cursor.take_text()
    names = tuple(cursor.take_text() for _ in range(cursor.take_count()))
    positions = [cursor.take("d") for _ in range(cursor.take_count())]
    return _checked(names, positions)


def decode_json(data: bytes) -> JointState:
    """A message as a JSON object with `name` and `position`. Raises `UnreadableSource` (`bad_message`)."""
    try:
        message = parse_json(data) if len(data) <= _MAX_JSON_BYTES else None
    except UnreadableSource as reason:
        raise UnreadableSource("bad_message", reason.detail) from reason
    names = message.get("name") if isinstance(message, dict) else None
    positions = message.get("position") if isinstance(message, dict) else None
    if not isinstance(names, list) or not isinstance(positions, list):
        raise UnreadableSource("bad_message", "it has no lists `name` and `position`")
    return _checked(tuple(str(name) for name in names[: MAX_JOINTS + 1]), positions)


def _checked(names: tuple[str, ...], positions: Sequence[object]) -> JointState:
    if not 0 < len(names) == len(positions) <= MAX_JOINTS:
        raise UnreadableSource("bad_message", f"{len(names)} names, {len(positions)} positions")
    numbers = [
        float(at) for at in positions if isinstance(at, float) or (type(at) is int and abs(at) < 2**53)
    ]
    values = np.array(numbers, dtype=np.float64)
    if len(values) != len(names) or not np.isfinite(values).all():
        raise UnreadableSource("bad_message", "not all its positions are finite numbers")
    return JointState(tuple(name[:MAX_JOINT_NAME] for name in names), values)


class _Cursor:
    """Reads a CDR body: numbers lie at multiples of their own size."""

    def __init__(self, body: bytes, order: str) -> None:
        self.body, self.order, self.at = body, order, 0

    def take(self, code: str) -> int | float:
        size = struct.calcsize(code)
        self.at += -self.at % size
        if self.at + size > len(self.body):
            raise UnreadableSource("bad_message", "it ends early")
        value: int | float = struct.unpack_from(self.order + code, self.body, self.at)[0]
        self.at += size
        return value

    def take_count(self) -> int:
        count = int(self.take("I"))
        if count > MAX_JOINTS:
            raise UnreadableSource("bad_message", f"a list of {count}; at most {MAX_JOINTS} joints are read")
        return count

    def take_text(self) -> str:
        length = int(self.take("I"))
        if self.at + length > len(self.body):
            raise UnreadableSource("bad_message", "a text that says it is longer than its message")
        text = self.body[self.at : self.at + length]
        self.at += length
        return text.rstrip(b"\x00").decode("utf-8", "replace")
