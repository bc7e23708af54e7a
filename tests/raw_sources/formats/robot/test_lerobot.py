"""An episode of a LeRobot table: times on the grid, named channels, and nothing of it trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.robot import lerobot
from dataclaw_assets.raw_sources.formats.robot.episode import Episode, Parts, Span
from dataclaw_assets.raw_sources.formats.robot.lerobot import read_episode
from tests.fuzzing import TIMES

COUNT = 6
STATE = pl.Series([[index * 0.1, 1.0] for index in range(COUNT)], dtype=pl.Array(pl.Float32, 2))


def write_parts(folder: Path, *, info: Any = None, **columns: Any) -> Parts:
    """An episode 3 of six frames at 30 a second, after one row of an episode 2."""
    table: dict[str, Any] = {
        "timestamp": pl.Series((np.arange(COUNT) / 30).astype(np.float32)),
        "frame_index": np.arange(COUNT),
        "episode_index": [2] + [3] * (COUNT - 1),
        "observation.state": STATE,
    } | columns
    frame = pl.DataFrame({name: values for name, values in table.items() if values is not None})
    frame.write_parquet(folder / "data.parquet")
    stated = {"fps": 30, "features": {"observation.state": {"names": {"motors": ["elbow", "gripper"]}}}}
    (folder / "info.json").write_text(json.dumps(stated if info is None else info))
    sidecars = {"table": folder / "data.parquet", "metadata": folder / "info.json"}
    return Parts(main=folder / "data.parquet", sidecars=sidecars, member=3)


def with_part(parts: Parts, role: str, text: str) -> Parts:
    path = parts.main.with_name(f"{role}.jsonl")
    path.write_text(text)
    return Parts(parts.main, parts.sidecars | {role: path}, parts.member)


def refused(parts: Parts) -> str:
    with pytest.raises(UnreadableSource) as caught:
        read_episode(parts)
    return str(caught.value)


def channels(episode: Episode) -> tuple[str, ...]:
    assert episode.state is not None
    return episode.state.names


def test_times_are_on_the_grid_of_the_rate(tmp_path: Path) -> None:
    episode = read_episode(write_parts(tmp_path))
    assert episode.timed
    assert episode.times.tolist() == [index / 30 for index in range(1, COUNT)]


def test_rows_are_of_the_episode_alone_in_the_order_of_frames(tmp_path: Path) -> None:
    episode = read_episode(write_parts(tmp_path, frame_index=np.arange(COUNT)[::-1], timestamp=None))
    assert episode.state is not None
    assert episode.state.values[:, 0].tolist() == pytest.approx([0.5, 0.4, 0.3, 0.2, 0.1])
    assert not episode.timed


def test_channels_are_named_by_the_metadata(tmp_path: Path) -> None:
    assert channels(read_episode(write_parts(tmp_path))) == ("elbow", "gripper")
    assert channels(read_episode(write_parts(tmp_path, info={"fps": 30, "features": []}))) == ("", "")


def test_a_channel_that_is_not_finite_is_left_out_with_a_note(tmp_path: Path) -> None:
    state = pl.Series([[1.0, float("nan")]] * COUNT, dtype=pl.List(pl.Float64))
    episode = read_episode(write_parts(tmp_path, **{"observation.state": state}))
    assert channels(episode) == ("elbow",)
    assert episode.notes == ("observation.state holds values that are not finite: left out gripper",)


@pytest.mark.parametrize(
    "state",
    [
        pl.Series(["x"] * COUNT),
        pl.Series([[1.0]] * (COUNT - 1) + [[1.0, 2.0]]),
        pl.Series([[]] * COUNT, dtype=pl.List(pl.Float64)),
        pl.Series([[[1.0]]] * COUNT),
        pl.Series([None] * COUNT, dtype=pl.List(pl.Float64)),
    ],
    ids=["text", "ragged", "empty", "nested", "null"],
)
def test_a_state_that_is_no_table_of_numbers_is_none(tmp_path: Path, state: pl.Series) -> None:
    episode = read_episode(write_parts(tmp_path, **{"observation.state": state}))
    assert (episode.state, len(episode.notes)) == (None, 1)


def test_commands_are_kept_apart_from_the_state(tmp_path: Path) -> None:
    episode = read_episode(write_parts(tmp_path, action=STATE))
    assert episode.action is not None
    assert episode.action.names == ("", "")


def test_success_is_the_flag_of_the_last_frame(tmp_path: Path) -> None:
    flags = [True] * (COUNT - 1) + [False]
    assert read_episode(write_parts(tmp_path, **{"next.success": flags})).success is False
    assert read_episode(write_parts(tmp_path, **{"next.success": [1] * COUNT})).success is None


def test_instructions_of_v2_are_lines_of_json(tmp_path: Path) -> None:
    tasks = '{"task_index": 0, "task": "Wave."}\nno json\n{"task_index": 1, "task": "Pick  the\\ncup."}\n'
    parts = write_parts(tmp_path, task_index=[0, 0, 0, 1, 1, 7])
    episode = read_episode(with_part(parts, "task", tasks))
    assert episode.instructions == (Span(0, 2, "Wave."), Span(2, 4, "Pick the cup."))


def test_without_task_numbers_the_list_of_episodes_speaks(tmp_path: Path) -> None:
    lines = '{"episode_index": 2, "tasks": ["Wave."]}\n{"episode_index": 3, "tasks": ["Nod."]}\n'
    episode = read_episode(with_part(write_parts(tmp_path), "episodes", lines))
    assert episode.instructions == (Span(0, COUNT - 1, "Nod."),)


def test_a_secret_in_an_instruction_is_taken_out(tmp_path: Path) -> None:
    parts = write_parts(tmp_path, task_index=[0] * COUNT)
    line = json.dumps({"task_index": 0, "task": "Type ghp_0123456789abcdef"})
    (span,) = read_episode(with_part(parts, "task", line)).instructions
    assert span.text == "Type [redacted]"


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"timestamp": [0.0] * COUNT}, "do not rise"),
        ({"timestamp": [float("inf")] * COUNT}, "are no times"),
        ({"timestamp": np.arange(COUNT) - 9.0}, "are no times"),
        ({"timestamp": ["noon"] * COUNT}, "InvalidOperationError"),
        ({"episode_index": None}, "lacks episode_index"),
        ({"episode_index": ["3"] * COUNT}, "ComputeError"),
        ({"episode_index": [8] * COUNT}, "no row of episode 3"),
        ({"timestamp": None, "info": {"fps": 10**400}}, "neither a time nor a rate"),
    ],
    ids=["still", "infinite", "negative", "text", "no number", "number as text", "no rows", "endless rate"],
)
def test_a_table_that_is_wrong_is_refused(tmp_path: Path, columns: dict[str, Any], reason: str) -> None:
    parts = write_parts(tmp_path, **columns)
    found = refused(parts)
    assert found.startswith("bad_table")
    assert reason in found


def test_a_source_without_a_table_is_refused(tmp_path: Path) -> None:
    parts = write_parts(tmp_path)
    assert refused(Parts(parts.main, {}, 3)) == "bad_table: no table of frames"


def test_an_endless_episode_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lerobot, "MAX_FRAMES", 3)
    assert refused(write_parts(tmp_path)) == "too_large: an episode of more than 3 frames"


def test_a_state_that_is_too_wide_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lerobot, "MAX_CHANNELS", 1)
    assert refused(write_parts(tmp_path)).startswith("too_large")


def test_metadata_that_are_no_json_are_refused(tmp_path: Path) -> None:
    parts = write_parts(tmp_path)
    (tmp_path / "info.json").write_text("{")
    assert refused(parts).startswith("bad_json")


@settings(max_examples=60 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    role=st.sampled_from(["table", "metadata", "task"]),
    place=st.floats(0, 1, exclude_max=True),
    noise=st.binary(min_size=1, max_size=8),
    cut=st.booleans(),
)
def test_damaged_files_give_an_episode_or_a_reason(
    tmp_path: Path, role: str, place: float, noise: bytes, cut: bool
) -> None:
    parts = with_part(
        write_parts(tmp_path, task_index=[0] * COUNT), "task", '{"task_index": 0, "task": "Wave."}\n'
    )
    path = parts.sidecars[role]
    data = path.read_bytes()
    at = int(place * len(data))
    path.write_bytes(data[:at] + noise + (b"" if cut else data[at + len(noise) :]))
    try:
        episode = read_episode(parts)
    except UnreadableSource:
        return
    assert np.isfinite(episode.times).all()
