"""What a reader is, and what readers share: bounded reading, hashes, ids and rejected rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.pictures import PictureTrack
from dataclaw_assets.raw_sources.formats.robot.episode import Series
from dataclaw_assets.records import Record, Sidecar, Source, SourceKind
from resources.assembly import Codec, describe_assembled
from resources.landing import LandingFile, display_name

HEAD_BYTES = 65_536
"""How much of a file is read to tell what it is."""

DOCUMENT_BYTES = 64 * 1024 * 1024
"""The largest JSON document that is parsed; a larger one needs a streaming form (ndjson)."""

LINE_BYTES = 8 * 1024 * 1024
"""The longest line of an ndjson file that is parsed."""


class Unit(Record):
    """Files that are read together: one file, or all files of a folder dataset.

    `root` is the folder's path in the landing zone, without a slash at its end; None for a single file.
    """

    format: str | None = None
    root: str | None = None
    files: tuple[LandingFile, ...]

    def relative(self) -> dict[str, LandingFile]:
        """The files by their path under the root."""
        skip = len(self.root) + 1 if self.root else 0
        return {file.path[skip:]: file for file in self.files}


@dataclass(frozen=True)
class Opened:
    """A landed file as a reader meets it: its bytes at a local path, its hash, and how it begins."""

    file: LandingFile
    path: Path
    sha256: str
    head: bytes

    @property
    def name(self) -> str:
        """The file's name as a person reads it."""
        return display_name(self.file.uri)

    @property
    def suffix(self) -> str:
        """The extension in lower case, with its dot."""
        return Path(self.name).suffix.lower()


class FileReader(Protocol):
    """Reads one format that lies in single files. Readers are asked in the order of the registry."""

    format: str

    def claims(self, opened: Opened) -> bool:
        """Whether the content looks like this format; the extension alone never decides."""

    def read(self, opened: Opened, batch: str) -> list[Source]:
        """The rows of the file; `UnreadableSource` when it is not what it looks like."""


class FolderReader(Protocol):
    """Reads one format that is a folder of files; asked before the readers of single files."""

    format: str

    def claim(self, files: Sequence[LandingFile], peek: Callable[[LandingFile], Any]) -> list[Unit]:
        """The datasets among the files, told by path and by content; `peek` parses a small JSON file, and
        gives None for one that cannot be read."""

    def read(self, unit: Unit, opened: dict[str, Opened], batch: str) -> list[Source]:
        """The rows of a dataset; `opened` is by path under the root. `UnreadableSource` rejects it whole."""


def read_json(path: Path, limit: int = DOCUMENT_BYTES) -> Any:
    """A parsed JSON document of at most `limit` bytes.

    Raises `UnreadableSource` (`too_large`, `bad_json`); also for nesting too deep for the parser.
    """
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise UnreadableSource("too_large", f"a JSON document of more than {limit // (1024 * 1024)} MB")
    return parse_json(data)


def parse_json(data: bytes) -> Any:
    """Parsed JSON; `UnreadableSource` (`bad_json`) when it is not."""
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableSource("bad_json", str(error)[:200]) from error


def read_lines(path: Path, limit: int = LINE_BYTES) -> Iterator[bytes]:
    """The lines of a file that are not blank.

    Raises `UnreadableSource` (`too_large`) at a line longer than `limit`.
    """
    with path.open("rb") as file:
        while line := file.readline(limit + 1):
            if len(line) > limit:
                raise UnreadableSource("too_large", f"a line of more than {limit // (1024 * 1024)} MB")
            if line.strip():
                yield line


def hash_file(path: Path) -> str:
    """The sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_id(opened: dict[str, Opened]) -> str:
    """The id of a folder dataset: sha256 of its sorted file hashes, so that its name does not matter."""
    return hashlib.sha256("\n".join(sorted(item.sha256 for item in opened.values())).encode()).hexdigest()


def member_id(dataset_id: str, index: int) -> str:
    """The id of one item of a dataset: sha256 of the dataset's id and the item's number."""
    return hashlib.sha256(f"{dataset_id}#{index}".encode()).hexdigest()


def unread_id(file: LandingFile) -> str:
    """The id of a row whose bytes could not be read: it can name the file only."""
    return hashlib.sha256(f"unread:{file.uri}:{file.bytes}:{file.mtime_ns}".encode()).hexdigest()


def reject(
    file: LandingFile,
    batch: str,
    reason: UnreadableSource,
    *,
    source_id: str | None = None,
    format: str = "unknown",
    member: int | None = None,
) -> Source:
    """The row that says why a file, or one item of it, is not registered: `code: detail`."""
    return Source(
        source_id=source_id or unread_id(file),
        kind=None,
        format=format,
        uri=file.uri,
        name=display_name(file.uri),
        member=member,
        batch=batch,
        bytes=file.bytes,
        mtime_ns=file.mtime_ns,
        status="rejected",
        reason=str(reason),
    )


def register(opened: Opened, batch: str, format: str, kind: SourceKind, **facts: Any) -> Source:
    """The row of a file that is one source; `facts` are the fields of `Source` that its reader knows."""
    return Source.model_validate(
        {
            "source_id": opened.sha256,
            "kind": kind,
            "format": format,
            "uri": opened.file.uri,
            "name": opened.name,
            "batch": batch,
            "bytes": opened.file.bytes,
            "mtime_ns": opened.file.mtime_ns,
            "status": "registered",
            **facts,
        }
    )


def describe_pictures(
    opened: Opened, track: PictureTrack | None, times: Sequence[float] | Series = ()
) -> dict[str, Any]:
    """Stream, width and height of a source whose pictures lie inside the file: the fields of `Source`; none
    for fewer than two pictures. The stream ends a mean step after the last picture, or after the last of the
    other `times` of the log.
    """
    if track is None or len(track.times) < 2:
        return {}
    first_s, last_s = track.times[0], track.times[-1]
    step_s = (last_s - first_s) / (len(track.times) - 1)
    end_s = max(last_s, float(times[-1]) if len(times) else 0.0) + step_s
    codec: Codec = "mjpeg" if track.encoding == "jpeg" else "png"
    stream = describe_assembled(opened.file.uri, opened.sha256, track.times, end_s, codec)
    return {"stream": stream, "width": track.width, "height": track.height}


def find_part(source: Source, role: str) -> Sidecar | None:
    """The file of a source that plays this role; the first of several."""
    return next((sidecar for sidecar in source.sidecars if sidecar.role == role), None)
