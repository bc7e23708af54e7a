"""Bounded, safe reading of the members of a zip archive: nothing is extracted, nothing followed."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from dataclaw_assets.errors import UnreadableSource

MAX_ENTRIES = 50_000
"""A long trace holds some thousands of pictures and resources."""

MAX_DIRECTORY_BYTES = 16 * 1024 * 1024
"""`zipfile` holds the whole directory in memory, whatever number of entries the archive admits to."""

MAX_RATIO = 300
"""How far a member may be compressed: logs and blank pictures reach 50, a bomb of zeros 1,000."""

RATIO_FROM_BYTES = 1024 * 1024
"""Members that unpack to less than this cannot do harm, however well they are compressed."""

MAX_UNPACKED_BYTES = 16 * 1024**3
"""What all members together may say they unpack to."""

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR_BYTES = 20
_END64 = struct.Struct("<4sQ2H2L4Q")
_COMMENT_BYTES = 65_535
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1

_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, LookupError, RuntimeError,
)  # fmt: skip
"""What `zipfile` and `zlib` raise at damage."""


class Archive:
    """An open zip archive whose directory has been read, and its members by name."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members = {
            info.filename: info for info in archive.infolist() if not info.filename.endswith("/")
        }

    @property
    def names(self) -> list[str]:
        """The names of the members in the order of the directory."""
        return list(self._members)

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def size(self, name: str) -> int:
        """How many bytes a member says it unpacks to; no more than that is ever read."""
        return self._members[name].file_size

    def check(self) -> None:
        """Refuses an archive that no honest writer makes.

        Raises `UnreadableSource`: `hostile_archive` for a path that leads outside, a link, a name that occurs
        twice, or sizes that only a bomb has; `encrypted`; `too_many` entries; `unsupported` compression.
        """
        infos = self._archive.infolist()
        if len(infos) > MAX_ENTRIES:
            raise UnreadableSource("too_many", f"an archive of more than {MAX_ENTRIES} entries")
        for info in infos:
            _check_member(info)
        twice = [name for name, count in Counter(info.filename for info in infos).items() if count > 1]
        if twice:
            raise UnreadableSource("hostile_archive", f"{_quote(twice[0])} occurs more than once")
        if sum(info.file_size for info in infos) > MAX_UNPACKED_BYTES:
            limit = MAX_UNPACKED_BYTES // 1024**3
            raise UnreadableSource("hostile_archive", f"it unpacks to more than {limit} GB")

    def read(self, name: str, limit: int) -> bytes:
        """A member's bytes.

        Raises `UnreadableSource`: `missing_part`, `too_large` beyond `limit` bytes, `damaged_archive`.
        """
        data = self.read_start(name, limit + 1)
        if len(data) > limit:
            raise UnreadableSource("too_large", f"{_quote(name)} unpacks to more than {limit} bytes")
        return data

    def read_start(self, name: str, size: int) -> bytes:
        """The first `size` bytes of a member, or all it has."""
        with self._open(name) as file, _as_damage(name):
            return file.read(size)

    def read_lines(self, name: str, line_limit: int, limit: int) -> Iterator[bytes | None]:
        """The lines of a member, unpacked as they are asked for; None for one longer than `line_limit` bytes.

        Raises `UnreadableSource`: `missing_part`, `too_large` beyond `limit` bytes, `damaged_archive`.
        """
        left = limit
        with self._open(name) as file:
            while line := self._read_piece(file, name, line_limit):
                left -= len(line)
                too_long = len(line) > line_limit
                while too_long and left >= 0 and line and not line.endswith(b"\n"):
                    line = self._read_piece(file, name, line_limit)
                    left -= len(line)
                if left < 0:
                    raise UnreadableSource("too_large", f"{_quote(name)} unpacks to more than {limit} bytes")
                yield None if too_long else line

    def _read_piece(self, file: IO[bytes], name: str, line_limit: int) -> bytes:
        with _as_damage(name):
            return file.readline(line_limit + 1)

    def _open(self, name: str) -> IO[bytes]:
        if name not in self._members:
            raise UnreadableSource("missing_part", f"{_quote(name)} is not there")
        _check_member(self._members[name])
        with _as_damage(name):
            return self._archive.open(self._members[name])


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Opens a zip archive; nothing but its directory is read. Call `check` before trusting its members.

    Raises `UnreadableSource`: `damaged_archive` when it is no zip archive, `too_many` when its directory is
    beyond `MAX_DIRECTORY_BYTES`.
    """
    with path.open("rb") as file:
        if _directory_bytes(file) > MAX_DIRECTORY_BYTES:
            limit = MAX_DIRECTORY_BYTES // (1024 * 1024)
            raise UnreadableSource("too_many", f"an archive with a directory of more than {limit} MB")
        try:
            archive = zipfile.ZipFile(file)
        except _DAMAGE as error:
            raise UnreadableSource("damaged_archive", str(error)[:200]) from error
        with archive:
            yield Archive(archive)


def _directory_bytes(file: IO[bytes]) -> int:
    """The size of the directory as `zipfile` will find it: the last end record, or its 64-bit form."""
    size = file.seek(0, 2)
    start = max(0, size - _END.size - _COMMENT_BYTES)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise UnreadableSource("damaged_archive", "the end of its directory is not there")
    directory = int(_END.unpack_from(tail, at)[5])
    wide_at = start + at - _END64_LOCATOR_BYTES - _END64.size
    if wide_at >= 0:
        file.seek(wide_at)
        wide = file.read(_END64.size)
        if wide[:4] == b"PK\x06\x06":
            directory = max(directory, int(_END64.unpack(wide)[8]))
    return directory


def _check_member(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    parts = name.replace("\\", "/").split("/")
    if not name or ".." in parts or parts[0] == "" or parts[0][1:2] == ":" or "\x00" in name:
        raise UnreadableSource("hostile_archive", f"{_quote(name)} leads outside the archive")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UnreadableSource("hostile_archive", f"{_quote(name)} is a link")
    if info.flag_bits & _ENCRYPTED:
        raise UnreadableSource("encrypted", f"{_quote(name)} needs a password")
    if info.compress_type not in _METHODS:
        raise UnreadableSource("unsupported", f"{_quote(name)}: compression method {info.compress_type}")
    if info.file_size > RATIO_FROM_BYTES and info.file_size > MAX_RATIO * info.compress_size:
        raise UnreadableSource(
            "hostile_archive", f"{_quote(name)} says it unpacks to over {MAX_RATIO} times its size"
        )


@contextmanager
def _as_damage(name: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise UnreadableSource("damaged_archive", f"{_quote(name)}: {str(error)[:200]}") from error


def _quote(name: str) -> str:
    return ascii(name[:80])
