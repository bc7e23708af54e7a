"""InkML files are told by their root element and become one source each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from dataclaw_assets.raw_sources.readers.contract import Opened
from dataclaw_assets.raw_sources.readers.inkml import InkmlReader
from resources.landing import LandingFile

GOOD = b'<ink><annotation type="truth">hat</annotation><trace>1 1</trace></ink>'
Open = Callable[[bytes, str], Opened]


@pytest.fixture
def open_bytes(tmp_path: Path) -> Open:
    """Lands bytes under a name and opens them as a reader meets them."""

    def land(data: bytes, name: str) -> Opened:
        path = tmp_path / name
        path.write_bytes(data)
        file = LandingFile(uri=path.as_uri(), path=name, bytes=len(data), mtime_ns=1)
        return Opened(file=file, path=path, sha256=hashlib.sha256(data).hexdigest(), head=data)

    return land


@pytest.mark.parametrize("name", ["hat.inkml", "hat.txt"])
def test_content_decides(open_bytes: Open, name: str) -> None:
    assert InkmlReader().claims(open_bytes(GOOD, name))


@pytest.mark.parametrize("data", [b"<html><ink/></html>", b"ink", b"<svg/>", GOOD.decode().encode("utf-16")])
def test_other_files_are_not_claimed(open_bytes: Open, data: bytes) -> None:
    assert not InkmlReader().claims(open_bytes(data, "hat.inkml"))


def test_a_file_is_one_drawing(open_bytes: Open) -> None:
    (source,) = InkmlReader().read(open_bytes(GOOD, "hat.inkml"), "b")
    assert (source.kind, source.format, source.name, source.member) == ("drawing", "inkml", "hat.inkml", None)
    assert (source.width, source.height, source.stream) == (512, 512, None)
    assert (source.source_id, source.tags) == (hashlib.sha256(GOOD).hexdigest(), ("word:hat",))
