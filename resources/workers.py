"""Work over many sources in child processes, here or on a Ray cluster: a bad source costs itself only."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from typing import Any, Literal

from dataclaw_assets.errors import UnreadableSource
from resources.child import Child, ItemT, Limits, ResultT

__all__ = ["Limits", "Spread", "map_isolated"]

Spread = Literal["processes", "ray"]
"""Where the children run: on this machine, or on the nodes of a Ray cluster."""


def map_isolated(
    work: Callable[[ItemT], ResultT],
    items: Sequence[ItemT],
    workers: int,
    limits: Limits,
    on_done: Callable[[ItemT], None] = lambda item: None,
    *,
    spread: Spread = "processes",
    spool: str | None = None,
) -> list[ResultT | UnreadableSource]:
    """Results of `work` on each item, in order; a source that failed gives its `UnreadableSource`.

    Each worker keeps one child process and replaces it after a crash or a missed deadline. `on_done` is
    called in this thread, as each item is done. `work` must be a module-level function; other errors than
    `UnreadableSource` are defects and are raised here.

    With "ray" the cluster's CPUs say how many run at once, not `workers`. `spool` names the field of an item,
    a dataclass, that is a folder to which `work` writes: the files it holds on the node are brought back to
    the item's own folder on this machine, also when the item failed.
    """
    if not items:
        return []
    if spread == "ray":
        from resources.ray_cluster import run_on_ray

        outcomes = run_on_ray(work, items, limits, spool)
    else:
        outcomes = _run_here(work, items, workers, limits)
    results: list[Any] = [None] * len(items)
    with closing(outcomes):
        for position, result in outcomes:
            results[position] = result
            on_done(items[position])
    return results


def _run_here(
    work: Callable[[ItemT], ResultT], items: Sequence[ItemT], workers: int, limits: Limits
) -> Generator[tuple[int, Any], None, None]:
    """Positions and results as they come; closing it ends the children that still work."""
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for position in range(len(items)):
        waiting.put(position)
    done: queue.SimpleQueue[tuple[int, Any, BaseException | None]] = queue.SimpleQueue()
    ending = threading.Event()

    def serve(child: Child[ItemT, ResultT]) -> None:
        while not ending.is_set():
            try:
                position = waiting.get_nowait()
            except queue.Empty:
                break
            try:
                done.put((position, child.run(items[position]), None))
            except UnreadableSource as reason:
                done.put((position, reason, None))
            except BaseException as defect:
                done.put((position, None, defect))
        child.stop()

    children = [Child(work, limits) for _ in range(min(workers, len(items)))]
    threads = [threading.Thread(target=serve, args=(child,)) for child in children]
    for thread in threads:
        thread.start()
    try:
        for _ in items:
            position, result, defect = done.get()
            if defect is not None:
                raise defect
            yield position, result
    finally:
        ending.set()
        for child, thread in zip(children, threads, strict=True):
            while thread.is_alive():  # a child may be starting: it is ended as soon as it is there
                child.kill()
                thread.join(0.1)
