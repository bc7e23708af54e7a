"""Strokes of a drawing in the order drawn, the pauses between them, its parts, and what its file calls it."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from dataclaw_assets.anchor_values import LabelValue, PartValue, PauseValue, StrokeValue
from dataclaw_assets.anchor_values.drawing import Direction
from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.contract import Box, make_anchor
from dataclaw_assets.raw_sources.formats.drawing.canvas import CANVAS_PX, fit_strokes
from dataclaw_assets.raw_sources.formats.drawing.inkml import read_inkml
from dataclaw_assets.raw_sources.formats.drawing.quickdraw import read_sketches
from dataclaw_assets.raw_sources.formats.drawing.simplify import simplify
from dataclaw_assets.raw_sources.formats.drawing.sketch import Point, Sketch
from dataclaw_assets.raw_sources.formats.drawing.svg_strokes import read_svg
from dataclaw_assets.records import Anchor, Json, Source

MAX_POINTS = 64
"""More points than this do not show at the size a trainer sees."""

CLOSED_SHARE = 0.1
"""A stroke is closed when its ends are nearer than this share of its length."""

PAUSE_S = 0.3
"""Shorter gaps are a lifted pen on its way: an aimed movement of the hand takes 0.2-0.3 s by itself."""

NEAR_PX = 10
"""Strokes nearer than this (2 % of the canvas, two widths of the ink as rendered) read as touching."""

APART_PX = 20
"""Strokes further apart than this read as separate; what lies between the two is open to argument."""

MAX_PARTS = 12
"""More groups by nearness than this are a texture, not parts."""

_COMPASS: tuple[Direction, ...] = (
    "east", "south-east", "south", "south-west", "west", "north-west", "north", "north-east",
)  # fmt: skip
_FILE_READERS: dict[str, Callable[[Path], Sketch]] = {"inkml": read_inkml, "svg": read_svg}


class Strokes:
    """`stroke`, `pause` and `part` anchors (measured: the points are the drawing; a part that the file names
    is recorded) and a `label` anchor (recorded)."""

    name = "strokes"
    version = "3"

    def applies(self, source: Source) -> bool:
        """Whether the source is a drawing whose strokes its file holds."""
        return source.format in _FILE_READERS or (source.format == "quickdraw" and source.member is not None)

    def params(self, source: Source) -> Json:
        """The canvas, how far a stroke is simplified, and what a pause and a part are."""
        return {
            "canvas": CANVAS_PX,
            "points": MAX_POINTS,
            "pause_s": PAUSE_S,
            "near_px": NEAR_PX,
            "apart_px": APART_PX,
        }

    def extract(self, source: Source, local: Callable[[str], Path]) -> list[Anchor]:
        """The anchors, strokes first, each kind in drawing order; raises `UnreadableSource` when the drawing
        is not there any more."""
        sketch = find_sketch(source, local(source.uri))
        lines = fit_strokes([stroke.points for stroke in sketch.strokes])
        spans = [(s.seconds[0], s.seconds[-1]) if s.seconds else None for s in sketch.strokes]
        anchors = [
            *self._describe_strokes(source, lines, spans),
            *self._find_pauses(source, lines, spans),
            *self._find_parts(source, sketch, lines, spans),
        ]
        if sketch.label:
            text = f"The drawing's file calls it “{sketch.label}”."
            label = LabelValue(text=sketch.label)
            anchors.append(make_anchor(source, self, "label", label, text, basis="recorded"))
        return anchors

    def _describe_strokes(
        self, source: Source, lines: Sequence[Sequence[Point]], spans: Sequence[tuple[float, float] | None]
    ) -> Iterator[Anchor]:
        lengths = [_length(line) for line in lines]
        ink = math.fsum(lengths)
        for index, (line, span) in enumerate(zip(lines, spans, strict=True)):
            direction = find_direction(line)
            value = StrokeValue(
                index=index,
                of=len(lines),
                points=tuple(simplify(line, MAX_POINTS)),
                length_share=lengths[index] / ink if ink > 0 else 1.0 / len(lines),
                closed=is_closed(line),
                duration_s=span[1] - span[0] if span else None,
                direction=direction,
            )
            shape = {"closed": "is a closed line", "none": "is a dot"}.get(
                direction, f"ends {direction} of where it begins"
            )
            yield make_anchor(
                source,
                self,
                "stroke",
                value,
                f"Stroke {index + 1} of {len(lines)} of the drawing {shape}.",
                start_s=span[0] if span else None,
                end_s=span[1] if span else None,
                region=_box([line]),
            )

    def _find_pauses(
        self, source: Source, lines: Sequence[Sequence[Point]], spans: Sequence[tuple[float, float] | None]
    ) -> Iterator[Anchor]:
        for index, (one, two) in enumerate(itertools.pairwise(spans)):
            if one is None or two is None or two[0] - one[1] < PAUSE_S:
                continue
            way = math.dist(lines[index][-1], lines[index + 1][0])
            value = PauseValue(
                after=index, before=index + 1, duration_s=two[0] - one[1], distance_px=round(way, 3)
            )
            text = f"The pen rests for {value.duration_s:.2f} s between strokes {index + 1} and {index + 2}."
            yield make_anchor(source, self, "pause", value, text, start_s=one[1], end_s=two[0])

    def _find_parts(
        self,
        source: Source,
        sketch: Sketch,
        lines: Sequence[Sequence[Point]],
        spans: Sequence[tuple[float, float] | None],
    ) -> Iterator[Anchor]:
        names = [stroke.part for stroke in sketch.strokes]
        named = any(names)
        groups = group_equal(names) if named else group_near(lines)
        for index, strokes in enumerate(groups):
            name = names[strokes[0]] if named else None
            value = PartValue(
                index=index,
                of=len(groups),
                strokes=tuple(strokes),
                by="file" if named else "nearness",
                name=name,
            )
            count = f"{len(strokes)} stroke{'s' if len(strokes) > 1 else ''}"
            what = f"which its file calls “{name}”" if named else "which lies apart from the others"
            times = [time for stroke in strokes for time in spans[stroke] or ()]
            yield make_anchor(
                source,
                self,
                "part",
                value,
                f"Part {index + 1} of {len(groups)} of the drawing, {what}, has {count}.",
                start_s=min(times) if times else None,
                end_s=max(times) if times else None,
                region=_box([lines[stroke] for stroke in strokes]),
                basis="recorded" if named else "measured",
            )


def find_sketch(source: Source, path: Path) -> Sketch:
    """The drawing that a source is; raises `UnreadableSource` when it cannot be used."""
    if source.format in _FILE_READERS:
        return _FILE_READERS[source.format](path)
    state = path.stat()
    found = _read_all(path, state.st_size, state.st_mtime_ns).get(source.member or 0)
    if found is None:
        raise UnreadableSource("missing", f"the file has no drawing {source.member}")
    if isinstance(found, UnreadableSource):
        raise found
    return found


@functools.lru_cache(maxsize=1)
def _read_all(path: Path, size: int, mtime_ns: int) -> dict[int, Sketch | UnreadableSource]:
    # The drawings of a file come one after the other: it is parsed once for all of them.
    return dict(read_sketches(path))


def group_equal(names: Sequence[str | None]) -> list[list[int]]:
    """The strokes of each name, in order of its first stroke; those without a name are left out."""
    groups: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        if name is not None:
            groups.setdefault(name, []).append(index)
    return list(groups.values())


def group_near(lines: Sequence[Sequence[Point]]) -> list[list[int]]:
    """The strokes that are joined by gaps of less than `NEAR_PX` and lie further than `APART_PX` from all
    others, in order of their first stroke.

    Nothing when all are joined or none is, when a gap is neither, or beyond `MAX_PARTS` groups. It is single
    linkage, found on the canvas: the ink is widened by half the gap, and what then touches is one.
    """
    import cv2

    plane = np.full((CANVAS_PX, CANVAS_PX), 255, np.uint8)
    for line in lines:
        path = np.rint(np.asarray(line, np.float64)).astype(np.int32)
        cv2.polylines(plane, [path.reshape(-1, 1, 2)], False, 0, 1)
        plane[path[0, 1], path[0, 0]] = 0  # a dot has no line
    distances = cv2.distanceTransform(plane, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    groupings = []
    for gap in (NEAR_PX, APART_PX):
        _, pieces = cv2.connectedComponents((distances < gap / 2).astype(np.uint8), connectivity=8)
        groups: dict[int, list[int]] = {}
        for index, line in enumerate(lines):
            across, down = (round(value) for value in line[0])
            groups.setdefault(int(pieces[down, across]), []).append(index)
        groupings.append(list(groups.values()))
    near, apart = groupings
    return near if near == apart and 1 < len(near) <= min(MAX_PARTS, len(lines) - 1) else []


def find_direction(line: Sequence[Point]) -> Direction:
    """The compass point, of eight, that the chord of a stroke comes nearest to; up on the sheet is north."""
    if is_closed(line):
        return "closed"
    across, down = line[-1][0] - line[0][0], line[-1][1] - line[0][1]
    if across == 0 and down == 0:
        return "none"
    return _COMPASS[round(math.atan2(down, across) / (math.pi / 4)) % 8]


def is_closed(line: Sequence[Point]) -> bool:
    """Whether a stroke of some length ends about where it began."""
    length = _length(line)
    return len(line) > 3 and length > 0 and math.dist(line[0], line[-1]) <= CLOSED_SHARE * length


def _box(lines: Sequence[Sequence[Point]]) -> Box:
    across, down = [x for line in lines for x, _ in line], [y for line in lines for _, y in line]
    return (min(across), min(down), max(across), max(down))


def _length(line: Sequence[Point]) -> float:
    return math.fsum(math.dist(one, two) for one, two in itertools.pairwise(line))
