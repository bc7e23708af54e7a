"""What the `openai` backend never does: show its key, leave the machine unasked, tell of the machine."""

from __future__ import annotations

import json
import logging
import traceback
from typing import Any

import pytest

from dataclaw_assets.errors import InferenceError
from resources.inference.contract import Reply, Request
from resources.inference.openai_server import OpenAIBackend
from resources.inference.settings import OpenAISettings
from tests.resources.inference.openai_protocol import Answer, Asked, complete, fail, list_models, running

KEY = "sk-test/Zm9v+9f3kQ2LmN7pR5tV8wX1yB4"
VARIABLE = "DATACLAW_TEST_KEY"
REQUEST = Request("a", "Be brief.", ("Hello",))


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, KEY)


def ask(answer: Answer, **settings: Any) -> tuple[Reply, Asked]:
    with running(lambda asked: answer) as server:
        backend = OpenAIBackend(
            OpenAISettings(base_url=server.url, model="tiny", api_key_env=VARIABLE, attempts=1, **settings)
        )
        try:
            (reply,) = backend.infer([REQUEST])
        finally:
            backend.close()
        return reply, server.completions[0]


def test_the_key_of_the_variable_signs_the_request() -> None:
    _, asked = ask(complete())
    assert asked.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize("pad", [0, 480])
def test_a_key_that_the_server_repeats_is_not_in_the_error(status: int, pad: int) -> None:
    reply, _ = ask(fail(status, "x" * pad + f"wrong key {KEY}", code=KEY))
    assert KEY[:8] not in reply.model_dump_json()


def test_a_key_that_the_server_repeats_escaped_is_not_in_the_error() -> None:
    body = json.dumps({"odd": KEY}).replace("/", "\\/")
    reply, _ = ask(Answer(body, 400))
    assert KEY[-8:] not in reply.model_dump_json()


def test_a_key_that_the_server_repeats_as_its_reply_is_taken_out() -> None:
    reply, _ = ask(complete(f"your key is {KEY}"))
    assert reply.text == "your key is [redacted]"


def test_a_key_that_the_server_gives_as_its_revision_is_taken_out() -> None:
    models = list_models({"id": "tiny", "root": KEY})
    with running(lambda asked: complete(), models) as server:
        backend = OpenAIBackend(OpenAISettings(base_url=server.url, model="tiny", api_key_env=VARIABLE))
        assert backend.revision == "[redacted]"
        backend.close()


def test_a_short_dummy_key_leaves_replies_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "EMPTY")
    reply, _ = ask(complete("The glass is EMPTY."))
    assert reply.text == "The glass is EMPTY."


def test_a_refused_key_is_in_no_part_of_the_error() -> None:
    with pytest.raises(InferenceError) as raised:
        ask(fail(401, f"Incorrect API key provided: {KEY}"))
    assert KEY not in "".join(traceback.format_exception(raised.value))


def test_the_key_is_in_no_log_of_any_level(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        ask(fail(400, f"wrong key {KEY}"))
    assert KEY not in caplog.text + "".join(repr(record.args) for record in caplog.records)


def test_the_key_is_in_no_repr() -> None:
    with running(lambda asked: complete()) as server:
        settings = OpenAISettings(base_url=server.url, model="tiny", api_key_env=VARIABLE)
        backend = OpenAIBackend(settings)
        list(backend.infer([REQUEST]))
        shown = repr(backend) + repr(vars(backend)) + repr(settings)
        backend.close()
    assert KEY not in shown


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(InferenceError, match=VARIABLE):
        ask(complete())


def test_a_key_that_no_header_can_hold_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(VARIABLE, f"{KEY}\nX-Odd: 1")
    with pytest.raises(InferenceError) as raised:
        ask(complete())
    assert KEY not in str(raised.value)


def test_variables_of_another_server_are_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "another-server-knows-this")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Mine: another-server-knows-this")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://192.0.2.1/v1")
    with running(lambda asked: complete()) as server:
        backend = OpenAIBackend(OpenAISettings(base_url=server.url, model="tiny"))
        list(backend.infer([REQUEST]))
        backend.close()
        (asked,) = server.completions
    assert set(asked.headers) <= {
        "host",
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
    }


def test_a_proxy_of_the_environment_is_not_asked_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    reply, _ = ask(complete())
    assert reply.text == "yes"


@pytest.mark.parametrize(
    ("address", "remote"),
    [
        ("http://127.0.0.1:8000/v1", False),
        ("http://127.8.9.10/v1", False),
        ("http://[::1]:8000/v1", False),
        ("http://LOCALHOST:8000/v1", False),
        ("https://api.example.com/v1", True),
        ("http://10.0.0.5:8000/v1", True),
        ("http://0.0.0.0:8000/v1", True),
        ("http://localhost.example.com/v1", True),
        ("http://127.0.0.1.example.com/v1", True),
    ],
)
def test_only_loopback_is_this_machine(address: str, remote: bool) -> None:
    settings = OpenAISettings(base_url=address, model="tiny", allow_remote=True)
    assert OpenAIBackend(settings).remote is remote


def test_another_machine_is_refused_unless_it_is_allowed() -> None:
    with pytest.raises(InferenceError, match="allow_remote"):
        OpenAIBackend(OpenAISettings(base_url="https://api.example.com/v1", model="tiny"))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "127.0.0.1:8000",
        "file:///etc/passwd",
        "http://",
        "http://127.0.0.1:port/v1",
        "http://[::1",
        "http://127.0.0.1\\@example.com/v1",
        "http://127.0.0.1 /v1",
        "http://me:secret@127.0.0.1/v1",
        "http://127.0.0.1/v1?key=secret",
        "http://127.0.0.1/v1#secret",
    ],
)
def test_an_address_that_is_none_or_holds_a_key_is_refused_without_being_shown(address: str) -> None:
    with pytest.raises(InferenceError) as raised:
        OpenAIBackend(OpenAISettings(base_url=address, model="tiny", allow_remote=True))
    assert "secret" not in str(raised.value)


def test_a_server_that_does_not_answer_is_named() -> None:
    settings = OpenAISettings(
        base_url="http://127.0.0.1:9/v1", model="tiny", attempts=1, api_key_env=VARIABLE
    )
    with pytest.raises(InferenceError, match=r"http://127\.0\.0\.1:9/v1") as raised:
        list(OpenAIBackend(settings).infer([REQUEST]))
    assert KEY not in str(raised.value)


def test_a_redirect_is_not_followed() -> None:
    with running(lambda asked: complete()) as other:
        moved = Answer("", 307, {"Location": f"{other.url}/chat/completions"})
        with pytest.raises(InferenceError, match="redirects"):
            ask(moved)
        assert other.asked == []
