"""A text's bounds as a pattern: what it lets through, and no part of it beyond what grammars take."""

from __future__ import annotations

import re
from typing import Annotated

import pytest
from pydantic import BaseModel, Field

from resources.inference.bounds import REPEATS, bound_by_pattern


class Answer(BaseModel):
    """Texts bounded below, at and above one part of a pattern."""

    short: Annotated[str, Field(min_length=1, max_length=40, json_schema_extra=bound_by_pattern)]
    whole: Annotated[str, Field(min_length=1, max_length=100, json_schema_extra=bound_by_pattern)]
    odd: Annotated[str, Field(min_length=0, max_length=160, json_schema_extra=bound_by_pattern)]
    long: Annotated[str, Field(min_length=1, max_length=400, json_schema_extra=bound_by_pattern)]


FIELDS = Answer.model_json_schema()["properties"]


@pytest.mark.parametrize(
    ("name", "least", "most"), [("short", 1, 40), ("whole", 1, 100), ("odd", 0, 160), ("long", 1, 400)]
)
def test_a_pattern_lets_through_the_lengths_that_validation_does(name: str, least: int, most: int) -> None:
    fits = [size for size in range(most + 2) if re.search(FIELDS[name]["pattern"], "é" * size)]
    assert (fits[0], fits[-1], len(fits)) == (least, most, most - least + 1)


@pytest.mark.parametrize("letter", ["\n", "\x00", "\x7f", '"', "\\"])
def test_a_pattern_lets_nothing_through_that_json_would_have_to_escape(letter: str) -> None:
    assert re.search(FIELDS["short"]["pattern"], f"a{letter}b") is None


def test_no_part_of_a_pattern_repeats_more_often_than_grammars_take() -> None:
    counts = re.findall(r"\{\d+,(\d+)\}", "".join(field["pattern"] for field in FIELDS.values()))
    assert max(map(int, counts)) <= REPEATS


def test_a_length_stands_beside_no_pattern() -> None:
    assert all(not {"minLength", "maxLength"} & set(field) for field in FIELDS.values())
