"""How much the picture moves, second by second, and what the camera does."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from dataclaw_assets.anchor_values import MotionValue
from dataclaw_assets.factual_anchors.extractors.contract import FrameView, Luma, make_anchor
from dataclaw_assets.factual_anchors.measures.camera import (
    Camera,
    Direction,
    Travel,
    measure_travel,
    name_motion,
    name_travel,
)
from dataclaw_assets.factual_anchors.measures.flow import Drift
from dataclaw_assets.factual_anchors.measures.structure import measure_change
from dataclaw_assets.records import Anchor, Json, Source

WINDOW_S = 1.0
"""Motion is named for stretches this long, which are then merged while the name stays the same."""

HALF_S = 0.5
"""Change is measured between pictures this far apart: noise, which every frame has, counts once."""

STEP_S = 0.25
"""How often change is measured."""

LIVELY = 0.02
"""Change a second (0-1 luma) from which a stretch counts as moving throughout. Stretches of either side are
not merged, so that one with real motion from end to end can be found. Coding noise makes less than 0.005."""


UNNAMED = 3
"""Windows into which measurements still come: change is measured over half a second."""

BLACK, SAME = 24, 4
"""Luma (of 255) up to which a cell is black, and change up to which it keeps its light."""


@dataclass(slots=True)
class Window:
    """What was measured in one `WINDOW_S`; `drifts` and `quiet` are emptied once it is named."""

    start_s: float
    end_s: float
    changes: list[float] = field(default_factory=list)
    quiet: list[float] = field(default_factory=list)
    drifts: list[Drift | None] = field(default_factory=list)
    travel: Travel = field(default_factory=lambda: np.zeros(4))
    camera: Camera = "mixed"
    direction: Direction = "none"

    @property
    def floor(self) -> float:
        """The weakest half-second."""
        return min(self.changes, default=0.0)

    @property
    def level(self) -> float:
        """The mean."""
        return sum(self.changes) / len(self.changes) if self.changes else 0.0


class MotionExtractor:
    """Makes `motion`."""

    name = "motion"
    version = "3"

    def applies(self, source: Source) -> bool:
        """To every source with a moving picture."""
        return source.stream is not None

    def params(self, source: Source) -> Json:
        """None: thresholds belong to the version."""
        return {}

    def begin(self, source: Source) -> MotionWatcher:
        """A watcher."""
        return MotionWatcher(self, source)


class MotionWatcher:
    """Holds half a second of small planes, and the numbers of each window."""

    def __init__(self, extractor: MotionExtractor, source: Source) -> None:
        self.extractor = extractor
        self.source = source
        self.windows: list[Window] = []
        self.held: deque[tuple[float, Luma, Luma]] = deque()
        self.last: FrameView | None = None
        self.next_s = 0.0

    def see(self, view: FrameView) -> None:
        """Measure change and drift where a measurement is due."""
        while self.last is not None and self.next_s < view.time_s - 1e-6:
            # what was on screen at the grid time is the frame before this one
            self._measure_change(self.next_s)
            self.next_s += STEP_S
        flow = view.flow
        if flow is not None:
            self._window(flow.start_s).drifts.append(flow.drift)
        self.last = view

    def finish(self) -> list[Anchor]:
        """One anchor per merged stretch; together they cover the source."""
        stream = self.source.stream
        if stream is None or self.last is None:
            return []
        end_s = max(stream.duration_s, self.last.time_s)
        while self.next_s < end_s - 1e-6:
            self._measure_change(self.next_s)
            self.next_s += STEP_S
        for window in self.windows[-UNNAMED:]:
            _name_window(window)
        if len(self.windows) > 1 and not self.windows[-1].changes:
            self.windows.pop()  # too short to measure: it goes with the one before
        merged = _merge(self.windows)
        merged[-1].end_s = end_s
        for window in merged:
            if window.camera == "static":
                window.camera, window.direction = name_travel(window.travel)
        return [self._anchor(window) for window in merged]

    def _measure_change(self, time_s: float) -> None:
        assert self.last is not None
        soft, tiny = _soften(self.last.luma), self.last.tiny
        self.held.append((time_s, soft, tiny))
        while self.held[0][0] < time_s - HALF_S - 1e-6:
            self.held.popleft()
        before_s, before, tiny_before = self.held[0]
        if time_s - before_s < HALF_S - 1e-6:
            return
        window = self._window(before_s)
        window.changes.append(measure_change(before, soft) / 255.0 / HALF_S)
        window.quiet.append(_share_quiet(tiny_before, tiny))

    def _window(self, time_s: float) -> Window:
        place = int((time_s + 1e-6) // WINDOW_S)
        while len(self.windows) <= place:
            if len(self.windows) >= UNNAMED:
                _name_window(self.windows[-UNNAMED])
            start_s = len(self.windows) * WINDOW_S
            self.windows.append(Window(start_s, start_s + WINDOW_S))
        return self.windows[place]

    def _anchor(self, window: Window) -> Anchor:
        value = MotionValue(
            camera=window.camera, direction=window.direction, level=window.level, floor=window.floor
        )
        return make_anchor(
            self.source, self.extractor, "motion", value, _describe(window),
            start_s=window.start_s, end_s=window.end_s,
        )  # fmt: skip


def _name_window(window: Window) -> None:
    still = window.changes and max(window.changes) < LIVELY / 4.0
    if window.drifts or not still:
        window.camera, window.direction = name_motion(window.drifts, window.quiet)
    if still:
        window.camera, window.direction = "static", "none"
    window.travel = measure_travel(window.drifts, window.end_s - window.start_s)
    window.drifts, window.quiet = [], []


def _merge(windows: list[Window]) -> list[Window]:
    """Neighbours with one name, and on one side of `LIVELY`, become one."""
    merged: list[Window] = []
    for window in windows:
        before = merged[-1] if merged else None
        if before is not None and _name(before) == _name(window):
            before.end_s = window.end_s
            before.changes += window.changes
            before.travel = before.travel + window.travel
        else:
            merged.append(window)
    return merged or [Window(0.0, WINDOW_S)]


def _name(window: Window) -> tuple[str, str, bool]:
    return window.camera, window.direction, window.floor >= LIVELY


def _describe(window: Window) -> str:
    span = f"from {window.start_s:.1f} to {window.end_s:.1f} s"
    if window.camera == "mixed":
        return f"The picture moves in no single way {span}."
    if window.camera == "static":
        busy = "things move in front of it" if window.floor >= LIVELY else "little moves"
        return f"The camera stands still {span}; {busy}."
    verb = {"pan": "turns or travels", "tilt": "turns or travels", "zoom": "moves or zooms", "roll": "rolls"}
    return f"The camera {verb[window.camera]} {window.direction} {span}."


def _share_quiet(before: Luma, after: Luma) -> float:
    """Share of the cells that are not black that keep their light, the exposure's own drift taken off."""
    lit = after > BLACK
    gap = (after.astype(np.int16) - before)[lit]
    if len(gap) < lit.size // 2:
        return 0.0
    usual = np.partition(gap, len(gap) // 2)[len(gap) // 2]
    return float(np.count_nonzero(np.abs(gap - usual) <= SAME)) / len(gap)


def _soften(luma: Luma) -> Luma:
    import cv2

    half = (max(1, luma.shape[1] // 2), max(1, luma.shape[0] // 2))
    return np.asarray(cv2.resize(luma, half, interpolation=cv2.INTER_AREA), np.uint8)
