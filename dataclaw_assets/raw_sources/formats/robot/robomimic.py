"""Reads robomimic demonstrations: an HDF5 file with `data/demo_N`, each with actions, obs and rewards."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui.redaction import redact
from dataclaw_assets.raw_sources.formats.pictures import PictureTrack
from dataclaw_assets.raw_sources.formats.robot.episode import Channels, Episode, Series, Span
from dataclaw_assets.raw_sources.formats.robot.hdf5 import (
    find_child,
    is_group,
    open_hdf5,
    read_array,
    read_attribute,
)
from dataclaw_assets.raw_sources.formats.robot.robomimic_pictures import Picture, read_camera, survey_camera

MAX_DEMOS = 10_000
"""How many demonstrations of a file are read; the largest public files hold a few thousand."""

MAX_FRAMES = 100_000
"""How many frames a demonstration may have: over an hour at 20 Hz."""

MAX_CHANNELS = 2_048
MAX_KEYS = 256
MAX_INSTRUCTION = 1_000
DEFAULT_RATE_HZ = 20.0
"""robosuite's default `control_freq`, for a file that states no rate. The episode's notes say so."""

_DEMO = re.compile(r"demo_(0|[1-9]\d{0,8})")
_PLACE = re.compile(r"(?:^|_)(?:eef|ee)_pos$")
"""Keys whose three values robosuite documents as x, y, z."""

_FINGERS = re.compile(r"gripper_(?:qpos|states)$")
_NOT_ROBOT = re.compile(r"object|obj|block|cube|goal|target|peg|nut", re.IGNORECASE)
_SAID = ("lang", "language_instruction", "language", "instruction")
_TOLD = ("ep_meta", "problem_info")
"""Attributes that hold JSON with an instruction in it: of a demonstration (RoboCasa), of a file (LIBERO)."""


@dataclass(frozen=True)
class Demo:
    """One demonstration: its episode, its environment, how many pictures lie beside it, the camera's own."""

    episode: Episode
    environment: str | None
    images: int
    pictures: PictureTrack | None


def looks_like_robomimic(path: Path) -> bool:
    """Whether the root of an HDF5 file has something named `data`; False for one that cannot be opened,
    unless it was cut short or made to do harm."""
    try:
        with open_hdf5(path) as root:
            return bool(root.id.links.exists(b"data"))
    except UnreadableSource as reason:
        return reason.reason in ("truncated", "hostile_file", "too_many")


def read_demos(path: Path) -> Iterator[tuple[int, Demo | UnreadableSource]]:
    """The demonstrations of a file by their number, each with the reason when it cannot be used.

    Raises `UnreadableSource` (`truncated`, `damaged`, `hostile_file`, `no_reader`) when the file is none.
    """
    with open_hdf5(path) as root:
        data = _open_data(root)
        numbers = _list_demos(data)
        if not numbers:
            raise UnreadableSource("no_reader", "HDF5 file whose `data` holds no demo_N")
        facts = _FileFacts.read(data)
        for at, number in enumerate(numbers):
            if at == MAX_DEMOS:
                yield number, UnreadableSource("too_many", f"only the first {MAX_DEMOS} demos are read")
                return
            try:
                found: Demo | UnreadableSource = _read_demo(data, number, facts)
            except UnreadableSource as reason:
                found = reason
            except (OSError, KeyError, ValueError, TypeError, RuntimeError, ArithmeticError) as error:
                found = UnreadableSource("damaged", f"HDF5: {str(error)[:200]}")
            yield number, found


def read_episode(path: Path, member: int) -> Episode:
    """The demonstration `demo_<member>` of a file.

    State is `obs`, the robot's own keys first, without those of more than two axes (pictures). The format
    holds no times: they are frame ÷ the environment's control frequency, and `timed` is False.
    Raises `UnreadableSource`, as `read_demos` does or gives; `missing_part` for a number that is not there.
    """
    with open_hdf5(path) as root:
        data = _open_data(root)
        return _read_demo(data, member, _FileFacts.read(data)).episode


