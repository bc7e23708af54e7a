"""Words of a text: normalised, stemmed, parted at clauses."""

from __future__ import annotations

import pytest

from dataclaw_assets.resolved_intents.tokens import list_breaks, list_tokens, normalise, stem


@pytest.mark.parametrize(
    "words",
    [
        ("order", "orders", "ordered", "ordering"),
        ("puzzle", "puzzles", "puzzling"),
        ("stop", "stopped", "stops"),
    ],
    ids=lambda words: words[0],
)
def test_forms_of_a_word_share_a_stem(words: tuple[str, ...]) -> None:
    assert len({stem(word) for word in words}) == 1


def test_hyphens_and_slashes_part_words_and_apostrophes_do_not() -> None:
    found = [token.text for token in list_tokens(normalise("Step-by-step before/after, don’t!"))]
    assert found == ["step", "by", "step", "before", "after", "dont"]


def test_each_chinese_character_is_a_token_with_its_place() -> None:
    tokens = list_tokens(normalise("做ppt图"))
    assert [(token.text, token.start, token.is_han) for token in tokens] == [
        ("做", 0, True),
        ("ppt", 1, False),
        ("图", 4, True),
    ]


def test_a_decimal_point_ends_no_clause() -> None:
    assert list_breaks("0.5 s, then stop.") == [5, 16]
