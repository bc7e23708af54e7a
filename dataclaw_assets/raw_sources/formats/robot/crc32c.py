"""The CRC-32C of bytes, and the masked form of it that TFRecord stores."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

_LANE_BYTES = 64
_POLYNOMIAL = 0x82F63B78
"""CRC-32C (Castagnoli), reflected."""

_MASK_DELTA = 0xA282EAD8
"""From `tensorflow/core/lib/hash/crc32c.h`: stored checks are rotated and shifted by this."""

Words = npt.NDArray[np.uint32]


def crc32c(data: bytes) -> int:
    """The CRC-32C of some bytes.

    The bytes are cut into lanes that go through the table together, then are joined in pairs: a check is
    linear, so that of two halves is the first's, moved on by the second's length, plus the second's.
    """
    if len(data) < 4:
        return _crc_by_byte(data)
    lanes = -(-len(data) // _LANE_BYTES)
    padded = np.zeros(lanes * _LANE_BYTES, dtype=np.uint8)
    padded[-len(data) :] = np.frombuffer(data, dtype=np.uint8)
    padded[padded.size - len(data) : padded.size - len(data) + 4] ^= 0xFF  # the start value of all ones
    table = _table()
    checks = np.zeros(lanes, dtype=np.uint32)
    for column in np.ascontiguousarray(padded.reshape(lanes, _LANE_BYTES).T):
        checks = table[(checks ^ column) & 0xFF] ^ (checks >> 8)
    width = _LANE_BYTES
    while len(checks) > 1:
        if len(checks) % 2:
            checks = np.concatenate([np.zeros(1, dtype=np.uint32), checks])
        checks = _advance(checks[0::2], width) ^ checks[1::2]
        width *= 2
    return int(checks[0]) ^ 0xFFFFFFFF


def mask_crc(crc: int) -> int:
    """A check as TFRecord stores it: rotated right by 15 bits, then shifted by a constant."""
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF


@functools.cache
def _table() -> Words:
    checks = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        checks = np.where(checks & 1, (checks >> 1) ^ np.uint32(_POLYNOMIAL), checks >> 1).astype(np.uint32)
    return checks


@functools.cache
def _advance_tables(width: int) -> Words:
    """What `width` zero bytes make of a check, by each of its four bytes; `width` is a power of two."""
    if width > 1:
        half = _advance_tables(width // 2)
        return np.stack([_advance(column, width // 2) for column in half])
    ones = np.arange(256, dtype=np.uint32)
    table = _table()
    starts = [ones << np.uint32(8 * byte) for byte in range(4)]
    return np.stack([table[start & 0xFF] ^ (start >> 8) for start in starts])


def _advance(checks: Words, width: int) -> Words:
    tables = _advance_tables(width)
    moved: Words = tables[0][checks & 0xFF] ^ tables[1][(checks >> 8) & 0xFF]
    moved ^= tables[2][(checks >> 16) & 0xFF] ^ tables[3][checks >> 24]
    return moved


def _crc_by_byte(data: bytes) -> int:
    check = 0xFFFFFFFF
    for byte in data:
        check = int(_table()[(check ^ byte) & 0xFF]) ^ (check >> 8)
    return check ^ 0xFFFFFFFF
