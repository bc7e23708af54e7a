"""Reads TFRecord files and the `tf.train.Example` messages in them, without TensorFlow or protobuf."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.robot.crc32c import crc32c, mask_crc

MAX_RECORD_BYTES = 256 * 1024 * 1024
"""The largest record that is read; an episode of a thousand steps with three cameras has under 100 MB."""

MAX_FIELDS = 1_000_000
"""How many values one message may hold; a field can be two bytes, so bytes alone do not bound the work."""

MAX_FEATURES = 4_096
"""How many features an Example may name; the largest public robot sets have under a hundred."""

MAX_NAME_BYTES = 1_024

_HEADER_BYTES = 12
_FOOTER_BYTES = 4
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

Example = dict[str, memoryview]
"""The features of one example by name, each still encoded; `read_bytes` and its like decode them."""


def read_records(path: Path) -> Iterator[tuple[int, bytes | UnreadableSource]]:
    """The records of a file by their number, each checked against its CRC.

    A record whose data fail the check, or that is too large, is given as its reason, and the next is read.
    A bad length or the end of the file within a record is given as the reason of that record, the last one.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        for number in itertools.count():
            if at == size:
                return
            try:
                length = _read_length(file.read(_HEADER_BYTES), size - at)
            except UnreadableSource as reason:
                yield number, UnreadableSource(reason.reason, f"record {number}: {reason.detail}")
                return
            at += _HEADER_BYTES + length + _FOOTER_BYTES
            try:
                yield number, _read_data(file, number, length)
            except UnreadableSource as reason:
                yield number, reason
                file.seek(at)


def read_record(path: Path, number: int) -> bytes:
    """One record by its number; those before it are passed over by their lengths.

    Raises `UnreadableSource` (`missing_part`, `damaged`, `truncated`, `too_large`).
    """
    size = path.stat().st_size
    at = 0
    with path.open("rb") as file:
        for _ in range(number):
            if at == size:
                break
            at += _read_length(file.read(_HEADER_BYTES), size - at) + _HEADER_BYTES + _FOOTER_BYTES
            file.seek(at)
        if at == size or number < 0:
            raise UnreadableSource("missing_part", f"there is no record {number}")
        return _read_data(file, number, _read_length(file.read(_HEADER_BYTES), size - at))


def is_tfrecord(head: bytes) -> bool:
    """Whether the bytes begin with a record's length that agrees with its own check."""
    header = head[:_HEADER_BYTES]
    return len(header) == _HEADER_BYTES and mask_crc(crc32c(header[:8])) == _stored_check(header)


def parse_example(record: bytes) -> Example:
    """The features of a `tf.train.Example` by name; of two with one name the last, as protobuf says.

    Raises `UnreadableSource`: `no_reader` for a `tf.train.SequenceExample`, `bad_example` for neither.
    """
    features: Example = {}
    for number, features_message in read_fields(memoryview(record)):
        if number == 2:
            raise UnreadableSource("no_reader", "a tf.train.SequenceExample; only tf.train.Example is read")
        if number != 1 or not isinstance(features_message, memoryview):
            raise UnreadableSource("bad_example", "it is not a tf.train.Example")
        for _, entry in read_fields(features_message):
            name, feature = _parse_entry(entry)
            features[name] = feature
            if len(features) > MAX_FEATURES:
                raise UnreadableSource("too_many", f"an example of more than {MAX_FEATURES} features")
    return features


def read_bytes(feature: memoryview) -> list[memoryview]:
    """The byte strings of a feature. Raises `UnreadableSource` (`bad_example`) for another list."""
    return [_as_bytes(value) for _, value in read_fields(_open_list(feature, 1))]


def read_floats(feature: memoryview) -> npt.NDArray[np.float32]:
    """The floats of a feature, packed or not. Raises `UnreadableSource` (`bad_example`) for another list."""
    packed = b"".join(_as_bytes(value) for _, value in read_fields(_open_list(feature, 2)))
    if len(packed) % 4:
        raise UnreadableSource("bad_example", "a list of floats that is not whole")
    return np.frombuffer(packed, dtype="<f4").astype(np.float32, copy=False)


