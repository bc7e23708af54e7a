"""Reads MCAP recordings whose messages hold a robot's joint states, in ROS 2 CDR, ROS 1 or JSON."""

from __future__ import annotations

import dataclasses
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.robot.episode import Channels, Episode, Series
from dataclaw_assets.raw_sources.formats.robot.joint_state import (
    JointState,
    decode_cdr,
    decode_json,
    decode_ros1,
)

MAGIC = b"\x89MCAP0\r\n"

MAX_CHUNK_BYTES = 64 * 1024 * 1024
"""The largest record, and the largest chunk once unpacked. Writers close a chunk at 1 to 4 MB."""

MAX_MESSAGES = 20_000_000
MAX_VALUES = 20_000_000
"""How many positions are kept over all topics: five hours of 11 joints at 100 Hz."""

MAX_CHANNELS = 4_096
_JOINTS = re.compile(r"(?:^|[/.])JointState$")
_COMMANDED = re.compile(r"command|cmd|action|target|desired|goal|reference|leader|teleop", re.IGNORECASE)
"""Topics of what was asked of the robot: not measured."""

_DECODERS = {"cdr": decode_cdr, "ros1": decode_ros1, "json": decode_json}


@dataclass(frozen=True)
class Recording:
    """One recording: the episode of its fullest joint topic, that topic, and the `log_time` in nanoseconds at
    which the episode's clock begins."""

    episode: Episode
    topic: str
    start_ns: int


@dataclass
class _Topic:
    """What one topic of joint states gave."""

    names: tuple[str, ...]
    times_ns: list[int] = field(default_factory=list)
    positions: list[Series] = field(default_factory=list)
    left_out: int = 0

    def add(self, time_ns: int, state: JointState) -> None:
        """Keep a message; one of other joints, or not after the one before it, is counted only."""
        if state.names != self.names or (self.times_ns and time_ns <= self.times_ns[-1]):
            self.left_out += 1
            return
        self.times_ns.append(time_ns)
        self.positions.append(state.positions)


def read_episode(path: Path) -> Episode:
    """The episode of a recording: see `read_recording`."""
    return read_recording(path).episode


def read_recording(path: Path) -> Recording:
    """Joint positions over time, from the topic of measured `JointState` messages that has most of them.

    Times are the recorder's `log_time`. Topics named like commands are no state. Raises `UnreadableSource`:
    `no_reader` without such messages, naming what there is; `truncated`, `damaged`, `too_large`.
    """
    joints = JointTopics()
    for record in read_records(path):
        joints.take(record)
    return joints.build()


class JointTopics:
    """Collects the joint states of a recording from its records, and builds the episode at the end."""

    def __init__(self) -> None:
        self._topics: dict[str, _Topic] = {}
        self._seen: dict[str, str] = {}
        self._schemas: dict[int, str] = {}
        self._channels: dict[int, tuple[str, str]] = {}
        self._values = 0

    def take(self, record: Any) -> None:
        """Keep what a schema, a channel or a message says. Raises `UnreadableSource` (`too_large`)."""
        kind = type(record).__name__
        if kind == "Schema":
            self._schemas[record.id] = record.name
        elif kind == "Channel":
            schema = self._schemas.get(record.schema_id, "")
            self._seen[record.topic] = f"{record.message_encoding} {schema or 'no schema'}"
            is_state = _JOINTS.search(schema) and not _COMMANDED.search(record.topic)
            self._channels[record.id] = (record.topic, record.message_encoding if is_state else "")
        elif kind == "Message" and record.channel_id in self._channels:
            topic, encoding = self._channels[record.channel_id]
            if encoding in _DECODERS:
                self._values += _keep(self._topics, topic, record.log_time, encoding, record.data)
        if self._values > MAX_VALUES or max(len(self._channels), len(self._schemas)) > MAX_CHANNELS:
            raise UnreadableSource("too_large", "more values or topics than are read")

    def build(self) -> Recording:
        """The recording of the fullest topic. Raises `UnreadableSource` (`no_reader`) without any."""
        full = {topic: found for topic, found in self._topics.items() if found.times_ns}
        if not full:
            listed = "; ".join(
                f"{topic[:64]} ({what[:64]})" for topic, what in sorted(self._seen.items())[:8]
            )
            detail = f"MCAP recording without joint states: {listed or 'no topics'}"
            raise UnreadableSource("no_reader", detail)
        topic = min(full, key=lambda name: (-len(full[name].times_ns), name))
        return Recording(_build_episode(topic, full), topic, full[topic].times_ns[0])


