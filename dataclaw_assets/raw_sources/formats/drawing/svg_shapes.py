"""The basic shapes of SVG (SVG 2, chapter 10) as curves; its lengths as pixels, transforms as matrices."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.drawing.canvas import MAX_COORDINATE, MAX_POINTS
from dataclaw_assets.raw_sources.formats.drawing.sketch import Point
from dataclaw_assets.raw_sources.formats.drawing.svg_path import (
    NUMBER,
    Curve,
    Subpath,
    arc_curves,
    read_path,
    skip_separators,
)

SHAPES = frozenset(("path", "line", "polyline", "polygon", "circle", "ellipse", "rect"))

MAX_TRANSFORMS = 64
"""Steps of one transform list; editors write one to three."""

Attributes = Mapping[str, str]

_UNITS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}
"""Pixels of each unit (CSS Values 4, section 6.2)."""

_LENGTH = re.compile(rf"({NUMBER.pattern})\s*(%|[a-zA-Z]*)", re.ASCII)
_LENGTH_CHARACTERS = 64
_STEP = re.compile(r"[\s,]*(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)\s*")


class Matrix(NamedTuple):
    """x' = a x + c y + e, y' = b x + d y + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def before(self, inner: Matrix) -> Matrix:
        """The matrix that applies `inner` first, then this one."""
        x, y = self._turn(inner.a, inner.b), self._turn(inner.c, inner.d)
        return Matrix(*x, *y, *self.move((inner.e, inner.f)))

    def move(self, point: Point) -> Point:
        """Where a point comes to lie."""
        x, y = self._turn(*point)
        return (x + self.e, y + self.f)

    def _turn(self, x: float, y: float) -> Point:
        return (self.a * x + self.c * y, self.b * x + self.d * y)


def shape_subpaths(tag: str, attributes: Attributes, view: Point | None) -> list[Subpath]:
    """What a shape draws, in its own coordinates; `view` is the width and height that percentages are of.

    Raises `UnreadableSource` (`bad_path`, `bad_shape`, `too_large`).
    """
    if tag == "path":
        data = attributes.get("d", "").strip()
        return [] if data == "none" else read_path(data)
    if tag in ("polyline", "polygon"):
        return _join(_read_points(attributes.get("points", "")), closed=tag == "polygon")

    def length(name: str, side: int) -> float:
        return read_length(attributes.get(name, "0"), view, side)

    if tag == "line":
        return [[((length("x1", 0), length("y1", 1)), (length("x2", 0), length("y2", 1)))]]
    if tag == "rect":
        radii = _read_corner(attributes, view)
        return _rectangle((length("x", 0), length("y", 1)), (length("width", 0), length("height", 1)), radii)
    radii = (length("r", 2),) * 2 if tag == "circle" else _read_corner(attributes, view)
    return _ellipse((length("cx", 0), length("cy", 1)), radii)


def read_length(text: str, view: Point | None, side: int) -> float:
    """A length in pixels. `side` says what a percentage is of: 0 the width of the view, 1 its height, 2 its
    diagonal over the square root of two. Raises `UnreadableSource` (`bad_shape`)."""
    found = _LENGTH.fullmatch(text.strip()[:_LENGTH_CHARACTERS])
    if found is None:
        raise UnreadableSource("bad_shape", f"“{text[:24]}” is not a length")
    unit = found[2].lower()
    if unit == "%" and view is not None:
        factor = (*view, math.hypot(*view) / math.sqrt(2))[side] / 100
    elif unit in _UNITS:
        factor = _UNITS[unit]
    else:
        raise UnreadableSource("bad_shape", f"a length in “{unit[:8]}”, whose size is not known")
    return _bounded(float(found[1]) * factor)


def read_transform(text: str) -> Matrix:
    """The matrix of a transform list. Raises `UnreadableSource` (`bad_transform`)."""
    at, matrix, steps, text = 0, Matrix(), 0, text.rstrip()
    while at < len(text):
        step = _STEP.match(text, at)
        steps += 1
        if step is None or steps > MAX_TRANSFORMS:
            raise UnreadableSource("bad_transform", f"“{text[at : at + 24]}”")
        matrix = matrix.before(_step_matrix(step[1], read_numbers(step[2])))
        at = step.end()
    return matrix


