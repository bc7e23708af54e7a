"""Reads the fields of a ROS message one by one: ROS 2 in CDR, ROS 1 in its own packed form."""

from __future__ import annotations

import struct

from dataclaw_assets.errors import UnreadableSource

_HEADER_BYTES = 4
_ENDIANNESS = {0: ">", 1: "<"}
"""Representations of plain CDR by the second byte of its header (DDS-RTPS 10.5). XCDR2 is not read."""


class Cursor:
    """Takes the fields of a message in their order. In CDR numbers lie at multiples of their own size.

    Every method raises `UnreadableSource` (`bad_message`) when the message ends early or its lengths lie.
    """

    def __init__(self, body: memoryview, order: str, is_aligned: bool) -> None:
        self.body, self.order, self.is_aligned, self.at = body, order, is_aligned, 0

    def take(self, code: str) -> int | float:
        """A number, by its code in `struct`."""
        size = struct.calcsize(code)
        if self.is_aligned:
            self.at += -self.at % size
        if self.at + size > len(self.body):
            raise UnreadableSource("bad_message", "it ends early")
        value: int | float = struct.unpack_from(self.order + code, self.body, self.at)[0]
        self.at += size
        return value

    def take_text(self) -> str:
        """A text, without the zero that CDR ends it with."""
        return bytes(self.take_bytes()).rstrip(b"\x00").decode("utf-8", "replace")

    def take_bytes(self) -> memoryview:
        """A list of bytes, or an encoded text."""
        length = int(self.take("I"))
        if self.at + length > len(self.body):
            raise UnreadableSource("bad_message", "a text that says it is longer than its message")
        taken = self.body[self.at : self.at + length]
        self.at += length
        return taken


def open_cdr(data: bytes) -> Cursor:
    """A cursor behind the `std_msgs/Header` of a ROS 2 message. Raises `UnreadableSource` (`bad_message`)."""
    if len(data) < _HEADER_BYTES or data[1] not in _ENDIANNESS:
        raise UnreadableSource("bad_message", "it is not in plain CDR")
    cursor = Cursor(memoryview(data)[_HEADER_BYTES:], _ENDIANNESS[data[1]], is_aligned=True)
    cursor.take("i")
    cursor.take("I")
    cursor.take_bytes()
    return cursor


def open_ros1(data: bytes) -> Cursor:
    """A cursor behind the `std_msgs/Header` of a ROS 1 message, which begins with a number of its own.

    Raises `UnreadableSource` (`bad_message`).
    """
    cursor = Cursor(memoryview(data), "<", is_aligned=False)
    for _ in range(3):
        cursor.take("I")
    cursor.take_bytes()
    return cursor
