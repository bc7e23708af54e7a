"""Which groups of a file are parts of a drawing, and what they are called."""

from __future__ import annotations

from dataclaw_assets.raw_sources.formats.drawing.sketch_names import MAX_NAME, Group, choose_parts, clean_name

ALL, HEAD, BODY = Group(1, "all"), Group(2, "head"), Group(3, "body")


def test_a_group_of_the_whole_drawing_is_no_part() -> None:
    assert choose_parts([(ALL, HEAD), (ALL, BODY)]) == ["head", "body"]


def test_the_outermost_group_is_the_part() -> None:
    assert choose_parts([(HEAD, BODY), (HEAD,), ()]) == ["head", "head", None]


def test_parts_of_one_name_are_told_apart() -> None:
    assert choose_parts([(Group(1, "木"),), (Group(2, "木"),)]) == ["木", "木 (2)"]


def test_a_numbered_name_that_is_taken_is_passed_over() -> None:
    names = [(Group(1, "a (2)"),), (Group(2, "a"),), (Group(3, "a"),)]
    assert choose_parts(names) == ["a (2)", "a", "a (3)"]


def test_a_group_without_a_name_is_called_by_its_place() -> None:
    assert choose_parts([(Group(1, None),), (Group(2, None),)]) == ["group 1", "group 2"]


def test_a_name_is_one_line_of_bounded_length() -> None:
    assert clean_name(" a\n b ") == "a b"
    assert clean_name("ab " * MAX_NAME) == ("ab " * MAX_NAME)[:MAX_NAME]


def test_a_name_that_utf_8_cannot_hold_is_mended() -> None:
    assert clean_name("a\ud800") == "a?"


def test_a_name_of_nothing_is_none() -> None:
    assert clean_name(" \n") is None