def read_pictures(path: Path, member: int) -> Iterator[tuple[float, Picture]]:
    """The pictures of one camera of `demo_<member>`, each with its seconds on the clock of `read_episode`.

    Pictures are RGB, height × width × 3, uint8, of the camera that `choose_camera` takes. Raises
    `UnreadableSource`, as `read_episode` does.
    """
    with open_hdf5(path) as root:
        data = _open_data(root)
        episode = _read_demo(data, member, _FileFacts.read(data)).episode
        yield from read_camera(find_child(data, f"demo_{member}"), episode.times)


def survey_pictures(path: Path, member: int) -> PictureTrack | None:
    """What `read_pictures` gives, told without reading one; None when it gives none. Raises as it does."""
    with open_hdf5(path) as root:
        data = _open_data(root)
        return _read_demo(data, member, _FileFacts.read(data)).pictures


@dataclass(frozen=True)
class _FileFacts:
    """What the attributes of `data` say of every demonstration."""

    environment: str | None
    rate_hz: float | None
    instruction: str | None

    @classmethod
    def read(cls, data: Any) -> _FileFacts:
        arguments = _read_object(data, "env_args")
        inner = arguments.get("env_kwargs")
        inner = inner if isinstance(inner, dict) else {}
        name = arguments.get("env_name")
        stated = (inner.get("control_freq"), arguments.get("control_freq"), read_attribute(data, "fps"))
        return cls(
            environment=" ".join(name.split())[:64] if isinstance(name, str) and name else None,
            rate_hz=next((rate for value in stated if (rate := _as_rate(value))), None),
            instruction=_read_instruction(data),
        )


def _open_data(root: Any) -> Any:
    data = find_child(root, "data")
    if data is None or not is_group(data):
        raise UnreadableSource("no_reader", "HDF5 file without a group `data`")
    return data


def _list_demos(data: Any) -> list[int]:
    names = itertools.islice(data, 10 * MAX_DEMOS)
    return sorted(int(found[1]) for name in names if (found := _DEMO.fullmatch(name)))


def _read_demo(data: Any, number: int, facts: _FileFacts) -> Demo:
    demo = find_child(data, f"demo_{number}")
    if demo is None or not is_group(demo):
        raise UnreadableSource("missing_part", f"demo_{number} is not there")
    notes: list[str] = []
    actions = _read_table(demo, "actions", None, notes)
    stated = read_attribute(demo, "num_samples")
    frames = len(actions.values) if actions else stated if isinstance(stated, int) else 0
    if isinstance(stated, int) and stated != frames:
        raise UnreadableSource("bad_episode", f"num_samples says {stated}, actions hold {frames}")
    if not 0 < frames <= MAX_FRAMES:
        raise UnreadableSource("bad_episode", f"{frames} frames; 1 to {MAX_FRAMES} are read")
    state, images = _read_state(demo, frames, notes)
    if state is None and actions is None:
        raise UnreadableSource("bad_episode", "neither state nor actions can be read")
    if facts.rate_hz is None:
        notes.append(f"the file states no rate: times are frames at {DEFAULT_RATE_HZ:g} Hz")
    text = _read_instruction(demo) or facts.instruction
    episode = Episode(
        times=np.arange(frames, dtype=np.float64) / (facts.rate_hz or DEFAULT_RATE_HZ),
        timed=False,
        state=state,
        action=actions,
        instructions=(Span(0, frames, text),) if text else (),
        success=_read_success(demo, frames, notes),
        notes=tuple(notes),
    )
    return Demo(episode, facts.environment, images, survey_camera(demo, episode.times))


