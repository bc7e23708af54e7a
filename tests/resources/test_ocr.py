"""Reading text off a picture: what is read, where, in which order, and what is stripped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from resources.media import Picture
from resources.ocr import MOST_CHARACTERS, Line, clean_text, order_lines, read_lines, scale_lines

CHECKOUT = Path(__file__).resolve().parents[2]
WORDS = (("Harbour Office", 40, 30), ("Spring tide", 40, 120), ("4.45 m", 380, 122))


def draw_page(words: tuple[tuple[str, int, int], ...] = WORDS) -> Picture:
    """A small white page with dark words at these places."""
    page = Image.new("RGB", (560, 200), (250, 250, 250))
    pen = ImageDraw.Draw(page)
    for text, left, top in words:
        pen.text((left, top), text, fill=(20, 20, 40), font=ImageFont.load_default(size=32))
    return np.asarray(page)


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return read_lines(draw_page())


def test_reading_writes_nothing_into_the_users_home(tmp_path: Path) -> None:
    code = "import numpy; from resources.ocr import read_lines; read_lines(numpy.zeros((64, 64, 3), 'uint8'))"
    environment = {**os.environ, "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=CHECKOUT)
    assert list(tmp_path.rglob("*")) == []


def test_words_are_read_row_by_row(lines: list[Line]) -> None:
    assert [line.text for line in lines] == [text for text, _, _ in WORDS]


def test_boxes_hold_the_ink_to_two_pixels(lines: list[Line]) -> None:
    for line, word in zip(lines, WORDS, strict=True):
        rows, columns = np.nonzero(draw_page((word,))[:, :, 0] < 200)
        drawn = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        assert line.box == pytest.approx(drawn, abs=2)


def test_the_same_picture_reads_the_same_again(lines: list[Line]) -> None:
    assert read_lines(draw_page()) == lines


@pytest.mark.parametrize("shape", [(8, 400, 3), (200, 300, 3)])
def test_nothing_is_read_where_nothing_is(shape: tuple[int, int, int]) -> None:
    assert read_lines(np.full(shape, 200, np.uint8)) == []


def test_what_cannot_be_seen_is_stripped() -> None:
    assert clean_text("pay\u202e\u0007 now\u200b\t please ") == "pay now please"


def test_a_long_line_is_cut() -> None:
    assert len(clean_text("word " * 200)) == MOST_CHARACTERS


def test_columns_of_one_row_go_from_left_to_right() -> None:
    boxes = {"b": (300.0, 52.0, 400.0, 82.0), "a": (10.0, 55.0, 90.0, 85.0), "c": (10.0, 90.0, 90.0, 120.0)}
    ordered = order_lines([Line(text, box, 1.0) for text, box in boxes.items()])
    assert [line.text for line in ordered] == ["a", "b", "c"]


def test_a_high_heading_does_not_swallow_the_lines_beside_it() -> None:
    boxes = {"big": (300.0, 0.0, 500.0, 100.0), "1": (12.0, 5.0, 90.0, 35.0), "2": (10.0, 60.0, 90.0, 90.0)}
    ordered = order_lines([Line(text, box, 1.0) for text, box in boxes.items()])
    assert [line.text for line in ordered] == ["1", "big", "2"]


def test_boxes_are_scaled_in_both_directions() -> None:
    (line,) = scale_lines([Line("a", (1.0, 2.0, 3.0, 4.0), 1.0)], 2.0, 10.0)
    assert line.box == (2.0, 20.0, 6.0, 40.0)
