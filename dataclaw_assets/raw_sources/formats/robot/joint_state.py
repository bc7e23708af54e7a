"""Decodes one `sensor_msgs/JointState` message, from ROS 2 CDR, ROS 1 or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.robot.cdr import Cursor, open_cdr, open_ros1
from dataclaw_assets.raw_sources.formats.robot.episode import Series
from dataclaw_assets.raw_sources.readers.contract import parse_json

MAX_JOINTS = 512
MAX_JOINT_NAME = 128
_MAX_JSON_BYTES = 1024 * 1024


@dataclass(frozen=True)
class JointState:
    """Joints by name and their positions, in radians or metres."""

    names: tuple[str, ...]
    positions: Series


def decode_cdr(data: bytes) -> JointState:
    """A message in CDR: header (stamp, frame), names, positions; velocities and efforts are not read.

    Raises `UnreadableSource` (`bad_message`).
    """
    return _decode(open_cdr(data))


def decode_ros1(data: bytes) -> JointState:
    """A message in the form of ROS 1, as `decode_cdr`. Raises `UnreadableSource` (`bad_message`)."""
    return _decode(open_ros1(data))


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


def _decode(cursor: Cursor) -> JointState:
    names = tuple(cursor.take_text() for _ in range(_take_count(cursor)))
    positions = [cursor.take("d") for _ in range(_take_count(cursor))]
    return _checked(names, positions)


def _take_count(cursor: Cursor) -> int:
    count = int(cursor.take("I"))
    if count > MAX_JOINTS:
        raise UnreadableSource("bad_message", f"a list of {count}; at most {MAX_JOINTS} joints are read")
    return count


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
