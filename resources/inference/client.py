"""What the platform asks models through: routing, the reply store, tries, one repair, and the budget."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from pydantic import BaseModel

from dataclaw_assets.errors import InputError
from dataclaw_assets.records import SourceKind
from resources.inference.answers import (
    Answer,
    Asked,
    Exchange,
    Unusable,
    parse_answer,
    request_repair,
)
from resources.inference.budget import Budget
from resources.inference.contract import Backend, Reply, ReplyError, Request, request_hash
from resources.inference.replies import LASTING, ReplyStore, is_kept
from resources.inference.settings import InferenceSettings, OpenAISettings, VllmSettings
from resources.store import Store

log = logging.getLogger(__name__)

WAVE = 64
"""Requests sent together while there is a cap, which is overshot by at most what these use (for each thread
that asks): enough to keep a server with 32 connections busy. Without a cap all go together."""

STORE_THREADS = 8
"""Files of replies read or written at once: a bucket takes tens of milliseconds for each."""

WRITING = 32
"""Replies received and not yet written, at most: more would only wait in memory."""

OpenBackend = Callable[[VllmSettings | OpenAISettings], Backend]


@runtime_checkable
class Counting(Protocol):
    """A backend whose engine counts for itself, over all that it did since it started."""

    def read_counters(self) -> dict[str, float]:
        """Its counters by name."""


@dataclass(frozen=True)
class _Try:
    """One try of one question: what is sent for it, to whom, and, when it mends a reply, that one."""

    asked: Asked
    number: int
    request: Request
    backend: Backend
    mends: tuple[Exchange, Unusable] | None = None


def open_backend(settings: VllmSettings | OpenAISettings) -> Backend:
    """The backend of some settings; nothing is loaded and nobody is called before it is asked."""
    if isinstance(settings, VllmSettings):
        from resources.inference.vllm_engine import VllmBackend

        return VllmBackend(settings)
    from resources.inference.openai_server import OpenAIBackend

    return OpenAIBackend(settings)


class Inference:
    """The models of one run: backends made when they are first needed, one store of replies, one budget.

    Equal settings share a backend. `fresh` asks again for what earlier runs were answered. May be used by
    several threads as far as its backends may.
    """

    def __init__(
        self,
        settings: InferenceSettings,
        store: Store,
        opener: OpenBackend = open_backend,
        fresh: bool = False,
    ) -> None:
        self.settings = settings
        self.budget = Budget(settings.budget)
        self.replies = ReplyStore(store, fresh)
        self._opener = opener
        self._lock = threading.Lock()
        self._backends: dict[VllmSettings | OpenAISettings, Backend] = {}

    def route(self, kind: SourceKind) -> Backend:
        """The backend that writes for this kind of source: its expert's, else the default one.

        Raises `InferenceError` when there can be none.
        """
        chosen = self.settings.experts.get(kind, self.settings.default)
        with self._lock:
            if chosen not in self._backends:
                self._backends[chosen] = self._opener(chosen)
            return self._backends[chosen]

    def ask(self, asked: Sequence[Asked]) -> Generator[Answer, None, None]:
        """One answer for each try of each question, as each is done: first what the store holds, then what is
        sent, then what had to be sent back.

        What the store does not hold goes to each backend in one call, in the order given, tries of a question
        one after the other; so do the requests to mend. Each reply is in the store before its answer is
        given, so that closing the generator, or an error on the way, loses none. With the cap reached the
        rest are answered by the error `budget`, and a later run sends them.

        Raises `InputError` for several tries at temperature 0, `ValueError` for a key given twice, and, while
        it runs, `InferenceError` when a model as a whole cannot be used.
        """
        keys = [question.request.key for question in asked]
        if len(set(keys)) != len(keys):
            raise ValueError("questions that are asked together need different keys")
        for question in asked:
            if question.tries > 1 and question.request.sampling.temperature <= 0:
                raise InputError(
                    f"{question.tries} tries at temperature 0 would be one reply {question.tries} times: "
                    "set a temperature above 0"
                )
        tries = [
            _Try(question, number, _reseed(question.request, number), self.route(question.kind))
            for question in asked
            for number in range(question.tries)
        ]
        return self._answer(tries)

    def read_counters(self) -> dict[str, float]:
        """What the engines in use count for themselves, since they started; empty when none does."""
        totals: dict[str, float] = {}
        with self._lock:
            backends = list(self._backends.values())
        for backend in backends:
            if isinstance(backend, Counting):
                for name, value in backend.read_counters().items():
                    totals[name] = totals.get(name, 0.0) + value
        return totals

    def close(self) -> None:
        """Close every backend that was made; asking again starts them anew."""
        with self._lock, ExitStack() as stack:
            for backend in self._backends.values():
                stack.callback(backend.close)

    def _answer(self, tries: list[_Try]) -> Generator[Answer, None, None]:
        place = {(attempt.asked.request.key, attempt.number): index for index, attempt in enumerate(tries)}
        broken: list[_Try] = []
        with closing(self._exchange(tries)) as exchanges:
            for attempt, exchange in exchanges:
                outcome = _read_reply(exchange.reply, attempt.asked.answer_model)
                if isinstance(outcome, Unusable) and outcome.mendable:
                    mending = request_repair(attempt.request, outcome)
                    broken.append(replace(attempt, request=mending, mends=(exchange, outcome)))
                else:
                    yield _conclude(attempt, outcome, exchange)
        broken.sort(key=lambda attempt: place[attempt.asked.request.key, attempt.number])
        with closing(self._exchange(broken)) as exchanges:
            for attempt, exchange in exchanges:
                yield _conclude(attempt, _read_reply(exchange.reply, attempt.asked.answer_model), exchange)

    def _exchange(self, tries: list[_Try]) -> Generator[tuple[_Try, Exchange], None, None]:
        """Each try with its reply: out of the store, or sent for. Equal requests are sent once."""
        waiting: dict[str, list[_Try]] = {}
        for attempt in tries:
            waiting.setdefault(request_hash(attempt.backend, attempt.request), []).append(attempt)
        by_backend: dict[int, list[str]] = {}
        with ThreadPoolExecutor(STORE_THREADS) as pool:
            for name, held in zip(waiting, pool.map(self.replies.find, waiting), strict=True):
                if held is None:
                    by_backend.setdefault(id(waiting[name][0].backend), []).append(name)
                    continue
                for attempt in waiting[name]:
                    yield attempt, _note(attempt, held, from_store=True)
            for names in by_backend.values():
                requests = [replace(waiting[name][0].request, key=name) for name in names]
                with closing(self._send(waiting[names[0]][0].backend, requests)) as replies:
                    for name, reply in self._keep(pool, replies, waiting):
                        first, *others = waiting[name]
                        yield first, _note(first, reply, from_store=False)
                        for other in others:
                            yield other, _note(other, reply, from_store=is_kept(reply))

    def _keep(
        self, pool: Executor, replies: Iterator[Reply], waiting: Mapping[str, list[_Try]]
    ) -> Iterator[tuple[str, Reply]]:
        """Each reply's name and the reply as the store has it, in the order they came. Each is written while
        the next is waited for, and given once it is written; leaving the pool waits for all."""
        writing: deque[tuple[str, Future[Reply]]] = deque()
        for reply in replies:
            clean = _clean(reply, waiting[reply.key][0].asked.request.key)
            writing.append((reply.key, pool.submit(self.replies.keep, reply.key, clean)))
            while writing and (writing[0][1].done() or len(writing) > WRITING):
                name, written = writing.popleft()
                yield name, written.result()
        for name, written in writing:
            yield name, written.result()

    def _send(self, backend: Backend, requests: list[Request]) -> Generator[Reply, None, None]:
        """One reply for each request, in waves while there is a cap."""
        size = WAVE if self.budget.bounded else len(requests)
        for start in range(0, len(requests), size):
            wave = requests[start : start + size]
            if self.budget.reached:
                error = ReplyError(code="budget", detail=self.budget.describe())
                yield from (Reply(key=request.key, error=error) for request in wave)
            else:
                yield from self._infer(backend, wave)

    def _infer(self, backend: Backend, requests: list[Request]) -> Generator[Reply, None, None]:
        missing = dict.fromkeys(request.key for request in requests)
        replies = backend.infer(requests)
        try:
            for reply in replies:
                if reply.key not in missing:
                    log.warning("%s: a reply to nothing that was asked, passed over", backend.name)
                    continue
                del missing[reply.key]
                self.budget.spend(reply)
                yield reply
        finally:
            _cancel(replies)
        for key in missing:
            yield Reply(key=key, error=ReplyError(code="unavailable", detail=f"{backend.name}: no reply"))


def _reseed(request: Request, number: int) -> Request:
    sampling = request.sampling
    return replace(request, sampling=sampling.model_copy(update={"seed": sampling.seed + number}))


def _clean(reply: Reply, key: str) -> Reply:
    """Under the asker's name, without half surrogate pairs, which JSON can name and no file can hold."""
    error = reply.error
    if error is not None:
        error = error.model_copy(update={"detail": error.detail.encode(errors="replace").decode()})
    text = reply.text.encode(errors="replace").decode()
    return reply.model_copy(update={"key": key, "text": text, "error": error})


