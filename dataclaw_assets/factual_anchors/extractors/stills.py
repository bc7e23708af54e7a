"""Stills that name a moment: sharp pictures that the source shows in one run of frames and nowhere else."""

from __future__ import annotations

from array import array

import numpy as np
import numpy.typing as npt

from dataclaw_assets.anchor_values import StillValue
from dataclaw_assets.factual_anchors.extractors.contract import FrameView, make_anchor
from dataclaw_assets.factual_anchors.naming import (
    MARGIN_S,
    Run,
    average_blocks,
    choose_candidates,
    find_run,
)
from dataclaw_assets.records import Anchor, Json, Source
from resources.media import fit_size, signature

STEP_S = 0.25
"""Pictures are compared this often."""

PHASE_S = 0.125
"""Samples lie at `PHASE_S` + k × `STEP_S`: never within 0.1 s of the times k/2 that a 2 fps sampler shows
(at 10 frames a second and more)."""

LOOK_PX = 256
"""Signatures are taken of the picture at the size at which trainers see video frames."""

COLUMNS, ROWS = 32, 18

LEAST_TEXTURE = 6.0
"""Least standard deviation of the small luma plane, of 255: an empty or black picture names nothing."""

LEAST_SHARPNESS = 1.0
"""Least mean absolute Laplacian of the small luma plane: measured 0.2-0.9 in fades and whipping pans."""


class StillsExtractor:
    """Makes `still_unique`."""

    name = "stills"
    version = "3"

    def applies(self, source: Source) -> bool:
        """To every source with a moving picture."""
        return source.stream is not None

    def params(self, source: Source) -> Json:
        """None: thresholds belong to the version."""
        return {}

    def begin(self, source: Source) -> StillsWatcher:
        """A watcher that samples signatures."""
        return StillsWatcher(self, source)


class StillsWatcher:
    """Samples what is on screen every `STEP_S`: 1.7 kB each, 25 MB for an hour."""

    def __init__(self, extractor: StillsExtractor, source: Source) -> None:
        self.extractor = extractor
        self.source = source
        self.size = (0, 0)
        self.signatures = bytearray()
        self.times, self.frame_times = array("d"), array("d")
        self.frames = array("q")
        self.sharpness, self.texture, self.changes = array("d"), array("d"), array("d")
        self.borders = array("d")
        self.before: FrameView | None = None
        self.change = 0.0
        self.largest = (0.0, 0.0)

    def see(self, view: FrameView) -> None:
        """Sample the frame before this one, as often as its time on screen asks."""
        if self.before is not None:
            self._sample_until(view.time_s)
            self.change = view.change
            if self.change > self.largest[0]:
                self.largest = (self.change, view.time_s)
        self.before = view

    def finish(self) -> list[Anchor]:
        """The stills, by time; the intervals of no two overlap."""
        stream = self.source.stream
        if stream is None or self.before is None:
            return []
        end_s = max(stream.duration_s, self.before.time_s + 0.001)
        self._sample_until(end_s)
        self.before = None
        if not self.times:
            return []
        times = np.array(self.times)
        rows = np.frombuffer(self.signatures, np.uint8).reshape(len(times), -1)
        coarse = average_blocks(rows, ROWS, COLUMNS, 2)
        runs = []
        for sample in choose_candidates(times, self._fitness()):
            run = find_run(sample, times, rows, coarse)
            if run is not None:
                runs.append(run)
        return [self._anchor(run, end_s) for run in _keep_apart(runs)]

    def _sample_until(self, time_s: float) -> None:
        """Take a sample at every grid time before `time_s`; the frame held is on screen at all of them."""
        view = self.before
        assert view is not None
        due_s = PHASE_S + len(self.times) * STEP_S
        if due_s >= time_s:
            return
        small = view.picture(*self._look_size(view))
        flat = np.round(signature(small, COLUMNS, ROWS) * 255.0).astype(np.uint8).tobytes()
        sharpness, texture = view.sharpness, float(view.luma.std())
        while due_s < time_s:
            self.times.append(due_s)
            self.frame_times.append(view.time_s)
            self.frames.append(view.index)
            self.signatures += flat
            self.sharpness.append(sharpness)
            self.texture.append(texture)
            self.changes.append(self.change)
            self.borders.append(self.largest[1])
            self.largest = (-1.0, due_s)
            due_s = PHASE_S + len(self.times) * STEP_S

    def _look_size(self, view: FrameView) -> tuple[int, int]:
        if self.size == (0, 0):
            height, width = view.luma.shape
            width, height = self.source.width or width, self.source.height or height
            self.size = fit_size(width, height, LOOK_PX)
        return self.size

    def _fitness(self) -> npt.NDArray[np.float64]:
        """Sharp and calm is fit; blurred, empty, or at the very ends of the source is not fit at all."""
        sharpness, texture, change = (np.array(one) for one in (self.sharpness, self.texture, self.changes))
        fit = sharpness / (1.0 + change / 4.0)
        times = np.array(self.times)
        inner = (times >= MARGIN_S) & (times <= times[-1] - MARGIN_S)
        return np.where(inner & (texture >= LEAST_TEXTURE) & (sharpness >= LEAST_SHARPNESS), fit, 0.0)

    def _interval(self, run: Run, end_s: float) -> tuple[float, float]:
        """From the largest change before the run's first sample to the largest one after its last."""
        start_s = 0.0 if run.first == 0 else self.borders[run.first]
        stop_s = end_s if run.last + 1 >= len(self.times) else self.borders[run.last + 1]
        return start_s, stop_s

    def _anchor(self, run: Run, end_s: float) -> Anchor:
        start_s, stop_s = self._interval(run, end_s)
        frame_s, time_s = self.frame_times[run.sample], self.times[run.sample]
        # a frame that stays on screen for long may begin on the 2 fps grid; then the sample's own time serves
        shown_s = frame_s if time_s - frame_s <= PHASE_S * 0.8 else time_s
        value = StillValue(
            time_s=shown_s,
            frame=self.frames[run.sample],
            sharpness=self.sharpness[run.sample],
            inside_distance=run.inside,
            outside_distance=run.outside,
        )
        return make_anchor(
            self.source, self.extractor, "still_unique", value,
            f"The picture at {shown_s:.2f} s is on screen from {start_s:.2f} to {stop_s:.2f} s only.",
            start_s=start_s, end_s=stop_s,
        )  # fmt: skip


def _keep_apart(runs: list[Run]) -> list[Run]:
    """Of runs that overlap, the one most unlike the rest of the source."""
    kept: list[Run] = []
    for run in sorted(runs, key=lambda run: (-run.outside, run.sample)):
        if all(run.last < other.first or run.first > other.last for other in kept):
            kept.append(run)
    return sorted(kept, key=lambda run: run.sample)
