"""Pictures of MCAP recordings: one camera, on the clock of the joint states."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.pictures import PictureTrack
from dataclaw_assets.raw_sources.formats.robot import mcap_pictures
from dataclaw_assets.raw_sources.formats.robot.mcap_log import read_episode
from dataclaw_assets.raw_sources.formats.robot.mcap_pictures import (
    read_log,
    read_pictures,
    survey_pictures,
)
from tests.fuzzing import TIMES
from tests.raw_sources.formats.robot.made_cameras import (
    compressed_json,
    compressed_protobuf,
    compressed_ros1,
    joints_ros1,
    write_messages,
    write_raw_ros2,
    write_ros2,
)
from tests.raw_sources.formats.robot.made_pictures import bomb, encode

SHOWN = [encode(shade=at) for at in range(4)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.mcap"


def times(path: Path) -> tuple[float, ...]:
    track = survey_pictures(path)
    return track.times if track else ()


def test_pictures_come_as_they_were_stored_on_the_recorders_clock(path: Path) -> None:
    write_ros2(path, {"/camera": SHOWN}, joint_steps=range(4))
    found = list(read_pictures(path))
    assert [picture for _, picture in found] == SHOWN
    assert [time_s for time_s, _ in found] == read_episode(path).times.tolist()


def test_survey_says_what_is_given(path: Path) -> None:
    write_ros2(path, {"/camera": SHOWN}, joint_steps=range(4))
    assert survey_pictures(path) == PictureTrack("/camera", (0.0, 0.1, 0.2, 0.3), 16, 8, "jpeg")


def test_clock_begins_with_the_first_joint_state(path: Path) -> None:
    write_ros2(path, {"/camera": SHOWN}, joint_steps=(2, 3))
    assert times(path) == (0.0, 0.1)
    assert [picture for _, picture in read_pictures(path)] == SHOWN[2:]


def test_recording_of_pictures_only_begins_with_the_first(path: Path) -> None:
    log = read_log(write_ros2(path, {"/camera": SHOWN}))
    assert log.recording is None
    assert log.pictures is not None
    assert log.pictures.times == (0.0, 0.1, 0.2, 0.3)


def test_recording_of_joints_only_has_no_pictures(path: Path) -> None:
    log = read_log(write_ros2(path, {}, joint_steps=range(3)))
    assert log.recording is not None
    assert log.pictures is None
    assert list(read_pictures(path)) == []


def test_recording_of_neither_names_what_it_holds(path: Path) -> None:
    write_messages(path, "std_msgs/String", "cdr", [b"x"])
    with pytest.raises(UnreadableSource, match=r"no_reader: .*/camera \(cdr std_msgs/String\)"):
        read_log(path)


def test_camera_of_the_scene_is_taken_before_depth_and_wrist(path: Path) -> None:
    topics = ("/a_depth/compressed", "/b_wrist/compressed", "/front/compressed")
    log = read_log(write_ros2(path, dict.fromkeys(topics, SHOWN)))
    assert log.pictures is not None
    assert log.pictures.camera == "/front/compressed"


@pytest.mark.parametrize("bad", [b"", b"no picture", bomb(), encode(width=32), encode("PNG")])
def test_picture_unlike_the_others_is_left_out(path: Path, bad: bytes) -> None:
    write_ros2(path, {"/camera": [SHOWN[0], bad, SHOWN[2]]})
    assert times(path) == (0.0, 0.2)
    assert [picture for _, picture in read_pictures(path)] == [SHOWN[0], SHOWN[2]]


@pytest.mark.parametrize(
    ("schema", "encoding", "encoder"),
    [
        ("sensor_msgs/CompressedImage", "ros1", compressed_ros1),
        ("foxglove.CompressedImage", "json", compressed_json),
        ("foxglove.CompressedImage", "protobuf", compressed_protobuf),
    ],
)
def test_other_encodings_are_read(path: Path, schema: str, encoding: str, encoder: type[bytes]) -> None:
    write_messages(path, schema, encoding, [encoder(picture) for picture in SHOWN])
    assert [picture for _, picture in read_pictures(path)] == SHOWN


@pytest.mark.parametrize(
    ("schema", "encoding", "message"),
    [
        ("sensor_msgs/CompressedImage", "ros1", compressed_ros1(SHOWN[0])[:-1]),
        ("sensor_msgs/CompressedImage", "ros1", b""),
        ("foxglove.CompressedImage", "json", b'{"data": 7}'),
        ("foxglove.CompressedImage", "json", b'{"data": "abc"}'),
        ("foxglove.CompressedImage", "json", b"[" * 100_000),
        ("foxglove.CompressedImage", "protobuf", b"\x10\x01"),
        ("foxglove.CompressedImage", "protobuf", b"\x12\xff"),
        ("foxglove.CompressedVideo", "protobuf", compressed_protobuf(SHOWN[0])),
    ],
)
def test_bad_message_is_left_out(path: Path, schema: str, encoding: str, message: bytes) -> None:
    with pytest.raises(UnreadableSource, match="no_reader"):
        read_log(write_messages(path, schema, encoding, [message]))


@pytest.mark.parametrize(
    ("encoding", "pixel", "shown"),
    [("rgb8", (1, 2, 3), [1, 2, 3]), ("bgr8", (1, 2, 3), [3, 2, 1]), ("mono8", (9,), [9, 9, 9])],
)
def test_raw_pictures_are_rgb_without_their_padding(
    path: Path, encoding: str, pixel: tuple[int, ...], shown: list[int]
) -> None:
    row = bytes(pixel * 2) + b"pad"
    write_raw_ros2(path, encoding, width=2, height=3, step=len(row), data=row * 3)
    (_, picture), _ = read_pictures(path)
    assert isinstance(picture, np.ndarray)
    assert picture.tolist() == [[shown] * 2] * 3
    assert survey_pictures(path) == PictureTrack("/camera", (0.0, 0.1), 2, 3, "raw")


@pytest.mark.parametrize(
    ("encoding", "width", "height", "step", "size"),
    [
        pytest.param("16UC1", 2, 2, 4, 8, id="depth"),
        pytest.param("rgb8", 2, 2, 6, 11, id="too few bytes"),
        pytest.param("rgb8", 2, 2, 5, 10, id="rows too short"),
        pytest.param("rgb8", 0, 0, 0, 0, id="no pixels"),
        pytest.param("mono8", 40_000, 0xFFFFFFFF, 40_000, 8, id="a size that lies"),
    ],
)
def test_raw_picture_that_lies_is_left_out(
    path: Path, encoding: str, width: int, height: int, step: int, size: int
) -> None:
    with pytest.raises(UnreadableSource, match="no_reader"):
        read_log(write_raw_ros2(path, encoding, width, height, step, bytes(size)))


def test_joint_states_of_ros1_are_read(path: Path) -> None:
    messages = [joints_ros1([float(at), at / 10]) for at in range(3)]
    state = read_episode(write_messages(path, "sensor_msgs/JointState", "ros1", messages)).state
    assert state is not None
    assert state.names == ("j0", "j1")
    assert state.values.tolist() == [[0.0, 0.0], [1.0, 0.1], [2.0, 0.2]]


def test_recording_of_too_many_pictures_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcap_pictures, "MAX_PICTURES", 2)
    with pytest.raises(UnreadableSource, match="too_large: more than 2 pictures"):
        read_log(write_ros2(path, {"/camera": SHOWN}))


@given(st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=6))
@settings(max_examples=60 * TIMES, deadline=None)
def test_damaged_recordings_are_read_alike_or_refused(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged_pictures.mcap"
    data = bytearray(write_ros2(path, {"/camera": SHOWN}, joint_steps=range(2)).read_bytes())
    for at, byte in edits:
        data[at % len(data)] = byte
    path.write_bytes(data)
    try:
        assert times(path) == tuple(time_s for time_s, _ in read_pictures(path))
    except UnreadableSource:
        return


@given(st.binary(max_size=200), st.sampled_from(["cdr", "ros1", "json", "protobuf"]), st.booleans())
@settings(max_examples=60 * TIMES, deadline=None)
def test_any_message_is_a_picture_or_left_out(
    tmp_path_factory: pytest.TempPathFactory, message: bytes, encoding: str, is_raw: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.mcap"
    schema = "sensor_msgs/Image" if is_raw else "sensor_msgs/CompressedImage"
    write_messages(path, schema, encoding, [b"\0\1\0\0" + message])
    try:
        assert read_log(path).pictures is not None
    except UnreadableSource:
        return
