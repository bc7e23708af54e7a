"""Verdicts of the speed table: what counts as met, and how pairs are compared."""

from __future__ import annotations

import pytest

from bench._costs import Cost, Ratio, compare, take_turns
from bench.anchors import judge


@pytest.mark.parametrize(
    ("codec", "decoding", "adaptive", "verdict"),
    [
        ("h264", Ratio(1.0, 0.98), Ratio(0.7, 0.6), "met"),
        ("h264", Ratio(1.01, 0.98), Ratio(0.6, 0.6), "missed: decoding"),
        ("h264", Ratio(0.98, 1.01), Ratio(0.6, 0.6), "missed: decoding"),
        ("hevc", Ratio(1.1, 1.1), Ratio(0.6, 0.8), "missed: decoding, Adaptive"),
        ("vp9", Ratio(1.15, 1.1), Ratio(0.6, 0.8), "missed: Adaptive"),
        ("av1", Ratio(1.1, 1.1), None, "met (no Adaptive)"),
        ("mpeg4", Ratio(1.2, 1.2), None, "missed: decoding (no Adaptive)"),
    ],
)
def test_a_bar_is_met_on_the_wall_and_of_the_processor(
    codec: str, decoding: Ratio, adaptive: Ratio | None, verdict: str
) -> None:
    assert judge(codec, decoding, adaptive) == verdict


def test_a_ratio_is_the_median_over_the_pairs() -> None:
    ours = [Cost(1.0, 2.0), Cost(3.0, 1.0), Cost(2.0, 8.0)]
    theirs = [Cost(1.0, 1.0), Cost(1.0, 1.0), Cost(4.0, 2.0)]

    assert compare(ours, theirs) == Ratio(1.0, 2.0)


def test_runs_take_turns_and_change_their_order() -> None:
    order: list[str] = []

    def run(name: str) -> Cost:
        order.append(name)
        return Cost(1.0, 1.0)

    take_turns(3, lambda: run("a"), lambda: run("b"))

    assert order == ["a", "b", "b", "a", "a", "b"]


def test_a_run_that_fails_is_left_out_of_the_comparison() -> None:
    ours, theirs = take_turns(2, lambda: Cost(1.0, 1.0), lambda: None)

    assert (len(ours), compare(ours, theirs)) == (2, None)
