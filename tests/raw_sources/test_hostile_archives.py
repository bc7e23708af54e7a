"""Hostile archives and pickles: bombs, paths that lead out, links, and code that a reader would run."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import polars as pl
import pytest

from tests.raw_sources.formats.gui.made_traces import call, context, lines, picture
from tests.raw_sources.hostile_files import Bait, Cases, Make, Outcome, read_hostile

ZEROS = 64 * 1024 * 1024
LINK = (stat.S_IFLNK | 0o777) << 16


def archive(name: str, *members: tuple[str | zipfile.ZipInfo, bytes | int], log: bool = False) -> Make:
    """A zip archive of members, a number meaning so many zeros; with `log` it is a Playwright trace."""

    def make(folder: Path, bait: Bait) -> None:
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as file:
            if log:
                file.writestr("trace.trace", lines(context()))
            for member, data in members:
                with file.open(member, "w") as part:
                    for at in range(0, data, 1 << 20) if isinstance(data, int) else ():
                        part.write(bytes(min(1 << 20, data - at)))  # type: ignore[operator]
                    if isinstance(data, bytes):
                        part.write(data)

    return make


def trace(*members: tuple[str | zipfile.ZipInfo, bytes | int]) -> Make:
    """A Playwright trace with these members beside its log."""
    return archive("trace.zip", *members, log=True)


def link(name: str = "link") -> zipfile.ZipInfo:
    """A member that is a symbolic link."""
    info = zipfile.ZipInfo(name)
    info.external_attr = LINK
    return info


def bomb_in_bomb(folder: Path, bait: Bait) -> None:
    """An archive of an archive of zeros."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", bytes(ZEROS))
    archive("a.zip", *((f"{number}.zip", inner.getvalue()) for number in range(10)))(folder, bait)


def named_trace(folder: Path, bait: Bait) -> None:
    """A trace whose pictures, pages and requests lie on the disk and in the net."""
    outside = bait.file("bait.jpeg", picture())
    urls = (outside.as_uri(), str(outside), f"{bait.address}/bait.jpeg", f"../../outside/{outside.name}")
    events = [context(options={})]
    for at, url in enumerate(urls):
        events.append({"type": "screencast-frame", "pageId": "page@1", "sha1": url, "timestamp": 2000 + at})
        events.append({"type": "screencast-frame", "pageId": "page@1", "file": url, "timestamp": 3000 + at})
        events += call(at + 1, "goto", url=url)
        events.append({"type": "resource-snapshot", "snapshot": {"request": {"url": url}, "_sha1": url}})
    archive("trace.zip", ("trace.trace", lines(*events)))(folder, bait)


def pickled(name: str, start: bytes = b"") -> Make:
    """A pickle under a name, after some first bytes."""
    return lambda folder, bait: (folder / name).write_bytes(start + bait.pickled())


def text_pickle(folder: Path, bait: Bait) -> None:
    """A pickle of protocol 0, which is text."""
    (folder / "a.json").write_bytes(bait.pickled(0))


def packed(name: str, *members: str) -> Make:
    """An archive whose members are pickles, as `torch.save` writes them."""

    def make(folder: Path, bait: Bait) -> None:
        archive(name, *((member, bait.pickled()) for member in members))(folder, bait)

    return make


def array(name: str) -> Make:
    """A NumPy file of Python objects: a header, then a pickle."""
    header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + "\n"
    start = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()

    def make(folder: Path, bait: Bait) -> None:
        data = start + bait.pickled()
        if name.endswith(".npz"):
            archive(name, ("a.npy", data))(folder, bait)
        else:
            (folder / name).write_bytes(data)

    return make


def in_hdf5(fill: Callable[[Any, np.void], None]) -> Make:
    """An HDF5 file with a demonstration that holds a pickle."""

    def make(folder: Path, bait: Bait) -> None:
        with h5py.File(folder / "a.hdf5", "w") as root:
            fill(root.create_group("data/demo_0"), np.void(bait.pickled()))

    return make


