"""Naming the stretches in which one thing keeps moving one way, from what moved moment by moment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from dataclaw_assets.factual_anchors.measures.things import RESTING, Thing

Direction = Literal["left", "right", "up", "down", "towards", "away"]
Box = tuple[float, float, float, float]

LEAST_S = 0.5
"""Shorter stretches are not named."""

SLOWEST = 0.03
"""Least speed of a thing that moves, in picture widths a second."""

SLOWEST_GROWTH = 0.08
"""Least relative growth a second of a thing that comes nearer or goes away."""

LEVEL = 0.8
"""A slanting motion is named left or right when that part of it is at least so many times the other part."""

NEARING = 1.0
"""Towards and away are named when the growth is at least so many times the speed, left to down when it is
less. Both speak of the same unit: a thing that crosses one picture width moves about as far as it is from
the camera."""

ASIDE = 2.0
"""Left, right, up and down are sure when the speed is so many times the growth."""

STEADY = 0.8
"""Least share of the moments of a sure stretch that go its way."""

HOLDS = 0.6
"""Least share of the residual motion that the thing of a sure stretch has."""

CORNERS = 12
"""Least number of corners, summed over its moments, of a sure stretch."""

SURE_MOVING = 4
"""Moments of a sure stretch while the camera moves; a second."""

BEYOND = 1.5
"""Least speed of a sure mover that goes the way in which the moving camera makes the scene go, in units of
the scene's: a standing thing at 0.4 of the scene's distance goes as fast."""

ATHWART = 0.5
"""The same for a mover athwart that way, where nothing standing seems to move."""

STAYS = 0.5
"""A mover against that way must cross the picture itself, at this share of its own speed at least: a thing
that the camera circles, or follows, stays where it is in the picture."""

STRAIGHT_ON = 0.8
"""Least length of its mean velocity, in units of its mean speed: a sure mover goes one way."""

APART = 0.08
"""Largest gap between the boxes of one thing at two moments beside its way, in picture widths."""

WAY = 0.06
"""Least way of a sure mover, in picture widths: hands that fidget go back and forth."""

DEEP_CORNERS = 8
"""Least mean number of corners of a thing that surely comes nearer or goes away."""

ERROR_PX = 0.3
"""Error of following one corner, in pixels of the small plane."""

COMPACT = 0.2
"""Largest spread (standard deviation, in picture widths) of a stir that one thing makes."""

STIR = 1.0
"""Least stir that is worth following, in levels of luma (of 255) over the whole picture."""

SLANT = 1.5
"""How many times its speed along one axis must be that along the other."""

LONG = 4
"""Moments of a stir that travels; steps of a run that is long."""

TRAVEL = 0.15
"""Least way of a stir that travels, in picture widths."""

STRAIGHT = 0.9
"""Least share of the variance of its place that even motion explains."""


@dataclass(frozen=True)
class Moment:
    """One pair of pictures: the thing that moves by itself, and the stir (what changed, camera or not) since
    the moment before: how much, where its middle is and how far it spreads, in picture widths."""

    start_s: float
    end_s: float
    shape: tuple[int, int]
    thing: Thing | None
    rests: bool
    stir: float = 0.0
    x: float = 0.0
    y: float = 0.0
    spread: float = 0.0


@dataclass(frozen=True)
class Course:
    """A stretch in which one thing moves one way; `box` in shares of width and height. `speed` in picture
    widths a second, or relative growth a second."""

    start_s: float
    end_s: float
    direction: Direction
    share: float
    speed: float
    sure: bool
    box: Box


def name_courses(moments: Sequence[Moment]) -> list[Course]:
    """The courses of a stretch without a jump, in order; they do not overlap."""
    followed = _follow_things(moments)
    stirred = _follow_stir(moments)
    chosen: list[Course] = []
    for course in [one for one in followed if one.sure] + stirred + [one for one in followed if not one.sure]:
        if all(course.end_s <= other.start_s or course.start_s >= other.end_s for other in chosen):
            chosen.append(course)
    return sorted(chosen, key=lambda course: course.start_s)


def _follow_things(moments: Sequence[Moment]) -> list[Course]:
    """Runs of moments whose thing, seen over three moments, moves one way; one moment may be without a
    thing."""
    names = [_name(_mean(moments[max(0, place - 1) : place + 2])) for place in range(len(moments))]
    courses, place = [], 0
    while place < len(moments):
        name, last = names[place], place
        for ahead in range(place + 1, len(moments)):
            if ahead > last + 2:
                break
            if names[ahead] == name and moments[ahead].thing is not None:
                last = ahead
        if name is not None and moments[place].thing is not None:
            run = moments[place : last + 1]
            if run[-1].end_s - run[0].start_s >= LEAST_S:
                courses.append(_course(run, name))
                place = last
        place += 1
    return courses


@dataclass(frozen=True)
class _Motion:
    """Mean motion of a few moments; `depth` is its growth a second without what may be the error of
    following, `across` and `down` in picture widths a second."""

    across: float
    down: float
    depth: float


def _mean(moments: Sequence[Moment]) -> _Motion:
    things = [moment.thing for moment in moments if moment.thing is not None]
    if not things:
        return _Motion(0.0, 0.0, 0.0)
    seen = len(things)
    grow = sum(one.grow for one in things) / seen
    doubt = math.sqrt(sum(_doubt(one) ** 2 for one in things)) / seen
    return _Motion(
        across=sum(one.across for one in things) / seen,
        down=sum(one.down for one in things) / seen,
        depth=math.copysign(max(0.0, abs(grow) - doubt), grow),
    )


def _doubt(thing: Thing) -> float:
    """Twice the standard error of a thing's growth a second."""
    left, top, right, bottom = thing.box
    reach = max(2.0, 0.3 * math.hypot(right - left, bottom - top))
    return 2.0 * ERROR_PX / reach / math.sqrt(thing.corners) / (thing.end_s - thing.start_s)


