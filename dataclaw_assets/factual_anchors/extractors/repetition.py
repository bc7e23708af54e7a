"""Motion that repeats: how often, and how long a cycle takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dataclaw_assets.anchor_values import RepetitionValue
from dataclaw_assets.factual_anchors.extractors.contract import FrameView, Luma, make_anchor
from dataclaw_assets.factual_anchors.measures.cycles import CYCLES, find_cycles
from dataclaw_assets.factual_anchors.measures.jumps import JumpFinder
from dataclaw_assets.records import Anchor, Json, Source

STEP_S = 0.08
"""Pictures are taken about so often: four in the shortest cycle."""

CHUNK_S = 20.0
"""So much is looked at together: three of the longest cycles."""

OVERLAP_S = 12.0
"""And so much of it again with what follows."""

SAME_PERIOD = 0.12
"""Repetitions of two chunks are one when their periods differ by at most this share."""


@dataclass(frozen=True)
class Repetition:
    """Motion that repeats, in seconds."""

    start_s: float
    end_s: float
    period_s: float
    strength: float

    @property
    def count(self) -> int:
        """How many cycles there are."""
        return round((self.end_s - self.start_s) / self.period_s)


class RepetitionExtractor:
    """Makes `repetition`. What blinks in one place (a caret, a lamp) repeats but does not move, and is left
    out; so is what the camera does, and anything with fewer than three cycles."""

    name = "repetition"
    version = "1"

    def applies(self, source: Source) -> bool:
        """To every source with a moving picture."""
        return source.stream is not None

    def params(self, source: Source) -> Json:
        """None: thresholds belong to the version."""
        return {}

    def begin(self, source: Source) -> RepetitionWatcher:
        """A watcher."""
        return RepetitionWatcher(self, source)


class RepetitionWatcher:
    """Holds the tiny pictures of one chunk, about 150 kB."""

    def __init__(self, extractor: RepetitionExtractor, source: Source) -> None:
        self.extractor = extractor
        self.source = source
        fps = source.stream.fps if source.stream is not None and source.stream.fps > 0 else 25.0
        # a whole number of frames, so that the samples of a constant frame rate are evenly spaced
        self.step_s = max(1, round(STEP_S * fps)) / fps
        self.found: list[Repetition] = []
        self.times: list[float] = []
        self.pictures: list[Luma] = []
        self.due_s = 0.0
        self.jumps = JumpFinder()

    def see(self, view: FrameView) -> None:
        """Take a picture where one is due; look at the chunk where it is full, or where the picture jumps."""
        jump_s = self.jumps.see(view)
        if jump_s is not None:
            self._split(jump_s)
        if view.time_s < self.due_s - 1e-3:
            return
        self.due_s = max(self.due_s + self.step_s, view.time_s + 0.5 * self.step_s)
        self.times.append(view.time_s)
        self.pictures.append(view.tiny)
        if view.time_s - self.times[0] >= CHUNK_S:
            self._look(self.times, self.pictures)
            self._drop(
                next(place for place, at_s in enumerate(self.times) if at_s >= view.time_s - OVERLAP_S)
            )

    def finish(self) -> list[Anchor]:
        """The repetitions, in order."""
        self._look(self.times, self.pictures)
        return [self._anchor(one) for one in sorted(self.found, key=lambda one: one.start_s)]

    def _split(self, jump_s: float) -> None:
        before = sum(at_s < jump_s - 1e-6 for at_s in self.times)
        self._look(self.times[:before], self.pictures[:before])
        self._drop(before)

    def _drop(self, count: int) -> None:
        del self.times[:count], self.pictures[:count]

    def _look(self, times: list[float], pictures: list[Luma]) -> None:
        """Find what repeats in a chunk, and join it with what was found before."""
        if not times or times[-1] - times[0] < CYCLES * 4 * self.step_s:
            return
        grid = np.arange(times[0], times[-1] + 1e-6, self.step_s)
        # what is on screen at each time of the grid: frames of a variable rate come when they like
        shown = np.searchsorted(np.array(times), grid + 1e-3) - 1
        stack = np.stack(pictures).reshape(len(pictures), -1)[shown]
        for cycle in find_cycles(stack, self.step_s):
            self._join(
                Repetition(
                    times[0] + cycle.start * self.step_s,
                    min(times[0] + cycle.end * self.step_s, times[-1] + self.step_s),
                    cycle.period * self.step_s,
                    cycle.strength,
                )
            )

    def _join(self, new: Repetition) -> None:
        """Take in a repetition: with all that overlap it and have its period it becomes one; of others that
        overlap, the longer stays."""
        apart: list[Repetition] = []
        for old in self.found:
            if new.start_s >= old.end_s or old.start_s >= new.end_s:
                apart.append(old)
            elif abs(new.period_s - old.period_s) <= SAME_PERIOD * old.period_s:
                longer = max((old, new), key=lambda one: one.end_s - one.start_s)
                start_s, end_s = min(old.start_s, new.start_s), max(old.end_s, new.end_s)
                new = replace(longer, start_s=start_s, end_s=end_s)
            elif old.end_s - old.start_s >= new.end_s - new.start_s:
                return
        self.found = [one for one in apart if new.start_s >= one.end_s or one.start_s >= new.end_s]
        self.found.append(new)

    def _anchor(self, one: Repetition) -> Anchor:
        value = RepetitionValue(
            count=one.count, period_s=round(one.period_s, 3), strength=round(one.strength, 3)
        )
        text = (
            f"The same motion repeats {one.count} times from {one.start_s:.1f} to {one.end_s:.1f} s, "
            f"once in {one.period_s:.2f} s."
        )
        return make_anchor(
            self.source, self.extractor, "repetition", value, text, start_s=one.start_s, end_s=one.end_s
        )
