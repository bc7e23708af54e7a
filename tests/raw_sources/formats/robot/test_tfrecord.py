"""TFRecord framing and Example messages: every check is made, every length is doubted."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.robot import tfrecord
from dataclaw_assets.raw_sources.formats.robot.crc32c import crc32c, mask_crc
from dataclaw_assets.raw_sources.formats.robot.tfrecord import (
    parse_example,
    read_bytes,
    read_floats,
    read_ints,
    read_record,
    read_records,
)
from tests.fuzzing import TIMES
from tests.raw_sources.formats.robot.made_tfrecords import episode, example, feature, field, frame, varint


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.tfrecord-00000-of-00001"


def refusals(path: Path) -> list[str | None]:
    return [found.reason if isinstance(found, UnreadableSource) else None for _, found in read_records(path)]


@pytest.mark.parametrize(
    ("data", "check"),
    [
        (b"", 0x00000000),
        (b"a", 0xC1D04330),
        (b"123456789", 0xE3069283),
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
    ],
)
def test_check_is_that_of_rfc_3720(data: bytes, check: int) -> None:
    assert crc32c(data) == check


@given(st.binary(min_size=4, max_size=700))
@settings(max_examples=100 * TIMES, deadline=None)
def test_lanes_give_the_check_of_byte_by_byte(data: bytes) -> None:
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    assert crc32c(data) == register ^ 0xFFFFFFFF


def test_records_come_back_whole(path: Path) -> None:
    path.write_bytes(frame(b"one") + frame(b"") + frame(b"three" * 1000))
    assert [data for _, data in read_records(path)] == [b"one", b"", b"three" * 1000]


def test_one_record_is_found_by_its_number(path: Path) -> None:
    path.write_bytes(frame(b"one") + frame(b"two"))
    assert read_record(path, 1) == b"two"


@pytest.mark.parametrize("number", [-1, 2, 9])
def test_record_that_is_not_there_is_named(path: Path, number: int) -> None:
    path.write_bytes(frame(b"one") + frame(b"two"))
    with pytest.raises(UnreadableSource, match="missing_part"):
        read_record(path, number)


def test_damaged_data_cost_their_record_only(path: Path) -> None:
    damaged = bytearray(frame(b"two"))
    damaged[13] ^= 1
    path.write_bytes(frame(b"one") + damaged + frame(b"three"))
    assert refusals(path) == [None, "damaged", None]


def test_damaged_length_ends_the_file(path: Path) -> None:
    damaged = bytearray(frame(b"two"))
    damaged[0] ^= 1
    path.write_bytes(frame(b"one") + damaged + frame(b"three"))
    assert refusals(path) == [None, "damaged"]


@pytest.mark.parametrize("left", [1, 11, 12, 20])
def test_file_that_ends_within_a_record_is_truncated(path: Path, left: int) -> None:
    path.write_bytes(frame(b"one") + frame(b"two" * 20)[:left])
    assert refusals(path) == [None, "truncated"]


def test_length_beyond_the_file_allocates_nothing(path: Path) -> None:
    length = struct.pack("<Q", 1 << 62)
    path.write_bytes(length + struct.pack("<I", mask_crc(crc32c(length))) + bytes(64))
    assert refusals(path) == ["truncated"]


def test_record_that_is_too_large_is_passed_over(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tfrecord, "MAX_RECORD_BYTES", 100)
    path.write_bytes(frame(bytes(101)) + frame(b"two"))
    assert refusals(path) == ["too_large", None]


def test_values_come_back_in_their_types() -> None:
    parsed = parse_example(example({"b": [b"x", b""], "f": [0.5, -2.0], "i": [1, -1, 2**40]}))
    assert [bytes(value) for value in read_bytes(parsed["b"])] == [b"x", b""]
    assert read_floats(parsed["f"]).tolist() == [0.5, -2.0]
    assert read_ints(parsed["i"]).tolist() == [1, -1, 2**40]


def test_unpacked_numbers_are_read_too() -> None:
    floats = field(2, varint(1 << 3 | 5) + struct.pack("<f", 0.5))
    ints = field(3, varint(1 << 3) + varint(7) + varint(1 << 3) + varint(8))
    assert read_floats(memoryview(floats)).tolist() == [0.5]
    assert read_ints(memoryview(ints)).tolist() == [7, 8]


def test_sequence_example_is_refused_by_name() -> None:
    with pytest.raises(UnreadableSource, match=r"no_reader: a tf\.train\.SequenceExample"):
        parse_example(field(1, b"") + field(2, b""))


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(varint(1 << 3 | 2) + varint(1 << 40) + b"abc", id="a length beyond its message"),
        pytest.param(b"\x0a" + b"\xff" * 12, id="a number without end"),
        pytest.param(b"\x0a\x80", id="a number cut short"),
        pytest.param(b"\x0b\x0c", id="a group"),
        pytest.param(varint(1 << 3) + varint(5), id="a number for a message"),
        pytest.param(field(3, b""), id="an unknown field"),
        pytest.param(field(1, varint(1 << 3) + varint(5)), id="a number for an entry"),
    ],
)
def test_message_that_is_no_example_is_refused(message: bytes) -> None:
    with pytest.raises(UnreadableSource, match="bad_example"):
        parse_example(message)


def test_list_of_another_type_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="another type"):
        read_floats(memoryview(feature([1, 2])))


def test_floats_that_are_not_whole_are_refused() -> None:
    with pytest.raises(UnreadableSource, match="not whole"):
        read_floats(memoryview(field(2, field(1, b"abcde"))))


def test_fields_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tfrecord, "MAX_FIELDS", 10)
    with pytest.raises(UnreadableSource, match="too_many"):
        read_bytes(memoryview(feature([b""] * 11)))


def test_integers_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tfrecord, "MAX_FIELDS", 10)
    with pytest.raises(UnreadableSource, match="too_many"):
        read_ints(memoryview(feature([1] * 11)))


def test_features_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tfrecord, "MAX_FEATURES", 3)
    with pytest.raises(UnreadableSource, match="too_many"):
        parse_example(example({f"f{at}": [at] for at in range(4)}))


def test_long_name_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="too_large"):
        parse_example(example({"n" * 2000: [1]}))


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=300 * TIMES, deadline=None)
def test_damaged_messages_are_read_or_refused(edits: list[tuple[int, int]]) -> None:
    message = bytearray(example(episode()))
    for at, byte in edits:
        message[at % len(message)] = byte
    try:
        for value in parse_example(bytes(message)).values():
            for read in (read_bytes, read_floats, read_ints):
                try:
                    read(value)
                except UnreadableSource:
                    continue
    except UnreadableSource:
        return
