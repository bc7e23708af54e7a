"""What a robot does: facts of its measured state on the source's clock, and what its log claims."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dataclaw_assets.anchor_values import HoldValue, PrimitiveValue, StallCandidateValue, SuccessValue
from dataclaw_assets.factual_anchors.extractors.robot_motion import RobotMotion
from dataclaw_assets.records import Anchor, Sidecar, Source, Stream
from resources.landing import local_path
from tests.fuzzing import TIMES

FPS = 20
NAMES = ["gripper_x", "gripper_y", "gripper_z", "gripper_opening", "cube_x", "cube_y", "cube_z"]


def draw_episode() -> npt.NDArray[np.float64]:
    """A second still, two along +x, one still while the gripper closes on the cube, two along -y with it."""
    x = np.concatenate([np.zeros(20), np.linspace(0.02, 0.5, 40), np.full(60, 0.5)])
    y = np.concatenate([np.zeros(80), np.linspace(-0.02, -0.5, 40)])
    opening = np.concatenate(
        [np.linspace(0, 0.1, 5), np.full(60, 0.1), np.linspace(0.1, 0.05, 5), np.full(50, 0.05)]
    )
    zero = np.zeros(120)
    return np.stack([x, y, zero, opening, np.full(120, 0.5), y, zero], axis=1)


def write_episode(
    folder: Path, state: npt.NDArray[np.float64], success: bool | None = True, columns: int = 7
) -> Source:
    count = len(state)
    table = pl.DataFrame(
        {
            "timestamp": pl.Series((np.arange(count) / FPS).astype(np.float32)),
            "episode_index": np.full(count, 3),
            "observation.state": pl.Series(state[:, :columns].tolist(), dtype=pl.List(pl.Float64)),
            "next.success": pl.Series([success] * count, dtype=pl.Boolean),
        }
    )
    table.write_parquet(folder / "data.parquet")
    info = {"fps": FPS, "features": {"observation.state": {"names": NAMES[:columns]}}}
    (folder / "info.json").write_text(json.dumps(info))
    sidecars = tuple(
        Sidecar.model_validate({"uri": (folder / name).as_uri(), "role": role, "sha256": "0" * 64})
        for name, role in (("info.json", "metadata"), ("data.parquet", "table"))
    )
    stream = Stream(
        uri="file:///v.mp4", origin_s=7.0, duration_s=count / FPS, fps=FPS, frames=count, codec="av1"
    )
    return Source(
        source_id="s", kind="robot_demo", format="lerobot-v2", uri="file:///v.mp4", name="v #3", member=3,
        batch="b", bytes=1, mtime_ns=1, stream=stream, status="registered", sidecars=sidecars,
    )  # fmt: skip


def extract(source: Source, folder: Path) -> list[Anchor]:
    return RobotMotion().extract(source, lambda uri: local_path(uri, folder))


def of_kind(anchors: list[Anchor], kind: str) -> list[Anchor]:
    return [anchor for anchor in anchors if anchor.kind == kind]


def test_hold_names_the_object_that_goes_with_the_hand(tmp_path: Path) -> None:
    (hold,) = of_kind(extract(write_episode(tmp_path, draw_episode()), tmp_path), "hold")
    assert isinstance(hold.value, HoldValue)
    assert (hold.value.evidence, hold.value.object, hold.value.released) == (
        ("opening", "object"),
        "cube",
        False,
    )
    assert hold.start_s == pytest.approx(3.4, abs=0.15)
    assert hold.end_s == 6.0


def test_primitives_name_the_axes_as_the_log_does(tmp_path: Path) -> None:
    found = of_kind(extract(write_episode(tmp_path, draw_episode()), tmp_path), "primitive")
    values = [item.value for item in found if isinstance(item.value, PrimitiveValue)]
    said = [(value.direction, value.axis) for value in values]
    assert said == [("stop", None), ("+x", "gripper_x"), ("stop", None), ("-y", "gripper_y")]
    assert found[3].text.endswith("moves along -y of its log's axes (gripper_y falls) (measured state).")


def test_success_is_what_the_log_claims(tmp_path: Path) -> None:
    (found,) = of_kind(extract(write_episode(tmp_path, draw_episode(), success=False), tmp_path), "success")
    assert (found.value, found.basis) == (SuccessValue(success=False), "recorded")
    assert found.text == "The demonstration's log states that the task failed."


def test_a_log_that_claims_no_success_gives_none(tmp_path: Path) -> None:
    assert of_kind(extract(write_episode(tmp_path, draw_episode(), success=None), tmp_path), "success") == []


def test_idle_leaves_out_the_closing_gripper(tmp_path: Path) -> None:
    found = of_kind(extract(write_episode(tmp_path, draw_episode()), tmp_path), "idle")
    assert [item.frames for item in found] == [(5, 19), (70, 79)]


def test_a_place_for_a_stall_lies_in_the_future_it_states(tmp_path: Path) -> None:
    (found,) = of_kind(extract(write_episode(tmp_path, draw_episode()), tmp_path), "stall_candidate")
    assert isinstance(found.value, StallCandidateValue)
    assert (found.value.share, found.value.freeze, found.value.observation) == (0.35, 42, (13, 43))
    assert found.frames == (13, 73)


def test_no_place_for_a_stall_is_said_with_its_numbers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        extract(write_episode(tmp_path, draw_episode()), tmp_path)
    assert "at 65% (frame 77) 5 of 8 frames around stand" in caplog.text


def test_a_robot_that_never_moves_gives_no_motion(tmp_path: Path) -> None:
    still = np.tile(draw_episode()[:1], (120, 1))
    assert {item.kind for item in extract(write_episode(tmp_path, still), tmp_path)} == {"success"}


def test_an_episode_without_a_named_hand_has_no_primitives(tmp_path: Path) -> None:
    kinds = {item.kind for item in extract(write_episode(tmp_path, draw_episode(), columns=2), tmp_path)}
    assert "primitive" not in kinds
    assert "velocity_minimum" in kinds


def test_anchors_are_the_same_each_time(tmp_path: Path) -> None:
    source = write_episode(tmp_path, draw_episode())
    assert extract(source, tmp_path) == extract(source, tmp_path)


def test_a_source_without_a_table_is_not_its_own(tmp_path: Path) -> None:
    source = write_episode(tmp_path, draw_episode())
    assert not RobotMotion().applies(source.model_copy(update={"sidecars": ()}))


@settings(max_examples=60 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    state=st.tuples(st.integers(1, 48), st.just(7)).flatmap(
        lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0.0, 0.1, -0.1, 1e-7, 1e12, -1e12]))
    )
)
def test_any_measured_state_gives_anchors_within_the_episode(
    tmp_path: Path, state: npt.NDArray[np.float64]
) -> None:
    for found in extract(write_episode(tmp_path, state), tmp_path):
        assert found.frames is not None
        assert 0 <= found.frames[0] < found.frames[1] <= len(state)
