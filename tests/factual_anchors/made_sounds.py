"""Small videos with a made sound track, and the sounds to put into them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dataclaw_assets.evaluation.cuts import describe_video
from dataclaw_assets.records import Source

Wave = npt.NDArray[np.float32]
"""Channels × samples, full scale ±1."""


def make_noise(seconds: float, level_db: float, rate: int = 48_000, seed: int = 1) -> Wave:
    """White noise of a root mean square, one channel."""
    noise = np.random.default_rng(seed).normal(size=(1, round(seconds * rate)))
    return (noise * 10 ** (level_db / 20)).astype(np.float32)


def make_quiet(seconds: float, rate: int = 48_000) -> Wave:
    """Nothing at all."""
    return np.zeros((1, round(seconds * rate)), np.float32)


def make_clicks(seconds: float, times_s: Sequence[float], rate: int = 48_000) -> Wave:
    """Bursts of 5 ms at the times given, else nothing."""
    wave = make_quiet(seconds, rate)
    for time_s in times_s:
        burst = make_noise(0.005, -8.0, rate)
        start = round(time_s * rate)
        wave[:, start : start + burst.shape[1]] = burst
    return wave


def make_sound_video(
    path: Path,
    pieces: Sequence[tuple[float, Wave]],
    seconds: float,
    codec: str = "pcm_s16le",
    rate: int = 48_000,
    picture_start_s: float = 0.0,
) -> Source:
    """A grey film of 10 frames a second from `picture_start_s` on, with pieces of sound that begin at the
    file times given; nothing lies between them. Described as the registry would."""
    import av

    with av.open(str(path), "w") as container:
        picture: Any = container.add_stream("libx264", rate=10)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        layout = "stereo" if pieces[0][1].shape[0] == 2 else "mono"
        sound: Any = container.add_stream(codec, rate=rate)
        sound.layout = layout
        size = sound.codec_context.frame_size or 1024
        packets: list[Any] = []
        grey = np.full((48, 64, 3), 90, np.uint8)
        for number in range(round(seconds * 10)):
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
            frame.pts, frame.time_base = number + round(picture_start_s * 10), Fraction(1, 10)
            packets += picture.encode(frame)
        packets += picture.encode(None)
        for start_s, wave in pieces:
            resampler = av.AudioResampler(sound.format.name, layout, rate, frame_size=size)
            whole = av.AudioFrame.from_ndarray(np.ascontiguousarray(wave), format="fltp", layout=layout)
            whole.sample_rate, whole.pts, whole.time_base = rate, round(start_s * rate), Fraction(1, rate)
            for part in resampler.resample(whole) + resampler.resample(None):
                packets += sound.encode(part)
        packets += sound.encode(None)
        for packet in sorted(packets, key=lambda one: float(one.dts * one.time_base)):
            container.mux(packet)
    return describe_video(path)
