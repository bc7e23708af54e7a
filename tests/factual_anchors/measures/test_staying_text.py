"""Whether a line is still on a later picture: unchanged, changed by one letter, added to, or gone."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dataclaw_assets.factual_anchors.measures.staying_text import Grey, is_still_there

PLACE = (30, 20)


def draw_words(text: str, ground: int = 250, noise: float = 0.0) -> Grey:
    page = Image.new("L", (300, 70), ground)
    font = ImageFont.load_default(size=24)
    ImageDraw.Draw(page).text(PLACE, text, fill=20, font=font)
    grain = np.random.default_rng(1).normal(0.0, noise, (70, 300))
    noisy: Grey = (np.asarray(page) + grain).astype(np.float32)
    return noisy


def box_of(text: str) -> tuple[float, float, float, float]:
    pen = ImageDraw.Draw(Image.new("L", (1, 1)))
    return pen.textbbox(PLACE, text, font=ImageFont.load_default(size=24))


@pytest.mark.parametrize(
    ("later", "there"),
    [("Basket (0)", True), ("Basket (8)", False), ("Basket (0)x", False), ("Bisket (0)", False), ("", False)],
)
def test_a_letter_more_or_less_is_noticed(later: str, there: bool) -> None:
    box = box_of("Basket (0)")
    assert is_still_there(box, draw_words("Basket (0)"), draw_words(later), rests=True) is there


def test_the_noise_of_coding_and_another_light_do_not_matter() -> None:
    box = box_of("Basket (0)")
    assert is_still_there(box, draw_words("Basket (0)"), draw_words("Basket (0)", 200, noise=4.0), rests=True)


def test_what_happens_beside_letters_does_not_matter_while_things_move() -> None:
    later = draw_words("Basket (0)")
    later[:, 170:] = np.random.default_rng(2).integers(0, 255, (70, 130))
    assert is_still_there(box_of("Basket (0)"), draw_words("Basket (0)"), later, rests=False)
