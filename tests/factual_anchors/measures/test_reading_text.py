"""States to read, lines to believe, texts followed over time and changes told: on lines made by hand."""

from __future__ import annotations

import pytest

from dataclaw_assets.factual_anchors.measures.reading_text import (
    Reading,
    State,
    choose_states,
    describe_lines,
    edit_distance,
    is_sure,
    list_changes,
    list_states,
    text_distance,
    track_texts,
)
from dataclaw_assets.records import Anchor
from resources.ocr import Line
from tests.factual_anchors.measures.test_keyframe_times import make_span

BOX = (10.0, 10.0, 110.0, 30.0)
BELOW = (10.0, 210.0, 110.0, 230.0)


def read_at(start_s: float, end_s: float, *lines: Line) -> Reading:
    state = State((start_s + end_s) / 2.0, start_s, end_s, rests=True)
    return Reading(state, lines, tuple((start_s, end_s) for _ in lines))


def test_a_text_that_stays_is_one_track_from_first_to_last() -> None:
    lines = [Line("Total price", BOX, confidence) for confidence in (0.9, 0.99)]
    (track,) = track_texts([read_at(0, 5, lines[0]), read_at(5, 9, lines[1])])
    assert (track.start_s, track.end_s, track.seen, track.best.confidence) == (0, 9, 2, 0.99)


def test_a_slip_of_the_reader_is_the_same_text() -> None:
    lines = [Line(text, BOX, 0.9) for text in ("Order number for you", "Order numbcr for you")]
    assert len(track_texts([read_at(0, 5, lines[0]), read_at(5, 9, lines[1])])) == 1


def test_another_digit_is_another_text() -> None:
    lines = [Line(text, BOX, 0.9) for text in ("Spring tide range 4.45 m", "Spring tide range 4.46 m")]
    assert len(track_texts([read_at(0, 5, lines[0]), read_at(5, 9, lines[1])])) == 2


def test_the_same_words_elsewhere_are_another_text() -> None:
    tracks = track_texts([read_at(0, 5, Line("View", BOX, 1.0)), read_at(5, 9, Line("View", BELOW, 1.0))])
    assert len(tracks) == 2


def test_a_text_that_comes_back_is_told_twice() -> None:
    line = Line("Menu", BOX, 1.0)
    tracks = track_texts([read_at(0, 5, line), read_at(5, 9), read_at(9, 12, line)])
    assert [(track.start_s, track.end_s) for track in tracks] == [(0, 5), (9, 12)]


def test_no_text_is_taken_to_stay_where_nothing_was_read() -> None:
    line = Line("Menu", BOX, 1.0)
    assert len(track_texts([read_at(0, 5, line), read_at(30, 40, line)])) == 2


def test_the_moving_part_of_a_shot_ends_where_it_rests() -> None:
    found = [make_span("shot", 0.0, 10.0), make_span("stable", 6.0, 10.0)]
    assert [(state.start_s, state.end_s, state.rests) for state in list_states(found)] == [
        (0.0, 6.0, False),
        (6.0, 10.0, True),
    ]


def test_the_longest_states_are_read_when_there_are_too_many() -> None:
    states = [State(start + 0.1, start, end, True) for start, end in ((0.0, 1.0), (1.0, 9.0), (9.0, 12.0))]
    assert choose_states(states, 2) == states[1:]


def changing(*after: Line) -> tuple[list[Anchor], list[Reading]]:
    """Two rests; what lies at the top of the screen changes at 5 s."""
    second = make_span("stable", 5.0, 9.0)
    value = second.value.model_copy(update={"changed_region": (0.0, 0.0, 200.0, 50.0)})
    found = [make_span("stable", 0.0, 5.0), second.model_copy(update={"value": value})]
    before = (Line("Basket (0)", BOX, 1.0), Line("Footer", BELOW, 1.0))
    return found, [read_at(0.0, 5.0, *before), read_at(5.0, 9.0, *after)]


def test_a_change_has_the_lines_in_its_box_on_both_sides() -> None:
    (change,) = list_changes(*changing(Line("Basket (1)", BOX, 1.0), Line("Footer", BELOW, 1.0)))
    sides = [change.side("before"), change.side("after")]
    assert [side.lines for side in sides if side] == [("Basket (0)",), ("Basket (1)",)]


def test_a_change_of_no_text_is_none_of_its_sides() -> None:
    found, readings = changing(Line("Basket (0)", BOX, 1.0))
    (change,) = list_changes(found, readings)
    assert change.sides() is None


def test_a_side_whose_lines_are_not_known_at_the_change_is_not_told() -> None:
    found, readings = changing(Line("Basket (1)", BOX, 1.0))
    late = Reading(readings[1].state, readings[1].lines, ((7.0, 9.0),))
    (change,) = list_changes(found, [readings[0], late])
    assert change.side("after") is None


@pytest.mark.parametrize(
    ("text", "confidence", "believed"),
    [
        ("Wrapping", 0.9, True),
        ("Wrapping", 0.8, False),
        ("7", 0.99, True),
        ("X", 0.9, False),
        ("»", 1.0, False),
    ],
)
def test_lines_read_surely_are_believed(text: str, confidence: float, believed: bool) -> None:
    assert is_sure(Line(text, BOX, confidence)) is believed


def test_a_line_is_readable_small_when_its_letters_stay_high_enough() -> None:
    lines = [Line("big", (0.0, 0.0, 100.0, 31.0), 1.0), Line("small", (0.0, 50.0, 100.0, 79.0), 1.0)]
    assert [value.readable_256 for value in describe_lines(lines, 1280.0)] == [True, False]


def test_edit_distance_is_of_the_longer_text() -> None:
    assert edit_distance("tide", "tides gauge") == pytest.approx(7 / 11)


def test_case_space_and_letter_forms_do_not_make_texts_differ() -> None:
    assert text_distance("Ｔｉｄｅ gauge", "tidegauge") == 0.0
