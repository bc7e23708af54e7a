"""Pauses of a movement, idle stretches, and places for a stall only where the body truly moves."""

from __future__ import annotations

import numpy as np
import pytest

from dataclaw_assets.factual_anchors.measures.motion_phases import Signal, Stretch
from dataclaw_assets.factual_anchors.measures.stalls import find_idle, find_minima, find_stalls


def times(count: int) -> Signal:
    return np.arange(count) / 20


def advance(*speeds: float, frames: int = 20) -> Signal:
    return np.cumsum(np.repeat(speeds, frames))[:, None]


def test_a_slow_moment_between_two_movements_is_a_minimum() -> None:
    speed = 1.2 + np.cos(np.arange(60) * 2 * np.pi / 30)
    (first, second) = find_minima(times(60), np.cumsum(speed)[:, None])
    assert [first.at, second.at] == pytest.approx([15, 45], abs=2)
    assert first.share == pytest.approx(0.2 / 2.2, abs=0.05)


def test_a_steady_movement_has_no_minimum() -> None:
    assert find_minima(times(60), advance(1.0, 1.0, 1.0)) == []


def test_idle_needs_every_part_and_the_gripper_to_rest() -> None:
    hand, joints = advance(0, 0, 1, 0), advance(0, 1, 0, 0)
    closing = Stretch("gripper_closing", 60, 70, 0.1)
    assert find_idle(times(80), [hand, joints], []) == [(0, 19), (60, 80)]
    assert find_idle(times(80), [hand, joints], [closing]) == [(0, 19), (70, 80)]


def test_a_robot_that_never_moves_is_not_said_to_be_idle() -> None:
    assert find_idle(times(80), [np.zeros((80, 3))], []) == []


def test_stalls_lie_at_their_shares_of_a_steady_movement() -> None:
    found, reasons = find_stalls(times(100), advance(1, 1, 1, 1, 1))
    assert [item.freeze for item in found] == [35, 50, 64]
    assert [(item.observation, item.future) for item in found][1] == ((26, 51), (51, 76))
    assert (found[1].before, found[1].after) == (24.0, 25.0)
    assert reasons == []


def test_no_stall_is_made_where_the_body_stands_anyway() -> None:
    found, reasons = find_stalls(times(100), advance(1, 1, 0, 1, 1))
    assert [item.share for item in found] == [0.35, 0.65]
    assert reasons[0] == "at 50% (frame 50) 8 of 8 frames around stand"


def test_an_episode_that_is_too_short_has_no_place_for_a_stall() -> None:
    found, reasons = find_stalls(times(20), advance(1))
    assert (found, reasons) == ([], ["20 frames are too few: a quarter of them is less than 8"])


def test_a_body_that_never_moves_has_no_place_for_a_stall() -> None:
    found, reasons = find_stalls(times(100), np.zeros((100, 3)))
    assert (found, len(reasons)) == ([], 3)
