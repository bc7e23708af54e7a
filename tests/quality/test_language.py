"""Language is told from strings of characters and tokens, in any script."""

from __future__ import annotations

import random

import pytest

from dataclaw_assets.quality.language import find_nonsense

PIECES = """
ing tion pre Ġun ough str kl zz qu xy vb ex mat ric ob sk pl ét ör ung heit ción мен ться 视 كت ค ης ğı 한
foo Null self px ://x ]) 42 ## ++ Th Wa Zo Ke Mi
""".split()  # noqa: SIM905


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("What does the arm do after it stops?", ()),
        ("Press Enter.", ("At 17.55 s the log says the user pressed the key “Enter”.",)),
        ("Click “Materialize…”.", ("the log says the user clicked the button “Materialize…”",)),
        ("看图回答问题，先后顺序是什么？", ()),
        ("Welche Szene kommt nach dem Bild mit der Brücke?", ()),
    ],
)
def test_a_sentence_is_language(text: str, facts: tuple[str, ...]) -> None:
    assert find_nonsense(text, facts) is None


@pytest.mark.parametrize("text", ["", "word", "Press Enter.", "a a a", "....", "x1y2z3", "ab\u0000cd the of"])
def test_what_stands_on_no_small_word_and_no_fact_is_none(text: str) -> None:
    assert find_nonsense(text) is not None


def test_of_strings_of_random_tokens_none_passes() -> None:
    chance = random.Random(5)
    strings = [
        chance.choice(("", " ")).join(chance.choices(PIECES, k=chance.randint(1, 40))) for _ in range(2000)
    ]
    assert [text for text in strings if find_nonsense(text) is None] == []
