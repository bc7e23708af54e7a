"""The path language of SVG (SVG 2, chapter 9): path data in, curves out, curves flattened to points."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.drawing.canvas import MAX_COORDINATE, MAX_POINTS
from dataclaw_assets.raw_sources.formats.drawing.sketch import Point

Curve = tuple[Point, ...]
"""Control points of a Bézier curve: two for a line, three for a quadratic, four for a cubic."""

Subpath = list[Curve]
"""Curves that follow one another without the pen being lifted."""

FLATNESS = 0.001
"""How far a flattened curve may be off, as a share of the drawing's size: half a pixel of the canvas."""

_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_SEPARATORS = re.compile(r"[\s,]*")
_FLAG = re.compile(r"[01]")
_SHOWN = 12


def read_path(data: str) -> list[Subpath]:
    """The subpaths of path data; one that draws nothing (a move alone) is left out.

    Raises `UnreadableSource` (`bad_path` for what is not path data, `too_large` for more than
    `canvas.MAX_POINTS` commands): what a path draws up to its mistake is not what its author drew.
    """
    pen = _Pen()
    at, letter = skip_separators(data, 0), ""
    while at < len(data):
        if data[at].upper() in _ARGUMENTS:
            letter = data[at]
            at += 1
        elif letter in ("", "Z", "z"):
            raise UnreadableSource("bad_path", f"no command at “{data[at : at + _SHOWN]}”")
        values, at = _read_arguments(data, at, letter.upper())
        pen.draw(letter, values)
        letter = {"M": "L", "m": "l"}.get(letter, letter)
        at = skip_separators(data, at)
    return pen.finish()


def arc_curves(
    start: Point, radii: Point, rotation: float, large: bool, sweep: bool, end: Point
) -> list[Curve]:
    """An elliptical arc as cubics of at most a quarter turn each; `rotation` in degrees.

    The parameters are turned into a centre and angles as SVG 2 appendix B.2.4 has it.
    """
    across, down = abs(radii[0]), abs(radii[1])
    if start == end:
        return []
    if across == 0 or down == 0:
        return [(start, end)]
    cos, sin = math.cos(math.radians(rotation)), math.sin(math.radians(rotation))
    half_x, half_y = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    x, y = (cos * half_x + sin * half_y) / across, (cos * half_y - sin * half_x) / down
    squared = x * x + y * y
    grow = max(1.0, math.sqrt(squared))  # radii too small to reach are scaled up
    across, down, x, y = across * grow, down * grow, x / grow, y / grow
    squared = x * x + y * y
    reach = math.sqrt(max(0.0, 1.0 / squared - 1.0)) * (1 if large != sweep else -1) if squared else 0.0
    mid_x, mid_y = reach * y, -reach * x
    first = math.atan2(y - mid_y, x - mid_x)
    turn = math.atan2(-y - mid_y, -x - mid_x) - first
    if sweep and turn < 0:
        turn += 2 * math.pi
    elif not sweep and turn > 0:
        turn -= 2 * math.pi
    centre = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)

    def place(unit_x: float, unit_y: float) -> Point:
        wide, tall = across * (unit_x + mid_x), down * (unit_y + mid_y)
        return (centre[0] + cos * wide - sin * tall, centre[1] + sin * wide + cos * tall)

    pieces = max(1, math.ceil(abs(turn) / (math.pi / 2) - 1e-9))
    step = turn / pieces
    pull = 4 / 3 * math.tan(step / 4)
    curves: list[Curve] = []
    for piece in range(pieces):
        one, two = first + piece * step, first + (piece + 1) * step
        curves.append(
            (
                curves[-1][-1] if curves else start,
                place(math.cos(one) - pull * math.sin(one), math.sin(one) + pull * math.cos(one)),
                place(math.cos(two) + pull * math.sin(two), math.sin(two) - pull * math.cos(two)),
                end if piece == pieces - 1 else place(math.cos(two), math.sin(two)),
            )
        )
    return curves


