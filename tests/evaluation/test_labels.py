"""Truth files become labels in the anchors' own words; what they cannot express is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataclaw_assets.evaluation.labels import MotionLabel, NotScored, read_camera, read_labels, read_subject


def label(words: str, **fields: Any) -> dict[str, Any]:
    return {"t": [1.0, 2.0], "motion": words, "direction": words, "confidence": "high", **fields}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("static", "static"),
        ("moving", "moving"),
        ("pan", "pan"),
        ("slow pan right", "pan right"),
        ("pans from left to right", "pan right"),
        ("tilt up", "tilt up"),
        ("dolly/zoom in", "zoom in"),
        ("zooms out, no pan", "zoom out"),
        ("roll counter-clockwise", "roll counter-clockwise"),
        ("rolls clockwise", "roll clockwise"),
    ],
)
def test_a_camera_label_is_put_into_the_words_of_anchors(words: str, name: str) -> None:
    read = read_camera(label(words))
    assert isinstance(read, MotionLabel)
    assert read.name == name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("right_to_left", "left"),
        ("left_to_right", "right"),
        ("top_to_bottom", "down"),
        ("upwards", "up"),
        ("away_from_camera", "away"),
        ("towards_camera", "towards"),
        ("none (object does not move by itself)", "none"),
    ],
)
def test_a_subject_label_is_put_into_the_words_of_anchors(words: str, name: str) -> None:
    read = read_subject(label(words))
    assert isinstance(read, MotionLabel)
    assert read.name == name


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("handheld shake, no strong zoom", "no word of"),
        ("pan and tilt", "several motions"),
        ("pan left then right", "several directions"),
    ],
)
def test_a_camera_label_beyond_the_words_is_not_scored(words: str, why: str) -> None:
    read = read_camera(label(words))
    assert isinstance(read, NotScored)
    assert why in read.why


def test_a_label_without_an_interval_is_not_scored() -> None:
    read = read_subject({"direction": "left_to_right", "confidence": "high"})
    assert isinstance(read, NotScored)
    assert "no interval" in read.why


def test_only_labels_of_high_confidence_are_scored(tmp_path: Path) -> None:
    camera = [label("static", confidence="high (plain wall)"), label("static", confidence="medium")]
    labels = read_labels(write_truth(tmp_path, camera=camera))
    assert [one.confidence for one in labels.motion] == ["high (plain wall)"]
    assert len(labels.not_scored) == 1


def test_borders_are_read(tmp_path: Path) -> None:
    fade = {"type": "fade_through_black", "t_from": 3.0, "t_to": 4.0}
    labels = read_labels(write_truth(tmp_path, hard_cuts=[{"t": 1.5}], gradual_transitions=[fade]))
    assert labels.cuts == (1.5,)
    assert [(one.start_s, one.end_s, one.style) for one in labels.transitions] == [(3.0, 4.0, "fade")]


def test_shots_lie_between_the_borders(tmp_path: Path) -> None:
    fade = {"type": "cross_dissolve", "t_from": 3.0, "t_to": 4.0}
    labels = read_labels(write_truth(tmp_path, hard_cuts=[{"t": 6.0}], gradual_transitions=[fade]))
    assert labels.shots(9.0) == [(0.0, 3.0), (4.0, 6.0), (6.0, 9.0)]


def write_truth(folder: Path, **fields: Any) -> Path:
    path = folder / "clip.truth.json"
    path.write_text(json.dumps(fields))
    return path
