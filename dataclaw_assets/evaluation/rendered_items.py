"""Videos with known borders and camera motion: what each shows at every time, and what is true of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dataclaw_assets.evaluation.scenes import Paint, Place, Pose, Thing, film
from resources.media import Picture

SIZE = (320, 180)
HALF_HEIGHT = SIZE[1] / SIZE[0] / 2
SCENES = 8
"""So many scenes are painted; videos show different parts of them."""

About = Literal[
    "cut", "transition", "black", "freeze",
    "camera", "no camera", "mover", "no mover", "repetition", "near repetition", "no repetition",
    "attribute", "no attribute",
]  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """One thing that is true of a video from `start_s` to `end_s`: the row of the table that it counts in,
    which anchors speak of it, the names they may give it, and for a repetition its count."""

    row: str
    about: About
    start_s: float
    end_s: float
    names: frozenset[str] = frozenset()
    count: int = 0


@dataclass(frozen=True)
class Item:
    """One video. `undecided` are kinds of border of which anchors may say what they like."""

    name: str
    seconds: float
    paint: Paint
    truths: tuple[Truth, ...]
    fps: int = 25
    undecided: frozenset[str] = frozenset()


def _shot(number: int) -> Paint:
    """A shot with a motion of its own: standing, panning, zooming, or with something that moves in it."""
    x, y = ((number * 5) % 7 - 3) * 0.3, ((number * 3) % 5 - 2) * 0.3
    cameras: tuple[Callable[[float], Pose], ...] = (
        lambda _: Pose(x, y),
        lambda t: Pose(x + 0.15 * t, y),
        lambda t: Pose(x, y, math.exp(0.12 * t)),
        lambda t: Pose(x, y + 0.08 * t),
    )
    thing = Thing(number, lambda t: Place(-0.4 + 0.2 * t, 0.05, 0.2))
    return film(number % SCENES, SIZE, cameras[number % 4], (thing,) if number % 3 == 0 else ())


def cut_items() -> Iterator[Item]:
    """Hard cuts between shots of 0.6 to 3 s, at four frame rates."""
    for number, fps in enumerate((25, 30, 24, 50, 25, 30)):
        frames = [round(seconds * fps) for seconds in ((1.4, 0.6, 2.2), (3.0, 1.0, 0.8))[number % 2]]
        times = [sum(frames[: place + 1]) / fps for place in range(3)]
        shots = [_shot(number * 4 + place) for place in range(4)]
        truths = tuple(Truth("hard cut", "cut", time_s, time_s) for time_s in times)
        yield Item(f"cuts {number}", times[-1] + 1.6, _join(shots, times), truths, fps)


def _join(shots: list[Paint], times: list[float]) -> Paint:
    def paint(time_s: float) -> Picture:
        return shots[sum(time_s >= border - 1e-6 for border in times)](time_s)

    return paint


def blend_items() -> Iterator[Item]:
    """Dissolves, and fades through, from and to black and white; 0.4 to 2 s."""
    lengths = (0.4, 0.6, 0.8, 1.0, 1.4, 2.0)
    for number, seconds in enumerate((*lengths, 0.8, 1.4)):
        paint = _mix(_shot(number * 2), _shot(number * 2 + 1), 1.6, seconds)
        truth = Truth("dissolve", "transition", 1.6, 1.6 + seconds)
        yield Item(f"dissolve {number}, {seconds} s", 3.2 + seconds, paint, (truth,))
    for number, seconds in enumerate((*lengths, 1.0, 1.4)):
        empty = _plain(255 if number % 3 == 2 else 0)
        start_s = 0.4 if number == 6 else 1.6
        if number == 6:
            paint = _mix(empty, _shot(number), start_s, seconds)
        elif number == 7:
            paint = _mix(_shot(number), empty, start_s, seconds)
        else:
            half_s = seconds / 2
            out = _mix(_shot(number * 2), empty, start_s, half_s)
            paint = _mix(out, _shot(number * 2 + 1), start_s + half_s, half_s)
        truth = Truth("fade", "transition", start_s, start_s + seconds)
        undecided = frozenset({"black", "freeze"})
        yield Item(f"fade {number}, {seconds} s", 3.2 + seconds, paint, (truth,), undecided=undecided)


def _plain(level: int) -> Paint:
    picture = np.full((SIZE[1], SIZE[0], 3), level, np.uint8)
    return lambda _: picture


def _mix(first: Paint, second: Paint, start_s: float, seconds: float) -> Paint:
    import cv2

    def paint(time_s: float) -> Picture:
        share = min(1.0, max(0.0, (time_s - start_s + 1e-6) / seconds))
        if share in (0.0, 1.0):
            return second(time_s) if share else first(time_s)
        return np.asarray(cv2.addWeighted(first(time_s), 1.0 - share, second(time_s), share, 0.0), np.uint8)

    return paint


def black_items() -> Iterator[Item]:
    """Black stretches between shots, and a scene that is dark but can be seen."""
    for number, seconds in enumerate((0.6, 1.0, 2.0)):
        paint = _join([_shot(number), _plain(0), _shot(number + 1)], [2.0, 2.0 + seconds])
        truth = Truth("black stretch", "black", 2.0, 2.0 + seconds)
        undecided = frozenset({"cut", "transition", "freeze"})
        yield Item(f"black {seconds} s", 4.0 + seconds, paint, (truth,), undecided=undecided)
    dark = film(3, SIZE, lambda t: Pose(0.1 * t), light=lambda _: (0.15, 0.15, 0.15))
    yield Item("dark scene", 4.0, dark, ())


def freeze_items() -> Iterator[Item]:
    """One frame shown over and over inside a moving shot, which goes on from there or has moved on."""
    for number, seconds in enumerate((0.8, 1.2, 2.0, 1.2)):
        start_s, goes_on = 2.0, number % 2 == 0
        shot = film(number, SIZE, lambda t: Pose(-0.5 + 0.12 * t, 0.02 * t))
        truth = Truth("frozen stretch", "freeze", start_s, start_s + seconds)
        paint = _freeze(shot, start_s, seconds, goes_on)
        undecided = frozenset() if goes_on else frozenset({"cut"})
        yield Item(f"freeze {number}, {seconds} s", 4.0 + seconds, paint, (truth,), undecided=undecided)


def _freeze(shot: Paint, start_s: float, seconds: float, goes_on: bool) -> Paint:
    def paint(time_s: float) -> Picture:
        if time_s >= start_s + seconds - 1e-6:
            return shot(time_s - seconds if goes_on else time_s)
        return shot(min(time_s, start_s))

    return paint


def camera_items() -> Iterator[Item]:
    """Pans and tilts at three speeds (widths a second), zooms (growth a second), rolls (degrees a second)."""
    ways: tuple[tuple[str, float, float], ...] = (
        ("pan left", -1, 0), ("pan right", 1, 0), ("tilt up", 0, -1), ("tilt down", 0, 1),
    )  # fmt: skip
    for number, (name, across, down) in enumerate(ways):
        for speed in (0.05, 0.2, 0.6):
            path = glide(across * speed, down * speed, -2.0)
            yield _camera_item(f"{name.split()[0]}, {speed} widths/s", name, number, path)
    for rate in (0.08, 0.2, 0.45):
        for name, sign in (("zoom in", 1), ("zoom out", -1)):
            yield _camera_item(f"zoom, {rate}/s", name, 4, _grow(rate * sign))
    for degrees in (10, 30):
        for name, sign in (("roll clockwise", 1), ("roll counter-clockwise", -1)):
            yield _camera_item(f"roll, {degrees}°/s", name, 6, _roll(math.radians(degrees) * sign))


def glide(across: float, down: float, offset_s: float) -> Callable[[float], Pose]:
    return lambda t: Pose(across * (t + offset_s), down * (t + offset_s))


def _grow(rate: float) -> Callable[[float], Pose]:
    return lambda t: Pose(zoom=math.exp(rate * (t - 2.0)))


def _roll(rate: float) -> Callable[[float], Pose]:
    return lambda t: Pose(turn=rate * t)


def _camera_item(row: str, name: str, scene: int, camera: Callable[[float], Pose]) -> Item:
    truths = (
        Truth(row, "camera", 0.0, 4.0, frozenset({name})),
        Truth("nothing moves by itself", "no mover", 0.0, 4.0),
    )
    return Item(f"{name} ({row})", 4.0, film(scene, SIZE, camera), truths)


def still_items() -> Iterator[Item]:
    """A tripod with film noise of three strengths; a hand-held camera that sways about one place."""
    for number, noise in enumerate((1.0, 2.0, 4.0)):
        truths = (
            Truth("static with film noise", "camera", 0.0, 4.0, frozenset({"static"})),
            Truth("nothing moves by itself", "no mover", 0.0, 4.0),
            Truth("nothing changes", "no attribute", 0.0, 4.0),
        )
        yield Item(f"noise {noise}", 4.0, film(number + 2, SIZE, noise=noise), truths)
    for number, sway in enumerate((0.003, 0.006, 0.009)):
        truths = (
            Truth("hand-held sway", "no camera", 0.0, 5.0),
            Truth("nothing moves by itself", "no mover", 0.0, 5.0),
            Truth("nothing changes", "no attribute", 0.0, 5.0),
        )
        yield Item(f"sway {sway}", 5.0, film(number + 1, SIZE, sway_about(sway, number)), truths)


def sway_about(reach: float, seed: int) -> Callable[[float], Pose]:
    """Three incommensurate sways on each axis, 0.7 to 3 a second, `reach` widths in all."""
    phases = np.random.default_rng(seed).uniform(0.0, 2 * math.pi, (2, 3))
    rates = 2 * math.pi * np.array([0.7, 1.43, 2.9])
    parts = np.array([0.5, 0.35, 0.15]) * reach
    return lambda t: Pose(*(float((parts * np.sin(rates * t + phase)).sum()) for phase in phases))