def _read_state(demo: Any, frames: int, notes: list[str]) -> tuple[Channels | None, int]:
    """The measured state, and how many pictures there are."""
    observed = find_child(demo, "obs")
    if observed is None or not is_group(observed):
        notes.append("it has no obs: no measured state")
        return None, 0
    keys = sorted(itertools.islice(observed, MAX_KEYS), key=lambda key: (bool(_NOT_ROBOT.search(key)), key))
    parts, images = [], 0
    for key in keys:
        item = find_child(observed, key)
        if item is None or is_group(item):
            notes.append(f"obs/{key[:64]} is no dataset: left out")
        elif len(item.shape or ()) > 2:
            images += frames if item.dtype == np.uint8 and len(item.shape) == 4 else 0
        elif part := _read_table(observed, key, frames, notes):
            parts.append(part)
    if not parts:
        return None, images
    values = np.concatenate([part.values for part in parts], axis=1)
    if values.shape[1] > MAX_CHANNELS:
        raise UnreadableSource("too_large", f"a state of {values.shape[1]} channels")
    return Channels(tuple(name for part in parts for name in part.names), values), images


def _read_table(group: Any, key: str, frames: int | None, notes: list[str]) -> Channels | None:
    """A dataset as frames × channels; None, with a note, when its values cannot be used."""
    values = _read_values(group, key)
    if values is None:
        notes.append(f"it has no {key}")
        return None
    if frames is not None and len(values) != frames:
        raise UnreadableSource("bad_episode", f"obs/{key[:64]} has {len(values)} frames of {frames}")
    if values.ndim != 2 or values.shape[1] == 0:
        notes.append(f"{key[:64]} is no table of frames × channels: left out")
        return None
    if not np.isfinite(values).all():
        notes.append(f"{key[:64]} holds values that are not finite: left out")
        return None
    return Channels(_name_channels(key, values), values)


def _read_values(group: Any, key: str) -> Series | None:
    item = find_child(group, key)
    if item is None or is_group(item) or not item.shape:
        return None
    values: npt.NDArray[Any] = read_array(item, key[:64])
    return (
        values.astype(np.float64).reshape(len(values), -1) if values.ndim == 1 else values.astype(np.float64)
    )


def _name_channels(key: str, values: Series) -> tuple[str, ...]:
    """The key, with the axis or the number of the channel. The file names keys only.

    A finger whose joint runs below zero (robosuite mirrors the second one) gets no name: it falls as the hand
    opens, and its name would say that it rises.
    """
    count: int = values.shape[1]
    if count == 1 or not len(values):
        return (key,) * count
    if count == 3 and _PLACE.search(key):
        return tuple(f"{key}.{axis}" for axis in "xyz")
    mirrored = [
        bool(_FINGERS.search(key)) and top <= 0 > low
        for top, low in zip(values.max(axis=0), values.min(axis=0), strict=True)
    ]
    return tuple("" if mirrored[at] else f"{key}.{at}" for at in range(count))


def _read_success(demo: Any, frames: int, notes: list[str]) -> bool | None:
    """The flag of the demonstration, else whether a sparse reward (0 or 1) ends at 1.

    All zeros say nothing: files whose rewards were never computed look the same. `dones` marks the end of
    every demonstration, whatever came of it.
    """
    flag = read_attribute(demo, "success")
    if isinstance(flag, bool) or flag in (0, 1):
        return bool(flag)
    rewards = _read_values(demo, "rewards")
    if rewards is None or rewards.shape != (frames, 1) or not np.isin(rewards, (0.0, 1.0)).all():
        return None
    if rewards[-1, 0] != 1.0:
        return None
    notes.append("success is the sparse reward of the last frame")
    return True


def _read_instruction(item: Any) -> str | None:
    found: list[Any] = [read_attribute(item, name) for name in _SAID]
    for name in _TOLD:
        told = _read_object(item, name)
        found += [told.get(key) for key in _SAID]
    texts = (" ".join(text.split()) for text in found if isinstance(text, str))
    return next((redact(text[:MAX_INSTRUCTION]) for text in texts if text), None)


def _read_object(item: Any, name: str) -> dict[str, Any]:
    """An attribute that is a JSON object; an empty one when it is not."""
    text = read_attribute(item, name)
    try:
        value = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _as_rate(value: Any) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and 0.1 <= value <= 1_000 else None
