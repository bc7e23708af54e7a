"""Small clips of every odd kind that footage comes in: two scenes, the second from frame `CUT` on."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from resources.media import Picture
from tests.factual_anchors.made_videos import paint_scene

FPS = 25
FRAMES = 50
CUT = 25


def encode(
    path: Path,
    codec: str,
    pixel_format: str = "yuv420p",
    *,
    size: tuple[int, int] = (160, 90),
    options: dict[str, str] | None = None,
    frames: int = FRAMES,
    ticks: Sequence[int] | None = None,
    sound: str | None = None,
    interlaced: bool = False,
    muxer: dict[str, str] | None = None,
    container: str | None = None,
) -> None:
    """Write the clip with any encoder of FFmpeg. `size` is width × height; `ticks` are the frames' times in
    milliseconds, one per frame, else there are `frames` of 40 ms."""
    import av

    with av.open(str(path), "w", format=container, options={"fflags": "+bitexact", **(muxer or {})}) as file:
        stream: Any = file.add_stream(codec, rate=FPS, options=options or {})
        stream.width, stream.height, stream.pix_fmt = *size, pixel_format
        stream.codec_context.thread_count = 1  # rate control of several threads gives other bytes each time
        if ticks is not None:
            stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        if interlaced:
            stream.codec_context.flags |= 0x20000000 | 0x00040000  # interlaced motion and transform
        voice: Any = file.add_stream(sound, rate=48000) if sound else None
        count = frames if ticks is None else len(ticks)
        for number, picture in enumerate(paint_frames(count, *size)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            if codec == "gif":
                frame = frame.reformat(format="rgb8")
            elif pixel_format != "rgb24":
                frame = frame.reformat(format=pixel_format)
            if ticks is not None:
                frame.pts, frame.time_base = ticks[number], Fraction(1, 1000)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
        if voice is not None:
            mux_tone(file, voice, count / FPS)


def paint_frames(count: int, width: int, height: int) -> Iterator[Picture]:
    """Two scenes that pan slowly, so that no frame equals the one before."""
    for number in range(count):
        yield paint_scene(1 if number < CUT else 2, number, height, width)


def encode_sound(path: Path, codec: str, seconds: float = 1.0) -> None:
    """Write a tone and no picture."""
    import av

    with av.open(str(path), "w") as file:
        mux_tone(file, file.add_stream(codec, rate=48000), seconds)


def mux_tone(file: Any, stream: Any, seconds: float) -> None:
    """A tone of 440 Hz."""
    import av

    wave = np.sin(np.arange(round(seconds * 48000)) * 440 * 2 * np.pi / 48000) * 8000
    for start in range(0, wave.size - 959, 960):
        block = wave[None, start : start + 960].astype(np.int16)
        frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
        frame.sample_rate, frame.pts = 48000, start
        file.mux(stream.encode(frame))
    file.mux(stream.encode(None))


def turn_mp4(path: Path, degrees: int) -> None:
    """Write a rotation into the track header of an MP4 (ISO/IEC 14496-12, `tkhd`, version 0)."""
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40
    cosine, sine = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    one = 1 << 16
    struct.pack_into(">5i", data, matrix, cosine * one, sine * one, 0, -sine * one, cosine * one)
    path.write_bytes(data)


def move_flv_times(path: Path, moved: dict[int, int]) -> None:
    """Give video frames of an FLV other times: number of the frame → milliseconds (FLV 10.1, E.4.1)."""
    data = bytearray(path.read_bytes())
    at, number = 13, 0
    while at + 11 < len(data):
        kind, size = data[at], int.from_bytes(data[at + 1 : at + 4], "big")
        is_frame = kind == 9 and not (data[at + 11] & 0x0F == 7 and data[at + 12] != 1)
        if is_frame:
            if number in moved:
                data[at + 4 : at + 7] = moved[number].to_bytes(3, "big")
            number += 1
        at += 11 + size + 4
    path.write_bytes(data)


def add_late_sound_flv(path: Path) -> None:
    """Let sound begin after forty frames of an FLV whose header announces none."""
    data = path.read_bytes()
    at = 13
    for _ in range(41):
        at += 11 + int.from_bytes(data[at + 1 : at + 4], "big") + 4
    sound = b"\x3e" + bytes(128)  # PCM, 44 kHz, 16 bit
    tag = b"\x08" + len(sound).to_bytes(3, "big") + data[at + 4 : at + 8] + bytes(3) + sound
    path.write_bytes(data[:at] + (tag + (len(tag)).to_bytes(4, "big")) * 3 + data[at:])


def keep_part(path: Path, share: float) -> None:
    """Cut a file short."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


def shorten_mp4(path: Path, skipped_s: float) -> None:
    """Let the edit list of an MP4 skip the beginning, as phones do (ISO/IEC 14496-12, `elst`, version 0)."""
    data = bytearray(path.read_bytes())
    timescale = int.from_bytes(data[data.index(b"mdhd") + 16 :][:4], "big")
    begin = data.index(b"elst") + 4 + 8 + 4
    start = int.from_bytes(data[begin : begin + 4], "big") + round(skipped_s * timescale)
    data[begin : begin + 4] = start.to_bytes(4, "big")
    path.write_bytes(data)


def rename_codec(path: Path, name: bytes, other: bytes) -> None:
    """Give the pictures of a file a codec that nobody knows."""
    path.write_bytes(path.read_bytes().replace(name, other))
