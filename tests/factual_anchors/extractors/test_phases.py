"""Phase anchors: from measured state, on any scale, and none where nothing happens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from dataclaw_assets.anchor_values import InstructionValue, PhaseValue
from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.phases import Phases
from dataclaw_assets.raw_sources.register import read_path
from dataclaw_assets.records import Anchor, Sidecar, Source, Stream
from resources.landing import local_path
from resources.settings import Settings

FPS = 20
NAMES = ["gripper_x", "gripper_y", "gripper_z", "gripper_opening", "object_x", "object_y", "object_z"]


def draw_episode(scale: float = 1.0) -> npt.NDArray[np.float64]:
    """One second still, two moving, one still while the gripper closes for half a second, one moving."""
    x = np.concatenate(
        [np.zeros(20), np.linspace(0.02, 0.5, 40), np.full(20, 0.5), np.linspace(0.52, 0.8, 20)]
    )
    opening = np.concatenate([np.full(65, 0.1), np.linspace(0.1, 0.02, 11), np.full(24, 0.02)])
    zero = np.zeros(100)
    return np.stack([x * scale, zero, zero, opening * scale, zero, zero, zero], axis=1)


def write_episode(folder: Path, state: npt.NDArray[np.float64], names: Any = NAMES, **columns: Any) -> Source:
    count = len(state)
    table = pl.DataFrame(
        {
            "timestamp": pl.Series((np.arange(count) / FPS).astype(np.float32)),
            "frame_index": np.arange(count),
            "episode_index": np.full(count, 3),
            "task_index": np.full(count, 1),
            "observation.state": pl.Series(
                state.astype(np.float32).tolist(), dtype=pl.Array(pl.Float32, state.shape[1])
            ),
            **columns,
        }
    )
    other = table.with_columns(episode_index=pl.lit(4, pl.Int64))
    pl.concat([other, table]).write_parquet(folder / "data.parquet")
    pl.DataFrame({"task_index": [0, 1], "__index_level_0__": ["Wave.", "Pick  the cup."]}).write_parquet(
        folder / "tasks.parquet"
    )
    info = {"fps": FPS, "features": {"observation.state": {"names": names}}}
    (folder / "info.json").write_text(json.dumps(info))
    roles = {"info.json": "metadata", "data.parquet": "table", "tasks.parquet": "task"}
    stream = Stream(
        uri="file:///v.mp4", origin_s=7.0, duration_s=count / FPS, fps=FPS, frames=count, codec="av1"
    )
    return Source(
        source_id="s", kind="robot_demo", format="lerobot-v3", uri="file:///v.mp4", name="v #3", member=3,
        batch="b", bytes=1, mtime_ns=1, stream=stream, status="registered",
        sidecars=tuple(
            Sidecar.model_validate({"uri": (folder / name).as_uri(), "role": role, "sha256": "0" * 64})
            for name, role in roles.items()
        ),
    )  # fmt: skip


def extract(source: Source, folder: Path) -> list[Anchor]:
    return Phases().extract(source, lambda uri: local_path(uri, folder))


def spans(anchors: list[Anchor]) -> list[tuple[str, float, float]]:
    return [
        (anchor.value.phase, round(anchor.start_s or 0.0, 3), round(anchor.end_s or 0.0, 3))
        for anchor in anchors
        if isinstance(anchor.value, PhaseValue)
    ]


@pytest.mark.parametrize("scale", [1.0, 1000.0, 0.01])
def test_phases_are_found_on_any_scale(tmp_path: Path, scale: float) -> None:
    found = spans(extract(write_episode(tmp_path, draw_episode(scale)), tmp_path))
    assert [phase for phase, _, _ in found] == ["stopped", "moving", "stopped", "gripper_closing", "moving"]
    expected = [(0.0, 1.0), (1.0, 3.0), (3.0, 4.0), (3.25, 3.8), (4.0, 5.0)]
    for (_, start_s, end_s), (true_start, true_end) in zip(found, expected, strict=True):
        assert start_s == pytest.approx(true_start, abs=0.1)
        assert end_s == pytest.approx(true_end, abs=0.1)


def test_amount_is_the_path_covered(tmp_path: Path) -> None:
    anchors = extract(write_episode(tmp_path, draw_episode()), tmp_path)
    amounts = {item.value.phase: item.value.amount for item in anchors if isinstance(item.value, PhaseValue)}
    assert amounts["gripper_closing"] == pytest.approx(0.08, abs=0.005)
    assert amounts["stopped"] < 0.02


def test_phases_are_measured_and_the_instruction_recorded(tmp_path: Path) -> None:
    anchors = extract(write_episode(tmp_path, draw_episode()), tmp_path)
    assert {(anchor.kind, anchor.basis) for anchor in anchors} == {
        ("phase", "measured"),
        ("instruction", "recorded"),
    }
    assert anchors[0].value == InstructionValue(text="Pick the cup.")
    assert (anchors[0].start_s, anchors[0].end_s) == (0.0, 5.0)


def test_commands_are_never_read(tmp_path: Path) -> None:
    still = np.tile(draw_episode()[:1], (100, 1))
    loud = pl.Series(draw_episode().astype(np.float32).tolist(), dtype=pl.Array(pl.Float32, 7))
    assert spans(extract(write_episode(tmp_path, still, action=loud), tmp_path)) == []


def test_sensor_noise_is_no_motion(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).normal(0, 0.001, (200, 7))
    found = spans(extract(write_episode(tmp_path, noise), tmp_path))
    assert [phase for phase, _, _ in found if phase in {"moving", "stopped"}] == []


def test_short_stretch_joins_its_neighbours(tmp_path: Path) -> None:
    state = draw_episode()
    x = np.concatenate([np.linspace(0, 0.5, 48), np.full(4, 0.5), np.linspace(0.51, 1.0, 48)])
    state[:, 0] = x
    phases = [phase for phase, _, _ in spans(extract(write_episode(tmp_path, state), tmp_path))]
    assert phases.count("stopped") == 0


def test_joints_without_names_are_watched_together(tmp_path: Path) -> None:
    phases = [
        phase for phase, _, _ in spans(extract(write_episode(tmp_path, draw_episode(), None), tmp_path))
    ]
    assert phases[:2] == ["stopped", "moving"]


def test_times_are_on_the_frame_grid(tmp_path: Path) -> None:
    anchors = extract(write_episode(tmp_path, draw_episode()), tmp_path)
    for anchor in anchors:
        assert anchor.start_s is not None
        assert anchor.start_s * FPS == pytest.approx(round(anchor.start_s * FPS), abs=1e-4)


def test_episode_that_is_not_in_the_table_is_unreadable(tmp_path: Path) -> None:
    source = write_episode(tmp_path, draw_episode()).model_copy(update={"member": 9})
    with pytest.raises(UnreadableSource, match="no row of episode 9"):
        extract(source, tmp_path)


def test_broken_table_is_unreadable(tmp_path: Path) -> None:
    source = write_episode(tmp_path, draw_episode())
    (tmp_path / "data.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(UnreadableSource, match="bad_table"):
        extract(source, tmp_path)


def test_times_that_do_not_rise_are_unreadable(tmp_path: Path) -> None:
    source = write_episode(tmp_path, draw_episode(), timestamp=pl.Series([0.0] * 100, dtype=pl.Float32))
    with pytest.raises(UnreadableSource, match="do not rise"):
        extract(source, tmp_path)


def test_an_untimed_log_gives_frames_only(shared_footage: Path, tmp_path: Path) -> None:
    path = shared_footage / "robot" / "fetch_pick_place_robomimic.hdf5"
    source = Source(
        source_id="s", kind="robot_demo", format="robomimic", uri=path.as_uri(), name="d", member=0,
        batch="b", bytes=1, mtime_ns=1, status="registered",
    )  # fmt: skip
    (closing,) = [a for a in extract(source, tmp_path) if getattr(a.value, "phase", "") == "gripper_closing"]
    assert (closing.start_s, closing.frames) == (None, (34, 37))
    assert closing.text == "From frame 34 to frame 36 the gripper closes (measured state)."


def test_real_episodes_stop_where_the_simulator_stopped(shared_footage: Path, tmp_path: Path) -> None:
    """Every rest and gripper action of the controller's own log, and every stop of 0.4 s, within 3 frames."""
    truth = json.loads((shared_footage / "robot" / "fetch_pick_place_lerobot_v3.truth.json").read_text())
    sources = read_path(
        shared_footage / "robot" / "fetch_pick_place_lerobot_v3", tmp_path, Settings(workers=1)
    )
    missed = []
    for source, episode in zip(sources, truth["episodes"], strict=True):
        found = [
            (anchor.value.phase, anchor.frames)
            for anchor in extract(source, tmp_path)
            if isinstance(anchor.value, PhaseValue) and anchor.frames
        ]
        for phase in episode["phases"]:
            first, last = phase["start_frame"], phase["end_frame"]
            if phase["phase"] in {"close_gripper", "open_gripper"}:
                wanted = "gripper_closing" if phase["phase"] == "close_gripper" else "gripper_opening"
                hit = any(name == wanted and abs(frames[0] - first) <= 3 for name, frames in found)
            elif phase["phase"] in {"rest_end", "stop_in_transport"}:
                hit = any(
                    name == "stopped" and abs(frames[0] - first) <= 3 and abs(frames[1] - last) <= 3
                    for name, frames in found
                )
            else:
                continue
            if not hit:
                missed.append((episode["episode_index"], phase))
    assert missed == []
