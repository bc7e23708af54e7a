"""The `openai` backend when the server fails: what is tried again, what costs one request, what costs all."""

from __future__ import annotations

import time

import pytest

from dataclaw_assets.errors import InferenceError
from resources.inference.contract import Sampling
from resources.inference.openai_server import OpenAIBackend
from resources.inference.settings import OpenAISettings
from tests.resources.inference.openai_protocol import (
    Answer,
    Asked,
    complete,
    fail,
    running,
)
from tests.resources.inference.openai_talk import ask, ask_once, code_of, content, detail_of, talk


@pytest.mark.parametrize(
    "first",
    [
        fail(429, "slow down", {"Retry-After": "0"}),
        fail(429, "slow down"),
        fail(500, "oops"),
        fail(503, "Loading model"),
        Answer(closes=True),
        Answer("<html>"[:0], 502),
        Answer({"error": {"code": 502, "message": "behind the router"}}),
    ],
    ids=["429 with a wait", "429", "500", "503", "connection lost", "502 without a body", "502 inside a 200"],
)
def test_what_passes_is_tried_again_and_counted(first: Answer) -> None:
    reply, server = ask_once(first, complete("at last"))
    assert (reply.text, reply.retries, len(server.completions)) == ("at last", 1, 2)


def test_the_wait_that_a_server_asks_for_is_kept() -> None:
    begun = time.monotonic()
    ask_once(fail(429, "slow down", {"Retry-After": "1.2"}), complete())
    assert time.monotonic() - begun >= 1.2


def test_those_that_wait_for_a_lost_server_go_on_when_another_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("resources.inference.openai_failures.FIRST_WAIT_S", 60.0)
    lost = iter([True])

    def decide(asked: Asked) -> Answer:
        if "lost" in content(asked)[0]["text"] and next(lost, False):
            return Answer(closes=True)
        return Answer(complete().body, after_s=0.5)

    begun = time.monotonic()
    with talk(decide) as (backend, _):
        assert [reply.retries for reply in backend.infer([ask("lost"), ask("other")])] == [0, 1]
    assert time.monotonic() - begun < 25.0


def test_a_server_that_asks_to_wait_for_hours_is_not_waited_for() -> None:
    reply, server = ask_once(fail(429, "tomorrow", {"Retry-After": "40000"}))
    assert code_of(reply) == "unavailable"
    assert len(server.completions) == 1


def test_after_the_last_attempt_the_reply_is_unavailable() -> None:
    reply, server = ask_once(fail(500, "oops"), fail(500, "oops again"), attempts=2)
    assert code_of(reply) == "unavailable"
    assert (detail_of(reply), reply.retries, len(server.completions)) == ("500 oops again", 1, 2)


def test_a_request_that_hangs_is_given_up_after_its_time() -> None:
    reply, _ = ask_once(Answer(complete().body, after_s=30.0), attempts=1, timeout_s=0.3)
    assert code_of(reply) == "unavailable"
    assert detail_of(reply) == "no answer within 0.3 s"


def test_a_request_that_loses_every_connection_costs_itself_only() -> None:
    reply, _ = ask_once(Answer(closes=True), attempts=1)
    assert code_of(reply) == "unavailable"


def test_a_server_that_has_gone_fails_the_whole_and_is_named() -> None:
    with running(lambda asked: complete()) as server:
        backend = OpenAIBackend(OpenAISettings(base_url=server.url, model="tiny", attempts=1))
        list(backend.infer([ask()]))
    with pytest.raises(InferenceError, match=server.url):
        list(backend.infer([ask()]))
    backend.close()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (fail(400, "what?"), "bad_request"),
        (fail(404, "no such path"), "bad_request"),
        (Answer({"detail": [{"loc": ["body"], "msg": "odd"}]}, 422), "bad_request"),
        (Answer({"choices": []}), "bad_request"),
        (Answer("<html>sign in</html>"), "bad_request"),
        (Answer([1, 2]), "bad_request"),
        (fail(400, "This model's maximum context length is 4096 tokens. However, your prompt"), "too_long"),
        (fail(400, "Too much.", code="context_length_exceeded"), "too_long"),
        (
            Answer([{"error": {"message": "The input token count (9) exceeds the maximum number of"}}], 400),
            "too_long",
        ),
        (
            fail(
                400, "request (9 tokens) exceeds the available context size", type="exceed_context_size_error"
            ),
            "too_long",
        ),
        (fail(500, "Context size has been exceeded."), "too_long"),
        (fail(413, "Payload Too Large"), "too_long"),
        (fail(400, "At most 8 image(s) may be provided in one prompt."), "too_many_media"),
    ],
)
def test_what_is_refused_for_good_is_asked_once_and_costs_no_other(answer: Answer, code: str) -> None:
    def decide(asked: Asked) -> Answer:
        return answer if "bad" in content(asked)[0]["text"] else complete()

    with talk(decide) as (backend, server):
        found = {reply.key: reply for reply in backend.infer([ask("bad"), ask("good"), ask("fine")])}
    assert code_of(found["bad"]) == code
    assert found["good"].text == found["fine"].text == "yes"
    assert len(server.completions) == 3


@pytest.mark.parametrize(
    "answer",
    [
        fail(401, "no"),
        fail(403, "not you"),
        fail(429, "You exceeded your current quota", code="insufficient_quota"),
        fail(404, "The model `tiny` does not exist."),
        Answer("", 307, {"Location": "http://127.0.0.2/v1/chat/completions"}),
    ],
    ids=["401", "403", "no money", "no such model", "redirect"],
)
def test_what_no_request_can_pass_fails_the_whole(answer: Answer) -> None:
    with (
        talk(lambda asked: answer) as (backend, server),
        pytest.raises(InferenceError, match=server.url),
    ):
        list(backend.infer([ask(str(number)) for number in range(4)]))


@pytest.mark.parametrize(
    ("message", "gone", "instead"),
    [
        ("Unsupported parameter: 'max_tokens' is not supported.", "max_tokens", "max_completion_tokens"),
        ("Unsupported value: 'temperature' does not support 0.7 with this model.", "temperature", None),
        ('Invalid JSON payload received. Unknown name "seed": Cannot find field.', "seed", None),
    ],
)
def test_a_parameter_that_is_not_taken_is_left_out_from_then_on(
    message: str, gone: str, instead: str | None
) -> None:
    def decide(asked: Asked) -> Answer:
        return fail(400, message) if gone in asked.body else complete()

    with talk(decide, concurrency=1, attempts=1) as (backend, server):
        assert all(reply.error is None for reply in backend.infer([ask("a"), ask("b")]))
        list(backend.infer([ask("c")]))
        bodies = [asked.body for asked in server.completions]
    assert gone not in bodies[-1]
    assert instead is None or bodies[-1][instead] == Sampling().max_tokens


def test_a_schema_that_is_not_strict_enough_is_asked_for_loosely() -> None:
    refused = fail(400, "Invalid schema for response_format 'reply': additionalProperties is required")
    _, server = ask_once(refused, complete(), request=ask(schema={"type": "object"}))
    assert server.completions[1].body["response_format"]["json_schema"]["strict"] is False
