"""Videos with things that move, repeat their motion or change: what each shows, and what is true of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from dataclaw_assets.evaluation.rendered_items import HALF_HEIGHT, SIZE, Item, Truth, glide
from dataclaw_assets.evaluation.scenes import Paint, Place, Thing, film

REST_S = 0.6
"""How long a thing rests before and after it repeats its motion."""

DIRECTIONS: tuple[tuple[float, float], ...] = (
    (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1),
)  # fmt: skip


def _names(across: float, down: float) -> frozenset[str]:
    names = {"right": across > 0, "left": across < 0, "down": down > 0, "up": down < 0}
    return frozenset(name for name, holds in names.items() if holds)


def mover_items() -> Iterator[Item]:
    """A thing that crosses the picture of a standing camera: 8 directions, 3 speeds, 2 sizes. A diagonal may
    be named by either part. True while the middle of the thing is in the picture."""
    for number, (across, down) in enumerate(DIRECTIONS):
        for speed in (0.06, 0.18, 0.45):
            for size in (0.12, 0.28):
                length = math.hypot(across, down)
                step = (across / length * speed, down / length * speed)
                inside = [
                    limit / abs(part) for part, limit in zip(step, (0.5, HALF_HEIGHT), strict=True) if part
                ]
                half_s = min(1.5, *inside)
                middle_s = half_s + 0.5
                start_s, end_s = middle_s - half_s, middle_s + half_s
                truths = (
                    Truth(f"mover, {speed} widths/s", "mover", start_s, end_s, _names(across, down)),
                    Truth("camera behind a mover stands", "no camera", 0.0, 2 * middle_s),
                )
                path = _cross(step, middle_s, size)
                paint = film(number, SIZE, things=(Thing(number, path),))
                yield Item(f"mover {across},{down} {speed} {size}", 2 * middle_s, paint, truths)


def _cross(step: tuple[float, float], middle_s: float, size: float) -> Callable[[float], Place]:
    return lambda t: Place(step[0] * (t - middle_s), step[1] * (t - middle_s), size)


def carried_items() -> Iterator[Item]:
    """A thing that moves over a panning camera's scene: across the pan, against it, or along and faster. What
    it does by itself is its motion with the camera's taken off."""
    for pan, name in ((0.15, "pan right"), (-0.15, "pan left")):
        for across, down in ((0.0, 0.16), (0.0, -0.16), (-pan * 1.6, 0.0), (pan * 2.6, 0.0)):
            truths = (
                Truth("mover over a pan", "mover", 0.0, 3.0, _names(across, down)),
                Truth("pan behind a mover", "camera", 0.0, 3.0, frozenset({name})),
            )
            path = _cross((across - pan, down), 1.5, 0.25)
            paint = film(5, SIZE, glide(pan, 0.0, -1.5), (Thing(1, path),))
            yield Item(f"mover {across:.2f},{down} over {name}", 3.0, paint, truths)


def approach_items() -> Iterator[Item]:
    """A thing that comes nearer or goes away: its size grows by a rate a second."""
    for rate in (0.2, 0.35, 0.6):
        for name, sign in (("towards", 1), ("away", -1)):
            truths = (
                Truth("approaching, receding", "mover", 0.0, 3.0, frozenset({name})),
                Truth("camera behind a mover stands", "no camera", 0.0, 3.0),
            )
            paint = film(6, SIZE, things=(Thing(2, _swell(rate * sign)),))
            yield Item(f"{name} {rate}", 3.0, paint, truths)


def _swell(rate: float) -> Callable[[float], Place]:
    return lambda t: Place(0.05, 0.0, 0.25 * math.exp(rate * (t - 1.5)))


PERIODS: tuple[tuple[float, int], ...] = ((0.5, 12), (0.8, 8), (1.5, 4), (3.0, 3))
"""Length of a cycle in seconds, and how many there are."""


def _pendulum(phase: float) -> Place:
    angle = 0.7 * math.sin(2 * math.pi * phase)
    return Place(0.4 * math.sin(angle), -0.25 + 0.4 * math.cos(angle), 0.16)


def _bounce(phase: float) -> Place:
    part = phase % 1.0
    return Place(0.1, 0.18 - 1.3 * part * (1.0 - part), 0.16)


def _turn_round(phase: float) -> Place:
    return Place(-0.05, 0.0, 0.36, 2 * math.pi * phase)


def _breathe(phase: float) -> Place:
    return Place(0.0, 0.02, 0.16 + 0.14 * (1.0 - math.cos(2 * math.pi * phase)) / 2)


def repeated_items() -> Iterator[Item]:
    """A pendulum, a bouncing ball, an arm that turns round, a ball that swells; at rest before and after."""
    ways = (("pendulum", _pendulum), ("bounce", _bounce), ("turn", _turn_round), ("swell", _breathe))
    for number, (name, at_phase) in enumerate(ways):
        for period_s, count in PERIODS:
            end_s = REST_S + period_s * count
            truths = (
                Truth("repetition, exact count", "repetition", REST_S, end_s, count=count),
                Truth("repetition, within one", "near repetition", REST_S, end_s, count=count),
            )
            thing = Thing(number, _repeat(at_phase, period_s, count), "arm" if name == "turn" else "ball")
            paint = film(number, SIZE, things=(thing,))
            yield Item(f"{name} {count} × {period_s} s", end_s + REST_S, paint, truths)


