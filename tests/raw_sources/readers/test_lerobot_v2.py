"""LeRobot v2: an episode has files of its own, and a missing or damaged one costs that episode only."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.phases import Phases
from dataclaw_assets.raw_sources.readers.contract import Opened, Unit, hash_file
from dataclaw_assets.raw_sources.readers.lerobot_v2 import LeRobotV2Reader
from dataclaw_assets.records import Source
from resources.landing import LandingFile, list_landing, local_path
from tests.fuzzing import TIMES

CAMERA = "observation.images.front"
DATA = "data/chunk-000/episode_{:06d}.parquet"
VIDEO = f"videos/chunk-000/{CAMERA}/episode_{{:06d}}.mp4"
LENGTHS = (10, 14)


@pytest.fixture
def dataset(landing: Path, make_video: Callable[..., Path]) -> Path:
    """Two episodes of 10 and 14 frames at 10 a second, in the layout of v2.1."""
    folder = landing / "robot"
    (folder / "meta").mkdir(parents=True)
    (folder / "data/chunk-000").mkdir(parents=True)
    features = {CAMERA: {"dtype": "video"}, "observation.state": {"names": ["elbow"]}}
    info = {"codebase_version": "v2.1", "fps": 10, "robot_type": "toy", "chunks_size": 1000}
    (folder / "meta/info.json").write_text(json.dumps(info | {"features": features}))
    for index, length in enumerate(LENGTHS):
        make_video(folder / VIDEO.format(index), frames=length, seed=index)
        pl.DataFrame(
            {
                "timestamp": pl.Series((np.arange(length) / 10).astype(np.float32)),
                "frame_index": np.arange(length),
                "episode_index": np.full(length, index),
                "task_index": np.zeros(length, dtype=np.int64),
                "observation.state": [[max(0.0, step - 4.0)] for step in range(length)],
            }
        ).write_parquet(folder / DATA.format(index))
    write_list(folder, *({"episode_index": at, "length": n} for at, n in enumerate(LENGTHS)))
    (folder / "meta/tasks.jsonl").write_text('{"task_index": 0, "task": "Bend."}\n')
    return folder


def write_list(folder: Path, *lines: Any) -> None:
    (folder / "meta/episodes.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def edit_info(folder: Path, **values: Any) -> None:
    path = folder / "meta/info.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def claim(landing: Path) -> list[Unit]:
    def peek(file: LandingFile) -> Any:
        return json.loads(local_path(file.uri, landing).read_bytes())

    return LeRobotV2Reader().claim(list_landing(str(landing)), peek)


def read(landing: Path) -> list[Source]:
    (unit,) = claim(landing)
    opened = {}
    for name, file in unit.relative().items():
        path = local_path(file.uri, landing)
        opened[name] = Opened(file=file, path=path, sha256=hash_file(path), head=path.read_bytes()[:64])
    return LeRobotV2Reader().read(unit, opened, "b")


def reasons(landing: Path) -> list[str | None]:
    return [source.reason for source in read(landing)]


def test_each_episode_has_a_video_of_its_own(landing: Path, dataset: Path) -> None:
    rows = read(landing)
    streams = [source.stream for source in rows]
    assert [(s.origin_s, s.duration_s, s.frames) for s in streams if s] == [(0.0, 1.0, 10), (0.0, 1.4, 14)]
    assert (rows[1].name, rows[1].kind, rows[1].member) == ("episode_000001.mp4 #1", "robot_demo", 1)
    assert rows[1].tags == (f"camera:{CAMERA}", "robot:toy")
    assert {item.role: item.uri.split("/robot/")[1] for item in rows[1].sidecars} == {
        "metadata": "meta/info.json",
        "table": DATA.format(1),
        "episodes": "meta/episodes.jsonl",
        "task": "meta/tasks.jsonl",
    }


def test_facts_are_found_as_in_any_format(landing: Path, dataset: Path) -> None:
    (_, source) = read(landing)
    anchors = Phases().extract(source, lambda uri: local_path(uri, landing))
    said = [getattr(anchor.value, "phase", getattr(anchor.value, "text", "")) for anchor in anchors]
    assert said == ["Bend.", "stopped", "moving"]


def test_v3_is_not_claimed(landing: Path, dataset: Path) -> None:
    edit_info(dataset, codebase_version="v3.0")
    assert claim(landing) == []


def test_a_missing_video_costs_its_episode(landing: Path, dataset: Path) -> None:
    (dataset / VIDEO.format(0)).unlink()
    assert reasons(landing) == [f"missing_part: {VIDEO.format(0)} is not there", None]


def test_a_missing_table_costs_its_episode(landing: Path, dataset: Path) -> None:
    (dataset / DATA.format(1)).unlink()
    assert reasons(landing) == [None, f"missing_part: {DATA.format(1)} is not there"]


def test_a_damaged_video_costs_its_episode(landing: Path, dataset: Path) -> None:
    (dataset / VIDEO.format(1)).write_bytes(b"no video")
    first, second = reasons(landing)
    assert first is None
    assert VIDEO.format(1) in str(second)


def test_a_damaged_table_costs_its_episode(landing: Path, dataset: Path) -> None:
    (dataset / DATA.format(0)).write_bytes(b"PAR1 and then nothing")
    first, second = reasons(landing)
    assert str(first).startswith(f"bad_table: {DATA.format(0)}")
    assert second is None


def test_a_length_beyond_the_video_is_refused(landing: Path, dataset: Path) -> None:
    write_list(dataset, {"episode_index": 0, "length": 99})
    assert reasons(landing) == ["truncated: it ends at 9.9 s, its video at 1 s"]


@pytest.mark.parametrize(
    "line", [[], {"length": 3}, {"episode_index": -1, "length": 3}, {"episode_index": 1e9}]
)
def test_a_line_that_states_no_episode_costs_itself(landing: Path, dataset: Path, line: Any) -> None:
    write_list(dataset, line, {"episode_index": 0, "length": 10})
    expected = "bad_table: line 1 of meta/episodes.jsonl states no episode and length"
    rows = read(landing)
    assert [row.reason for row in rows] == [expected, None]
    assert len({row.source_id for row in rows}) == 2


def test_an_episode_listed_twice_is_one_source(landing: Path, dataset: Path) -> None:
    write_list(dataset, *[{"episode_index": 0, "length": 10}] * 2)
    assert len(read(landing)) == 1


def test_a_missing_list_rejects_the_dataset(landing: Path, dataset: Path) -> None:
    (dataset / "meta/episodes.jsonl").unlink()
    with pytest.raises(UnreadableSource, match=r"missing_part: meta/episodes\.jsonl"):
        read(landing)


def test_an_empty_list_rejects_the_dataset(landing: Path, dataset: Path) -> None:
    write_list(dataset)
    with pytest.raises(UnreadableSource, match="no_episodes"):
        read(landing)


def test_a_template_cannot_lead_outside(landing: Path, dataset: Path) -> None:
    edit_info(dataset, data_path="../secret.parquet")
    (landing / "secret.parquet").write_bytes((dataset / DATA.format(0)).read_bytes())
    assert set(reasons(landing)) == {"missing_part: ../secret.parquet is not there"}


@pytest.mark.parametrize("rate", [None, 0, -5, 10**400, True, "10"])
def test_a_dataset_without_a_rate_has_no_clock(landing: Path, dataset: Path, rate: Any) -> None:
    edit_info(dataset, fps=rate)
    assert set(reasons(landing)) == {"bad_table: meta/info.json states no rate of frames"}


def test_without_cameras_there_is_no_stream(landing: Path, dataset: Path) -> None:
    edit_info(dataset, features={})
    rows = read(landing)
    assert [source.stream for source in rows] == [None, None]
    assert rows[0].uri.endswith(DATA.format(0))


@settings(max_examples=25 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.floats(0, 1, exclude_max=True), noise=st.binary(min_size=1, max_size=6), in_list=st.booleans()
)
def test_damaged_metadata_give_rows_or_a_reason(
    landing: Path, dataset: Path, place: float, noise: bytes, in_list: bool
) -> None:
    edit_info(dataset, features={})
    (unit,) = claim(landing)
    path = dataset / ("meta/episodes.jsonl" if in_list else "meta/info.json")
    good = path.read_bytes()
    at = int(place * len(good))
    path.write_bytes(good[:at] + noise + good[at + len(noise) :])
    files = {name: (file, local_path(file.uri, landing)) for name, file in unit.relative().items()}
    opened = {
        name: Opened(file=file, path=where, sha256="0" * 64, head=b"")
        for name, (file, where) in files.items()
    }
    try:
        assert LeRobotV2Reader().read(unit, opened, "b")
    except UnreadableSource:
        pass
    finally:
        path.write_bytes(good)
