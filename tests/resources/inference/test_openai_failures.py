"""What errors of OpenAI's protocol are taken to mean, and how long is waited after one."""

from __future__ import annotations

import email.utils
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.inference.openai_failures import (
    DETAIL_CHARS,
    LONGEST_WAIT_S,
    Failure,
    choose_wait,
    judge_failure,
)

GEMINI_WAIT = json.dumps([{"error": {"code": 429, "message": "quota", "details": [{"retryDelay": "34s"}]}}])


@pytest.mark.parametrize(
    ("headers", "text", "wait_s"),
    [
        ({}, "", None),
        ({"retry-after": "7"}, "", 7.0),
        ({"retry-after": "-7"}, "", 0.0),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "nan"}, "", None),
        ({"retry-after-ms": "1500", "retry-after": "7"}, "", 1.5),
        ({}, GEMINI_WAIT, 34.0),
    ],
)
def test_the_wait_is_what_the_server_says_first(
    headers: dict[str, str], text: str, wait_s: float | None
) -> None:
    assert judge_failure(429, text, headers).wait_s == wait_s


def test_a_wait_may_be_a_date() -> None:
    date = email.utils.formatdate(time.time() + 60.0, usegmt=True)
    wait_s = judge_failure(503, "", {"retry-after": date}).wait_s
    assert wait_s is not None
    assert 50.0 < wait_s <= 60.0


def test_waits_double_up_to_the_longest_and_are_spread() -> None:
    assert 0.25 <= choose_wait(1, None) <= 0.5
    assert 1.0 <= choose_wait(3, None) <= 2.0
    assert LONGEST_WAIT_S / 2 <= choose_wait(10_000, None) <= LONGEST_WAIT_S
    assert len({choose_wait(4, None) for _ in range(20)}) > 1


def test_a_long_message_is_cut() -> None:
    assert len(judge_failure(400, "x" * 100_000, {}).detail) <= DETAIL_CHARS + len("400 ")


def test_json_too_deep_to_read_is_taken_as_text() -> None:
    assert judge_failure(400, "[" * 100_000, {}).code == "bad_request"


def test_one_request_over_the_limit_of_a_minute_is_not_tried_again() -> None:
    text = json.dumps({"error": {"message": "Request too large for gpt-4o on tokens per min (TPM)"}})
    assert judge_failure(429, text, {}).scope == "request"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "message", "code", "detail"]), inner, max_size=3)
    ),
)


@settings(max_examples=200, deadline=None)
@given(
    status=st.integers(300, 599),
    text=st.text(max_size=200) | json_values.map(json.dumps),
    after=st.text(max_size=12),
)
def test_no_answer_breaks_it(status: int, text: str, after: str) -> None:
    assert isinstance(judge_failure(status, text, {"retry-after": after}), Failure)
