"""robomimic files, written with h5py as robomimic's own scripts write them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

FRAMES = 6
ENVIRONMENT = {"env_name": "Lift", "type": 1, "env_kwargs": {"control_freq": 25}}


def write_demos(path: Path, demos: int = 2, frames: int = FRAMES, text: Callable[[str], Any] = str) -> Path:
    """A file of demonstrations at 25 Hz: a hand, its two fingers, an object, a camera, sparse rewards.

    `text` is the type of its text attributes: `str` of any length, or `np.bytes_` of a fixed one.
    """
    with h5py.File(path, "w") as root:
        data = root.create_group("data")
        data.attrs["env_args"] = text(json.dumps(ENVIRONMENT))
        data.attrs["total"] = demos * frames
        for number in range(demos):
            _write_demo(data.create_group(f"demo_{number}"), frames, text)
        root.create_dataset("mask/train", data=np.array([b"demo_0"]))
    return path


def _write_demo(demo: Any, frames: int, text: Callable[[str], Any]) -> None:
    ramp = np.linspace(0.0, 1.0, frames)
    demo.attrs["num_samples"] = frames
    demo.attrs["lang"] = text("lift the  cube")
    demo["actions"] = np.stack([ramp, -ramp], axis=1)
    demo["rewards"] = (np.arange(frames) == frames - 1).astype(np.float64)
    demo["dones"] = np.zeros(frames, dtype=np.int64)
    observed = demo.create_group("obs")
    observed["robot0_eef_pos"] = np.stack([ramp, ramp, ramp], axis=1)
    observed["robot0_gripper_qpos"] = np.stack([0.04 * ramp, -0.04 * ramp], axis=1)
    observed["object"] = np.zeros((frames, 2))
    observed.create_dataset(
        "agentview_image", data=np.zeros((frames, 8, 8, 3), dtype=np.uint8), compression="gzip"
    )
