"""Stills of long sources: samples are thinned out, and the intervals stay exact."""

from __future__ import annotations

import pytest

from dataclaw_assets.anchor_values import StillValue
from dataclaw_assets.factual_anchors.extractors.stills import (
    MOST_SAMPLES,
    PHASE_S,
    STEP_S,
    StillsExtractor,
    StillsWatcher,
)
from dataclaw_assets.records import Anchor
from tests.builders import make_source
from tests.factual_anchors.made_views import make_view, paint_cells

SHOWN_S = 37.3
"""How long each slide is shown: the changes lie on no grid."""

SLIDES = 70
"""43 minutes: thinned out twice."""


def watch_slides(slides: int) -> tuple[StillsWatcher, list[Anchor]]:
    """A watcher of slides that all differ, each one frame that stays on screen; and what it found."""
    watcher = StillsExtractor().begin(make_source(duration_s=slides * SHOWN_S))
    before = None
    for number in range(slides):
        view = make_view(paint_cells(number, 8), number * SHOWN_S, number, before=before)
        watcher.see(view)
        before = view.luma
    return watcher, watcher.finish()


@pytest.fixture(scope="module")
def watched() -> tuple[StillsWatcher, list[Anchor]]:
    return watch_slides(SLIDES)


def test_samples_of_a_shorter_source_are_all_kept() -> None:
    watcher, _ = watch_slides(30)
    assert watcher.step_s == STEP_S
    assert len(watcher.samples) == 30 * SHOWN_S / STEP_S


def test_samples_are_thinned_out_when_there_are_too_many(watched: tuple[StillsWatcher, list[Anchor]]) -> None:
    watcher, _ = watched
    assert watcher.step_s == 4 * STEP_S
    assert MOST_SAMPLES // 2 < len(watcher.samples) <= MOST_SAMPLES


def test_samples_stay_on_their_grid(watched: tuple[StillsWatcher, list[Anchor]]) -> None:
    watcher, _ = watched
    steps = [(sample.time_s - PHASE_S) / watcher.step_s for sample in watcher.samples]
    assert steps == pytest.approx(range(len(steps)), abs=1e-6)


def test_each_slide_is_named_from_change_to_change(watched: tuple[StillsWatcher, list[Anchor]]) -> None:
    _, stills = watched
    assert [still.start_s for still in stills] == pytest.approx(
        [number * SHOWN_S for number in range(SLIDES)]
    )
    assert [still.end_s for still in stills] == pytest.approx(
        [(number + 1) * SHOWN_S for number in range(SLIDES)]
    )


def test_the_moment_is_off_the_grid_of_two_a_second(watched: tuple[StillsWatcher, list[Anchor]]) -> None:
    _, stills = watched
    times = [still.value.time_s for still in stills if isinstance(still.value, StillValue)]
    assert len(times) == SLIDES
    assert min(abs(2 * time_s - round(2 * time_s)) for time_s in times) > 0.05
