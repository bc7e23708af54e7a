"""A proxy on loopback that passes requests to a server and writes down which reached it and came back."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class RecordingProxy:
    """`sent` holds the last text of each chat completion that a server took on, in order; `answered` of those
    whose whole answer went back to the client; `lost` of those that the server broke off."""

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self.sent: list[str] = []
        self.answered: list[str] = []
        self.lost: list[str] = []
        self.sent_after_answer: list[str] = []
        self.bodies: list[Any] = []
        self._server_port = server_port

    @property
    def url(self) -> str:
        """The base URL for a client."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client; closed when the server cannot be reached or breaks off."""
        try:
            while await self._pass_on(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head, data = await _read_message(reader)
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        name = self._note(head, data)
        try:
            to_server.write(head + data)
            await to_server.drain()
            answer = b"".join(await _read_message(from_server))
        except (ConnectionError, asyncio.IncompleteReadError):
            if name is not None:
                self.lost.append(name)
            return False
        finally:
            to_server.close()
        writer.write(answer)
        await writer.drain()
        if name is not None:
            self.answered.append(name)
        return True

    def _note(self, head: bytes, data: bytes) -> str | None:
        if b"/chat/completions" not in head.partition(b"\r\n")[0]:
            return None
        body = json.loads(data)
        name: str = body["messages"][-1]["content"][-1]["text"]
        if name in self.answered:
            self.sent_after_answer.append(name)
        self.sent.append(name)
        self.bodies.append(body)
        return name


async def _read_message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return head, await reader.readexactly(int(length or 0))


@contextmanager
def recording(server_port: int) -> Iterator[RecordingProxy]:
    """A proxy in a thread, gone at the end."""
    proxy = RecordingProxy(server_port)
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=2**26))
    proxy.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def stop() -> None:
        listening.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    try:
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