def in_table(folder: Path, bait: Bait) -> None:
    """A LeRobot data set whose episodes are a pickle in a table."""
    (folder / "meta/episodes/chunk-000").mkdir(parents=True)
    (folder / "meta/info.json").write_text(json.dumps({"codebase_version": "v3.0"}))
    table = pl.DataFrame({"episode_index": [bait.pickled()], "length": [bait.pickled()]})
    table.write_parquet(folder / "meta/episodes/chunk-000/file-000.parquet")


CASES: Cases = {
    "bomb in a trace": (trace(("resources/a", ZEROS)), "hostile_archive"),
    "log of a trace is a bomb": (archive("t.zip", ("trace.trace", ZEROS)), "hostile_archive"),
    "path out of a trace": (trace(("../../outside/x", b"x")), "hostile_archive"),
    "absolute path in a trace": (trace(("/etc/cron.d/x", b"x")), "hostile_archive"),
    "link in a trace": (trace((link(), b"/etc/passwd")), "hostile_archive"),
    "log of a trace is a link": (archive("t.zip", (link("trace.trace"), b"/etc/passwd")), "hostile_archive"),
    "trace that names files": (named_trace, "no_viewport"),
    "bomb in an archive": (archive("a.zip", ("zeros", ZEROS)), "no_reader"),
    "bombs in bombs": (bomb_in_bomb, "no_reader"),
    "bomb of numbers": (archive("a.npz", ("a.npy", ZEROS)), "no_reader"),
    "paths out of arrays": (archive("a.npz", ("../a.npy", b""), (link(), b"/etc/passwd")), "no_reader"),
    "pickle": (pickled("a.pkl"), "no_reader"),
    "pickle named as json": (pickled("a.json"), "no_reader"),
    "pickle of text": (text_pickle, "no_reader"),
    "pickle named as mcap": (pickled("a.mcap"), "no_reader"),
    "pickle in mcap": (pickled("a.mcap", b"\x89MCAP0\r\n"), "truncated"),
    "pickle named as hdf5": (pickled("a.hdf5"), "no_reader"),
    "pickle in hdf5": (pickled("a.hdf5", b"\x89HDF\r\n\x1a\n"), "no_reader"),
    "pickle named as a picture": (pickled("a.png"), "no_reader"),
    "pickle named as a video": (pickled("a.mp4"), "not_media"),
    "pickle named as subtitles": (pickled("a.srt"), "not_subtitles"),
    "pickle named as facts": (pickled("a.anchors.jsonl"), "not_anchors"),
    "array of objects": (array("a.npy"), "no_reader"),
    "archive of arrays of objects": (array("a.npz"), "no_reader"),
    "weights of torch": (packed("a.pt", "archive/data.pkl", "archive/version"), "no_reader"),
    "weights of torch in a trace": (packed("a.zip", "trace.trace", "data.pkl"), "no_reader"),
    "pickle for actions": (
        in_hdf5(lambda demo, data: demo.create_dataset("actions", data=data)), "bad_episode"
    ),
    "pickle for an observation": (
        in_hdf5(lambda demo, data: demo.create_dataset("obs/a", data=np.array([data] * 3))), "bad_episode"
    ),
    "pickle for a number": (
        in_hdf5(lambda demo, data: demo.attrs.create("num_samples", data)), "bad_episode"
    ),
    "pickle in a table": (in_table, "bad_table"),
}  # fmt: skip


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """All cases, read once."""
    return read_hostile(CASES, tmp_path_factory.mktemp("hostile"), memory_mb=1024)


@pytest.mark.parametrize("case", CASES)
def test_it_costs_its_own_row_only(outcome: Outcome, case: str) -> None:
    assert outcome.reasons(case) == [CASES[case][1]]


def test_the_good_file_beside_them_is_read(outcome: Outcome) -> None:
    assert outcome.good == ["registered"]


def test_no_pickle_is_ever_loaded(outcome: Outcome) -> None:
    assert not outcome.ran


def test_nothing_that_they_name_is_opened_or_fetched(outcome: Outcome) -> None:
    assert (outcome.opened, outcome.visits) == (0, 0)