def flatten(subpath: Sequence[Curve], tolerance: float) -> list[Point]:
    """The points of a polyline that is nowhere further than `tolerance` from the curves.

    The number of equal steps is Wang's bound: the square root of d (d - 1) / 8 times the largest second
    difference of the control points over the tolerance, d being the degree.
    """
    points = [subpath[0][0]]
    for curve in subpath:
        degree = len(curve) - 1
        bend = max(
            (
                math.hypot(a[0] - 2 * b[0] + c[0], a[1] - 2 * b[1] + c[1])
                for a, b, c in zip(curve, curve[1:], curve[2:], strict=False)
            ),
            default=0.0,
        )
        steps = math.ceil(math.sqrt(degree * (degree - 1) / 8 * bend / tolerance)) if tolerance > 0 else 1
        points += [_at(curve, step / steps) for step in range(1, steps)]
        points.append(curve[-1])
    return points


def _at(curve: Curve, share: float) -> Point:
    while len(curve) > 1:
        curve = tuple(
            (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share) for a, b in itertools.pairwise(curve)
        )
    return curve[0]


def skip_separators(data: str, at: int) -> int:
    """Where the next thing begins that is neither white space nor a comma."""
    found = _SEPARATORS.match(data, at)
    return found.end() if found else at


def _read_arguments(data: str, at: int, command: str) -> tuple[list[float], int]:
    values = []
    for place in range(_ARGUMENTS[command]):
        at = skip_separators(data, at)
        pattern = _FLAG if command == "A" and place in (3, 4) else NUMBER
        found = pattern.match(data, at)
        if found is None:
            raise UnreadableSource("bad_path", f"no number at “{data[at : at + _SHOWN]}” of a {command}")
        value = float(found[0])
        if abs(value) > MAX_COORDINATE:
            raise UnreadableSource("bad_path", f"a coordinate beyond {MAX_COORDINATE:g}")
        values.append(value)
        at = found.end()
    return values, at


class _Pen:
    """Where the pen is, and what it has drawn."""

    def __init__(self) -> None:
        self._here: Point = (0.0, 0.0)
        self._start: Point = (0.0, 0.0)
        self._control: Point | None = None
        self._smooth = ""
        self._subpath: Subpath = []
        self._done: list[Subpath] = []
        self._commands = 0

    def draw(self, letter: str, values: list[float]) -> None:
        """Carry out one command with its arguments."""
        self._commands += 1
        if self._commands > MAX_POINTS:
            raise UnreadableSource("too_large", f"a path of more than {MAX_POINTS} commands")
        command, before = letter.upper(), self._smooth
        if self._commands == 1 and command != "M":
            raise UnreadableSource("bad_path", "it does not begin with a move")
        base = self._here if letter.islower() else (0.0, 0.0)
        self._smooth = command
        if command == "M":
            self._lift()
            self._here = self._start = (base[0] + values[0], base[1] + values[1])
        elif command == "Z":
            if self._here != self._start or not self._subpath:
                self._add(self._start)
            self._lift()
        elif command == "H":
            self._add((base[0] + values[0], self._here[1]))
        elif command == "V":
            self._add((self._here[0], base[1] + values[0]))
        elif command == "A":
            end = (base[0] + values[5], base[1] + values[6])
            radii = (values[0], values[1])
            curves = arc_curves(self._here, radii, values[2], values[3] == 1, values[4] == 1, end)
            self._subpath += curves
            self._here = end
        else:
            points = [(base[0] + x, base[1] + y) for x, y in zip(values[::2], values[1::2], strict=True)]
            if command in "ST":
                continued = before in ("CS" if command == "S" else "QT")
                points.insert(0, self._mirrored() if continued else self._here)
            self._add(*points)

    def finish(self) -> list[Subpath]:
        """What was drawn."""
        self._lift()
        return self._done

    def _add(self, *points: Point) -> None:
        self._subpath.append((self._here, *points))
        self._control = points[-2] if len(points) > 1 else None
        self._here = points[-1]

    def _mirrored(self) -> Point:
        control = self._control or self._here
        return (2 * self._here[0] - control[0], 2 * self._here[1] - control[1])

    def _lift(self) -> None:
        if self._subpath:
            self._done.append(self._subpath)
        self._subpath = []
        self._here = self._start
