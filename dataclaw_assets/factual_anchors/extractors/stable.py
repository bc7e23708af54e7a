"""Stretches in which the screen stands still, and the box that changed before each (slides, screens)."""

from __future__ import annotations

import numpy as np

from dataclaw_assets.anchor_values import FrameValue, StableValue
from dataclaw_assets.factual_anchors.extractors.contract import Box, FrameView, Luma, make_anchor
from dataclaw_assets.factual_anchors.measures.sharpest import SharpestFinder
from dataclaw_assets.records import Anchor, Json, Source

LEAST_S = 1.0
"""Shorter rests are not worth a name."""

EQUAL_SHARE = 0.99
"""Least share of pixels that are equal while nothing changes (a caret or a pointer is less than 1 %)."""

EQUAL_LEVELS = 3
"""Pixels this near (of 255) count as equal: the noise of coding."""

CHANGED_LEVELS = 16
"""Pixels this far apart, four together, make the box of what changed: beyond the halo that coding leaves."""


class StableExtractor:
    """Makes `stable`."""

    name = "stable"
    version = "2"

    def applies(self, source: Source) -> bool:
        """To every source with a moving picture."""
        return source.stream is not None

    def params(self, source: Source) -> Json:
        """None: thresholds belong to the version."""
        return {}

    def begin(self, source: Source) -> StableWatcher:
        """A watcher that compares each frame with the first of its stretch."""
        return StableWatcher(self, source)


class StableWatcher:
    """Compares with the stretch's first picture, not the last one, so that a slow drift is a change too."""

    def __init__(self, extractor: StableExtractor, source: Source) -> None:
        self.extractor = extractor
        self.source = source
        self.anchors: list[Anchor] = []
        self.reference: Luma | None = None
        self.start: tuple[float, int] = (0.0, 0)
        self.last: tuple[float, int] = (0.0, 0)
        self.rested: Luma | None = None
        self.sharpest = SharpestFinder()

    def see(self, view: FrameView) -> None:
        """Go on with the stretch, or end it and begin another."""
        import cv2

        luma = view.luma
        self.sharpest.see(view)
        if self.reference is None:
            self.reference, self.start = luma, (view.time_s, view.index)
        else:
            _, differs = cv2.threshold(cv2.absdiff(self.reference, luma), EQUAL_LEVELS, 1, cv2.THRESH_BINARY)
            if cv2.countNonZero(differs) > (1.0 - EQUAL_SHARE) * luma.size:
                self._close(view.time_s, view.index)
                self.reference, self.start = luma, (view.time_s, view.index)
        self.last = (view.time_s, view.index)

    def finish(self) -> list[Anchor]:
        """The stretches of at least `LEAST_S`, in order."""
        stream = self.source.stream
        if stream is not None and self.reference is not None:
            self._close(max(stream.duration_s, self.last[0]), self.last[1] + 1)
            self.reference = None
        return self.anchors

    def _close(self, end_s: float, end_frame: int) -> None:
        start_s, start_frame = self.start
        if end_s - start_s < LEAST_S or self.reference is None:
            return
        region = self._box(self.rested, self.reference) if self.rested is not None else None
        self.rested = self.reference
        text = f"The picture does not change from {start_s:.2f} to {end_s:.2f} s."
        still = self.sharpest.pick(start_s, end_s)
        still = still or FrameValue(time_s=start_s, frame=start_frame)
        value = StableValue(changed_region=region, still=still)
        self.anchors.append(
            make_anchor(
                self.source, self.extractor, "stable", value, text,
                start_s=start_s, end_s=end_s, frames=(start_frame, end_frame), region=region,
            )
        )  # fmt: skip

    def _box(self, before: Luma, after: Luma) -> Box | None:
        """The box of what differs, in source pixels, right to one pixel of the small plane."""
        import cv2

        gap = np.asarray(cv2.absdiff(before, after))
        strong = (gap > CHANGED_LEVELS).astype(np.uint8)
        together = np.asarray(cv2.morphologyEx(strong, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)))
        for changed in (together, strong, gap > EQUAL_LEVELS):
            rows, columns = np.nonzero(changed)
            if len(rows):
                break
        else:
            return None
        height, width = before.shape
        across = (self.source.width or width) / width
        down = (self.source.height or height) / height
        return (
            float(columns.min() * across),
            float(rows.min() * down),
            float((columns.max() + 1) * across),
            float((rows.max() + 1) * down),
        )
