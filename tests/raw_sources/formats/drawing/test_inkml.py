"""InkML: the recommendation's own examples of traces, formats, groups and views; and hostile files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.drawing import canvas
from dataclaw_assets.raw_sources.formats.drawing.inkml import read_inkml, read_values
from dataclaw_assets.raw_sources.formats.drawing.sketch import Sketch
from tests.fuzzing import TIMES

TIMED = (
    '<traceFormat><channel name="T" type="integer" units="{}"/><channel name="Y"/><channel name="X"/>'
    "</traceFormat><trace>500 2 1, 750 4 3</trace><trace>1000 6 5, 1400 8 7</trace>"
)
GROUPED = """<traceFormat><channel name="X"/><channel name="Y"/><intermittentChannels>
<channel name="B1" type="boolean"/></intermittentChannels></traceFormat>
<annotation type="truth">$x+1$</annotation>
<trace id="0">0 0, 9 9</trace><trace id="1">9 0 T, '1"2, *1</trace><trace id="2">#1F 5, 6 !7.5</trace>
<traceGroup xml:id="a"><annotation type="truth">Segmentation</annotation>
<traceGroup><annotation type="truth">x</annotation><traceView traceDataRef="0"/><traceView traceDataRef="1"/>
</traceGroup><traceGroup><annotation type="truth">1</annotation><traceView traceDataRef="2"/></traceGroup>
</traceGroup>"""


def ink(body: str) -> str:
    return f'<?xml version="1.0"?><ink xmlns="http://www.w3.org/2003/InkML">{body}</ink>'


def read(tmp_path: Path, body: str) -> Sketch:
    path = tmp_path / "a.inkml"
    path.write_text(ink(body), encoding="utf-8")
    return read_inkml(path)


def refusal(tmp_path: Path, body: str) -> str:
    with pytest.raises(UnreadableSource) as caught:
        read(tmp_path, body)
    return caught.value.reason


def test_plain_trace_of_the_recommendation(tmp_path: Path) -> None:
    (stroke,) = read(tmp_path, "<trace>10 0, 9 14, 8 28, 7 42, 6 56</trace>").strokes
    assert stroke.points == ((10, 0), (9, 14), (8, 28), (7, 42), (6, 56))
    assert stroke.seconds is None


def test_differences_of_the_recommendation() -> None:
    text = """1125 18432, '23'43, "7"-8, 3-5, 7-3, 6 2, 6 8, 3 6T, 2 4*T, 3 6, 3-6F F"""
    points = list(read_values(text, 4))
    assert [tuple(point[:2]) for point in points] == [
        (1125, 18432), (1148, 18475), (1178, 18510), (1211, 18540), (1251, 18567), (1297, 18596),
        (1349, 18633), (1404, 18676), (1461, 18723), (1521, 18776), (1584, 18823),
    ]  # fmt: skip
    assert [point[2:] for point in points[7:]] == [[True], [True, True], [], [False, False]]


def test_explicit_values_come_back_with_their_prefix() -> None:
    assert list(read_values("1 1, '2 '2, !7 3", 2)) == [[1, 1], [3, 3], [7, 6]]


def test_star_repeats_the_value_or_the_difference() -> None:
    assert list(read_values("5 1, * '2, * *", 2)) == [[5, 1], [5, 3], [5, 5]]


def test_channels_are_told_by_name(tmp_path: Path) -> None:
    assert read(tmp_path, TIMED.format("ms")).strokes[0].points == ((1, 2), (3, 4))


@pytest.mark.parametrize(
    ("units", "seconds"), [("ms", (0.5, 0.9)), ("s", (500, 900)), ("us", (0.0005, 0.0009))]
)
def test_times_are_seconds_from_the_first_point(
    tmp_path: Path, units: str, seconds: tuple[float, float]
) -> None:
    assert read(tmp_path, TIMED.format(units)).strokes[1].seconds == pytest.approx(seconds)


def test_times_of_an_unknown_unit_are_left_out(tmp_path: Path) -> None:
    assert read(tmp_path, TIMED.format("dev")).strokes[1].seconds is None


def test_y_that_grows_upwards_is_turned(tmp_path: Path) -> None:
    layout = '<traceFormat><channel name="X"/><channel name="Y" orientation="-ve"/></traceFormat>'
    assert read(tmp_path, layout + "<trace>1 2, 3 4</trace>").strokes[0].points == ((1, -2), (3, -4))


def test_trace_of_the_lifted_pen_is_no_stroke(tmp_path: Path) -> None:
    body = '<trace>1 1</trace><trace type="penUp">2 2</trace><trace type="penDown">3 3</trace>'
    assert [stroke.points for stroke in read(tmp_path, body).strokes] == [((1, 1),), ((3, 3),)]


def test_trace_set_aside_for_later_is_no_stroke(tmp_path: Path) -> None:
    body = "<definitions><trace>9 9</trace></definitions><trace>1 1</trace>"
    assert len(read(tmp_path, body).strokes) == 1


def test_trace_that_goes_on_is_one_stroke(tmp_path: Path) -> None:
    body = (
        '<trace xml:id="a" continuation="begin">1 1</trace>'
        '<trace xml:id="b" continuation="middle" priorRef="#a">2 2</trace>'
        '<trace continuation="end" priorRef="#b">3 3</trace>'
    )
    assert [stroke.points for stroke in read(tmp_path, body).strokes] == [((1, 1), (2, 2), (3, 3))]


def test_parts_are_the_groups_that_view_traces(tmp_path: Path) -> None:
    assert [stroke.part for stroke in read(tmp_path, GROUPED).strokes] == ["x", "x", "1"]


def test_parts_are_the_groups_that_hold_traces(tmp_path: Path) -> None:
    group = "<traceGroup>{}<trace>{} 0</trace></traceGroup>"
    body = group.format('<annotation type="label">a</annotation>', 1) + group.format("", 2)
    assert [stroke.part for stroke in read(tmp_path, body).strokes] == ["a", "group 2"]


def test_truth_is_the_label(tmp_path: Path) -> None:
    assert read(tmp_path, GROUPED).label == "$x+1$"


def test_other_annotations_are_not_the_label(tmp_path: Path) -> None:
    assert read(tmp_path, '<annotation type="writer">w7</annotation><trace>1 1</trace>').label is None


@pytest.mark.parametrize(
    "trace",
    [
        "1",
        "1 1 1",
        "x 1",
        "? 1",
        "T 1",
        "NaN 1",
        "inf 1",
        "1e308 1",
        "1 1, 1e10 1",
        "'1 '1",
        "1;1",
        '1 1, "1e9 2',
    ],
)
def test_a_point_that_is_none_costs_the_drawing(tmp_path: Path, trace: str) -> None:
    assert refusal(tmp_path, f"<trace>{trace}</trace>") == "bad_trace"


@pytest.mark.parametrize(
    "layout",
    ['<channel name="X"/>', '<channel name="X"/><channel name="X"/><channel name="Y"/>'],
)
def test_format_without_x_and_y_is_refused(tmp_path: Path, layout: str) -> None:
    assert refusal(tmp_path, f"<traceFormat>{layout}</traceFormat><trace>1 1</trace>") == "bad_drawing"


def test_two_formats_in_one_file_are_refused(tmp_path: Path) -> None:
    layout = '<traceFormat><channel name="{}"/><channel name="{}"/></traceFormat>'
    body = layout.format("X", "Y") + layout.format("Y", "X") + "<trace>1 1</trace>"
    assert refusal(tmp_path, body) == "bad_drawing"


def test_drawing_of_too_many_strokes_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "<trace>1 1</trace>" * (canvas.MAX_STROKES + 1)) == "too_large"


def test_trace_of_a_million_points_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, f"<trace>{'1 1,' * 1_000_000}</trace>") == "too_large"


def test_megabytes_of_spaces_are_passed_over_at_once(tmp_path: Path) -> None:
    assert refusal(tmp_path, f"<trace>1{' ' * 5_000_000}x</trace>") == "bad_trace"
    assert refusal(tmp_path, f"<trace>'{' ' * 5_000_000}x</trace>") == "bad_trace"


def test_drawing_of_too_many_points_is_refused(tmp_path: Path) -> None:
    trace = f"<trace>{'1 1,' * (canvas.MAX_POINTS // 2)}</trace>"
    assert refusal(tmp_path, trace * 3) == "too_large"


def test_views_that_name_one_trace_again_and_again_are_bounded(tmp_path: Path) -> None:
    view = '<traceGroup><traceView traceDataRef="0"/></traceGroup>'
    assert len(read(tmp_path, f'<trace id="0">1 1</trace>{view * 50_000}').strokes) == 1


def test_drawing_without_traces_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "<trace> </trace>") == "bad_drawing"


@settings(max_examples=150 * TIMES, deadline=None)
@given(at=st.integers(0, len(GROUPED)), text=st.text(max_size=4), cut=st.integers(0, 6))
def test_any_damage_is_a_reason_or_a_drawing(
    tmp_path_factory: pytest.TempPathFactory, at: int, text: str, cut: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.inkml"
    path.write_bytes(ink(GROUPED[:at] + text + GROUPED[at + cut :]).encode("utf-8", "surrogatepass"))
    try:
        sketch = read_inkml(path)
    except UnreadableSource:
        return
    assert sketch.strokes
