"""Hostile recordings of robots: links and loops in HDF5, swelling chunks and tables, lengths that lie."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from mcap.writer import CompressionType

from dataclaw_assets.raw_sources.formats.robot.crc32c import crc32c, mask_crc
from dataclaw_assets.raw_sources.readers.lerobot import LeRobotReader
from tests.raw_sources.formats.robot.made_mcap import joints, write_json
from tests.raw_sources.formats.robot.made_robomimic import FRAMES, write_demos
from tests.raw_sources.formats.robot.made_tfrecords import write_dataset
from tests.raw_sources.hostile_files import Bait, Cases, Make, Outcome, read_hostile
from tests.raw_sources.readers.landed import read_folder

SWOLLEN = 80_000_000
"""Bytes of a chunk, all alike: more than a reader unpacks at once."""

EPISODES = ("episode_index", "length", "data/chunk_index", "data/file_index")


def hdf5(edit: Callable[[Any, Bait], object]) -> Make:
    """A robomimic file of one demonstration, made hostile with h5py."""

    def make(folder: Path, bait: Bait) -> None:
        with h5py.File(write_demos(folder / "a.hdf5", demos=1), "r+") as root:
            edit(root, bait)

    return make


def changed(at: Callable[[bytes], int], value: bytes) -> Make:
    """The same, with some bytes changed."""

    def make(folder: Path, bait: Bait) -> None:
        path = write_demos(folder / "a.hdf5", demos=1)
        data = bytearray(path.read_bytes())
        start = at(bytes(data))
        data[start : start + len(value)] = value
        path.write_bytes(data)

    return make


def swap(name: str, **dataset: Any) -> Callable[[Any, Bait], object]:
    """Puts a dataset of this kind in the place of one."""

    def edit(root: Any, bait: Bait) -> None:
        del root["data/demo_0"][name]
        root["data/demo_0"].create_dataset(name, **dataset)

    return edit


def link_out(root: Any, bait: Bait) -> None:
    other = bait.folder / "other.hdf5"
    with h5py.File(other, "w") as file:
        file["actions"] = np.zeros((FRAMES, 2))
    del root["data/demo_0/actions"]
    root["data/demo_0/actions"] = h5py.ExternalLink(str(other), "actions")


def store_out(root: Any, bait: Bait) -> None:
    path = bait.file("raw", bytes(16 * FRAMES))
    swap("actions", shape=(FRAMES, 2), dtype="f8", external=[(str(path), 0, 16 * FRAMES)])(root, bait)


def gather_out(root: Any, bait: Bait) -> None:
    other = bait.folder / "source.hdf5"
    with h5py.File(other, "w") as file:
        source = h5py.VirtualSource(file.create_dataset("actions", data=np.zeros((FRAMES, 2))))
    layout = h5py.VirtualLayout((FRAMES, 2), "f8")
    layout[:] = source
    del root["data/demo_0/actions"]
    root["data/demo_0"].create_virtual_dataset("actions", layout)


def link_in_circles(root: Any, bait: Bait) -> None:
    del root["data"]
    root["data"], root["loop"] = h5py.SoftLink("/loop"), h5py.SoftLink("/data")


def refer(kind: Any) -> Callable[[Any, Bait], object]:
    return swap("actions", shape=(FRAMES, 2), dtype=kind)


def mcap(compression: CompressionType) -> Make:
    """A recording whose chunk swells when it is unpacked."""
    return lambda folder, bait: write_json(
        folder / "a.mcap", {"/joints": [joints(0, ["x" * SWOLLEN])]}, compression
    )


def lying_mcap(folder: Path, bait: Bait) -> None:
    """A record that says it is as long as can be said."""
    path = write_json(folder / "a.mcap", {"/joints": [joints(0)]})
    data = bytearray(path.read_bytes())
    data[9:17] = struct.pack("<Q", 2**63)
    path.write_bytes(data)


def table(write: Callable[[Path], object], name: str = "meta/episodes/chunk-000/file-000.parquet") -> Make:
    """A LeRobot v3 data set with a table that is written so."""

    def make(folder: Path, bait: Bait) -> None:
        (folder / name).parent.mkdir(parents=True)
        (folder / "meta").mkdir(exist_ok=True)
        (folder / "meta/info.json").write_text(json.dumps({"codebase_version": "v3.0", "fps": 10}))
        write(folder / name)

    return make


def swollen_table(path: Path) -> None:
    """Millions of episodes in some kilobytes: one value, and how often it comes."""
    rows = pa.table({name: pa.array(np.zeros(3_000_000, np.int64)) for name in EPISODES})
    pq.write_table(rows, path, compression="zstd", row_group_size=3_000_000)


def lying_table(at: int, value: int) -> Callable[[Path], object]:
    """A table whose end, or whose first page, lies about a length."""

    def write(path: Path) -> None:
        pq.write_table(pa.table({name: [0] for name in EPISODES}), path)
        data = bytearray(path.read_bytes())
        data[at : at + 4] = struct.pack("<I", value)
        path.write_bytes(data)

    return write


def lying_record(length: int, whole: bool = False) -> Make:
    """An RLDS data set whose record says it is so long; with `whole` the file is as long, and empty."""

    def make(folder: Path, bait: Bait) -> None:
        (path,) = write_dataset(folder, [[{"steps/is_first": [1]}]])
        said = struct.pack("<Q", length)
        with path.open("wb") as file:
            file.write(said + struct.pack("<I", mask_crc(crc32c(said))))
            file.truncate(length + 16 if whole else 100)

    return make


CASES: Cases = {
    "hdf5 link to a file": (hdf5(link_out), "hostile_file"),
    "hdf5 data in a file": (hdf5(store_out), "hostile_file"),
    "hdf5 data of files": (hdf5(gather_out), "hostile_file"),
    "hdf5 links in circles": (hdf5(link_in_circles), "hostile_file"),
    "hdf5 references to objects": (hdf5(refer(h5py.ref_dtype)), "hostile_file"),
    "hdf5 references to regions": (hdf5(refer(h5py.regionref_dtype)), "hostile_file"),
    "hdf5 texts of any length": (hdf5(refer(h5py.string_dtype())), "hostile_file"),
    "hdf5 of a million million numbers": (
        hdf5(swap("actions", shape=(10**6, 10**6), dtype="f8", chunks=(64, 64), compression="gzip")),
        "too_large",
    ),
    "hdf5 text that leads nowhere": (
        changed(lambda data: data.index(b"GCOL") + 24, b"\xff"), "hostile_file"
    ),
    "hdf5 heap larger than it is": (
        changed(lambda data: data.index(b"GCOL") + 8, b"\xff"), "hostile_file"
    ),
    "hdf5 lengths of four bytes": (changed(lambda data: 14, b"\x04"), "hostile_file"),
    "mcap zstd bomb": (mcap(CompressionType.ZSTD), "too_large"),
    "mcap lz4 bomb": (mcap(CompressionType.LZ4), "too_large"),
    "mcap length that lies": (lying_mcap, "damaged"),
    "table of too many rows": (table(swollen_table), "too_many"),
    "table whose end lies": (table(lying_table(-8, 2**32 - 1)), "bad_table"),
    "table whose first page lies": (table(lying_table(5, 2**32 - 1)), "bad_table"),
    "table that is a list of files": (table(lambda path: path.write_text("../../outside/*")), "bad_table"),
    "record longer than its file": (lying_record(2**63), "truncated"),
    "record of too many bytes": (lying_record(300_000_000, whole=True), "too_large"),
}  # fmt: skip


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """All cases, read once."""
    return read_hostile(CASES, tmp_path_factory.mktemp("hostile"), memory_mb=3072)


@pytest.mark.parametrize("case", CASES)
def test_it_costs_its_own_row_only(outcome: Outcome, case: str) -> None:
    assert outcome.reasons(case) == [CASES[case][1]]


def test_the_good_file_beside_them_is_read(outcome: Outcome) -> None:
    assert outcome.good == ["registered"]


def test_nothing_that_they_name_is_opened_or_fetched(outcome: Outcome) -> None:
    assert (outcome.opened, outcome.visits) == (0, 0)


def test_a_folder_named_like_a_pattern_is_that_folder(
    tmp_path: Path, make_dataset: Callable[[Path], Path]
) -> None:
    make_dataset(tmp_path / "run[1]")
    for name in ("meta/episodes", "data"):
        (tmp_path / "run1" / name / "chunk-000").mkdir(parents=True)
        (tmp_path / "run1" / name / "chunk-000/file-000.parquet").write_bytes(b"junk")
    rows = read_folder(LeRobotReader(), tmp_path)
    assert [row.status for row in rows.values()] == ["registered", "registered"]
