"""The one decoding pass over a stream, and the second look at a few of its pictures."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.contract import Looker, Luma, StreamExtractor, Watcher
from dataclaw_assets.factual_anchors.measures.flow import Flow, measure_flow
from dataclaw_assets.factual_anchors.measures.hashing import measure_sharpness
from dataclaw_assets.factual_anchors.measures.planes import (
    Shape,
    count_turns,
    find_stride,
    fit_plane,
    take_planes,
)
from dataclaw_assets.factual_anchors.measures.structure import measure_change
from dataclaw_assets.records import Anchor, Source
from resources.media import Frame, Picture, decode, to_picture
from resources.sampling import frames_on_screen

UNFILTERED = frozenset({"h264", "hevc"})
"""Codecs whose loop filter is skipped between key frames. VP9, AV1 and MPEG-4 decode no faster without
(`python -m bench.anchors`); VP8 does, by a fifth, but its coders put no key frames where shots begin, and to
decode those pictures again costs more than that."""

PAIR_S = 0.1
"""Pictures between which motion is measured are at least this far apart."""

LONGEST_PAIR_S = 0.5
"""Nothing is followed across a longer gap."""

FLOW_EVERY_S = 0.25
"""One pair of pictures in each stretch this long: motion is named for seconds."""

BURST = 32
"""Frames shown to the watchers in a row: between two of them the decoder empties the processor's caches, and
shown one by one each costs them half as much again (`make bench-anchors`)."""


class View:
    """One frame as watchers see it (`FrameView`); what nobody asks for is never computed."""

    def __init__(self, frame: Frame, stride: int, shape: Shape | None, before: Luma | None = None) -> None:
        self._before = before
        self._pair: tuple[float, Luma] | None = None
        self.index = frame.index
        self.time_s = frame.time_s
        self.is_exact = frame.is_exact
        self.is_key = bool(frame.video.key_frame)
        self.luma, self.chroma = take_planes(frame.video, stride, shape)

    def pair_with(self, time_s: float, luma: Luma) -> None:
        """Let `flow` be what moved since an earlier picture."""
        self._pair = time_s, luma

    @cached_property
    def change(self) -> float:
        """Mean absolute difference of luma to the frame before, of 255."""
        return 0.0 if self._before is None else measure_change(self._before, self.luma)

    @cached_property
    def tiny(self) -> Luma:
        """Mean luma of each cell of a grid of 32 × 18, or 18 × 32."""
        upright = self.luma.shape[0] > self.luma.shape[1]
        return fit_plane(self.luma, (32, 18) if upright else (18, 32))

    @cached_property
    def cells(self) -> tuple[Luma, Luma]:
        """`tiny`, and mean chroma of each cell of 16 × 9 (9 × 16 upright)."""
        upright = self.luma.shape[0] > self.luma.shape[1]
        return self.tiny, fit_plane(self.chroma, (16, 9) if upright else (9, 16))

    @cached_property
    def sharpness(self) -> float:
        """Mean absolute Laplacian of the small luma."""
        return measure_sharpness(self.luma)

    @cached_property
    def flow(self) -> Flow | None:
        """What moved since the picture this one is paired with."""
        if self._pair is None:
            return None
        return measure_flow(self._pair[1], self.luma, self._pair[0], self.time_s)


class WholeView(View):
    """One frame as lookers see it (`WholeFrameView`): its picture can be had as well."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame, find_stride(frame.video), None)
        self._video = frame.video

    def picture(self, width: int | None = None, height: int | None = None) -> Picture:
        """The frame in RGB as displayed, scaled by area averaging to `width` × `height` as displayed."""
        if count_turns(self._video) % 2:
            width, height = height, width
        return to_picture(self._video, width, height)


def scan_stream(
    source: Source, path: Path, extractors: Sequence[StreamExtractor], threads: int = 1
) -> dict[str, list[Anchor]]:
    """The anchors of each extractor, by its name, from decoding the source's stream once.

    One frame and what the extractors hold are in memory; nothing grows with the picture's size. The number
    of decoding threads does not change the result. Raises `UnreadableSource` when the source has no stream
    or nothing of it decodes, and whatever an extractor fails with.
    """
    found: dict[str, list[Anchor]] = {}
    for name, result in scan_each(source, path, extractors, threads).items():
        if isinstance(result, Exception):
            raise result
        found[name] = result
    return found


def scan_each(
    source: Source, path: Path, extractors: Sequence[StreamExtractor], threads: int = 1
) -> dict[str, list[Anchor] | Exception]:
    """`scan_stream`, in which an extractor that fails gives its error and costs no other."""
    watchers = {extractor.name: extractor.begin(source) for extractor in extractors}
    failed: dict[str, list[Anchor] | Exception] = {}
    seen = 0
    for view in _in_bursts(_view_frames(source, path, threads)):
        for name, watcher in list(watchers.items()):
            try:
                watcher.see(view)
            except MemoryError:
                raise  # whose fault it is cannot be told
            except Exception as error:
                failed[name] = error
                del watchers[name]
        seen += 1
    if seen == 0:
        raise UnreadableSource("no_frames", "no frame can be decoded")
    return failed | {name: _finish(watcher) for name, watcher in watchers.items()}


def _finish(watcher: Watcher) -> list[Anchor] | Exception:
    try:
        return watcher.finish()
    except MemoryError:
        raise
    except Exception as error:
        return error


def _in_bursts(views: Iterator[View]) -> Iterator[View]:
    while burst := list(itertools.islice(views, BURST)):
        yield from burst


def _view_frames(source: Source, path: Path, threads: int) -> Iterator[View]:
    import cv2

    if source.stream is None:
        raise UnreadableSource("no_video", "the source has no moving picture")
    cv2.setNumThreads(1)  # sources run side by side; on planes this small threads only cost
    stride, shape, due_s = 1, None, 0.0
    before: Luma | None = None
    pair: tuple[float, Luma] | None = None
    filtered: Literal["all", "key"] = "key" if source.stream.codec in UNFILTERED else "all"
    for frame in decode(path, source.stream, threads=threads, loop_filter=filtered):
        if before is None:
            stride = find_stride(frame.video)
        view = View(frame, stride, shape, before)
        gap_s = 0.0 if pair is None else frame.time_s - pair[0]
        if pair is not None and PAIR_S - 1e-6 <= gap_s <= LONGEST_PAIR_S:
            view.pair_with(*pair)
        yield view
        before, shape = view.luma, view.luma.shape[:2]
        if gap_s >= PAIR_S - 1e-6:
            pair = None
        if pair is None and frame.time_s >= due_s - 1e-6:
            pair = frame.time_s, before
            due_s = max(due_s + FLOW_EVERY_S, frame.time_s - FLOW_EVERY_S)


def look_again(source: Source, path: Path, looker: Looker) -> None:
    """Show a looker the pictures that it asked for, each decoded with all filters.

    Raises `UnreadableSource` when the source has no stream.
    """
    if source.stream is None:
        raise UnreadableSource("no_video", "the source has no moving picture")
    for time_s, frame in frames_on_screen(path, source.stream, sorted(set(looker.times))):
        looker.see(time_s, WholeView(frame))
