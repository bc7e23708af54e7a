"""MCAP recordings, written with the `mcap` and `mcap_ros2` packages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mcap.writer import CompressionType
from mcap.writer import Writer as JsonWriter
from mcap_ros2.writer import Writer as Ros2Writer

JOINT_STATE = """std_msgs/Header header
string[] name
float64[] position
float64[] velocity
float64[] effort
================================================================================
MSG: std_msgs/Header
builtin_interfaces/Time stamp
string frame_id
================================================================================
MSG: builtin_interfaces/Time
int32 sec
uint32 nanosec
"""
STEP_NS = 100_000_000
START_NS = 1_700_000_000_000_000_000


def joints(at: int, names: Iterable[str] = ("hip", "knee", "a")) -> dict[str, Any]:
    """A message of joints at a step: each stands at the step's number, plus its own over ten."""
    names = list(names)
    stamp = {"sec": at, "nanosec": 0}
    return {
        "header": {"stamp": stamp, "frame_id": "base"},
        "name": names,
        "position": [at + joint / 10 for joint in range(len(names))],
        "velocity": [],
        "effort": [],
    }


def write_ros2(
    path: Path, steps: int = 5, topic: str = "/joint_states", kind: str = "sensor_msgs/msg/JointState"
) -> Path:
    """A ROS 2 recording, a message every 0.1 s, in zstd chunks."""
    with path.open("wb") as file:
        writer = Ros2Writer(file)
        schema = writer.register_msgdef(kind, JOINT_STATE)
        for at in range(steps):
            writer.write_message(topic, schema, joints(at), log_time=START_NS + at * STEP_NS)
        writer.finish()  # type: ignore[no-untyped-call]
    return path


def write_json(
    path: Path,
    topics: dict[str, list[Any]],
    compression: CompressionType = CompressionType.LZ4,
    encoding: str = "json",
) -> Path:
    """A recording of JSON messages by topic, a message every 0.1 s."""
    with path.open("wb") as file:
        writer = JsonWriter(file, compression=compression)
        writer.start()
        schema = writer.register_schema("sensor_msgs/JointState", "jsonschema", b"{}")
        for topic, messages in topics.items():
            channel = writer.register_channel(topic, encoding, schema)
            for at, message in enumerate(messages):
                time_ns = START_NS + at * STEP_NS
                writer.add_message(channel, time_ns, json.dumps(message).encode(), time_ns)
        writer.finish()  # type: ignore[no-untyped-call]
    return path
