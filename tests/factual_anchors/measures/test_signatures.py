"""Distances between signatures are those between pictures."""

from __future__ import annotations

import numpy as np
import pytest

from resources.media import Picture, distance, signature
from tests.factual_anchors.measures.test_naming import jitter, paint, paint_flat, sample


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (paint(1), paint(2)),
        (paint(1), jitter(paint(1), 7)),
        (paint(1), paint_flat(90, 90, 90)),
        (paint_flat(190, 90, 100), paint_flat(70, 150, 100)),
        (paint_flat(100, 130, 70), paint_flat(100, 110, 200)),
    ],
)
def test_distances_are_those_of_signatures(first: Picture, second: Picture) -> None:
    (_, measured) = sample([first, second]).measure(0, slice(None))
    assert measured == pytest.approx(distance(signature(first), signature(second)), abs=2 / 255)


@pytest.mark.parametrize("share", [0.05, 0.2, 0.6])
def test_the_bound_is_not_above_the_distance(share: float) -> None:
    mixed = [(paint(1) * (1 - share) + paint(seed) * share).astype(np.uint8) for seed in range(2, 40)]
    samples = sample([paint(1), *mixed])
    assert (samples.bound(0) - samples.measure(0, slice(None))).max() <= 2 / 255


def test_an_upright_picture_keeps_its_colours_in_place() -> None:
    first, second = (np.ascontiguousarray(np.rot90(paint(seed))) for seed in (1, 2))
    (_, measured) = sample([first, second]).measure(0, slice(None))
    assert measured == pytest.approx(
        distance(signature(first, 18, 32), signature(second, 18, 32)), abs=2 / 255
    )


def test_every_second_sample_is_dropped() -> None:
    signatures = sample([paint(seed) for seed in range(5)])
    kept = sample([paint(seed) for seed in (0, 2, 4)])
    signatures.thin_out()
    assert len(signatures) == 3
    assert (signatures.measure(0, slice(None)) == kept.measure(0, slice(None))).all()
    assert (signatures.bound(0) == kept.bound(0)).all()
