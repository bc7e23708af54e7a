"""Reading text off a picture with PP-OCR: one thread, models from its own package, nothing fetched."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from resources.media import Picture

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the picture."""

DETECTOR, RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
"""Named by path: the package fetches a model that it is only given the kind of, whenever its hash is not the
one it expects."""

LOOK_PX = 960
"""The longer side at which the detector looks for lines, at least. Measured on rendered pages of 1920 × 1080:
letters of 12 px (a browser's smallest) are read without a mistake, those of 9 px with 8 % of characters
wrong (3 % at 1280 px, which costs 1.6 times as much). The lines found are read at full size."""

LEAST_SCALE = 2
"""Larger pictures are shrunk no further than by this, in steps of `STEP_PX`, up to `MOST_LOOK_PX`."""

STEP_PX = 320
MOST_LOOK_PX = 1920

MOST_SIDE_PX = 4096
"""Larger pictures are shrunk to this before anything else."""

LEAST_SIDE_PX = 12
"""A picture narrower than this holds no line that could be read."""

MOST_BOXES = 300
"""More lines than this are not read in one picture; a full-screen spreadsheet has about 250."""

MOST_CHARACTERS = 300
"""Longer lines are cut."""

INK = 0.3
"""Edges weaker than this share of a box's strongest are not those of letters."""


@dataclass(frozen=True)
class Line:
    """One line of text as read: the box is that of its ink, upright; the confidence is the mean over its
    characters, 0-1."""

    text: str
    box: Box
    confidence: float


@cache
def reader_version() -> str:
    """What determines the readings beside the picture: it changes when a package or a model does."""
    from importlib.metadata import version

    return f"rapidocr {version('rapidocr')}, onnxruntime {version('onnxruntime')}, {DETECTOR}, {RECOGNISER}"


def read_lines(picture: Picture) -> list[Line]:
    """The lines of text in an RGB picture (height × width × 3), in reading order: English, Chinese and most
    languages in Latin letters.

    Always the same for the same picture. Nothing is fetched and no angle is guessed: upright text only.
    """
    height, width = picture.shape[:2]
    if min(height, width) < LEAST_SIDE_PX:
        return []
    read = _reader(look_side(max(height, width)))(np.ascontiguousarray(picture[:, :, ::-1]))
    if read.txts is None:
        return []
    lines = []
    for quad, words, confidence in zip(read.boxes, read.txts, read.scores, strict=True):
        text = clean_text(words)
        if text:
            box = _upright(quad, width, height)
            lines.append(Line(text, _tighten(picture, box), round(float(confidence), 3)))
    return order_lines(lines)


def clean_text(text: str) -> str:
    """Text without control, bidi and other invisible characters, white space made single spaces; cut to
    `MOST_CHARACTERS`. It comes out of footage, and must not steer what prints it."""
    visible = (
        letter if unicodedata.category(letter)[0] not in "CZ" else " " if letter.isspace() else ""
        for letter in text
    )
    return " ".join("".join(visible).split())[:MOST_CHARACTERS]


def order_lines(lines: list[Line]) -> list[Line]:
    """Lines row by row from the top, each row from the left. Two lines share a row when they overlap in
    height by at least half of the higher one."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: (one.box[1] + one.box[3], one.box[0], one.text)):
        if rows and _shared_height(rows[-1][0].box, line.box) >= 0.5:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda one: one.box[0])]


def scale_lines(lines: list[Line], across: float, down: float) -> list[Line]:
    """The same lines with their boxes in pixels of another size."""
    if across == 1.0 and down == 1.0:
        return lines
    return [
        replace(
            line,
            box=(line.box[0] * across, line.box[1] * down, line.box[2] * across, line.box[3] * down),
        )
        for line in lines
    ]


@lru_cache(maxsize=2)
def _reader(look_px: int) -> Any:
    """A reader whose detector looks at that size; it loads its models (31 MB) at first use."""
    # onnxruntime's builds report their use, and keep a database in the user's home, unless told not to.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",  # an empty picture is no warning
            "Global.use_cls": False,
            "Global.text_score": 0.0,  # callers judge
            "Global.min_side_len": 1,
            "Global.max_side_len": MOST_SIDE_PX,
            "Det.model_path": str(models / DETECTOR),
            "Det.limit_type": "max",
            "Det.limit_side_len": look_px,
            "Det.max_candidates": MOST_BOXES,
            "Rec.model_path": str(models / RECOGNISER),
            # Lines read together are padded to the longest, and then depend on each other.
            "Rec.rec_batch_num": 1,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def look_side(side_px: int) -> int:
    """The longer side at which the detector looks at a picture with such a longer side; its work grows with
    the square."""
    wanted = -(-side_px // (LEAST_SCALE * STEP_PX)) * STEP_PX
    return min(MOST_LOOK_PX, max(LOOK_PX, wanted))


def _upright(quad: npt.NDArray[np.float32], width: int, height: int) -> tuple[int, int, int, int]:
    left, top = np.floor(quad.min(axis=0)).astype(int)
    right, bottom = np.ceil(quad.max(axis=0)).astype(int)
    return max(0, int(left)), max(0, int(top)), min(width, int(right) + 1), min(height, int(bottom) + 1)


def _tighten(picture: Picture, box: tuple[int, int, int, int]) -> Box:
    """The part of a box that holds letters. The detector's boxes are wider by half a line or so, the more the
    smaller the letters are in its eyes; where the edges of letters begin and end does not depend on that."""
    left, top, right, bottom = box
    whole = float(left), float(top), float(right), float(bottom)
    edges = np.abs(np.diff(picture[top:bottom, left:right].mean(axis=2), axis=1))
    if edges.shape[0] < 4 or edges.shape[1] < 4 or edges.max() == 0.0:
        return whole
    inked = edges > INK * edges.max()
    middle = int(inked.sum(axis=1).argmax())
    first, last = _grow(inked.any(axis=1), middle, slack=edges.shape[0] // 16)
    columns = np.flatnonzero(inked[first : last + 1].any(axis=0))
    return (
        float(left + int(columns[0]) + 1),
        float(top + first),
        float(left + int(columns[-1]) + 1),
        float(top + last + 1),
    )


def _grow(inked: npt.NDArray[np.bool_], start: int, slack: int) -> tuple[int, int]:
    """The first and last row around one that hold ink, across gaps of `slack` rows (the dot of an i)."""
    rows = np.flatnonzero(inked)
    place = int(np.searchsorted(rows, start))
    first = last = place
    while first > 0 and rows[first] - rows[first - 1] <= slack + 1:
        first -= 1
    while last + 1 < len(rows) and rows[last + 1] - rows[last] <= slack + 1:
        last += 1
    return int(rows[first]), int(rows[last])


def _shared_height(first: Box, second: Box) -> float:
    """Overlap in height of two boxes, as a share of the higher one."""
    shared = min(first[3], second[3]) - max(first[1], second[1])
    return shared / max(first[3] - first[1], second[3] - second[1], 1e-9)
