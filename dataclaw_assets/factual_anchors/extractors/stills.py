"""Stills that name a moment: sharp pictures that the source shows in one run of frames and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dataclaw_assets.anchor_values import StillValue
from dataclaw_assets.factual_anchors.extractors.contract import FrameView, make_anchor
from dataclaw_assets.factual_anchors.measures.naming import MARGIN_S, Run, find_runs
from dataclaw_assets.factual_anchors.measures.signatures import Signatures
from dataclaw_assets.records import Anchor, Json, Source

STEP_S = 0.25
"""Pictures are compared this often, until there are `MOST_SAMPLES`."""

MOST_SAMPLES = 4800
"""20 minutes of them (4 MB). Beyond, every second one is dropped and the step doubled, so that memory stays
flat."""

PHASE_S = 0.125
"""Samples lie at `PHASE_S` + k × `STEP_S`: never within 0.1 s of the times k/2 that a 2 fps sampler shows
(at 10 frames a second and more)."""

LEAST_TEXTURE = 6.0
"""Least standard deviation of the small luma plane, of 255: an empty or black picture names nothing."""

LEAST_SHARPNESS = 1.0
"""Least mean absolute Laplacian of the small luma plane: measured 0.2-0.9 in fades and whipping pans."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What is on screen at `time_s`, since `frame_s`. `border` is the largest change of picture since the
    sample before this one, and when it was."""

    time_s: float
    frame_s: float
    frame: int
    sharpness: float
    texture: float
    change: float
    border: tuple[float, float]


class StillsExtractor:
    """Makes `still_unique`."""

    name = "stills"
    version = "5"

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
    """Samples what is on screen every `STEP_S`: 1 kB each, `MOST_SAMPLES` at most."""

    def __init__(self, extractor: StillsExtractor, source: Source) -> None:
        self.extractor = extractor
        self.source = source
        self.samples: list[Sample] = []
        self.signatures = Signatures(MOST_SAMPLES + 1)
        self.step_s = STEP_S
        self.due_s = PHASE_S
        self.before: FrameView | None = None
        self.change = 0.0
        self.border = (0.0, 0.0)

    def see(self, view: FrameView) -> None:
        """Sample the frame before this one, as often as its time on screen asks."""
        if self.before is not None:
            if self.due_s < view.time_s:
                self._sample_until(view.time_s)
            self.change = view.change
            if self.change > self.border[0]:
                self.border = (self.change, view.time_s)
        self.before = view

    def finish(self) -> list[Anchor]:
        """The stills, by time; the intervals of no two overlap."""
        stream = self.source.stream
        if stream is None or self.before is None:
            return []
        end_s = max(stream.duration_s, self.before.time_s + 0.001)
        self._sample_until(end_s)
        self.before = None
        if not self.samples:
            return []
        return [self._anchor(run, end_s) for run in find_runs(self.signatures, self._rate())]

    def _sample_until(self, time_s: float) -> None:
        """Take a sample at every grid time before `time_s`; the frame held is on screen at all of them."""
        view = self.before
        assert view is not None
        sharpness, texture = view.sharpness, float(view.luma.std())
        while self.due_s < time_s:
            self.samples.append(
                Sample(
                    self.due_s, view.time_s, view.index, sharpness, texture, self.change, self.border
                )
            )  # fmt: skip
            self.signatures.append(self.due_s, *view.cells)
            self.border = (-1.0, self.due_s)
            self.due_s += self.step_s
            if len(self.samples) > MOST_SAMPLES:
                self._thin_out()

    def _thin_out(self) -> None:
        pairs = zip(self.samples[::2], [None, *self.samples[1::2]], strict=False)
        self.samples = [
            sample if skipped is None else replace(sample, border=max(skipped.border, sample.border))
            for sample, skipped in pairs
        ]
        self.signatures.thin_out()
        self.step_s *= 2
        self.due_s = self.samples[-1].time_s + self.step_s

    def _rate(self) -> npt.NDArray[np.float64]:
        """Sharp and calm is fit; blurred, empty, or at the very ends of the source is not fit at all."""
        last_s = self.samples[-1].time_s
        return np.array(
            [
                sample.sharpness / (1.0 + sample.change / 4.0)
                if MARGIN_S <= sample.time_s <= last_s - MARGIN_S
                and sample.texture >= LEAST_TEXTURE
                and sample.sharpness >= LEAST_SHARPNESS
                else 0.0
                for sample in self.samples
            ]
        )

    def _anchor(self, run: Run, end_s: float) -> Anchor:
        # from the largest change before the run's first sample to the largest one after its last
        start_s = 0.0 if run.first == 0 else self.samples[run.first].border[1]
        stop_s = end_s if run.last + 1 >= len(self.samples) else self.samples[run.last + 1].border[1]
        sample = self.samples[run.sample]
        # a frame that stays on screen for long may begin on the 2 fps grid; then the sample's own time serves
        shown_s = sample.frame_s if sample.time_s - sample.frame_s <= PHASE_S * 0.8 else sample.time_s
        value = StillValue(
            time_s=shown_s,
            frame=sample.frame,
            sharpness=sample.sharpness,
            inside_distance=run.inside,
            outside_distance=run.outside,
        )
        return make_anchor(
            self.source, self.extractor, "still_unique", value,
            f"The picture at {shown_s:.2f} s is on screen from {start_s:.2f} to {stop_s:.2f} s only.",
            start_s=start_s, end_s=stop_s,
        )  # fmt: skip
