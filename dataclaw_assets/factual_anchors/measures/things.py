"""The one thing that moves by itself between two pictures: which corners belong to it, and how it moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dataclaw_assets.factual_anchors.measures.flow import Drift, Flow, Points

RESTING = 0.04
"""Speed of the camera (picture widths a second) up to which it counts as resting."""

UNCHANGED = 0.6
"""Share of the pixels that must stay for the camera to rest where the corners agree on no motion of it."""

SURELY_UNCHANGED = 0.75
"""And where they agree on one: a thing before a plain wall that holds nearly all corners passes for the
scene. Behind a bottle held before a wall 0.75-0.97 stay, in hand-held shots at most 0.56."""

BORDER_CHANGED = 0.15
"""Most of the picture's border that may change then: what the camera turns to comes in over it."""

PART = 0.5
"""And the largest part of the picture that the corners which move may span."""

LEAST_PX = 0.45
"""Least move of a corner that moves, in pixels of the small plane: the error of following is 0.1-0.3."""

PARALLAX = 0.25
"""And at least this share of the camera's own move when it moves: what is nearer or farther than the rest of
the scene seems to move as well."""

BORDER_PX = 7
"""Corners this near the picture's border are left out: what they are compared with may lie outside."""

LINK = 0.2
"""Corners of one thing are linked by steps of at most so many picture widths."""

ALIKE = (0.6, 0.4)
"""A corner follows the thing when its move differs from the thing's by at most so many pixels and so much of
its own move: bodies bend, and what is turned moves unevenly."""

NEARLY_ALL = 0.85
"""Share of the motion that, once explained, is not tried to be explained better."""

FEWEST = 3
"""Corners of a thing."""

MOST = 40
"""Corners looked at; of more, evenly chosen ones."""

PLANE = np.array([1.0, 1j])

FAR_PX = 6.0
"""Growth is measured between corners at least this far apart."""


Complex = npt.NDArray[np.complex128]
Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Thing:
    """What moves most between two pictures. `across` and `down` in picture widths a second, `grow` is the
    relative growth of its size a second, `share` its share of all residual motion; `box` in pixels of the
    small plane; `camera` is the camera's speed in picture widths a second, `drift` what it does to the
    picture across and down."""

    start_s: float
    end_s: float
    across: float
    down: float
    grow: float
    share: float
    corners: int
    box: tuple[float, float, float, float]
    camera: float
    drift: tuple[float, float]


def find_thing(flow: Flow, unchanged: float, border: float = 0.0) -> Thing | None:
    """The group of neighbouring corners that moves most, None when nothing moves by itself or when what the
    camera does is not known. `unchanged` is the share of the pixels, 0-1, that stay the same, `border` the
    share of those along the picture's border that do not."""
    left_over = _residual(flow, unchanged, border)
    if left_over is None:
        return None
    moves, camera = left_over
    seconds, (height, width) = flow.end_s - flow.start_s, flow.shape
    least = max(LEAST_PX, PARALLAX * camera * seconds * width if camera > RESTING else 0.0)
    sizes = np.hypot(moves[:, 0], moves[:, 1])
    across, down = flow.points.T
    inside = (across >= BORDER_PX) & (across < width - BORDER_PX)
    inside &= (down >= BORDER_PX) & (down < height - BORDER_PX)
    moving = ((sizes >= least) & inside).nonzero()[0]
    if len(moving) < FEWEST:
        return None
    moving = moving[:: -(-len(moving) // MOST)]
    # places and moves as complex numbers: every step below is one array operation
    places = flow.points[moving] @ PLANE
    moved = moves[moving] @ PLANE
    sizes = sizes[moving]
    members = _linked(places, sizes, LINK * width)
    members = members[_coherent(places[members], moved[members], sizes[members])]
    if len(members) < FEWEST:
        return None
    own, shift = places[members], complex(moved[members].mean()) / (seconds * width)
    return Thing(
        start_s=flow.start_s,
        end_s=flow.end_s,
        across=shift.real,
        down=shift.imag,
        grow=_growth(own, moved[members]) / seconds,
        share=float(sizes[members].sum() / sizes.sum()),
        corners=len(members),
        box=(float(own.real.min()), float(own.imag.min()), float(own.real.max()), float(own.imag.max())),
        camera=camera,
        drift=(0.0, 0.0) if flow.drift is None or camera == 0.0 else (flow.drift.across, flow.drift.down),
    )


def is_resting(drift: Drift) -> bool:
    """Whether the camera stands still."""
    return _speed(drift) <= RESTING


def _speed(drift: Drift) -> float:
    return max(abs(drift.across), abs(drift.down), abs(drift.grow), abs(drift.turn))


def _residual(flow: Flow, unchanged: float, border: float) -> tuple[Points, float] | None:
    """What is left of the moves without the camera's, and the camera's speed."""
    drift = flow.drift
    if len(flow.points) < FEWEST:
        return None
    if drift is None:
        return (flow.moves, 0.0) if unchanged >= UNCHANGED else None
    camera = _speed(drift)
    if camera > RESTING and unchanged >= UNCHANGED:
        stays = unchanged >= SURELY_UNCHANGED and border <= BORDER_CHANGED and _is_small(flow)
        return (flow.moves, 0.0) if stays else None
    return flow.own, camera


def _is_small(flow: Flow) -> bool:
    """Whether the corners that move lie in a part of the picture."""
    moved = flow.points[np.hypot(flow.moves[:, 0], flow.moves[:, 1]) >= LEAST_PX]
    if not len(moved):
        return False
    across, down = np.ptp(moved, axis=0)
    return float(across * down) <= PART * flow.shape[0] * flow.shape[1]


def _linked(places: Complex, sizes: Floats, link: float) -> Indices:
    """The chain of neighbours with the most motion."""
    near = np.abs(places[:, None] - places) <= link
    label = np.arange(len(places))
    while True:
        lower: Indices = np.where(near, label, len(places)).min(axis=1)
        if (lower == label).all():
            chain: Indices = (label == np.bincount(label, sizes).argmax()).nonzero()[0]
            return chain
        label = lower[lower]


def _coherent(places: Complex, moves: Complex, sizes: Floats) -> Indices:
    """Which corners one shift and growth explain, started from the commonest move and from all of them; of
    the two the one that explains more motion."""
    tolerance = ALIKE[0] + ALIKE[1] * sizes
    alike = np.abs(moves[:, None] - moves) <= tolerance
    best, most = np.zeros(0, np.intp), 0.0
    for members in (alike[(alike @ sizes).argmax()].nonzero()[0], np.arange(len(places))):
        for _ in range(2):
            if len(members) < FEWEST:
                break
            inner, moved = places[members], moves[members]
            middle, shift = inner.sum() / len(members), moved.sum() / len(members)
            inner = inner - middle
            grow = np.vdot(inner, moved - shift).real / max(np.vdot(inner, inner).real, 1.0)
            members = (np.abs(moves - shift - grow * (places - middle)) <= tolerance).nonzero()[0]
        explained = float(sizes[members].sum())
        if explained > most:
            best, most = members, explained
        if most >= NEARLY_ALL * float(sizes.sum()):
            break
    return best


def _growth(places: Complex, moves: Complex) -> float:
    """Median relative growth of the distances between corners (as in the median flow of Kalal 2010): a turn
    or a shift does not change them."""
    before = np.abs(places[:, None] - places)
    after = np.abs((places + moves)[:, None] - (places + moves))
    far = before >= FAR_PX
    ratios = np.sort(after[far] / before[far])
    return float(ratios[len(ratios) // 2]) - 1.0 if len(ratios) else 0.0
