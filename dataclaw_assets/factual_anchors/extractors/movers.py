"""Which thing moves most by itself, when, and where to."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace

import numpy as np

from dataclaw_assets.anchor_values import MoverValue
from dataclaw_assets.factual_anchors.extractors.contract import FrameView, Luma, make_anchor
from dataclaw_assets.factual_anchors.measures.courses import STIR, Course, Moment, name_courses
from dataclaw_assets.factual_anchors.measures.jumps import JumpFinder
from dataclaw_assets.factual_anchors.measures.things import UNCHANGED, find_thing, is_resting
from dataclaw_assets.records import Anchor, Json, Source

HELD_S = 0.55
"""How long pictures are held: a pair of the flow is at most half a second apart."""

SAME = 4
"""Pixels whose luma (of 255) differs by no more than this stayed the same: coding noise makes 3."""

BORDER = 4
"""Width of the border, in pixels of the small plane."""

LIVELY = 6
"""Cells that differ by more than this show something that moves."""

IDLE = 4
"""Moments without motion after which a stretch is over; a second."""

LONGEST = 240
"""Moments after which a stretch is named even if it goes on: a minute."""


class MoversExtractor:
    """Makes `dominant_mover`."""

    name = "movers"
    version = "2"

    def applies(self, source: Source) -> bool:
        """To every source with a moving picture."""
        return source.stream is not None

    def params(self, source: Source) -> Json:
        """None: thresholds belong to the version."""
        return {}

    def begin(self, source: Source) -> MoversWatcher:
        """A watcher."""
        return MoversWatcher(self, source)


class MoversWatcher:
    """Holds what moved since things began to move, at most a minute of it, and half a second of small
    planes."""

    def __init__(self, extractor: MoversExtractor, source: Source) -> None:
        self.extractor = extractor
        self.source = source
        self.anchors: list[Anchor] = []
        self.moments: list[Moment] = []
        self.jumps = JumpFinder()
        self.held: deque[tuple[float, Luma]] = deque()
        self.before: Luma | None = None

    def see(self, view: FrameView) -> None:
        """Find the thing that moves where the flow is measured; end the stretch where the picture jumps."""
        jump_s = self.jumps.see(view)
        if jump_s is not None:
            self._jump(jump_s)
        self.held.append((view.time_s, view.luma))
        while self.held[0][0] < view.time_s - HELD_S:
            self.held.popleft()
        flow = view.flow
        if flow is None:
            return
        first = next((luma for time_s, luma in self.held if time_s >= flow.start_s - 1e-6), view.luma)
        unchanged, border = _compare(first, view.luma) if len(flow.points) else (1.0, 0.0)
        stir = (0.0, 0.0, 0.0, 0.0) if self.before is None else _stir(self.before, view.tiny)
        self.before = view.tiny
        rests = unchanged >= UNCHANGED if flow.drift is None else is_resting(flow.drift)
        thing = find_thing(flow, unchanged, border)
        self.moments.append(Moment(flow.start_s, flow.end_s, flow.shape, thing, rests, *stir))
        idle = all(moment.thing is None and moment.stir < STIR for moment in self.moments[-IDLE:])
        if len(self.moments) >= LONGEST or (idle and len(self.moments) >= IDLE):
            self._close()

    def finish(self) -> list[Anchor]:
        """The movers, in order."""
        self._close()
        return self.anchors

    def _jump(self, jump_s: float) -> None:
        """End the stretch at a jump; what was measured across it is dropped."""
        later = [moment for moment in self.moments if moment.start_s >= jump_s]
        crossing = not self.moments or self.moments[-1].end_s < jump_s
        self.moments = [moment for moment in self.moments if moment.end_s < jump_s]
        self._close()
        if crossing:
            self.before = None
        self.moments = [replace(later[0], stir=0.0), *later[1:]] if later else []

    def _close(self) -> None:
        """Name what moved in the stretch, and begin another."""
        for course in name_courses(self.moments):
            self.anchors.append(self._anchor(course))
        self.moments = []

    def _anchor(self, course: Course) -> Anchor:
        width, height = self.source.width or 1, self.source.height or 1
        left, top, right, bottom = course.box
        value = MoverValue(
            direction=course.direction,
            share=course.share,
            speed=course.speed,
            confidence="high" if course.sure else "low",
        )
        return make_anchor(
            self.source, self.extractor, "dominant_mover", value, _describe(course),
            start_s=course.start_s, end_s=course.end_s,
            region=(left * width, top * height, right * width, bottom * height),
        )  # fmt: skip


def _describe(course: Course) -> str:
    where = {
        "towards": "comes towards the camera",
        "away": "moves away from the camera",
        "up": "moves up",
        "down": "moves down",
    }.get(course.direction, f"moves to the {course.direction}")
    said = "" if course.sure else "seemingly "
    return f"What moves most {said}{where} from {course.start_s:.1f} to {course.end_s:.1f} s."


def _compare(first: Luma, second: Luma) -> tuple[float, float]:
    """The share of the pixels that stay the same, and the share of those at the border that do not."""
    import cv2

    _, changed = cv2.threshold(cv2.absdiff(first, second), SAME, 1, cv2.THRESH_BINARY)
    height, width = changed.shape
    inner = changed[BORDER:-BORDER, BORDER:-BORDER]
    whole = cv2.countNonZero(changed)
    rim = whole - cv2.countNonZero(inner)
    return 1.0 - whole / changed.size, rim / max(1, height * width - inner.size)


def _stir(first: Luma, second: Luma) -> tuple[float, float, float, float]:
    """How much changed (levels of 255 over the whole picture), its middle and its spread, in picture
    widths."""
    import cv2

    change = cv2.absdiff(first, second)
    sums = cv2.moments(np.asarray(cv2.subtract(change, np.full_like(change, LIVELY))))
    whole = sums["m00"]
    if whole == 0.0:
        return 0.0, 0.0, 0.0, 0.0
    width = change.shape[1]
    x, y = (sums["m10"] / whole + 0.5) / width, (sums["m01"] / whole + 0.5) / width
    spread = math.sqrt(max(sums["mu20"], sums["mu02"]) / whole) / width
    return whole / change.size, x, y, spread
