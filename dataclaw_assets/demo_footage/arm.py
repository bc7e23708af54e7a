"""A small robot demonstration dataset in LeRobot v3.0: three pick-and-place episodes in one film."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dataclaw_assets.demo_footage.arm_simulation import FPS, HEIGHT, WIDTH, Job, Reading, draw, simulate
from dataclaw_assets.demo_footage.canvas import Frame
from dataclaw_assets.demo_footage.encoding import write_video

CAMERA = "observation.images.side"
STATE_NAMES = ("shoulder", "elbow", "gripper_opening", "tip_x", "tip_y")
ACTION_NAMES = ("shoulder", "elbow", "gripper_opening")

JOBS = (
    Job(
        "Pick up the red block and put it down on the blue mat.",
        (214, 48, 44),
        0.27,
        0.49,
        "mat",
        (52, 96, 190),
    ),
    Job(
        "Carry the yellow block to the green mat near the base.",
        (240, 196, 40),
        0.50,
        0.29,
        "mat",
        (56, 146, 84),
        pace=2.2,
    ),
    Job(
        "Lift the purple block onto the white step.",
        (134, 66, 176),
        0.25,
        0.48,
        "step",
        (222, 224, 226),
        0.06,
        3.4,
    ),
)

_DATA = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
_VIDEO = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
_EPISODES = "meta/episodes/chunk-000/file-000.parquet"
_QUANTILES = {"q01": 0.01, "q10": 0.10, "q50": 0.50, "q90": 0.90, "q99": 0.99}
# Every how many frames the picture statistics look.
_LOOK_EVERY = 8


def _columns(runs: list[list[Reading]]) -> dict[str, NDArray[Any]]:
    rows = [(e, n, reading) for e, run in enumerate(runs) for n, reading in enumerate(run)]
    frame = np.array([n for _, n, _ in rows], np.int64)
    episode = np.array([e for e, _, _ in rows], np.int64)
    return {
        "observation.state": np.array(
            [[r.shoulder, r.elbow, r.opening, *r.tip] for _, _, r in rows], np.float32
        ),
        "action": np.array([r.command for _, _, r in rows], np.float32),
        "timestamp": (frame / FPS).astype(np.float32),
        "frame_index": frame,
        "episode_index": episode,
        "index": np.arange(len(rows), dtype=np.int64),
        "task_index": episode,
    }


def _statistics(values: NDArray[Any]) -> dict[str, Any]:
    """LeRobot's statistics over the first axis."""
    wide = values.reshape(len(values), -1).astype(np.float64)
    found = {"min": wide.min(0), "max": wide.max(0), "mean": wide.mean(0), "std": wide.std(0)}
    found |= {name: np.quantile(wide, share, axis=0) for name, share in _QUANTILES.items()}
    return {name: value.tolist() for name, value in found.items()} | {"count": [len(wide)]}


def _picture_statistics(looks: list[Frame]) -> dict[str, Any]:
    """The same for pictures: per channel, 0…1, in the shape (3, 1, 1) that LeRobot stores."""
    found = _statistics(np.concatenate([look[::4, ::4].reshape(-1, 3) for look in looks]) / 255.0)
    nested = {name: [[[v]] for v in value] for name, value in found.items() if name != "count"}
    return nested | {"count": [len(looks)]}


def _features() -> dict[str, Any]:
    picture = {
        "video.height": HEIGHT,
        "video.width": WIDTH,
        "video.codec": "h264",
        "video.pix_fmt": "yuv420p",
        "video.is_depth_map": False,
        "video.fps": FPS,
        "video.channels": 3,
        "has_audio": False,
    }
    single = {
        name: {"dtype": "int64", "shape": [1], "names": None}
        for name in ("frame_index", "episode_index", "index", "task_index")
    }
    return {
        CAMERA: {
            "dtype": "video",
            "shape": [HEIGHT, WIDTH, 3],
            "names": ["height", "width", "channels"],
            "info": picture,
        },
        "observation.state": {"dtype": "float32", "shape": [len(STATE_NAMES)], "names": list(STATE_NAMES)},
        "action": {"dtype": "float32", "shape": [len(ACTION_NAMES)], "names": list(ACTION_NAMES)},
        "timestamp": {"dtype": "float32", "shape": [1], "names": None},
        **single,
    }


