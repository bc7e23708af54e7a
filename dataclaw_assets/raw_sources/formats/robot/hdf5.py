"""Opens HDF5 files that are not trusted: no link, no foreign storage, no plug-in, bounded sizes."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from dataclaw_assets.errors import UnreadableSource

MAGIC = b"\x89HDF\r\n\x1a\n"

MAX_DATASET_BYTES = 64 * 1024 * 1024
"""The largest dataset that is read, in memory: 100,000 frames of 80 channels. Pictures are read in blocks
of no more."""

MAX_CHUNK_BYTES = 16 * 1024 * 1024
"""The largest chunk, in memory: a chunk may be larger than its dataset. h5py's own choice is at most 1 MB."""

MAX_CHUNKS = 100_000
MAX_ATTRIBUTE_BYTES = 1024 * 1024

_BLOCK_ROWS = 16
"""How many rows are read at once where no chunk says how many lie together."""

_FILTERS = frozenset({1, 2, 3, 32000})
"""Deflate, shuffle, Fletcher32 (`H5Zpublic.h`), h5py's LZF. For any other the library loads code by name."""

_HEAP = b"GCOL\x01"
_HEAP_ENTRY_BYTES = 16
"""How a global heap collection begins, and the header of it and of each object in it (HDF5 File Format
Specification, III.E, with lengths of 8 bytes)."""

MAX_HEAP_OBJECTS = 2_000_000
"""How many texts of any length a file may hold over all its heaps, which may overlap; robomimic's have two a
demonstration."""

_SCAN_BYTES = 4 * 1024 * 1024
_CHUNK_SLACK = 1024
"""By how much a stored chunk may exceed its bytes in memory; deflate adds less than 0.1 % to what it cannot
shrink. More could swell a thousandfold when it is read."""


@contextmanager
def open_hdf5(path: Path) -> Iterator[Any]:
    """The file's root group, read-only and without a lock.

    Raises `UnreadableSource`: `truncated`, `damaged`. What the library raises within becomes `damaged` too.
    """
    import h5py

    with path.open("rb") as file:
        head = file.read(64)
        size = file.seek(0, 2)
    declared = declared_bytes(head)
    if declared > size:
        raise UnreadableSource("truncated", f"HDF5 file of {declared} bytes, of which {size} are here")
    _check_heaps(path, path.stat().st_mtime_ns)
    try:
        with h5py.File(path, "r", locking=False) as root:
            yield root
    except UnreadableSource:
        raise
    except (OSError, KeyError, ValueError, TypeError, RuntimeError, ArithmeticError) as error:
        raise UnreadableSource("damaged", f"HDF5: {str(error)[:200]}") from error


def declared_bytes(head: bytes) -> int:
    """The length that the superblock states (HDF5 File Format Specification, II.A); 0 when it does not."""
    if len(head) < 64 or not head.startswith(MAGIC) or head[8] > 3:
        return 0
    wide = head[9] if head[8] >= 2 else head[13]
    end_at = {0: 40, 1: 44}.get(head[8], 28)
    return int.from_bytes(head[end_at : end_at + 8], "little") if wide == 8 else 0


def find_child(group: Any, name: str) -> Any:
    """The group or dataset of this name in a group, or None.

    Raises `UnreadableSource` (`hostile_file`) for a soft, external or user-defined link, which could lead
    anywhere. `name in group` is not asked: it follows links.
    """
    import h5py

    if "/" in name or name in ("", ".") or not group.id.links.exists(name.encode()):
        return None
    if group.id.links.get_info(name.encode()).type != h5py.h5l.TYPE_HARD:
        raise UnreadableSource("hostile_file", f"{name[:80]} is a link, which is not followed")
    item = group[name]
    return item if isinstance(item, h5py.Group | h5py.Dataset) else None


def is_group(item: Any) -> bool:
    """Whether what `find_child` gave is a group."""
    import h5py

    return isinstance(item, h5py.Group)


def read_array(dataset: Any, name: str) -> npt.NDArray[Any]:
    """The numbers of a dataset, checked before a byte of it is read.

    Raises `UnreadableSource`: `too_large`, and what `check_storage` raises.
    """
    if _bytes(dataset.shape, dataset.dtype) > MAX_DATASET_BYTES:
        raise UnreadableSource("too_large", f"{name} has more than {MAX_DATASET_BYTES // 2**20} MB")
    check_storage(dataset, name)
    values: npt.NDArray[Any] = dataset[()]
    return values


