"""How a log's clock and points lie on a recording, estimated from when and where its picture changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dataclaw_assets.factual_anchors.measures.screen_changes import Changes, Floats

REACH_S = 2.0
"""Offsets are tried up to this on either side: recorders were seen half a second late."""

STEP_S = 1 / 60
FOLLOW_S = 0.3
"""An effect is expected within this after its action; what changed as long before it speaks against it."""

FULL_SHARE = 0.02
"""So much of the picture changed is a whole effect: a larger one counts no more than a menu that opens."""

APART_S = 0.2
"""Offsets nearer to each other than this are one and the same peak."""

FLAT = 0.995
"""A peak's top reaches as far as fits are this share of its best."""

LEAST_ACTIONS = 4
CLEAR_LEAD = 1.1
"""The best must fit so many times better than any other peak."""

SMALL = 1 / 16
"""A change says where it happened when its box covers no more than this of the picture."""

POINTER_PX = 32
"""The size of a pointer, whose tip is the point (Windows' and macOS' own, before scaling)."""

WINDOW_S = 15.0
"""Scales are compared in windows of this length; neighbours that agree are one stretch."""

LEAST_SEEN = 5
"""A window with fewer small changes than this cannot tell scales apart, and follows its neighbour."""

OTHER_RATIOS = (1.25, 1.5, 2.0)
"""Zooms of Windows' and macOS' display settings: tried even where a log states no other size."""

SAME_SCALE = 0.06
"""Scales nearer to each other than this, both axes together, are one: pixels cannot tell them apart, and no
display setting is as fine."""

CHANGED_LEAD = 1.2
"""A window belongs to a new stretch when another scale has so many times the hits of the one before."""

Scale = tuple[float, float]
"""Pixels of the recording to a pixel of the log's screen, across and down."""


@dataclass(frozen=True)
class Pointing:
    """Where a log says the pointer was: seconds of the log, pixels of the log's screen."""

    time_s: float
    point: tuple[float, float]


@dataclass(frozen=True)
class Clock:
    """Add `offset_s` to the log's seconds to get the recording's. Fits are 0-1; `alternatives` are the other
    peaks as (offset, fit), best first."""

    offset_s: float
    fit: float
    alternatives: tuple[tuple[float, float], ...]

    @property
    def clear(self) -> bool:
        """Whether no other offset fits nearly as well."""
        return self.fit > 0 and all(self.fit >= CLEAR_LEAD * fit for _, fit in self.alternatives)


@dataclass(frozen=True)
class Stretch:
    """The scale that fits best in a stretch (seconds of the recording): `fit` is the share of the `seen`
    small changes that lie at the scaled point; `alternatives` are the other scales with theirs."""

    start_s: float
    end_s: float
    scale: Scale
    fit: float
    seen: int
    alternatives: tuple[tuple[Scale, float], ...]


@dataclass(frozen=True)
class Alignment:
    """The clock, None with too little to tell; the scales by time, none where nothing small changed."""

    clock: Clock | None
    stretches: tuple[Stretch, ...]


def propose_scales(recording: Scale, screen: Scale, ratios: Sequence[float] = ()) -> list[Scale]:
    """Scales to try, without repetition: the recording's size over the logged screen's, one to one, and the
    first zoomed in and out by the `ratios` of rescales that the log shows and by `OTHER_RATIOS`. None without
    a screen size."""
    if min(*recording, *screen) <= 0:
        return []
    across, down = recording[0] / screen[0], recording[1] / screen[1]
    zooms = [zoom for ratio in (*ratios, *OTHER_RATIOS) if ratio > 0 for zoom in (ratio, 1 / ratio)]
    kept: list[Scale] = []
    for scale in [(across, down), (1.0, 1.0), *((across * zoom, down * zoom) for zoom in zooms)]:
        if all(abs(scale[0] - one[0]) + abs(scale[1] - one[1]) > SAME_SCALE for one in kept):
            kept.append(scale)
    return kept


