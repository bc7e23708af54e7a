"""Gradual transitions: how they are matched with labels, and that rendered ones are where they should be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dataclaw_assets.anchor_values import CutValue, TransitionValue
from dataclaw_assets.evaluation.labels import GradualLabel, Labels
from dataclaw_assets.evaluation.measured import describe_video
from dataclaw_assets.evaluation.scenes import encode_video
from dataclaw_assets.evaluation.transitions import (
    FPS,
    LEAD_S,
    Recipe,
    Shot,
    Style,
    draw_recipes,
    match_spans,
    render_transition,
    score_transitions,
)
from resources.media import decode
from tests.builders import make_anchor, make_source


def test_a_span_near_at_both_ends_is_right() -> None:
    assert match_spans([(3.0, 4.0)], [(3.4, 3.6)]) == 1


def test_a_span_that_ends_too_late_is_not() -> None:
    assert match_spans([(3.0, 4.0)], [(3.0, 4.6)]) == 0


def test_one_span_does_not_serve_two_labels() -> None:
    assert match_spans([(3.0, 4.0), (3.2, 4.2)], [(3.1, 4.1)]) == 1


def test_a_cut_within_a_transition_is_stray() -> None:
    source = make_source()
    anchors = [
        make_anchor(source, TransitionValue(style="dissolve"), "transition", 3.0, 4.0),
        make_anchor(source, CutValue(contrast=0.5), "cut", 3.5, 3.5),
        make_anchor(source, CutValue(contrast=0.5), "cut", 8.0, 8.0),
    ]
    labels = Labels((8.0,), (GradualLabel(3.0, 4.0, "dissolve"),), (), ())
    score = score_transitions("clip", labels, anchors)
    assert (score.labelled, score.found, score.right, score.stray) == (1, 1, 1, 1)


def test_the_same_recipes_are_drawn_again() -> None:
    shots = [Shot(Path(name), 0.0, 9.0) for name in "abc"]
    assert draw_recipes(shots) == draw_recipes(shots)


def test_no_recipe_joins_a_shot_with_itself() -> None:
    recipes = draw_recipes([Shot(Path("a"), 0.0, 9.0), Shot(Path("b"), 0.0, 9.0)])
    assert all(recipe.first.video != recipe.second.video for recipe in recipes)


def test_short_shots_are_refused() -> None:
    with pytest.raises(ValueError, match="fewer than two"):
        draw_recipes([Shot(Path("a"), 0.0, 9.0), Shot(Path("b"), 0.0, 1.0)])


@pytest.mark.parametrize(
    ("style", "before", "middle", "after"),
    [
        ("dissolve", 60, 120, 180),
        ("through black", 60, 0, 180),
        ("through white", 60, 255, 180),
        ("from black", 0, 90, 180),
        ("to black", 60, 30, 0),
    ],
)
def test_the_pictures_change_where_the_truth_says(
    tmp_path: Path, style: Style, before: int, middle: int, after: int
) -> None:
    shots = [Shot(flat_video(tmp_path / f"{level}.mp4", level), 0.0, LEAD_S + 0.6) for level in (60, 180)]
    path = tmp_path / "made.mp4"
    start_s, end_s = render_transition(Recipe(style, 0.6, *shots), path)
    levels = mean_levels(path)
    first, last = round(start_s * FPS), round(end_s * FPS)
    seen = [levels[first - 1], levels[(first + last) // 2], levels[last]]
    assert seen == pytest.approx([before, middle, after], abs=8)


def flat_video(path: Path, level: int) -> Path:
    picture = np.full((36, 64, 3), level, np.uint8)
    encode_video(path, [picture] * round((LEAD_S + 0.8) * FPS), FPS)
    return path


def mean_levels(path: Path) -> list[float]:
    stream = describe_video(path).stream
    assert stream is not None
    return [float(frame.video.to_ndarray(format="rgb24").mean()) for frame in decode(path, stream)]
