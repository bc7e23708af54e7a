"""The nodes of a Ray cluster: each Ray worker keeps a child process, as a worker of this machine does."""

from __future__ import annotations

import dataclasses
import itertools
import logging
import shutil
import tempfile
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

from dataclaw_assets.errors import InputError, UnreadableSource
from resources.child import Child, ItemT, Limits, ResultT

RETRIES = 2
"""How often Ray runs an item again whose worker or node was lost."""

Files = dict[str, bytes]
"""What a task brings back: names of files in its spool, and what they hold."""


def run_on_ray(
    work: Callable[[ItemT], ResultT], items: Sequence[ItemT], limits: Limits, spool: str | None
) -> Generator[tuple[int, Any], None, None]:
    """Positions and results as they come; see `map_isolated`. Closing it ends the tasks that still run.

    Raises `InputError` when Ray is not installed or no cluster is there.
    """
    ray = connect()
    # spread over the nodes, one CPU each; a lost node costs a second reading
    task = ray.remote(num_cpus=1, max_retries=RETRIES, scheduling_strategy="SPREAD")(_read)
    waiting = iter(enumerate(items))
    running: dict[Any, int] = {}
    try:
        while True:
            # twice the CPUs: none idles, and an autoscaler sees that there is more to do
            room = 2 * int(ray.cluster_resources().get("CPU", 1)) - len(running)
            for position, item in itertools.islice(waiting, max(0, room)):
                running[task.remote(work, item, limits, spool)] = position
            if not running:
                return
            (ready,), _ = ray.wait(list(running), num_returns=1)
            position = running.pop(ready)
            yield position, _take(ray, ready, items[position], spool)
    finally:
        for reference in running:
            ray.cancel(reference, force=True)


def connect() -> Any:
    """The module `ray`, connected to the cluster that `RAY_ADDRESS` names, else to the one on this machine.

    Raises `InputError` when there is none: starting one is not for a single run to do.
    """
    try:
        import ray
    except ImportError as error:
        raise InputError("DATACLAW_SPREAD=ray: install the extra 'ray' of dataclaw-assets") from error
    if not ray.is_initialized():
        try:
            ray.init(address="auto", logging_level=logging.ERROR)
        except (ConnectionError, RuntimeError) as error:
            raise InputError("DATACLAW_SPREAD=ray: no Ray cluster; set RAY_ADDRESS or start one") from error
    return ray


def _take(ray: Any, ready: Any, item: Any, spool: str | None) -> Any:
    try:
        outcome, value, files = ray.get(ready)
    except (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError) as error:
        detail = f"its Ray worker was lost {RETRIES + 1} times"
        return UnreadableSource("reader_crashed", f"{detail}: {type(error).__name__}")
    if outcome == "defect":
        raise value
    for name, data in files.items():
        (getattr(item, str(spool)) / name).write_bytes(data)
    return value


def _read(work: Callable[[Any], Any], item: Any, limits: Limits, spool: str | None) -> tuple[str, Any, Files]:
    """Runs on a node: the outcome of an item, its result, reason or defect, and what it left in its spool."""
    folder: Path | None = None
    try:
        if spool is not None:
            parent = getattr(item, spool).parent
            parent.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(dir=parent))
            item = dataclasses.replace(item, **{spool: folder})
        try:
            value = _child(work, limits).run(item)
        except UnreadableSource as reason:
            value = reason
        return "result", value, _gather(folder)
    except Exception as defect:
        return "defect", RuntimeError(str(defect)), {}
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _gather(folder: Path | None) -> Files:
    files = sorted(folder.iterdir()) if folder is not None else []
    return {file.name: file.read_bytes() for file in files if file.is_file()}


_kept: list[Child[Any, Any]] = []
"""The child of this Ray worker, kept from task to task. It ends with the worker."""


def _child(work: Callable[[Any], Any], limits: Limits) -> Child[Any, Any]:
    if _kept and (_kept[0].work, _kept[0].limits) != (work, limits):
        _kept.pop().stop()
    if not _kept:
        _kept.append(Child(work, limits))
    return _kept[0]
