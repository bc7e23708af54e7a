"""The valley's open land, drawn larger than the picture: farmland in the morning, a summit at nightfall."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dataclaw_assets.demo_footage import canvas
from dataclaw_assets.demo_footage.canvas import Colour, Frame, Point
from dataclaw_assets.demo_footage.valley_stage import Ridge, land, tree

_FIELDS: list[Colour] = [(226, 196, 92), (142, 178, 74), (196, 206, 110), (104, 150, 66), (208, 166, 84)]
_ROOFS: list[Colour] = [(150, 70, 52), (92, 78, 84), (128, 58, 56)]


def _cottage(frame: Frame, at: Point, size: float, roof: Colour) -> None:
    x, y = at
    canvas.box(frame, x, y - 0.6 * size, x + size, y, (244, 234, 214))
    canvas.box(frame, x + 0.62 * size, y - 0.6 * size, x + size, y, (214, 200, 180))
    canvas.polygon(
        frame,
        [
            (x - 0.12 * size, y - 0.56 * size),
            (x + 0.2 * size, y - 1.1 * size),
            (x + 0.86 * size, y - 1.1 * size),
            (x + 1.12 * size, y - 0.56 * size),
        ],
        roof,
    )
    canvas.box(frame, x + 0.14 * size, y - 0.42 * size, x + 0.34 * size, y - 0.2 * size, (86, 108, 124))
    canvas.box(frame, x + 0.7 * size, y - 0.44 * size, x + 0.88 * size, y, (112, 70, 50))


def _field(frame: Frame, ridge: Ridge, left: float, right: float, crop: Colour) -> None:
    """A field with its furrows, from the ridge down, sheared as slopes are that one looks down on."""
    slope, foot = 0.35 * (right - left), ridge.level + 74
    crown = [ridge.at(left + (right - left) * k / 8) for k in range(9)]
    canvas.polygon(frame, [*crown, (right + slope, foot), (left + slope, foot)], crop)
    for k in range(1, 7):
        start = ridge.at(left + (right - left) * k / 7)
        canvas.path(frame, [start, (start[0] + slope, foot)], canvas.mix(crop, (70, 90, 40), 0.3), 1)


def _slope(frame: Frame, ridge: Ridge, reach: float, rng: np.random.Generator) -> None:
    """One hillside: fields about `reach` pixels wide with hedges between them, and single trees."""
    wide = frame.shape[1]
    land(frame, ridge, (96, 140, 70))
    left = -2 * reach
    for k in range(3 + int(1.5 * wide / reach)):
        right = left + reach * rng.uniform(0.7, 1.3)
        crop = _FIELDS[(k * 3 + int(ridge.level)) % len(_FIELDS)]
        _field(frame, ridge, left, right, canvas.mix(crop, (150, 190, 190), (296 - ridge.level) / 300))
        top = ridge.at(left)[1]
        for step in range(9):
            bush = (left + 0.35 * reach * step / 8, top + (ridge.level + 74 - top) * step / 8)
            canvas.disc(frame, bush, reach / 18, canvas.mix((58, 104, 52), (84, 130, 60), rng.uniform()))
        left = right
    for _ in range(26):
        x, y = ridge.at(rng.uniform(0, wide))
        leaf = canvas.mix((64, 116, 54), (120, 160, 62), rng.uniform())
        tree(frame, (x, y + rng.uniform(2, 30)), reach / 9 * rng.uniform(0.8, 1.3), leaf)


def _hamlet(frame: Frame, ridge: Ridge, left: float, size: float) -> None:
    for k in range(9):
        x, y = ridge.at(left + 1.5 * size * k + 4 * (k % 3))
        _cottage(frame, (x, y + 10 + 14 * (k % 2)), size, _ROOFS[k % 3])


def hills() -> Frame:
    """Farmland in the morning, 936 × 360: fields, hedges, trees, two hamlets below far mountains."""
    wide, high = 936, 360
    frame = canvas.gradient(wide, high, [(0, (84, 158, 218)), (0.5, (206, 230, 240)), (1, (240, 236, 214))])
    for seed, left, top in ((41, -40, -10), (43, 360, 6), (47, 640, -16)):
        canvas.stamp(frame, canvas.clouds(400, 130, seed, 0.6), left, top, (255, 255, 255), 0.95)
    x = np.arange(-8.0, wide + 16, 8)
    peaks = 132 - 34 * np.abs(np.sin(x / 83)) - 14 * np.abs(np.sin(x / 29 + 1))
    canvas.polygon(frame, [*zip(x, peaks, strict=True), (wide + 8, high), (-8, high)], (146, 172, 196))
    rng = np.random.default_rng(17)
    far, middle, near = Ridge(192, 20, 118), Ridge(240, 24, 150), Ridge(296, 22, 130)
    land(frame, Ridge(158, 14, 96), (122, 160, 152))
    _slope(frame, far, 40, rng)
    _hamlet(frame, far, 120, 14)
    _slope(frame, middle, 64, rng)
    _hamlet(frame, middle, 540, 23)
    _slope(frame, near, 96, rng)
    for k in range(260):
        depth = rng.uniform(0, 1) ** 0.6
        blossom = ((244, 236, 250), (238, 96, 74), (250, 214, 80))[k % 3]
        canvas.disc(frame, (rng.uniform(0, wide), 342 + 18 * depth), 1.2 + 1.8 * depth, blossom)
    canvas.grain(frame, 4, 19, 3)
    return frame


def _pine(frame: Frame, at: Point, size: float, leaf: Colour) -> None:
    """A pine of three tiers that stands on `at`, with snow on its lit side."""
    x, y = at
    for tier in range(3):
        top, half = y - size * (1 - 0.27 * tier), size * (0.17 + 0.07 * tier)
        foot = top + 0.46 * size
        canvas.polygon(frame, [(x, top), (x + half, foot), (x - half, foot)], leaf)
        lit = canvas.mix(leaf, (228, 240, 236), 0.6)
        canvas.polygon(frame, [(x, top), (x - 0.1 * half, foot), (x - half, foot)], lit)


def _mountain(frame: Frame, tip: Point, half: float, haze: float, seed: int) -> None:
    """A jagged peak with a lit snow face to the left and a dark one to the right, paler in `haze`."""
    rng = np.random.default_rng(seed)
    rock = canvas.mix((70, 78, 122), (160, 150, 188), haze)
    snow = canvas.mix((248, 248, 253), (210, 196, 218), haze)
    down = np.linspace(0, 1, 15)
    y = tip[1] + down * (480 - tip[1])

    def edge(lean: float, rough: float) -> NDArray[np.float64]:
        return tip[0] + half * (lean * down + rough * rng.uniform(-1, 1, 15) * np.sqrt(down))

    left, middle, right = edge(-1, 0.07), edge(0.1, 0.13), edge(1, 0.07)
    outline = np.concatenate([np.stack([left, y], 1)[::-1], np.stack([right, y], 1)])
    canvas.polygon(frame, outline, rock)
    canvas.polygon(frame, np.concatenate([np.stack([left, y], 1)[::-1], np.stack([middle, y], 1)]), snow)
    for _ in range(150):
        low = rng.uniform(0.06, 1) ** 0.6
        at = np.array([tip[0] + half * low * rng.uniform(-0.9, 0.9), tip[1] + (480 - tip[1]) * low])
        size = rng.uniform(6, 26)
        lit = at[0] < np.interp(at[1], y, middle)
        slant = (1, 1) if lit else (-1, 1)
        paint = canvas.mix(rock, snow, rng.uniform(0.5, 0.8) if lit else rng.uniform(0.1, 0.6))
        flake = np.array([(0, -1), (0.3, -0.1), (-0.6, 1.2), (-0.4, 0.1)]) * slant * size + at
        canvas.polygon(frame, flake, paint)


def _hut(frame: Frame, at: Point) -> None:
    """A log hut under snow with two lit windows."""
    x, y = at
    canvas.glow(frame, (x + 60, y - 20), 150, (255, 206, 130), 0.55)
    canvas.box(frame, x, y - 54, x + 120, y, (112, 74, 56))
    for row in range(6):
        canvas.box(frame, x, y - 54 + 9 * row, x + 120, y - 52 + 9 * row, (80, 52, 44))
    canvas.box(frame, x + 88, y - 132, x + 104, y - 80, (96, 84, 92))
    canvas.polygon(
        frame, [(x - 18, y - 48), (x + 18, y - 106), (x + 104, y - 106), (x + 138, y - 48)], (246, 248, 254)
    )
    canvas.polygon(
        frame, [(x - 18, y - 48), (x - 14, y - 55), (x + 134, y - 55), (x + 138, y - 48)], (190, 200, 224)
    )
    canvas.box(frame, x + 86, y - 136, x + 106, y - 128, (246, 248, 254))
    for left in (14, 82):
        canvas.box(frame, x + left, y - 38, x + left + 26, y - 14, (70, 44, 36))
        canvas.box(frame, x + left + 2, y - 36, x + left + 24, y - 16, (255, 222, 130))
        canvas.box(frame, x + left + 12, y - 36, x + left + 14, y - 16, (70, 44, 36))
    canvas.round_box(frame, x + 48, y - 42, x + 72, y + 2, 4, (66, 42, 36))


def summit() -> Frame:
    """A snowy summit at nightfall above a forest and a lit hut, 1152 × 648."""
    wide, high = 1152, 648
    sky = [(0, (34, 52, 112)), (0.4, (128, 122, 178)), (0.62, (240, 178, 176)), (1, (226, 230, 244))]
    frame = canvas.gradient(wide, high, sky)
    rng = np.random.default_rng(43)
    for _ in range(150):
        canvas.disc(frame, (rng.uniform(0, wide), rng.uniform(0, 210)), rng.uniform(0.8, 2), (240, 240, 255))
    for seed, left, top in ((71, -80, 120), (73, 700, 90), (79, 330, 30)):
        canvas.stamp(frame, canvas.clouds(560, 170, seed, 0.58), left, top, (250, 196, 196), 0.7)
    _mountain(frame, (200, 200), 340, 0.5, 3)
    _mountain(frame, (960, 176), 360, 0.45, 5)
    _mountain(frame, (590, 66), 410, 0.0, 8)
    for level, count, size in ((430, 130, 46), (474, 70, 66), (560, 40, 100), (652, 26, 150)):
        snow = canvas.mix((204, 212, 234), (240, 243, 251), (level - 430) / 222)
        land(frame, Ridge(level - 8, 12, 170), snow)
        if level == 560:
            _hut(frame, (516, 548))
        clear = 0.0 if level < 470 else 120.0 if level < 560 else 190.0
        for foot in np.sort(rng.uniform(level - 10, level + 30, count)):
            at = float(rng.uniform(-20, wide + 20))
            if abs(at - 576) >= clear:
                leaf = canvas.mix((30, 62, 76), (56, 92, 90), rng.uniform())
                _pine(frame, (at, foot), size * rng.uniform(0.8, 1.2), leaf)
        for _ in range(60):
            drift = (rng.uniform(0, wide), level + rng.uniform(16, 90))
            canvas.oval(frame, drift, (rng.uniform(10, 40), 2.5), canvas.mix(snow, (150, 166, 206), 0.4))
    canvas.grain(frame, 3, 47, 4)
    return frame
