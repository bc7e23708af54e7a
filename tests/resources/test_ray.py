"""The same isolated work on a local Ray cluster: a crash, a hang or a lost worker costs one item."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.collect import collect_anchors
from dataclaw_assets.raw_sources.batches import close_batches
from dataclaw_assets.raw_sources.register import register_batch
from resources.home import Home
from resources.media import write_clip
from resources.ray_cluster import RETRIES
from resources.settings import Settings
from resources.store import FolderStore
from resources.workers import Limits, map_isolated
from tests.factual_anchors.made_videos import paint_scene
from tests.resources.test_workers import is_alive, wait_until

ray = pytest.importorskip("ray")


@dataclass(frozen=True)
class Task:
    """What to do, and the folder to leave a file in."""

    name: str
    folder: Path


def act(task: Task) -> tuple[str, int, int]:
    """Write a file, then do what the task's name says; gives the name, this process and its parent."""
    (task.folder / task.name).write_text(task.name.upper())
    if task.name == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if task.name == "hang":
        threading.Event().wait()
    if task.name == "lose_worker":
        os.kill(os.getppid(), signal.SIGKILL)
        threading.Event().wait()
    if task.name == "refuse":
        raise UnreadableSource("truncated", "half of it")
    if task.name == "stumble":
        raise ZeroDivisionError("a defect")
    return task.name, os.getpid(), os.getppid()


def test_no_cluster_is_the_users_mistake() -> None:
    program = (
        "from resources.workers import Limits, map_isolated\n"
        "map_isolated(len, ['a'], 1, Limits(60, 4096), spread='ray')"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    ended = subprocess.run(
        [sys.executable, "-c", program], env=kept, capture_output=True, text=True, check=False
    )
    assert "InputError: DATACLAW_SPREAD=ray: no Ray cluster" in ended.stderr


@pytest.fixture(scope="module")
def cluster() -> Iterator[set[int]]:
    """A local cluster of two CPUs; processes that are put into the set must be gone when it has ended."""
    folder = tempfile.mkdtemp(prefix="ray-")  # not tmp_path: a socket's path has 107 characters at most
    patch = pytest.MonkeyPatch()
    patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    patch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    ray.init(
        address="local",
        num_cpus=2,
        include_dashboard=False,
        _temp_dir=folder,
        object_store_memory=100_000_000,
        log_to_driver=False,
    )
    seen: set[int] = set()
    yield seen
    ray.shutdown()
    patch.undo()
    shutil.rmtree(folder, ignore_errors=True)
    wait_until(lambda: not any(map(is_alive, seen)))
    assert not [process for process in seen if is_alive(process)]


def test_what_fails_on_a_node_costs_itself_only(cluster: set[int], tmp_path: Path) -> None:
    names = ["a", "crash", "hang", "lose_worker", "refuse", "b", "c"]
    tasks = [Task(name, tmp_path) for name in names]
    done: list[str] = []
    results = map_isolated(
        act, tasks, 2, Limits(5, 4096), lambda task: done.append(task.name), spread="ray", spool="folder"
    )
    told = [result.reason if isinstance(result, UnreadableSource) else result[0] for result in results]
    assert told == ["a", "reader_crashed", "deadline", "reader_crashed", "truncated", "b", "c"]
    assert sorted(done) == sorted(names)
    lost = results[3]
    assert isinstance(lost, UnreadableSource)
    assert f"lost {RETRIES + 1} times" in lost.detail
    # what was written before the crash came back too; of a lost worker nothing does
    assert {file.name for file in tmp_path.iterdir()} == set(names) - {"lose_worker"}
    assert (tmp_path / "crash").read_text() == "CRASH"
    for result in results:
        if not isinstance(result, UnreadableSource):
            cluster.update(result[1:])
            assert os.getpid() not in result[1:]


def test_defect_on_a_node_is_raised(cluster: set[int], tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError: a defect"):
        map_isolated(act, [Task("stumble", tmp_path)], 2, Limits(60, 4096), spread="ray", spool="folder")


def test_anchors_are_the_same_bytes_on_a_cluster(cluster: set[int], tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    for seed in (1, 2):
        write_clip(landing / f"{seed}.mp4", [paint_scene(seed + step // 15) for step in range(30)], 10.0)
    here = Home(FolderStore(tmp_path / "here"), tmp_path / "here-scratch", Settings(workers=1))
    there = Home(FolderStore(tmp_path / "there"), tmp_path / "there-scratch", Settings(spread="ray"))
    tables = []
    seen: list[tuple[int, int]] = []
    for home in (here, there):
        (batch,) = close_batches(home, str(landing), stable_after_s=0)
        register_batch(home, batch.key)
        seen.clear()
        entry = collect_anchors(home, batch.key, lambda what, done, total: seen.append((done, total)))
        assert entry.counts["unread"] == 0
        tables.append(entry.tables["anchors"])
    assert tables[0] == tables[1]
    assert seen == [(1, 2), (2, 2)]
    assert list((there.scratch / "reading").iterdir()) == []