def _repeat(at_phase: Callable[[float], Place], period_s: float, count: int) -> Callable[[float], Place]:
    return lambda t: at_phase(min(float(count), max(0.0, (t - REST_S) / period_s)))


def unrepeated_items() -> Iterator[Item]:
    """Motion that does not repeat: wandering, crossing once, growing, a pan, nothing at all."""
    shows = {
        "wander a": film(1, SIZE, things=(Thing(1, _wander(1)),)),
        "wander b": film(2, SIZE, things=(Thing(2, _wander(2)),)),
        "cross": film(3, SIZE, things=(Thing(3, _cross((0.12, 0.03), 3.0, 0.2)),)),
        "grow": film(4, SIZE, things=(Thing(0, _swell(0.15)),)),
        "pan": film(5, SIZE, glide(0.1, 0.02, -3.0)),
        "nothing": film(6, SIZE),
    }
    for name, paint in shows.items():
        yield Item(
            f"no repetition: {name}", 6.0, paint, (Truth("nothing repeats", "no repetition", 0.0, 6.0),)
        )


def _wander(seed: int) -> Callable[[float], Place]:
    """From one random place to the next, in steps of 0.4 to 1.1 s, without a pause."""
    rng = np.random.default_rng(seed)
    times = np.concatenate([[0.0], np.cumsum(rng.uniform(0.4, 1.1, 20))])
    places = rng.uniform((-0.35, -0.18), (0.35, 0.18), (21, 2))

    def path(time_s: float) -> Place:
        after = int(np.searchsorted(times, time_s, side="right"))
        share = (time_s - times[after - 1]) / (times[after] - times[after - 1])
        eased = 0.5 - 0.5 * math.cos(math.pi * share)
        x, y = places[after - 1] * (1.0 - eased) + places[after] * eased
        return Place(float(x), float(y), 0.18)

    return path


def light_items() -> Iterator[Item]:
    """A lamp that is turned up or down, and light that changes its colour, within a shot, over 0.5 to 2 s."""
    lamps = ((1.45, 0.5), (0.6, 1.0), (1.35, 2.0), (0.5, 0.5))
    for number, (factor, seconds) in enumerate(lamps):
        name = "brightness up" if factor > 1.0 else "brightness down"
        truth = Truth("brightness", "attribute", 2.0, 2.0 + seconds, frozenset({name}))
        yield Item(f"{name}, {number}, {seconds} s", 5.0, _lit(number, (factor,) * 3, seconds), (truth,))
    tints = (((1.4, 1.0, 0.6), 0.5), ((0.6, 1.0, 1.4), 1.0), ((1.3, 0.9, 0.5), 2.0), ((0.5, 0.9, 1.5), 0.5))
    for number, (factors, seconds) in enumerate(tints):
        name = "dominant_colour redder" if factors[0] > 1.0 else "dominant_colour bluer"
        truth = Truth("colour", "attribute", 2.0, 2.0 + seconds, frozenset({name}))
        yield Item(f"{name}, {number}, {seconds} s", 5.0, _lit(number + 3, factors, seconds), (truth,))


def _lit(scene: int, factors: tuple[float, ...], seconds: float) -> Paint:
    def light(time_s: float) -> tuple[float, float, float]:
        share = min(1.0, max(0.0, (time_s - 2.0) / seconds))
        red, green, blue = (1.0 + share * (factor - 1.0) for factor in factors)
        return red, green, blue

    thing = Thing(scene, lambda t: Place(0.3 * math.sin(1.1 * t), 0.1, 0.15))
    return film(scene, SIZE, things=(thing,), light=light)


def area_items() -> Iterator[Item]:
    """One small thing moves all the time; four large ones begin to move after half of it, or stop."""
    spots = ((-0.32, -0.12), (0.32, -0.12), (-0.12, 0.12), (0.3, 0.13))
    for number, grows in enumerate((True, False, True)):
        start_s, end_s = (3.0, 6.0) if grows else (0.0, 3.0)
        things = [Thing(1, _about(0.02, -0.15, 0.08, 1.9 + 0.2 * number, 0.0, 6.0))]
        for place, (x, y) in enumerate(spots):
            things.append(Thing(place, _about(x, y, 0.22, 2.2 + 0.3 * place, start_s, end_s)))
        name = "moving_area up" if grows else "moving_area down"
        truth = Truth("moving area", "attribute", 3.0, 3.0, frozenset({name}))
        yield Item(f"{name}, {number}", 6.0, film(number, SIZE, things=things), (truth,))


def _about(
    x: float, y: float, size: float, rate: float, start_s: float, end_s: float
) -> Callable[[float], Place]:
    """About one place from `start_s` to `end_s`, at rest before and after."""

    def path(time_s: float) -> Place:
        phase = rate * (min(end_s, max(start_s, time_s)) - start_s)
        return Place(x + 0.06 * math.sin(phase), y + 0.04 * math.sin(1.3 * phase), size)

    return path
