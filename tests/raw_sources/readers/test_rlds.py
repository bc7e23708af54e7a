"""The rows of an RLDS folder: one per episode over all its files, and TFRecords that lie alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.readers import rlds
from dataclaw_assets.raw_sources.readers.contract import HEAD_BYTES, Opened, hash_file
from dataclaw_assets.raw_sources.readers.rlds import RLDSReader, TFRecordReader
from resources.landing import list_landing, to_uri
from tests.raw_sources.formats.robot.made_tfrecords import episode, example, field, frame, write_dataset
from tests.raw_sources.readers.landed import claim_folder, read_folder

READER, ALONE = RLDSReader(), TFRecordReader()


def open_landed(path: Path) -> Opened:
    (file,) = (file for file in list_landing(str(path.parent)) if file.uri == to_uri(path))
    return Opened(file=file, path=path, sha256=hash_file(path), head=path.read_bytes()[:HEAD_BYTES])


def reasons(landing: Path) -> list[str]:
    return [str(row.reason) for row in read_folder(READER, landing).values() if row.status == "rejected"]


def test_each_record_of_each_file_is_a_source(tmp_path: Path) -> None:
    write_dataset(tmp_path / "set", [[episode(), episode(3)], [episode(5)]])
    rows = read_folder(READER, tmp_path)
    assert [(name, row.member, row.tags) for name, row in rows.items()] == [
        ("toy-train.tfrecord-00000-of-00002 #0", 0, ("frames:4", "images:4")),
        ("toy-train.tfrecord-00000-of-00002 #1", 1, ("frames:3", "images:3")),
        ("toy-train.tfrecord-00001-of-00002 #0", 0, ("frames:5", "images:5")),
    ]
    assert len({row.source_id for row in rows.values()}) == 3


def test_features_are_its_sidecar(tmp_path: Path) -> None:
    write_dataset(tmp_path / "set", [[episode()]])
    (row,) = read_folder(READER, tmp_path).values()
    assert [(part.role, part.uri.rsplit("/", 1)[1]) for part in row.sidecars] == [
        ("metadata", "features.json")
    ]


def test_licence_is_the_one_stated(tmp_path: Path) -> None:
    write_dataset(tmp_path / "set", [[episode()]], redistributionInfo={"license": "CC BY 4.0"})
    (row,) = read_folder(READER, tmp_path).values()
    assert row.licence == "CC BY 4.0"


def test_damaged_record_is_a_row_of_its_own(tmp_path: Path) -> None:
    (path,) = write_dataset(tmp_path / "set", [[episode(), episode(), episode()]])
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert [row.status for row in read_folder(READER, tmp_path).values()] == [
        "registered",
        "rejected",
        "registered",
    ]


def test_file_cut_short_keeps_its_whole_records(tmp_path: Path) -> None:
    (path,) = write_dataset(tmp_path / "set", [[episode(), episode()]])
    path.write_bytes(path.read_bytes()[:-5])
    first, second = read_folder(READER, tmp_path).values()
    assert (first.status, second.status) == ("registered", "rejected")
    assert str(second.reason).startswith("truncated: record 1")


def test_episodes_that_are_stated_but_not_there_are_missed(tmp_path: Path) -> None:
    splits = [{"name": "train", "shardLengths": ["3"]}]
    write_dataset(tmp_path / "set", [[episode()]], splits=splits)
    assert reasons(tmp_path) == ["truncated: dataset_info.json states 3 episodes, of which 1 are here"]


def test_episodes_beyond_the_limit_are_one_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rlds, "MAX_EPISODES", 2)
    write_dataset(tmp_path / "set", [[episode(), episode()], [episode(), episode()]])
    rows = list(read_folder(READER, tmp_path).values())
    assert [row.status for row in rows] == ["registered", "registered", "rejected"]
    assert str(rows[2].reason).startswith("too_many")


def test_empty_files_are_no_episodes(tmp_path: Path) -> None:
    write_dataset(tmp_path / "set", [[]])
    with pytest.raises(UnreadableSource, match="no_episodes"):
        read_folder(READER, tmp_path)


@pytest.mark.parametrize("document", ["{", "[]", '{"featuresDict": {"features": {"image": {}}}}'])
def test_features_that_are_none_make_no_data_set(tmp_path: Path, document: str) -> None:
    write_dataset(tmp_path / "set", [[episode()]])
    (tmp_path / "set" / "features.json").write_text(document)
    assert claim_folder(READER, tmp_path) == []


def test_other_files_of_the_folder_are_left_alone(tmp_path: Path) -> None:
    write_dataset(tmp_path / "set", [[episode()]])
    (tmp_path / "set" / "notes.json").write_text(json.dumps({"a": 1}))
    (unit,) = claim_folder(READER, tmp_path)
    assert sorted(unit.relative()) == [
        "dataset_info.json",
        "features.json",
        "toy-train.tfrecord-00000-of-00001",
    ]


def test_file_alone_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(frame(example(episode())))
    opened = open_landed(tmp_path / "a.bin")
    assert ALONE.claims(opened)
    with pytest.raises(UnreadableSource, match=r"no_reader: TFRecord file; .* features\.json"):
        ALONE.read(opened, "batch")


def test_sequence_examples_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.tfrecord").write_bytes(frame(field(1, b"") + field(2, b"")))
    with pytest.raises(UnreadableSource, match=r"no_reader: a tf\.train\.SequenceExample"):
        ALONE.read(open_landed(tmp_path / "a.tfrecord"), "batch")


def test_bytes_that_are_no_records_are_not_claimed(tmp_path: Path) -> None:
    (tmp_path / "a.tfrecord").write_bytes(bytes(64))
    assert not ALONE.claims(open_landed(tmp_path / "a.tfrecord"))


def test_bridge_holds_fourteen_episodes(shared_footage: Path) -> None:
    rows = read_folder(READER, shared_footage / "robot").values()
    assert {(row.status, row.tags) for row in rows} == {("registered", ("frames:10", "images:40"))}
    assert len(rows) == 14