def _name(motion: _Motion) -> Direction | None:
    across, down, depth = abs(motion.across), abs(motion.down), abs(motion.depth)
    if depth >= SLOWEST_GROWTH and depth >= NEARING * max(across, down):
        return "towards" if motion.depth > 0 else "away"
    if max(across, down) < SLOWEST:
        return None
    if across >= LEVEL * down:
        return "right" if motion.across > 0 else "left"
    return "down" if motion.down > 0 else "up"


def _course(run: Sequence[Moment], name: Direction) -> Course:
    things = [moment.thing for moment in run if moment.thing is not None]
    boxes = np.array([one.box for one in things])
    height, width = run[0].shape
    return Course(
        start_s=run[0].start_s,
        end_s=run[-1].end_s,
        direction=name,
        share=float(np.mean([one.share for one in things])),
        speed=float(np.median([abs(_along(one, name)) for one in things])),
        sure=_is_sure(run, things, name),
        box=(
            float(boxes[:, 0].min() / width),
            float(boxes[:, 1].min() / height),
            float(boxes[:, 2].max() / width),
            float(boxes[:, 3].max() / height),
        ),
    )


def _along(thing: Thing, name: Direction) -> float:
    """The thing's speed in that direction."""
    return {
        "left": -thing.across,
        "right": thing.across,
        "up": -thing.down,
        "down": thing.down,
        "towards": thing.grow,
        "away": -thing.grow,
    }[name]


