"""Channels by their names: the hand before the joints, and grippers that know which way they open."""

from __future__ import annotations

import numpy as np
import pytest

from dataclaw_assets.factual_anchors.extractors.robot_channels import (
    choose_body,
    choose_grippers,
    choose_hand,
    choose_objects,
    choose_rest,
    measure_openings,
)
from dataclaw_assets.raw_sources.formats.robot.episode import Channels


def test_end_effector_is_preferred_to_objects_and_joints() -> None:
    names = ["object_x", "object_y", "object_z", "ee.x", "ee.y", "ee.z"]
    assert choose_body(names) == ("end effector", [3, 4, 5])
    assert choose_body(["shoulder.pos", "elbow.pos", "gripper.pos"]) == ("robot", [0, 1])


def test_gripper_channels_know_which_way_they_open() -> None:
    assert choose_grippers(["gripper_x", "gripper_opening", "gripper_closed", "elbow"]) == [(1, 1), (2, -1)]
    assert choose_grippers(["gripper_position", "gripper_velocity"]) == []


def test_bare_angles_are_those_of_the_hand() -> None:
    hand = choose_hand(["x", "y", "z", "roll", "pitch", "yaw", "gripper"])
    assert hand is not None
    assert (hand.place, hand.turning) == ((0, 1, 2), (3, 4, 5))


def test_goals_are_no_objects() -> None:
    names = [f"{what}_{axis}" for what in ("goal", "block") for axis in "xyz"]
    assert choose_objects(names) == {"block": (3, 4, 5)}


def test_rest_leaves_out_grippers_rates_and_objects() -> None:
    names = ["ee_x", "ee_y", "ee_z", "elbow.pos", "elbow.vel", "gripper", "cube_x"]
    assert choose_rest(names) == [3]


@pytest.mark.parametrize(
    ("names", "rows", "expected"),
    [
        (("gripper_qpos.0", "gripper_qpos.1"), [[0.04, -0.04], [0.01, -0.01]], [0.08, 0.02]),
        (("gripper_qpos.0", ""), [[0.04, -0.04], [0.01, -0.01]], [0.04, 0.01]),
    ],
    ids=["mirrored fingers", "one named finger"],
)
def test_fingers_give_one_opening(
    names: tuple[str, ...], rows: list[list[float]], expected: list[float]
) -> None:
    (opening,) = measure_openings(Channels(names, np.array(rows)))
    assert opening.tolist() == pytest.approx(expected)


def test_six_joints_of_a_gripper_do_not_say_which_way_they_open() -> None:
    names = tuple(f"gripper_qpos.{number}" for number in range(6))
    assert measure_openings(Channels(names, np.ones((3, 6)))) == []
