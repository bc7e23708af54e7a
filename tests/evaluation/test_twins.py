"""Twins must ask the same of media that differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from dataclaw_assets.evaluation.twins import main
from dataclaw_assets.records import Media, Sample, Verifier
from resources.home import open_home
from tests.validated_exports.builders import Deployment, clip, export, film, sample


def told(media: Sequence[Media], value: float) -> Sample:
    made = sample(media, twin_key="pair")
    return made.model_copy(
        update={"verifier": Verifier(kind="number", value=value), "sample_id": f"{made.sample_id}{value:.0f}"}
    )


@pytest.mark.parametrize(
    ("second", "value", "code"),
    [
        (((2.0, 4.0), (0.0, 2.0)), 3.0, 0),
        (((0.0, 2.0), (2.0, 4.0)), 3.0, 1),
        (((2.0, 4.0), (0.0, 2.0)), 1.0, 1),
    ],
    ids=["twins", "one clip twice", "one answer twice"],
)
def test_pairs_are_judged_by_their_answers_and_their_pixels(
    tmp_path: Path, second: tuple[tuple[float, float], ...], value: float, code: int
) -> None:
    deployment = Deployment(open_home(f"{tmp_path}/data"), tmp_path / "landing")
    source = film(deployment.landing)
    samples = [told([clip(source, (0.0, 2.0), (2.0, 4.0))], 1.0), told([clip(source, *second)], value)]
    deployment.publish([source], samples)
    export(deployment)
    assert main([deployment.home.store.uri]) == code
