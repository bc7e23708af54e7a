"""The `openai` backend: any server that speaks OpenAI's protocol, asked many things at once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dataclaw_assets.errors import InferenceError
from resources.inference.contract import Reply, Request
from resources.inference.loop_thread import LoopThread
from resources.inference.openai_connection import Connection, Key, Served, check_address, read_models
from resources.inference.openai_failures import (
    DETAIL_CHARS,
    LONGEST_ASKED_WAIT_S,
    Failure,
    choose_wait,
)
from resources.inference.openai_messages import MediaParts, compose_body, read_reply, refuse
from resources.inference.settings import OpenAISettings

log = logging.getLogger(__name__)

AHEAD = 2
"""Requests made ready or under way for each place: replies of a batch often come all at once, and then as
many must be ready to go. One with 16 pictures of 448 px is a megabyte."""

CANCEL_S = 10.0
"""How long closing an iterator waits for its requests to be given up."""

LISTLESS = frozenset({400, 404, 405, 406, 410, 501})
"""What servers without a list of models answer to the question for it."""

DROPPABLE = frozenset({"max_tokens", "temperature", "top_p", "seed", "strict"})
"""Parameters that some models do not take, and what `compose_body` can do without. Reasoning models of OpenAI
take no `max_tokens` and draw at their own temperature."""


@dataclass(frozen=True)
class _Service:
    """What is open while the backend is in use."""

    thread: LoopThread
    connection: Connection
    served: Served
    places: asyncio.Semaphore
    back: asyncio.Event
    """Wakes those that wait for a lost server, whenever another of them gets an answer."""


class OpenAIBackend:
    """A model behind a server's address (`contract.Backend`).

    One event loop in one thread serves every `infer`, also those that run at the same time: together they
    have at most `concurrency` requests under way. Connections are opened by the first request.
    """

    name = "openai"

    def __init__(self, settings: OpenAISettings) -> None:
        """Raises `InferenceError` for an address that is none or that may not be used; asks nothing yet."""
        self.remote = check_address(settings)
        self.model = settings.model
        self._settings = settings
        self._media = MediaParts(settings.video)
        self._dropped: set[str] = set()
        self._service: _Service | None = None
        self._opening = threading.Lock()

    @property
    def revision(self) -> str:
        """Of the settings; else what the server says, which is asked once. Raises `InferenceError` if it must
        be asked and does not answer."""
        return self._settings.revision or self._open().served.revision

    def infer(self, requests: Sequence[Request]) -> Iterator[Reply]:
        """One reply for each request, as each is done; see `contract.Backend.infer`."""
        if not requests:
            return
        service = self._open()
        done: queue.SimpleQueue[tuple[int, Reply] | asyncio.Task[None]] = queue.SimpleQueue()
        waiting = dict(enumerate(requests))
        task = service.thread.begin(self._ask_all(service, requests, done.put), done.put)
        try:
            while not isinstance(item := done.get(), asyncio.Task):
                waiting.pop(item[0])
                yield item[1]
        finally:
            if not task.done():
                service.thread.cancel(task)
                _wait_for_end(done)
        if not task.cancelled():
            task.result()
        for request in waiting.values():  # `close` was called from another thread
            yield refuse(request, "cancelled", "the backend was closed")

    def close(self) -> None:
        """Give up what is under way and close the connections; the next request opens them anew."""
        with self._opening:
            service, self._service = self._service, None
        if service is not None:
            service.thread.close(service.connection.close)

    def _open(self) -> _Service:
        with self._opening:
            if self._service is None:
                key = Key(self._settings.api_key_env, self._settings.base_url)
                thread = LoopThread("openai-backend")
                connections: list[Connection] = []
                try:
                    self._service = thread.run(self._connect(thread, key, connections))
                except BaseException:
                    thread.close(lambda: _close_all(connections))
                    raise
            return self._service

    async def _connect(self, thread: LoopThread, key: Key, opened: list[Connection]) -> _Service:
        connection = Connection(self._settings, key, self.remote)
        opened.append(connection)
        served = await self._look_up(connection)
        places = asyncio.Semaphore(self._settings.concurrency)
        return _Service(thread, connection, served, places, asyncio.Event())

    async def _look_up(self, connection: Connection) -> Served:
        """What the server says of the model; the model's name if it has no list. Raises `InferenceError`."""
        failed = 0
        while True:
            answer = await connection.list_models()
            if not isinstance(answer, Failure):
                return read_models(answer, self.model, self._settings.base_url)
            if answer.status in LISTLESS:
                return Served(revision=self.model)
            failed += 1
            if answer.scope != "again" or not await self._wait(failed, answer, asyncio.Event()):
                raise self._unusable(answer)

    async def _ask_all(
        self, service: _Service, requests: Sequence[Request], give: Callable[[tuple[int, Reply]], None]
    ) -> None:
        waiting = iter(enumerate(requests))

        async def work() -> None:
            for number, request in waiting:
                give((number, await self._ask(service, request)))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(len(requests), self._settings.concurrency * AHEAD)):
                    group.create_task(work())
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def _ask(self, service: _Service, request: Request) -> Reply:
        """The reply to one request. Raises `InferenceError` when the server as a whole cannot be used."""
        dropped = frozenset(self._dropped)
        try:
            body = await self._compose(service, request, dropped)
        except Exception as error:  # on an odd picture an encoder may fail in any way
            detail = f"it cannot be sent: {type(error).__name__}: {error}"
            return refuse(request, "bad_request", detail[:DETAIL_CHARS])
        sent = failed = 0
        async with service.places:
            while True:
                begun = time.monotonic()
                answer = await service.connection.complete(body)
                seconds = time.monotonic() - begun
                sent += 1
                if not isinstance(answer, Failure):
                    service.back.set()
                    service.back.clear()
                    reply = read_reply(answer, request, self._settings)
                    return reply.model_copy(update={"seconds": seconds, "retries": sent - 1})
                if answer.scope == "whole":
                    raise self._unusable(answer)
                if answer.dropped in DROPPABLE - dropped:
                    self._drop(answer.dropped)
                    dropped = frozenset(self._dropped)
                    body = await self._compose(service, request, dropped)
                    continue
                failed += 1
                if answer.scope == "request" or not await self._wait(failed, answer, service.back):
                    break
            if answer.is_lost:
                await self._check_alive(service)
        return refuse(request, answer.code, answer.detail).model_copy(update={"retries": sent - 1})

    def _drop(self, parameter: str | None) -> None:
        if parameter and parameter not in self._dropped:
            self._dropped.add(parameter)
            log.warning("%s does not take %r; it is asked without", self._settings.base_url, parameter)

    async def _compose(self, service: _Service, request: Request, dropped: frozenset[str]) -> bytes:
        """The body of a request, made in another thread: pictures take milliseconds each."""
        settings, is_vllm = self._settings, service.served.is_vllm
        return await asyncio.to_thread(
            compose_body, request, self.model, self._media, is_vllm, settings.seeds, dropped
        )

    async def _wait(self, failed: int, answer: Failure, back: asyncio.Event) -> bool:
        """Whether to try again, after the wait that is due."""
        wait_s = choose_wait(failed, answer.wait_s)
        if failed >= self._settings.attempts or wait_s > LONGEST_ASKED_WAIT_S:
            return False
        if not answer.is_lost:
            await asyncio.sleep(wait_s)
            return True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(back.wait(), wait_s)
        return True

    async def _check_alive(self, service: _Service) -> None:
        """A lost connection may be one request's doing; a server that is gone costs them all."""
        answer = await service.connection.list_models()
        if isinstance(answer, Failure) and answer.is_lost:
            raise self._unusable(answer)

    def _unusable(self, failure: Failure) -> InferenceError:
        return InferenceError(f"{self._settings.base_url} cannot be used: {failure.detail}")


async def _close_all(connections: list[Connection]) -> None:
    for connection in connections:
        await connection.close()


def _wait_for_end(done: queue.SimpleQueue[tuple[int, Reply] | asyncio.Task[None]]) -> None:
    with contextlib.suppress(queue.Empty):  # at the interpreter's end the loop's thread no longer runs
        while not isinstance(done.get(timeout=CANCEL_S), asyncio.Task):
            pass
