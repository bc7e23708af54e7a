"""One picture for each shot and for each state that the screen rests in, with its perceptual hash."""

from __future__ import annotations

from collections.abc import Sequence

from dataclaw_assets.anchor_values import FrameValue, KeyframeValue, ShotValue, StableValue
from dataclaw_assets.factual_anchors.extractors.contract import WholeFrameView, make_anchor
from dataclaw_assets.factual_anchors.extractors.shots import ShotsExtractor
from dataclaw_assets.factual_anchors.extractors.stable import StableExtractor
from dataclaw_assets.factual_anchors.measures.hashing import difference_hash
from dataclaw_assets.factual_anchors.measures.keyframe_times import keyframe_times
from dataclaw_assets.records import Anchor, Json, Source


class KeyframesExtractor:
    """Makes `keyframe`: the frames were chosen in the scan, and those that are no key frames are decoded
    again as anybody would."""

    name = "keyframes"
    version = "1"
    needs = (ShotsExtractor.name, StableExtractor.name)

    def applies(self, source: Source) -> bool:
        """To every source with a moving picture."""
        return source.stream is not None

    def params(self, source: Source) -> Json:
        """The versions of what chose the frames."""
        return {"shots": ShotsExtractor.version, "stable": StableExtractor.version}

    def look(self, source: Source, found: Sequence[Anchor]) -> KeyframesLooker:
        """A looker for one source."""
        return KeyframesLooker(self, source, found)


class KeyframesLooker:
    """Takes the hashes of key frames as the scan found them, and hashes the other pictures as they come."""

    def __init__(self, extractor: KeyframesExtractor, source: Source, found: Sequence[Anchor]) -> None:
        self.extractor = extractor
        self.source = source
        self.times: list[float] = []
        self._anchors: list[Anchor] = []
        self._chosen: dict[float, tuple[Anchor, FrameValue]] = {}
        for span in sorted(found, key=lambda anchor: anchor.kind):  # shots first: a state has the last word
            if isinstance(span.value, ShotValue | StableValue) and span.value.still is not None:
                self._chosen[span.value.still.time_s] = span, span.value.still
        for time_s in keyframe_times(found):
            span, still = self._chosen[time_s]
            if still.dhash is None or still.sharpness is None:
                self.times.append(time_s)
            else:
                self._add(span, still.time_s, still.frame, still.sharpness, still.dhash)

    def see(self, time_s: float, view: WholeFrameView) -> None:
        """Make the anchor of one picture."""
        span, still = self._chosen[time_s]
        self._add(span, view.time_s, still.frame, view.sharpness, difference_hash(view.luma))

    def finish(self) -> list[Anchor]:
        """One anchor a picture, by time: of the rest that it is of, else of its shot."""
        return sorted(self._anchors, key=lambda anchor: anchor.start_s or 0.0)

    def _add(self, span: Anchor, time_s: float, frame: int, sharpness: float, dhash: str) -> None:
        of_state = isinstance(span.value, StableValue)
        value = KeyframeValue(
            of="state" if of_state else "shot", time_s=time_s, frame=frame, sharpness=sharpness, dhash=dhash
        )
        what = "screen that does not change" if of_state else "shot"
        self._anchors.append(
            make_anchor(
                self.source, self.extractor, "keyframe", value,
                f"The picture at {time_s:.2f} s stands for the {what} "
                f"from {span.start_s:.2f} to {span.end_s:.2f} s.",
                start_s=span.start_s, end_s=span.end_s, frames=(frame, frame + 1),
            )
        )  # fmt: skip
