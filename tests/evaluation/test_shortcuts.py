"""Blind solvers: one that reads a give-away is found out, and chance is left alone."""

from __future__ import annotations

import random

import pytest

from dataclaw_assets.evaluation.give_aways import FEATURES, Look
from dataclaw_assets.evaluation.shortcuts import Tried, try_solvers
from dataclaw_assets.records import Verifier
from tests.validated_exports.builders import clip, film, sample

LETTERS = ("A", "B", "C", "D")


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> list[Look]:
    """Eighty choices of one of four, whose right answers and files are drawn by lot."""
    source = film(tmp_path_factory.mktemp("film"))
    chance, made = random.Random(3), []
    for number in range(80):
        right = chance.choice(LETTERS)
        asked = sample([clip(source, (0.01 * number, 3.0))], answer=right)
        asked = asked.model_copy(
            update={"verifier": Verifier(kind="choice", value=right), "source_id": f"{number % 8}"}
        )
        features = {letter: {"bytes": chance.random()} for letter in LETTERS}
        made.append(Look(asked, LETTERS, features))
    return made


def test_nothing_leaks_where_the_files_are_drawn_by_lot(looks: list[Look]) -> None:
    assert [tried.solver for tried in try_solvers(looks) if tried.leaks] == []


def test_the_largest_file_being_right_is_a_leak(looks: list[Look]) -> None:
    told = []
    for look in looks:
        features = {letter: dict(own) for letter, own in look.features.items()}
        features[look.sample.verifier.value]["bytes"] = 2.0
        told.append(Look(look.sample, look.labels, features))
    assert "most bytes" in {tried.solver for tried in try_solvers(told) if tried.leaks}


def test_one_letter_being_right_is_a_leak(looks: list[Look]) -> None:
    told = [
        Look(
            look.sample.model_copy(
                update={
                    "payload": look.sample.payload | {"answer": "B"},
                    "verifier": Verifier(kind="choice", value="B"),
                }
            ),
            look.labels,
            look.features,
        )
        for look in looks
    ]
    assert "the commonest answer" in {tried.solver for tried in try_solvers(told) if tried.leaks}


def test_an_interval_of_few_samples_says_nothing() -> None:
    assert not Tried("most bytes", 7, 7, 1.75).leaks
    assert Tried("most bytes", 8, 8, 2.0).leaks


def test_every_feature_is_tried_both_ways(looks: list[Look]) -> None:
    full = [
        Look(look.sample, look.labels, {k: dict.fromkeys(FEATURES, float(ord(k))) for k in LETTERS})
        for look in looks
    ]
    assert len(try_solvers(full)) == 1 + 2 * len(FEATURES)
