"""Folders of numbered stills: one moving picture, the files that are not of it each with its reason."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.groups import group_files
from dataclaw_assets.raw_sources.readers.stills import StillsReader
from dataclaw_assets.raw_sources.register import read_path
from dataclaw_assets.raw_sources.streams import open_stream
from dataclaw_assets.records import Source
from resources.landing import list_landing
from resources.media import decode, to_picture
from tests.raw_sources.readers.landed import claim_folder, read_folder

READER = StillsReader()


def draw(number: int, width: int = 64, height: int = 48) -> Image.Image:
    """A bar that moves a little from picture to picture."""
    picture = np.full((height, width, 3), 30, np.uint8)
    picture[10:30, number : number + 12] = 220
    return Image.fromarray(picture)


@pytest.fixture
def folder(landing: Path) -> Path:
    """Twelve pictures that follow each other."""
    made = landing / "take"
    made.mkdir()
    for number in range(12):
        draw(number).save(made / f"frame_{number:03d}.png")
    return made


def registered(landing: Path) -> Source:
    """The one source among the rows."""
    (row,) = (row for row in read_folder(READER, landing).values() if row.status == "registered")
    return row


def test_a_folder_of_stills_is_one_video(folder: Path, landing: Path) -> None:
    row = registered(landing)
    assert (row.kind, row.format, row.width, row.height) == ("video", "stills", 64, 48)
    assert row.name == "frame_000.png … frame_011.png"
    assert row.tags == ("pictures:12", "fps:25", "fps:assumed")
    assert row.stream is not None
    assert row.stream.frames == 12
    assert row.stream.duration_s == pytest.approx(12 / 25)


def test_every_picture_is_shown_in_its_turn(folder: Path, landing: Path, tmp_path: Path) -> None:
    row = registered(landing)
    assert row.stream is not None
    path = open_stream(row, tmp_path / "scratch")
    shown = [to_picture(frame.video) for frame in decode(path, row.stream)]
    assert all(np.array_equal(shown[number], np.asarray(draw(number))) for number in range(12))


def test_a_stream_is_put_together_once(folder: Path, landing: Path, tmp_path: Path) -> None:
    row = registered(landing)
    first = open_stream(row, tmp_path / "scratch").stat().st_mtime_ns
    assert open_stream(row, tmp_path / "scratch").stat().st_mtime_ns == first


def test_the_rate_is_stated_beside_the_pictures(folder: Path, landing: Path) -> None:
    (folder / "sequence.json").write_text('{"fps": 12}')
    row = registered(landing)
    assert row.tags == ("pictures:12", "fps:12", "fps:stated")
    assert row.stream is not None
    assert row.stream.duration_s == pytest.approx(1.0)


@pytest.mark.parametrize("stated", [{}, {"fps": 0}, {"fps": "24"}, {"fps": True}, [24]])
def test_a_rate_that_is_none_refuses_the_folder(folder: Path, landing: Path, stated: object) -> None:
    (folder / "sequence.json").write_text(json.dumps(stated))
    (row,) = read_path(folder, landing)
    assert (row.status, str(row.reason).split(":")[0]) == ("rejected", "bad_rate")


def test_a_picture_that_is_cut_short_is_a_row_and_costs_itself_alone(folder: Path, landing: Path) -> None:
    bad = folder / "frame_004.png"
    bad.write_bytes(bad.read_bytes()[:-40])
    rows = read_folder(READER, landing)
    assert str(rows["frame_004.png"].reason).startswith("not_an_image")
    stream = registered(landing).stream
    assert stream is not None
    assert stream.frames == 11
    assert stream.duration_s == pytest.approx(12 / 25)


def test_a_picture_of_another_size_is_a_row(folder: Path, landing: Path) -> None:
    draw(3, width=80).save(folder / "frame_003.png")
    assert (
        read_folder(READER, landing)["frame_003.png"].reason == "other_size: 80×48 px in a sequence of 64×48"
    )


def test_numbered_pictures_of_different_things_are_single_images(landing: Path) -> None:
    rng = np.random.default_rng(1)
    for number in range(10):
        picture = rng.integers(0, 255, (6, 8, 3), np.uint8)
        Image.fromarray(picture).resize((64, 48)).save(landing / f"card{number}.png")
    assert {row.format for row in read_folder(READER, landing).values()} == {"image"}


def test_the_order_of_the_pictures_is_part_of_the_id(folder: Path, landing: Path) -> None:
    before = registered(landing).source_id
    (folder / "frame_000.png").rename(folder / "spare")
    (folder / "frame_005.png").rename(folder / "frame_000.png")
    (folder / "spare").rename(folder / "frame_005.png")
    assert registered(landing).source_id != before


def test_the_folder_may_have_any_name(folder: Path, landing: Path) -> None:
    before = registered(landing).source_id
    folder.rename(landing / "other")
    assert registered(landing).source_id == before


def test_files_beside_the_pictures_are_left_alone(folder: Path, landing: Path) -> None:
    (folder / "notes.txt").write_text("x")
    (unit,) = claim_folder(READER, landing)
    assert "take/notes.txt" not in {file.path for file in unit.files}


def test_the_pictures_stay_in_one_batch(folder: Path, landing: Path) -> None:
    (folder / "sequence.json").write_text('{"fps": 12}')
    (group,) = group_files(list_landing(str(landing)))
    assert (len(group.files), group.dataset) == (13, True)


def test_a_picture_that_changed_since_is_not_shown(folder: Path, landing: Path, tmp_path: Path) -> None:
    row = registered(landing)
    draw(40).save(folder / "frame_002.png")
    with pytest.raises(UnreadableSource, match=r"source_changed: frame_002\.png"):
        open_stream(row, tmp_path / "scratch")
