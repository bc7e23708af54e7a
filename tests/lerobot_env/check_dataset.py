"""Loads a LeRobot dataset with the `lerobot` package, the way a trainer does, and writes down what it gives.

Run by the environment's own Python: `python check_dataset.py DATASET CAMERA EVERY OUT.npz`. The arrays by
name: `episodes`, `frames`, `fps` (what the dataset says of itself); for each frame of the dataset `state`,
`action`, `timestamp`, `episode_index`, `frame_index`; for those looked at (every `EVERY`th of an episode, and
its last) `looked` (their numbers), `pictures` (n × height × width × 3, RGB) and `tasks` (the instruction).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

BY_FRAME = {
    "state": "observation.state",
    "action": "action",
    "timestamp": "timestamp",
    "episode_index": "episode_index",
    "frame_index": "frame_index",
}
BACKEND = "pyav"
"""lerobot's decoder that needs nothing from outside its environment; torchcodec needs FFmpeg's libraries."""


def load_dataset(root: Path) -> Any:
    """The `LeRobotDataset` of a folder; the hub is not asked, HF_HUB_OFFLINE sees to it."""
    prepare_torchvision()
    from lerobot.datasets.lerobot_dataset import LeRobotDataset  # type: ignore[import-not-found]

    return LeRobotDataset("local/dataset", root=root, video_backend=BACKEND)


def prepare_torchvision() -> None:
    """Import torchvision beside a torch that it was not compiled for.

    Its compiled part is then absent, and its Python part stops at the one operator that it names without
    asking whether that is there. Nothing that reads datasets calls it.
    """
    import torch

    try:
        import torchvision  # type: ignore[import-not-found]
    except RuntimeError:
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "FRAGMENT")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        import torchvision

        # An operator lives as long as the library that defined it.
        torchvision.nms_library = library


def choose_frames(episode_index: np.ndarray[Any, Any], every: int) -> list[int]:
    """The numbers of every `every`th frame of each episode and of its last."""
    chosen: set[int] = set()
    for episode in np.unique(episode_index):
        rows = np.flatnonzero(episode_index == episode)
        chosen |= {*rows[::every].tolist(), int(rows[-1])}
    return sorted(chosen)


def read_dataset(root: Path, camera: str, every: int) -> dict[str, Any]:
    """The arrays that this module's docstring names. Raises whatever lerobot raises."""
    dataset = load_dataset(root)
    table = dataset.hf_dataset[:]
    found = {name: np.stack([np.asarray(row) for row in table[key]]) for name, key in BY_FRAME.items()}
    looked = choose_frames(found["episode_index"], every)
    items = [dataset[number] for number in looked]
    pictures = [(item[camera].permute(1, 2, 0) * 255).round().byte().numpy() for item in items]
    return found | {
        "episodes": dataset.num_episodes,
        "frames": dataset.num_frames,
        "fps": dataset.fps,
        "looked": np.array(looked),
        "pictures": np.stack(pictures),
        "tasks": np.array([item["task"] for item in items]),
    }


if __name__ == "__main__":
    root, camera, every, out = sys.argv[1:]
    np.savez(out, **read_dataset(Path(root), camera, int(every)))
