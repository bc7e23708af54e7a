"""Times are found as they are written, in digits and words of several languages."""

from __future__ import annotations

import pytest

from dataclaw_assets.quality.gates.times import find_times


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("after 3.5 seconds", {3.5}),
        ("after 3,5 s", {3.5}),
        ("a 12-second shot", {12.0}),
        ("from 3.2 to 5.0 seconds", {3.2, 5.0}),
        ("at 1:05", {65.0}),
        ("at 01:02:03", {3723.0}),
        ("half a minute", {30.0}),
        ("two minutes", {120.0}),
        ("at second 12", {12.0}),
        ("第十二秒", {12.0}),
        ("两分钟半", {120.0}),
        ("３秒", {3.0}),
        ("nach zwei Sekunden", {2.0}),
        ("через 5 секунд", {5.0}),
        ("5초 후", {5.0}),
        ("in seconds, with one decimal", set()),
        ("3 strokes of the drawing", set()),
        ("三分之一", set()),
        ("a second time", set()),
    ],
)
def test_a_stated_time_is_read_in_seconds(text: str, seconds: set[float]) -> None:
    assert {value for _, value in find_times(text)} == seconds


def test_numbers_without_a_unit_count_only_when_asked_for() -> None:
    assert list(find_times("about 7.5 or so")) == []
    assert [value for _, value in find_times("about 7.5 or so", bare=True)] == [7.5]