def estimate(
    actions: Sequence[float],
    pointings: Sequence[Pointing],
    changes: Changes,
    scales: Sequence[Scale],
) -> Alignment:
    """The clock and the scales of a log on its recording.

    `actions` are the seconds at which effects are due: of a click its release, of a wheel each step.
    `pointings` are presses, releases and, where the log has them, moves of the pointer, whose picture in the
    recording is the finest mark of both. Without a clear clock the scales are those at offset 0.
    """
    clock = estimate_clock(actions, [one.time_s for one in pointings], changes)
    offset_s = clock.offset_s if clock is not None and clock.clear else 0.0
    return Alignment(clock, tuple(estimate_scales(pointings, changes, scales, offset_s)))


def estimate_clock(actions: Sequence[float], moves: Sequence[float], changes: Changes) -> Clock | None:
    """The offset at which changes follow the actions and accompany the moves; None with fewer than
    `LEAST_ACTIONS` of them inside the recording, or a recording at rest."""
    due, moved = np.array(actions, dtype=np.float64), np.array(moves, dtype=np.float64)
    times = changes.times
    if not len(times) or ((due >= times[0]) & (due <= times[-1])).sum() < LEAST_ACTIONS:
        return None
    offsets = np.arange(-REACH_S, REACH_S + STEP_S / 2, STEP_S)
    fits = _rate_following(due, changes, offsets)
    together = _rate_moving(moved, changes, offsets)
    fits = np.maximum(fits if together is None else (fits + together) / 2, 0.0)
    peaks = _find_peaks(offsets, fits)
    if not peaks:
        return None
    return Clock(*peaks[0], tuple(peaks[1:4]))


def estimate_scales(
    pointings: Sequence[Pointing], changes: Changes, scales: Sequence[Scale], offset_s: float
) -> list[Stretch]:
    """The stretches of the recording with the scale that fits each, by time."""
    spots = [spot for one in pointings if (spot := _find_spot(one, changes, offset_s)) is not None]
    if not spots or not scales:
        return []
    stretches: list[tuple[float, float, list[tuple[float, npt.NDArray[np.bool_]]]]] = []
    rated = [(when, _hits(point, box, scales)) for when, point, box in spots]
    first, last = float(changes.times[0]), float(changes.times[-1])
    start = first
    while start < last:
        end = start + WINDOW_S if start + 1.5 * WINDOW_S < last else last
        mine = [one for one in rated if start <= one[0] < end or (end == last and one[0] == last)]
        if stretches and not _differs(stretches[-1][2], mine):
            before = stretches.pop()
            stretches.append((before[0], end, before[2] + mine))
        else:
            stretches.append((start, end, mine))
        start = end
    return [_describe(*stretch, scales) for stretch in stretches if stretch[2]]


def scale_at(stretches: Sequence[Stretch], time_s: float) -> Scale | None:
    """The scale at a time of the recording; None where none was estimated."""
    return next((one.scale for one in stretches if one.start_s <= time_s <= one.end_s), None)


def _rate_following(due: Floats, changes: Changes, offsets: Floats) -> Floats:
    """Mean over the actions of the change in the time after less that in the time before, -1 to 1."""
    total = np.concatenate([[0.0], np.cumsum(np.minimum(changes.shares, FULL_SHARE))])

    def sum_between(start: Floats, end: Floats) -> Floats:
        low, high = np.searchsorted(changes.times, start), np.searchsorted(changes.times, end)
        part: Floats = (total[high] - total[low]) / FULL_SHARE
        return np.minimum(part, 1.0)

    at = due[None, :] + offsets[:, None]
    rated: Floats = (sum_between(at, at + FOLLOW_S) - sum_between(at - FOLLOW_S, at)).mean(axis=1)
    return rated


