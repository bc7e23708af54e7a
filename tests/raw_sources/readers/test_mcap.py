"""The row of an MCAP recording."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.readers.contract import HEAD_BYTES, Opened, hash_file
from dataclaw_assets.raw_sources.readers.mcap import McapReader
from resources.landing import list_landing
from tests.raw_sources.formats.robot.made_mcap import write_ros2

READER = McapReader()


def open_landed(path: Path) -> Opened:
    (file,) = list_landing(str(path.parent))
    return Opened(file=file, path=path, sha256=hash_file(path), head=path.read_bytes()[:HEAD_BYTES])


def test_recording_is_one_source(tmp_path: Path) -> None:
    opened = open_landed(write_ros2(tmp_path / "a.mcap"))
    assert READER.claims(opened)
    (row,) = READER.read(opened, "batch")
    assert (row.kind, row.status, row.source_id) == ("robot_demo", "registered", opened.sha256)
    assert row.tags == ("frames:5", "topic:/joint_states")


def test_recording_without_joints_is_refused(tmp_path: Path) -> None:
    opened = open_landed(write_ros2(tmp_path / "a.mcap", kind="sensor_msgs/msg/Image"))
    with pytest.raises(UnreadableSource, match="no_reader"):
        READER.read(opened, "batch")


def test_other_bytes_are_not_claimed(tmp_path: Path) -> None:
    (tmp_path / "a.mcap").write_bytes(b"something else")
    assert not READER.claims(open_landed(tmp_path / "a.mcap"))
