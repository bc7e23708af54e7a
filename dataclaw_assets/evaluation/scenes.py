"""Painting pictures whose motion is known: textured scenes, things that move in them, film noise."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from resources.media import Picture

CANVAS_PX = 1536
"""Side of a painted scene; the camera sees a part of it."""

CRF = 23
"""x264's own default quality."""

SHAPES = 420

Paint = Callable[[float], Picture]
"""The picture at a time in seconds."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Pose:
    """Where the camera looks, in picture widths from the middle of the scene (y grows downwards), how much it
    magnifies, and how far it is rolled clockwise, in radians."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    turn: float = 0.0


@dataclass(frozen=True)
class Place:
    """Where a thing is, in picture widths from the middle of the picture (y grows downwards), its width in
    picture widths, and how far it is turned clockwise, in radians."""

    x: float
    y: float
    size: float
    turn: float = 0.0


@dataclass(frozen=True)
class Thing:
    """Something with a texture of its own that moves over the scene; not there when its path gives None."""

    seed: int
    path: Callable[[float], Place | None]
    shape: Literal["ball", "arm"] = "ball"


@lru_cache(maxsize=32)
def paint_canvas(seed: int, halvings: int = 0) -> Picture:
    """A scene of `CANVAS_PX` square, halved that many times: noise whose amplitude falls with frequency about
    as in photographs (1/f: Field 1987), a gradient, and shapes of many sizes with a texture of their own."""
    import cv2

    if halvings:
        half = CANVAS_PX >> halvings
        larger = paint_canvas(seed, halvings - 1)
        return np.asarray(cv2.resize(larger, (half, half), interpolation=cv2.INTER_AREA), np.uint8)

    rng = np.random.default_rng(seed)
    light = _noise(rng, CANVAS_PX)
    colour = np.stack([_noise(rng, CANVAS_PX) for _ in range(3)], axis=-1)
    across = np.linspace(-1.0, 1.0, CANVAS_PX, dtype=np.float32)
    slope = rng.normal(0.0, 18.0) * across[None, :] + rng.normal(0.0, 18.0) * across[:, None]
    canvas = rng.uniform(90, 150, 3).astype(np.float32) + (30.0 * light + slope)[..., None] + 9.0 * colour
    shapes: Any = np.clip(canvas, 0, 255).astype(np.uint8)
    for _ in range(SHAPES):
        tone = tuple(int(part) for part in rng.integers(20, 235, 3))
        middle = rng.integers(0, CANVAS_PX, 2)
        reach = 6.0 * (10.0 ** rng.uniform(0.0, 1.0))
        if rng.random() < 0.4:
            axes = (round(reach), round(reach * rng.uniform(0.4, 1.0)))
            centre = (int(middle[0]), int(middle[1]))
            cv2.ellipse(shapes, centre, axes, float(rng.uniform(0, 180)), 0, 360, tone, -1, cv2.LINE_AA)
        else:
            angles = np.sort(rng.uniform(0, 2 * math.pi, int(rng.integers(3, 6))))
            corners = middle + reach * np.stack([np.cos(angles), np.sin(angles)], axis=1)
            cv2.fillPoly(shapes, [np.asarray(corners, np.int32)], tone, cv2.LINE_AA)
    textured = shapes.astype(np.float32) + (14.0 * _noise(rng, CANVAS_PX, first=6))[..., None]
    return np.asarray(np.clip(textured, 0, 255), np.uint8)


def _noise(rng: np.random.Generator, side: int, first: int = 2) -> Floats:
    """Octaves of smooth noise, each weaker than the one before it; together of unit variance."""
    import cv2

    total: Floats = np.zeros((side, side), np.float32)
    for octave in range(first, 10):
        grid = rng.normal(0.0, 0.62 ** (octave - first), (2**octave, 2**octave)).astype(np.float32)
        total += np.asarray(cv2.resize(grid, (side, side), interpolation=cv2.INTER_CUBIC), np.float32)
    return np.asarray(total / max(1e-6, float(total.std())), np.float32)


def see(seed: int, size: tuple[int, int], pose: Pose) -> Picture:
    """The part of a scene that the camera sees; `size` is (width, height). From afar a halved scene is shown,
    so that nothing finer than a pixel flickers."""
    import cv2

    halvings = max(0, math.ceil(math.log2(0.75 / pose.zoom)))
    scene, scale = paint_canvas(seed, halvings), 0.5**halvings
    cos, sin = math.cos(pose.turn) / pose.zoom * scale, math.sin(pose.turn) / pose.zoom * scale
    turn = np.array([[cos, -sin], [sin, cos]])
    looked_at = CANVAS_PX / 2 + size[0] * np.array([pose.x, pose.y])
    looked_at = looked_at * scale - 0.5 * (1.0 - scale)  # pixel centres of the halved scene
    shift = looked_at - turn @ ((np.array(size) - 1) / 2.0)
    matrix = np.concatenate([turn, shift[:, None]], axis=1)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(scene, matrix, size, flags=flags), np.uint8)