def _rate_moving(moved: Floats, changes: Changes, offsets: Floats) -> Floats | None:
    """The correlation of "the log has the pointer at work" with "the picture changes", frame by frame."""
    if len(moved) < len(changes.times) / 20:
        return None  # clicks alone do not say when the pointer rests
    working = np.nan_to_num(changes.boxes[:, 0], nan=-1.0) >= 0.0
    rates = []
    for offset_s in offsets:
        busy = np.zeros(len(working), bool)
        places = np.searchsorted(changes.times, moved + offset_s)
        busy[places[(places > 0) & (places < len(busy))]] = True
        same = busy.std() == 0.0 or working.std() == 0.0
        rates.append(0.0 if same else float(np.corrcoef(busy, working)[0, 1]))
    return np.array(rates)


def _find_peaks(offsets: Floats, fits: Floats) -> list[tuple[float, float]]:
    """Peaks with a fit above 0, best first, each at least `APART_S` from a better one. Of a flat top the
    latest offset: effects come at once or late, never early."""
    peaks: list[tuple[float, float]] = []
    free = np.ones(len(fits), bool)
    for place in np.argsort(-fits, kind="stable"):
        fit = float(fits[place])
        around = fits[np.abs(offsets - offsets[place]) < APART_S]
        if fit <= 0.0 or not free[place] or fit < around.max():
            continue
        below = np.flatnonzero(fits < FLAT * fit)
        left, right = below[below < place], below[below > place]
        first = int(left[-1]) + 1 if len(left) else 0
        last = int(right[0]) - 1 if len(right) else len(fits) - 1
        free &= (offsets < offsets[first] - APART_S) | (offsets > offsets[last] + APART_S)
        peaks.append((round(float(offsets[last]), 3), round(fit, 3)))
    return peaks


def _find_spot(
    pointing: Pointing, changes: Changes, offset_s: float
) -> tuple[float, tuple[float, float], Floats] | None:
    """The time, the logged point and the box of the first change at or just after it, when that is small."""
    when = pointing.time_s + offset_s
    first = int(np.searchsorted(changes.times, when))
    for place in range(max(first, 1), min(first + 3, len(changes.times))):
        box = changes.boxes[place]
        if not np.isnan(box[0]):
            area = (box[2] - box[0]) * (box[3] - box[1])
            small = area <= SMALL * changes.width * changes.height
            return (when, pointing.point, box) if small else None
    return None


def _hits(point: tuple[float, float], box: Floats, scales: Sequence[Scale]) -> npt.NDArray[np.bool_]:
    x, y = (np.array([point[axis] * scale[axis] for scale in scales]) for axis in (0, 1))
    near = (x >= box[0] - POINTER_PX / 2) & (x <= box[2] + POINTER_PX / 2)
    return np.asarray(near & (y >= box[1] - POINTER_PX / 2) & (y <= box[3] + POINTER_PX / 2))


def _differs(
    before: Sequence[tuple[float, npt.NDArray[np.bool_]]], now: Sequence[tuple[float, npt.NDArray[np.bool_]]]
) -> bool:
    """Whether a window is clearly of another scale than the stretch before; never with too little to tell."""
    if len(before) < LEAST_SEEN or len(now) < LEAST_SEEN:
        return False
    usual = int(np.sum([hits for _, hits in before], axis=0).argmax())
    hits = np.sum([hits for _, hits in now], axis=0)
    return bool(hits.max() > CHANGED_LEAD * hits[usual])


def _describe(
    start_s: float,
    end_s: float,
    rated: Sequence[tuple[float, npt.NDArray[np.bool_]]],
    scales: Sequence[Scale],
) -> Stretch:
    fits = np.mean([hits for _, hits in rated], axis=0)
    order = [int(place) for place in np.argsort(-fits, kind="stable")]
    others = tuple((scales[place], round(float(fits[place]), 3)) for place in order[1:])
    best = order[0]
    return Stretch(start_s, end_s, scales[best], round(float(fits[best]), 3), len(rated), others)
