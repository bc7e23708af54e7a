"""What people built in the valley, drawn larger than the picture: a castle, a street towards evening."""

from __future__ import annotations

import numpy as np

from dataclaw_assets.demo_footage import canvas
from dataclaw_assets.demo_footage.canvas import Colour, Frame, Point
from dataclaw_assets.demo_footage.valley_stage import Ridge, land, tree

_WALLS: list[Colour] = [
    (222, 120, 84),
    (240, 208, 140),
    (120, 158, 168),
    (236, 228, 208),
    (176, 82, 74),
    (150, 176, 128),
    (232, 168, 104),
]
_ROOFS: list[Colour] = [(150, 70, 52), (92, 78, 84), (128, 58, 56), (74, 84, 98)]


def _tower(frame: Frame, sides: tuple[float, float, float, float], roof: Colour) -> None:
    """A round tower of pale stone with a pointed roof, lit from the left; its left, top, right and foot."""
    left, top, right, foot = sides
    wide = right - left
    for k in range(8):
        stone = canvas.mix((226, 208, 178), (142, 120, 110), abs(k - 2) / 6)
        canvas.box(frame, left + wide * k / 8, top, left + wide * (k + 1) / 8 + 1, foot, stone)
    for row, y in enumerate(np.arange(top + 12, foot, 14)):
        for k in range(4):
            x = left + wide * ((k + 0.5 * (row % 2)) / 4)
            canvas.path(frame, [(x, y), (min(x + wide / 7, right), y)], (150, 128, 112), 1)
    canvas.box(frame, left - 5, top - 8, right + 5, top + 8, (204, 184, 156))
    for k in range(5):
        x = left - 5 + (wide + 10) * k / 5
        canvas.box(frame, x, top - 18, x + (wide + 10) / 9, top - 6, (204, 184, 156))
    tip = ((left + right) / 2, top - 1.5 * wide)
    canvas.polygon(frame, [tip, (right + 1, top - 12), (left - 1, top - 12)], roof)
    canvas.polygon(
        frame,
        [tip, (left + 0.36 * wide, top - 12), (left - 1, top - 12)],
        canvas.mix(roof, (255, 220, 190), 0.3),
    )
    canvas.path(frame, [tip, (tip[0], tip[1] - 26)], (80, 66, 60), 2)
    canvas.polygon(
        frame, [(tip[0], tip[1] - 26), (tip[0] + 26, tip[1] - 18), (tip[0], tip[1] - 9)], (206, 76, 62)
    )
    for y in np.arange(top + 30, foot - 30, 52):
        canvas.round_box(frame, tip[0] - 6, y, tip[0] + 6, y + 22, 5, (70, 58, 66))


def castle() -> Frame:
    """A castle on a crag, 640 × 730, from the wood at its foot to the flags above its towers."""
    wide, high = 640, 730
    frame = canvas.gradient(wide, high, [(0, (238, 190, 152)), (0.35, (250, 230, 196)), (1, (232, 222, 196))])
    for seed, left, top in ((51, -90, 10), (53, 330, 60), (57, 20, 150), (59, 400, 250), (63, -160, 300)):
        canvas.stamp(frame, canvas.clouds(360, 120, seed, 0.62), left, top, (255, 250, 240), 0.9)
    for level, colour in ((486, (204, 178, 170)), (530, (170, 152, 140)), (566, (132, 138, 106))):
        land(frame, Ridge(level, 22, 64), colour)
    rng = np.random.default_rng(23)
    slate, dark, stone = (84, 116, 146), (62, 84, 120), (206, 184, 156)
    _tower(frame, (150, 250, 214, 470), slate)
    _tower(frame, (438, 230, 506, 470), slate)
    canvas.box(frame, 206, 316, 446, 470, stone)
    for row, y in enumerate(range(326, 470, 13)):
        for k in range(9):
            left = 210 + 27 * k + 13 * (row % 2)
            canvas.path(frame, [(left, y), (left + 14, y)], (166, 142, 122), 1)
    for k in range(10):
        canvas.box(frame, 208 + 24 * k, 300, 222 + 24 * k, 318, stone)
    _tower(frame, (276, 170, 356, 470), dark)
    _tower(frame, (384, 272, 428, 470), dark)
    canvas.round_box(frame, 288, 380, 344, 480, 24, (160, 136, 116))
    canvas.round_box(frame, 294, 387, 338, 480, 20, (74, 52, 46))
    side = [(-10, 600), (40, 566), (72, 520), (104, 498), (126, 462), (150, 446), (230, 438)]
    crag = np.array([*side, *((642 - x, y + 5) for x, y in reversed(side)), (650, 740), (-10, 740)])
    canvas.polygon(frame, crag, (128, 106, 96))
    for y in np.sort(rng.uniform(456, 690, 230)):
        reach = np.interp(y, [450, 500, 600], [190, 230, 330]) - 18
        at = 320 + rng.uniform(-reach, reach)
        size = rng.uniform(10, 28)
        outline = np.array([(-1, 0.3), (-0.3, -0.8), (0.7, -0.4), (1, 0.9)]) * size + (at, y + 4)
        canvas.polygon(frame, outline, canvas.mix((182, 154, 132), (92, 76, 76), rng.uniform()))
    way = [(316, 462), (346, 494), (276, 532), (374, 578), (262, 630), (340, 690), (300, 740)]
    canvas.path(frame, way, (112, 88, 70), 21)
    canvas.path(frame, way, (232, 208, 168), 16)
    for y in np.sort(rng.uniform(566, 750, 100)):
        at = float(rng.uniform(-10, wide + 10))
        if abs(at - 318) > 92 - 0.3 * (y - 566):
            leaf = canvas.mix((52, 92, 62), (126, 142, 60), rng.uniform())
            tree(frame, (at, y), 12 + 0.1 * (y - 566), leaf)
    canvas.grain(frame, 5, 29, 3)
    return frame