def read_ints(feature: memoryview) -> npt.NDArray[np.int64]:
    """The integers of a feature, packed or not. Raises `UnreadableSource` (`bad_example`, `too_many`)."""
    values: list[int] = []
    for _, value in read_fields(_open_list(feature, 3)):
        if isinstance(value, int):
            values.append(value)
            continue
        at = 0
        while at < len(value):
            number, at = _read_varint(value, at)
            values.append(number)
            if len(values) > MAX_FIELDS:
                raise UnreadableSource("too_many", f"a list of more than {MAX_FIELDS} integers")
    return np.array(values, dtype=np.uint64).view(np.int64)


def list_kind(feature: memoryview) -> str:
    """Which list a feature holds: `bytes`, `floats`, `ints`, or `nothing`."""
    number = next((number for number, _ in read_fields(feature)), 0)
    return {1: "bytes", 2: "floats", 3: "ints"}.get(number, "nothing")


def _stored_check(header: bytes) -> int:
    return int.from_bytes(header[8:12], "little")


def _read_length(header: bytes, left: int) -> int:
    if len(header) < _HEADER_BYTES:
        raise UnreadableSource("truncated", "the file ends within a length")
    if mask_crc(crc32c(header[:8])) != _stored_check(header):
        raise UnreadableSource("damaged", "its length fails its check; nothing after it is read")
    length = int.from_bytes(header[:8], "little")
    if length + _HEADER_BYTES + _FOOTER_BYTES > left:
        raise UnreadableSource(
            "truncated", f"it says {length} bytes, the file has {max(0, left - _HEADER_BYTES)} more"
        )
    return length


def _read_data(file: BinaryIO, number: int, length: int) -> bytes:
    if length > MAX_RECORD_BYTES:
        limit = MAX_RECORD_BYTES // (1024 * 1024)
        raise UnreadableSource("too_large", f"record {number} has more than {limit} MB")
    data = file.read(length)
    if mask_crc(crc32c(data)) != int.from_bytes(file.read(_FOOTER_BYTES), "little"):
        raise UnreadableSource("damaged", f"record {number}: its data fail their check")
    return data


def _parse_entry(entry: int | memoryview) -> tuple[str, memoryview]:
    name, feature = b"", memoryview(b"")
    for number, value in read_fields(_as_bytes(entry)):
        if number == 1:
            if len(_as_bytes(value)) > MAX_NAME_BYTES:
                raise UnreadableSource("too_large", f"a feature's name of more than {MAX_NAME_BYTES} bytes")
            name = bytes(_as_bytes(value))
        elif number == 2:
            feature = _as_bytes(value)
    return name.decode("utf-8", "replace"), feature


def _open_list(feature: memoryview, number: int) -> memoryview:
    """The list inside a feature; the field's number is its type in `feature.proto`."""
    found = dict(read_fields(feature))
    if set(found) != {number}:
        raise UnreadableSource("bad_example", "a feature whose list is of another type")
    return _as_bytes(found[number])


def _as_bytes(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise UnreadableSource("bad_example", "a number where a message must be")
    return value


def read_fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The fields of a message: an int for a varint, else the bytes of the field."""
    at, count = 0, 0
    while at < len(message):
        key, at = _read_varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _read_varint(message, at)
            yield number, value
        else:
            if wire == _BYTES:
                length, at = _read_varint(message, at)
            elif wire in (_FIXED32, _FIXED64):
                length = 4 if wire == _FIXED32 else 8
            else:
                raise UnreadableSource("bad_example", f"a field of wire type {wire}")
            if length > len(message) - at:
                raise UnreadableSource("bad_example", "a field that says it is longer than its message")
            yield number, message[at : at + length]
            at += length
        count += 1
        if count > MAX_FIELDS:
            raise UnreadableSource("too_many", f"a message of more than {MAX_FIELDS} fields")


def _read_varint(message: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise UnreadableSource("bad_example", "a number that is not whole")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at
    raise UnreadableSource("bad_example", "a number of more than 64 bits")
