"""The camera's motion is measured in picture widths a second, and what moves by itself stays visible."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from dataclaw_assets.factual_anchors.extractors.contract import Luma
from dataclaw_assets.factual_anchors.measures.flow import Drift, measure_flow

HEIGHT, WIDTH = 90, 160
GAP_S = 0.1


def paint_plane(seed: int, height: int = HEIGHT, width: int = WIDTH) -> Luma:
    """Soft blobs everywhere."""
    import cv2

    noise = np.random.default_rng(seed).normal(0.0, 1.0, (height, width))
    soft = np.asarray(cv2.GaussianBlur(noise, (0, 0), 2.0))
    return np.asarray(np.clip(128 + 40 * soft / soft.std(), 0, 255), np.uint8)


def move(plane: Luma, across: float = 0.0, down: float = 0.0, scale: float = 1.0, turn: float = 0.0) -> Luma:
    """A plane shifted by pixels, scaled, and turned clockwise by radians around its centre."""
    import cv2

    height, width = plane.shape
    cosine, sine = scale * math.cos(turn), scale * math.sin(turn)
    matrix = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0]])
    centre = np.array([width / 2.0, height / 2.0])
    matrix[:, 2] = centre - matrix[:, :2] @ centre + (across, down)
    return np.asarray(cv2.warpAffine(plane, matrix, (width, height)), np.uint8)


def film(**moved: float) -> tuple[Luma, Luma]:
    """Two pictures of a plane that is larger than they are."""
    plane = paint_plane(1, HEIGHT + 60, WIDTH + 60)
    inside = (slice(30, 30 + HEIGHT), slice(30, 30 + WIDTH))
    return np.ascontiguousarray(plane[inside]), np.ascontiguousarray(move(plane, **moved)[inside])


def drift_of(**moved: float) -> Drift:
    drift = measure_flow(*film(**moved), 1.0, 1.0 + GAP_S).drift
    assert drift is not None
    return drift


@pytest.mark.parametrize(("across", "down"), [(4.0, 0.0), (-6.5, 0.0), (0.0, 3.5), (5.0, -2.0)])
def test_a_shift_is_measured(across: float, down: float) -> None:
    drift = drift_of(across=across, down=down)
    expected = (across / WIDTH / GAP_S, down / WIDTH / GAP_S)
    assert (drift.across, drift.down) == pytest.approx(expected, rel=0.05, abs=0.004)


@pytest.mark.parametrize("scale", [1.05, 0.96])
def test_a_zoom_is_measured(scale: float) -> None:
    assert drift_of(scale=scale).grow == pytest.approx(0.5 * math.log(scale) / GAP_S, rel=0.05)


@pytest.mark.parametrize("degrees", [3.0, -2.0])
def test_a_roll_is_measured(degrees: float) -> None:
    turn = math.radians(degrees)
    assert drift_of(turn=turn).turn == pytest.approx(0.5 * turn / GAP_S, rel=0.05)


def test_equal_pictures_have_no_points_and_no_drift() -> None:
    flow = measure_flow(paint_plane(1), paint_plane(1), 0.0, GAP_S)
    assert (len(flow.points), flow.drift) == (0, Drift(0.0, 0.0, 0.0, 0.0))


def test_plain_pictures_have_no_drift() -> None:
    dark, light = (np.full((HEIGHT, WIDTH), level, np.uint8) for level in (60, 120))
    assert measure_flow(dark, light, 0.0, GAP_S).drift is None


def median_own(camera: float) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The moves that are left of a thing that goes 5 px to the right, and of all around it."""
    first, second = film(across=camera)
    thing = paint_plane(2, 40, 40)
    first[24:64, 60:100], second[24:64, 65:105] = thing, thing
    flow = measure_flow(first, second, 0.0, GAP_S)
    assert flow.drift is not None
    inside = (np.abs(flow.points - (80.0, 44.0)) < 14.0).all(axis=1)
    outside = (np.abs(flow.points - (80.0, 44.0)) > 30.0).any(axis=1)
    return np.median(flow.own[inside], axis=0), np.median(flow.own[outside], axis=0)


@pytest.mark.parametrize("camera", [0.0, -3.0])
def test_a_thing_that_moves_by_itself_keeps_its_own_move(camera: float) -> None:
    thing, around = median_own(camera)
    assert thing == pytest.approx((5.0 - camera, 0.0), abs=0.25)
    assert around == pytest.approx((0.0, 0.0), abs=0.25)
