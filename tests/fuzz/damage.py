"""Ways to damage the bytes of a clip, each drawn from a seeded generator."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

EXTREMES = (0, 1, 7, 8, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
"""Numbers that size fields and counts are seldom ready for."""

HEADER_BYTES = 4096
"""Where headers and indexes lie: at either end of a file, in most containers."""


def flip_bytes(data: bytearray, draw: random.Random) -> None:
    """Change some bytes, few or many."""
    for _ in range(draw.choice((1, 4, 16, max(1, len(data) // 200)))):
        data[draw.randrange(len(data))] = draw.randrange(256)


def cut_end(data: bytearray, draw: random.Random) -> None:
    """Keep the first part."""
    del data[draw.randrange(1, len(data)) :]


def drop_block(data: bytearray, draw: random.Random) -> None:
    """Take a block out."""
    start, end = _block(data, draw)
    if end - start < len(data):
        del data[start:end]


def repeat_block(data: bytearray, draw: random.Random) -> None:
    """Put a copy of a block elsewhere."""
    start, end = _block(data, draw)
    at = draw.randrange(len(data))
    data[at:at] = data[start:end]


def swap_blocks(data: bytearray, draw: random.Random) -> None:
    """Exchange two blocks of one length."""
    length = max(1, draw.randrange(1, 1 + len(data) // 4))
    first, second = sorted(draw.randrange(0, len(data) - length + 1) for _ in range(2))
    if second - first >= length:
        kept = data[first : first + length]
        data[first : first + length] = data[second : second + length]
        data[second : second + length] = kept


def zero_block(data: bytearray, draw: random.Random) -> None:
    """Blank a block, as a failed copy does."""
    start, end = _block(data, draw)
    data[start:end] = bytes(end - start)


def change_field(data: bytearray, draw: random.Random) -> None:
    """Give header fields beside four-letter names (boxes, chunks) extreme or slightly wrong values."""
    names = [match.start() for match in re.finditer(rb"[A-Za-z][A-Za-z0-9 ]{3}", bytes(data))]
    near = [at for at in names if at < HEADER_BYTES or at > len(data) - HEADER_BYTES] or [4]
    for _ in range(draw.choice((1, 2, 4))):
        at = max(0, draw.choice(near) + draw.choice((-4, 4, 8, 12, 16, 20, 24)))
        old = int.from_bytes(data[at : at + 4], "big")
        value = draw.choice((*EXTREMES, old + 1, max(0, old - 1), old * 2, draw.getrandbits(32)))
        data[at : at + 4] = (value & 0xFFFFFFFF).to_bytes(4, draw.choice(("big", "little")))


def change_header(data: bytearray, draw: random.Random) -> None:
    """Change bytes of the first part only, where containers without names keep their fields."""
    for _ in range(draw.choice((1, 2, 6))):
        data[draw.randrange(min(len(data), 512))] = draw.choice((0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)))


WAYS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    flip_bytes,
    flip_bytes,
    cut_end,
    drop_block,
    repeat_block,
    swap_blocks,
    zero_block,
    change_field,
    change_field,
    change_field,
    change_header,
)
"""All ways; those that reach deep are drawn more often."""


def damage(whole: Sequence[bytes], seed: int, number: int) -> tuple[int, bytes, str]:
    """The damaged clip of a number: which of the whole ones it was, its bytes, and what was done to it."""
    draw = random.Random(f"{seed}:{number}")
    place = number % len(whole)
    data = bytearray(whole[place])
    done = []
    if draw.random() < 0.08:
        data += draw.choice(whole)
        done.append("concatenate")
    for _ in range(draw.choice((1, 1, 2, 3))):
        way = draw.choice(WAYS)
        way(data, draw)
        done.append(way.__name__)
    return place, bytes(data), " ".join(done)


def _block(data: bytearray, draw: random.Random) -> tuple[int, int]:
    start = draw.randrange(len(data))
    return start, min(len(data), start + draw.choice((1, 4, 188, 1024, max(1, len(data) // 4))))
