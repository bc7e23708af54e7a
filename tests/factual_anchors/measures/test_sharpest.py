"""The frame that stands for an interval is sharp, steady, away from changes, and cheap to decode."""

from __future__ import annotations

import numpy as np
import pytest

from dataclaw_assets.factual_anchors.measures.hashing import difference_hash
from dataclaw_assets.factual_anchors.measures.sharpest import NEARLY, STEP_S, SharpestFinder
from tests.factual_anchors.made_views import make_view, paint_cells

SHARP, BLURRED = paint_cells(1, 2), paint_cells(1, 16)


def picked(finder: SharpestFinder, start_s: float, end_s: float) -> tuple[float, int] | None:
    still = finder.pick(start_s, end_s)
    return None if still is None else (still.time_s, still.frame)


def test_the_sharp_frame_is_taken() -> None:
    finder = SharpestFinder()
    for index in range(6):
        picture = SHARP if index == 3 else BLURRED
        finder.see(make_view(picture, index * STEP_S, index, is_exact=index == 0))
    assert picked(finder, 0.0, 6 * STEP_S) == (3 * STEP_S, 3)


def test_a_key_frame_nearly_as_fit_is_taken() -> None:
    nearly = (128 + 0.92 * (SHARP.astype(np.float32) - 128)).astype(np.uint8)
    finder = SharpestFinder()
    for index in range(6):
        view = make_view(nearly if index == 4 else SHARP, index * STEP_S, index, is_exact=index in (0, 4))
        finder.see(view)
    assert NEARLY < make_view(nearly, 0.0).sharpness / make_view(SHARP, 0.0).sharpness < 1.0
    assert picked(finder, STEP_S, 6 * STEP_S) == (4 * STEP_S, 4)


def test_of_two_sharp_frames_the_steady_one_is_taken() -> None:
    finder = SharpestFinder()
    calm = make_view(SHARP, 0.0).luma
    finder.see(make_view(BLURRED, 0.0, 0))
    finder.see(make_view(SHARP, STEP_S, 1, is_exact=False, before=make_view(BLURRED, 0.0).luma))
    finder.see(make_view(SHARP, 2 * STEP_S, 2, is_exact=False, before=calm))
    assert picked(finder, 0.0, 3 * STEP_S) == (2 * STEP_S, 2)


def test_a_frame_at_the_end_of_the_interval_is_not_taken() -> None:
    finder = SharpestFinder()
    for index in range(4):
        picture = SHARP if index == 3 else BLURRED
        finder.see(make_view(picture, index * STEP_S, index, is_exact=index == 0))
    assert picked(finder, 0.0, 3 * STEP_S + 0.05) != (3 * STEP_S, 3)


def test_a_key_frame_at_the_beginning_of_the_interval_is_taken() -> None:
    finder = SharpestFinder()
    for index in range(4):
        finder.see(make_view(SHARP, index * STEP_S, index, is_exact=index in (0, 2)))
    assert picked(finder, 2 * STEP_S, 4 * STEP_S) == (2 * STEP_S, 2)


def test_an_interval_between_two_rated_frames_has_none() -> None:
    finder = SharpestFinder()
    for index in range(10):
        finder.see(make_view(SHARP, index * STEP_S / 5, index, is_exact=index == 0))
    assert picked(finder, STEP_S / 5, STEP_S) is None


@pytest.mark.parametrize("fps", [5.0, 30.0, 60.0])
def test_few_frames_are_rated_whatever_the_rate(fps: float) -> None:
    finder = SharpestFinder()
    for index in range(round(4 * fps)):
        finder.see(make_view(BLURRED, index / fps, index, is_exact=index == 0))
    assert 7 <= len(finder._times) <= 8


def test_a_key_frame_needs_no_second_look_for_its_hash() -> None:
    finder = SharpestFinder()
    finder.see(make_view(SHARP, 0.0, 0, is_exact=True))
    finder.see(make_view(SHARP, STEP_S, 1, is_exact=False))
    key, other = finder.pick(0.0, STEP_S), finder.pick(STEP_S, 3 * STEP_S)
    assert key is not None
    assert key.dhash == difference_hash(make_view(SHARP, 0.0).luma)
    assert other is not None
    assert other.dhash is None


def test_what_any_decoder_gives_needs_none_either() -> None:
    finder = SharpestFinder()
    for index in range(4):
        view = make_view(SHARP, index * STEP_S, index)
        view.is_key = index == 0
        finder.see(view)
    still = finder.pick(STEP_S, 4 * STEP_S)
    assert still is not None
    assert still.frame > 0
    assert still.dhash == difference_hash(make_view(SHARP, 0.0).luma)
