"""QuickDraw's forms and containers, its clock, and drawings that are not taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.drawing import quickdraw
from dataclaw_assets.raw_sources.formats.drawing.quickdraw import read_sketches
from dataclaw_assets.raw_sources.formats.drawing.sketch import Sketch
from tests.fuzzing import TIMES

SIMPLE = [[[0, 100], [0, 50]], [[10, 20, 30], [5, 5, 5]]]
TIMED = [[[0, 100], [0, 50], [40, 140]], [[10, 20], [5, 5], [240, 540]]]


def row(drawing: Any, word: Any = "cat") -> str:
    return json.dumps({"word": word, "key_id": "1", "drawing": drawing})


def read_one(tmp_path: Path, text: str) -> Sketch:
    path = tmp_path / "cats.ndjson"
    path.write_text(text)
    ((_, found),) = read_sketches(path)
    assert isinstance(found, Sketch)
    return found


def outcome(path: Path) -> list[str]:
    return [
        str(found) if isinstance(found, UnreadableSource) else f"{len(found.strokes)} strokes"
        for _, found in read_sketches(path)
    ]


def test_array_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "cats.json"
    path.write_text(f"[{row(SIMPLE)},\n{row(TIMED)}]")
    assert outcome(path) == ["2 strokes", "2 strokes"]


def test_one_indented_document_is_a_drawing(tmp_path: Path) -> None:
    path = tmp_path / "cat.json"
    path.write_text(json.dumps(json.loads(row(SIMPLE)), indent=2))
    assert outcome(path) == ["2 strokes"]


@pytest.mark.parametrize(
    ("drawing", "reason"),
    [
        ([], "bad_drawing: it has no strokes"),
        ([[[1, 2], [1]]], "bad_drawing: stroke 0: its lists differ in length or are empty"),
        ([[[], []]], "bad_drawing: stroke 0: its lists differ in length or are empty"),
        ([[[1], ["x"]]], "bad_drawing: stroke 0: not all its values are numbers"),
        ([[[1], [float("nan")]]], "bad_drawing: stroke 0: not all its values are numbers"),
        ([[[1], [10**400]]], "bad_drawing: stroke 0: not all its values are numbers"),
        ([[[1], [1e308]]], "bad_drawing: stroke 0: not all its values are numbers"),
        ([7], "bad_drawing: stroke 0 is not a list of xs and ys"),
    ],
)
def test_a_malformed_drawing_costs_only_itself(tmp_path: Path, drawing: Any, reason: str) -> None:
    path = tmp_path / "cats.ndjson"
    path.write_text("\n".join([row(SIMPLE), row(drawing), row(SIMPLE)]))
    assert outcome(path) == ["2 strokes", reason, "2 strokes"]


def test_a_damaged_line_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "cats.ndjson"
    path.write_text("\n".join([row(SIMPLE), '{"drawing": [[', row(SIMPLE)]))
    assert [text.split(":")[0] for text in outcome(path)] == ["2 strokes", "bad_json", "2 strokes"]


def test_drawings_beyond_the_cap_are_one_row(tmp_path: Path) -> None:
    path = tmp_path / "cats.ndjson"
    path.write_text("\n".join([row(SIMPLE)] * (quickdraw.MAX_DRAWINGS + 2)))
    found = outcome(path)
    assert len(found) == quickdraw.MAX_DRAWINGS + 1
    assert found[-1].startswith("too_many: ")


def test_points_and_word_are_those_of_the_file(tmp_path: Path) -> None:
    sketch = read_one(tmp_path, row(SIMPLE))
    assert sketch.label == "cat"
    assert sketch.strokes[0].points == ((0.0, 0.0), (100.0, 50.0))


def test_times_start_at_the_first_point(tmp_path: Path) -> None:
    sketch = read_one(tmp_path, row(TIMED))
    assert [stroke.seconds for stroke in sketch.strokes] == [(0.0, 0.1), (0.2, 0.5)]


def test_simplified_form_has_no_times(tmp_path: Path) -> None:
    sketch = read_one(tmp_path, row(SIMPLE))
    assert [stroke.seconds for stroke in sketch.strokes] == [None, None]


def test_a_clock_that_runs_backwards_is_no_clock(tmp_path: Path) -> None:
    sketch = read_one(tmp_path, row([[[0, 1], [0, 1], [90, 80]]]))
    assert sketch.strokes[0].seconds is None


def test_a_key_typed_as_the_word_is_taken_out(tmp_path: Path) -> None:
    assert read_one(tmp_path, row(SIMPLE, "ghp_0123456789abcdef0123")).label == "[redacted]"


@settings(max_examples=150 * TIMES, deadline=None)
@given(at=st.integers(0, 90), byte=st.binary(min_size=1, max_size=3))
def test_any_damage_is_a_reason_or_a_drawing(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.ndjson"
    good = row(TIMED).encode()
    path.write_bytes(good[:at] + byte + good[at + len(byte) :] + b"\n" + good)
    try:
        found = [item for _, item in read_sketches(path)]
    except UnreadableSource:
        return
    assert all(isinstance(item, Sketch | UnreadableSource) for item in found)
