"""A backend that talks to the misbehaving server, in as few words as tests need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from resources.inference.contract import Part, Reply, Request
from resources.inference.openai_server import OpenAIBackend
from resources.inference.settings import OpenAISettings
from tests.resources.inference.openai_protocol import Answer, Asked, Server, running


def ask(key: str = "a", *parts: Part, **more: Any) -> Request:
    """A request of that name."""
    return Request(key, "Be brief.", parts or (f"What is {key}?",), **more)


@contextmanager
def talk(
    decide: Callable[[Asked], Answer], models: Answer | None = None, **settings: Any
) -> Iterator[tuple[OpenAIBackend, Server]]:
    """A server and a backend of it, closed at the end."""
    with running(decide, models) as server:
        backend = OpenAIBackend(OpenAISettings(base_url=server.url, model="tiny", **settings))
        try:
            yield backend, server
        finally:
            backend.close()


def in_turn(answers: Sequence[Answer]) -> Callable[[Asked], Answer]:
    """One answer after the other, to whoever asks."""
    waiting = iter(answers)
    return lambda asked: next(waiting)


def ask_once(*answers: Answer, request: Request | None = None, **settings: Any) -> tuple[Reply, Server]:
    """The reply to one request, and the server as it was left."""
    with talk(in_turn(answers), **settings) as (backend, server):
        (reply,) = backend.infer([request or ask()])
    return reply, server


def code_of(reply: Reply) -> str | None:
    """Why there is no reply, if there is none."""
    return reply.error.code if reply.error else None


def detail_of(reply: Reply) -> str | None:
    """What is said of it."""
    return reply.error.detail if reply.error else None


def content(asked: Asked) -> list[dict[str, Any]]:
    """The parts of the user's message."""
    found: list[dict[str, Any]] = asked.body["messages"][-1]["content"]
    return found