def _gable(frame: Frame, left: float, right: float, eaves: float, number: int, roof: Colour) -> None:
    """What stands above the eaves of house `number`: a plain gable, a stepped one, or a roof with dormers."""
    wall, wide = _WALLS[number % len(_WALLS)], right - left
    if number % 3 == 0:
        mid, tip = (left + right) / 2, eaves - 0.5 * wide
        canvas.polygon(frame, [(left - 5, eaves + 2), (mid, tip), (right + 5, eaves + 2)], roof)
        canvas.polygon(frame, [(left + 8, eaves + 2), (mid, tip + 14), (right - 8, eaves + 2)], wall)
    elif number % 3 == 1:
        for step in range(4):
            inset, top = wide * step / 9, eaves - 14 * (step + 1)
            canvas.box(frame, left + inset - 2, top - 3, right - inset + 2, top, roof)
            canvas.box(frame, left + inset, top, right - inset, top + 15, wall)
    else:
        top = eaves - 46
        canvas.polygon(
            frame, [(left - 5, eaves), (left + 12, top), (right - 12, top), (right + 5, eaves)], roof
        )
        for k in range(3):
            x = left + wide * (k + 1) / 4
            canvas.polygon(frame, [(x - 11, eaves - 8), (x, eaves - 32), (x + 11, eaves - 8)], wall)
            canvas.box(frame, x - 5, eaves - 20, x + 5, eaves - 9, (70, 74, 92))


def _window(frame: Frame, at: Point, trim: Colour, lit: bool, flowers: bool) -> None:
    """A window below and around `at`, its middle at the top."""
    x, top = at
    canvas.box(frame, x - 11, top - 2, x + 11, top + 28, trim)
    canvas.box(frame, x - 9, top, x + 9, top + 26, (255, 222, 140) if lit else (78, 96, 118))
    canvas.box(frame, x - 1, top, x + 1, top + 26, trim)
    canvas.box(frame, x - 13, top + 28, x + 13, top + 32, canvas.mix(trim, (80, 60, 60), 0.3))
    for k in range(5 if flowers else 0):
        canvas.disc(frame, (x - 10 + 5 * k, top + 27), 3, (90, 140, 70) if k % 2 else (214, 60, 70))


def _shop(frame: Frame, middle: float, half: float, number: int, awning: Colour, trim: Colour) -> None:
    """A shop window with its goods below a striped awning."""
    canvas.box(frame, middle - half, 240, middle + half, 284, trim)
    canvas.box(frame, middle - half + 3, 243, middle + half - 3, 281, (255, 228, 160))
    for k in range(4):
        x, top = middle + half * (0.5 * k - 0.9), 268 - 5 * (k % 2)
        goods = canvas.mix(_WALLS[(number + k) % len(_WALLS)], (90, 60, 50), 0.2)
        canvas.round_box(frame, x, top, x + 0.3 * half, 281, 3, goods)
    step = (half + 5) / 3
    for k in range(6):
        x = middle + step * (k - 3)
        paint = (248, 240, 226) if k % 2 else awning
        canvas.polygon(frame, [(x + 2, 228), (x + step, 228), (x + step, 247), (x, 247)], paint)


