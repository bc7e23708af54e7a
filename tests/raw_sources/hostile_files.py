"""Lands hostile files beside a good one, reads them as registration does, and watches what is touched."""

from __future__ import annotations

import ctypes
import json
import os
import pickle
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from dataclaw_assets.raw_sources.register import read_files
from dataclaw_assets.records import Source
from resources.landing import list_landing
from resources.settings import Settings

GIGABYTE = 1024**3
_GOOD = "good"
_DRAWING = {"word": "line", "drawing": [[[0, 9], [0, 9]]]}
_IN_OPEN = 0x20
"""From `linux/inotify.h`."""


@dataclass(frozen=True)
class Bait:
    """What a hostile file tries to reach: files, an address, a folder that its code would make."""

    folder: Path
    address: str
    ran: Path

    def file(self, name: str, data: bytes = b"secret") -> Path:
        """A file outside of the landing folder."""
        path = self.folder / name
        path.write_bytes(data)
        return path

    def pickled(self, protocol: int | None = None) -> bytes:
        """A pickle that makes the folder `ran` when it is loaded."""
        return pickle.dumps(_Payload(str(self.ran)), protocol)


class _Payload:
    def __init__(self, ran: str) -> None:
        self.ran = ran

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.mkdir, (self.ran,)


Make = Callable[[Path, Bait], Any]
"""Writes a hostile file, or files, into a folder of its own."""

Cases = Mapping[str, tuple[Make, str]]
"""What is hostile → how to write it, and the reason that its row must give."""


@dataclass(frozen=True)
class Outcome:
    """The rows of each case, the good file's row, and what was touched outside of the landing folder."""

    rows: dict[str, list[Source]]
    opened: int
    visits: int
    ran: bool

    def reasons(self, case: str) -> list[str]:
        """The reason codes of a case's rows."""
        return [(row.reason or row.status).partition(":")[0] for row in self.rows.get(case, [])]

    @property
    def good(self) -> list[str]:
        """The status of the good file's rows."""
        return [row.status for row in self.rows[_GOOD]]


def read_hostile(cases: Cases, folder: Path, memory_mb: int) -> Outcome:
    """Every case in a folder of its own in one landing folder, with a good drawing, read by one child.

    `memory_mb` is of address space, of which the readers' libraries take 0.7 GB before they read a byte.
    """
    if sys.platform != "linux":
        pytest.skip("what a process opens is watched with inotify, which is Linux's")
    landing, outside = folder / "landing", folder / "outside"
    limits = Settings(workers=1, source_memory_mb=memory_mb, source_deadline_s=120.0)
    outside.mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        bait = Bait(outside, f"http://127.0.0.1:{listener.getsockname()[1]}", folder / "ran")
        for case, (make, _) in cases.items():
            (landing / case).mkdir(parents=True)
            make(landing / case, bait)
        (landing / _GOOD).mkdir()
        (landing / _GOOD / "line.ndjson").write_text(json.dumps(_DRAWING))
        with watch_folder(outside) as count_opened:
            found = read_files(list_landing(str(landing)), "hostile", folder / "scratch", limits)
            opened = count_opened()
        rows: dict[str, list[Source]] = {}
        for row in found:
            place = Path(unquote(urlsplit(row.uri).path)).relative_to(landing)
            rows.setdefault(place.parts[0], []).append(row)
        return Outcome(rows, opened, _count_visits(listener), bait.ran.exists())


def write_sparse(path: Path, start: bytes, size: int = GIGABYTE) -> None:
    """A file that begins so and goes on as zeros, which take no room on the disk."""
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)


@contextmanager
def watch_folder(folder: Path) -> Iterator[Callable[[], int]]:
    """Gives what tells how often the folder or a file in it was opened, by any process and any library."""
    library = ctypes.CDLL(None, use_errno=True)
    watch = int(library.inotify_init1(os.O_NONBLOCK))
    try:
        if library.inotify_add_watch(watch, os.fsencode(folder), _IN_OPEN) < 0:
            raise OSError(ctypes.get_errno(), "inotify_add_watch")
        yield lambda: _count_events(watch)
    finally:
        os.close(watch)


def _count_events(watch: int) -> int:
    try:
        data = os.read(watch, 65_536)
    except BlockingIOError:
        return 0
    at = count = 0
    while at < len(data):
        at += 16 + int.from_bytes(data[at + 12 : at + 16], sys.byteorder)
        count += 1
    return count


def _count_visits(listener: socket.socket) -> int:
    listener.setblocking(False)
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return 0
    return 1
