"""One picture for each shot and for each state that the screen rests in, with its perceptual hash."""

from __future__ import annotations

from collections.abc import Sequence

from dataclaw_assets.anchor_values import KeyframeValue, ShotValue, StableValue
from dataclaw_assets.factual_anchors.extractors.contract import FrameView, make_anchor
from dataclaw_assets.factual_anchors.extractors.shots import ShotsExtractor
from dataclaw_assets.factual_anchors.extractors.stable import StableExtractor
from dataclaw_assets.factual_anchors.measures.hashing import difference_hash
from dataclaw_assets.factual_anchors.measures.keyframe_times import keyframe_times
from dataclaw_assets.records import Anchor, Json, Source


class KeyframesExtractor:
    """Makes `keyframe`: the frames were chosen in the scan, and are decoded again as anybody would."""

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
    """Hashes each picture as it comes."""

    def __init__(self, extractor: KeyframesExtractor, source: Source, found: Sequence[Anchor]) -> None:
        self.extractor = extractor
        self.source = source
        self.times = keyframe_times(found)
        self._chosen: dict[float, tuple[Anchor, int, bool]] = {}
        for anchor in sorted(found, key=lambda anchor: anchor.kind):  # shots first: a state has the last word
            value = anchor.value
            if isinstance(value, ShotValue | StableValue) and value.still_s is not None:
                frame = value.still_frame or 0
                self._chosen[value.still_s] = anchor, frame, isinstance(value, StableValue)
        self._anchors: list[Anchor] = []

    def see(self, time_s: float, view: FrameView) -> None:
        """Make the anchor of one picture: of the rest that it is of, else of its shot."""
        span, frame, of_state = self._chosen[time_s]
        value = KeyframeValue(
            of="state" if of_state else "shot",
            time_s=view.time_s,
            frame=frame,
            sharpness=view.sharpness,
            dhash=difference_hash(view.luma),
        )
        what = "screen that does not change" if of_state else "shot"
        self._anchors.append(
            make_anchor(
                self.source, self.extractor, "keyframe", value,
                f"The picture at {view.time_s:.2f} s stands for the {what} "
                f"from {span.start_s:.2f} to {span.end_s:.2f} s.",
                start_s=span.start_s, end_s=span.end_s, frames=(frame, frame + 1),
            )
        )  # fmt: skip

    def finish(self) -> list[Anchor]:
        """One anchor a picture, by time."""
        return self._anchors
