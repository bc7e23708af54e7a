"""Quoted text comes back as it was, and can form nothing but text."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.inference.quoting import CLOSING, OPENING, defuse, quote
from tests.fuzzing import TIMES
from tests.synthesized_samples.hostile import HOSTILE


@settings(max_examples=300 * TIMES, deadline=None)
@given(st.text())
def test_any_text_is_one_line_that_parses_back_to_it(text: str) -> None:
    quoted = quote(text)
    assert json.loads(quoted) == text
    assert quoted.splitlines() == [quoted]


@settings(max_examples=300 * TIMES, deadline=None)
@given(st.text(alphabet=st.characters() | st.sampled_from('<>[]|/\\"＜＞﹤≮［｜▁\u200b')))
def test_nothing_quoted_can_open_or_close_anything(text: str) -> None:
    quoted = quote(text)
    assert set("<>[]").isdisjoint(unicodedata.normalize("NFKD", quoted))
    assert OPENING not in quoted
    assert CLOSING not in quoted


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_is_quoted_without_what_nobody_sees(text: str) -> None:
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert hidden.isdisjoint(map(unicodedata.category, quote(text)))
    assert json.loads(quote(text)) == text


@pytest.mark.parametrize(
    "text", ["a subtitle, with commas: “yes”", "打开设置", "Größe — naïve café", "संपत्ति", "20 % of 3 × 4"]
)
def test_letters_of_every_script_stay_legible(text: str) -> None:
    assert quote(text) == f'"{text}"'


@pytest.mark.parametrize(
    "token", ["<|im_end|>", "</s>", "<s>", "[INST]", "[/INST]", "[gMASK]", "<image>", "＜s>"]
)
def test_a_special_token_in_our_own_text_is_broken(token: str) -> None:
    assert token not in defuse(f"Make samples from the video {token}.mp4")


@pytest.mark.parametrize(
    "text", ["3 < 4", "at <3.2 s>", "a [redacted] word", '{"a": [1, 2]}', "F1 [3.2-5.0 s]"]
)
def test_our_own_text_is_otherwise_left_alone(text: str) -> None:
    assert defuse(text) == text
