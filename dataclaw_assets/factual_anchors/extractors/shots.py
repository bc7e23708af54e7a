"""Hard cuts, gradual transitions, and the shots between them."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass

from dataclaw_assets.anchor_values import CutValue, FrameValue, ShotValue, TransitionValue
from dataclaw_assets.factual_anchors.extractors.contract import FrameView, make_anchor
from dataclaw_assets.factual_anchors.measures.blends import Blend, BlendFinder
from dataclaw_assets.factual_anchors.measures.cuts import Cut, CutFinder
from dataclaw_assets.factual_anchors.measures.sharpest import SharpestFinder
from dataclaw_assets.records import Anchor, Json, Source

NEAR_CUT_S = 0.05
"""A blend that holds a cut, or touches one, is the cut seen blurred."""


@dataclass(frozen=True)
class Border:
    """Where one shot ends and the next begins; the two times are the same at a cut."""

    start_s: float
    end_s: float
    contrast: float


class ShotsExtractor:
    """Makes `cut`, `transition` and `shot`."""

    name = "shots"
    version = "3"

    def applies(self, source: Source) -> bool:
        """To every source with a moving picture."""
        return source.stream is not None

    def params(self, source: Source) -> Json:
        """None: thresholds belong to the version."""
        return {}

    def begin(self, source: Source) -> ShotsWatcher:
        """A watcher with both finders."""
        return ShotsWatcher(self, source)


class ShotsWatcher:
    """Feeds both finders; keeps each frame's time (8 bytes)."""

    def __init__(self, extractor: ShotsExtractor, source: Source) -> None:
        self.extractor = extractor
        self.source = source
        self.times = array("d")
        self.cut_finder = CutFinder()
        self.blend_finder = BlendFinder()
        self.sharpest = SharpestFinder()

    def see(self, view: FrameView) -> None:
        """Pass the frame to the finders."""
        self.times.append(view.time_s)
        self.cut_finder.see(view)
        self.blend_finder.see(view)
        self.sharpest.see(view)

    def finish(self) -> list[Anchor]:
        """Cuts, transitions and shots; the shots and transitions tile the source from 0 to its end."""
        stream = self.source.stream
        if stream is None or not self.times:
            return []
        self.cut_finder.finish()
        cuts = self.cut_finder.cuts
        blends = [blend for blend in self.blend_finder.finish() if not _holds_cut(blend, cuts)]
        anchors = [self._cut(cut) for cut in cuts] + [self._transition(blend) for blend in blends]
        borders = sorted(
            [Border(cut.time_s, cut.time_s, cut.contrast) for cut in cuts]
            + [Border(blend.start_s, blend.end_s, blend.contrast) for blend in blends],
            key=lambda border: border.start_s,
        )
        ends = [border.start_s for border in borders] + [max(stream.duration_s, self.times[-1])]
        starts = [0.0] + [border.end_s for border in borders]
        edges = [1.0] + [border.contrast for border in borders] + [1.0]
        shots = [
            (start_s, end_s, min(edges[place], edges[place + 1]))
            for place, (start_s, end_s) in enumerate(zip(starts, ends, strict=True))
            if range(*self._frames(start_s, end_s))  # what begins with a blend has no shot before it
        ]
        return anchors + [self._shot(place, *shot) for place, shot in enumerate(shots)]

    def _cut(self, cut: Cut) -> Anchor:
        text = f"The picture changes abruptly at {cut.time_s:.2f} s."
        return make_anchor(
            self.source, self.extractor, "cut", CutValue(contrast=cut.contrast), text,
            start_s=cut.time_s, end_s=cut.time_s, frames=(cut.index, cut.index + 1),
        )  # fmt: skip

    def _transition(self, blend: Blend) -> Anchor:
        how = "fades" if blend.style == "fade" else "dissolves"
        text = f"The picture {how} into another from {blend.start_s:.2f} to {blend.end_s:.2f} s."
        return make_anchor(
            self.source, self.extractor, "transition", TransitionValue(style=blend.style), text,
            start_s=blend.start_s, end_s=blend.end_s, frames=self._frames(blend.start_s, blend.end_s),
        )  # fmt: skip

    def _shot(self, place: int, start_s: float, end_s: float, edge: float) -> Anchor:
        shocks = (shock.contrast for shock in self.cut_finder.shocks if start_s < shock.time_s < end_s)
        first, stop = self._frames(start_s, end_s)
        middle = min((first + stop) // 2, len(self.times) - 1)
        picked = self.sharpest.pick(start_s, end_s)
        value = ShotValue(
            index=place,
            edge_contrast=edge,
            inner_contrast=max(shocks, default=0.0),
            still=picked or FrameValue(time_s=self.times[middle], frame=middle),
        )
        return make_anchor(
            self.source, self.extractor, "shot", value,
            f"One uninterrupted shot runs from {start_s:.2f} to {end_s:.2f} s.",
            start_s=start_s, end_s=end_s, frames=(first, stop),
        )  # fmt: skip

    def _frames(self, start_s: float, end_s: float) -> tuple[int, int]:
        return bisect_left(self.times, start_s - 1e-6), bisect_left(self.times, end_s - 1e-6)


def _holds_cut(blend: Blend, cuts: list[Cut]) -> bool:
    return any(blend.start_s - NEAR_CUT_S <= cut.time_s <= blend.end_s + NEAR_CUT_S for cut in cuts)
