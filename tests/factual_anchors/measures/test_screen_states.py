"""Two pictures of a screen differ where more than a pointer does."""

from __future__ import annotations

import numpy as np
import pytest

from dataclaw_assets.factual_anchors.measures.screen_states import (
    Picture,
    compare,
    find_look_size,
    is_flat,
    may_differ,
)

BOX = (300, 200, 420, 260)


def paint(*boxes: tuple[int, int, int, int], level: int = 0) -> Picture:
    """A white screen of 1280 × 720 with boxes: left, top, right, bottom."""
    picture = np.full((720, 1280, 3), 255, np.uint8)
    for left, top, right, bottom in boxes:
        picture[top:bottom, left:right] = level
    return picture


@pytest.mark.parametrize("box", [BOX, (0, 0, 60, 40), (1200, 690, 1280, 720)], ids=["amid", "first", "last"])
def test_box_is_that_of_the_pixels_also_at_the_edges(box: tuple[int, int, int, int]) -> None:
    found = compare([paint()], [paint(box)])
    assert found is not None
    assert found.box == box


def test_equal_pictures_do_not_differ() -> None:
    found = compare([paint(BOX)], [paint(BOX)])
    assert found is not None
    assert (found.box, found.share, found.smaller) == (None, 0.0, 0)


@pytest.mark.parametrize(("side", "smaller"), [(26, 1), (40, 0)], ids=["a pointer", "an icon"])
def test_a_pointer_is_counted_and_left_out(side: int, smaller: int) -> None:
    found = compare([paint()], [paint((600, 300, 600 + side, 300 + side))])
    assert found is not None
    assert (found.smaller, found.box is None) == (smaller, smaller == 1)


def test_change_in_one_colour_is_one() -> None:
    red = paint()
    red[200:260, 300:420, 1] = 100
    found = compare([paint()], [red])
    assert found is not None
    assert found.box == BOX


def test_noise_along_letters_is_no_change() -> None:
    noise = paint()
    noise[300:312, 200:500:5] = 200
    assert compare([paint()], [noise]) is None
    assert may_differ(paint(), noise)


def test_what_was_still_changing_is_left_out() -> None:
    spinner = (900, 500, 960, 560)
    found = compare([paint()], [paint(BOX), paint(BOX, spinner)])
    assert found is not None
    assert found.box == BOX


def test_place_that_reaches_beyond_what_was_still_changing_is_kept_whole() -> None:
    lit = paint((300, 200, 420, 300))
    lit[200:230, 300:420] = 120
    found = compare([paint()], [paint((300, 200, 420, 300)), lit])
    assert found is not None
    assert found.box == (300, 200, 420, 300)


def test_moving_screen_is_not_compared() -> None:
    video = (100, 100, 600, 500)
    assert compare([paint(), paint(video)], [paint(BOX)]) is None


def test_small_place_counts_near_the_target_unless_it_is_a_caret() -> None:
    tick, caret = (600, 300, 612, 312), (640, 300, 642, 318)
    found = compare([paint()], [paint(tick, caret)], near=(590.0, 290.0, 660.0, 330.0))
    assert found is not None
    assert (found.box, found.smaller) == (tick, 1)


def test_shares_count_the_squares_that_hold_a_change() -> None:
    lines = paint(*[(0, top, 1280, top + 2) for top in range(0, 360, 8)])
    found = compare([paint()], [lines])
    assert found is not None
    assert found.share == pytest.approx(0.5, abs=0.02)


def test_one_colour_is_flat_and_a_line_of_text_is_not() -> None:
    assert is_flat(paint())
    assert not is_flat(paint((10, 10, 90, 12)))


@pytest.mark.parametrize(
    ("size", "expected"), [((1920, 1080), (1280, 720)), ((1080, 2400), (720, 1600)), ((640, 360), (640, 360))]
)
def test_pictures_are_looked_at_in_their_own_shape(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert find_look_size(*size) == expected
