"""A real HTTP server on loopback that speaks OpenAI's protocol and misbehaves as it is told."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Headers = dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What the server does with one request: wait, then answer, or close the connection."""

    body: Any = None
    status: int = 200
    headers: Headers = field(default_factory=dict)
    after_s: float = 0.0
    closes: bool = False


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: Headers
    body: Any


def complete(text: str = "yes", **usage: Any) -> Answer:
    """A chat completion."""
    message = {"role": "assistant", "content": text}
    counts = {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13} | usage
    return Answer({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": counts})


def fail(status: int, message: str, headers: Headers | None = None, **more: Any) -> Answer:
    """An error as OpenAI words it."""
    return Answer({"error": {"message": message, **more}}, status, headers or {})


def list_models(*cards: dict[str, Any]) -> Answer:
    """The answer to GET /models."""
    return Answer({"object": "list", "data": list(cards or ({"id": "tiny", "owned_by": "test"},))})


class Server:
    """`decide` gives the answer to each chat completion; `models` is that to GET /models."""

    def __init__(self, decide: Callable[[Asked], Answer], models: Answer) -> None:
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self.gone = 0
        self.port = 0
        self._decide = decide
        self._models = models
        self._now = 0

    @property
    def url(self) -> str:
        """What a client is given as its base URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def completions(self) -> list[Asked]:
        """The chat completions among what was asked."""
        return [asked for asked in self.asked if asked.path.endswith("/chat/completions")]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        try:
            while asked := await _read_request(reader):
                self.asked.append(asked)
                is_list = asked.path.endswith("/models")
                answer = self._models if is_list else self._decide(asked)
                self._now += not is_list
                self.most_at_once = max(self.most_at_once, self._now)
                try:
                    if not await self._waits(reader, answer.after_s):
                        return
                finally:
                    self._now -= not is_list
                if answer.closes:
                    return
                writer.write(_write_answer(answer))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _waits(self, reader: asyncio.StreamReader, seconds: float) -> bool:
        """Wait; False as soon as the client has gone."""
        if seconds <= 0:
            return True
        gone = asyncio.ensure_future(reader.read(1))
        done, _ = await asyncio.wait({gone}, timeout=seconds)
        self.gone += bool(done)
        if not done:
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)
        return not done


async def _read_request(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, path, _ = head[0].split(" ")
    headers = dict(line.lower().split(": ", 1)[:1] + line.split(": ", 1)[1:] for line in head[1:] if line)
    data = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method, path, headers, json.loads(data) if data else None)


def _write_answer(answer: Answer) -> bytes:
    is_text = isinstance(answer.body, str)
    data = answer.body.encode() if is_text else json.dumps(answer.body).encode()
    kind = "text/html" if is_text else "application/json"
    lines = {"Content-Type": kind, "Content-Length": str(len(data)), **answer.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {answer.status} said\r\n{head}\r\n".encode() + data


@contextmanager
def running(decide: Callable[[Asked], Answer], models: Answer | None = None) -> Iterator[Server]:
    """A server in a thread, gone at the end."""
    server = Server(decide, models or list_models())
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(
        asyncio.start_server(server.serve, "127.0.0.1", 0, limit=64 * 1024 * 1024)
    )
    server.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def stop() -> None:
        listening.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
