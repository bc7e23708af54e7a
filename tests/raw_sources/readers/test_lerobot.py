"""LeRobot v3: an episode is a stretch of a video file, and a missing or damaged part is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.readers.lerobot import fill_path
from dataclaw_assets.records import Source

Register = Callable[[], dict[str, Source]]
MakeDataset = Callable[..., Path]


@pytest.fixture
def dataset(landing: Path, make_dataset: MakeDataset) -> Path:
    return make_dataset(landing / "robot")


def edit_info(dataset: Path, **values: object) -> None:
    path = dataset / "meta/info.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def edit_episodes(dataset: Path, *columns: pl.Series) -> None:
    path = dataset / "meta/episodes/chunk-000/file-000.parquet"
    pl.read_parquet(path).with_columns(*columns).write_parquet(path)


def test_each_episode_is_a_stretch_of_its_video(register: Register, dataset: Path) -> None:
    rows = register()
    streams = [source.stream for source in rows.values()]
    assert [(s.origin_s, s.duration_s, s.frames) for s in streams if s] == [(0.0, 1.0, 10), (1.0, 1.4, 14)]
    source = rows["file-000.mp4 #1"]
    assert (source.kind, source.format, source.member) == ("robot_demo", "lerobot-v3", 1)
    assert source.tags == ("camera:observation.images.front", "robot:toy")
    assert {sidecar.role: sidecar.uri.split("/robot/")[1] for sidecar in source.sidecars} == {
        "metadata": "meta/info.json",
        "table": "data/chunk-000/file-000.parquet",
        "episodes": "meta/episodes/chunk-000/file-000.parquet",
        "task": "meta/tasks.parquet",
    }


def test_ids_do_not_depend_on_the_folder(register: Register, dataset: Path) -> None:
    before = {source.source_id for source in register().values()}
    dataset.rename(dataset.with_name("moved"))
    again = register().values()
    assert {source.duplicate_of for source in again} == before


def test_first_of_several_cameras_gives_the_stream(
    register: Register, landing: Path, make_dataset: MakeDataset
) -> None:
    make_dataset(landing / "robot", cameras=("observation.images.top", "observation.images.front"))
    rows = register()
    assert len(rows) == 2
    assert all("/observation.images.front/" in source.uri for source in rows.values())


def test_missing_video_is_named_for_each_episode(register: Register, dataset: Path) -> None:
    (dataset / "videos/observation.images.front/chunk-000/file-000.mp4").unlink()
    (source,) = register().values()  # both rows go by the name of the metadata
    expected = "missing_part: videos/observation.images.front/chunk-000/file-000.mp4 is not there"
    assert (source.status, source.reason) == ("rejected", expected)


def test_missing_data_is_named(register: Register, dataset: Path) -> None:
    (dataset / "data/chunk-000/file-000.parquet").unlink()
    (source,) = register().values()
    assert source.reason == "missing_part: data/chunk-000/file-000.parquet is not there"


def test_missing_episodes_table_rejects_the_dataset(register: Register, dataset: Path) -> None:
    (dataset / "meta/episodes/chunk-000/file-000.parquet").unlink()
    (source,) = register().values()
    assert str(source.reason).startswith("missing_part: meta/episodes/")
    assert source.format == "lerobot-v3"


def test_damaged_episodes_table_rejects_the_dataset(register: Register, dataset: Path) -> None:
    (dataset / "meta/episodes/chunk-000/file-000.parquet").write_bytes(b"PAR1 and then nothing")
    (source,) = register().values()
    assert str(source.reason).startswith("bad_table: meta/episodes/chunk-000/file-000.parquet")


def test_an_episode_beyond_its_video_costs_only_itself(register: Register, dataset: Path) -> None:
    edit_episodes(dataset, pl.Series("videos/observation.images.front/to_timestamp", [1.0, 9.0]))
    rows = register()
    assert rows["file-000.mp4 #0"].status == "registered"
    assert str(rows["info.json"].reason).startswith("truncated: it ends at 9 s")
    assert rows["info.json"].member == 1


def test_an_episode_that_ends_before_it_begins_is_refused(register: Register, dataset: Path) -> None:
    edit_episodes(dataset, pl.Series("videos/observation.images.front/to_timestamp", [1.0, 0.5]))
    assert str(register()["info.json"].reason).startswith("bad_table: it ends")


def test_a_template_cannot_lead_outside(register: Register, landing: Path, dataset: Path) -> None:
    edit_info(dataset, data_path="../secret.parquet")
    (landing / "secret.parquet").write_bytes((dataset / "data/chunk-000/file-000.parquet").read_bytes())
    assert register()["info.json"].reason == "missing_part: ../secret.parquet is not there"


def test_without_cameras_there_is_no_stream(register: Register, dataset: Path) -> None:
    edit_info(dataset, features={"action": {"dtype": "float32"}})
    rows = register()
    assert [source.stream for source in rows.values()] == [None, None]
    assert all(source.uri.endswith("/data/chunk-000/file-000.parquet") for source in rows.values())


def test_older_versions_are_said_to_be_unknown(register: Register, dataset: Path) -> None:
    edit_info(dataset, codebase_version="v1.6")
    assert register()["info.json"].reason == "no_reader: LeRobot v1.6 metadata (only v2 and v3 are read)"


def test_a_dataset_inside_another_ones_data_is_part_of_it(
    register: Register, dataset: Path, make_dataset: MakeDataset
) -> None:
    make_dataset(dataset / "data/inner")
    assert len({source.uri for source in register().values()}) == 1


def test_paths_are_filled_with_zeros() -> None:
    path = fill_path(
        "v/{video_key}/c-{chunk_index:03d}/{file_index}.mp4", video_key="a", chunk_index=7, file_index=2
    )
    assert path == "v/a/c-007/2.mp4"


@pytest.mark.parametrize("template", ["{chunk_index.__class__}", "{chunk_index:99999999999d}", "{other}"])
def test_hostile_templates_are_refused(template: str) -> None:
    with pytest.raises(UnreadableSource, match="bad_template"):
        fill_path(template, chunk_index=1)


def test_real_dataset_decodes_where_its_rows_say(shared_footage: Path, tmp_path: Path) -> None:
    from dataclaw_assets.raw_sources.register import read_path
    from resources.landing import local_path
    from resources.media import decode
    from resources.settings import Settings

    rows = read_path(shared_footage / "robot/fetch_pick_place_lerobot_v3", tmp_path, Settings(workers=1))
    assert [source.status for source in rows] == ["registered"] * 6
    stream = rows[3].stream
    assert stream is not None
    assert stream.codec == "av1"
    frames = [frame.time_s for frame in decode(local_path(stream.uri, tmp_path), stream)]
    assert len(frames) == stream.frames
    assert frames[0] == pytest.approx(0.0)
