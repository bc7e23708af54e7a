"""The difference hash follows what is where; sharpness follows focus."""

from __future__ import annotations

import numpy as np
import pytest

from dataclaw_assets.factual_anchors.extractors.contract import Luma
from dataclaw_assets.factual_anchors.measures.hashing import difference_hash, measure_sharpness


def draw_steps() -> Luma:
    """Random cells of 10 px."""
    cells = np.random.default_rng(5).integers(0, 255, (16, 18), dtype=np.uint8)
    return np.repeat(np.repeat(cells, 10, axis=0), 10, axis=1)


def count_differing_bits(first: Luma, second: Luma) -> int:
    return (int(difference_hash(first), 16) ^ int(difference_hash(second), 16)).bit_count()


@pytest.mark.parametrize(("last", "hashed"), [(255, "f" * 16), (0, "0" * 16)])
def test_bit_is_set_where_it_grows_brighter_to_the_right(last: int, hashed: str) -> None:
    row = np.linspace(255 - last, last, 90).astype(np.uint8)
    assert difference_hash(np.tile(row, (80, 1))) == hashed


def test_first_bit_is_the_top_left_one() -> None:
    grey = np.zeros((8, 9), np.uint8)
    grey[0, 1:] = 200
    assert difference_hash(grey) == "8000000000000000"


def test_noise_changes_few_bits() -> None:
    grey = draw_steps()
    noise = np.random.default_rng(6).normal(0, 6, grey.shape)
    assert count_differing_bits(grey, np.clip(grey + noise, 0, 255).astype(np.uint8)) <= 3


def test_mirrored_picture_has_another_hash() -> None:
    grey = draw_steps()
    assert count_differing_bits(grey, np.ascontiguousarray(grey[:, ::-1])) > 20


def test_sharpness_is_the_mean_size_of_the_laplacian() -> None:
    grey = np.full((5, 5), 100, np.uint8)
    grey[2, 2] = 110
    assert measure_sharpness(grey) == pytest.approx((40 + 4 * 10) / 25)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 2)])
def test_odd_shapes_are_measured(shape: tuple[int, int]) -> None:
    grey = np.full(shape, 90, np.uint8)
    assert (difference_hash(grey), measure_sharpness(grey)) == ("0" * 16, 0.0)
