"""The rows of a robomimic file: one per demonstration, with its reason when it cannot be used."""

from __future__ import annotations

from pathlib import Path

import h5py
import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.readers.contract import HEAD_BYTES, Opened, hash_file
from dataclaw_assets.raw_sources.readers.robomimic import RobomimicReader
from resources.landing import list_landing, to_uri
from tests.raw_sources.formats.robot.made_robomimic import write_demos

READER = RobomimicReader()


def open_landed(path: Path) -> Opened:
    (file,) = (file for file in list_landing(str(path.parent)) if file.uri == to_uri(path))
    return Opened(file=file, path=path, sha256=hash_file(path), head=path.read_bytes()[:HEAD_BYTES])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_demos(tmp_path / "demo.hdf5")


def test_each_demonstration_is_a_source(path: Path) -> None:
    rows = READER.read(open_landed(path), "batch")
    assert [(row.name, row.member, row.kind, row.status) for row in rows] == [
        ("demo.hdf5 #0", 0, "robot_demo", "registered"),
        ("demo.hdf5 #1", 1, "robot_demo", "registered"),
    ]
    assert len({row.source_id for row in rows}) == 2


def test_tags_say_what_it_holds(path: Path) -> None:
    first, _ = READER.read(open_landed(path), "batch")
    assert first.tags == ("frames:6", "success:true", "env:Lift", "images:6")


def test_demonstration_that_cannot_be_used_is_a_row(path: Path) -> None:
    with h5py.File(path, "r+") as root:
        root["data/demo_0"].attrs["num_samples"] = 99
    first, second = READER.read(open_landed(path), "batch")
    assert (first.status, first.member, second.status) == ("rejected", 0, "registered")
    assert str(first.reason).startswith("bad_episode: num_samples says 99")


def test_it_claims_by_content(path: Path) -> None:
    assert READER.claims(open_landed(path.rename(path.with_name("something.bin"))))


def test_other_hdf5_is_not_claimed(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.hdf5", "w") as root:
        root["observations/qpos"] = [1.0]
    assert not READER.claims(open_landed(tmp_path / "a.hdf5"))


def test_magic_bytes_alone_are_not_claimed(tmp_path: Path) -> None:
    (tmp_path / "a.hdf5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(40))
    assert not READER.claims(open_landed(tmp_path / "a.hdf5"))


def test_file_cut_short_is_claimed_and_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:3000])
    opened = open_landed(path)
    assert READER.claims(opened)
    with pytest.raises(UnreadableSource, match="truncated"):
        READER.read(opened, "batch")


def test_real_file_is_one_demonstration(shared_footage: Path) -> None:
    rows = READER.read(open_landed(shared_footage / "robot" / "fetch_pick_place_robomimic.hdf5"), "batch")
    assert [row.tags for row in rows] == [
        ("frames:128", "success:true", "env:FetchPickAndPlace-v4", "images:128")
    ]
