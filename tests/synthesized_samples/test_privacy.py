"""Personal data does not leave the machine, in words or in pictures; ordinary words do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.anchor_values import StateValue, TextLineValue
from dataclaw_assets.raw_sources.private_text import hide_private
from dataclaw_assets.records import Anchor
from dataclaw_assets.synthesized_samples.privacy import (
    GREY,
    Box,
    find_private_boxes,
    paint_over,
)
from tests.builders import make_anchor, make_source
from tests.fuzzing import TIMES

SCREEN = make_source("gui_trace")
PRIVATE = {
    "e-mail": "ada.lovelace+x@mail.example.org",
    "e-mail, spelt": "ada(at)example.org",
    "e-mail, full-width": "ada＠example.org",
    "e-mail, zero width": "ada\u200b@exam\u200bple.org",
    "phone, international": "+44 20 7946 0958",
    "phone, Germany": "+49 (0)30 901820",
    "phone, North America": "555-867-5309",
    "phone, bracketed": "(212) 555-0147",
    "phone, national": "030 9018 20",
    "phone, Chinese mobile": "13812345678",
    "card": "4111 1111 1111 1111",
    "card, misread": "4111-1111-1111-1112",
    "IPv4": "192.168.17.4",
    "IPv6": "2001:db8::ff00:42:8329",
    "home folder": "/home/ada",
    "home folder, macOS": "/Users/ada",
    "home folder, Windows": "C:\\Users\\Ada",
    "key": "ghp_abcdefghij0123456789ABCDEFGHIJ",
}


def make_line(text: str, start_s: float | None = 2.0, end_s: float | None = 4.0) -> Anchor:
    value = TextLineValue(text=text, order=0, of=1, height_px=20, readable_256=True, confidence=1.0)
    anchor = make_anchor(SCREEN, value, "text_line", start_s, end_s, region=(64.0, 36.0, 128.0, 72.0))
    return anchor.model_copy(update={"text": f"The line reads “{text}”."})


@pytest.mark.parametrize("secret", PRIVATE.values(), ids=PRIVATE.keys())
def test_private_data_is_taken_out_of_a_sentence(secret: str) -> None:
    hidden = hide_private(f"At 2.00 s the screen reads “{secret}”, and more.")
    assert secret not in hidden
    assert "ada" not in hidden.lower()
    assert "[redacted]" in hidden
    assert hidden.startswith("At 2.00 s the screen reads “")
    assert hidden.endswith("”, and more.")


@pytest.mark.parametrize("text", ["Password: hunter2", "api key = swordfish", "密码：你好吗"])
def test_what_a_label_calls_secret_is_taken_out(text: str) -> None:
    assert hide_private(text).endswith("[redacted]")


@pytest.mark.parametrize(
    "text",
    [
        "The video lasts 38.58 s: 68 frames, 1.96 a second, 1280×720 px, mjpeg.",
        "From 12.70 to 1163.25 s the arm moves +0.12345 along x, by -0.0341.",
        "The user clicked “Materialize…” at (1163, 26), then at (665, 80).",
        "Taken at 2026-11-22T09:10:11 with f/2.8, ISO 400.",
        "Run 2026-11-22 10:30: 1 run, 200,000 rows; std::vector<int>; a::b",
        "The dialog “Add a partition for order_batch” at /assets/raw_orders.",
        "用户点击了“设置”。",
    ],
)
def test_ordinary_sentences_are_left_as_they_are(text: str) -> None:
    assert hide_private(text) == text


@settings(max_examples=200 * TIMES, deadline=None)
@given(st.text(), st.sampled_from(["a.b@example.org", "192.168.17.4", "/home/ada"]), st.text())
def test_hiding_an_address_survives_whatever_stands_about_it(before: str, secret: str, after: str) -> None:
    assert secret not in hide_private(f"{before} {secret} {after}")


def test_private_text_on_screen_is_painted_over_while_it_is_there() -> None:
    boxes = find_private_boxes([make_line("ada@example.org")])
    picture = np.zeros((180, 320, 3), np.uint8)
    painted = paint_over(picture, boxes, 3.0, (640, 360))
    assert (painted[18:36, 32:64] == GREY).all()
    assert not painted[60:].any()
    assert not picture.any()


@pytest.mark.parametrize("time_s", [1.5, 4.5, None])
def test_it_is_painted_over_shortly_before_and_after_and_in_an_image(time_s: float | None) -> None:
    picture = np.zeros((180, 320, 3), np.uint8)
    assert paint_over(picture, find_private_boxes([make_line("/home/ada")]), time_s, (640, 360)).any()


def test_a_picture_of_another_time_is_left_alone() -> None:
    picture = np.zeros((180, 320, 3), np.uint8)
    assert not paint_over(picture, find_private_boxes([make_line("/home/ada")]), 9.0, (640, 360)).any()


def test_a_field_that_was_redacted_on_the_way_in_is_painted_over() -> None:
    assert find_private_boxes([make_line("[redacted]")]) == [Box((64.0, 36.0, 128.0, 72.0), 2.0, 4.0)]


def test_ordinary_text_stays_in_the_picture() -> None:
    assert find_private_boxes([make_line("Settings")]) == []


def test_a_whole_change_of_the_screen_is_not_painted_over() -> None:
    value = StateValue(change=0, lines=("ada@example.org",))
    anchor = make_anchor(SCREEN, value, "state_after", 2.0, 2.0, region=(0.0, 0.0, 640.0, 360.0))
    assert find_private_boxes([anchor.model_copy(update={"text": "ada@example.org"})]) == []


@pytest.mark.parametrize(
    ("region", "size"), [((0.0, 0.0, 9.0, 9.0), (None, None)), ((0.0, float("nan"), 9.0, 9.0), (640, 360))]
)
def test_a_box_that_cannot_be_placed_greys_the_picture(
    region: tuple[float, float, float, float], size: tuple[int | None, int | None]
) -> None:
    painted = paint_over(np.zeros((18, 32, 3), np.uint8), [Box(region, None, None)], 0.0, size)
    assert (painted == GREY).all()