def _house(frame: Frame, left: float, right: float, eaves: float, number: int) -> None:
    """A house whose front fills `left` to `right` from the roof at `eaves` to the pavement at 292."""
    wall, roof = _WALLS[number % len(_WALLS)], _ROOFS[number % len(_ROOFS)]
    wide, trim = right - left, canvas.mix(wall, (255, 255, 250), 0.6)
    canvas.box(frame, left, eaves, right, 292, wall)
    _gable(frame, left, right, eaves, number, roof)
    canvas.box(frame, right - 5, eaves, right, 292, canvas.mix(wall, (50, 30, 50), 0.3))
    columns = max(2, round(wide / 36))
    for row, top in enumerate(np.arange(eaves + 14, 214, 44)):
        for k in range(columns):
            at = (left + wide * (k + 0.5) / columns, float(top))
            _window(frame, at, trim, (number * 5 + row * 3 + k * 2) % 4 == 0, (number + k) % 2 == 1)
    door, shop = (0.26, 0.69) if number % 2 else (0.74, 0.31)
    x = left + wide * door
    canvas.round_box(frame, x - 15, 232, x + 15, 298, 8, trim)
    canvas.round_box(frame, x - 12, 235, x + 12, 298, 7, canvas.mix(roof, (30, 60, 80), 0.5))
    _shop(frame, left + wide * shop, 0.23 * wide, number, roof, trim)


def _lamp(frame: Frame, x: float) -> None:
    iron = (46, 46, 56)
    canvas.box(frame, x - 2, 196, x + 2, 304, iron)
    canvas.box(frame, x - 6, 298, x + 6, 305, iron)
    canvas.glow(frame, (x, 188), 54, (255, 222, 140), 0.8)
    canvas.round_box(frame, x - 7, 178, x + 7, 198, 4, (255, 240, 190))
    canvas.polygon(frame, [(x - 10, 179), (x, 168), (x + 10, 179)], iron)


def _tub(frame: Frame, x: float, leaf: Colour) -> None:
    """A clipped shrub in a clay tub."""
    canvas.polygon(frame, [(x - 15, 280), (x + 15, 280), (x + 11, 304), (x - 11, 304)], (150, 84, 60))
    for dx, y, size in ((-8, 268, 11), (8, 268, 11), (0, 256, 13)):
        canvas.disc(frame, (x + dx, y), size, canvas.mix(leaf, (20, 50, 40), 0.3))
        canvas.disc(frame, (x + dx - 2, y - 2), 0.75 * size, leaf)


def street() -> Frame:
    """A street of gabled houses towards evening, 936 × 360: lamps, shops, shrubs in tubs, cobbles."""
    wide, high = 936, 360
    frame = canvas.gradient(
        wide, high, [(0, (96, 92, 150)), (0.3, (236, 150, 120)), (0.5, (255, 206, 150)), (1, (90, 78, 84))]
    )
    canvas.stamp(frame, canvas.clouds(700, 150, 61, 0.6), -60, -40, (255, 200, 170), 0.8)
    canvas.stamp(frame, canvas.clouds(700, 150, 67, 0.6), 480, -40, (255, 186, 170), 0.8)
    rng = np.random.default_rng(31)
    left, number = -24.0, 0
    while left < wide:
        right = left + rng.uniform(74, 128)
        _house(frame, left, right, rng.uniform(86, 142), number)
        left, number = right, number + 1
    canvas.box(frame, 0, 292, wide, 306, (176, 160, 150))
    canvas.box(frame, 0, 303, wide, 307, (112, 100, 100))
    canvas.box(frame, 0, 307, wide, high, (104, 92, 94))
    for row in range(5):
        for k in range(int(wide / (16 + 3 * row)) + 2):
            x = (k + 0.5 * (row % 2)) * (16 + 3 * row) - 8
            stone = canvas.mix((150, 132, 124), (92, 82, 90), rng.uniform())
            canvas.oval(frame, (x, 313 + 11 * row), (6.5 + 1.3 * row, 4 + 0.5 * row), stone)
    for k, x in enumerate(range(46, wide, 168)):
        _lamp(frame, x)
        _tub(frame, x + 84, canvas.mix((70, 120, 66), (110, 140, 60), (k % 3) / 2))
    canvas.grain(frame, 5, 37, 3)
    return frame
