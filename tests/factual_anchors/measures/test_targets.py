"""Targets of a log against pictures that were drawn: what is believed, what is not, and what is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dataclaw_assets.evaluation.measured import describe_video
from dataclaw_assets.factual_anchors.measures.targets import (
    EARLIER_S,
    LEAD_S,
    Judged,
    find_reasons,
    judge_target,
    says_same,
    spell_as,
)
from dataclaw_assets.raw_sources.formats.gui.agentnet import read_session
from dataclaw_assets.raw_sources.formats.gui.agentnet_logs import read_names, read_zooms
from dataclaw_assets.raw_sources.formats.gui.session import Box, Point, Target
from resources.media import Picture
from resources.sampling import sample_frames

SCREEN = (800, 400)
BUTTON: Box = (100, 100, 300, 140)


def draw(pointer: Point | None = None) -> Picture:
    """A button, a list of which the second row is under the pointer, and a line of plain text."""
    image = Image.new("RGB", SCREEN, (255, 255, 255))
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size=22)
    pen.rectangle(BUTTON, fill=(60, 60, 60), outline=(0, 0, 0))
    pen.text((120, 106), "Keep changes", fill=(255, 255, 255), font=font)
    pen.rectangle((400, 100, 700, 220), fill=(235, 235, 235), outline=(150, 150, 150))
    pen.rectangle((401, 140, 699, 180), fill=(210, 210, 210))
    for row, words in enumerate(("4 hours", "5 hours", "Never")):
        pen.text((412, 106 + 40 * row), words, fill=(20, 20, 20), font=font)
    pen.text((20, 300), "Some apps wait", fill=(20, 20, 20), font=font)
    if pointer:
        x, y = pointer
        pen.polygon([(x, y), (x, y + 22), (x + 15, y + 16)], fill=(255, 255, 255), outline=(0, 0, 0))
    return np.asarray(image)


def judge(target: Target | None, point: Point, rescaled: bool = False) -> Judged:
    return judge_target(target, point, SCREEN, [draw()], (1.0, 1.0), rescaled=rescaled)


@pytest.mark.parametrize(
    ("box", "reasons"),
    [
        (BUTTON, ()),
        ((100.0, -50.0, 300.0, 140.0), ("off_screen",)),
        ((100.0, 100.0, 900.0, 140.0), ("off_screen",)),
        ((0.0, 0.0, 800.0, 400.0), ("too_large",)),
        ((100.0, 150.0, 300.0, 190.0), ("misses_point",)),
    ],
)
def test_a_box_that_cannot_be_is_suspect(box: Box, reasons: tuple[str, ...]) -> None:
    assert find_reasons(Target(name="A", box=box), (200, 120), SCREEN, rescaled=False) == reasons


def test_after_a_rescale_every_box_is_suspect() -> None:
    assert find_reasons(Target(name="A", box=BUTTON), (200, 120), SCREEN, rescaled=True) == ("after_rescale",)


def test_a_name_that_the_pixels_show_is_corroborated() -> None:
    judged = judge(Target(name="Keep changes", box=BUTTON), (200, 120))
    assert (judged.label, judged.basis, judged.agrees) == ("Keep changes", "measured", True)


def test_a_name_that_the_pixels_do_not_show_stays_a_claim() -> None:
    judged = judge(Target(name="Save", box=BUTTON), (200, 120))
    assert (judged.label, judged.basis, judged.agrees) == ("Save", "recorded", False)


def test_a_suspect_name_gives_way_to_what_is_read() -> None:
    judged = judge(Target(name="Settings", box=(0, 0, 800, 400)), (200, 120))
    assert (judged.label, judged.basis) == ("Keep changes", "measured")


def test_a_suspect_name_that_the_pixels_show_is_kept() -> None:
    judged = judge(Target(name="Keep changes", box=BUTTON), (200, 120), rescaled=True)
    assert (judged.label, judged.agrees, judged.box) == ("Keep changes", True, None)


def test_a_suspect_name_with_nothing_to_read_leaves_no_label() -> None:
    assert judge(Target(name="Close", box=(0, 0, 800, 400)), (750, 60)).label is None


def test_words_at_the_other_end_of_the_row_are_the_label() -> None:
    assert judge(None, (660, 160)).label == "5 hours"


def test_words_beside_a_point_on_open_ground_are_no_label() -> None:
    assert judge(None, (330, 312)).label is None


def test_a_point_outside_the_picture_has_no_label() -> None:
    assert judge(None, (200, 900)).label is None


def test_points_and_boxes_are_scaled_to_the_picture() -> None:
    target = Target(name="Keep changes", box=(200, 200, 600, 280))
    judged = judge_target(target, (400, 240), (1600, 800), [draw()], (0.5, 0.5))
    assert (judged.agrees, judged.box) == (True, BUTTON)


def test_words_under_the_pointer_are_read_before_it_came() -> None:
    pictures = [draw(pointer=(172, 112)), draw()]
    judged = judge_target(None, (172, 112), SCREEN, pictures, (1.0, 1.0))
    assert judged.label == "Keep changes"


@pytest.mark.parametrize(
    ("claimed", "read", "same"),
    [
        ("Keep changes", "keep changes", True),
        ("Keep changes", "Keepchanges", True),
        ("1680 × 1050", "1680×1050", True),
        ("Battery, 80%", "Battery", True),
        ("Close", "Closet", False),
        ("Settings", "Power & sleep", False),
        ("On", "Only on weekdays", False),
        ("", "Anything", False),
        ("×", "□", False),
    ],
)
def test_labels_are_the_same_by_their_words(claimed: str, read: str, same: bool) -> None:
    assert says_same(claimed, read) is same


def test_what_is_read_is_spelt_as_a_name_with_the_same_letters() -> None:
    assert spell_as("1680×1050", {"1680 × 1050", "1680 × 900"}) == "1680 × 1050"


def test_what_is_read_stays_where_no_name_has_the_same_letters() -> None:
    assert spell_as("5 hours", {"4 hours"}) == "5 hours"


LATER = {
    37.21: "1366 × 768",
    41.68: "1680 × 1050",
    46.64: "Keep changes",
    108.39: "Power & sleep",
    110.75: "Never",
    115.38: "5 hours",
}
"""What the tool's own reduction has after the rescale of the real session, and what a person reads there."""


def test_after_the_real_rescale_labels_are_those_a_person_reads(shared_footage: Path) -> None:
    folder = shared_footage / "gui" / "agentnet_display_settings"
    parts = {path.name: path for path in folder.iterdir()}
    session, names = read_session(parts), read_names(parts)
    ((rescaled_s, _), *_) = read_zooms(parts)
    video = next(folder.glob("*.mp4"))
    source = describe_video(video)
    assert source.stream is not None
    scale = ((source.width or 0) / session.width, (source.height or 0) / session.height)
    read = {}
    for action in session.actions:
        at = round(action.start_s, 2)
        if at in LATER and action.point:
            times = [action.start_s - 0.3 - before_s for before_s in (LEAD_S, *EARLIER_S)]
            pictures = [sampled.picture for sampled in sample_frames(video, source.stream, times)]
            judged = judge_target(
                action.target,
                action.point,
                (session.width, session.height),
                pictures,
                scale,
                rescaled=action.start_s > rescaled_s,
                names=names,
            )
            read[at] = judged.label
    assert read == LATER
