"""SVG drawings: the shapes of a document in its order as strokes, flattened, with the parts it names.

Nothing is followed: `<use>`, `<image>`, scripts, style sheets and links are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.drawing.canvas import MAX_COORDINATE, MAX_POINTS, MAX_STROKES
from dataclaw_assets.raw_sources.formats.drawing.sketch import Point, Sketch, Stroke
from dataclaw_assets.raw_sources.formats.drawing.sketch_names import Group, choose_parts, clean_name
from dataclaw_assets.raw_sources.formats.drawing.svg_path import FLATNESS, Subpath, flatten
from dataclaw_assets.raw_sources.formats.drawing.svg_shapes import (
    SHAPES,
    Matrix,
    read_length,
    read_numbers,
    read_transform,
    shape_subpaths,
)
from dataclaw_assets.raw_sources.formats.drawing.xml_text import parse_xml, split_name

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SVG = "http://www.w3.org/2000/svg"
KANJIVG = "http://kanjivg.tagaini.net"
INKSCAPE = "http://www.inkscape.org/namespaces/inkscape"

_CONTAINERS = frozenset(("svg", "g", "a", "switch"))
"""Elements whose children are drawn where they stand; those of `defs`, `symbol`, `clipPath`… are not."""

_DECLARATION = re.compile(r"\s*(display|visibility|fill|stroke)\s*:\s*([^;!]*)")


@dataclass(frozen=True)
class _Place:
    """What a shape inherits from the elements around it."""

    matrix: Matrix = field(default_factory=Matrix)
    groups: tuple[Group, ...] = ()
    shown: bool = True
    filled: bool = True
    stroked: bool = False
    inside: bool = False


@dataclass
class _Found:
    """What a walk has found: each subpath in the coordinates of the document, with its groups."""

    view: Point | None
    styled: bool
    kanji: bool
    subpaths: list[Subpath] = field(default_factory=list)
    groups: list[tuple[Group, ...]] = field(default_factory=list)
    pieces: dict[tuple[str, str], int] = field(default_factory=dict)
    counted: int = 0
    curves: int = 0


def read_svg(path: Path) -> Sketch:
    """The drawing of an SVG file: a stroke for each line drawn without lifting the pen.

    Parts are the groups that KanjiVG names by their element, or the `<g>` of any other file; the label is
    the element of the whole character, or the document's `<title>`. There are no times. Shapes that have
    neither fill nor line, or are hidden, are left out; points are in pixels of the document.
    Raises `UnreadableSource` (as `parse_xml`; `no_reader`, `bad_drawing`, `bad_path`, `bad_shape`,
    `bad_transform`, `too_large`).
    """
    root = parse_xml(path)
    if split_name(root.tag) not in ((SVG, "svg"), ("", "svg")):
        raise UnreadableSource("no_reader", "XML document")
    tags = {split_name(element.tag)[1] for element in root.iter()}
    kanji = any(f"{{{KANJIVG}}}element" in element.attrib for element in root.iter())
    found = _Found(view=_view_size(root), styled="style" in tags, kanji=kanji)
    _walk(root, _Place(), found)
    if not found.subpaths:
        raise UnreadableSource("bad_drawing", "it has no strokes")
    lines = _flatten_all(found.subpaths)
    parts = choose_parts(found.groups)
    strokes = tuple(Stroke(points=tuple(line), part=part) for line, part in zip(lines, parts, strict=True))
    return Sketch(strokes=strokes, label=_read_label(root, found))


def _walk(element: Element, place: _Place, found: _Found) -> None:
    namespace, tag = split_name(element.tag)
    if namespace not in ("", SVG) or tag not in _CONTAINERS | SHAPES:
        return
    style = _read_style(element)
    if style.get("display") == "none":
        return
    place = _inherit(place, element, style)
    if tag in SHAPES:
        # what a style sheet paints is not looked up: where there is one, nothing counts as unpainted
        if place.shown and (place.filled or place.stroked or found.styled):
            _add_shape(tag, element, place, found)
        return
    if tag == "g":
        place = replace(place, groups=(*place.groups, *_read_group(element, found)))
    elif tag == "svg" and place.inside:
        place = replace(place, matrix=place.matrix.before(_nested_matrix(element, found.view)))
    for child in element:
        _walk(child, replace(place, inside=True), found)


def _add_shape(tag: str, element: Element, place: _Place, found: _Found) -> None:
    for subpath in shape_subpaths(tag, element.attrib, found.view):
        moved = [tuple(place.matrix.move(point) for point in curve) for curve in subpath]
        if not all(abs(value) <= MAX_COORDINATE for curve in moved for point in curve for value in point):
            raise UnreadableSource("bad_drawing", f"a coordinate beyond {MAX_COORDINATE:g}")
        found.subpaths.append(moved)
        found.groups.append(place.groups)
        found.curves += len(moved)
        if len(found.subpaths) > MAX_STROKES:
            raise UnreadableSource("too_large", f"a drawing of more than {MAX_STROKES} strokes")
        if found.curves > MAX_POINTS:
            raise UnreadableSource("too_large", f"a drawing of more than {MAX_POINTS} points")


def _flatten_all(subpaths: Sequence[Subpath]) -> list[list[Point]]:
    points = [point for subpath in subpaths for curve in subpath for point in curve]
    sides = (max(point[axis] for point in points) - min(point[axis] for point in points) for axis in (0, 1))
    tolerance = FLATNESS * max(sides)
    lines: list[list[Point]] = []
    count = 0
    for subpath in subpaths:
        lines.append(flatten(subpath, tolerance))
        count += len(lines[-1])
        if count > MAX_POINTS:
            raise UnreadableSource("too_large", f"a drawing of more than {MAX_POINTS} points")
    return lines


def _read_style(element: Element) -> dict[str, str]:
    """The few properties that decide whether a shape is seen; the `style` attribute outdoes the others."""
    names = ("display", "visibility", "fill", "stroke")
    style = {name: element.attrib[name].strip() for name in names if name in element.attrib}
    for declaration in element.get("style", "").split(";"):
        if found := _DECLARATION.match(declaration):
            style[found[1]] = found[2].strip()
    return style


def _inherit(place: _Place, element: Element, style: dict[str, str]) -> _Place:
    def said(name: str, before: bool, *unseen: str) -> bool:
        value = style.get(name, "inherit")
        return before if value == "inherit" else value not in unseen

    text = element.get("transform")
    return replace(
        place,
        matrix=place.matrix.before(read_transform(text)) if text else place.matrix,
        shown=said("visibility", place.shown, "hidden", "collapse"),
        filled=said("fill", place.filled, "none", "transparent"),
        stroked=said("stroke", place.stroked, "none", "transparent"),
    )


def _read_group(element: Element, found: _Found) -> tuple[Group, ...]:
    """The group as one that may be a part; in KanjiVG only those named by an element are."""
    found.counted += 1
    if not found.kanji:
        name = element.get(f"{{{INKSCAPE}}}label") or element.get("id")
        return (Group(found.counted, clean_name(name)),)
    name = element.get(f"{{{KANJIVG}}}element")
    if name is None:
        return ()
    # an element that others interrupt comes in pieces: `kvg:part` counts them, `kvg:number` its occurrences
    piece, same = element.get(f"{{{KANJIVG}}}part"), (name, element.get(f"{{{KANJIVG}}}number", ""))
    if piece in (None, "1") or same not in found.pieces:
        found.pieces[same] = found.counted
    return (Group(found.pieces[same], clean_name(name)),)


def _view_size(svg: Element) -> Point | None:
    """Width and height of what percentages are of; None where the file does not say."""
    box = read_numbers(svg.get("viewBox", ""))
    if len(box) == 4:
        return (box[2], box[3])
    sides = [svg.get(name, "100%") for name in ("width", "height")]
    if any("%" in side for side in sides):
        return None
    return (read_length(sides[0], None, 0), read_length(sides[1], None, 1))


def _nested_matrix(svg: Element, view: Point | None) -> Matrix:
    """Where an `<svg>` within the drawing lies: its corner, and its view box fitted into its size, centred
    (SVG 2, section 8.2; other alignments are read as this default)."""
    corner = Matrix(e=read_length(svg.get("x", "0"), view, 0), f=read_length(svg.get("y", "0"), view, 1))
    box = read_numbers(svg.get("viewBox", ""))
    if len(box) != 4 or min(box[2:]) <= 0:
        return corner
    width = read_length(svg.get("width", "100%"), view, 0)
    height = read_length(svg.get("height", "100%"), view, 1)
    scale = min(width / box[2], height / box[3])
    left, top = (width - box[2] * scale) / 2, (height - box[3] * scale) / 2
    return corner.before(Matrix(a=scale, d=scale, e=left - box[0] * scale, f=top - box[1] * scale))


def _read_label(root: Element, found: _Found) -> str | None:
    if found.kanji:
        for group in found.groups[0]:
            if all(group in chain for chain in found.groups):
                return group.name
    title = root.find(f"{{{SVG}}}title")
    return clean_name(title.text) if title is not None else None
