"""Pictures of an MCAP recording: the messages of one camera, on the clock of its joint states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.pictures import Header, PictureTrack, choose_camera
from dataclaw_assets.raw_sources.formats.robot.image_message import Decoder, Picture, Shot, choose_decoder
from dataclaw_assets.raw_sources.formats.robot.mcap_log import JointTopics, Recording, read_records

MAX_PICTURES = 1_000_000
"""How many pictures are counted over all topics: nine hours of one camera at 30 Hz."""

_LONGEST_NS = 2**53
"""Nanoseconds after the start that a float still tells apart: 104 days."""


@dataclass(frozen=True)
class Log:
    """What a recording holds: its joint states, its pictures, or both."""

    recording: Recording | None
    pictures: PictureTrack | None


@dataclass
class _Track:
    """The pictures of one topic that go together."""

    header: Header | None = None
    times_ns: list[int] = field(default_factory=list)

    def add(self, time_ns: int, header: Header) -> bool:
        """Keep a picture's time; False for one unlike the first, or not after the one before."""
        if (self.header and header != self.header) or (self.times_ns and time_ns <= self.times_ns[-1]):
            return False
        self.header = header
        self.times_ns.append(time_ns)
        return True


class _Cameras:
    """Finds the messages of cameras among the records of a recording."""

    def __init__(self) -> None:
        self._schemas: dict[int, str] = {}
        self._decoders: dict[int, tuple[str, Decoder]] = {}

    def take(self, record: Any) -> tuple[str, Shot] | None:
        """The topic and the picture of a message; None for any other record, and for a bad message."""
        kind = type(record).__name__
        if kind == "Schema":
            self._schemas[record.id] = record.name
        elif kind == "Channel":
            decoder = choose_decoder(self._schemas.get(record.schema_id, ""), record.message_encoding)
            self._decoders.pop(record.id, None)
            if decoder:
                self._decoders[record.id] = (record.topic, decoder)
        elif kind == "Message" and record.channel_id in self._decoders:
            topic, decoder = self._decoders[record.channel_id]
            try:
                return topic, decoder(record.data)
            except UnreadableSource:
                return None
        return None


def read_log(path: Path) -> Log:
    """The joint states of a recording, and what `read_pictures` gives of it, in one pass.

    Raises `UnreadableSource`: `no_reader` when it holds neither, naming what there is; `truncated`,
    `damaged`, `too_large`.
    """
    joints, cameras = JointTopics(), _Cameras()
    tracks: dict[str, _Track] = {}
    count = 0
    for record in read_records(path):
        joints.take(record)
        if found := cameras.take(record):
            topic, shot = found
            count += tracks.setdefault(topic, _Track()).add(record.log_time, shot.header)
            if count > MAX_PICTURES:
                raise UnreadableSource("too_large", f"more than {MAX_PICTURES} pictures")
    try:
        recording = joints.build()
    except UnreadableSource:
        recording = None
        if not tracks:
            raise
    return Log(recording, _build_track(tracks, recording.start_ns if recording else None))


def survey_pictures(path: Path) -> PictureTrack | None:
    """What `read_pictures` gives, told from the headers of the pictures; None when it gives none.

    Raises `UnreadableSource`, as `read_log` does.
    """
    return read_log(path).pictures


def read_pictures(path: Path) -> Iterator[tuple[float, bytes | Picture]]:
    """The pictures of one camera, each with its seconds on the clock of `mcap_log.read_episode`.

    JPEG and PNG come as they were stored, raw messages as RGB. The camera is the topic that `choose_camera`
    takes. The clock is the recorder's (`log_time`) and begins with the first joint state, without one with
    the first picture; pictures before it are left out, as are those of another kind or size than the topic's
    first. Raises `UnreadableSource`, as `read_log` does.
    """
    log = read_log(path)
    if log.pictures is None:
        return
    cameras, track = _Cameras(), _Track()
    start_ns = log.recording.start_ns if log.recording else None
    for record in read_records(path):
        found = cameras.take(record)
        if found is None or found[0] != log.pictures.camera:
            continue
        time_ns, shot = record.log_time, found[1]
        if not track.add(time_ns, shot.header):
            continue
        start_ns = time_ns if start_ns is None else start_ns
        if 0 <= time_ns - start_ns < _LONGEST_NS:
            yield (time_ns - start_ns) / 1e9, shot.unpack()


def _build_track(tracks: dict[str, _Track], start_ns: int | None) -> PictureTrack | None:
    camera = choose_camera(tracks)
    if camera is None:
        return None
    header, times_ns = tracks[camera].header, tracks[camera].times_ns
    first_ns = times_ns[0] if start_ns is None else start_ns
    times = tuple((at - first_ns) / 1e9 for at in times_ns if 0 <= at - first_ns < _LONGEST_NS)
    if header is None or not times:
        return None
    return PictureTrack(camera, times, header.width, header.height, header.encoding)
