"""The `openai` backend against vLLM's own server, with a checkpoint of random weights.

The server runs in vLLM's environment (`tests/vllm_env`), the tests in the plain one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from resources.inference.contract import Image, Part, Reply, Request, Sampling, Video
from resources.inference.openai_server import OpenAIBackend
from resources.inference.settings import OpenAISettings
from tests.vllm_env.environment import TINY, VLLM
from tests.vllm_server.recording_proxy import RecordingProxy, recording
from tests.vllm_server.served_model import MODEL, ServedModel

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        not (VLLM.is_ready and TINY.is_dir()),
        reason="no vLLM: python -m tests.vllm_env.environment makes its environment",
    ),
]

PICTURE = np.arange(64 * 64 * 3, dtype=np.uint8).reshape(64, 64, 3)
SHORT = Sampling(max_tokens=8)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedModel]:
    server = ServedModel(VLLM.python, TINY, tmp_path_factory.mktemp("vllm") / "server.log")
    server.start()
    try:
        server.wait()
        yield server
    finally:
        server.kill()


@contextmanager
def talk(server: ServedModel, **settings: Any) -> Iterator[tuple[OpenAIBackend, RecordingProxy]]:
    with recording(server.port) as proxy:
        backend = OpenAIBackend(OpenAISettings(base_url=proxy.url, model=MODEL, **settings))
        try:
            yield backend, proxy
        finally:
            backend.close()


def ask(server: ServedModel, *parts: Part, **settings: Any) -> tuple[Reply, RecordingProxy]:
    with talk(server, **settings) as (backend, proxy):
        (reply,) = backend.infer([Request("a", "Be brief.", parts, sampling=SHORT)])
    return reply, proxy


def test_text_is_answered_with_its_counts(served: ServedModel) -> None:
    reply, _ = ask(served, "What happens first?")
    assert (reply.error, reply.finish_reason, reply.generated_tokens) == (None, "length", 8)
    assert reply.prompt_tokens > 5


def test_the_server_is_recognised_as_vllm(served: ServedModel) -> None:
    with talk(served) as (backend, _):
        assert backend.revision == str(TINY)


def test_a_picture_is_seen_and_known_by_its_id_when_it_comes_again(served: ServedModel) -> None:
    shared = ("The facts of this source. " * 20, Image(PICTURE))
    plain, _ = ask(served, "What is it?")
    first, proxy = ask(served, *shared, "What is it?")
    again, _ = ask(served, *shared, "Where is it?")
    assert proxy.bodies[0]["messages"][-1]["content"][1]["uuid"] == Image(PICTURE).media_id
    assert (first.error, again.error) == (None, None)
    assert first.prompt_tokens > plain.prompt_tokens
    assert again.cached_tokens > 0


@pytest.mark.parametrize("video", ["video_url", "frames"])
def test_a_video_is_taken_either_way(served: ServedModel, video: str) -> None:
    moving = tuple(np.roll(PICTURE, 8 * step, axis=1) for step in range(4))
    plain, _ = ask(served, "What moves?")
    reply, _ = ask(served, Video(moving, 2.0), "What moves?", video=video)
    assert reply.error is None
    assert reply.prompt_tokens > plain.prompt_tokens


def test_a_schema_is_kept_by_random_weights(served: ServedModel) -> None:
    schema = {
        "type": "object",
        "properties": {"answer": {"enum": ["yes", "no"]}, "box": {"type": "boolean"}},
        "required": ["answer", "box"],
        "additionalProperties": False,
    }
    requests = [
        Request(str(seed), "", ("Is it?",), schema, Sampling(max_tokens=64, seed=seed)) for seed in range(8)
    ]
    with talk(served) as (backend, _):
        found = [json.loads(reply.text) for reply in backend.infer(requests)]
    assert all(reply["answer"] in ("yes", "no") and isinstance(reply["box"], bool) for reply in found)


def test_too_long_and_too_many_media_cost_their_own_requests_only(served: ServedModel) -> None:
    requests = [
        Request("long", "", ("word " * 9000,), sampling=SHORT),
        Request("many", "", (*(Image(PICTURE + step) for step in range(5)), "What?"), sampling=SHORT),
        Request("good", "", ("What?",), sampling=SHORT),
    ]
    with talk(served) as (backend, _):
        found = {reply.key: reply.error.code if reply.error else None for reply in backend.infer(requests)}
    assert found == {"long": "too_long", "many": "too_many_media", "good": None}


def test_separate_clients_share_what_the_tasks_of_a_source_have_in_common(served: ServedModel) -> None:
    """As runs of their own do: each task by a backend that was opened for it and closed."""
    facts = "\n".join(f"F{n} [{n}.0 s] the door of the yard opens {n} times" for n in range(60))
    shared: tuple[Part, ...] = (Image(PICTURE), Image(PICTURE[::-1]), facts)
    alone, _ = ask(served, *shared, "")
    served_before = alone.prompt_tokens - alone.cached_tokens
    replies = [ask(served, *shared, f"Task {task}: write question {task}.")[0] for task in range(4)]
    needed = served_before + sum(reply.prompt_tokens - alone.prompt_tokens for reply in replies)
    computed = served_before + sum(reply.prompt_tokens - reply.cached_tokens for reply in replies)
    assert alone.prompt_tokens >= 1000
    assert [reply.error for reply in replies] == [None] * 4
    assert computed <= 1.15 * needed


def test_a_server_that_is_killed_and_started_again_costs_the_requests_in_flight_only(
    served: ServedModel,
) -> None:
    """Kill -9 after the tenth reply, eight requests under way; it comes back while the client tries again."""
    requests = [
        Request(str(number), "", (f"Question {number}",), sampling=Sampling(max_tokens=200, seed=number))
        for number in range(40)
    ]
    with talk(served, concurrency=8, attempts=16) as (backend, proxy):
        replies = []
        for reply in backend.infer(requests):
            replies.append(reply)
            if len(replies) == 10:
                served.kill()
                served.start()
    assert Counter(reply.key for reply in replies) == Counter(request.key for request in requests)
    assert [reply.error for reply in replies if reply.error] == []
    assert proxy.sent_after_answer == []
    assert 1 <= len(proxy.lost) <= 8
    assert len(proxy.sent) - len(requests) == len(proxy.lost)
