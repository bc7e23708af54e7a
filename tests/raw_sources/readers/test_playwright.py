"""The reader of Playwright traces: which archives it claims, and the row it makes of one."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.readers.contract import HEAD_BYTES, Opened
from dataclaw_assets.raw_sources.readers.playwright import PlaywrightReader
from resources.landing import LandingFile, to_uri
from tests.raw_sources.formats.gui.made_traces import call, context, lines, write_archive, write_trace


def meet(path: Path) -> Opened:
    """A file as a reader meets it."""
    data = path.read_bytes()
    file = LandingFile(uri=to_uri(path), path=path.name, bytes=len(data), mtime_ns=1)
    return Opened(file, path, hashlib.sha256(data).hexdigest(), data[:HEAD_BYTES])


def test_a_trace_is_one_source(tmp_path: Path) -> None:
    path = write_trace(tmp_path / "trace.zip", call(1, "goto", url="/"), call(2, "click", selector="#a"))
    (source,) = PlaywrightReader().read(meet(path), "b1")
    assert (source.kind, source.format, source.status) == ("gui_trace", "playwright", "registered")
    assert (source.width, source.height, source.stream) == (800, 600, None)
    assert source.tags == ("actions:2", "playwright:8", "browser:chromium")
    assert source.source_id == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_trace_that_only_opens_pages_has_no_actions(tmp_path: Path) -> None:
    path = write_trace(tmp_path / "trace.zip", call(1, "goto", url="/"), call(2, "setContent", html="<p>"))
    assert PlaywrightReader().read(meet(path), "b1")[0].tags[0] == "actions:none"


@pytest.mark.parametrize("name", ["trace.trace", "0-trace.trace", "test.trace"])
def test_an_archive_with_a_log_is_claimed_whatever_its_name(tmp_path: Path, name: str) -> None:
    assert PlaywrightReader().claims(meet(write_archive(tmp_path / "data.bin", {name: lines(context())})))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("notes.txt", b"hello"),
        ("instruments.trace", b"\x00\x01"),
        ("trace.trace", b'{"type": "other"}\n'),
        ("folder/trace.trace", lines(context())),
    ],
)
def test_another_archive_is_not_claimed(tmp_path: Path, name: str, data: bytes) -> None:
    assert not PlaywrightReader().claims(meet(write_archive(tmp_path / "trace.zip", {name: data})))


def test_a_file_that_only_begins_like_an_archive_is_not_claimed(tmp_path: Path) -> None:
    (tmp_path / "trace.zip").write_bytes(b"PK\x03\x04" + b"x" * 500)
    assert not PlaywrightReader().claims(meet(tmp_path / "trace.zip"))


def test_a_hostile_trace_is_claimed_and_refused(tmp_path: Path) -> None:
    opened = meet(write_trace(tmp_path / "trace.zip", files={"../x": b""}))
    assert PlaywrightReader().claims(opened)
    with pytest.raises(UnreadableSource, match="hostile_archive"):
        PlaywrightReader().read(opened, "b1")


def test_a_trace_with_an_encrypted_log_is_claimed_and_refused(tmp_path: Path) -> None:
    path = tmp_path / "trace.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("trace.trace", lines(context()))
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert PlaywrightReader().claims(meet(path))
    with pytest.raises(UnreadableSource, match="encrypted"):
        PlaywrightReader().read(meet(path), "b1")
