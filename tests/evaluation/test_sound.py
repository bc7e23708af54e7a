"""Intervals found are matched with labels one to one, and a folder's table names each video."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dataclaw_assets.evaluation.sound import main, pair_intervals, score_intervals
from tests.factual_anchors.made_sounds import make_noise, make_quiet, make_sound_video


def test_both_ends_must_be_near() -> None:
    score = score_intervals("a", "speech", [(0.0, 1.0), (2.0, 3.0)], [(0.05, 1.05), (2.0, 3.2)])
    assert (score.labelled, score.found, score.right) == (2, 2, 1)


def test_largest_error_is_that_of_a_pair() -> None:
    score = score_intervals("a", "speech", [(0.0, 1.0), (2.0, 3.0)], [(0.05, 1.0), (2.0, 3.2), (9.0, 9.5)])
    assert score.error_s == pytest.approx(0.2)


def test_one_interval_found_serves_one_label_only() -> None:
    assert pair_intervals([(0.0, 1.0), (1.1, 3.0)], [(0.0, 3.0)]) == [((1.1, 3.0), (0.0, 3.0))]


def test_folder_without_labels_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "usage" in capsys.readouterr().err


def test_labelled_folder_gives_a_line_for_each_kind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wave = np.concatenate([make_noise(1.0, -20.0), make_quiet(1.0)], axis=1)
    make_sound_video(tmp_path / "a.mkv", [(0.0, wave)], 2.0)
    labels = {"speech_intervals_s": [], "silence_intervals_s": [[1.0, 2.0]]}
    (tmp_path / "a.truth.json").write_text(json.dumps(labels))
    assert main([str(tmp_path)]) == 0
    rows = [line.split()[:5] for line in capsys.readouterr().out.splitlines()[1:]]
    assert rows == [["a.mkv", "speech", "0", "0", "0"], ["a.mkv", "silence", "1", "1", "1"]]
