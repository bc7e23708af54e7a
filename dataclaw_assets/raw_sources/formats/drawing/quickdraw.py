"""QuickDraw drawings, raw (with times) and simplified, from ndjson or a JSON array."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.drawing.canvas import start_clock
from dataclaw_assets.raw_sources.formats.drawing.sketch import Sketch, Stroke
from dataclaw_assets.raw_sources.formats.drawing.sketch_names import clean_name
from dataclaw_assets.raw_sources.readers.contract import parse_json, read_json, read_lines

MAX_DRAWINGS = 2_000
"""How many drawings of a file are read; a whole category of the public data set holds over 100,000."""

MAX_POINTS = 10_000
"""How many points a drawing may have; the largest simplified ones have a few hundred."""

MAX_WORD = 64
"""Characters of a word; the longest of the data set's 345 has 17."""


def read_sketches(path: Path) -> Iterator[tuple[int, Sketch | UnreadableSource]]:
    """The drawings of a file by their number in it, each with the reason when it cannot be used.

    The label is the word that the data set asked for. Raises `UnreadableSource` (`no_reader`, `bad_json`,
    `too_large`) when the file as a whole is not one.
    """
    documents = _documents(path)
    first = next(documents, None)
    if not (isinstance(first, dict) and isinstance(first.get("drawing"), list)):
        raise UnreadableSource("no_reader", "JSON document")
    for index, document in enumerate(itertools.chain([first], documents)):
        if index == MAX_DRAWINGS:
            yield (
                index,
                UnreadableSource("too_many", f"only the first {MAX_DRAWINGS} drawings of a file are read"),
            )
            return
        if isinstance(document, UnreadableSource):
            yield index, document
            continue
        try:
            yield index, _read_sketch(document)
        except UnreadableSource as reason:
            yield index, reason


def _documents(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        start = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"[":
        document = read_json(path)
        yield from document if isinstance(document, list) else ()
        return
    for position, line in enumerate(read_lines(path)):
        try:
            yield parse_json(line)
        except UnreadableSource as reason:
            if position == 0:
                yield read_json(path)
                return
            yield reason


def _read_sketch(document: Any) -> Sketch:
    strokes = document.get("drawing") if isinstance(document, dict) else None
    if not isinstance(strokes, list) or not strokes:
        raise UnreadableSource("bad_drawing", "it has no strokes")
    if sum(len(axis) for stroke in strokes for axis in _first_axis(stroke)) > MAX_POINTS:
        raise UnreadableSource("too_large", f"a drawing of more than {MAX_POINTS} points")
    word = document.get("word")
    axes = [_read_axes(number, stroke) for number, stroke in enumerate(strokes)]
    seconds = start_clock([stroke[2] if len(stroke) > 2 else None for stroke in axes], 1000.0)
    return Sketch(
        strokes=tuple(
            Stroke(points=tuple(zip(stroke[0], stroke[1], strict=True)), seconds=times)
            for stroke, times in zip(axes, seconds, strict=True)
        ),
        label=clean_name(word, MAX_WORD) if isinstance(word, str) else None,
    )


def _first_axis(stroke: Any) -> list[list[Any]]:
    return stroke[:1] if isinstance(stroke, list) and stroke and isinstance(stroke[0], list) else []


def _read_axes(number: int, stroke: Any) -> list[list[float]]:
    axes = stroke[:3] if isinstance(stroke, list) else []
    if len(axes) < 2 or not all(isinstance(axis, list) for axis in axes):
        raise UnreadableSource("bad_drawing", f"stroke {number} is not a list of xs and ys")
    if not axes[0] or len({len(axis) for axis in axes}) != 1:
        raise UnreadableSource("bad_drawing", f"stroke {number}: its lists differ in length or are empty")
    if not all(_is_number(value) for axis in axes for value in axis):
        raise UnreadableSource("bad_drawing", f"stroke {number}: not all its values are numbers")
    return [[float(value) for value in axis] for axis in axes]


def _is_number(value: Any) -> bool:
    """A finite number that arithmetic with pixels can hold; JSON integers have no bound."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < 2**53
