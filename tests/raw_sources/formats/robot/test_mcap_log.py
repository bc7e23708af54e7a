"""MCAP recordings: joint states become an episode, everything else is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.writer import CompressionType

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.robot import mcap_log
from dataclaw_assets.raw_sources.formats.robot.joint_state import decode_cdr, decode_json
from dataclaw_assets.raw_sources.formats.robot.mcap_log import Recording, read_episode, read_recording
from tests.fuzzing import TIMES
from tests.raw_sources.formats.robot.made_mcap import joints, write_json, write_ros2


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.mcap"


def test_ros2_joint_states_are_the_state(path: Path) -> None:
    state = read_episode(write_ros2(path, steps=3)).state
    assert state is not None
    assert state.names == ("hip", "knee", "a")
    assert np.allclose(state.values, [[0, 0.1, 0.2], [1, 1.1, 1.2], [2, 2.1, 2.2]])


def test_times_are_those_of_the_recorder(path: Path) -> None:
    episode = read_episode(write_ros2(path, steps=4))
    assert np.allclose(episode.times, [0, 0.1, 0.2, 0.3])
    assert episode.timed


@pytest.mark.parametrize("compression", list(CompressionType))
def test_json_is_read_from_chunks_of_any_compression(path: Path, compression: CompressionType) -> None:
    write_json(path, {"/joints": [joints(at) for at in range(3)]}, compression)
    state = read_episode(path).state
    assert state is not None
    assert state.values[2, 1] == pytest.approx(2.1)


def test_fullest_topic_is_the_state(path: Path) -> None:
    write_json(path, {"/a": [joints(0)], "/b": [joints(0), joints(1)]})
    found = read_recording(path)
    assert found.topic == "/b"
    assert "/a: left out" in found.episode.notes


def test_commands_are_no_state(path: Path) -> None:
    write_json(path, {"/joint_commands": [joints(at) for at in range(9)], "/joints": [joints(0), joints(1)]})
    assert read_recording(path).topic == "/joints"


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(joints(1, ("other",)), id="other joints"),
        pytest.param({"name": ["hip"]}, id="no positions"),
        pytest.param({"name": ["hip"], "position": [1, 2]}, id="two positions for a name"),
        pytest.param({"name": ["hip", "knee", "a"], "position": [1, "2", None]}, id="text for a number"),
        pytest.param({"name": ["hip", "knee", "a"], "position": [1, 2, 10**400]}, id="a number without end"),
        pytest.param([], id="a list"),
    ],
)
def test_bad_message_costs_itself_only(path: Path, bad: Any) -> None:
    episode = read_episode(write_json(path, {"/joints": [joints(0), bad, joints(2)]}))
    assert len(episode.times) == 2
    assert "1 messages of other joints, not in time or damaged: left out" in episode.notes


def test_recording_without_joints_names_what_it_holds(path: Path) -> None:
    write_ros2(path, topic="/camera", kind="sensor_msgs/msg/Image")
    with pytest.raises(UnreadableSource, match=r"no_reader: .*: /camera \(cdr sensor_msgs/msg/Image\)"):
        read_recording(path)


def test_encoding_that_is_not_known_is_named(path: Path) -> None:
    write_json(path, {"/joints": [joints(0)]}, encoding="protobuf")
    with pytest.raises(UnreadableSource, match=r"/joints \(protobuf sensor_msgs/JointState\)"):
        read_recording(path)


def test_recording_cut_short_is_truncated(path: Path) -> None:
    data = write_ros2(path, steps=50).read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(UnreadableSource, match=r"truncated|damaged"):
        read_recording(path)


def test_length_that_lies_is_refused_unread(path: Path) -> None:
    path.write_bytes(mcap_log.MAGIC + b"\x06" + (1 << 40).to_bytes(8, "little") + bytes(100))
    with pytest.raises(UnreadableSource, match="damaged: MCAP: CHUNK record has length"):
        read_recording(path)


@pytest.mark.parametrize("compression", [CompressionType.ZSTD, CompressionType.LZ4])
def test_chunk_that_swells_is_refused(
    path: Path, compression: CompressionType, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_json(path, {"/joints": [joints(0, ["x" * 500_000])]}, compression)
    monkeypatch.setattr(mcap_log, "MAX_CHUNK_BYTES", 100_000)
    with pytest.raises(UnreadableSource, match="too_large: a chunk"):
        read_recording(path)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00\x07\x00\x00" + bytes(64), id="another representation"),
        pytest.param(b"\x00\x01\x00\x00" + bytes(8) + b"\xff" * 4, id="a text that lies"),
        pytest.param(b"\x00\x01\x00\x00" + bytes(12) + b"\xff" * 4, id="a list that lies"),
        pytest.param(b"\x00\x01\x00\x00" + bytes(6), id="cut short"),
    ],
)
def test_cdr_that_lies_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableSource, match="bad_message"):
        decode_cdr(data)


def test_json_that_is_nested_without_end_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="bad_message"):
        decode_json(b"[" * 100_000)


@given(st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=6))
@settings(max_examples=200 * TIMES, deadline=None)
def test_damaged_recordings_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.mcap"
    data = bytearray(write_ros2(path).read_bytes())
    for at, byte in edits:
        data[at % len(data)] = byte
    path.write_bytes(data)
    try:
        assert isinstance(read_recording(path), Recording)
    except UnreadableSource:
        return
