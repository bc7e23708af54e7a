"""Reading a request: the tasks its words speak of, when it is vague, when it is about nothing here."""

from __future__ import annotations

import pytest

from dataclaw_assets.evaluation.requests import SPECS
from dataclaw_assets.records import SourceKind
from dataclaw_assets.resolved_intents.wording import Reading, read_request
from dataclaw_assets.task_specs import TEMPORAL_QA, TUTORIAL, VISUAL_PUZZLE


def read(text: str, kind: SourceKind | None = "video") -> Reading:
    return read_request(text, SPECS, kind)


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("Make jigsaw puzzles", "visual_puzzle"),
        ("I need examples where shuffled frames go back in order", "visual_puzzle"),
        ("Ask how long each event lasts", "temporal_qa"),
        ("Write step-by-step lessons", "tutorial"),
        ("tutorials", "tutorial"),
        ("vidoe jigsw puzzels", "visual_puzzle"),
        ("把画面打乱，再恢复顺序", "visual_puzzle"),
        ("预测下一步点击的坐标", "gui_task"),
    ],
)
def test_the_task_spoken_of_comes_first(text: str, best: str) -> None:
    reading = read(text)
    assert reading.clear
    assert next(iter(reading.scores)) == best


@pytest.mark.parametrize(
    "text",
    [
        "What is the weather in Paris tomorrow?",
        "Book me a flight to Paris next Tuesday",
        "Write a poem about cats",
        "Explain quantum physics",
        "Delete all my files",
        "order a pizza",
        "how long does it take to boil an egg",
        "which laptop should i get",
        "translate the subtitles into french",
        "crop this photo",
        "2 + 2?",
        "\U0001f642",
        "明天几点上课",
        "帮我翻译这句话",
    ],
)
def test_what_has_nothing_to_do_with_data_speaks_of_no_task(text: str) -> None:
    reading = read(text)
    assert (reading.scores, reading.vague) == ({}, False)


@pytest.mark.parametrize(
    "text",
    [
        "Help me design an example for data construction.",
        "Make whatever this footage can honestly support",
        "Make some training data from these cooking videos",
        "帮我做点训练数据",
    ],
)
def test_a_request_for_data_that_names_no_task_is_vague(text: str) -> None:
    reading = read(text)
    assert (reading.scores, reading.vague) == ({}, True)


def test_a_topic_keeps_every_task_that_serves_it() -> None:
    reading = read("temporal reasoning")
    assert not reading.clear
    assert {"temporal_qa", "visual_puzzle", "video_qa"} <= set(reading.scores)


def test_what_each_clause_asks_for_is_kept() -> None:
    assert {"visual_puzzle", "generation"} <= set(
        read("frame order puzzles, plus clips for a text-to-video model").scores
    )


def test_what_is_excluded_is_not_spoken_of() -> None:
    assert set(read("jigsaw puzzles, no tutorials").scores) == {"visual_puzzle"}


def test_a_kind_of_source_completes_what_the_words_leave_out() -> None:
    text = "failures and how they are corrected"
    assert next(iter(read(text, "robot_demo").scores)) == "robot_recovery"


def test_a_task_that_is_not_registered_is_elsewhere() -> None:
    reading = read_request("image editing triplets", (VISUAL_PUZZLE, TEMPORAL_QA, TUTORIAL), "image")
    assert (reading.scores, reading.elsewhere) == ({}, ("editing",))


def test_an_output_that_no_task_makes_is_elsewhere_and_not_vague() -> None:
    reading = read("Generate depth masks for the videos")
    assert (reading.elsewhere, reading.vague) == (("depth", "masks"), False)
