"""How much of the time the `openai` backend leaves a server's places empty.

A server in a process of its own answers every request after a fixed time, prompts with a picture each. The
idle share is what the places (`CONCURRENCY` of them) stood empty between the first request's arrival and the
last answer, as the server counts it; the last round, when nothing is left to send, is not the client's. Bar:
5 %.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import sys
import time
from multiprocessing.connection import Connection

import numpy as np

from resources.inference.contract import Image, Request
from resources.inference.openai_server import OpenAIBackend
from resources.inference.settings import OpenAISettings

BAR = 0.05
CONCURRENCY = 32
REQUESTS = 20 * CONCURRENCY
LATENCIES_S = (1.0, 0.5)
"""At 32 requests at once a GPU takes a second or more for a reply of 100 tokens; the bar is for that."""

ANSWER = json.dumps({"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}]}).encode()


def serve(told: Connection, latency_s: float) -> None:
    """Answer until the process is ended; tells its port, then each request's arrival and answer."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length or 0))
                arrived = time.monotonic()
                if b"/chat/completions" in head:
                    await asyncio.sleep(latency_s)
                    told.send((arrived, time.monotonic()))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
                writer.write(b"Content-Length: %d\r\n\r\n" % len(ANSWER) + ANSWER)
                await writer.drain()

    async def listen() -> None:
        listening = await asyncio.start_server(talk, "127.0.0.1", 0)
        told.send(listening.sockets[0].getsockname()[1])
        await listening.serve_forever()

    asyncio.run(listen())


def measure(latency_s: float) -> tuple[float, float]:
    """The idle share, and seconds in all."""
    here, there = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there, latency_s), daemon=True)
    server.start()
    try:
        settings = OpenAISettings(
            base_url=f"http://127.0.0.1:{here.recv()}/v1", model="fixed", concurrency=CONCURRENCY
        )
        backend = OpenAIBackend(settings)
        randomness = np.random.default_rng(0)
        pictures = randomness.integers(0, 255, (REQUESTS // 4, 252, 448, 3), np.uint8)
        requests = [
            Request(str(number), "Be brief.", (Image(pictures[number // 4]), "What is it?"))
            for number in range(REQUESTS)
        ]
        replies = list(backend.infer(requests))
        backend.close()
        assert all(reply.text == "yes" for reply in replies)
        return find_idle([here.recv() for _ in replies])
    finally:
        server.terminate()
        server.join()


def find_idle(spans: list[tuple[float, float]]) -> tuple[float, float]:
    """The share of place-seconds without a request while requests were left, and seconds in all."""
    begun = min(arrived for arrived, _ in spans)
    last_arrived = max(arrived for arrived, _ in spans)
    busy_s = sum(min(done, last_arrived) - arrived for arrived, done in spans)
    return 1.0 - busy_s / (CONCURRENCY * (last_arrived - begun)), last_arrived - begun


def main() -> int:
    """Print the table; 1 when the idle share is over the bar at the longest latency."""
    print(f"{'latency':>8} {'seconds':>8} {'idle':>7}   bar {BAR:.0%} at {CONCURRENCY} places")
    shares = []
    for latency_s in LATENCIES_S:
        idle, seconds = measure(latency_s)
        shares.append(idle)
        print(f"{latency_s:7.2f}s {seconds:8.2f} {idle:7.2%}{'   over' if idle > BAR else ''}")
    return 1 if shares[0] > BAR else 0


if __name__ == "__main__":
    sys.exit(main())