def _keep(topics: dict[str, _Topic], topic: str, time_ns: int, encoding: str, data: bytes) -> int:
    """Decode a message into its topic; how many values were kept. A bad one costs itself only."""
    try:
        state = _DECODERS[encoding](data)
    except UnreadableSource:
        topics.setdefault(topic, _Topic(())).left_out += 1
        return 0
    found = topics.setdefault(topic, _Topic(state.names))
    found.names = found.names or state.names
    found.add(time_ns, state)
    return len(state.names)


def _build_episode(topic: str, topics: dict[str, _Topic]) -> Episode:
    found = topics[topic]
    notes = [f"state is {topic[:128]}"]
    if found.left_out:
        notes.append(f"{found.left_out} messages of other joints, not in time or damaged: left out")
    notes += [f"{name[:128]}: left out" for name in sorted(topics) if name != topic]
    times = (np.array(found.times_ns, dtype=np.uint64) - np.uint64(found.times_ns[0])).astype(
        np.float64
    ) / 1e9
    return Episode(
        times=times,
        timed=True,
        state=Channels(found.names, np.stack(found.positions)),
        action=None,
        notes=tuple(notes),
    )


def read_records(path: Path) -> Iterator[Any]:
    """Schemas, channels, messages and all other records but chunks, in the order of the file.

    Raises `UnreadableSource`: `truncated`, `damaged`, `too_large`.
    """
    import zstandard
    from mcap.exceptions import EndOfFile, McapError
    from mcap.records import Chunk
    from mcap.stream_reader import StreamReader, breakup_chunk

    try:
        with path.open("rb") as file:
            reader = StreamReader(
                _Capped(file),  # type: ignore[arg-type]
                emit_chunks=True,
                validate_crcs=True,
                record_size_limit=MAX_CHUNK_BYTES,
            )
            count = 0
            for record in reader.records:
                records = [record]
                if isinstance(record, Chunk):
                    plain = dataclasses.replace(record, compression="", data=_unpack(record))
                    records = breakup_chunk(plain, validate_crc=True)
                count += len(records)
                if count > MAX_MESSAGES:
                    raise UnreadableSource("too_large", f"more than {MAX_MESSAGES} messages")
                yield from records
    except EndOfFile as error:
        raise UnreadableSource("truncated", "MCAP recording without its end") from error
    except (McapError, zstandard.ZstdError, struct.error, zlib.error, ArithmeticError) as error:
        raise UnreadableSource("damaged", f"MCAP: {str(error)[:200]}") from error
    except (ValueError, RuntimeError, KeyError, TypeError, EOFError) as error:
        raise UnreadableSource("damaged", f"MCAP: {str(error)[:200]}") from error


class _Capped:
    """A file that refuses to be asked for more than a record can hold: lengths inside records may lie."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def read(self, size: int) -> bytes:
        if size > MAX_CHUNK_BYTES:
            raise UnreadableSource("too_large", f"a field of {size} bytes")
        return self.file.read(size)


def _unpack(chunk: Any) -> bytes:
    """The bytes of a chunk, at most `MAX_CHUNK_BYTES`: neither its own count nor its frame's is believed."""
    limit = MAX_CHUNK_BYTES + 1
    if chunk.compression == "zstd":
        import zstandard

        data = zstandard.ZstdDecompressor().stream_reader(chunk.data).read(limit)
    elif chunk.compression == "lz4":
        import lz4.frame

        data = lz4.frame.LZ4FrameDecompressor().decompress(chunk.data, max_length=limit)
    elif chunk.compression == "":
        data = chunk.data
    else:
        raise UnreadableSource("no_reader", f"MCAP chunk of compression {chunk.compression[:32]}")
    if len(data) >= limit:
        raise UnreadableSource("too_large", f"a chunk of more than {MAX_CHUNK_BYTES // 2**20} MB")
    return bytes(data)
