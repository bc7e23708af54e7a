"""MCAP recordings of cameras: ROS 2 by `mcap_ros2`, ROS 1 and Foxglove's own by their definitions."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from mcap.writer import Writer
from mcap_ros2.writer import Writer as Ros2Writer

from tests.raw_sources.formats.robot.made_mcap import JOINT_STATE, START_NS, STEP_NS, joints
from tests.raw_sources.formats.robot.made_tfrecords import field

_HEADER = JOINT_STATE[JOINT_STATE.index("=") :]
COMPRESSED = f"std_msgs/Header header\nstring format\nuint8[] data\n{_HEADER}"
IMAGE = f"""std_msgs/Header header
uint32 height
uint32 width
string encoding
uint8 is_bigendian
uint32 step
uint8[] data
{_HEADER}"""

HEADER = {"stamp": {"sec": 1, "nanosec": 2}, "frame_id": "optical"}
_HEADER_ROS1 = struct.pack("<III", 1, 2, 3) + struct.pack("<I", 7) + b"optical"


def write_ros2(
    path: Path,
    cameras: dict[str, Sequence[bytes]],
    joint_steps: Iterable[int] = (),
    joint_times: Callable[[int], int] = lambda at: START_NS + at * STEP_NS,
) -> Path:
    """Pictures by topic as `sensor_msgs/msg/CompressedImage`, one every 0.1 s, and joint states at steps."""
    with path.open("wb") as file:
        writer = Ros2Writer(file)
        image = writer.register_msgdef("sensor_msgs/msg/CompressedImage", COMPRESSED)
        state = writer.register_msgdef("sensor_msgs/msg/JointState", JOINT_STATE)
        for topic, pictures in cameras.items():
            for at, picture in enumerate(pictures):
                message = {"header": HEADER, "format": "jpeg", "data": picture}
                writer.write_message(topic, image, message, log_time=START_NS + at * STEP_NS)
        for at in joint_steps:
            writer.write_message("/joints", state, joints(at), log_time=joint_times(at))
        writer.finish()  # type: ignore[no-untyped-call]
    return path


def write_raw_ros2(path: Path, encoding: str, width: int, height: int, step: int, data: bytes) -> Path:
    """A picture as `sensor_msgs/msg/Image`, twice."""
    with path.open("wb") as file:
        writer = Ros2Writer(file)
        schema = writer.register_msgdef("sensor_msgs/msg/Image", IMAGE)
        shape = {"height": height, "width": width, "encoding": encoding, "is_bigendian": 0, "step": step}
        for at in range(2):
            message = {"header": HEADER, **shape, "data": data}
            writer.write_message("/camera", schema, message, log_time=START_NS + at * STEP_NS)
        writer.finish()  # type: ignore[no-untyped-call]
    return path


def write_messages(path: Path, schema: str, encoding: str, messages: Iterable[bytes]) -> Path:
    """Messages that are encoded already, one every 0.1 s."""
    with path.open("wb") as file:
        writer = Writer(file)
        writer.start()
        number = writer.register_schema(schema, "", b"")
        channel = writer.register_channel("/camera", encoding, number)
        for at, message in enumerate(messages):
            writer.add_message(channel, START_NS + at * STEP_NS, message, START_NS + at * STEP_NS)
        writer.finish()  # type: ignore[no-untyped-call]
    return path


def compressed_ros1(picture: bytes) -> bytes:
    """`sensor_msgs/CompressedImage` of ROS 1."""
    return _HEADER_ROS1 + struct.pack("<I", 4) + b"jpeg" + struct.pack("<I", len(picture)) + picture


def joints_ros1(positions: Sequence[float]) -> bytes:
    """`sensor_msgs/JointState` of ROS 1, of joints j0, j1, …"""
    names = b"".join(struct.pack("<I", 2) + b"j%d" % at for at in range(len(positions)))
    count = struct.pack("<I", len(positions))
    return _HEADER_ROS1 + count + names + count + struct.pack(f"<{len(positions)}d", *positions) + bytes(8)


def compressed_json(picture: bytes) -> bytes:
    """`foxglove.CompressedImage` in JSON."""
    return json.dumps({"format": "jpeg", "data": base64.b64encode(picture).decode()}).encode()


def compressed_protobuf(picture: bytes) -> bytes:
    """`foxglove.CompressedImage` in protobuf: timestamp, data, format, frame_id."""
    return field(1, b"\x08\x01") + field(2, picture) + field(3, b"jpeg") + field(4, b"optical")
