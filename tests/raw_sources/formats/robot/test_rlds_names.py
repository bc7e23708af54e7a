"""Names of RLDS channels: doc strings are believed only when they fit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.raw_sources.formats.robot.rlds_names import name_channels
from tests.fuzzing import TIMES

POSE = ["state.x", "state.y", "state.z", "state.roll", "state.pitch", "state.yaw"]


@pytest.mark.parametrize(
    ("doc", "names"),
    [
        ("Robot state: [x, y, z, roll, pitch, yaw].", POSE),
        ("Pose of the hand (x, y, z, roll, pitch, yaw)", POSE),
        (
            "Robot state, consists of [3x position, 3x euler angles].",
            [f"state.{name}[{at}]" for name in ("position", "euler_angles") for at in range(3)],
        ),
        (
            "Robot state, consists of [5 joint angles, 1x gripper width]",
            [*(f"state.joint_angles[{at}]" for at in range(5)), "state.gripper_width"],
        ),
        (
            "EEF state (3D position, 2D tilt, 1D gripper).",
            [
                *(f"state.position[{at}]" for at in range(3)),
                *(f"state.tilt[{at}]" for at in range(2)),
                "state.gripper_position",
            ],
        ),
        (
            "consists of [eef_pos (x, y, z), eef_euler (roll, pitch, yaw)].",
            [f"state.eef_pos.{at}" for at in "xyz"]
            + [f"state.eef_euler.{at}" for at in ("roll", "pitch", "yaw")],
        ),
    ],
)
def test_doc_string_that_fits_names_the_channels(doc: str, names: list[str]) -> None:
    assert name_channels("state", 6, doc) == names


@pytest.mark.parametrize(
    "doc",
    [
        pytest.param("", id="none"),
        pytest.param("Robot state", id="no list"),
        pytest.param(
            "Robot state, consists of [7x joint angles, 1x gripper position].", id="counts too high"
        ),
        pytest.param("[left ee pose, left gripper, right ee pose, right gripper]", id="parts without counts"),
        pytest.param("[3x position, 3x turn], that is [x, y, z, roll, pitch, yaw]", id="two lists that fit"),
        pytest.param("Robot EEF velocity [x, y, z, roll, pitch, yaw]", id="axes of a velocity"),
        pytest.param("in the range [-1, 1, 0, 2, 3, 4]", id="a list of numbers"),
        pytest.param("[x, x, x, y, y, y]", id="one name for two channels"),
        pytest.param("[(x, y, z), roll, pitch, yaw]", id="a part without a name"),
    ],
)
def test_doc_string_that_does_not_fit_is_not_believed(doc: str) -> None:
    assert name_channels("state", 6, doc) == [f"state[{at}]" for at in range(6)]


def test_template_that_builders_left_unchanged_says_nothing() -> None:
    doc = "Robot state, consists of [7x robot joint angles, 2x gripper position, 1x door opening angle]."
    assert name_channels("state", 10, doc)[0] == "state[0]"


def test_single_value_is_its_key() -> None:
    assert name_channels("gripper", 1, "[3x position]") == ["gripper"]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("1x gripper", "gripper_position"),
        ("1x gripper state", "gripper_position"),
        ("1x gripper open/close", "gripper_position"),
        ("1x left gripper", "left_gripper_position"),
        ("1x gripper opening", "gripper_opening"),
        ("1x gripper closed", "gripper_closed"),
        ("1x gripper velocity", "gripper_velocity"),
    ],
)
def test_gripper_that_says_no_direction_gets_none(said: str, name: str) -> None:
    assert name_channels("state", 2, f"[1x lift, {said}]") == ["state.lift", f"state.{name}"]


@given(doc=st.text("[](),.x3dD yz gripper", max_size=300), width=st.integers(1, 128))
@settings(max_examples=200 * TIMES, deadline=None)
def test_any_text_gives_a_name_to_each_channel(doc: str, width: int) -> None:
    names = name_channels("state", width, doc)
    assert len(names) == len(set(names)) == width
