"""Small real videos with a subtitle track of any codec in any container, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

MS = Fraction(1, 1000)
Cue = tuple[int, int, bytes]
"""Start and end in milliseconds, and the packet's bytes."""


def write_video(
    path: Path,
    codec: str | None = None,
    cues: Sequence[Cue] = (),
    language: str | None = None,
    frames: int = 80,
    first_frame: int = 0,
) -> None:
    """A grey video of 64×48 at 10 frames a second whose first frame has the number `first_frame`, with one
    subtitle track when a codec is given; the name's suffix says which container."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libvpx" if path.suffix == ".webm" else "libx264", rate=10)
        assert isinstance(video, av.VideoStream)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        track = None
        if codec is not None:
            track = container.add_mux_stream(codec)
            track.time_base = MS
            if language is not None:
                track.metadata["language"] = language
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number, np.uint8), format="rgb24")
            frame.pts = number + first_frame
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if track is not None:
            for start_ms, end_ms, data in cues:
                packet = av.Packet(data)
                packet.stream, packet.time_base = track, MS
                packet.pts = packet.dts = start_ms
                packet.duration = end_ms - start_ms
                container.mux(packet)


def as_mov_text(words: str) -> bytes:
    """A `mov_text` sample: the length of the text, then the text."""
    data = words.encode()
    return len(data).to_bytes(2, "big") + data


def as_ass(words: str) -> bytes:
    """An ASS line as Matroska stores it: its fields, the words last."""
    return b"0,0,Default,,0,0,0,," + words.encode()
