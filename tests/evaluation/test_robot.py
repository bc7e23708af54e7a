"""The evaluation of robot episodes: what it counts as right, and the figures on the reference footage."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataclaw_assets.anchor_values import PhaseValue, SuccessValue, Value, VelocityMinimumValue
from dataclaw_assets.evaluation.robot import Truth, main, read_truth, score_episode
from dataclaw_assets.records import Anchor

PHASES = (("rest", 0, 10), ("approach", 10, 20), ("close_gripper", 20, 30), ("lift", 30, 40),
          ("stop_above_goal", 40, 44), ("lower", 44, 50), ("open_gripper", 50, 60))  # fmt: skip


def make_truth(lifted: int | None = 31) -> Truth:
    phases = [{"phase": name, "start_frame": first, "end_frame": last} for name, first, last in PHASES]
    return read_truth(
        {"success": True, "fps": 25, "phases": phases, "lifted_first_frame": lifted, "lifted_last_frame": 47}
    )


def anchor(kind: str, first: int, last: int, value: Value) -> Anchor:
    return Anchor(
        anchor_id=f"{kind}{first}", source_id="s", kind=kind, frames=(first, last), value=value, text="",
        basis="measured", extractor="x", extractor_version="1", params_hash="0",
    )  # fmt: skip


def phase(name: str, first: int, last: int) -> Anchor:
    value = PhaseValue.model_validate({"phase": name, "index": 0, "amount": 0.0})
    return anchor("phase", first, last, value)


def test_differences_are_found_less_true() -> None:
    score = score_episode(make_truth(), [phase("gripper_closing", 22, 25), phase("gripper_opening", 49, 51)])
    assert (score.close, score.open) == (2, -1)


def test_a_hold_is_held_to_the_closed_stretch() -> None:
    hold = anchor("hold", 20, 50, SuccessValue(success=True))
    assert (score_episode(make_truth(), [hold]).hold, score_episode(make_truth(), [hold]).lifted) == (
        1.0,
        1.0,
    )
    assert score_episode(make_truth(), []).hold == 0.0


def test_a_hold_where_nothing_was_lifted_is_wrong() -> None:
    hold = anchor("hold", 20, 50, SuccessValue(success=True))
    assert score_episode(make_truth(None), [hold]).hold == 0.0
    assert score_episode(make_truth(None), []).hold == 1.0


def test_long_stops_need_a_phase_and_short_ones_a_minimum() -> None:
    minimum = anchor("velocity_minimum", 42, 43, VelocityMinimumValue(frame=42, share=0.1))
    score = score_episode(make_truth(), [phase("stopped", 0, 12), minimum])
    assert (score.stops, score.pauses, score.minima, score.missed) == ((1, 1), (1, 1), (1, 1), ())
    assert score_episode(make_truth(), []).missed == ("rest", "stop_above_goal")


def test_a_minimum_within_a_movement_is_wrong() -> None:
    minimum = anchor("velocity_minimum", 15, 16, VelocityMinimumValue(frame=15, share=0.1))
    assert score_episode(make_truth(), [minimum]).minima == (0, 1)


def test_a_folder_without_labels_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "usage" in capsys.readouterr().err


def test_reference_episodes_are_measured_right(
    shared_footage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(shared_footage / "robot")]) == 0
    lines = capsys.readouterr().out.splitlines()
    movements = [line.split()[2:4] for line in lines if line.startswith("fetch_pick_place_lerobot_v3 ")]
    assert movements == [["+0", "+0"]] * 6
