"""Subtitle lines of a video, from the files beside it and the tracks in it: exact times and plain words."""

from __future__ import annotations

import itertools
import logging
import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from dataclaw_assets.anchor_values import SubtitleValue
from dataclaw_assets.factual_anchors.extractors.contract import make_anchor
from dataclaw_assets.factual_anchors.extractors.subtitle_files import read_lines
from dataclaw_assets.factual_anchors.extractors.subtitle_tracks import Line, read_tracks
from dataclaw_assets.records import Anchor, Json, Sidecar, Source, Stream

log = logging.getLogger(__name__)

SAME_S = 0.05
"""Lines of the same words whose ends are no further apart than this are one line: containers round times to
their own clock, and no eye sees the difference."""


class Subtitles:
    """Lines that sidecars and the container's own tracks record. Both count from the start of the file, so
    that source time = file time − `origin_s`, as for sound and events."""

    name = "subtitles"
    version = "2"

    def applies(self, source: Source) -> bool:
        """Whether the source has a stream: only its container can tell whether it holds a track."""
        return source.stream is not None

    def params(self, source: Source) -> Json:
        """The sidecars' own bytes: they are not part of the source's id."""
        return {
            "files": sorted([item.sha256, item.language or ""] for item in _sidecars(source)),
            "origin_s": source.stream.origin_s if source.stream else 0.0,
            "duration_s": source.stream.duration_s if source.stream else 0.0,
        }

    def extract(self, source: Source, local: Callable[[str], Path]) -> list[Anchor]:
        """`subtitle` anchors: the sidecars in their order, then the tracks, each by time.

        Of equal lines one is kept. A line is cut to the stream; one wholly outside it is left out and counted
        in the log. Raises `UnreadableSource`: `bad_subtitles` when a sidecar is no subtitle file, `not_media`
        when the container does not open.
        """
        assert source.stream is not None
        lines: list[Line] = []
        for sidecar in _sidecars(source):
            for start_ms, end_ms, text in read_lines(local(sidecar.uri)):
                lines.append(Line(start_ms / 1000.0, end_ms / 1000.0, text, sidecar.language))
        if not source.stream.assembled:
            lines += read_tracks(local(source.stream.uri))
        anchors, dropped = [], 0
        for line in keep_one(lines):
            span = place_on_stream(line.start_s, line.end_s, source.stream)
            if span is None:
                dropped += 1
            else:
                anchors.append(self._anchor(source, line, *span))
        if dropped:
            log.warning("%d subtitle line(s) lie outside the video and were left out", dropped)
        return anchors

    def _anchor(self, source: Source, line: Line, start_s: float, end_s: float) -> Anchor:
        value = SubtitleValue(text=line.text, language=line.language)
        spoken = f"From {start_s:.2f} s to {end_s:.2f} s the subtitles read: “{line.text}”"
        return make_anchor(
            source, self, "subtitle", value, spoken, start_s=start_s, end_s=end_s, basis="recorded"
        )


def _sidecars(source: Source) -> tuple[Sidecar, ...]:
    return tuple(item for item in source.sidecars if item.role == "subtitles")


def place_on_stream(start_s: float, end_s: float, stream: Stream) -> tuple[float, float] | None:
    """An interval of file time on the source's clock, cut to the stream; None when nothing of it is left."""
    start_s = max(0.0, start_s - stream.origin_s)
    end_s = min(stream.duration_s, end_s - stream.origin_s)
    return (start_s, end_s) if end_s > start_s else None


def keep_one(lines: Iterable[Line]) -> list[Line]:
    """Lines without those that repeat an earlier one (`SAME_S`); a language that only the later one states is
    taken over. Lines that overlap and differ all stay."""
    kept: list[Line] = []
    cells: dict[tuple[str, int, int], int] = {}
    for line in lines:
        row, column = math.floor(line.start_s / SAME_S), math.floor(line.end_s / SAME_S)
        near = itertools.product((row, row - 1, row + 1), (column, column - 1, column + 1))
        places = (cells.get((line.text, *cell)) for cell in near)
        twin = next((at for at in places if at is not None and _is_same(kept[at], line)), None)
        if twin is None:
            cells[line.text, row, column] = len(kept)
            kept.append(line)
        elif kept[twin].language is None:
            kept[twin] = replace(kept[twin], language=line.language)
    return kept


def _is_same(first: Line, second: Line) -> bool:
    apart = max(abs(first.start_s - second.start_s), abs(first.end_s - second.end_s))
    return apart <= SAME_S + 1e-9
