"""Metrics out of answers: what was sent for, what was not, and sums."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.inference.answers import Asked
from resources.inference.contract import Image, Reply, ReplyError, Request, Video
from resources.inference.metrics import Metrics, measure
from resources.inference.settings import BudgetSettings
from tests.resources.inference.scripted import (
    Proposal,
    ScriptedBackend,
    is_repair,
    make_question,
    open_inference,
    say,
)


def answer_some(request: Request) -> Reply:
    """Good, broken once, broken for good, refused."""
    task = str(request.parts[1])
    if task == "task refused":
        return Reply(key=request.key, error=ReplyError(code="bad_request"), retries=2)
    if task == "task broken" or (task == "task mended" and not is_repair(request)):
        return say(request, "{")
    return say(request)


QUESTIONS = [make_question(key) for key in ("good", "mended", "broken", "refused")]


def test_all_that_was_asked_is_counted(tmp_path: Path) -> None:
    answers = list(open_inference(tmp_path, ScriptedBackend(answer_some)).ask(QUESTIONS))
    assert measure(answers, seconds=5.0, media_hits=3) == Metrics(
        requests=6,
        prompt_tokens=50,
        generated_tokens=50,
        media_hits=3,
        seconds=5.0,
        retries=2,
        repairs=2,
        errors={"bad_request": 1},
        unusable={"not_json": 1},
    )


def test_media_are_counted_where_they_are_sent(tmp_path: Path) -> None:
    image = Image(np.zeros((4, 4, 3), np.uint8))
    request = Request("q", "You write.", (image, Video((image.picture, image.picture), 2.0), "task"))
    asked = Asked(request, "video", Proposal)
    first = measure(open_inference(tmp_path, ScriptedBackend(say)).ask([asked]))
    second = measure(open_inference(tmp_path, ScriptedBackend(say)).ask([asked]))
    assert (first.media_sent, second.media_sent) == (2, 0)


def test_what_the_budget_held_back_was_not_sent(tmp_path: Path) -> None:
    capped = open_inference(tmp_path, ScriptedBackend(say), budget=BudgetSettings(tokens=1))
    found = measure(answer for key in ("q0", "q1") for answer in capped.ask([make_question(key)]))
    assert (found.requests, found.errors, found.prompt_tokens) == (2, {"budget": 1}, 10)


def test_what_the_store_held_costs_nothing(tmp_path: Path) -> None:
    list(open_inference(tmp_path, ScriptedBackend(answer_some)).ask(QUESTIONS))
    found = measure(open_inference(tmp_path, ScriptedBackend(answer_some)).ask(QUESTIONS))
    assert (found.requests, found.from_store, found.generated_tokens, found.cost) == (6, 6, 0, 0.0)


def test_parts_of_a_call_sum_to_the_call(tmp_path: Path) -> None:
    answers = list(open_inference(tmp_path, ScriptedBackend(answer_some)).ask(QUESTIONS))
    assert measure(answers[:2]) + measure(answers[2:]) == measure(answers)


def test_tokens_a_second_are_generated_ones() -> None:
    assert (
        Metrics(generated_tokens=100, prompt_tokens=900, seconds=4.0).as_json()["tokens_per_second"] == 25.0
    )


def test_no_time_is_no_speed() -> None:
    assert Metrics(generated_tokens=100).tokens_per_second == 0.0


counts = st.integers(0, 1000)
some_metrics = st.builds(
    Metrics,
    requests=counts,
    media_hits=st.none() | counts,
    errors=st.dictionaries(st.sampled_from(["bad_request", "budget"]), st.integers(1, 9)),
    seconds=st.integers(0, 100).map(float),
)


@settings(max_examples=100, deadline=None)
@given(some_metrics, some_metrics, some_metrics)
def test_sum_does_not_depend_on_the_order(first: Metrics, second: Metrics, third: Metrics) -> None:
    assert (first + second) + third == first + (second + third) == third + second + first


def test_nothing_is_the_neutral_sum() -> None:
    metrics = Metrics(requests=2, media_hits=1, errors={"budget": 1})
    assert metrics + Metrics() == metrics
