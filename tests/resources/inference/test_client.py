"""Asking: routing, tries, one repair; what is asked once, of whom, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataclaw_assets.errors import InputError
from resources.inference.answers import Unusable
from resources.inference.client import open_backend
from resources.inference.contract import Reply, ReplyError, Sampling
from resources.inference.settings import OpenAISettings, VllmSettings
from tests.resources.inference.scripted import (
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


def test_all_are_sent_in_one_call_in_the_order_given(tmp_path: Path) -> None:
    backend = ScriptedBackend(say)
    list(open_inference(tmp_path, backend).ask([make_question(key) for key in reversed(KEYS)]))
    assert [list_keys(call) for call in backend.calls] == [KEYS[::-1]]


def test_answer_holds_the_proposal_and_who_wrote_it(tmp_path: Path) -> None:
    (answer,) = open_inference(tmp_path, ScriptedBackend(say)).ask([make_question("q")])
    assert isinstance(answer.outcome, Proposal)
    assert (answer.key, answer.reply.key, answer.attempt, answer.from_store) == ("q", "q", 0, False)
    assert (answer.backend, answer.model, answer.revision, answer.remote) == ("scripted", "tiny", "1", False)


def test_nothing_asked_calls_nobody(tmp_path: Path) -> None:
    backend = ScriptedBackend(say)
    assert list(open_inference(tmp_path, backend).ask([])) == []
    assert backend.calls == []


def test_key_given_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="different keys"):
        open_inference(tmp_path, ScriptedBackend(say)).ask([make_question("q"), make_question("q")])


def test_half_a_surrogate_pair_costs_one_letter(tmp_path: Path) -> None:
    text = '{"question": "a\ud83d", "facts": [], "score": 1}'
    (answer,) = open_inference(tmp_path, ScriptedBackend(lambda request: say(request, text))).ask(
        [make_question("q")]
    )
    assert isinstance(answer.outcome, Proposal)
    assert answer.outcome.question == "a?"


def test_request_without_a_reply_is_unavailable(tmp_path: Path) -> None:
    backend = ScriptedBackend(lambda request: None if request.parts[1] == "task q1" else say(request))
    answers = list(open_inference(tmp_path, backend).ask([make_question(key) for key in ("q0", "q1", "q2")]))
    errors = {answer.key for answer in answers if isinstance(answer.outcome, ReplyError)}
    assert errors == {"q1"}


def test_reply_to_nothing_asked_is_passed_over(tmp_path: Path) -> None:
    backend = ScriptedBackend(lambda request: Reply(key="another", text="{}"))
    (answer,) = open_inference(tmp_path, backend).ask([make_question("q")])
    assert isinstance(answer.outcome, ReplyError)


def test_broken_reply_is_mended(tmp_path: Path) -> None:
    backend = ScriptedBackend(lambda request: say(request) if is_repair(request) else say(request, "{"))
    (answer,) = open_inference(tmp_path, backend).ask([make_question("q")])
    assert isinstance(answer.outcome, Proposal)
    assert [exchange.reply.text[0:2] for exchange in answer.exchanges] == ["{", '{"']


def test_reply_is_mended_once_only(tmp_path: Path) -> None:
    backend = ScriptedBackend(lambda request: say(request, "[]" if is_repair(request) else "{"))
    (answer,) = open_inference(tmp_path, backend).ask([make_question("q")])
    assert isinstance(answer.outcome, Unusable)
    assert (answer.outcome.raw, answer.outcome.reason) == ("[]", "invalid")
    assert len(backend.answered) == 2


def test_repairs_go_together_in_the_order_given(tmp_path: Path) -> None:
    backend = ScriptedBackend(lambda request: say(request, "{"))
    list(open_inference(tmp_path, backend).ask([make_question(key) for key in KEYS]))
    assert [list_keys(call) for call in backend.calls] == [KEYS, KEYS]


def test_cut_off_reply_is_not_sent_back(tmp_path: Path) -> None:
    backend = ScriptedBackend(
        lambda request: say(request, "{").model_copy(update={"finish_reason": "length"})
    )
    (answer,) = open_inference(tmp_path, backend).ask([make_question("q")])
    assert isinstance(answer.outcome, Unusable)
    assert answer.outcome.reason == "cut_off"
    assert len(backend.answered) == 1


def test_repair_that_does_not_fit_leaves_the_first_verdict(tmp_path: Path) -> None:
    backend = ScriptedBackend(
        lambda request: refuse(request, "too_long") if is_repair(request) else say(request, "{")
    )
    (answer,) = open_inference(tmp_path, backend).ask([make_question("q")])
    assert isinstance(answer.outcome, Unusable)
    assert answer.outcome.raw == "{"


def test_repair_that_may_come_later_leaves_the_answer_open(tmp_path: Path) -> None:
    backend = ScriptedBackend(
        lambda request: refuse(request, "unavailable") if is_repair(request) else say(request, "{")
    )
    (answer,) = open_inference(tmp_path, backend).ask([make_question("q")])
    assert answer.outcome == ReplyError(code="unavailable")
    assert answer.exchanges[0].reply.text == "{"


def test_each_try_has_a_seed_of_its_own(tmp_path: Path) -> None:
    backend = ScriptedBackend(say)
    question = make_question("q", tries=4, sampling=Sampling(seed=7))
    answers = list(open_inference(tmp_path, backend).ask([question]))
    assert [request.sampling.seed for request in backend.answered] == [7, 8, 9, 10]
    assert [(answer.attempt, answer.exchanges[0].sampling.seed) for answer in answers] == [
        (0, 7),
        (1, 8),
        (2, 9),
        (3, 10),
    ]


def test_tries_at_temperature_zero_are_refused_at_once(tmp_path: Path) -> None:
    question = make_question("q", tries=2, sampling=Sampling(temperature=0.0))
    with pytest.raises(InputError, match="temperature"):
        open_inference(tmp_path, ScriptedBackend(say)).ask([question])


def test_expert_writes_for_its_kind(tmp_path: Path) -> None:
    default, expert = ScriptedBackend(say), ScriptedBackend(say, model="artist")
    questions = [make_question("q0"), make_question("q1", kind="drawing"), make_question("q2", kind="image")]
    answers = list(open_inference(tmp_path, default, expert).ask(questions))
    assert list_keys(default.answered) == ["q0", "q2"]
    assert list_keys(expert.answered) == ["q1"]
    assert {answer.key: answer.model for answer in answers} == {"q0": "tiny", "q1": "artist", "q2": "tiny"}


def test_reply_of_one_model_is_not_anothers(tmp_path: Path) -> None:
    default, expert = ScriptedBackend(say), ScriptedBackend(say, model="artist")
    inference = open_inference(tmp_path, default, expert)
    list(inference.ask([make_question("q")]))
    list(inference.ask([make_question("q", kind="drawing")]))
    assert len(expert.answered) == 1


def test_kinds_without_an_expert_share_one_backend(tmp_path: Path) -> None:
    inference = open_inference(tmp_path, ScriptedBackend(say))
    assert inference.route("video") is inference.route("drawing")


def test_backend_that_is_not_needed_is_not_made(tmp_path: Path) -> None:
    expert = ScriptedBackend(say)
    inference = open_inference(tmp_path, ScriptedBackend(say), expert)
    list(inference.ask([make_question("q")]))
    inference.close()
    assert expert.closed == 0


def test_close_closes_every_backend_in_use(tmp_path: Path) -> None:
    default, expert = ScriptedBackend(say), ScriptedBackend(say, model="artist")
    inference = open_inference(tmp_path, default, expert)
    list(inference.ask([make_question("q0"), make_question("q1", kind="drawing")]))
    inference.close()
    assert (default.closed, expert.closed) == (1, 1)


class CountingBackend(ScriptedBackend):
    """One whose engine counts."""

    def read_counters(self) -> dict[str, float]:
        return {"mm_cache_hits": 2.0}


def test_counters_of_the_engines_in_use_are_summed(tmp_path: Path) -> None:
    default, expert = CountingBackend(say), CountingBackend(say, model="artist")
    inference = open_inference(tmp_path, default, expert)
    assert inference.read_counters() == {}
    list(inference.ask([make_question("q0"), make_question("q1", kind="drawing")]))
    assert inference.read_counters() == {"mm_cache_hits": 4.0}


def test_backend_without_counters_counts_nothing(tmp_path: Path) -> None:
    inference = open_inference(tmp_path, ScriptedBackend(say))
    list(inference.ask([make_question("q")]))
    assert inference.read_counters() == {}


@pytest.mark.parametrize(
    "settings",
    [VllmSettings(model="some/model"), OpenAISettings(base_url="http://127.0.0.1:9/v1", model="m")],
    ids=["vllm", "openai"],
)
def test_backend_of_the_settings_is_made_without_loading_it(settings: VllmSettings | OpenAISettings) -> None:
    assert open_backend(settings).name == settings.backend
