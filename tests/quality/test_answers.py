"""A model's free text is judged by the sample's own verifier."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.quality.answers import judge_answer, parse_answer, states_value
from dataclaw_assets.records import Verifier

ORDER = ["C", "A", "B"]


@pytest.mark.parametrize(
    ("kind", "right", "tolerance", "text"),
    [
        ("choice", "B", None, "B"),
        ("choice", "B", None, "**B**."),
        ("choice", "B", None, "Answer: B"),
        ("choice", "B", None, "Picture X comes first, so\nB"),
        ("choice", "B", None, "<think>A?\nNo, C.</think>\n\nB"),
        ("permutation", ORDER, None, "C, A, B"),
        ("permutation", ORDER, None, "Step 1: picture C.\nStep 2: picture A.\nStep 3: picture B."),
        ("interval", [2.0, 4.5], 0.5, "2.5-4.0"),
        ("interval", [2.0, 4.5], 0.5, "2.0 s – 4.5 s"),
        ("interval", None, 0.5, "Not shown."),
        ("number", 1.6, 0.5, "2.1"),
        ("number", 12.5, 0.5, "12.4 seconds."),
        ("text", "Save as", None, " save  AS "),
        ("point", [0.9, 0.9, 1.0, 1.0], None, "(0.972, 0.970)"),
        ("box", [0.1, 0.2, 0.3, 0.4], None, "[0.100, 0.200, 0.300, 0.350]"),
        ("box", [0.1, 0.2, 0.3, 0.4], 0.9, "[0.100, 0.200, 0.300, 0.395]"),
    ],
)
def test_a_right_answer_passes(kind: Any, right: Any, tolerance: float | None, text: str) -> None:
    assert judge_answer(Verifier(kind=kind, value=right, tolerance=tolerance), text)


@pytest.mark.parametrize(
    ("kind", "right", "tolerance", "text"),
    [
        ("choice", "B", None, "A"),
        ("choice", "B", None, "B or C"),
        ("choice", "B", None, "<think>B</think> A"),
        ("choice", "B", None, ""),
        ("permutation", ORDER, None, "A, B, C"),
        ("permutation", ORDER, None, "C, A"),
        ("interval", [2.0, 4.5], 0.5, "2.0-5.1"),
        ("interval", [2.0, 4.5], 0.5, "not shown"),
        ("interval", None, 0.5, "2.0-4.5"),
        ("number", 12.5, 0.5, "13.1"),
        ("number", 12.5, None, "12.4"),
        ("number", 12.5, 0.5, "9" * 4_000),
        ("number", 12.5, 0.5, "between 12 and 13"),
        ("text", "Save as", None, "Save"),
        ("point", [0.9, 0.9, 1.0, 1.0], None, "(0.899, 0.970)"),
        ("point", [0.9, 0.9, 1.0, 1.0], None, "(972, 970)"),
        ("box", [0.1, 0.2, 0.3, 0.4], None, "[0.100, 0.200, 0.300, 0.290]"),
        ("box", [0.1, 0.2, 0.3, 0.4], 0.9, "[0.100, 0.200, 0.300, 0.350]"),
    ],
)
def test_a_wrong_or_unreadable_answer_does_not(
    kind: Any, right: Any, tolerance: float | None, text: str
) -> None:
    assert not judge_answer(Verifier(kind=kind, value=right, tolerance=tolerance), text)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["choice", "permutation", "interval", "number", "point", "box"]),
    st.one_of(st.text(), st.from_regex(r"[0-9 ,.A-Ds\-–\n*]*", fullmatch=True)),
)
def test_no_text_breaks_the_judge_or_passes_by_chance(kind: Any, text: str) -> None:
    right = {"choice": "Z", "permutation": ["Z", "Y"], "interval": [1e9, 2e9], "number": 1e9}.get(
        kind, [0.999, 0.999, 1.0, 1.0]
    )
    assert not judge_answer(Verifier(kind=kind, value=right, tolerance=0.5), text)


@pytest.mark.parametrize(
    ("kind", "right", "text", "same"),
    [
        ("point", [0.9, 0.9, 1.0, 1.0], "(0.972, 0.970)", True),
        ("point", [0.9, 0.9, 1.0, 1.0], "(0.972, 0.870)", False),
        ("point", None, "not shown", True),
        ("point", [0.9, 0.9, 1.0, 1.0], "not shown", False),
        ("box", [0.1, 0.2, 0.3, 0.4], "[0.100, 0.200, 0.300, 0.400]", True),
        ("box", [0.1, 0.2, 0.3, 0.4], "[0.100, 0.200, 0.300, 0.401]", False),
        ("number", 12.5, "12.6", False),
        ("text", "yes", "Yes", False),
    ],
)
def test_a_sample_s_own_answer_is_the_value_itself_or_a_point_of_its_box(
    kind: Any, right: Any, text: str, same: bool
) -> None:
    verifier = Verifier(kind=kind, value=right, tolerance=0.5)
    assert states_value(verifier, parse_answer(verifier, text)) == same
