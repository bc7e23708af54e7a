"""SVG's basic shapes, lengths and transforms."""

from __future__ import annotations

import math

import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.drawing.svg_path import flatten
from dataclaw_assets.raw_sources.formats.drawing.svg_shapes import (
    MAX_TRANSFORMS,
    read_length,
    read_numbers,
    read_transform,
    shape_subpaths,
)


def draw(tag: str, **attributes: str) -> list[list[tuple[float, float]]]:
    return [flatten(subpath, 0.001) for subpath in shape_subpaths(tag, attributes, (200.0, 100.0))]


def test_line_joins_its_ends() -> None:
    assert draw("line", x1="1", y1="2", x2="3", y2="4") == [[(1, 2), (3, 4)]]


def test_polyline_is_left_open_and_polygon_closed() -> None:
    assert draw("polyline", points="0,0 1,0 1,1") == [[(0, 0), (1, 0), (1, 1)]]
    assert draw("polygon", points="0,0 1,0 1,1") == [[(0, 0), (1, 0), (1, 1), (0, 0)]]


def test_circle_is_round_and_closed() -> None:
    (line,) = draw("circle", cx="5", cy="6", r="2")
    assert line[0] == line[-1]
    assert max(abs(math.dist(point, (5, 6)) - 2) for point in line) < 0.003


def test_ellipse_has_both_radii() -> None:
    (line,) = draw("ellipse", rx="4", ry="1")
    assert max(x for x, _ in line) == pytest.approx(4)
    assert max(y for _, y in line) == pytest.approx(1, abs=0.003)


def test_rectangle_goes_round_its_corners() -> None:
    assert draw("rect", x="1", y="2", width="3", height="4") == [[(1, 2), (4, 2), (4, 6), (1, 6), (1, 2)]]


def test_round_corners_leave_the_corner_out() -> None:
    (line,) = draw("rect", width="10", height="10", rx="2")
    assert line[0] == line[-1] == (2, 0)
    assert min(math.dist(point, (10, 0)) for point in line) == pytest.approx(2 * (math.sqrt(2) - 1), abs=0.01)


@pytest.mark.parametrize(
    ("tag", "attributes"),
    [
        ("rect", {"width": "0", "height": "4"}),
        ("circle", {"r": "0"}),
        ("polyline", {}),
        ("path", {"d": "none"}),
    ],
)
def test_a_shape_without_size_draws_nothing(tag: str, attributes: dict[str, str]) -> None:
    assert draw(tag, **attributes) == []


@pytest.mark.parametrize(("text", "side", "pixels"), [("2px", 0, 2), ("1in", 0, 96), ("25.4mm", 0, 96),
                                                      ("50%", 0, 100), ("50%", 1, 50)])  # fmt: skip
def test_lengths_become_pixels(text: str, side: int, pixels: float) -> None:
    assert read_length(text, (200.0, 100.0), side) == pytest.approx(pixels)


@pytest.mark.parametrize("text", ["", "x", "1em", "1e308", "nan", "inf", "1" * 100_000, "1 2"])
def test_a_length_of_unknown_size_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSource, match="bad_shape"):
        read_length(text, (200.0, 100.0), 0)


def test_share_of_an_unknown_view_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="bad_shape"):
        read_length("50%", None, 0)


@pytest.mark.parametrize("text", ["1,x", "1 nan", "1e308 1", "--1"])
def test_a_list_that_is_not_of_numbers_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSource, match="bad_shape"):
        read_numbers(text)


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("translate(3)", (4, 2)),
        ("translate(3,4)", (4, 6)),
        ("scale(2)", (2, 4)),
        ("scale(2 3)", (2, 6)),
        ("rotate(90)", (-2, 1)),
        ("rotate(180 5 5)", (9, 8)),
        ("skewX(45)", (3, 2)),
        ("skewY(45)", (1, 3)),
        ("matrix(1 2 3 4 5 6)", (12, 16)),
        ("translate(10) scale(2), rotate(90)", (6, 2)),
    ],
)
def test_transform_moves_a_point(text: str, moved: tuple[float, float]) -> None:
    assert read_transform(text).move((1, 2)) == pytest.approx(moved)


@pytest.mark.parametrize(
    "text",
    ["translate(1", "turn(1)", "matrix(1 2)", "rotate(1 2)", "translate(1) 7", "scale()",
     "scale(1)" * (MAX_TRANSFORMS + 1)],
)  # fmt: skip
def test_a_transform_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSource, match="bad_transform"):
        read_transform(text)