def _info(frames: int) -> dict[str, Any]:
    return {
        "codebase_version": "v3.0",
        "robot_type": "drawn_two_link_arm",
        "total_episodes": len(JOBS),
        "total_frames": frames,
        "total_tasks": len(JOBS),
        "chunks_size": 1000,
        "data_files_size_in_mb": 100,
        "video_files_size_in_mb": 200,
        "fps": FPS,
        "splits": {"train": f"0:{len(JOBS)}"},
        "data_path": _DATA,
        "video_path": _VIDEO,
        "features": _features(),
    }


def _episodes(runs: list[list[Reading]]) -> pa.Table:
    rows, start = [], 0
    for number, (job, run) in enumerate(zip(JOBS, runs, strict=True)):
        end = start + len(run)
        rows.append(
            {
                "episode_index": number,
                "tasks": [job.instruction],
                "length": len(run),
                "data/chunk_index": 0,
                "data/file_index": 0,
                "dataset_from_index": start,
                "dataset_to_index": end,
                f"videos/{CAMERA}/chunk_index": 0,
                f"videos/{CAMERA}/file_index": 0,
                f"videos/{CAMERA}/from_timestamp": start / FPS,
                f"videos/{CAMERA}/to_timestamp": end / FPS,
                "meta/episodes/chunk_index": 0,
                "meta/episodes/file_index": 0,
            }
        )
        start = end
    return pa.Table.from_pylist(rows)


def _tasks() -> pa.Table:
    """Task index by instruction; a note for pandas makes the instruction the index, which LeRobot needs."""
    table = pa.table(
        {
            "task_index": pa.array(range(len(JOBS)), pa.int64()),
            "__index_level_0__": [job.instruction for job in JOBS],
        }
    )
    plain = {"metadata": None}
    note = {
        "index_columns": ["__index_level_0__"],
        "column_indexes": [
            {
                "name": None,
                "field_name": None,
                "pandas_type": "unicode",
                "numpy_type": "object",
                "metadata": {"encoding": "UTF-8"},
            }
        ],
        "columns": [
            {
                "name": "task_index",
                "field_name": "task_index",
                "pandas_type": "int64",
                "numpy_type": "int64",
                **plain,
            },
            {
                "name": None,
                "field_name": "__index_level_0__",
                "pandas_type": "unicode",
                "numpy_type": "object",
                **plain,
            },
        ],
    }
    return table.replace_schema_metadata({"pandas": json.dumps(note)})


def _arrow(values: NDArray[Any]) -> pa.Array:
    if values.ndim == 1:
        return pa.array(values)
    return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])


def _write_table(table: pa.Table, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)


def render_arm(folder: Path) -> Path:
    """Write the dataset into `folder/block_moving_lerobot` and return that folder."""
    target = folder / "block_moving_lerobot"
    runs = [simulate(job) for job in JOBS]
    columns = _columns(runs)
    looks: list[Frame] = []

    def film() -> Iterator[Frame]:
        seen = 0
        for job, run in zip(JOBS, runs, strict=True):
            for frame in draw(job, run):
                if seen % _LOOK_EVERY == 0:
                    looks.append(frame)
                seen += 1
                yield frame

    here = {"chunk_index": 0, "file_index": 0}
    total = write_video(target / _VIDEO.format(video_key=CAMERA, **here), film(), FPS)
    _write_table(
        pa.table({name: _arrow(values) for name, values in columns.items()}), target / _DATA.format(**here)
    )
    _write_table(_episodes(runs), target / _EPISODES)
    _write_table(_tasks(), target / "meta/tasks.parquet")
    stats = {CAMERA: _picture_statistics(looks)} | {
        name: _statistics(values) for name, values in columns.items()
    }
    for name, value in (("info", _info(total)), ("stats", stats)):
        (target / f"meta/{name}.json").write_text(json.dumps(value, indent=4), encoding="utf-8", newline="\n")
    return target
