"""Rewards: 1 at the truth, less the further off, 0 for what is no answer, whatever the text."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.quality import rewards
from dataclaw_assets.quality.rewards import dataclaw_format, dataclaw_reward, format_reward, reward

quick = settings(max_examples=60, deadline=None)

LINE = "Press the green button to start the pump"
TRUTHS: list[tuple[str, Any, float | None, str]] = [
    ("choice", "B", None, "B"),
    ("permutation", ["C", "A", "B"], None, "C, A, B"),
    ("interval", [2.0, 4.5], 0.5, "2.0-4.5"),
    ("interval", [0.1, 2.7], 0.5, "0.1-2.7"),
    ("point", [0.9, 0.9, 1.0, 1.0], None, "(0.972, 0.970)"),
    ("box", [0.1, 0.2, 0.3, 0.4], 0.5, "[0.100, 0.200, 0.300, 0.400]"),
    ("number", 12.5, 0.5, "12.5"),
    ("number", 3, None, "3"),
    ("text", "yes", None, "yes"),
    ("text", LINE, None, LINE),
    ("interval", None, 0.5, "not shown"),
]

numbers = st.integers(0, 9_999).map(lambda tenths: tenths / 10)
shares = st.integers(0, 1_000).map(lambda thousandths: thousandths / 1_000)


@st.composite
def spans(draw: st.DrawFn, ends: st.SearchStrategy[float] = numbers) -> list[float]:
    """Two different ends, the lesser first."""
    return sorted(draw(st.lists(ends, min_size=2, max_size=2, unique=True)))


@st.composite
def boxes(draw: st.DrawFn) -> list[float]:
    """A box of some size within the picture."""
    (x0, x1), (y0, y1) = draw(spans(shares)), draw(spans(shares))
    return [x0, y0, x1, y1]


def of_interval(right: list[float], stated: list[float], tolerance: float | None = None) -> float:
    return reward("interval", right, tolerance, "{:.1f}-{:.1f}".format(*stated))


def of_box(right: list[float], stated: list[float]) -> float:
    return reward("box", right, None, "[{:.3f}, {:.3f}, {:.3f}, {:.3f}]".format(*stated))


def of_point(right: list[float], x: float, y: float) -> float:
    return reward("point", right, None, f"({x:.3f}, {y:.3f})")


def of_order(right: str, stated: str) -> float:
    return reward("permutation", list(right), None, ", ".join(stated))


@pytest.mark.parametrize(("kind", "value", "tolerance", "text"), TRUTHS)
@pytest.mark.parametrize(
    "form", ["{}", " {}\n", "**{}**", "Answer: {}", "<think>Hm, A or 7.\n</think>\n{}", "<answer>{}</answer>"]
)
def test_the_truth_is_worth_1(kind: str, value: Any, tolerance: float | None, text: str, form: str) -> None:
    assert reward(kind, value, tolerance, form.format(text)) == 1.0


@pytest.mark.parametrize(("kind", "value", "tolerance", "text"), TRUTHS)
@pytest.mark.parametrize(
    "form",
    [
        "",
        "{0} or {0}",
        "{0} or not shown",
        "Not shown\n{0}",
        "maybe {0}?",
        "<think>{0}",
        "<answer>{0}</answer> or <answer>B</answer>",
        "[[{0}]]",
        "nan",
        "inf-inf",
        "(nan, inf)",
        "-1",
        "{{}}",
        "٣",
    ],
)
def test_what_is_no_single_answer_is_worth_nothing(
    kind: str, value: Any, tolerance: float | None, text: str, form: str
) -> None:
    # A long quotation is compared letter by letter, so that a word more costs only so much.
    if value != LINE:
        assert reward(kind, value, tolerance, form.format(text)) == 0.0


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("choice", "A\nB"),
        ("permutation", "A, B\nB, A"),
        ("permutation", "A, A, B"),
        ("permutation", "Step 1: picture A.\nStep 1: picture B."),
        ("permutation", "Step 2: picture A.\nStep 1: picture B."),
        ("interval", "4.5-2.0"),
        ("interval", "2.0-2.0"),
        ("interval", "1-2, 3-4"),
        ("point", "(512, 300)"),
        ("point", "(0.5, 0.5), (0.6, 0.6)"),
        ("point", "(0.5, 0.5"),
        ("box", "[0.3, 0.2, 0.1, 0.4]"),
        ("box", "[0.1, 0.2, 0.3]"),
        ("number", "9" * 400),
        ("number", "1e3"),
    ],
)
def test_malformed_and_manifold_answers_cannot_be_read(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"^no |^several"):
        rewards.find_answer(kind, text)


@quick
@given(st.sampled_from(TRUTHS), st.text() | st.from_regex(r"[0-9 ,.A-D()\[\]Ss\-–\n*<>]*", fullmatch=True))
def test_any_text_is_worth_between_0_and_1(truth: tuple[str, Any, float | None, str], text: str) -> None:
    kind, value, tolerance, _ = truth
    assert 0.0 <= reward(kind, value, tolerance, text) <= 1.0


@pytest.mark.parametrize("kind", rewards.KINDS)
@pytest.mark.parametrize(
    "piece", ["9", "A, ", "(", "<think>", "<answer>", "</think>", "\n", "1-", "Step 1: picture A\n", " s"]
)
def test_a_million_characters_are_read_in_one_go(kind: str, piece: str) -> None:
    assert reward(kind, None, None, piece * (1_000_000 // len(piece))) == 0.0


@pytest.mark.parametrize("kind", rewards.KINDS)
def test_nothing_is_the_answer_only_where_there_is_nothing(kind: str) -> None:
    value = next(value for its, value, *_ in TRUTHS if its == kind)
    texts = ("not shown", "Unchanged.", "nothing", "B", "2.0-4.5", "3")
    assert [reward(kind, None, None, text) for text in texts] == [1, 1, 0, 0, 0, 0]
    assert reward(kind, value, None, "not shown") == 0.0


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="colour"):
        reward("colour", "red", None, "red")


@quick
@given(numbers, numbers, numbers, st.sampled_from([None, 0.0, 0.5, 3.0]))
def test_a_number_is_worth_less_the_further_off(
    right: float, one: float, other: float, tolerance: float | None
) -> None:
    near, far = sorted((one, other), key=lambda stated: abs(stated - right))
    worth = [reward("number", right, tolerance, f"{stated:.1f}") for stated in (near, far)]
    assert worth[0] >= worth[1] - 1e-9


@pytest.mark.parametrize(
    ("stated", "worth"), [("3", 1), ("4", math.exp(-1)), ("2", math.exp(-1)), ("5", 0.135)]
)
def test_a_count_one_off_is_worth_1_over_e(stated: str, worth: float) -> None:
    assert reward("number", 3, None, stated) == pytest.approx(worth, abs=1e-3)


@quick
@given(spans(), spans(), numbers, st.sampled_from([None, 0.5]))
def test_an_interval_is_worth_less_the_further_an_end_is_off(
    right: list[float], stated: list[float], end: float, tolerance: float | None
) -> None:
    if end > stated[0]:
        near, far = sorted((stated[1], end), key=lambda each: abs(each - right[1]))
        one_side = (near - right[1]) * (far - right[1]) >= 0
        if one_side:
            assert of_interval(right, [stated[0], near], tolerance) >= (
                of_interval(right, [stated[0], far], tolerance) - 1e-9
            )


@quick
@given(spans(), spans())
def test_intervals_are_compared_alike_both_ways_and_backwards(one: list[float], other: list[float]) -> None:
    turned, back = ([1_000 - end for end in reversed(span)] for span in (one, other))
    assert of_interval(one, other) == pytest.approx(of_interval(other, one), abs=1e-4)
    assert of_interval(one, other) == pytest.approx(of_interval(turned, back), abs=1e-4)


def test_an_interval_within_the_tolerance_is_right_and_apart_worth_nothing() -> None:
    assert of_interval([2.0, 4.5], [2.5, 4.0], 0.5) == 1.0
    assert of_interval([2.0, 4.5], [2.6, 4.0], 0.5) < 1.0
    assert of_interval([2.0, 4.5], [6.0, 8.0], 0.5) == 0.0


@quick
@given(boxes(), shares, shares, shares)
def test_a_point_is_worth_less_the_further_it_is_from_its_box(
    box: list[float], one: float, other: float, y: float
) -> None:
    near, far = sorted((one, other), key=lambda x: max(box[0] - x, 0.0, x - box[2]))
    assert of_point(box, near, y) >= of_point(box, far, y) - 1e-9
    inside = box[0] <= near <= box[2] and box[1] <= y <= box[3]
    assert (of_point(box, near, y) == 1.0) == inside


@quick
@given(boxes(), boxes())
def test_boxes_are_compared_alike_both_ways_and_mirrored(one: list[float], other: list[float]) -> None:
    mirrored = [[1 - box[2], box[1], 1 - box[0], box[3]] for box in (one, other)]
    assert of_box(one, other) == pytest.approx(of_box(other, one))
    assert of_box(one, other) == pytest.approx(of_box(*mirrored))


@quick
@given(boxes())
def test_a_box_is_worth_less_the_further_it_is_cut_short(box: list[float]) -> None:
    steps = [round(box[2] * 1_000) - step for step in range(4)]
    shorter = [[*box[:2], right / 1_000, box[3]] for right in steps if right / 1_000 > box[0]]
    worth = [of_box(box, each) for each in shorter]
    assert worth[0] == pytest.approx(1.0)
    assert all(near > far for near, far in pairwise(worth))


@pytest.mark.parametrize("right", ["ABCD", "DBAC"])
def test_an_order_is_worth_less_with_each_pair_that_is_swapped(right: str) -> None:
    for stated in permutations(right):
        wrong = sum(
            stated.index(first) > stated.index(second)
            for place, first in enumerate(right)
            for second in right[place + 1 :]
        )
        assert of_order(right, "".join(stated)) == pytest.approx(1 - wrong / 6)


def test_missing_and_strange_letters_cost() -> None:
    worth = [of_order("ABCD", stated) for stated in ("ABCD", "ABCDE", "ABC", "AB", "EF", "DCBA")]
    assert worth == pytest.approx([1, 0.8, 0.5, 1 / 6, 0, 0])


@quick
@given(st.integers(0, 18))
def test_a_quotation_is_worth_less_with_each_letter_that_is_wrong(wrong: int) -> None:
    worth = [reward("text", LINE, None, "#" * count + LINE[count:]) for count in (wrong, wrong + 1)]
    assert worth[0] > worth[1]


@pytest.mark.parametrize(
    ("right", "stated"),
    [
        ("yes", "no"),
        ("yes", "yes and no"),
        ("left", "lift"),
        ("moves upwards", "moves downwards"),
        (LINE, "no"),
    ],
)
def test_short_and_strange_texts_are_worth_nothing(right: str, stated: str) -> None:
    assert reward("text", right, None, stated) == 0.0


def test_case_spacing_and_a_full_stop_do_not_count() -> None:
    assert reward("text", "Save as", None, " save  AS. ") == 1.0


@pytest.mark.parametrize(("kind", "value", "tolerance", "text"), TRUTHS)
def test_the_format_is_right_or_wrong(kind: str, value: Any, tolerance: float | None, text: str) -> None:
    assert format_reward(kind, f"<think>Hm.</think>{text}") == 1.0
    assert format_reward(kind, f"<think>Hm. {text}") == 0.0


def test_a_right_answer_after_chatter_is_not_in_the_format() -> None:
    assert (reward("choice", "B", None, "It is\nB"), format_reward("choice", "It is\nB")) == (1.0, 0.0)


def test_completions_are_plain_or_conversational() -> None:
    parts = [{"type": "text", "text": "B"}]
    completions = [
        "B",
        [{"role": "assistant", "content": "C"}],
        [{"role": "assistant", "content": parts}],
        [],
    ]
    columns: dict[str, Any] = {"verifier_kind": ["choice"] * 4, "prompts": [""] * 4, "trainer_state": None}
    assert dataclaw_reward(completions, verifier_value=['"B"'] * 4, **columns) == [1, 0, 1, 0]
    assert dataclaw_format(completions, **columns) == [1, 1, 1, 0]


def test_columns_give_each_completion_its_own_verifier() -> None:
    kinds, values, tolerances, texts = zip(*TRUTHS, strict=True)
    encoded = [json.dumps(value) for value in values]
    assert dataclaw_reward(texts, kinds, encoded, tolerances) == [1.0] * len(TRUTHS)


def test_the_file_runs_alone() -> None:
    code = f"import runpy; print(runpy.run_path({rewards.__file__!r})['reward']('choice', 'B', None, 'B'))"
    done = subprocess.run([sys.executable, "-IS", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1.0\n"
