"""The whole clips that the fuzz run damages: small ones of every codec and container that matter."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.factual_anchors.odd_clips import encode

FRAMES = 30
_SMALL = partial(encode, size=(64, 48), frames=FRAMES)
_X265 = {"x265-params": "log-level=none:keyint=12:pools=none:frame-threads=1"}

SEEDS: dict[str, Callable[[Path], None]] = {
    "h264.mp4": partial(_SMALL, codec="libx264", options={"g": "12"}, sound="aac"),
    "h264_index_first.mp4": partial(_SMALL, codec="libx264", muxer={"movflags": "+faststart"}),
    "h264_fragmented.mp4": partial(
        _SMALL, codec="libx264", options={"g": "12"}, muxer={"movflags": "frag_keyframe+empty_moov"}
    ),
    "h264.mkv": partial(_SMALL, codec="libx264", options={"g": "12"}),
    "h264.ts": partial(_SMALL, codec="libx264", options={"g": "12"}),
    "h264.avi": partial(_SMALL, codec="libx264", options={"g": "12"}),
    "h264.flv": partial(_SMALL, codec="libx264", options={"g": "12"}),
    "hevc.mp4": partial(_SMALL, codec="libx265", options=_X265),
    "hevc_ten_bit.mkv": partial(_SMALL, codec="libx265", pixel_format="yuv420p10le", options=_X265),
    "vp8.webm": partial(_SMALL, codec="libvpx", options={"g": "12"}),
    "vp9.webm": partial(_SMALL, codec="libvpx-vp9", options={"g": "12"}, sound="libopus"),
    "av1.mkv": partial(
        encode,
        codec="libsvtav1",
        size=(64, 64),
        frames=FRAMES,
        options={"preset": "12", "svtav1-params": "lp=1"},
    ),
    "mpeg4.avi": partial(_SMALL, codec="mpeg4", options={"bf": "2"}),
    "mjpeg.avi": partial(_SMALL, codec="mjpeg", pixel_format="yuvj420p"),
    "mpeg2.ts": partial(_SMALL, codec="mpeg2video", interlaced=True),
    "mpeg2.mpg": partial(_SMALL, codec="mpeg2video"),
    "prores.mov": partial(_SMALL, codec="prores_ks", pixel_format="yuv422p10le"),
    "ffv1.mkv": partial(_SMALL, codec="ffv1"),
    "windows.wmv": partial(_SMALL, codec="wmv2", container="asf"),
    "flash.flv": partial(_SMALL, codec="flv"),
    "animated.gif": partial(_SMALL, codec="gif", pixel_format="rgb8"),
    "animated.png": partial(_SMALL, codec="apng", pixel_format="rgb24", container="apng"),
}
"""Name of the clip → how to write it. All last 1.2 s."""


def write_seeds(folder: Path) -> list[Path]:
    """Write every clip to a folder; gives their paths in the order of `SEEDS`."""
    for name, write in SEEDS.items():
        write(folder / name)
    return [folder / name for name in SEEDS]
