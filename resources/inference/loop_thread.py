"""An asyncio event loop in a thread of its own, for callers that are not asynchronous."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """A running event loop. The thread is a daemon: a process that forgets to `close` still ends."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine, or what it raises; waits for it."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def begin(
        self, coroutine: Coroutine[Any, Any, T], when_done: Callable[[asyncio.Task[T]], object]
    ) -> asyncio.Task[T]:
        """A coroutine set going; `when_done` is called in the loop's thread however it ends."""

        async def create() -> asyncio.Task[T]:
            task = asyncio.get_running_loop().create_task(coroutine)
            task.add_done_callback(when_done)
            return task

        return self.run(create())

    def cancel(self, task: asyncio.Task[Any]) -> None:
        """Ask a task to stop; nothing happens to one that has ended."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(task.cancel)

    def close(self, last: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Cancel every task, run `last`, and end the thread."""
        try:
            self.run(_stop_tasks())
            self.run(last())
            self.run(self._loop.shutdown_default_executor())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


async def _stop_tasks() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