def read_numbers(text: str) -> list[float]:
    """The numbers of a list, parted by white space or commas. Raises `UnreadableSource`
    (`bad_shape`, `too_large`)."""
    numbers: list[float] = []
    at = skip_separators(text, 0)
    while at < len(text):
        found = NUMBER.match(text, at)
        if found is None:
            raise UnreadableSource("bad_shape", f"“{text[at : at + 24]}” is not a number")
        numbers.append(_bounded(float(found[0])))
        if len(numbers) > 2 * MAX_POINTS:
            raise UnreadableSource("too_large", f"a shape of more than {MAX_POINTS} points")
        at = skip_separators(text, found.end())
    return numbers


def _step_matrix(name: str, values: list[float]) -> Matrix:
    match name, values:
        case "matrix", [a, b, c, d, e, f]:
            return Matrix(a, b, c, d, e, f)
        case "translate", [x, *rest] if len(rest) < 2:
            return Matrix(e=x, f=rest[0] if rest else 0.0)
        case "scale", [x, *rest] if len(rest) < 2:
            return Matrix(a=x, d=rest[0] if rest else x)
        case "rotate", [degrees]:
            cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
            return Matrix(cos, sin, -sin, cos)
        case "rotate", [degrees, x, y]:
            turned = Matrix(e=x, f=y).before(_step_matrix("rotate", [degrees]))
            return turned.before(Matrix(e=-x, f=-y))
        case "skewX", [degrees]:
            return Matrix(c=math.tan(math.radians(degrees)))
        case "skewY", [degrees]:
            return Matrix(b=math.tan(math.radians(degrees)))
    raise UnreadableSource("bad_transform", f"{name} of {len(values)} numbers")


def _read_points(text: str) -> list[Point]:
    numbers = read_numbers(text)
    return list(zip(numbers[::2], numbers[1::2], strict=False))


def _read_corner(attributes: Attributes, view: Point | None) -> Point:
    """Both radii; one that is not given is as long as the other."""
    given = [attributes.get(name) for name in ("rx", "ry")]
    radii = [
        None if text in (None, "auto") else read_length(text or "0", view, side)
        for side, text in enumerate(given)
    ]
    across = radii[0] if radii[0] is not None else radii[1]
    down = radii[1] if radii[1] is not None else radii[0]
    return (across or 0.0, down or 0.0)


def _join(points: list[Point], closed: bool) -> list[Subpath]:
    if closed and len(points) > 1:
        points = [*points, points[0]]
    curves: list[Curve] = list(itertools.pairwise(points))
    return [curves] if curves else []


def _ellipse(centre: Point, radii: Point) -> list[Subpath]:
    if min(radii) <= 0:
        return []
    right, left = (centre[0] + radii[0], centre[1]), (centre[0] - radii[0], centre[1])
    return [
        [
            *arc_curves(right, radii, 0.0, False, True, left),
            *arc_curves(left, radii, 0.0, False, True, right),
        ]
    ]


def _rectangle(corner: Point, size: Point, radii: Point) -> list[Subpath]:
    (x, y), (width, height) = corner, size
    if width <= 0 or height <= 0:
        return []
    across, down = min(max(radii[0], 0.0), width / 2), min(max(radii[1], 0.0), height / 2)
    if across == 0 or down == 0:
        return _join([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], closed=True)
    right, bottom = x + width, y + height
    stops: list[tuple[Point, Point]] = [
        ((right - across, y), (right, y + down)),
        ((right, bottom - down), (right - across, bottom)),
        ((x + across, bottom), (x, bottom - down)),
        ((x, y + down), (x + across, y)),
    ]
    here: Point = (x + across, y)
    subpath: Subpath = []
    for straight, turned in stops:
        if here != straight:
            subpath.append((here, straight))
        subpath += arc_curves(straight, (across, down), 0.0, False, True, turned)
        here = turned
    return [subpath]


def _bounded(value: float) -> float:
    if not abs(value) <= MAX_COORDINATE:
        raise UnreadableSource("bad_shape", f"a number beyond {MAX_COORDINATE:g}")
    return value
