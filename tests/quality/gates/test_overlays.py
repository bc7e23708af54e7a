"""Shapes laid over real files: each is seen, and footage that shows the like is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dataclaw_assets.quality.gates.overlays import COLOURS, check_shapes
from dataclaw_assets.quality.gates.sampled import sample_clip
from dataclaw_assets.records import Clip, Piece, Shape
from dataclaw_assets.validated_exports.edits import draw_shapes
from resources.media import Picture
from resources.settings import Settings
from tests.builders import make_source
from tests.quality.gates.test_visible import ship

GREY = np.full((144, 256, 3), 120, np.uint8)
BALL = Shape(form="circle", colour="red", x=0.3, y=0.5, size=0.2, start_s=1.0, end_s=3.0)


def find(folder: Path, ground: Picture, shape: Shape, drawn: Shape | None) -> list[str]:
    clip = Clip(source_id=make_source().source_id, pieces=(Piece(start_s=0, end_s=4),), shapes=(shape,))
    frames = [draw_shapes(ground, [drawn] if drawn else [], index / 12) for index in range(48)]
    return [f.code for f in check_shapes(clip, sample_clip(ship(folder, frames, clip), Settings()))]


def on(ground: Picture, rows: slice, columns: slice, colour: Any) -> Picture:
    painted = ground.copy()
    painted[rows, columns] = colour
    return painted


@pytest.mark.parametrize(
    ("ground", "shape", "drawn", "found"),
    [
        (GREY, BALL, BALL, []),
        (GREY, BALL, None, ["shape_not_seen"]),
        (GREY, BALL, BALL.model_copy(update={"x": 0.6}), ["shape_not_seen", "looks_laid_over"]),
        (GREY, BALL.model_copy(update={"end_s": 1.6}), BALL, ["looks_laid_over"]),
        (on(GREY, slice(0, 144), slice(0, 256), COLOURS["red"]), BALL, BALL, ["shape_not_seen"]),
        (on(GREY, slice(20, 45), slice(180, 210), COLOURS["red"]), BALL, BALL, ["looks_laid_over"]),
        (on(GREY, slice(0, 12), slice(0, 256), COLOURS["red"]), BALL, BALL, []),
    ],
    ids=["seen", "not drawn", "drawn elsewhere", "stays on", "on its own colour", "one like it", "a red bar"],
)
def test_a_shape_is_seen_and_nothing_passes_for_one(
    tmp_path: Path, ground: Picture, shape: Shape, drawn: Shape | None, found: list[str]
) -> None:
    assert find(tmp_path, ground, shape, drawn) == found
