"""A slice of the fuzz run: every damaged clip is read or gets a reason, and the parent lives."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.damage import damage
from tests.fuzz.reading import LOST, Tally, run
from tests.fuzz.seeds import write_seeds

COUNT, SEED = 44, 7


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """The whole clips."""
    return tuple(write_seeds(tmp_path_factory.mktemp("whole")))


@pytest.fixture(scope="module")
def tally(whole: tuple[Path, ...]) -> Tally:
    """What became of two damaged clips of each."""
    return run(whole, COUNT, SEED, 2, lambda: None)


def test_every_damaged_clip_has_an_outcome(tally: Tally) -> None:
    assert sum(tally.outcomes.values()) == COUNT


def test_no_error_comes_up_that_no_reader_expected(tally: Tally) -> None:
    assert tally.defects == []


def test_some_are_read_and_some_refused_by_a_reader(tally: Tally) -> None:
    refused = COUNT - tally.outcomes["read"] - sum(tally.outcomes[reason] for reason in LOST)
    assert tally.outcomes["read"] > 5
    assert refused > 5


def test_a_number_always_gives_the_same_damage() -> None:
    clips = [bytes(range(256)) * 4, bytes(1000)]
    made = [damage(clips, SEED, number) for number in range(20)]
    assert made == [damage(clips, SEED, number) for number in range(20)]
    assert any(data != clips[place] for place, data, _ in made)
