"""Pictures of RLDS episodes: one camera, as stored, on the episode's clock."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.pictures import PictureTrack
from dataclaw_assets.raw_sources.formats.robot.rlds import (
    Recorded,
    list_cameras,
    read_episode,
    read_pictures,
    read_recorded,
    survey_pictures,
)
from dataclaw_assets.raw_sources.formats.robot.rlds_features import read_features
from tests.fuzzing import TIMES
from tests.raw_sources.formats.robot.made_pictures import bomb, encode
from tests.raw_sources.formats.robot.made_tfrecords import (
    Values,
    episode,
    features_document,
    named,
    tensor,
    write_dataset,
)

FRONT, WRIST, SIDE = (f"steps/observation/{name}" for name in ("front", "a_wrist", "side"))
SHOWN = [encode(shade=at) for at in range(4)]


def camera(dtype: str = "uint8") -> dict[str, Any]:
    return {"image": {"dtype": dtype, "encodingFormat": "jpeg"}}


def write(folder: Path, pictures: dict[str, list[bytes]], **cameras: Any) -> tuple[Path, int, Path]:
    """A data set of one episode with these pictures; what the functions ask for to read it."""
    stored: dict[str, Values] = dict(pictures)
    (path,) = write_dataset(folder, [[episode(more=stored)]])
    observation = named({"state": tensor(2), "front": camera(), **cameras})
    (folder / "features.json").write_text(json.dumps(features_document(observation=observation)))
    return path, 0, folder / "features.json"


def test_pictures_come_as_they_were_stored_at_their_steps(tmp_path: Path) -> None:
    asked = write(tmp_path, {FRONT: list(SHOWN)})
    times = read_episode(*asked).times.tolist()
    assert list(read_pictures(*asked)) == list(zip(times, SHOWN, strict=True))


def test_survey_says_what_is_given(tmp_path: Path) -> None:
    asked = write(tmp_path, {FRONT: list(SHOWN)})
    assert survey_pictures(*asked) == PictureTrack(FRONT, (0.0, 1.0, 2.0, 3.0), 16, 8, "jpeg")


def test_registering_surveys_too(tmp_path: Path) -> None:
    path, member, features = write(tmp_path, {FRONT: list(SHOWN)})
    ((_, found),) = read_recorded(path, read_features(json.loads(features.read_text())))
    assert isinstance(found, Recorded)
    assert found.pictures == survey_pictures(path, member, features)


@pytest.mark.parametrize("bad", [b"", b"no picture", bomb(), encode(width=32), encode("PNG")])
def test_picture_unlike_the_others_is_left_out(tmp_path: Path, bad: bytes) -> None:
    asked = write(tmp_path, {FRONT: [SHOWN[0], bad, SHOWN[2], SHOWN[3]]})
    track = survey_pictures(*asked)
    assert track is not None
    assert track.times == (0.0, 2.0, 3.0)
    assert [time_s for time_s, _ in read_pictures(*asked)] == [0.0, 2.0, 3.0]


def test_camera_of_the_scene_is_taken_before_the_wrists(tmp_path: Path) -> None:
    asked = write(tmp_path, {FRONT: list(SHOWN), WRIST: list(SHOWN)}, a_wrist=camera())
    assert list_cameras(*asked) == (WRIST, FRONT)
    track = survey_pictures(*asked)
    assert track is not None
    assert track.camera == FRONT


@pytest.mark.parametrize(
    ("pictures", "cameras"),
    [
        pytest.param(
            {SIDE: list(SHOWN), FRONT: [b""] * 4}, {"side": camera("uint16")}, id="depth of 16 bits"
        ),
        pytest.param({FRONT: [b""] * 4}, {"side": camera()}, id="a camera that was not there"),
    ],
)
def test_what_shows_nothing_is_no_camera(
    tmp_path: Path, pictures: dict[str, list[bytes]], cameras: dict[str, Any]
) -> None:
    asked = write(tmp_path, pictures, **cameras)
    assert list_cameras(*asked) == ()
    assert survey_pictures(*asked) is None
    assert list(read_pictures(*asked)) == []


def test_pictures_that_are_not_one_a_step_have_no_times(tmp_path: Path) -> None:
    asked = write(tmp_path, {FRONT: SHOWN[:3]})
    assert survey_pictures(*asked) is None
    assert list(read_pictures(*asked)) == []


def test_bridge_shows_its_first_camera(shared_footage: Path) -> None:
    folder = shared_footage / "robot" / "bridge_octo_debug"
    (path,) = folder.glob("*.tfrecord-*")
    track = survey_pictures(path, 0, folder / "features.json")
    steps = json.loads((folder / "episode_000.json").read_text())["n_steps"]
    assert track is not None
    assert (track.camera, track.width, track.height) == ("steps/observation/image_0", 64, 64)
    assert len(track.times) == steps


@given(edits=st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=60 * TIMES, deadline=None)
def test_damaged_pictures_are_left_out_or_refused(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "damaged_rlds"
    shown = bytearray(b"".join(SHOWN))
    for at, byte in edits:
        shown[at % len(shown)] = byte
    size = len(SHOWN[0])
    asked = write(folder, {FRONT: [bytes(shown[at * size : (at + 1) * size]) for at in range(4)]})
    track = survey_pictures(*asked)
    given_times = tuple(time_s for time_s, _ in read_pictures(*asked))
    assert given_times == (track.times if track else ())


def test_record_that_is_not_there_is_named(tmp_path: Path) -> None:
    path, _, features = write(tmp_path, {FRONT: list(SHOWN)})
    with pytest.raises(UnreadableSource, match="missing_part"):
        survey_pictures(path, 7, features)
