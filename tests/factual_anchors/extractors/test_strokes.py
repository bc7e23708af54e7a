"""Facts of a drawing: its strokes in order, pauses where it has times, parts, and what its file calls it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from dataclaw_assets.anchor_values import LabelValue, PartValue, PauseValue, StrokeValue
from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.strokes import (
    Strokes,
    find_direction,
    group_near,
    is_closed,
)
from dataclaw_assets.records import Anchor, Source

SQUARE = [[0, 100, 100, 0, 0], [0, 0, 100, 100, 2]]
LINE = [[20, 60], [50, 50]]


def write_drawings(path: Path, *drawings: list[Any], word: str | None = "box") -> Path:
    path.write_text("\n".join(json.dumps({"word": word, "drawing": drawing}) for drawing in drawings))
    return path


def extract(path: Path, member: int | None = 0, format: str = "quickdraw") -> list[Anchor]:
    source = Source(
        source_id="s", kind="drawing", format=format, uri=path.as_uri(), name="d", member=member,
        batch="b", bytes=1, mtime_ns=1, width=512, height=512, status="registered",
    )  # fmt: skip
    assert Strokes().applies(source)
    return Strokes().extract(source, lambda uri: path)


def strokes_of(anchors: list[Anchor]) -> list[StrokeValue]:
    return [anchor.value for anchor in anchors if isinstance(anchor.value, StrokeValue)]


def test_strokes_keep_their_order_and_share_of_ink(tmp_path: Path) -> None:
    values = strokes_of(extract(write_drawings(tmp_path / "d.ndjson", [SQUARE, LINE])))
    assert [(value.index, value.of) for value in values] == [(0, 2), (1, 2)]
    assert math.fsum(value.length_share for value in values) == pytest.approx(1.0)
    assert values[0].closed
    assert not values[1].closed


def test_points_and_box_lie_on_the_canvas(tmp_path: Path) -> None:
    first = extract(write_drawings(tmp_path / "d.ndjson", [SQUARE, LINE]))[0]
    assert first.region == (32.0, 32.0, 480.0, 480.0)
    assert strokes_of([first])[0].points[0] == (32.0, 32.0)


def test_word_is_recorded_not_measured(tmp_path: Path) -> None:
    anchors = extract(write_drawings(tmp_path / "d.ndjson", [LINE]))
    assert [(anchor.kind, anchor.basis) for anchor in anchors] == [
        ("stroke", "measured"),
        ("label", "recorded"),
    ]
    assert anchors[1].value == LabelValue(text="box")


def test_drawing_without_a_word_has_no_label(tmp_path: Path) -> None:
    anchors = extract(write_drawings(tmp_path / "d.ndjson", [LINE], word=None))
    assert {anchor.kind for anchor in anchors} == {"stroke"}


def test_simplified_form_has_no_times(tmp_path: Path) -> None:
    anchor = extract(write_drawings(tmp_path / "d.ndjson", [LINE]))[0]
    assert (anchor.start_s, anchor.end_s, strokes_of([anchor])[0].duration_s) == (None, None, None)


def test_raw_form_has_the_times_of_the_pen(tmp_path: Path) -> None:
    raw = [[[0, 10], [0, 10], [500, 750]], [[5, 9], [5, 5], [1000, 1400]]]
    anchors = extract(write_drawings(tmp_path / "d.ndjson", raw))
    assert [(anchor.start_s, anchor.end_s) for anchor in anchors[:2]] == [(0.0, 0.25), (0.5, 0.9)]
    assert strokes_of(anchors)[1].duration_s == 0.4


def test_each_member_is_its_own_drawing(tmp_path: Path) -> None:
    path = write_drawings(tmp_path / "d.ndjson", [LINE], [SQUARE, LINE])
    assert len(strokes_of(extract(path, 1))) == 2


def test_member_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="no drawing 3"):
        extract(write_drawings(tmp_path / "d.ndjson", [LINE]), 3)


def test_long_stroke_is_thinned_to_its_shape(tmp_path: Path) -> None:
    turn = [2 * math.pi * step / 500 for step in range(501)]
    circle = [[100 * math.cos(angle) for angle in turn], [100 * math.sin(angle) for angle in turn]]
    value = strokes_of(extract(write_drawings(tmp_path / "d.ndjson", [circle])))[0]
    assert 16 <= len(value.points) <= 64
    assert value.closed
    assert max(abs(math.dist(point, (256, 256)) - 224) for point in value.points) < 1.0


def test_dot_is_not_closed() -> None:
    assert not is_closed([(1.0, 1.0)])


@pytest.mark.parametrize(
    ("end", "direction"),
    [
        ((0, -9), "north"), ((9, -9), "north-east"), ((9, 0), "east"), ((9, 9), "south-east"),
        ((0, 9), "south"), ((-9, 9), "south-west"), ((-9, 0), "west"), ((-9, -9), "north-west"),
        ((0, 0), "none"),
    ],
)  # fmt: skip
def test_direction_is_that_of_the_chord(end: tuple[float, float], direction: str) -> None:
    assert find_direction([(0.0, 0.0), end]) == direction


def test_closed_stroke_has_no_direction() -> None:
    assert find_direction([(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 0.0)]) == "closed"


def test_pause_is_a_long_gap_between_strokes(tmp_path: Path) -> None:
    raw = [[[0, 10], [0, 0], [0, 100]], [[0, 10], [5, 5], [399, 500]], [[0, 10], [9, 9], [800, 900]]]
    (pause,) = [a for a in extract(write_drawings(tmp_path / "d.ndjson", raw)) if a.kind == "pause"]
    assert (pause.start_s, pause.end_s, pause.basis) == (0.5, 0.8, "measured")
    assert isinstance(pause.value, PauseValue)
    assert (pause.value.after, pause.value.before, pause.value.duration_s) == (1, 2, 0.3)
    assert pause.value.distance_px == pytest.approx(math.dist((10, 5), (0, 9)) * 44.8, abs=0.01)


def test_parts_by_nearness_are_measured(tmp_path: Path) -> None:
    drawing = [[[0, 10], [0, 0]], [[90, 100], [0, 0]], [[5, 5], [0, 9]]]
    parts = [a for a in extract(write_drawings(tmp_path / "d.ndjson", drawing)) if a.kind == "part"]
    values = [a.value for a in parts if isinstance(a.value, PartValue)]
    assert [(value.strokes, value.by, value.name) for value in values] == [
        ((0, 2), "nearness", None),
        ((1,), "nearness", None),
    ]
    assert {part.basis for part in parts} == {"measured"}
    assert parts[1].region == (435.2, 235.84, 480.0, 235.84)


ACROSS = [(100.0, 100.0), (200.0, 100.0)]


@pytest.mark.parametrize(
    ("gap", "groups"), [(0.0, []), (6.0, []), (15.0, []), (30.0, [[0], [1, 2]])], ids=str
)
def test_gap_open_to_argument_makes_no_parts(gap: float, groups: list[list[int]]) -> None:
    below = [(x, y + gap) for x, y in ACROSS]
    assert group_near([ACROSS, below, below[::-1]]) == groups


def test_strokes_that_all_lie_apart_are_no_parts() -> None:
    assert group_near([ACROSS, [(x, y + 200) for x, y in ACROSS]]) == []


def test_dot_is_a_part_of_its_own() -> None:
    assert group_near([ACROSS, ACROSS, [(400.0, 400.0)]]) == [[0, 1], [2]]


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg"><title>house</title><g id="roof"><path d="M0 5L5 0L10 5"/></g>'
    '<g id="wall"><rect x="1" y="5" width="8" height="5"/><line x1="5" y1="10" x2="5" y2="7"/></g></svg>'
)


def test_svg_gives_the_same_facts(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG)
    anchors = extract(tmp_path / "a.svg", None, "svg")
    assert [anchor.kind for anchor in anchors] == ["stroke"] * 3 + ["part"] * 2 + ["label"]
    assert [value.direction for value in strokes_of(anchors)] == ["east", "closed", "north"]


def test_parts_that_the_file_names_are_recorded(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG)
    parts = [anchor for anchor in extract(tmp_path / "a.svg", None, "svg") if anchor.kind == "part"]
    assert [part.basis for part in parts] == ["recorded", "recorded"]
    assert parts[1].text == "Part 2 of 2 of the drawing, which its file calls “wall”, has 2 strokes."


def test_inkml_gives_the_same_facts(tmp_path: Path) -> None:
    (tmp_path / "a.inkml").write_text(
        '<ink><traceFormat><channel name="X"/><channel name="Y"/><channel name="T"/></traceFormat>'
        '<annotation type="truth">=</annotation>'
        "<trace>0 0 0, 9 0 200</trace><trace>0 5 900, 9 5 999</trace></ink>"
    )
    anchors = extract(tmp_path / "a.inkml", None, "inkml")
    assert [anchor.kind for anchor in anchors] == ["stroke", "stroke", "pause", "label"]
    assert [value.duration_s for value in strokes_of(anchors)] == [0.2, 0.099]


def test_facts_are_the_same_each_time(shared_footage: Path) -> None:
    path = shared_footage / "drawing" / "kanjivg_05b66.svg"
    assert extract(path, None, "svg") == extract(path, None, "svg")


def test_points_of_every_real_stroke_lie_on_the_canvas(shared_footage: Path) -> None:
    path = shared_footage / "drawing" / "quickdraw_angel.json"
    values = [value for member in range(20) for value in strokes_of(extract(path, member))]
    assert len(values) == 136
    assert all(32 <= coordinate <= 480 for value in values for point in value.points for coordinate in point)
