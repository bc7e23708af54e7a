"""Reads a landing folder with one folder reader alone, as registration does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.readers.contract import (
    HEAD_BYTES,
    FolderReader,
    Opened,
    Unit,
    hash_file,
    read_json,
)
from dataclaw_assets.raw_sources.register import PEEK_BYTES
from dataclaw_assets.records import Source
from resources.landing import LandingFile, list_landing, local_path


def claim_folder(reader: FolderReader, landing: Path) -> list[Unit]:
    """The units that the reader claims; no file is in two of them."""

    def peek(file: LandingFile) -> Any:
        try:
            return read_json(local_path(file.uri, landing), PEEK_BYTES)
        except UnreadableSource:
            return None

    units = reader.claim(list_landing(str(landing)), peek)
    paths = [file.path for unit in units for file in unit.files]
    assert len(paths) == len(set(paths))
    return units


def read_folder(reader: FolderReader, landing: Path) -> dict[str, Source]:
    """The rows of all claimed units by name."""
    rows = [row for unit in claim_folder(reader, landing) for row in read_claimed(reader, unit, landing)]
    return {row.name: row for row in rows}


def read_claimed(reader: FolderReader, unit: Unit, scratch: Path) -> list[Source]:
    """The rows of one unit."""
    opened = {name: _open(file, scratch) for name, file in unit.relative().items()}
    return reader.read(unit, opened, "batch")


def _open(file: LandingFile, scratch: Path) -> Opened:
    path = local_path(file.uri, scratch)
    return Opened(file=file, path=path, sha256=hash_file(path), head=path.read_bytes()[:HEAD_BYTES])
