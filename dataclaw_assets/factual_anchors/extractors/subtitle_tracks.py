"""Subtitle tracks inside a video's own container: their text packets, read without decoding anything."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataclaw_assets.factual_anchors.extractors.subtitle_files import MAX_BYTES, decode_text, strip_markup
from resources.media import open_container

log = logging.getLogger(__name__)

TEXT_CODECS = ("mov_text", "subrip", "text", "ass", "ssa", "webvtt")
"""Tracks that hold text. Others hold pictures of it (dvd_subtitle, hdmv_pgs_subtitle) or need a decoder."""

MAX_PACKET = 64 * 1024
"""Bytes of one line with its markup; a screen of text is under 4 kB."""

_ASS_FIELDS = 8
"""Fields before the words of an ASS line in a container (Matroska codec specification, S_TEXT/ASS)."""

_LANGUAGE = re.compile(r"(?!und\b|mis\b|mul\b|zxx\b)[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Line:
    """One line of subtitles in seconds of file time, its words without markup."""

    start_s: float
    end_s: float
    text: str
    language: str | None


def read_tracks(path: Path) -> list[Line]:
    """Every line of every text track, by track and time; none when the container has no such track.

    Times are packet times (PTS and duration × time base). What is left out is logged: tracks that hold no
    text, and packets without an end or without words that can be read. A container that is damaged in the
    middle gives the lines before. Raises `UnreadableSource` when it does not open.
    """
    with open_container(path) as container:
        tracks = {}
        for track in container.streams.subtitles:
            codec = track.codec_context.codec.canonical_name if track.codec_context else "unknown"
            if codec in TEXT_CODECS:
                tracks[track.index] = codec
            else:
                log.warning("a subtitle track of %s holds no text and was left out", codec)
        return _read_packets(container, tracks) if tracks else []


def _read_packets(container: Any, tracks: dict[int, str]) -> list[Line]:
    import av
    from av.stream import Discard

    for stream in container.streams:
        stream.discard = Discard.default if stream.index in tracks else Discard.all
    found: list[tuple[int, Line]] = []
    odd, room = 0, MAX_BYTES
    packets = container.demux([container.streams[index] for index in tracks])
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            break
        except av.FFmpegError as error:
            log.warning("subtitle tracks end where the file is damaged: %s", error.strerror)
            break
        room -= packet.size + 64
        if room < 0:
            log.warning("subtitle tracks are larger than %d bytes; the rest was left out", MAX_BYTES)
            break
        text = _read_text(packet, tracks[packet.stream.index])
        if text is None:
            odd += 1
        elif text:
            found.append((packet.stream.index, _make_line(packet, text)))
    if odd:
        log.warning("%d packet(s) of subtitle tracks have no end or are no text, and were left out", odd)
    found.sort(key=lambda pair: (pair[0], pair[1].start_s, pair[1].end_s))
    return [line for _, line in found]


def _make_line(packet: Any, text: str) -> Line:
    language = packet.stream.metadata.get("language", "")
    return Line(
        start_s=float(packet.pts * packet.time_base),
        end_s=float((packet.pts + packet.duration) * packet.time_base),
        text=text,
        language=language if _LANGUAGE.fullmatch(language) else None,
    )


def _read_text(packet: Any, codec: str) -> str | None:
    """The plain words of a packet, empty when it shows none (a gap, a drawing); None when it is damaged."""
    if packet.size > MAX_PACKET:
        return None
    words = plain_words(bytes(packet), codec)
    return words if not words or (packet.pts is not None and packet.duration > 0) else None


def plain_words(data: bytes, codec: str) -> str | None:
    """The words of a packet's bytes by the codec's own layout, markup stripped; None when they are no text.

    `mov_text`: a 16-bit length, the text, then boxes of style (3GPP TS 26.245); ASS and SSA: the fields of a
    line, the words last; the others: the text alone.
    """
    import pysubs2

    if codec == "mov_text":
        data = data[2 : 2 + int.from_bytes(data[:2], "big")]
    elif codec in ("ass", "ssa"):
        fields = data.split(b",", _ASS_FIELDS)
        if data and len(fields) <= _ASS_FIELDS:
            return None
        data = fields[-1]
    text = decode_text(data).rstrip("\0")
    if _CONTROL.search(text):
        return None
    event = pysubs2.SSAEvent(text=text)
    return "" if event.is_drawing else strip_markup(event.plaintext)
