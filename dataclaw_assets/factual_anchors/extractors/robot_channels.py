"""Which channels of a robot's state are its hand, its joints, its gripper and the objects, told by name."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dataclaw_assets.raw_sources.formats.robot.episode import Channels, Series

log = logging.getLogger(__name__)

_HAND = re.compile(r"gripper|eef|\bee\b|tcp|tool|hand|wrist|effector", re.IGNORECASE)
_NOT_ROBOT = re.compile(r"object|obj|block|cube|goal|target|peg|nut", re.IGNORECASE)
_NO_OBJECT = re.compile(r"goal|target|vel", re.IGNORECASE)
_ROTATION = re.compile(r"quat|rot|roll|pitch|yaw|orientation", re.IGNORECASE)
_NOT_PLACE = re.compile(r"vel|force|torque|effort|current|\bpad\b", re.IGNORECASE)
_SPLIT = re.compile(r"[._\-\s]+")


@dataclass(frozen=True)
class Hand:
    """The end effector: its x, y, z channels, their names in the log, and those of its orientation."""

    place: tuple[int, int, int]
    names: tuple[str, str, str]
    turning: tuple[int, ...]


def choose_hand(names: Sequence[str]) -> Hand | None:
    """The first end effector whose x, y and z are named; None where only joints are."""
    own = [prefix for prefix in _find_places(names) if not _NOT_ROBOT.search(prefix)]
    own.sort(key=lambda prefix: not _HAND.search(prefix))
    if not own:
        return None
    axes = _find_places(names)[own[0]]
    place = (axes["x"], axes["y"], axes["z"])
    turning = tuple(at for at, name in enumerate(names) if _turns(name, own[0]))
    return Hand(place, (names[place[0]], names[place[1]], names[place[2]]), turning)


def choose_body(names: Sequence[str]) -> tuple[str, list[int]]:
    """What is watched for stops, and its channels: the end effector's x, y, z where they are named, else
    every channel that is neither a gripper nor an object."""
    hand = choose_hand(names)
    if hand:
        return "end effector", list(hand.place)
    grippers = {channel for channel, _ in choose_grippers(names)}
    rest = [at for at, name in enumerate(names) if at not in grippers and not _NOT_ROBOT.search(name)]
    return "robot", rest


def choose_rest(names: Sequence[str]) -> list[int]:
    """The robot's further channels that tell whether it stands: joints and orientation, no gripper."""
    body = set(choose_body(names)[1])
    return [
        at
        for at, name in enumerate(names)
        if at not in body and "gripper" not in name.lower() and not _NOT_ROBOT.search(name)
        and not _NOT_PLACE.search(name)
    ]  # fmt: skip


def choose_objects(names: Sequence[str]) -> dict[str, tuple[int, int, int]]:
    """The x, y, z channels of every object whose place the log holds, by its name; goals are none."""
    return {
        prefix: (axes["x"], axes["y"], axes["z"])
        for prefix, axes in _find_places(names).items()
        if _NOT_ROBOT.search(prefix) and not _NO_OBJECT.search(prefix)
    }


def choose_grippers(names: Sequence[str]) -> list[tuple[int, int]]:
    """Channels that measure a gripper's opening, each with the sign that makes wider larger.

    A bare `gripper` grows as it opens, by LeRobot's convention for its own robots. `gripper_position` is
    left out: in some datasets it grows as the gripper closes (DROID), in others as it opens. Single fingers
    (`qpos`) are `measure_openings`'s.
    """
    found = []
    for channel, name in enumerate(names):
        lower = name.lower()
        if "gripper" not in lower or _SPLIT.split(lower)[-1] in {"x", "y", "z"} or _ROTATION.search(lower):
            continue
        if "clos" in lower:
            found.append((channel, -1))
        elif "position" in lower:
            log.warning("channel %s does not say which way it opens: left out", name)
        elif "qpos" not in lower and re.search(r"vel|force|effort|torque|current", lower) is None:
            found.append((channel, 1))
    return found


def measure_openings(state: Channels) -> list[Series]:
    """The opening of each gripper by frame, wider larger.

    The fingers of a `gripper_qpos` (MuJoCo's parallel grippers) are joints that are 0 where they meet: the
    opening is their distance when one grows downwards, or the one finger that grows upwards. Other fingers do
    not say which way they open.
    """
    found = [sign * state.values[:, channel] for channel, sign in choose_grippers(state.names)]
    fingers: dict[str, list[int]] = {}
    for channel, name in enumerate(state.names):
        if re.search(r"gripper.*qpos", name, re.IGNORECASE):
            fingers.setdefault(_SPLIT.sub(".", name).rpartition(".")[0], []).append(channel)
    for name, channels in fingers.items():
        pair = state.values[:, channels]
        if len(channels) == 2 and _are_mirrored(pair):
            found.append(np.abs(pair[:, 0] - pair[:, 1]))
        elif len(channels) == 1 and float(np.median(pair)) > 0:
            found.append(pair[:, 0])
        else:
            log.warning("the fingers %s do not say which way they open: left out", name)
    return found


def _are_mirrored(pair: Series) -> bool:
    low, high = sorted(float(value) for value in np.median(pair, axis=0))
    return low < 0 < high and -low > 0.5 * high and -low < 2 * high


def _find_places(names: Sequence[str]) -> dict[str, dict[str, int]]:
    places: dict[str, dict[str, int]] = {}
    for channel, name in enumerate(names):
        parts = _SPLIT.split(name.lower())
        if parts[-1] in {"x", "y", "z"} and not _ROTATION.search(name):
            places.setdefault("_".join(parts[:-1]), {}).setdefault(parts[-1], channel)
    return {prefix: axes for prefix, axes in places.items() if len(axes) == 3}


def _turns(name: str, prefix: str) -> bool:
    """Whether a channel is an angle or quaternion of the hand: a bare `roll`, or one named like the hand."""
    if not _ROTATION.search(name) or _NOT_ROBOT.search(name) or _NOT_PLACE.search(name):
        return False
    parts = _SPLIT.split(name.lower())
    return len(parts) == 1 or bool(_HAND.search(name)) or "_".join(parts[:-1]) == prefix
