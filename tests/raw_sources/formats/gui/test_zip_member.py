"""Zip members: what is read, what is bounded, and archives that no honest writer makes."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui import zip_member
from dataclaw_assets.raw_sources.formats.gui.zip_member import open_archive
from tests.fuzzing import TIMES

Pack = Callable[..., Path]


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """Writes an archive of members by name, or as given to `ZipFile.writestr`."""

    def write(*members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
        path = tmp_path / "made.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members:
                archive.writestr(name, data)
        return path

    return write


def refusal(path: Path) -> str:
    """Why an archive is refused when it is opened and checked."""
    with pytest.raises(UnreadableSource) as caught, open_archive(path) as archive:
        archive.check()
    return caught.value.reason


def test_a_member_is_read_whole(pack: Pack) -> None:
    with open_archive(pack(("a.txt", b"one"), ("b/c.txt", b"two"))) as archive:
        archive.check()
        assert archive.names == ["a.txt", "b/c.txt"]
        assert archive.read("b/c.txt", 3) == b"two"


def test_the_start_of_a_member_is_read(pack: Pack) -> None:
    with open_archive(pack(("a.txt", b"one and more"))) as archive:
        assert archive.read_start("a.txt", 3) == b"one"


def test_a_member_beyond_its_limit_is_too_large(pack: Pack) -> None:
    with (
        open_archive(pack(("a.txt", b"four"))) as archive,
        pytest.raises(UnreadableSource, match="too_large"),
    ):
        archive.read("a.txt", 3)


def test_a_member_that_is_not_there_is_named(pack: Pack) -> None:
    path = pack(("a.txt", b"one"))
    with open_archive(path) as archive, pytest.raises(UnreadableSource, match=r"missing_part: 'b\.txt'"):
        archive.read("b.txt", 3)


def test_lines_come_one_by_one(pack: Pack) -> None:
    with open_archive(pack(("a.txt", b"one\n\ntwo"))) as archive:
        assert list(archive.read_lines("a.txt", 10, 100)) == [b"one\n", b"\n", b"two"]


@pytest.mark.parametrize("length", [4, 5, 6, 7, 20, 21])
def test_a_long_line_is_none_and_the_next_is_read(pack: Pack, length: int) -> None:
    with open_archive(pack(("a.txt", b"x" * length + b"\nend\n"))) as archive:
        assert list(archive.read_lines("a.txt", 4, 100)) == [None, b"end\n"]


def test_a_long_line_may_be_the_last(pack: Pack) -> None:
    with open_archive(pack(("a.txt", b"x" * 15))) as archive:
        assert list(archive.read_lines("a.txt", 4, 100)) == [None]


def test_a_line_without_end_stops_at_the_limit_of_the_member(pack: Pack) -> None:
    path = pack(("a.txt", b"x" * (1024 * 1024)))
    with open_archive(path) as archive, pytest.raises(UnreadableSource, match="too_large"):
        list(archive.read_lines("a.txt", 1000, 50_000))


def test_a_bomb_by_its_ratio_is_refused(pack: Pack) -> None:
    assert refusal(pack(("zeros", bytes(8 * 1024 * 1024)))) == "hostile_archive"


def test_a_small_member_may_be_compressed_well(pack: Pack) -> None:
    with open_archive(pack(("zeros", bytes(512 * 1024)))) as archive:
        archive.check()


def test_a_bomb_by_its_size_is_refused(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_member, "MAX_UNPACKED_BYTES", 1000)
    assert refusal(pack(("a", bytes(600)), ("b", bytes(600)))) == "hostile_archive"


def test_a_bomb_that_lies_about_its_size_gives_no_more_than_it_says(pack: Pack) -> None:
    path = pack(("zeros", bytes(8 * 1024 * 1024)))
    data = path.read_bytes()
    at = data.rindex(b"PK\x01\x02") + 24
    path.write_bytes(data[:at] + struct.pack("<L", 10) + data[at + 4 :])
    with open_archive(path) as archive, pytest.raises(UnreadableSource, match="damaged_archive"):
        archive.read("zeros", 100)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "..\\x", "C:/x", "a/.."])
def test_a_path_that_leads_outside_is_refused(pack: Pack, name: str) -> None:
    assert refusal(pack((name, b"x"))) == "hostile_archive"


def test_a_name_with_a_nul_is_refused(pack: Pack) -> None:
    path = pack(("aXb.txt", b"x"))
    path.write_bytes(path.read_bytes().replace(b"aXb.txt", b"a\x00b.txt"))
    assert refusal(path) == "hostile_archive"


def test_an_empty_name_is_refused(pack: Pack) -> None:
    path = pack(("a", b"x"))
    data = path.read_bytes()
    at = data.rindex(b"PK\x01\x02")
    # The name becomes the entry's comment, so that the directory keeps its length.
    shifted = data[: at + 28] + struct.pack("<3H", 0, 0, 1) + data[at + 34 :]
    path.write_bytes(shifted)
    assert refusal(path) == "hostile_archive"


def test_a_link_is_refused(pack: Pack) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert refusal(pack((link, b"/etc/passwd"))) == "hostile_archive"


def test_a_name_that_occurs_twice_is_refused(pack: Pack) -> None:
    path = pack(("aa", b"one"), ("ab", b"two"))
    path.write_bytes(path.read_bytes().replace(b"ab", b"aa"))
    assert refusal(path) == "hostile_archive"


def test_an_encrypted_member_is_refused(pack: Pack) -> None:
    path = pack(("a", b"one"))
    data = path.read_bytes()
    at = data.rindex(b"PK\x01\x02") + 8
    path.write_bytes(data[:at] + struct.pack("<H", 1) + data[at + 2 :])
    assert refusal(path) == "encrypted"


def test_an_odd_compression_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "made.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", b"one")
    assert refusal(path) == "unsupported"


def test_too_many_entries_are_refused(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_member, "MAX_ENTRIES", 2)
    assert refusal(pack(("a", b""), ("b", b""), ("c", b""))) == "too_many"


def test_a_large_directory_is_refused_before_it_is_read(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_member, "MAX_DIRECTORY_BYTES", 100)
    assert refusal(pack(*((f"{number:040}", b"") for number in range(3)))) == "too_many"


@pytest.mark.parametrize("keep", [0, 3, 30, 100, 140])
def test_a_cut_archive_is_damaged(pack: Pack, keep: int) -> None:
    path = pack(("a", b"one" * 20), ("b", b"two" * 20))
    path.write_bytes(path.read_bytes()[:keep])
    assert refusal(path) == "damaged_archive"


def test_a_member_whose_bytes_changed_is_damaged(pack: Pack) -> None:
    path = pack((zipfile.ZipInfo("a"), b"one one one"))
    path.write_bytes(path.read_bytes().replace(b"one one one", b"one two one"))
    with open_archive(path) as archive, pytest.raises(UnreadableSource, match="damaged_archive: 'a'"):
        archive.read("a", 100)


@settings(max_examples=150 * TIMES, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=6))
def test_any_change_of_bytes_gives_members_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "changed.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"one\ntwo\n" * 20)
        archive.writestr(zipfile.ZipInfo("b.txt"), b"three\n" * 5)
    data = bytearray(path.read_bytes())
    for at, value in changes:
        data[at % len(data)] = value
    path.write_bytes(data)
    with suppress(UnreadableSource), open_archive(path) as opened:
        opened.check()
        for name in opened.names:
            assert sum(len(line or b"") for line in opened.read_lines(name, 100, 1000)) <= 1000
