"""Path data: every command in both forms, arcs, mistakes, and curves flattened near enough."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.drawing import canvas
from dataclaw_assets.raw_sources.formats.drawing.svg_path import Curve, Subpath, flatten, read_path
from tests.fuzzing import TIMES


def ends(data: str) -> list[list[tuple[float, float]]]:
    """The ends of the curves of each subpath, its beginning first."""
    return [[subpath[0][0], *(curve[-1] for curve in subpath)] for subpath in read_path(data)]


@pytest.mark.parametrize(
    ("absolute", "relative"),
    [
        ("M1 2L3 4", "m1 2l2 2"),
        ("M1 2H5V7", "m1 2h4v5"),
        ("M1 2C3 4 5 6 7 8S9 9 8 8", "m1 2c2 2 4 4 6 6s2 1 1 0"),
        ("M1 2Q3 4 5 6T9 9", "m1 2q2 2 4 4t4 3"),
        ("M1 2A3 4 10 0 1 5 6", "m1 2a3 4 10 0 1 4 4"),
        ("M1 2 3 4 5 6Z", "m1 2 2 2 2 2z"),
    ],
)
def test_relative_form_draws_the_same(absolute: str, relative: str) -> None:
    assert read_path(absolute) == read_path(relative)


def test_pairs_after_a_move_are_lines() -> None:
    assert ends("M0 0 1 1 2 0") == [[(0, 0), (1, 1), (2, 0)]]


def test_each_move_begins_a_stroke() -> None:
    assert ends("M0 0L1 1M5 5L6 6") == [[(0, 0), (1, 1)], [(5, 5), (6, 6)]]


def test_a_move_alone_draws_nothing() -> None:
    assert read_path("M0 0M5 5") == []


def test_closing_goes_back_to_the_beginning() -> None:
    assert ends("M1 1H5V5Z") == [[(1, 1), (5, 1), (5, 5), (1, 1)]]


def test_after_closing_the_pen_is_at_the_beginning() -> None:
    assert ends("M1 1h4v4zl0 9")[1] == [(1, 1), (1, 10)]


def test_smooth_cubic_mirrors_the_control_before() -> None:
    assert read_path("M0 0C0 1 2 1 2 0S4 -1 4 0")[0][1] == ((2, 0), (2, -1), (4, -1), (4, 0))


def test_smooth_quadratic_mirrors_the_control_before() -> None:
    assert read_path("M0 0Q1 1 2 0T4 0")[0][1] == ((2, 0), (3, -1), (4, 0))


def test_smooth_curve_after_a_line_has_no_control_to_mirror() -> None:
    assert read_path("M0 0L2 0T4 0")[0][1] == ((2, 0), (2, 0), (4, 0))


def test_numbers_need_no_separators() -> None:
    assert ends("M.5.5-1-1e1") == [[(0.5, 0.5), (-1, -10)]]


def test_flags_of_an_arc_need_no_separators() -> None:
    assert read_path("M0 0a1 1 0 012 0") == read_path("M0 0a1 1 0 0 1 2 0")


@pytest.mark.parametrize(("sweep", "side"), [(0, 1.0), (1, -1.0)])
def test_half_circle_bulges_to_the_side_of_its_sweep(sweep: int, side: float) -> None:
    line = flatten(read_path(f"M-1 0A1 1 0 0 {sweep} 1 0")[0], 0.001)
    assert max(y * side for _, y in line) == pytest.approx(1.0, abs=0.005)
    assert max(abs(math.hypot(*point) - 1) for point in line) < 0.002


def test_large_arc_goes_the_long_way() -> None:
    line = flatten(read_path("M0 -1A1 1 0 1 0 1 0")[0], 0.001)
    assert min(x for x, _ in line) == pytest.approx(-1.0, abs=0.005)


def test_radii_that_do_not_reach_grow() -> None:
    line = flatten(read_path("M-2 0A1 1 0 0 1 2 0")[0], 0.001)
    assert min(y for _, y in line) == pytest.approx(-2.0, abs=0.01)


def test_turned_ellipse_lies_turned() -> None:
    line = flatten(read_path("M0 -2A2 1 90 0 1 0 2")[0], 0.001)
    assert max(x for x, _ in line) == pytest.approx(1.0, abs=0.005)


def test_arc_without_a_radius_is_a_line() -> None:
    assert read_path("M0 0A0 5 0 0 1 4 4") == [[((0, 0), (4, 4))]]


@pytest.mark.parametrize(
    "data",
    [
        "L1 1", "1 1", "M", "M1", "M1 1 L", "M1 1Z2 2", "M1 1X2 2", "M0 0A1 1 0 2 1 3 3",
        "M0 0LNaN 1", "M0 0L1e308 1", "M0 0Linf 1", "M0 0L1e999 1", "M0 0L١ 1",
    ],
)  # fmt: skip
def test_a_mistake_costs_the_path(data: str) -> None:
    with pytest.raises(UnreadableSource, match="bad_path"):
        read_path(data)


def test_a_path_of_a_million_commands_is_refused() -> None:
    with pytest.raises(UnreadableSource, match=f"more than {canvas.MAX_POINTS} commands"):
        read_path("M0 0" + "h1" * 1_000_000)


def test_straight_lines_get_no_points_of_their_own() -> None:
    assert flatten(read_path("M0 0L1 1L2 0")[0], 0.001) == [(0, 0), (1, 1), (2, 0)]


COORDINATE = st.floats(-1000, 1000)
POINT = st.tuples(COORDINATE, COORDINATE)


@settings(max_examples=60 * TIMES, deadline=None)
@given(curve=st.tuples(POINT, POINT, POINT, POINT), tolerance=st.floats(0.5, 20))
def test_flattened_curve_is_nowhere_further_than_the_tolerance(curve: Curve, tolerance: float) -> None:
    line = flatten([curve], tolerance)
    fine: Subpath = [curve]
    for point in flatten(fine, 0.5)[::7]:
        assert min(_from(point, *pair) for pair in itertools.pairwise(line)) <= tolerance + 1e-6


def _from(point: tuple[float, float], one: tuple[float, float], two: tuple[float, float]) -> float:
    across, down = two[0] - one[0], two[1] - one[1]
    squared = across * across + down * down
    share = ((point[0] - one[0]) * across + (point[1] - one[1]) * down) / squared if squared else 0.0
    share = max(0.0, min(1.0, share))
    return math.dist(point, (one[0] + share * across, one[1] + share * down))


@settings(max_examples=200 * TIMES, deadline=None)
@given(data=st.text("MmLlHhVvCcSsQqTtAaZz0123456789.-+e, ", max_size=40))
def test_any_text_is_a_path_or_a_reason(data: str) -> None:
    try:
        subpaths = read_path(data)
    except UnreadableSource:
        return
    assert all(subpath for subpath in subpaths)