def _cancel(replies: Iterator[Reply]) -> None:
    """Backends give generators; closing one cancels what it still waits for."""
    if isinstance(replies, Generator):
        replies.close()


def _note(attempt: _Try, reply: Reply, from_store: bool) -> Exchange:
    request = attempt.request
    named = reply.model_copy(update={"key": attempt.asked.request.key})
    return Exchange(request.prompt_hash, request.sampling, len(request.media_ids), named, from_store)


def _read_reply(reply: Reply, model: type[BaseModel]) -> BaseModel | Unusable | ReplyError:
    return reply.error if reply.error is not None else parse_answer(reply, model)


def _conclude(attempt: _Try, outcome: BaseModel | Unusable | ReplyError, exchange: Exchange) -> Answer:
    """The answer of a try. A request to mend that can never be answered leaves the first verdict standing."""
    exchanges: tuple[Exchange, ...] = (exchange,)
    if attempt.mends is not None:
        first, unusable = attempt.mends
        exchanges = (first, exchange)
        if isinstance(outcome, ReplyError) and outcome.code in LASTING:
            outcome = unusable
    backend = attempt.backend
    return Answer(
        key=attempt.asked.request.key,
        attempt=attempt.number,
        outcome=outcome,
        exchanges=exchanges,
        backend=backend.name,
        model=backend.model,
        revision=backend.revision,
        remote=backend.remote,
    )
