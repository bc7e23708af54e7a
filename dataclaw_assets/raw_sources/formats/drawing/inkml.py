"""InkML (W3C Recommendation of 2011): pen traces as strokes, with times where a channel has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.drawing.canvas import (
    MAX_COORDINATE,
    MAX_POINTS,
    MAX_STROKES,
    start_clock,
)
from dataclaw_assets.raw_sources.formats.drawing.sketch import Point, Sketch, Stroke
from dataclaw_assets.raw_sources.formats.drawing.sketch_names import Group, choose_parts, clean_name
from dataclaw_assets.raw_sources.formats.drawing.xml_text import MAX_DEPTH, parse_xml, split_name

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

INKML = "http://www.w3.org/2003/InkML"

MAX_CHANNELS = 64
"""Channels of a trace format; the recommendation reserves about twenty."""

_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_PER_SECOND = {"ms": 1e3, "msec": 1e3, "s": 1.0, "sec": 1.0, "us": 1e6, "ns": 1e9}
"""How many of each unit make a second; milliseconds where the channel names none."""

_LABEL_TYPES = frozenset(("truth", "label"))
_VALUE = re.compile(
    r"([!'\"]?)\s*([TF*?]|#[0-9A-Fa-f]{1,16}|[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*", re.ASCII
)
_SHOWN = 16


@dataclass(frozen=True)
class _Format:
    """Which place of a point holds which channel, and what its numbers mean."""

    channels: tuple[str, ...] = ("X", "Y")
    signs: tuple[float, float] = (1.0, 1.0)
    per_second: float | None = None


@dataclass
class _Trace:
    """One trace as it is read: its points, its ticks where it has times, its groups."""

    points: list[Point]
    ticks: list[float] | None
    groups: list[Group] = field(default_factory=list)


def read_inkml(path: Path) -> Sketch:
    """The drawing of an InkML file: a stroke for each trace of the pen on the sheet.

    Parts are its trace groups, by their own traces or by views of them; the label is the annotation of type
    `truth` or `label`. Points are in the units of the file, y downwards; times come from channel T and are
    left out when its unit is unknown or its clock runs backwards. A trace of the lifted pen is left out.
    Raises `UnreadableSource` (as `parse_xml`; `no_reader`, `bad_drawing`, `bad_trace`, `too_large`).
    """
    root = parse_xml(path)
    if split_name(root.tag) not in ((INKML, "ink"), ("", "ink")):
        raise UnreadableSource("no_reader", "XML document")
    layout = _read_format(root)
    traces, named = _read_traces(root, layout)
    if not traces:
        raise UnreadableSource("bad_drawing", "it has no strokes")
    _read_groups(root, traces, named)
    seconds = (
        start_clock([trace.ticks for trace in traces], layout.per_second)
        if layout.per_second
        else [None] * len(traces)
    )
    parts = choose_parts([trace.groups for trace in traces])
    strokes = tuple(
        Stroke(points=tuple(trace.points), seconds=times, part=part)
        for trace, times, part in zip(traces, seconds, parts, strict=True)
    )
    return Sketch(strokes=strokes, label=_read_label(root))


def read_values(text: str, channels: int) -> Iterator[list[float | bool | None]]:
    """The points of a trace as the values of their channels, differences added up (InkML, section 3.2.1).

    `!` begins explicit values, `'` first differences, `"` second ones; each holds for its channel until
    another comes. `*` repeats the last value or difference, `?` is an unknown value (None), T and F are
    booleans. Raises `UnreadableSource` (`bad_trace`, `too_large`).
    """
    modes = ["!"] * channels
    positions: list[list[float]] = [[] for _ in range(channels)]  # the last two values of each channel
    given: list[float | bool | None] = [None] * channels
    for number, piece in enumerate(text.split(",")):
        if number == MAX_POINTS:
            raise UnreadableSource("too_large", f"a trace of more than {MAX_POINTS} points")
        piece = piece.strip()
        if not piece:
            continue  # a comma at the end
        point: list[float | bool | None] = []
        at = 0
        while at < len(piece):
            found = _VALUE.match(piece, at)
            channel = len(point)
            if found is None or channel == channels:
                raise UnreadableSource("bad_trace", f"“{piece[:_SHOWN]}” is not a point of its format")
            at = found.end()
            modes[channel] = found[1] or modes[channel]
            if found[2] != "*":
                given[channel] = _read_value(found[2])
            point.append(_place(modes[channel], given[channel], positions[channel]))
        yield point


def _place(mode: str, value: float | bool | None, before: list[float]) -> float | bool | None:
    """The value of a channel, given what its mode makes of a number and the two values before."""
    if value is None or isinstance(value, bool):
        return value
    if mode != "!":
        if not before:
            raise UnreadableSource("bad_trace", "a difference to a value that is not there")
        value += before[-1]
        if mode == '"':
            value += before[-1] - before[0]
    if not abs(value) <= MAX_COORDINATE * MAX_COORDINATE:  # times of day in microseconds are large
        raise UnreadableSource("bad_trace", "a value beyond all bounds")
    before.append(value)
    del before[:-2]
    return value


def _read_value(text: str) -> float | bool | None:
    if text in ("T", "F"):
        return text == "T"
    if text == "?":
        return None
    return float(int(text[1:], 16)) if text.startswith("#") else float(text)


def _read_format(root: Element) -> _Format:
    found = {
        _read_channels(element) for element in root.iter() if _tag(element) == "traceFormat" and len(element)
    }
    if len(found) > 1:
        raise UnreadableSource("bad_drawing", "it has several trace formats")
    return found.pop() if found else _Format()


def _read_channels(layout: Element) -> _Format:
    channels = [e for e in layout.iter() if _tag(e) == "channel"][: MAX_CHANNELS + 1]
    names = tuple(channel.get("name", "") for channel in channels)
    if not {"X", "Y"} <= set(names) or len(set(names)) < len(names) or len(names) > MAX_CHANNELS:
        raise UnreadableSource("bad_drawing", "its trace format does not have X and Y, once each")
    by_name = dict(zip(names, channels, strict=True))
    turned = [by_name[name].get("orientation") == "-ve" for name in ("X", "Y")]
    clock = by_name.get("T")
    return _Format(
        channels=names,
        signs=(-1.0 if turned[0] else 1.0, -1.0 if turned[1] else 1.0),
        per_second=None if clock is None else _PER_SECOND.get(clock.get("units", "ms").strip().lower()),
    )


def _read_traces(root: Element, layout: _Format) -> tuple[list[_Trace], dict[object, _Trace]]:
    """The strokes in their order, and each by the trace elements and the ids that it is made of."""
    traces: list[_Trace] = []
    named: dict[object, _Trace] = {}
    count = 0
    set_aside = {part for element in root if _tag(element) == "definitions" for part in element.iter()}
    for element in root.iter():
        if _tag(element) != "trace" or element.get("type") == "penUp" or element in set_aside:
            continue
        trace = _read_trace(element.text or "", layout)
        if not trace.points:
            continue
        count += len(trace.points)
        if count > MAX_POINTS:
            raise UnreadableSource("too_large", f"a drawing of more than {MAX_POINTS} points")
        earlier = named.get(element.get("priorRef", "").lstrip("#"))
        if element.get("continuation") in ("middle", "end") and earlier is not None:
            earlier.points += trace.points
            known = earlier.ticks is not None and trace.ticks is not None
            earlier.ticks = [*(earlier.ticks or ()), *(trace.ticks or ())] if known else None
            trace = earlier
        else:
            traces.append(trace)
        named[element] = trace
        named[element.get(_XML_ID) or element.get("id") or element] = trace
        if len(traces) > MAX_STROKES:
            raise UnreadableSource("too_large", f"a drawing of more than {MAX_STROKES} strokes")
    return traces, named


def _read_trace(text: str, layout: _Format) -> _Trace:
    across, down = layout.channels.index("X"), layout.channels.index("Y")
    clock = layout.channels.index("T") if "T" in layout.channels else None
    points: list[Point] = []
    ticks: list[float] = []
    for values in read_values(text, len(layout.channels)):
        if len(values) <= max(across, down):
            raise UnreadableSource("bad_trace", "a point without X and Y")
        x, y = values[across], values[down]
        if not (_is_coordinate(x) and _is_coordinate(y)):
            raise UnreadableSource("bad_trace", "a point whose X or Y is not a coordinate")
        points.append((layout.signs[0] * float(x or 0), layout.signs[1] * float(y or 0)))
        tick = values[clock] if clock is not None and clock < len(values) else None
        if isinstance(tick, float):
            ticks.append(tick)
    return _Trace(points, ticks if len(ticks) == len(points) else None)


def _tag(element: Element) -> str:
    return split_name(element.tag)[1]


def _is_coordinate(value: float | bool | None) -> bool:
    return isinstance(value, float) and abs(value) <= MAX_COORDINATE


def _read_groups(root: Element, traces: list[_Trace], named: dict[object, _Trace]) -> None:
    """Note each trace's groups, outermost first; a view names a trace of this file by its id."""
    by_trace: dict[int, list[Group]] = {id(trace): trace.groups for trace in traces}

    def walk(element: Element, groups: tuple[Group, ...]) -> None:
        tag = _tag(element)
        if tag in ("traceGroup", "traceView"):
            reference = element.get("traceDataRef")
            if reference is not None and (seen := named.get(reference.lstrip("#"))) is not None:
                _extend(by_trace[id(seen)], groups)
            if len(element):
                groups = (*groups, Group(id(element), clean_name(_annotation(element))))
        elif tag == "trace" and element in named:
            _extend(by_trace[id(named[element])], groups)
        for child in element:
            walk(child, groups)

    walk(root, ())


def _extend(known: list[Group], groups: tuple[Group, ...]) -> None:
    if len(known) < MAX_DEPTH:  # views may name a trace again and again
        known += [group for group in groups if group not in known]


def _annotation(element: Element) -> str | None:
    return next(
        (
            child.text
            for child in element
            if _tag(child) == "annotation" and child.get("type", "").lower() in _LABEL_TYPES
        ),
        None,
    )


def _read_label(root: Element) -> str | None:
    """The file's own annotation, or that of the one group all its traces lie in."""
    text = _annotation(root)
    if text is None:
        groups = [child for child in root if _tag(child) in ("traceGroup", "trace")]
        text = _annotation(groups[0]) if len(groups) == 1 else None
    return clean_name(text)
