"""Asking again: what the store holds, what a crash costs, and where a budget stops."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.inference.answers import Answer, Unusable
from resources.inference.client import WAVE, WRITING
from resources.inference.contract import Reply, ReplyError, Request
from resources.inference.settings import BudgetSettings
from resources.store import Store
from tests.fuzzing import TIMES
from tests.resources.inference.scripted import (
    GOOD,
    Crash,
    Proposal,
    ScriptedBackend,
    is_repair,
    list_keys,
    make_question,
    open_inference,
    refuse,
    say,
)

KEYS = [f"q{number}" for number in range(10)]


def test_second_run_asks_nobody_and_answers_the_same(tmp_path: Path) -> None:
    questions = [make_question(key) for key in KEYS]
    first = list(open_inference(tmp_path, ScriptedBackend(say)).ask(questions))
    backend = ScriptedBackend(say)
    second = list(open_inference(tmp_path, backend).ask(questions))
    assert backend.calls == []
    assert [answer.outcome for answer in second] == [answer.outcome for answer in first]
    assert all(answer.from_store for answer in second)


def test_fresh_run_asks_again(tmp_path: Path) -> None:
    list(open_inference(tmp_path, ScriptedBackend(say)).ask([make_question("q")]))
    backend = ScriptedBackend(say)
    inference = open_inference(tmp_path, backend, fresh=True)
    (answer,) = inference.ask([make_question("q")])
    assert not answer.from_store
    assert len(backend.answered) == 1


def test_fresh_run_pays_once_for_what_it_asks_twice(tmp_path: Path) -> None:
    backend = ScriptedBackend(say)
    inference = open_inference(tmp_path, backend, fresh=True)
    list(inference.ask([make_question("q")]))
    list(inference.ask([make_question("q")]))
    assert len(backend.answered) == 1


def test_same_words_under_two_keys_are_paid_once(tmp_path: Path) -> None:
    backend = ScriptedBackend(say)
    question = make_question("q")
    other = make_question("other")
    same = type(other)(
        Request("other", question.request.system, question.request.parts), other.kind, Proposal
    )
    answers = list(open_inference(tmp_path, backend).ask([question, same]))
    assert len(backend.answered) == 1
    assert [(answer.key, answer.from_store) for answer in answers] == [("q", False), ("other", True)]


@pytest.mark.parametrize("number", [0, 1, 5, 9])
def test_crash_in_the_middle_costs_only_what_was_missing(tmp_path: Path, number: int) -> None:
    def crash(request: Request) -> Reply:
        if request.parts[1] == f"task q{number}":
            raise Crash
        return say(request)

    questions = [make_question(key) for key in KEYS]
    with pytest.raises(Crash):
        list(open_inference(tmp_path, ScriptedBackend(crash)).ask(questions))
    backend = ScriptedBackend(say)
    answers = list(open_inference(tmp_path, backend).ask(questions))
    assert list_keys(backend.answered) == KEYS[number:]
    assert sorted(answer.key for answer in answers) == KEYS


def test_crash_is_resumed_on_every_kind_of_store(store: Store) -> None:
    def crash(request: Request) -> Reply:
        if list_keys([request]) == ["q4"]:
            raise Crash
        return say(request)

    questions = [make_question(key) for key in KEYS]
    with pytest.raises(Crash):
        list(open_inference(store, ScriptedBackend(crash)).ask(questions))
    backend = ScriptedBackend(say)
    answers = list(open_inference(store, backend).ask(questions))
    assert list_keys(backend.answered) == KEYS[4:]
    assert len(answers) == len(KEYS)


@settings(max_examples=40 * TIMES, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["good", "broken", "mended"]), st.integers(1, 3)), max_size=6),
    st.lists(st.integers(0, 8), max_size=6),
)
def test_no_reply_is_paid_twice_however_often_a_run_crashes(
    made: list[tuple[str, int]], crashes: list[int]
) -> None:
    questions = [make_question(f"{how} {at}", tries=tries) for at, (how, tries) in enumerate(made)]
    paid: list[str] = []

    def run(folder: Path, replies: int | None) -> list[Answer]:
        left = iter(range(replies if replies is not None else 1000))

        def script(request: Request) -> Reply:
            if next(left, None) is None:
                raise Crash
            paid.append(request.key)
            how = list_keys([request])[0].split()[0]
            return say(
                request, "{" if how == "broken" or (how == "mended" and not is_repair(request)) else GOOD
            )

        return list(open_inference(folder, ScriptedBackend(script)).ask(questions))

    with TemporaryDirectory() as folder:
        for replies in crashes:
            with suppress(Crash):
                run(Path(folder), replies)
        answers = run(Path(folder), None)
    expected = [(f"{how} {at}", number) for at, (how, tries) in enumerate(made) for number in range(tries)]
    assert sorted((answer.key, answer.attempt) for answer in answers) == sorted(expected)
    assert len(paid) == len(set(paid)) == sum(tries * (1 + (how != "good")) for how, tries in made)
    assert all(isinstance(answer.outcome, Unusable) == answer.key.startswith("broken") for answer in answers)


def test_crash_while_mending_keeps_the_first_replies(tmp_path: Path) -> None:
    def crash(request: Request) -> Reply:
        if is_repair(request):
            raise Crash
        return say(request, "{")

    questions = [make_question(key) for key in KEYS]
    with pytest.raises(Crash):
        list(open_inference(tmp_path, ScriptedBackend(crash)).ask(questions))
    backend = ScriptedBackend(say)
    answers = list(open_inference(tmp_path, backend).ask(questions))
    assert all(is_repair(request) for request in backend.answered)
    assert all(isinstance(answer.outcome, Proposal) for answer in answers)


def test_reply_is_in_the_store_when_its_answer_is_given(tmp_path: Path) -> None:
    questions = [make_question(key) for key in KEYS]
    for answer in open_inference(tmp_path, ScriptedBackend(say)).ask(questions):
        beside = ScriptedBackend(say)
        list(open_inference(tmp_path, beside).ask([make_question(answer.key)]))
        assert beside.answered == []


def test_closing_cancels_the_rest_and_keeps_what_came(tmp_path: Path) -> None:
    questions = [make_question(f"q{number}") for number in range(3 * WRITING)]
    backend = ScriptedBackend(say)
    answers = open_inference(tmp_path, backend).ask(questions)
    next(answers)
    assert backend.open
    answers.close()
    assert not backend.open
    later = ScriptedBackend(say)
    list(open_inference(tmp_path, later).ask(questions))
    assert len(backend.answered) + len(later.answered) == len(questions)


def test_passing_error_is_asked_again_next_time(tmp_path: Path) -> None:
    backend = ScriptedBackend(lambda request: refuse(request, "unavailable"))
    (answer,) = open_inference(tmp_path, backend).ask([make_question("q")])
    assert answer.outcome == ReplyError(code="unavailable")
    (answer,) = open_inference(tmp_path, ScriptedBackend(say)).ask([make_question("q")])
    assert isinstance(answer.outcome, Proposal)


def test_request_refused_for_good_is_not_asked_again(tmp_path: Path) -> None:
    list(
        open_inference(tmp_path, ScriptedBackend(lambda request: refuse(request, "bad_request"))).ask(
            [make_question("q")]
        )
    )
    backend = ScriptedBackend(say)
    (answer,) = open_inference(tmp_path, backend).ask([make_question("q")])
    assert answer.outcome == ReplyError(code="bad_request")
    assert backend.calls == []


def test_more_tries_later_pay_for_the_new_ones_only(tmp_path: Path) -> None:
    list(open_inference(tmp_path, ScriptedBackend(say)).ask([make_question("q", tries=2)]))
    backend = ScriptedBackend(say)
    list(open_inference(tmp_path, backend).ask([make_question("q", tries=5)]))
    assert [request.sampling.seed for request in backend.answered] == [2, 3, 4]


def outcomes(answers: list[Answer]) -> tuple[int, int]:
    """How many were answered, and how many the budget held back."""
    held = [answer.outcome for answer in answers if isinstance(answer.outcome, ReplyError)]
    assert all(error.code == "budget" for error in held)
    return len(answers) - len(held), len(held)


def test_budget_stops_after_the_wave_that_reaches_it(tmp_path: Path) -> None:
    backend = ScriptedBackend(say)
    questions = [make_question(f"q{number}") for number in range(3 * WAVE)]
    capped = open_inference(tmp_path, backend, budget=BudgetSettings(tokens=20))
    assert outcomes(list(capped.ask(questions))) == (WAVE, 2 * WAVE)


def test_budget_reached_resumes_where_it_stopped(tmp_path: Path) -> None:
    questions = [make_question(f"q{number}") for number in range(WAVE + 5)]
    list(open_inference(tmp_path, ScriptedBackend(say), budget=BudgetSettings(tokens=20)).ask(questions))
    backend = ScriptedBackend(say)
    resumed = open_inference(tmp_path, backend, budget=BudgetSettings(tokens=20))
    assert outcomes(list(resumed.ask(questions))) == (WAVE + 5, 0)
    assert len(backend.answered) == 5


def test_budget_spent_by_an_earlier_call_sends_nothing(tmp_path: Path) -> None:
    backend = ScriptedBackend(say)
    capped = open_inference(tmp_path, backend, budget=BudgetSettings(tokens=20))
    list(capped.ask([make_question("q0")]))
    assert outcomes(list(capped.ask([make_question("q1")]))) == (0, 1)
    assert len(backend.answered) == 1


def test_budget_holds_back_repairs_and_leaves_the_answer_open(tmp_path: Path) -> None:
    backend = ScriptedBackend(lambda request: say(request, "{"))
    capped = open_inference(tmp_path, backend, budget=BudgetSettings(tokens=20))
    assert outcomes(list(capped.ask([make_question("q")]))) == (0, 1)
    assert len(backend.answered) == 1


def test_what_the_store_holds_does_not_count_against_the_budget(tmp_path: Path) -> None:
    list(open_inference(tmp_path, ScriptedBackend(say)).ask([make_question("q")]))
    capped = open_inference(tmp_path, ScriptedBackend(say), budget=BudgetSettings(tokens=1))
    list(capped.ask([make_question("q")]))
    assert capped.budget.tokens == 0
