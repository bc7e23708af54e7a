"""Pictures of a robomimic demonstration: one array a camera (frames × height × width × 3) among `obs`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.pictures import PictureTrack, choose_camera, is_safe_size
from dataclaw_assets.raw_sources.formats.robot.episode import Series
from dataclaw_assets.raw_sources.formats.robot.hdf5 import (
    MAX_DATASET_BYTES,
    check_storage,
    find_child,
    is_group,
    read_rows,
)

Picture = npt.NDArray[np.uint8]
"""RGB, height × width × 3."""

MAX_KEYS = 256

_CAMERA = "_image"
"""How robomimic ends the names of its cameras. LIBERO's `_rgb` are stored upside down and left out."""


def list_cameras(demo: Any, frames: int) -> tuple[str, ...]:
    """The names in `obs` of the cameras of a demonstration with a picture for each of its frames."""
    observed = find_child(demo, "obs")
    if observed is None or not is_group(observed):
        return ()
    keys = sorted(key for key in itertools.islice(observed, MAX_KEYS) if key.endswith(_CAMERA))
    return tuple(key for key in keys if _is_camera(find_child(observed, key), frames))


def survey_camera(demo: Any, times: Series) -> PictureTrack | None:
    """The pictures of the camera that `choose_camera` takes, told by the shape of its array; None without
    one, or when its storage is refused."""
    camera = choose_camera(list_cameras(demo, len(times)))
    if camera is None:
        return None
    item = find_child(find_child(demo, "obs"), camera)
    try:
        check_storage(item, camera[:64])
    except UnreadableSource:
        return None
    height, width = int(item.shape[1]), int(item.shape[2])
    return PictureTrack(camera, tuple(times.tolist()), width, height, "raw")


def read_camera(demo: Any, times: Series) -> Iterator[tuple[float, Picture]]:
    """The pictures that `survey_camera` tells of, each with its seconds."""
    track = survey_camera(demo, times)
    if track is not None:
        rows = read_rows(find_child(find_child(demo, "obs"), track.camera), track.camera[:64])
        yield from zip(track.times, rows, strict=True)


def _is_camera(item: Any, frames: int) -> bool:
    if item is None or is_group(item) or len(item.shape or ()) != 4 or item.dtype != np.uint8:
        return False
    count, height, width, colours = item.shape
    fits = height * width * colours <= MAX_DATASET_BYTES
    return bool(count == frames and colours == 3 and fits and is_safe_size(width, height))
