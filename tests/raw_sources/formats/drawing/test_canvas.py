"""The canvas keeps a drawing's shape; the clock starts at its first point."""

from __future__ import annotations

from dataclaw_assets.raw_sources.formats.drawing.canvas import fit_strokes, start_clock


def test_canvas_keeps_shape_and_margin() -> None:
    assert fit_strokes([[(0, 0), (100, 50)], [(10, 5)]])[0] == [(32.0, 144.0), (480.0, 368.0)]


def test_canvas_of_a_single_point_is_its_middle() -> None:
    assert fit_strokes([[(7, 9)]]) == [[(256.0, 256.0)]]


def test_canvas_keeps_every_point_in_its_stroke() -> None:
    assert [len(line) for line in fit_strokes([[(0, 0), (1, 1)], [(2, 2), (3, 3), (4, 4)]])] == [2, 3]


def test_clock_starts_at_the_first_point() -> None:
    assert start_clock([[500, 750], [1000, 1400]], 1000) == [(0.0, 0.25), (0.5, 0.9)]


def test_one_stroke_without_times_stops_the_clock() -> None:
    assert start_clock([[500, 750], None], 1000) == [None, None]


def test_a_clock_that_starts_anew_with_each_stroke_is_no_clock() -> None:
    assert start_clock([[0, 750], [0, 400]], 1000) == [None, None]
