"""Named motion against labels: right, contradicted, or not said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest

from dataclaw_assets.anchor_values import MotionValue, MoverValue
from dataclaw_assets.evaluation.labels import MotionLabel
from dataclaw_assets.evaluation.motion import Claim, judge_label, main, share_covered
from dataclaw_assets.evaluation.scenes import encode_video, film
from dataclaw_assets.records import Anchor
from tests.builders import make_anchor, make_source


def camera(name: str, start_s: float, end_s: float) -> Anchor:
    words: tuple[Any, ...] = (*name.split(), "none")
    value = MotionValue(camera=words[0], direction=words[1], level=0.1, floor=0.1)
    return make_anchor(make_source(), value, "motion", start_s, end_s)


def mover(
    direction: Any, start_s: float, end_s: float, confidence: Literal["high", "low"] = "high"
) -> Anchor:
    value = MoverValue(direction=direction, share=0.8, speed=0.1, confidence=confidence)
    return make_anchor(make_source(), value, "dominant_mover", start_s, end_s)


def label(about: Literal["camera", "subject"], name: str) -> MotionLabel:
    return MotionLabel(about, "thing", 0.0, 10.0, name, name, "high")


@pytest.mark.parametrize(
    ("name", "anchors", "verdict"),
    [
        ("pan left", [camera("pan left", 0, 5)], "right"),
        ("pan left", [camera("pan left", 0, 4)], "not said"),
        ("pan left", [camera("pan left", 0, 4), camera("pan right", 4, 10)], "contradicted"),
        ("pan left", [camera("static", 0, 10)], "contradicted"),
        ("pan left", [camera("mixed", 0, 10)], "not said"),
        ("pan left", [camera("static", 9.5, 12)], "not said"),
        ("pan", [camera("pan left", 0, 4), camera("pan right", 4, 8)], "right"),
        ("moving", [camera("pan left", 0, 4), camera("mixed", 4, 8)], "right"),
        ("moving", [camera("static", 0, 6), camera("pan left", 6, 10)], "contradicted"),
        ("static", [camera("static", 0, 6), camera("zoom in", 6, 10)], "right"),
        ("static", [], "not said"),
    ],
)
def test_the_camera_is_judged(name: str, anchors: list[Anchor], verdict: str) -> None:
    assert judge_label(label("camera", name), anchors) == verdict


@pytest.mark.parametrize(
    ("name", "anchors", "verdict"),
    [
        ("left", [mover("left", 0, 6)], "right"),
        ("left", [mover("left", 0, 6, "low")], "not said"),
        ("left", [mover("right", 0, 6)], "contradicted"),
        ("left", [mover("right", 0, 6, "low")], "not said"),
        ("towards", [mover("towards", 0, 5), mover("left", 5, 10)], "not said"),
        ("none", [mover("left", 0, 4)], "right"),
        ("none", [mover("left", 0, 3), mover("up", 3, 6)], "contradicted"),
        ("none", [mover("left", 0, 10, "low")], "right"),
        ("none", [mover("none", 0, 10)], "right"),
    ],
)
def test_what_moves_is_judged(name: str, anchors: list[Anchor], verdict: str) -> None:
    assert judge_label(label("subject", name), anchors) == verdict


def test_time_that_two_claims_share_counts_once() -> None:
    claims = [Claim("left", 0.0, 4.0), Claim("left", 2.0, 5.0)]
    assert share_covered(claims, {"left"}, 0.0, 10.0) == 0.5


def test_the_command_scores_a_labelled_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paint = film(1, (160, 90))
    encode_video(tmp_path / "still.mp4", (paint(number / 10) for number in range(20)), 10)
    truth = {"hard_cuts": [], "camera": [{"t": [0, 2], "motion": "static", "confidence": "high"}]}
    (tmp_path / "still.truth.json").write_text(json.dumps(truth))
    assert main([str(tmp_path)]) == 0
    assert "1 labels of high confidence: 1 right" in capsys.readouterr().out


def test_a_folder_without_labels_is_refused(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 2
