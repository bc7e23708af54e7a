"""Primitive movements: along one axis, turning in place, standing; what lies between has no name."""

from __future__ import annotations

import numpy as np
import pytest

from dataclaw_assets.factual_anchors.measures.motion_phases import Signal, find_stops
from dataclaw_assets.factual_anchors.measures.primitives import Primitive, find_primitives

STEP = 0.02


def walk(*shifts: tuple[float, float, float], frames: int = 20) -> Signal:
    """Twenty frames of each shift per frame, one after the other."""
    steps = np.repeat(np.array(shifts), frames, axis=0)
    return np.cumsum(steps, axis=0)


def find(places: Signal, turning: Signal | None = None) -> list[Primitive]:
    times = np.arange(len(places)) / 20
    return find_primitives(times, places, turning, find_stops(times, places))


def names(found: list[Primitive]) -> list[str]:
    return [item.direction for item in found]


def test_each_axis_and_sense_is_named() -> None:
    places = walk((STEP, 0, 0), (0, -STEP, 0), (0, 0, STEP), (0, 0, 0), (-STEP, 0, 0))
    found = find(places)
    assert names(found) == ["+x", "-y", "+z", "stop", "-x"]
    assert [item.first for item in found] == pytest.approx([0, 20, 40, 60, 80], abs=2)
    assert found[1].amount == pytest.approx(20 * STEP, abs=3 * STEP)


def test_a_movement_between_two_axes_has_no_name() -> None:
    assert names(find(walk((STEP, STEP, 0), (STEP, 0, 0)))) == ["+x"]


def test_nothing_is_said_where_nothing_moves() -> None:
    assert find(np.zeros((40, 3))) == []


def test_a_turn_in_place_is_a_rotation() -> None:
    turning = np.concatenate([np.zeros(20), np.linspace(0, 1, 20)])[:, None]
    assert names(find(walk((STEP, 0, 0), (0, 0, 0)), turning)) == ["+x", "rotation"]


def test_a_jitter_of_the_angles_is_no_turn() -> None:
    turning = np.random.default_rng(5).normal(0, 0.01, (40, 3))
    assert names(find(walk((STEP, 0, 0), (0, 0, 0)), turning)) == ["+x", "stop"]


def test_a_movement_that_is_mostly_a_turn_has_no_name() -> None:
    turning = np.concatenate([np.zeros(20), np.linspace(0, 1, 20)])[:, None]
    assert names(find(walk((STEP, 0, 0), (0, STEP / 4, 0)), turning)) == ["+x"]


@pytest.mark.parametrize("half_turn", [np.pi, 180.0], ids=["radians", "degrees"])
def test_an_angle_that_wraps_does_not_turn(half_turn: float) -> None:
    turning = np.where(np.arange(40) % 2, half_turn - 1e-6, -half_turn + 1e-6)[:, None]
    assert names(find(walk((STEP, 0, 0), (0, 0, 0)), turning)) == ["+x", "stop"]


def test_a_turn_may_be_in_degrees() -> None:
    turning = np.concatenate([np.full(20, 170.0), np.linspace(170, 290, 20)])[:, None]
    turning = (turning + 180) % 360 - 180
    assert names(find(walk((STEP, 0, 0), (0, 0, 0)), turning)) == ["+x", "rotation"]


def test_a_quaternion_that_changes_its_sign_does_not_turn() -> None:
    turning = np.tile([1.0, 0.0, 0.0, 0.0], (40, 1))
    turning[30:] *= -1
    assert names(find(walk((STEP, 0, 0), (0, 0, 0)), turning)) == ["+x", "stop"]
