"""What an extractor is: it watches a stream's frames or reads a file, and gives typed anchors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from dataclaw_assets.anchor_values import Value
from dataclaw_assets.records import Anchor, Basis, Json, Source, digest

if TYPE_CHECKING:
    from dataclaw_assets.factual_anchors.measures.flow import Flow

Luma = npt.NDArray[np.uint8]
"""A small grey picture, height × width, as displayed."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the source."""


class FrameView(Protocol):
    """One frame of a stream as every extractor sees it, in presentation order.

    What is asked for is computed once, for all that ask; what nobody asks for costs nothing. During the scan
    of H.264 and HEVC, frames between key frames come without the decoder's loop filter (`is_exact` is False):
    good for measuring change, not for pictures or hashes that others should be able to compute again.
    """

    @property
    def index(self) -> int:
        """Number of the frame, from the start of the stream."""

    @property
    def time_s(self) -> float:
        """When the frame appears, in source time."""

    @property
    def is_exact(self) -> bool:
        """Whether any decoder gives these very pixels."""

    @property
    def is_key(self) -> bool:
        """Whether the coder made this a key frame, as most do where a shot begins."""

    @property
    def luma(self) -> Luma:
        """The luma plane taken every k-th pixel, about 160 px wide, rotated as displayed."""

    @property
    def chroma(self) -> Luma:
        """Both chroma planes taken like the luma, about a quarter of its size, height × width × 2."""

    @property
    def change(self) -> float:
        """Mean absolute difference of the small luma to that of the frame before, of 255; 0 at the first."""

    @property
    def tiny(self) -> Luma:
        """The luma averaged over the cells of a grid of 32 × 18 (18 × 32 upright)."""

    @property
    def cells(self) -> tuple[Luma, Luma]:
        """Mean luma of each cell of a grid of 32 × 18 and mean chroma of each of 16 × 9, for telling pictures
        apart; upright grids for upright pictures."""

    @property
    def sharpness(self) -> float:
        """Mean absolute Laplacian of the small luma plane."""

    @property
    def flow(self) -> Flow | None:
        """What moved since an earlier frame; about four times a second, else None."""


class WholeFrameView(FrameView, Protocol):
    """One frame decoded with all filters, whose picture can be had."""

    def picture(self, width: int | None = None, height: int | None = None) -> npt.NDArray[np.uint8]:
        """The frame in RGB as displayed, scaled by area averaging; costly at full size."""


class Watcher(Protocol):
    """One extractor at work on one stream. Times and windows are in seconds, never in frames."""

    def see(self, view: FrameView) -> None:
        """Take in the next frame; keep no reference to a view beyond the next one."""

    def finish(self) -> list[Anchor]:
        """The anchors found, once every frame was seen. A stream without frames gives none."""


class Looker(Protocol):
    """One extractor at work on chosen pictures of a stream, each decoded as any decoder does."""

    @property
    def times(self) -> Sequence[float]:
        """The times whose pictures it wants, in source time."""

    def see(self, time_s: float, view: WholeFrameView) -> None:
        """Take in the frame that is on screen at one of the times; they come in order, each once."""

    def finish(self) -> list[Anchor]:
        """The anchors found, once every picture was seen."""


@runtime_checkable
class Extractor(Protocol):
    """One kind of fact, its name and its version: a higher version is computed again, alone."""

    name: str
    version: str

    def applies(self, source: Source) -> bool:
        """Whether this extractor has anything to say about such a source; opens nothing."""

    def params(self, source: Source) -> Json:
        """Everything beside the source's bytes that changes what is found; its digest names the cache."""


@runtime_checkable
class StreamExtractor(Extractor, Protocol):
    """An extractor fed by the one decoding pass."""

    def begin(self, source: Source) -> Watcher:
        """A fresh watcher for one source."""


@runtime_checkable
class LookExtractor(Extractor, Protocol):
    """An extractor that looks at a few pictures, chosen by what others found; `params` names their
    versions."""

    needs: tuple[str, ...]
    """Names of the extractors whose anchors it starts from."""

    def look(self, source: Source, found: Sequence[Anchor]) -> Looker:
        """A looker for one source, given the anchors of the extractors that it needs."""


@runtime_checkable
class FileExtractor(Extractor, Protocol):
    """An extractor that reads the source's files by itself. `local` gives a local copy of a URI."""

    def extract(self, source: Source, local: Callable[[str], Path]) -> list[Anchor]:
        """The anchors found; raises `UnreadableSource` when the file cannot be read."""


def make_anchor(
    source: Source,
    extractor: Extractor,
    kind: str,
    value: Value,
    text: str,
    *,
    start_s: float | None = None,
    end_s: float | None = None,
    frames: tuple[int, int] | None = None,
    region: Box | None = None,
    basis: Basis = "measured",
    corroborated_by: tuple[str, ...] = (),
) -> Anchor:
    """An anchor whose id is the digest of all that it states; numbers are rounded to six decimals.

    Rounding keeps ids the same where the last bits of float arithmetic differ between machines.
    """
    body: dict[str, Any] = {
        "source_id": source.source_id,
        "kind": kind,
        "start_s": _rounded(start_s),
        "end_s": _rounded(end_s),
        "frames": frames,
        "region": _rounded(region),
        "value": type(value).model_validate(_rounded(value.model_dump())),
        "text": text,
        "basis": basis,
        "corroborated_by": corroborated_by,
        "extractor": extractor.name,
        "extractor_version": extractor.version,
        "params_hash": digest(extractor.params(source)),
    }
    return Anchor(anchor_id="a-" + digest(body), **body)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6) + 0.0
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_rounded(item) for item in value)
    return value
