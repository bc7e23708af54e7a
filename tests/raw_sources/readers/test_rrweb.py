"""The rrweb reader: told by content, one row a recording."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.readers.contract import HEAD_BYTES, Opened
from dataclaw_assets.raw_sources.readers.rrweb import RrwebReader
from resources.landing import LandingFile
from tests.raw_sources.formats.gui.made_rrweb import SEND, clicked, opened


def land(path: Path, content: str | bytes) -> Opened:
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(data)
    stat = path.stat()
    file = LandingFile(uri=path.as_uri(), path=path.name, bytes=stat.st_size, mtime_ns=stat.st_mtime_ns)
    return Opened(file, path, hashlib.sha256(data).hexdigest(), data[:HEAD_BYTES])


EVENTS = [*opened(), *clicked(2, SEND)]


def test_a_recording_is_one_row(tmp_path: Path) -> None:
    landed = land(tmp_path / "log.json", json.dumps(EVENTS))
    (row,) = RrwebReader().read(landed, "b1")
    assert (row.source_id, row.kind, row.format, row.status) == (
        landed.sha256, "gui_trace", "rrweb", "registered"
    )  # fmt: skip
    assert (row.width, row.height, row.stream, row.tags) == (800, 600, None, ("actions:2",))


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(EVENTS),
        json.dumps(EVENTS, indent=2),
        "\ufeff" + json.dumps(EVENTS),
        json.dumps({"version": "2", "events": EVENTS}),
        "\n".join(map(json.dumps, EVENTS)),
        '[{"type": 2, "data": {"node": {"type": 0, "childNodes": [' + '{"type": 3},' * HEAD_BYTES,
    ],
    ids=["array", "indented", "mark", "object", "lines", "long first event"],
)
def test_a_recording_is_claimed_whatever_its_name(tmp_path: Path, text: str) -> None:
    assert RrwebReader().claims(land(tmp_path / "log.txt", text))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "[1]",
        "rrweb",
        '{"drawing": []}',
        '[{"type": "click", "data": {}, "timestamp": 1}]',
        '[{"type": 3, "timestamp": 1}]',
        '{"type": 3, "data": ',
        "[" * HEAD_BYTES,
        b"\x00[{",
    ],
)
def test_other_content_is_not_claimed_whatever_its_name(tmp_path: Path, content: str | bytes) -> None:
    assert not RrwebReader().claims(land(tmp_path / "rrweb.json", content))


def test_what_only_begins_like_a_recording_is_rejected(tmp_path: Path) -> None:
    landed = land(tmp_path / "log.json", json.dumps(EVENTS)[:-1])
    assert RrwebReader().claims(landed)
    with pytest.raises(UnreadableSource, match="bad_json"):
        RrwebReader().read(landed, "b1")


def test_the_reference_recordings_are_claimed(shared_footage: Path, tmp_path: Path) -> None:
    paths = [*(shared_footage / "gui").glob("rrweb_*.json"), *(shared_footage / "gui").glob("*/rrweb_*.json")]
    assert len(paths) == 5
    assert all(RrwebReader().claims(land(tmp_path / path.name, path.read_bytes())) for path in paths)
