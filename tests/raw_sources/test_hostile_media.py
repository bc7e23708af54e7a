"""Hostile pictures and videos: bombs, sizes that lie, files that name other files or addresses."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from resources.media import write_clip
from tests.raw_sources.conftest import paint
from tests.raw_sources.hostile_files import Bait, Cases, Make, Outcome, read_hostile

SIDE = 20_000
"""Of a picture that Pillow refuses: over 179 million pixels (`PIL.Image.MAX_IMAGE_PIXELS`, doubled)."""


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_bomb(side: int, *more: bytes) -> bytes:
    """A whole black picture of this many pixels a side, in a thousandth of its bytes."""
    pack, row = zlib.compressobj(9), bytes(1 + (side + 7) // 8)
    rows = b"".join(pack.compress(row) for _ in range(side)) + pack.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = (png_chunk(b"IHDR", header), *more, png_chunk(b"IDAT", rows), png_chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def tiff(width: int, height: int) -> bytes:
    """A TIFF of one strip that says how large it is."""
    tags = ((256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, height))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in (*tags, (279, 2**32 - 1)))
    return b"II*\x00" + struct.pack("<IH", 8, 9) + entries + bytes(4)


def saved(name: str, edit: Callable[[bytes], bytes], **options: object) -> Make:
    """A small picture as Pillow writes it, then changed."""

    def make(folder: Path, bait: Bait) -> None:
        from PIL import Image

        Image.new("RGB", (64, 64), "red").save(folder / name, **options)  # type: ignore[arg-type]
        (folder / name).write_bytes(edit((folder / name).read_bytes()))

    return make


def written(name: str, data: bytes) -> Make:
    return lambda folder, bait: (folder / name).write_bytes(data)


def put(mark: bytes, ahead: int, value: bytes) -> Callable[[bytes], bytes]:
    """Puts a value so many bytes after a mark."""

    def edit(data: bytes) -> bytes:
        at = data.index(mark) + ahead
        return data[:at] + value + data[at + len(value) :]

    return edit


def endless_text(folder: Path, bait: Bait) -> None:
    """A picture whose comment unpacks to a hundred megabytes."""
    text = png_chunk(b"zTXt", b"a\x00\x00" + zlib.compress(bytes(100_000_000), 9))
    (folder / "a.png").write_bytes(png_bomb(SIDE // 100, text))


def clip(folder: Path, bait: Bait, name: str = "a.mov") -> Path:
    """A whole video in `folder`, the same outside."""
    path = folder / name
    write_clip(folder / "a.mp4", (paint(index) for index in range(12)), 10.0)
    (folder / "a.mp4").rename(path)
    bait.file("bait.mp4", path.read_bytes())
    return path


def film_elsewhere(kind: bytes, where: Callable[[Bait], str]) -> Make:
    """A QuickTime film that says that its pictures are in another file."""

    def make(folder: Path, bait: Bait) -> None:
        path = clip(folder, bait)
        data = path.read_bytes()
        said = _alias(where(bait)) if kind == b"alis" else where(bait).encode() + b"\0"
        entry = struct.pack(">I", 12 + len(said)) + kind + bytes(4) + said
        old = data.index(b"url \x00\x00\x00\x01") - 4
        data = data[:old] + entry + data[old + 12 :]
        for name in (b"dref", b"dinf", b"minf", b"mdia", b"trak", b"moov"):
            at = data.index(name) - 4
            size = int.from_bytes(data[at : at + 4], "big") + len(entry) - 12
            data = data[:at] + struct.pack(">I", size) + data[at + 4 :]
        at = data.index(b"mdat") + 4
        path.write_bytes(data[:at] + bytes(len(data) - at))  # what it says is elsewhere is not here

    return make


def _alias(path: str) -> bytes:
    """An alias record of Mac OS with the path as its parts 2 and 18, as FFmpeg reads it."""
    name = Path(path).name.encode()
    record = bytearray(150)
    record[50] = len(name)
    record[51 : 51 + len(name)] = name
    text = path.encode()
    parts = b"".join(struct.pack(">hh", kind, len(text)) + text + bytes(len(text) % 2) for kind in (2, 18))
    return bytes(record) + parts + struct.pack(">hh", -1, 0)


def playlist(name: str, text: str) -> Make:
    """A list of films; `FILE` and `HTTP` in it are the bait."""

    def make(folder: Path, bait: Bait) -> None:
        film = clip(folder, bait).rename(bait.folder / "film.mp4")
        said = text.replace("FILE", str(film)).replace("HTTP", f"{bait.address}/film.mp4")
        (folder / name).write_text(said)

    return make


def patterned(folder: Path, bait: Bait) -> None:
    """A file named like a pattern of pictures, that is no video."""
    (folder / "%05d.mp4").write_bytes(b"\x00\x01\x02" * 100)


HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n"
MPD = '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{}</BaseURL></MPD>'
JPEG_SIZE = b"\xff\xc0\x00\x11\x08"

CASES: Cases = {
    "png bomb": (lambda folder, bait: (folder / "a.png").write_bytes(png_bomb(SIDE)), "not_an_image"),
    "png that Pillow would decode": (
        lambda folder, bait: (folder / "a.png").write_bytes(png_bomb(13_000)), "memory"
    ),
    "png with a bomb of text": (endless_text, "not_an_image"),
    "png that moves for ever": (
        lambda folder, bait: (folder / "a.png").write_bytes(
            png_bomb(SIDE, png_chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)))
        ),
        "not_an_image",
    ),
    "gif as large as can be said": (saved("a.gif", put(b"GIF8", 6, b"\xff" * 4)), "not_an_image"),
    "jpeg of 65,500 pixels a side": (
        saved("a.jpg", put(JPEG_SIZE, 5, struct.pack(">HH", 65_500, 65_500))), "not_an_image"
    ),
    "webp larger than itself": (saved("a.webp", put(b"VP8 ", 14, b"\xff\x3f\xff\x3f")), "not_an_image"),
    "tiff as large as can be said": (written("a.tif", tiff(2**31 - 1, 2**31 - 1)), "not_an_image"),
    "avif as large as can be said": (saved("a.avif", put(b"ispe", 8, b"\x7f\xff" * 4)), "not_an_image"),
    "bmp as large as can be said": (saved("a.bmp", put(b"BM", 18, b"\xff\xff\xff\x7f" * 2)), "not_an_image"),
    "raw video as large as can be said": (
        written("a.y4m", b"YUV4MPEG2 W65535 H65535 F25:1 C420jpeg\nFRAME\n" + bytes(1000)), "truncated"
    ),
    "film in a file": (
        film_elsewhere(b"url ", lambda bait: (bait.folder / "bait.mp4").as_uri()), "no_frames"
    ),
    "film in the net": (film_elsewhere(b"url ", lambda bait: f"{bait.address}/bait.mp4"), "no_frames"),
    "film by an alias": (film_elsewhere(b"alis", lambda bait: str(bait.folder / "bait.mp4")), "no_frames"),
    "playlist of the disk": (playlist("a.mp4", HLS.format("FILE")), "not_media"),
    "playlist of the net": (playlist("a.mp4", HLS.format("HTTP")), "not_media"),
    "playlist of another name": (playlist("a.ts", "\n" + HLS.format("HTTP")), "not_media"),
    "list of films": (playlist("a.mkv", "ffconcat version 1.0\nfile FILE\n"), "not_media"),
    "list of films without a head": (playlist("a.mp4", "file FILE\n"), "not_media"),
    "manifest of the net": (playlist("a.mp4", MPD.format("HTTP")), "not_media"),
    "session of the net": (
        playlist("a.mp4", "v=0\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n"), "not_media"
    ),
    "name that is a pattern": (patterned, "not_media"),
}  # fmt: skip


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """All cases, read once."""
    return read_hostile(CASES, tmp_path_factory.mktemp("hostile"), memory_mb=1536)


@pytest.mark.parametrize("case", CASES)
def test_it_costs_its_own_row_only(outcome: Outcome, case: str) -> None:
    assert outcome.reasons(case) == [CASES[case][1]]


def test_the_good_file_beside_them_is_read(outcome: Outcome) -> None:
    assert outcome.good == ["registered"]


def test_nothing_that_they_name_is_opened_or_fetched(outcome: Outcome) -> None:
    assert (outcome.opened, outcome.visits) == (0, 0)