@lru_cache(maxsize=64)
def paint_thing(seed: int, shape: str, side: int) -> Floats:
    """A thing as red, green, blue (times its opacity) and opacity, side × side × 4, 0-1."""
    import cv2

    rng = np.random.default_rng((seed, 7))
    full = 256
    opacity = np.zeros((full, full), np.uint8)
    if shape == "ball":
        cv2.circle(opacity, (full // 2, full // 2), full // 2 - 4, 255, -1, cv2.LINE_AA)
    else:
        cv2.line(opacity, (full // 2, full // 2), (full - 40, full // 2), 255, 40, cv2.LINE_AA)
        cv2.circle(opacity, (full - 44, full // 2), 40, 255, -1, cv2.LINE_AA)
    tone = np.array([(230, 60, 50), (40, 90, 220), (245, 210, 60), (30, 30, 40)][seed % 4], np.float32)
    texture = tone + 35.0 * _noise(rng, full, first=3)[..., None]
    share = opacity.astype(np.float32)[..., None] / 255.0
    whole = np.concatenate([np.clip(texture, 0, 255) / 255.0 * share, share], axis=-1)
    return np.asarray(cv2.resize(whole, (side, side), interpolation=cv2.INTER_AREA), np.float32)


def put(picture: Picture, thing: Thing, place: Place) -> Picture:
    """The picture with a thing in front of it."""
    import cv2

    height, width = picture.shape[:2]
    wanted = place.size * width
    side = int(min(256, 2 ** math.ceil(math.log2(max(8.0, wanted)))))
    patch = paint_thing(thing.seed, thing.shape, side)
    cos, sin = math.cos(place.turn) * wanted / side, math.sin(place.turn) * wanted / side
    turn = np.array([[cos, -sin], [sin, cos]])
    middle = (np.array([width, height]) - 1) / 2.0 + width * np.array([place.x, place.y])
    shift = middle - turn @ np.array([(side - 1) / 2.0] * 2)
    # only the box that it reaches is touched
    reach = 0.75 * wanted + 2.0
    left, top = (int(max(0.0, edge)) for edge in middle - reach)
    right, bottom = (int(max(0.0, edge)) for edge in np.minimum(middle + reach, (width, height)))
    if right <= left or bottom <= top:
        return picture
    shift = shift - (left, top)
    matrix = np.concatenate([turn, shift[:, None]], axis=1)
    drawn = np.asarray(cv2.warpAffine(patch, matrix, (right - left, bottom - top), flags=cv2.INTER_LINEAR))
    below = picture[top:bottom, left:right].astype(np.float32)
    made = picture.copy()
    made[top:bottom, left:right] = below * (1.0 - drawn[..., 3:]) + 255.0 * drawn[..., :3] + 0.5
    return made


def film(
    seed: int,
    size: tuple[int, int],
    camera: Callable[[float], Pose] = lambda _: Pose(),
    things: Sequence[Thing] = (),
    light: Callable[[float], tuple[float, float, float]] = lambda _: (1.0, 1.0, 1.0),
    noise: float = 2.0,
) -> Paint:
    """A shot: a scene seen by a moving camera, things moving before it (their places are in the picture),
    the light on red, green and blue as factors, and film noise of that standard deviation (levels of 255).
    The noise is a function of the time, so that the same moment always looks the same."""
    import cv2

    grain = np.random.default_rng((seed, 3)).normal(0.0, noise, (size[1] * 2, size[0] * 2, 3))
    field = np.rint(grain).astype(np.int16)

    def paint(time_s: float) -> Picture:
        picture = see(seed, size, camera(time_s))
        for thing in things:
            place = thing.path(time_s)
            if place is not None:
                picture = put(picture, thing, place)
        top, left = np.random.default_rng((seed, round(time_s * 1000))).integers(0, (size[1], size[0]))
        factors = light(time_s)
        if factors != (1.0, 1.0, 1.0):
            picture = np.clip(picture * np.array(factors, np.float32), 0, 255).astype(np.uint8)
        noisy = field[top : top + size[1], left : left + size[0]] + picture
        return np.asarray(cv2.convertScaleAbs(np.maximum(noisy, 0)), np.uint8)

    return paint


def encode_video(path: Path, pictures: Iterable[Picture], fps: float) -> None:
    """Encode RGB pictures of one even size as H.264 in MP4, as `write_clip` does but at `CRF`."""
    import av
    import cv2

    options = {"crf": str(CRF), "preset": "veryfast", "threads": "1", "x264-params": "cpu-independent=1"}
    with av.open(str(path), "w", format="mp4") as container:
        stream: Any = None
        for picture in pictures:
            if stream is None:
                rate = Fraction(fps).limit_denominator(1000)
                stream = container.add_stream("libx264", rate=rate, options=options)
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = "yuv420p"
            planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p")))
        if stream is not None:
            container.mux(stream.encode(None))
