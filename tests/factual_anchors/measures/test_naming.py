"""Distances between samples are those between pictures; the runs that one picture names are found."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from dataclaw_assets.factual_anchors.measures.naming import MOST_TRIED, choose_candidates, find_runs
from dataclaw_assets.factual_anchors.measures.signatures import Signatures
from resources.media import Picture, distance, signature

STEP_S = 0.25
SLIDES = (2, 5, 3)


def paint(seed: int) -> Picture:
    """32 × 18 pixels: a colour for each 2 × 2 of them, and a brightness for each one."""
    rng = np.random.default_rng(seed)
    colours = rng.integers(80, 176, (9, 16, 3)).repeat(2, axis=0).repeat(2, axis=1)
    return (colours + rng.integers(-40, 41, (18, 32, 1))).astype(np.uint8)


def list_times(count: int, step_s: float = STEP_S) -> npt.NDArray[np.float64]:
    return np.asarray(0.125 + step_s * np.arange(count), np.float64)


def sample(pictures: list[Picture]) -> Signatures:
    """Signatures of pictures as a decoder would give them."""
    import av

    signatures = Signatures(len(pictures))
    for picture, time_s in zip(pictures, list_times(len(pictures)), strict=True):
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        planar = np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8).ravel()
        chroma = planar[576:].reshape(2, *(side // 2 for side in picture.shape[:2])).transpose(1, 2, 0)
        signatures.append(time_s, planar[:576].reshape(picture.shape[:2]), chroma)
    return signatures


def jitter(picture: Picture, seed: int) -> Picture:
    """The same with a coder's noise."""
    noise = np.random.default_rng(seed).integers(-2, 3, picture.shape)
    return (picture.astype(np.int16) + noise).astype(np.uint8)


def show(*slides: int) -> list[Picture]:
    """Ten pictures of each slide."""
    return [jitter(paint(slide), 100 + place) for slide in slides for place in range(10)]


def paint_flat(red: int, green: int, blue: int) -> Picture:
    return np.full((18, 32, 3), (red, green, blue), np.uint8)


def find(pictures: list[Picture], fitness: npt.NDArray[np.float64] | None = None) -> list[tuple[int, int]]:
    runs = find_runs(sample(pictures), np.ones(len(pictures)) if fitness is None else fitness)
    return [(run.first, run.last) for run in runs]


def test_each_slide_is_one_run() -> None:
    assert find(show(*SLIDES)) == [(0, 9), (10, 19), (20, 29)]


def test_a_slide_shown_twice_names_no_run() -> None:
    assert find(show(2, 5, 2)) == [(10, 19)]


def test_what_is_not_fit_is_not_tried() -> None:
    fitness = np.ones(30)
    fitness[10:20] = 0.0
    assert find(show(*SLIDES), fitness) == [(0, 9), (20, 29)]


def test_a_run_says_how_far_the_rest_is() -> None:
    pictures = show(*SLIDES)
    run = find_runs(sample(pictures), np.ones(30))[0]
    rest = [distance(signature(pictures[run.sample]), signature(other)) for other in pictures[12:]]
    assert run.inside < 0.03
    assert run.outside == pytest.approx(min(rest), abs=2 / 255)


def test_pictures_tried_are_capped_for_a_long_source() -> None:
    chosen = choose_candidates(list_times(4800, step_s=4.0), np.ones(4800))
    assert MOST_TRIED // 2 < len(chosen) <= MOST_TRIED + 1


def test_of_each_stretch_the_fittest_is_tried() -> None:
    fitness = np.array([1.0, 3.0, 2.0, 1.0, 0.0, 0.0])
    assert choose_candidates(list_times(6), fitness) == [1, 2]