def _is_sure(run: Sequence[Moment], things: Sequence[Thing], name: Direction) -> bool:
    mean, deep = _mean(run), name in ("towards", "away")
    speed, depth = max(abs(mean.across), abs(mean.down)), abs(mean.depth)
    corners = sum(one.corners for one in things)
    if len(things) < max(3.0, STEADY * len(run)) or corners < CORNERS:
        return False
    if np.mean([_along(one, name) > 0 for one in things]) < STEADY:
        return False
    if np.mean([one.share for one in things]) < HOLDS:
        return False
    if not _is_one(things, run[0].shape[1]):
        return False
    camera = float(np.mean([one.camera for one in things]))
    if deep:
        return camera <= RESTING and depth >= NEARING * speed and corners >= DEEP_CORNERS * len(things)
    if math.hypot(mean.across, mean.down) < STRAIGHT_ON * _mean_speed(things):
        return False
    if speed < ASIDE * depth or speed * (run[-1].end_s - run[0].start_s) < WAY:
        return False
    if camera <= RESTING:
        return True
    axis = 0 if name in ("left", "right") else 1
    scene = float(np.mean([one.drift[axis] for one in things]))
    along = scene * (1.0 if name in ("right", "down") else -1.0)
    least = max(BEYOND * along, ATHWART * camera)
    return len(things) >= SURE_MOVING and speed >= least and speed + min(0.0, along) >= STAYS * speed


def _mean_speed(things: Sequence[Thing]) -> float:
    return sum(math.hypot(one.across, one.down) for one in things) / len(things)


def _is_one(things: Sequence[Thing], width: int) -> bool:
    """Whether the boxes follow on one another as those of one thing do; a long run may hold a stranger."""
    near = 0
    for one, other in pairwise(things):
        across = max(one.box[0], other.box[0]) - min(one.box[2], other.box[2])
        down = max(one.box[1], other.box[1]) - min(one.box[3], other.box[3])
        way = math.hypot(one.across, one.down) * (other.start_s - one.start_s)
        near += max(across, down) <= (APART + way) * width
    pairs = len(things) - 1
    return near >= (min(STEADY * pairs, pairs - 1) if pairs >= LONG else pairs)


def _follow_stir(moments: Sequence[Moment]) -> list[Course]:
    """Stirs that travel evenly before a resting camera: large things without corners, as dark clothes are."""
    courses: list[Course] = []
    run: list[Moment] = []
    for moment in (*moments, None):
        if moment is not None and moment.rests and moment.stir >= STIR and moment.spread <= COMPACT:
            run = [*run, moment]
            continue
        course = _travel(run)
        if course is not None:
            courses.append(course)
        run = []
    return courses


def _travel(run: Sequence[Moment]) -> Course | None:
    """The course of a stir, None unless it travels evenly, mostly along one axis."""
    if len(run) < LONG:
        return None
    times = np.array([moment.end_s for moment in run])
    places = np.array([[moment.x, moment.y] for moment in run])
    slopes, shares = _even(times, places)
    axis = int(np.abs(slopes).argmax())
    way = abs(float(slopes[axis])) * (times[-1] - times[0])
    if way < TRAVEL or shares[axis] < STRAIGHT or abs(slopes[axis]) < SLANT * abs(slopes[1 - axis]):
        return None
    names: tuple[tuple[Direction, Direction], ...] = (("left", "right"), ("up", "down"))
    height, width = run[0].shape
    reach = 2.0 * max(moment.spread for moment in run)
    across, down = places[:, 0], places[:, 1] * width / height
    return Course(
        start_s=run[0].start_s,
        end_s=run[-1].end_s,
        direction=names[axis][int(slopes[axis] > 0)],
        share=1.0,
        speed=abs(float(slopes[axis])),
        sure=True,
        box=(
            float(max(0.0, across.min() - reach)),
            float(max(0.0, down.min() - reach * width / height)),
            float(min(1.0, across.max() + reach)),
            float(min(1.0, down.max() + reach * width / height)),
        ),
    )


def _even(
    times: npt.NDArray[np.float64], places: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Slopes of the lines fitted to both coordinates, and the shares of variance that they explain."""
    since, off = times - times.mean(), places - places.mean(axis=0)
    slopes = since @ off / (since @ since)
    left = ((off - since[:, None] * slopes) ** 2).sum(axis=0)
    return slopes, 1.0 - left / np.maximum((off**2).sum(axis=0), 1e-9)
