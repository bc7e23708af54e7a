"""Clips to measure with: painted shots, camera moves, moving things, film noise; encoded once and kept."""

from __future__ import annotations

import hashlib
import itertools
import math
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dataclaw_assets.evaluation.scenes import Paint, Place, Pose, Thing, film
from resources.media import Picture

PAINTING = 1
"""Raised when the pictures change, so that kept clips are made again."""

SEEN_PX = 900
"""How much of a painted scene, in its pixels, lies across a picture: larger pictures show it magnified, as a
lens is no sharper because the sensor is larger."""

NOISE = 5.0
"""Standard deviation of the film noise, levels of 255. With it x264 makes 1.5 Mbit/s of 720p, about what
recordings of such a size have; fewer bits would make decoding, which we are held to, cheaper."""

ENCODERS: dict[str, tuple[str, str, dict[str, str]]] = {
    "h264": ("libx264", "mp4", {"preset": "medium", "crf": "23"}),
    "hevc": ("libx265", "mp4", {"preset": "fast", "crf": "26", "x265-params": "log-level=none"}),
    "vp8": ("libvpx", "webm", {"deadline": "realtime", "cpu-used": "4", "crf": "10", "b": "3M"}),
    "vp9": (
        "libvpx-vp9",
        "webm",
        {"deadline": "good", "cpu-used": "5", "crf": "32", "b": "0", "row-mt": "1"},
    ),
    "av1": ("libsvtav1", "mp4", {"preset": "9", "crf": "35"}),
    "mpeg4": ("mpeg4", "mp4", {"qmin": "4", "qmax": "8", "bf": "2", "b": "6M"}),
}
"""Encoder, container and options of each codec: what it chooses decides what decoding costs."""


@dataclass(frozen=True)
class Recipe:
    """What makes a clip: `shots` of `shot_s` seconds, each another scene, cut hard; `seed` chooses them."""

    codec: str
    width: int
    height: int
    fps: int = 25
    shots: int = 5
    shot_s: float = 2.0
    seed: int = 0


def kept_folder() -> Path:
    """Where clips and the other environment are kept between runs: of this user, outside the checkout."""
    folder = Path(tempfile.gettempdir()) / f"dataclaw-bench-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def keep(label: str, suffix: str, determined_by: object, make: Callable[[Path], None]) -> Path:
    """The kept file that is determined by something with a full `repr`; made first if it is not there."""
    key = hashlib.sha256(repr(determined_by).encode()).hexdigest()[:12]
    path = kept_folder() / f"{label}-{key}.{suffix}"
    if not path.exists():
        staged = path.with_name(f"part-{os.getpid()}-{path.name}")
        make(staged)
        staged.replace(path)
    return path


def keep_clip(recipe: Recipe) -> Path:
    """The kept clip of a recipe."""
    encoder, suffix, options = ENCODERS[recipe.codec]
    determined_by = (PAINTING, SEEN_PX, NOISE, recipe, encoder, sorted(options.items()))
    label = f"{recipe.codec}-{recipe.height}"
    return keep(label, suffix, determined_by, lambda path: encode(path, recipe))


def encode(path: Path, recipe: Recipe) -> None:
    """Paint and encode a clip. Raises `av.FFmpegError` when this build lacks the encoder."""
    import av

    os.environ.setdefault("SVT_LOG", "1")  # its encoder introduces itself at length otherwise
    encoder, container_name, options = ENCODERS[recipe.codec]
    with av.open(str(path), "w", format=container_name) as container:
        track: Any = container.add_stream(encoder, rate=recipe.fps, options=options)
        track.width, track.height, track.pix_fmt = recipe.width, recipe.height, "yuv420p"
        for picture in paint(recipe):
            container.mux(track.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(track.encode(None))


def paint(recipe: Recipe) -> Iterator[Picture]:
    """The pictures of a clip, RGB."""
    for number in range(recipe.shots):
        shot = make_shot(recipe.seed * recipe.shots + number, (recipe.width, recipe.height), recipe.shot_s)
        for place in range(round(recipe.shot_s * recipe.fps)):
            yield shot(place / recipe.fps)


def make_shot(number: int, size: tuple[int, int], length_s: float) -> Paint:
    """One of five kinds of shot in turn: still camera with things moving, pan, push in, tilt with a thing,
    hand-held; no two of the same scene."""
    zoom = size[0] / SEEN_PX
    rng = np.random.default_rng((number, 5))
    phase, speed = float(rng.uniform(0, 6)), float(rng.uniform(0.05, 0.12))

    def thing(seed: int, down: float, pace: float) -> Thing:
        return Thing(
            seed, lambda time_s: Place(pace * (time_s - length_s / 2), down, 0.16, turn=0.4 * time_s)
        )

    things = [thing(number, -0.08, 0.14), thing(number + 1, 0.12, -0.09)]
    cameras: tuple[tuple[Callable[[float], Pose], list[Thing]], ...] = (
        (lambda _: Pose(zoom=zoom), things),
        (lambda time_s: Pose(x=speed * (time_s - length_s / 2), zoom=zoom), []),
        (lambda time_s: Pose(zoom=zoom * math.exp(0.08 * time_s)), []),
        (lambda time_s: Pose(y=speed * (time_s - length_s / 2), zoom=zoom), things[:1]),
        (
            lambda time_s: Pose(
                x=0.01 * math.sin(5 * time_s + phase),
                y=0.008 * math.sin(7 * time_s),
                zoom=zoom,
                turn=0.006 * math.sin(4 * time_s + phase),
            ),
            things,
        ),
    )
    camera, moving = cameras[number % len(cameras)]
    return film(1000 + number, size, camera, moving, noise=NOISE)


def keep_joined(pieces: Sequence[Path], count: int) -> Path:
    """A kept MP4 of `count` clips, the given ones over and over, from one encoder with one set of options."""
    chosen = list(itertools.islice(itertools.cycle(pieces), count))
    determined_by = (PAINTING, [piece.name for piece in chosen])
    return keep(f"joined-{count}", "mp4", determined_by, lambda path: join(path, chosen))


def join(path: Path, pieces: Sequence[Path]) -> None:
    """Copy the packets of clips one after the other into an MP4, shifted in time; nothing is encoded."""
    import av

    with av.open(str(path), "w", format="mp4") as joined:
        target: Any = None
        start = 0
        for piece in pieces:
            with av.open(str(piece)) as container:
                track = container.streams.video[0]
                if target is None:
                    target = joined.add_stream_from_template(track)
                    target.time_base = track.time_base
                length = track.duration or 0
                for packet in container.demux(track):
                    if packet.dts is None or packet.pts is None:
                        continue
                    packet.pts, packet.dts = packet.pts + start, packet.dts + start
                    packet.stream = target
                    joined.mux(packet)
                start += length
