"""Holds: the gripper rests wider than it can close, and objects whose place is known go with it."""

from __future__ import annotations

import numpy as np
import pytest

from dataclaw_assets.factual_anchors.measures.holds import Hold, find_holds
from dataclaw_assets.factual_anchors.measures.motion_phases import Signal, find_openings

TIMES = np.arange(120) / 20


def draw_opening(rest: float, start: float = 0.0) -> Signal:
    """Opens from `start` to 0.1, closes to `rest` in frames 40 to 44, opens again in frames 90 to 94."""
    return np.concatenate(
        [
            np.linspace(start, 0.1, 5), np.full(35, 0.1), np.linspace(0.1, rest, 5), np.full(45, rest),
            np.linspace(rest, 0.1, 5), np.full(25, 0.1),
        ]
    )  # fmt: skip


def draw_hand() -> Signal:
    x = np.concatenate([np.zeros(50), np.linspace(0, 0.3, 35), np.full(35, 0.3)])
    return np.stack([x, np.zeros(120), np.zeros(120)], axis=1)


def find(opening: Signal, hand: Signal | None = None, **objects: Signal) -> list[Hold]:
    return find_holds(opening, find_openings(TIMES, opening), hand, objects)


def test_a_gripper_that_rests_wide_holds_something() -> None:
    (hold,) = find(draw_opening(0.05))
    assert hold.first == pytest.approx(43, abs=2)
    assert hold.last == pytest.approx(91, abs=2)
    assert (hold.evidence, hold.released) == (("opening",), True)


def test_a_gripper_that_closes_all_the_way_holds_nothing() -> None:
    assert find(draw_opening(0.0)) == []


def test_a_gripper_never_seen_closed_says_nothing() -> None:
    assert find(draw_opening(0.05, start=0.1)) == []


def test_an_object_that_goes_with_the_hand_is_held() -> None:
    (hold,) = find(draw_opening(0.05, start=0.1), draw_hand(), cube=draw_hand() + 0.01)
    assert (hold.evidence, hold.object) == (("object",), "cube")
    assert hold.carried == pytest.approx(0.3, abs=0.01)


def test_an_object_that_stays_behind_refutes_the_opening() -> None:
    assert find(draw_opening(0.05), draw_hand(), cube=np.zeros((120, 3))) == []


def test_a_hand_that_stays_says_nothing_of_objects() -> None:
    (hold,) = find(draw_opening(0.05), np.zeros((120, 3)), cube=np.zeros((120, 3)))
    assert hold.evidence == ("opening",)


def test_a_hold_may_last_to_the_end() -> None:
    (hold,) = find_holds(
        draw_opening(0.05)[:80], find_openings(TIMES[:80], draw_opening(0.05)[:80]), None, {}
    )
    assert (hold.last, hold.released) == (80, False)


@pytest.mark.parametrize("scale", [1000.0, 0.01])
def test_holds_are_found_on_any_scale(scale: float) -> None:
    assert len(find(draw_opening(0.05) * scale)) == 1
