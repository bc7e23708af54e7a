"""What is known of a source is found by kind and by time."""

from __future__ import annotations

from dataclaw_assets.anchor_values import SubtitleValue
from dataclaw_assets.quality.known import Known
from tests.builders import make_anchor, make_source

SOURCE = make_source()
LATE, EARLY, LONG, OTHER = (
    make_anchor(SOURCE, SubtitleValue(text=text, language="en"), kind, start_s, end_s)
    for text, kind, start_s, end_s in (
        ("late", "subtitle", 4.0, 6.0),
        ("early", "subtitle", 1.0, 2.0),
        ("long", "subtitle", 1.0, 5.0),
        ("other", "text", 1.0, 6.0),
    )
)
KNOWN = Known([LATE, OTHER, EARLY, LONG])


def test_a_kind_is_given_in_order_of_time_wherever_its_anchors_stood() -> None:
    assert [anchor.start_s for anchor in KNOWN.of_kind("subtitle")] == [1.0, 1.0, 4.0]
    assert KNOWN.of_kind("shot") == []


def test_every_kind_is_given() -> None:
    assert KNOWN.by_kind() == {"subtitle": KNOWN.of_kind("subtitle"), "text": [OTHER]}


def test_at_a_time_there_is_what_has_begun_and_not_ended() -> None:
    assert set(KNOWN.at("subtitle", 1.0)) == {EARLY, LONG}
    assert KNOWN.at("subtitle", 2.0) == [LONG]
    assert KNOWN.at("subtitle", 4.5) == [LONG, LATE]
    assert KNOWN.at("subtitle", 6.0) == []


def test_what_is_made_of_it_is_made_once() -> None:
    made: list[int] = []

    def count(known: Known) -> int:
        made.append(len(known.of_kind("subtitle")))
        return made[-1]

    assert [KNOWN.prepare(count), KNOWN.prepare(count)] == [3, 3]
    assert made == [3]
