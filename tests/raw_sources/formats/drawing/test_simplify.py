"""Strokes are thinned to a few points that keep their shape, in bounded time."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.raw_sources.formats.drawing import simplify as module
from dataclaw_assets.raw_sources.formats.drawing.simplify import simplify
from tests.fuzzing import TIMES

Line = list[tuple[float, float]]

POINTS = st.tuples(st.floats(0, 512), st.floats(0, 512))


def test_short_stroke_is_kept_as_it_is() -> None:
    line = [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0)]
    assert simplify(line, 3) == line


def test_corners_are_kept_and_what_lies_between_them_is_not() -> None:
    line = [(float(at), 0.0) for at in range(100)] + [(99.0, float(at)) for at in range(1, 100)]
    assert simplify(line, 64) == [(0.0, 0.0), (99.0, 0.0), (99.0, 99.0)]


def test_shape_finer_than_the_limit_keeps_as_many_points_as_it_may() -> None:
    line = [(float(step % 2) * 400, step / 100) for step in range(10_000)]
    assert len(simplify(line, 64)) == 64


def test_furthest_point_is_kept_first() -> None:
    line = [(0.0, 0.0), (1.0, 5.0), (2.0, 0.0), (3.0, 9.0), (4.0, 0.0)]
    assert simplify(line, 3) == [(0.0, 0.0), (3.0, 9.0), (4.0, 0.0)]


def test_longest_stroke_costs_a_bounded_number_of_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = []
    measure = module._measure_distances

    def count(points: Any, start: Any, end: Any) -> Any:
        measured.append(points.shape[1])
        return measure(points, start, end)

    monkeypatch.setattr(module, "_measure_distances", count)
    simplify([(float(step % 2) * 400, step / 1_000) for step in range(20_000)], 64)
    assert sum(measured) <= 64 * 20_000


@given(st.lists(POINTS, min_size=1, max_size=200), st.integers(2, 64))
@settings(max_examples=100 * TIMES, deadline=None)
def test_thinned_stroke_is_made_of_its_own_points(line: Line, limit: int) -> None:
    kept = simplify(line, limit)
    assert len(kept) <= limit
    assert (kept[0], kept[-1]) == (line[0], line[-1])
    assert lies_in(line, kept)


def lies_in(line: Line, kept: Line) -> bool:
    """Whether the kept points lie in the line in this order."""
    rest = iter(line)
    return all(any(point == other for other in rest) for point in kept)
