"""One child process that does the work on one item after another, within a deadline and a memory limit."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from dataclaw_assets.errors import UnreadableSource

START_S = 120.0
"""How long a child may take to start and import its work, which no item's deadline should pay for."""

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class Limits:
    """What one source may cost in a child process."""

    deadline_s: float
    memory_mb: int


class Child(Generic[ItemT, ResultT]):
    """A child process, started at need and replaced after a crash or a missed deadline.

    `run` is called by one thread at a time; `kill` may be called by any other thread meanwhile.
    """

    def __init__(self, work: Callable[[ItemT], ResultT], limits: Limits) -> None:
        self.work = work
        self.limits = limits
        self.process: Any = None
        self.pipe: Any = None

    def run(self, item: ItemT) -> ResultT:
        """The result of the work on an item.

        Raises `UnreadableSource`: the work's own, or `deadline`, `memory`, `reader_crashed`. Another error of
        the work is a defect, raised as `RuntimeError`.
        """
        if self.process is None or not self.process.is_alive():
            self.stop()
            self._start()
        try:
            self.pipe.send(item)
            if not self.pipe.poll(self.limits.deadline_s):
                self.stop()
                raise UnreadableSource("deadline", f"not read within {self.limits.deadline_s:g} s")
            outcome, value = self.pipe.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError) as error:
            self.process.join(5)
            code = self.process.exitcode
            self.stop()
            raise UnreadableSource("reader_crashed", f"the reading process ended with {code}") from error
        if outcome == "result":
            return value  # type: ignore[no-any-return]
        raise value

    def _start(self) -> None:
        # spawn: a forked child would inherit locks of FFmpeg, OpenCV and polars threads
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(
            target=_serve, args=(theirs, self.work, self.limits.memory_mb), daemon=True
        )
        self.process.start()
        theirs.close()
        if not self.pipe.poll(START_S):
            self.stop()
            raise RuntimeError(f"no child process started within {START_S:g} s")
        try:
            self.pipe.recv()
        except (EOFError, ConnectionResetError) as error:
            self.stop()
            raise RuntimeError("the child process ended before it was ready") from error

    def kill(self) -> None:
        """End the process now; whoever waits for its result is told that it crashed."""
        process = self.process
        if process is not None and process.pid is not None:
            process.kill()

    def stop(self) -> None:
        """End the process and forget it."""
        if self.process is not None:
            self.pipe.close()
            self.kill()
            if self.process.pid is not None:
                self.process.join()
            self.process = None


def _serve(pipe: Connection, work: Callable[[Any], Any], memory_mb: int) -> None:
    import resource

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted as well, and ends its children
    threading.Thread(target=_end_with_parent, daemon=True).start()
    ceiling = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pipe.send("ready")
    while True:
        try:
            item = pipe.recv()
        except EOFError:
            return
        try:
            answer: tuple[str, Any] = ("result", work(item))
        except UnreadableSource as reason:
            answer = ("reason", reason)
        except MemoryError:
            answer = ("reason", UnreadableSource("memory", f"needs more than {memory_mb} MB"))
        except Exception as defect:
            answer = ("defect", RuntimeError(f"{type(defect).__name__}: {defect}"))
        pipe.send(answer)


def _end_with_parent() -> None:
    """A parent that was killed cannot end its children, and one of them may hang."""
    import os

    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
