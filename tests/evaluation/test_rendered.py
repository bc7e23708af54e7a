"""Rendered videos: what is said to be true of them is in their pixels, and claims about it are judged."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from dataclaw_assets.anchor_values import (
    AttributeValue,
    BlackValue,
    CutValue,
    MotionValue,
    MoverValue,
    RepetitionValue,
    Value,
)
from dataclaw_assets.evaluation.measured import describe_video
from dataclaw_assets.evaluation.rendered import (
    Tally,
    judge_attribute,
    judge_border,
    judge_count,
    list_items,
    main,
    render_item,
    score_item,
)
from dataclaw_assets.evaluation.rendered_items import Item, Truth, cut_items, freeze_items
from dataclaw_assets.evaluation.rendered_movers import mover_items, repeated_items
from dataclaw_assets.evaluation.scenes import Place, Pose, Thing, film, put, see
from dataclaw_assets.records import Anchor
from resources.media import Picture, decode
from tests.builders import make_anchor, make_source

SIZE = (320, 180)


def grey(picture: Picture) -> npt.NDArray[np.float32]:
    return np.asarray(picture.mean(axis=-1), np.float32)


def shift_between(first: Picture, second: Picture) -> tuple[float, float]:
    """By how many pixels the content moved, right and down."""
    import cv2

    window = np.asarray(cv2.createHanningWindow((first.shape[1], first.shape[0]), cv2.CV_32F))
    (across, down), _ = cv2.phaseCorrelate(grey(first), grey(second), window)
    return across, down


def test_content_moves_against_the_camera_by_the_known_shift() -> None:
    still, panned = see(0, SIZE, Pose()), see(0, SIZE, Pose(x=8 / 320, y=-4 / 320))
    assert shift_between(still, panned) == pytest.approx((-8.0, 4.0), abs=0.2)


def test_the_shift_is_the_same_in_a_halved_scene() -> None:
    still, panned = see(0, SIZE, Pose(zoom=0.5)), see(0, SIZE, Pose(x=16 / 320, zoom=0.5))
    assert shift_between(still, panned) == pytest.approx((-8.0, 0.0), abs=0.2)


def test_halving_the_scene_does_not_move_it() -> None:
    near, far = see(0, SIZE, Pose(zoom=0.751)), see(0, SIZE, Pose(zoom=0.749))
    assert shift_between(near, far) == pytest.approx((0.0, 0.0), abs=0.2)


def test_zooming_in_magnifies() -> None:
    import cv2

    plain, zoomed = see(0, SIZE, Pose()), see(0, SIZE, Pose(zoom=2.0))
    middle = np.asarray(cv2.resize(plain[45:135, 80:240], SIZE, interpolation=cv2.INTER_LINEAR), np.uint8)
    assert np.abs(grey(middle) - grey(zoomed)).mean() < 3.0


def test_content_turns_against_a_rolling_camera() -> None:
    upright, rolled = see(0, SIZE, Pose()), see(0, SIZE, Pose(turn=math.pi / 2))
    # a camera rolled clockwise by a quarter shows the scene turned counter-clockwise
    turned = np.rot90(upright[:, 70:250], 1)
    assert np.abs(grey(np.ascontiguousarray(turned)) - grey(rolled[:, 70:250])).mean() < 3.0


def test_a_thing_is_where_its_place_says() -> None:
    black = np.zeros((180, 320, 3), np.uint8)
    drawn = put(black, Thing(2, lambda _: None), Place(0.25, -0.1, 0.2)).sum(axis=-1) > 0
    rows, columns = np.nonzero(drawn)
    box = (columns.min(), columns.max(), rows.min(), rows.max())
    assert box == pytest.approx((208, 271, 26, 90), abs=3)


def test_the_same_moment_looks_the_same_again() -> None:
    paint = film(1, SIZE)
    assert np.array_equal(paint(0.4), paint(0.4))


def test_film_noise_differs_from_frame_to_frame() -> None:
    paint = film(1, SIZE, noise=2.0)
    assert np.std(paint(0.4).astype(int) - paint(0.44)) == pytest.approx(2.0 * math.sqrt(2), abs=0.3)


def test_the_encoded_cuts_are_at_the_true_times(tmp_path: Path) -> None:
    item = next(cut_items())
    path = tmp_path / "cuts.mp4"
    render_item(item, path)
    stream = describe_video(path).stream
    assert stream is not None
    frames = [(frame.time_s, frame.video.to_ndarray(format="gray")) for frame in decode(path, stream)]
    changes = [
        (float(np.abs(after.astype(int) - before).mean()), time_s)
        for (_, before), (time_s, after) in itertools.pairwise(frames)
    ]
    strongest = sorted(time_s for _, time_s in sorted(changes)[-len(item.truths) :])
    assert strongest == pytest.approx([truth.start_s for truth in item.truths], abs=0.001)


def test_a_frozen_stretch_shows_one_frame() -> None:
    item = next(freeze_items())
    (truth,) = item.truths
    assert np.array_equal(item.paint(truth.start_s), item.paint(truth.end_s - 0.04))
    assert not np.array_equal(item.paint(truth.start_s), item.paint(truth.end_s + 0.04))


def test_a_diagonal_may_be_named_by_either_part() -> None:
    names = {truth.names for item in mover_items() for truth in item.truths if truth.about == "mover"}
    assert frozenset({"left", "down"}) in names


def test_a_repeated_motion_is_back_after_each_period() -> None:
    item = next(repeated_items())
    truth = item.truths[0]
    period_s = (truth.end_s - truth.start_s) / truth.count
    early, late = item.paint(truth.start_s + 0.1), item.paint(truth.start_s + 0.1 + 3 * period_s)
    assert np.abs(early.astype(int) - late).max() < 25  # film noise alone


def test_every_item_is_named_once() -> None:
    names = [item.name for item in list_items()]
    assert len(names) == len(set(names))


def anchor(kind: str, value: Value, start_s: float, end_s: float) -> Anchor:
    return make_anchor(make_source(), value, kind, start_s, end_s)


BLACK = Truth("black", "black", 2.0, 3.0)


@pytest.mark.parametrize(
    ("spans", "verdict"),
    [([(2.1, 2.9)], "right"), ([(2.1, 3.5)], "contradicted"), ([], "not said"), ([(6.0, 7.0)], "not said")],
)
def test_a_border_is_judged_by_both_ends(spans: list[tuple[float, float]], verdict: str) -> None:
    anchors = [anchor("black", BlackValue(level=0.0), *span) for span in spans]
    assert judge_border(BLACK, anchors) == verdict


@pytest.mark.parametrize(
    ("counts", "about", "verdict"),
    [
        ([4], "repetition", "right"),
        ([5], "repetition", "contradicted"),
        ([5], "near repetition", "right"),
        ([8], "near repetition", "contradicted"),
        ([], "repetition", "not said"),
    ],
)
def test_a_count_is_judged(counts: list[int], about: Any, verdict: str) -> None:
    values = [RepetitionValue(count=count, period_s=1.0, strength=0.9) for count in counts]
    anchors = [anchor("repetition", value, 1.0, 5.0) for value in values]
    assert judge_count(Truth("row", about, 1.0, 5.0, count=4), anchors) == verdict


def test_a_repetition_over_little_of_it_is_no_count() -> None:
    value = RepetitionValue(count=4, period_s=0.2, strength=0.9)
    truth = Truth("row", "repetition", 1.0, 5.0, count=4)
    assert judge_count(truth, [anchor("repetition", value, 1.0, 1.8)]) == "not said"


@pytest.mark.parametrize(
    ("before", "after", "start_s", "verdict"),
    [
        (0.3, 0.5, 2.2, "right"),
        (0.5, 0.3, 2.2, "contradicted"),
        (0.3, 0.5, 8.0, "not said"),
    ],
)
def test_a_change_of_light_is_judged(before: float, after: float, start_s: float, verdict: str) -> None:
    value = AttributeValue(attribute="brightness", before=before, after=after)
    truth = Truth("row", "attribute", 2.0, 3.0, frozenset({"brightness up"}))
    assert judge_attribute(truth, [anchor("attribute_change", value, start_s, start_s + 0.5)]) == verdict


def test_a_colour_is_judged_by_the_way_it_goes() -> None:
    value = AttributeValue(attribute="dominant_colour", before="#808080", after="#a08060")
    truth = Truth("row", "attribute", 2.0, 3.0, frozenset({"dominant_colour redder"}))
    assert judge_attribute(truth, [anchor("attribute_change", value, 2.0, 3.0)]) == "right"


def item_with(*truths: Truth, undecided: frozenset[str] = frozenset()) -> Item:
    return Item("item", 4.0, film(0, SIZE), truths, undecided=undecided)


CUT = anchor("cut", CutValue(contrast=0.5), 2.0, 2.0)


def test_a_cut_where_there_is_none_is_a_false_alarm() -> None:
    table: dict[str, Tally] = {}
    score_item(item_with(), [CUT], table)
    assert (table["no cut"].right, table["no cut"].alarms) == (0, 1)


def test_a_cut_that_is_left_open_is_none() -> None:
    table: dict[str, Tally] = {}
    score_item(item_with(undecided=frozenset({"cut"})), [CUT], table)
    assert "no cut" not in table


def test_a_second_cut_is_a_false_alarm_in_the_row_of_the_first() -> None:
    table: dict[str, Tally] = {}
    second = anchor("cut", CutValue(contrast=0.5), 3.0, 3.0)
    score_item(item_with(Truth("hard cut", "cut", 2.0, 2.0)), [CUT, second], table)
    assert (table["hard cut"].right, table["hard cut"].alarms) == (1, 1)


@pytest.mark.parametrize(
    ("about", "value", "alarms"),
    [
        ("no camera", MotionValue(camera="pan", direction="left", level=0.1, floor=0.1), 1),
        ("no camera", MotionValue(camera="mixed", direction="none", level=0.1, floor=0.1), 0),
        ("no mover", MoverValue(direction="up", share=0.5, speed=0.1, confidence="high"), 1),
        ("no mover", MoverValue(direction="up", share=0.5, speed=0.1, confidence="low"), 0),
        ("no repetition", RepetitionValue(count=3, period_s=1.0, strength=0.9), 1),
        ("no attribute", AttributeValue(attribute="brightness", before=0.3, after=0.5), 1),
    ],
)
def test_what_is_not_there_must_not_be_claimed(about: Any, value: Value, alarms: int) -> None:
    table: dict[str, Tally] = {}
    score_item(item_with(Truth("row", about, 0.0, 4.0)), [anchor("any", value, 0.0, 2.0)], table)
    assert table["row"].alarms == alarms


def test_an_unknown_argument_is_refused() -> None:
    assert main(["--quick"]) == 2
