"""Text anchors of a small screen recording made here, and of a still image."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dataclaw_assets.anchor_values import FrameValue, StateValue, TextLineValue, TextValue
from dataclaw_assets.factual_anchors.extractors.picture_text import PictureText
from dataclaw_assets.factual_anchors.extractors.shots import ShotsExtractor
from dataclaw_assets.factual_anchors.extractors.stable import StableExtractor
from dataclaw_assets.factual_anchors.extractors.text import FEW_STATES, TextExtractor, TextLooker
from dataclaw_assets.factual_anchors.scan import look_again, scan_stream
from dataclaw_assets.records import Anchor, Source
from resources.media import Picture
from tests.factual_anchors.made_videos import make_video
from tests.factual_anchors.measures.test_keyframe_times import make_span

TITLE, FIRST, SECOND, TYPED = "Harbour Office", "Spring tide 4.45 m", "Neap tide 1.9 m", "late"


@cache
def draw_screen(*words: str) -> Picture:
    """A screen with a title and up to two lines under it."""
    screen = Image.new("RGB", (480, 270), (245, 245, 240))
    pen = ImageDraw.Draw(screen)
    for row, text in enumerate(words):
        font = ImageFont.load_default(size=22 if row > 1 else 30)
        pen.text((30, 30 + 80 * row), text, fill=(20, 20, 40), font=font)
    return np.asarray(screen)


def list_pictures() -> list[Picture]:
    """Three seconds of one screen, then three of another, into which a small word comes after one second."""
    first, second = draw_screen(TITLE, FIRST), draw_screen(TITLE, SECOND)
    return [first] * 30 + [second] * 10 + [draw_screen(TITLE, SECOND, TYPED)] * 20


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> tuple[Source, Path, list[Anchor]]:
    """The recording, and the anchors that its text starts from: of each rest the picture at two thirds."""
    path = tmp_path_factory.mktemp("text") / "v.mp4"
    source = make_video(path, list_pictures(), fps=10.0)
    found = scan_stream(source, path, [ShotsExtractor(), StableExtractor()])
    rests = [show_at(rest, at_s) for rest, at_s in zip(found["stable"], (2.0, 5.0), strict=True)]
    return source, path, [*found["shots"], *rests]


def show_at(rest: Anchor, time_s: float) -> Anchor:
    """The same rest, with another frame to stand for it."""
    value = rest.value.model_copy(update={"still": FrameValue(time_s=time_s, frame=round(10 * time_s))})
    return rest.model_copy(update={"value": value})


@pytest.fixture(scope="module")
def anchors(recording: tuple[Source, Path, list[Anchor]]) -> list[Anchor]:
    source, path, found = recording
    looker = TextExtractor().look(source, found)
    look_again(source, path, looker)
    return looker.finish()


def spans(anchors: list[Anchor]) -> dict[str, tuple[float | None, float | None]]:
    """From when to when each followed text is there."""
    return {
        anchor.value.text: (anchor.start_s, anchor.end_s)
        for anchor in anchors
        if isinstance(anchor.value, TextValue)
    }


def test_each_text_is_followed_from_first_to_last(anchors: list[Anchor]) -> None:
    followed = spans(anchors)
    assert (followed[TITLE], followed[FIRST], followed[SECOND]) == ((0.0, 6.0), (0.0, 3.0), (3.0, 6.0))


def test_a_word_that_comes_later_is_not_said_to_be_there_before(anchors: list[Anchor]) -> None:
    start_s, end_s = spans(anchors)[TYPED]
    assert start_s is not None
    assert start_s >= 4.0
    assert end_s == 6.0


def test_lines_have_their_place_and_order(anchors: list[Anchor]) -> None:
    lines = [anchor for anchor in anchors if anchor.kind == "text_line" and anchor.start_s == 0.0]
    values = [line.value for line in lines if isinstance(line.value, TextLineValue)]
    assert [(value.text, value.order, value.of) for value in values] == [(TITLE, 0, 2), (FIRST, 1, 2)]


def test_a_line_has_the_box_of_its_ink(anchors: list[Anchor]) -> None:
    (line,) = (one for one in anchors if one.kind == "text_line" and FIRST in one.text)
    rows, columns = np.nonzero(draw_screen("", FIRST)[:, :, 0] < 150)
    drawn = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert line.region == pytest.approx(drawn, abs=3)


def test_a_change_shows_both_sides(anchors: list[Anchor]) -> None:
    sides = {anchor.kind: anchor.value for anchor in anchors if isinstance(anchor.value, StateValue)}
    assert sides == {
        "state_before": StateValue(change=0, lines=(FIRST,)),
        "state_after": StateValue(change=0, lines=(SECOND,)),
    }


def test_lines_visible_hold_what_stays(anchors: list[Anchor]) -> None:
    shown = [anchor.text for anchor in anchors if anchor.kind == "lines_visible"]
    assert shown[0] == f"From 0.00 to 3.00 s the screen shows 2 lines of text: “{TITLE}”; “{FIRST}”."
    assert TYPED not in shown[1]


def test_a_picture_that_was_read_is_not_read_again(recording: tuple[Source, Path, list[Anchor]]) -> None:
    source, _, found = recording
    looker = TextLooker(TextExtractor(), source, found, lambda picture: [])
    for state in list(looker.wanted.values())[:2]:
        looker._read_state(state[0], draw_screen(TITLE))
    assert (looker.read, looker.repeated) == (1, 1)


def test_states_beyond_the_cap_are_left_out_with_a_note(
    recording: tuple[Source, Path, list[Anchor]], caplog: pytest.LogCaptureFixture
) -> None:
    found = [make_span("stable", float(start), start + 1.0) for start in range(FEW_STATES + 3)]
    looker = TextExtractor().look(recording[0], found)
    with caplog.at_level(logging.WARNING):
        looker.finish()
    assert "the text of 3 state(s)" in caplog.text


def test_an_image_gives_its_lines_without_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(draw_screen(TITLE, FIRST)).save(path)
    source = Source(
        source_id="s", kind="image", format="image", uri=path.as_uri(), name=path.name, batch="b", bytes=1,
        mtime_ns=1, width=480, height=270, status="registered",
    )  # fmt: skip
    found = PictureText().extract(source, lambda uri: path)
    assert [(anchor.text, anchor.start_s) for anchor in found] == [
        (f"Line 1 of 2 in the image reads “{TITLE}”.", None),
        (f"Line 2 of 2 in the image reads “{FIRST}”.", None),
    ]
