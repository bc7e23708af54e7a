"""Pictures of robomimic demonstrations: one camera, one picture at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.pictures import PictureTrack
from dataclaw_assets.raw_sources.formats.robot import hdf5
from dataclaw_assets.raw_sources.formats.robot.robomimic import (
    read_demos,
    read_episode,
    read_pictures,
    survey_pictures,
)
from tests.fuzzing import TIMES
from tests.raw_sources.formats.robot.made_robomimic import FRAMES, write_demos

CAMERA = "agentview_image"
SHOWN = np.arange(FRAMES * 4 * 6 * 3, dtype=np.uint8).reshape(FRAMES, 4, 6, 3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store(write_demos(tmp_path / "demo.hdf5"), CAMERA, data=SHOWN, compression="gzip")


def store(path: Path, name: str, **dataset: Any) -> Path:
    """Put an array among the observations of the first demonstration."""
    with h5py.File(path, "r+") as root:
        observed = root["data/demo_0/obs"]
        if name in observed:
            del observed[name]
        observed.create_dataset(name, **dataset)
    return path


def test_pictures_come_with_the_times_of_the_frames(path: Path) -> None:
    found = list(read_pictures(path, 0))
    assert [time_s for time_s, _ in found] == read_episode(path, 0).times.tolist()
    assert np.array_equal([picture for _, picture in found], SHOWN)


def test_survey_says_what_is_given(path: Path) -> None:
    times = tuple(read_episode(path, 0).times.tolist())
    assert survey_pictures(path, 0) == PictureTrack(CAMERA, times, 6, 4, "raw")


def test_registering_surveys_too(path: Path) -> None:
    (_, found), *_ = read_demos(path)
    assert not isinstance(found, UnreadableSource)
    assert found.pictures == survey_pictures(path, 0)


def test_camera_of_the_scene_is_taken_before_the_hands(path: Path) -> None:
    store(path, "a_eye_in_hand_image", data=SHOWN)
    track = survey_pictures(path, 0)
    assert track is not None
    assert track.camera == CAMERA


@pytest.mark.parametrize(
    "layout",
    [
        pytest.param({"chunks": (4, 2, 3, 1)}, id="a chunk of many frames"),
        pytest.param({"chunks": (1, 4, 6, 3)}, id="a chunk a frame"),
        pytest.param({}, id="no chunks"),
    ],
)
def test_pictures_are_read_in_blocks(path: Path, layout: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    store(path, CAMERA, data=SHOWN, **layout)
    monkeypatch.setattr(hdf5, "_BLOCK_ROWS", 4)
    assert np.array_equal([picture for _, picture in read_pictures(path, 0)], SHOWN)


@pytest.mark.parametrize(
    "dataset",
    [
        pytest.param({"data": SHOWN[:3]}, id="too few frames"),
        pytest.param({"data": SHOWN[..., :1]}, id="one colour"),
        pytest.param({"data": SHOWN.astype(np.float32)}, id="floats"),
        pytest.param({"data": SHOWN[:, 0]}, id="three axes"),
        pytest.param(
            {"shape": (FRAMES, 1 << 20, 1 << 20, 3), "dtype": "u1", "chunks": (1, 64, 64, 3)}, id="huge"
        ),
        pytest.param(
            {"shape": (FRAMES, 5_000, 5_000, 3), "dtype": "u1", "chunks": (1, 500, 500, 3)},
            id="too large for a block",
        ),
        pytest.param(
            {"shape": (FRAMES, 4, 6, 3), "dtype": "u1", "external": [("/etc/passwd", 0, FRAMES * 72)]},
            id="pictures in another file",
        ),
    ],
)
def test_array_that_is_no_camera_costs_the_pictures_only(path: Path, dataset: Any) -> None:
    store(path, CAMERA, **dataset)
    assert survey_pictures(path, 0) is None
    assert list(read_pictures(path, 0)) == []
    assert len(read_episode(path, 0).times) == FRAMES


def test_pictures_of_liberos_name_are_upside_down_and_left_out(path: Path) -> None:
    with h5py.File(path, "r+") as root:
        root["data/demo_0/obs"].move(CAMERA, "agentview_rgb")
    assert survey_pictures(path, 0) is None


def test_real_file_shows_its_scene(shared_footage: Path) -> None:
    path = shared_footage / "robot" / "fetch_pick_place_robomimic.hdf5"
    track = survey_pictures(path, 0)
    assert track is not None
    assert (track.camera, track.width, track.height, len(track.times)) == (CAMERA, 84, 84, 128)
    _, picture = next(read_pictures(path, 0))
    assert picture.std() > 10


def survives(read: Callable[[], object]) -> None:
    try:
        read()
    except UnreadableSource:
        return


@given(st.lists(st.tuples(st.integers(0, 1 << 30), st.integers(0, 255)), min_size=1, max_size=6))
@settings(max_examples=40 * TIMES, deadline=None)
def test_damaged_files_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged_pictures.hdf5"
    data = bytearray(write_demos(path, demos=1, text=np.bytes_).read_bytes())
    for at, byte in edits:
        data[at % len(data)] = byte
    path.write_bytes(data)
    survives(lambda: survey_pictures(path, 0))
    survives(lambda: list(read_pictures(path, 0)))