def read_rows(dataset: Any, name: str) -> Iterator[npt.NDArray[Any]]:
    """The rows of a dataset one by one, of which at most `MAX_DATASET_BYTES` are held.

    They are read in blocks as long as a chunk, so that no chunk is unpacked for each of its rows anew.
    Raises `UnreadableSource`, as `read_array` does, here for a row that is too large.
    """
    row = _bytes(dataset.shape[1:], dataset.dtype)
    if row > MAX_DATASET_BYTES:
        raise UnreadableSource("too_large", f"{name} has rows of more than {MAX_DATASET_BYTES // 2**20} MB")
    check_storage(dataset, name)
    wanted = int(dataset.chunks[0]) if dataset.chunks is not None else _BLOCK_ROWS
    step = max(1, min(wanted, MAX_DATASET_BYTES // max(1, row)))
    for first in range(0, len(dataset), step):
        yield from dataset[first : first + step]


def check_storage(dataset: Any, name: str) -> None:
    """Refuse a dataset that cannot be read safely, before a byte of it is read.

    Raises `UnreadableSource`: `hostile_file` for storage outside the file, an unknown filter, objects, or a
    chunk that would swell; `too_large` for chunks.
    """
    if dataset.dtype.kind not in "iufb":
        raise UnreadableSource("hostile_file", f"{name} holds {dataset.dtype}, not numbers")
    create = dataset.id.get_create_plist()
    if dataset.is_virtual or create.get_external_count():
        raise UnreadableSource("hostile_file", f"{name} keeps its data in other files")
    filters = {create.get_filter(index)[0] for index in range(create.get_nfilters())}
    if filters - _FILTERS:
        raise UnreadableSource("hostile_file", f"{name} needs filter {min(filters - _FILTERS)}")
    if dataset.chunks is not None:
        _check_chunks(dataset, name)


def read_attribute(item: Any, name: str) -> str | int | float | bool | None:
    """An attribute that is one string or one number; None when there is none, or it is anything else."""
    import h5py

    if name not in item.attrs:
        return None
    attribute = item.attrs.get_id(name)
    text = h5py.check_string_dtype(attribute.dtype)
    if attribute.shape != () or attribute.get_storage_size() > MAX_ATTRIBUTE_BYTES:
        return None
    if text is None and attribute.dtype.kind not in "iufb":
        return None
    value = item.attrs[name]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")[:MAX_ATTRIBUTE_BYTES]
    if isinstance(value, str):
        return value[:MAX_ATTRIBUTE_BYTES]
    return value.item() if isinstance(value, np.generic) else None


@functools.lru_cache(maxsize=16)
def _check_heaps(path: Path, mtime_ns: int) -> None:
    """Refuse (`hostile_file`, `too_many`) heaps of texts that would hold the library for ever.

    It goes from object to object by their sizes, and free space of size 0 leads nowhere. All of a file is
    looked through, once: where its heaps lie is known only to those who read them.
    """
    with path.open("rb") as file:
        head = file.read(16)
        if len(head) == 16 and head[10 if head[8] >= 2 else 14] in (2, 4, 16, 32):
            raise UnreadableSource("hostile_file", "HDF5 file whose lengths are not of 8 bytes")
        start, data, left = 0, b"", MAX_HEAP_OBJECTS
        file.seek(0)
        while block := file.read(_SCAN_BYTES):
            data, start = data[-len(_HEAP) + 1 :] + block, start + max(0, len(data) - len(_HEAP) + 1)
            at = data.find(_HEAP)
            while at >= 0:
                left -= _check_heap(file, start + at, left)
                at = data.find(_HEAP, at + 1)
            file.seek(start + len(data))


def _check_heap(file: BinaryIO, at: int, most: int) -> int:
    """How many objects a heap holds, `most` at most."""
    file.seek(at)
    length = int.from_bytes(file.read(_HEAP_ENTRY_BYTES)[8:], "little")
    at += _HEAP_ENTRY_BYTES
    end = at + length - _HEAP_ENTRY_BYTES
    count = 0
    while at + _HEAP_ENTRY_BYTES <= end:
        file.seek(at)
        entry = file.read(_HEAP_ENTRY_BYTES)
        if len(entry) < _HEAP_ENTRY_BYTES:
            break  # the library finds out by itself that the file ends here
        size = int.from_bytes(entry[8:], "little")
        is_free = entry[:2] == b"\0\0"
        taken = size if is_free else _HEAP_ENTRY_BYTES + (size + 7) // 8 * 8
        if taken < _HEAP_ENTRY_BYTES or at + taken > end:
            raise UnreadableSource("hostile_file", "an object of a global heap ends outside of it")
        at += taken
        count += 1
        if count > most:
            raise UnreadableSource("too_many", f"heaps of more than {MAX_HEAP_OBJECTS} objects")
    return count


def _check_chunks(dataset: Any, name: str) -> None:
    chunk = _bytes(dataset.chunks, dataset.dtype)
    if chunk > MAX_CHUNK_BYTES:
        raise UnreadableSource("too_large", f"{name} has chunks of more than {MAX_CHUNK_BYTES // 2**20} MB")
    count = dataset.id.get_num_chunks()
    if count > MAX_CHUNKS:
        raise UnreadableSource("too_large", f"{name} has more than {MAX_CHUNKS} chunks")
    limit = chunk + chunk // 1000 + _CHUNK_SLACK
    # not `get_chunk_info`, which looks through all chunks for each
    if dataset.id.chunk_iter(lambda stored: True if stored.size > limit else None):
        raise UnreadableSource("hostile_file", f"{name} has a stored chunk that is larger than its data")


def _bytes(shape: tuple[int, ...], dtype: Any) -> int:
    total = int(dtype.itemsize)
    for length in shape:
        total *= int(length)
    return total
