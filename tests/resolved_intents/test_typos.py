"""Slips of the pen: which are mended, which are other words."""

from __future__ import annotations

import pytest

from dataclaw_assets.resolved_intents.typos import count_slips, find_meant

KNOWN = ("click", "coordinate", "pair", "puzzle", "stroke", "tutorial")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("clikc", "click"), ("puzle", "puzzle"), ("tutorail", "tutorial"), ("cordinatte", "coordinate")],
)
def test_a_slip_is_mended(written: str, meant: str) -> None:
    assert find_meant(written, KNOWN) == meant


@pytest.mark.parametrize("word", ["clock", "pari", "strike out", "rain", "weather"])
def test_another_word_is_left_alone(word: str) -> None:
    assert find_meant(word, KNOWN) is None


def test_neighbours_exchanged_are_one_slip() -> None:
    assert (count_slips("tutorail", "tutorial"), count_slips("", "abc")) == (1, 3)
