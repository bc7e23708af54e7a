"""SVG drawings: order, transforms, what is not drawn, parts and labels, and hostile files."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.drawing import canvas
from dataclaw_assets.raw_sources.formats.drawing.sketch import Sketch
from dataclaw_assets.raw_sources.formats.drawing.svg_strokes import read_svg
from tests.fuzzing import TIMES

KANJI = """<!DOCTYPE svg [<!ATTLIST g xmlns:kvg CDATA #FIXED "http://kanjivg.tagaini.net">]>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 109 109">
<g id="paths" style="fill:none;stroke:#000"><g kvg:element="林">
  <g kvg:element="木"><path d="M1 5c1 0 4 0 9 1"/><path d="M5 1v20"/></g>
  <g kvg:position="right"><g kvg:element="木"><path d="M20 5h9"/></g></g>
</g></g>
<g id="numbers"><text transform="matrix(1 0 0 1 4 1)">1</text></g></svg>"""


def svg(body: str, attributes: str = "") -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{body}</svg>'


def read(tmp_path: Path, text: str) -> Sketch:
    path = tmp_path / "a.svg"
    path.write_text(text, encoding="utf-8")
    return read_svg(path)


def lines(tmp_path: Path, body: str, attributes: str = "") -> list[tuple[tuple[float, float], ...]]:
    return [stroke.points for stroke in read(tmp_path, svg(body, attributes)).strokes]


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(UnreadableSource) as caught:
        read(tmp_path, text)
    return caught.value.reason


def test_shapes_are_strokes_in_document_order(tmp_path: Path) -> None:
    body = '<path d="M0 0L9 9"/><g><line x2="5"/></g><polyline points="1,1 2,2"/>'
    assert lines(tmp_path, body) == [((0, 0), (9, 9)), ((0, 0), (5, 0)), ((1, 1), (2, 2))]


def test_drawing_has_no_times(tmp_path: Path) -> None:
    assert read(tmp_path, svg('<line x2="5"/>')).strokes[0].seconds is None


def test_file_without_a_namespace_is_read_too(tmp_path: Path) -> None:
    assert len(read(tmp_path, '<svg><line x2="5"/></svg>').strokes) == 1


def test_transforms_of_groups_nest(tmp_path: Path) -> None:
    body = (
        '<g transform="translate(10)"><g transform="scale(2)"><line x2="5" transform="rotate(90)"/></g></g>'
    )
    ((start, end),) = lines(tmp_path, body)
    assert [*start, *end] == pytest.approx([10, 0, 10, 10])


def test_curve_keeps_within_half_a_percent_of_the_size(tmp_path: Path) -> None:
    (line,) = lines(tmp_path, '<circle cx="50" cy="50" r="50"/>')
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in itertools.pairwise(line)]
    assert max(abs(((x - 50) ** 2 + (y - 50) ** 2) ** 0.5 - 50) for x, y in middles) < 0.5


def test_drawing_within_a_drawing_is_fitted_into_its_place(tmp_path: Path) -> None:
    body = '<svg x="10" y="20" width="40" height="20" viewBox="0 0 10 10"><line x2="10"/></svg>'
    assert lines(tmp_path, body, 'viewBox="0 0 100 100"') == [((20, 20), (40, 20))]


@pytest.mark.parametrize(
    "hidden",
    [
        '<defs><line x2="9"/></defs>',
        '<clipPath><rect width="9" height="9"/></clipPath>',
        '<symbol id="s"><line x2="9"/></symbol>',
        '<use href="#s"/>',
        '<use href="http://192.0.2.1/a.svg#s"/>',
        '<image href="file:///etc/passwd"/>',
        "<script>alert(1)</script>",
        "<foreignObject><line/></foreignObject>",
        '<path d="M0 0h24v24H0z" fill="none"/>',
        '<g display="none"><line x2="9"/></g>',
        '<line x2="9" style="visibility: hidden"/>',
        "<text>5</text>",
        '<line xmlns="http://example.org" x2="9"/>',
    ],
)
def test_what_is_not_drawn_is_no_stroke(tmp_path: Path, hidden: str) -> None:
    assert len(lines(tmp_path, f'{hidden}<line x2="5"/>')) == 1


def test_shape_with_a_line_and_no_fill_is_drawn(tmp_path: Path) -> None:
    body = '<path d="M0 0h24"/>'
    assert len(lines(tmp_path, body, 'fill="none" stroke="currentColor"')) == 1


def test_shape_that_a_style_sheet_may_paint_is_drawn(tmp_path: Path) -> None:
    assert len(lines(tmp_path, '<style>.a{stroke:red}</style><path class="a" fill="none" d="M0 0h2"/>')) == 1


def test_parts_of_a_character_are_its_elements(tmp_path: Path) -> None:
    assert [stroke.part for stroke in read(tmp_path, KANJI).strokes] == ["木", "木", "木 (2)"]


def test_label_of_a_character_is_the_whole_element(tmp_path: Path) -> None:
    assert read(tmp_path, KANJI).label == "林"


def test_element_that_another_interrupts_is_one_part(tmp_path: Path) -> None:
    group = '<g kvg:element="{}"{}><path d="M{} 0v9"/></g>'
    text = (
        KANJI[: KANJI.index("  <g")]
        + "".join(
            (
                group.format("行", ' kvg:part="1"', 1),
                group.format("五", "", 2),
                group.format("行", ' kvg:part="2"', 3),
            )
        )
        + "</g></g></svg>"
    )
    assert [stroke.part for stroke in read(tmp_path, text).strokes] == ["行", "五", "行"]


def test_parts_of_other_drawings_are_their_groups(tmp_path: Path) -> None:
    body = '<g><g id="hat"><line x2="5"/></g><line x2="6"/></g>'
    assert [stroke.part for stroke in read(tmp_path, svg(body)).strokes] == ["hat", None]


def test_title_is_the_label(tmp_path: Path) -> None:
    assert read(tmp_path, svg('<title> a\nhat </title><line x2="5"/>')).label == "a hat"


@pytest.mark.parametrize(
    ("name", "label", "parts"),
    [("05b66", "学", ["⺍"] * 3 + ["冖"] * 2 + ["子"] * 3), ("06c34", "水", [None] * 4)],
)
def test_real_characters(shared_footage: Path, name: str, label: str, parts: list[str | None]) -> None:
    sketch = read_svg(shared_footage / "drawing" / f"kanjivg_{name}.svg")
    assert sketch.label == label
    assert [stroke.part for stroke in sketch.strokes] == parts


def test_drawing_of_too_many_strokes_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, svg('<line x2="5"/>' * (canvas.MAX_STROKES + 1))) == "too_large"


def test_strokes_of_one_path_are_counted_too(tmp_path: Path) -> None:
    assert refusal(tmp_path, svg(f'<path d="{"M0 0h1" * (canvas.MAX_STROKES + 1)}"/>')) == "too_large"


def test_drawing_of_too_many_points_is_refused(tmp_path: Path) -> None:
    path = f'<path d="M0 0{"h1" * (canvas.MAX_POINTS // 4)}"/>'
    assert refusal(tmp_path, svg(path * 5)) == "too_large"


def test_curves_that_need_too_many_points_are_refused(tmp_path: Path) -> None:
    path = f'<path d="M0 0{"q5 10 10 0q-5 10 -10 0" * 7_500}"/>'
    assert refusal(tmp_path, svg(path)) == "too_large"


def test_transforms_that_multiply_are_refused(tmp_path: Path) -> None:
    body = '<g transform="scale(1e9)">' * 40 + '<line x2="5"/>' + "</g>" * 40
    assert refusal(tmp_path, svg(body)) == "bad_drawing"


@pytest.mark.parametrize("value", ["NaN", "inf", "1e308", "-1e308"])
def test_coordinate_that_is_none_is_refused(tmp_path: Path, value: str) -> None:
    assert refusal(tmp_path, svg(f'<path d="M0 0L{value} 1"/>')) == "bad_path"
    assert refusal(tmp_path, svg(f'<line x2="{value}"/>')) == "bad_shape"


def test_empty_drawing_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, svg("")) == "bad_drawing"


def test_other_xml_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "<html/>") == "no_reader"


@settings(max_examples=150 * TIMES, deadline=None)
@given(at=st.integers(0, len(KANJI)), text=st.text(max_size=4), cut=st.integers(0, 6))
def test_any_damage_is_a_reason_or_a_drawing(
    tmp_path_factory: pytest.TempPathFactory, at: int, text: str, cut: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.svg"
    path.write_bytes((KANJI[:at] + text + KANJI[at + cut :]).encode("utf-8", "surrogatepass"))
    try:
        sketch = read_svg(path)
    except UnreadableSource:
        return
    assert sketch.strokes
