"""SVG files are told by their root element and become one source each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from dataclaw_assets.raw_sources.readers.contract import Opened
from dataclaw_assets.raw_sources.readers.svg import SvgReader
from resources.landing import LandingFile

GOOD = b'<svg xmlns="http://www.w3.org/2000/svg"><title>hat</title><path d="M0 0L9 9"/></svg>'
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


@pytest.mark.parametrize("name", ["hat.svg", "hat.txt"])
def test_content_decides(open_bytes: Open, name: str) -> None:
    assert SvgReader().claims(open_bytes(GOOD, name))


@pytest.mark.parametrize(
    "data", [b"<html><svg/></html>", b"svg", b"\x00<svg>", GOOD.decode().encode("utf-16")]
)
def test_other_files_are_not_claimed(open_bytes: Open, data: bytes) -> None:
    assert not SvgReader().claims(open_bytes(data, "hat.svg"))


def test_a_file_is_one_drawing(open_bytes: Open) -> None:
    (source,) = SvgReader().read(open_bytes(GOOD, "hat.svg"), "b")
    assert (source.kind, source.format, source.name, source.member) == ("drawing", "svg", "hat.svg", None)
    assert (source.width, source.height, source.stream) == (512, 512, None)
    assert (source.source_id, source.tags) == (hashlib.sha256(GOOD).hexdigest(), ("word:hat",))
