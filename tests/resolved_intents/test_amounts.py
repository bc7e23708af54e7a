"""Number and difficulty as a request states them."""

from __future__ import annotations

import pytest

from dataclaw_assets.resolved_intents.amounts import read_amounts


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("about 50 hard ones", 50),
        ("make 10k samples", 10_000),
        ("1,500 examples", 1500),
        ("a dozen puzzles", 12),
        ("two hundred tricky questions", 200),
        ("give me 20", 20),
        ("一百二十条数据", 120),
        ("出十道选择题", 10),
        ("2万条", 20_000),
    ],
)
def test_a_number_of_samples_is_read(text: str, count: int) -> None:
    assert read_amounts(text).count == count


@pytest.mark.parametrize(
    "text",
    [
        "3x3 jigsaw",
        "multiple choice w/ 4 options",
        "four stills from the clip",
        "what happens in the next 3 seconds",
        "subtask from the first 8 frames",
        "questions with 4 options each",
        "每题四个选项",
        "切成六段打乱",
    ],
)
def test_a_number_of_other_things_is_none(text: str) -> None:
    assert read_amounts(text).count is None


@pytest.mark.parametrize(
    ("text", "difficulty"),
    [
        ("hard ones please", "hard"),
        ("simple questions", "easy"),
        ("of medium difficulty", "medium"),
        ("简单一点的题", "easy"),
        ("高难度拼图", "hard"),
        ("not too hard", None),
        ("easy and hard ones", None),
        ("puzzles", None),
    ],
)
def test_difficulty_is_read_where_one_level_is_stated(text: str, difficulty: str | None) -> None:
    assert read_amounts(text).difficulty == difficulty
