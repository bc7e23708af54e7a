"""What a trainer sees of a shipped clip: the frames that its sampling takes, at their size there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dataclaw_assets.quality.clock import sampled_times
from dataclaw_assets.quality.gates.contract import CutMedia
from dataclaw_assets.records import Stream
from resources.media import Frame, Picture, decode, distance, fit_size, resize, signature, to_picture
from resources.settings import Settings


@dataclass(frozen=True)
class Samples:
    """The sampled frames: times (s), pictures, and signatures, samples × rows × columns × 3."""

    times: npt.NDArray[np.float64]
    pictures: tuple[Picture, ...]
    signatures: npt.NDArray[np.float32]

    def distances(self, picture: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """How far each sample is from a signature."""
        return np.array([distance(seen, picture) for seen in self.signatures])

    def steps(self) -> npt.NDArray[np.float64]:
        """How much each sample differs from the one before it."""
        return np.array([distance(a, b) for a, b in pairwise(self.signatures)])


def sample_clip(file: CutMedia, settings: Settings) -> Samples:
    """Every sampled frame of a shipped clip, through the trainer's frame size."""
    wanted = iter(sampled_times(file.duration_s or 0.0, settings))
    times: list[float] = []
    pictures: list[Picture] = []
    target, last = next(wanted, None), None
    size = fit_size(file.width, file.height, settings.consumer_video_px)
    for frame in _decode(file, settings):
        while target is not None and frame.time_s > target + 1e-6:
            times.append(target)
            pictures.append(resize(to_picture((last or frame).video), *size))
            target = next(wanted, None)
        last = frame
    if target is not None and last is not None:
        times.append(target)
        pictures.append(resize(to_picture(last.video), *size))
    signatures = np.array([signature(picture) for picture in pictures], dtype=np.float32)
    return Samples(np.array(times), tuple(pictures), signatures)


def measure_pace(file: CutMedia, settings: Settings) -> npt.NDArray[np.float64]:
    """How far things move from each frame of a clip to the next: the mean length of the longest tenth of the
    dense flow (DIS, Kroeger et al. 2016), in pixels of the trainer's frame."""
    import cv2

    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    lengths: list[float] = []
    before = None
    size = fit_size(file.width, file.height, settings.consumer_video_px)
    for frame in _decode(file, settings):
        picture = resize(to_picture(frame.video), *size)
        grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
        if before is not None:
            flow = finder.calc(before, grey, np.zeros((*grey.shape, 2), np.float32))
            moved = np.sort(np.hypot(flow[..., 0], flow[..., 1]), axis=None)
            lengths.append(float(moved[-max(1, len(moved) // 10) :].mean()))
        before = grey
    return np.array(lengths)


def _decode(file: CutMedia, settings: Settings) -> Iterator[Frame]:
    stream = Stream(
        uri="",
        origin_s=0.0,
        duration_s=(file.duration_s or 0.0) + 1.0,
        fps=settings.clip_fps,
        frames=file.frames or 0,
        codec="h264",
    )
    yield from decode(file.path, stream)
