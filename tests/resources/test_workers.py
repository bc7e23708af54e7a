"""Isolated work: a crash, a hang or a hunger for memory costs one item and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dataclaw_assets.errors import UnreadableSource
from resources.workers import Limits, map_isolated

ITEMS = ["a", "bad", "b", "c"]
ROOMY = Limits(deadline_s=300, memory_mb=4096)


CHECKOUT = Path(__file__).absolute().parents[2]


def is_alive(process: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return " Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


def wait_until(is_true: Callable[[], bool]) -> None:
    """Return when something has come true, or after a minute."""
    until = time.monotonic() + 60
    while not is_true() and time.monotonic() < until:
        time.sleep(0.05)


def crash(item: str) -> str:
    if item == "bad":
        os.abort()
    return item.upper()


def leave(item: str) -> str:
    if item == "bad":
        os._exit(7)
    return item.upper()


def hang(item: str) -> str:
    if item == "bad":
        threading.Event().wait()
    return item.upper()


def devour(item: str) -> str:
    if item == "bad":
        return str(len(bytearray(8 * 1024**3)))
    return item.upper()


def refuse(item: str) -> str:
    if item == "bad":
        raise UnreadableSource("truncated", "half of it")
    return item.upper()


def stumble(item: str) -> str:
    if item == "bad":
        raise ZeroDivisionError("a defect")
    return item.upper()


def name_process(item: str) -> int:
    return os.getpid()


def reasons(results: list[str | UnreadableSource]) -> list[str]:
    return [result.reason if isinstance(result, UnreadableSource) else result for result in results]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_crash_costs_one_item(workers: int) -> None:
    assert reasons(map_isolated(crash, ITEMS, workers, ROOMY)) == ["A", "reader_crashed", "B", "C"]


def test_an_exit_is_told_with_its_code() -> None:
    result = map_isolated(leave, ITEMS, 1, ROOMY)[1]
    assert isinstance(result, UnreadableSource)
    assert result.detail == "the reading process ended with 7"


def test_a_hang_costs_one_item() -> None:
    assert reasons(map_isolated(hang, ITEMS, 1, Limits(5, 4096))) == ["A", "deadline", "B", "C"]


def test_a_hunger_for_memory_costs_one_item() -> None:
    assert reasons(map_isolated(devour, ITEMS, 1, ROOMY)) == ["A", "memory", "B", "C"]


def test_a_reason_keeps_its_detail() -> None:
    result = map_isolated(refuse, ITEMS, 1, ROOMY)[1]
    assert isinstance(result, UnreadableSource)
    assert (result.reason, result.detail) == ("truncated", "half of it")


def test_a_defect_is_raised() -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError: a defect"):
        map_isolated(stumble, ITEMS, 1, ROOMY)


def test_one_child_serves_many_items() -> None:
    processes = set(map_isolated(name_process, ITEMS, 1, ROOMY))
    assert len(processes) == 1
    assert os.getpid() not in processes


def test_each_item_is_reported_done() -> None:
    done: list[str] = []
    map_isolated(crash, ITEMS, 1, ROOMY, done.append)
    assert done == ITEMS


def test_no_items_start_no_child() -> None:
    assert map_isolated(crash, [], 2, ROOMY) == []


def report_and_hang(file: Path) -> None:
    file.with_suffix(".part").write_text(str(os.getpid()))
    file.with_suffix(".part").rename(file)
    threading.Event().wait()


def test_children_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from resources.workers import Limits, map_isolated\n"
        "from tests.resources.test_workers import report_and_hang\n"
        "map_isolated(report_and_hang, [Path(sys.argv[1])], 1, Limits(300, 4096))"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "child")], cwd=CHECKOUT)
    wait_until(lambda: (tmp_path / "child").exists() or parent.poll() is not None)
    child = int((tmp_path / "child").read_text())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_until(lambda: not is_alive(child))
    assert not is_alive(child)


def test_defect_ends_the_work_that_still_runs(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError: 2 of them"):
        map_isolated(hang_or_stumble, [tmp_path / "hangs", tmp_path / "stumbles"], 2, ROOMY)
    assert not is_alive(int((tmp_path / "hangs").read_text()))


def hang_or_stumble(file: Path) -> None:
    """One of two waits for ever; the other fails once the first has begun."""
    if file.name == "hangs":
        report_and_hang(file)
    wait_until((file.parent / "hangs").exists)
    raise ZeroDivisionError("2 of them")
