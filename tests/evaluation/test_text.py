"""The command that holds text to labels: what it reads of a truth file, and how it matches lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataclaw_assets.anchor_values import TextLineValue
from dataclaw_assets.evaluation.text import (
    LabelledLines,
    _agree,
    _read_clocks,
    main,
    match_lines,
    read_labelled_lines,
)
from dataclaw_assets.records import Anchor


def make_lines(*texts: str, start_s: float = 0.0, end_s: float = 5.0) -> list[Anchor]:
    return [
        Anchor(
            anchor_id=text, source_id="s", kind="text_line", start_s=start_s, end_s=end_s,
            value=TextLineValue(
                text=text, order=order, of=len(texts), height_px=9.0, readable_256=True, confidence=1.0
            ),
            text="", basis="measured", extractor="text", extractor_version="1", params_hash="",
        )
        for order, text in enumerate(texts)
    ]  # fmt: skip


def test_labels_of_both_forms_are_read(tmp_path: Path) -> None:
    body = {
        "on_screen_text": [{"t": [0, 7], "lines": ["What"]}, {"text": "TAXI", "t_from": 2.3, "t_to": 3.0}],
        "slides": [{"start_s": 7.0, "end_s": 9.0, "text_lines": ["Why"]}],
    }
    (tmp_path / "a.truth.json").write_text(json.dumps(body))
    assert read_labelled_lines(tmp_path / "a.truth.json") == [
        LabelledLines(0.0, 7.0, ("What",)),
        LabelledLines(7.0, 9.0, ("Why",)),
    ]


def test_a_line_that_was_read_in_two_parts_is_found() -> None:
    label = LabelledLines(0.0, 5.0, ("Spring tide   4.45 m",))
    (match,) = match_lines([label], make_lines("Title", "Spring tide", "4.45 m"))
    assert match.distance == 0.0


def test_what_was_read_at_another_time_does_not_count() -> None:
    (match,) = match_lines([LabelledLines(0.0, 5.0, ("Title",))], make_lines("Title", start_s=5.0, end_s=9.0))
    assert match.distance == 1.0


def test_parts_of_two_pictures_are_not_joined() -> None:
    anchors = make_lines("Spring tide") + make_lines("4.45 m")
    (match,) = match_lines([LabelledLines(0.0, 5.0, ("Spring tide 4.45 m",))], anchors)
    assert match.distance > 0.1


@pytest.mark.parametrize(
    ("words", "seconds"), [("PTS = 1.9s", 1.9), ("00:01:02.5", 62.5), ("00:00:08:10", 8.4), ("Frame 7", None)]
)
def test_clocks_are_read_in_their_forms(words: str, seconds: float | None) -> None:
    assert list(_read_clocks(words, 25.0)) == ([] if seconds is None else [pytest.approx(seconds)])


def test_a_counter_that_skips_agrees_on_the_frames_before() -> None:
    assert _agree([{1.0, 5.0}, {1.0}, {2.0}], 0.0) == (2, 1.0)


def test_a_folder_without_labels_is_a_mistake(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 2
