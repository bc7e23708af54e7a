"""Telling talk, vague wishes and clear ones apart."""

from __future__ import annotations

import pytest

from dataclaw_assets.evaluation.requests import SPECS
from dataclaw_assets.resolved_intents.examples import load_examples
from dataclaw_assets.resolved_intents.wording import Reading, read_request


def read(text: str) -> Reading:
    return read_request(text, SPECS, "video")


@pytest.mark.parametrize(
    "text",
    ["Make training data", "please prepare a dataset", "帮我弄点训练样本", "build some training samples"],
)
def test_a_wish_for_data_of_any_kind_is_vague(text: str) -> None:
    assert read(text).vague


@pytest.mark.parametrize(
    "text",
    ["", "what's the weather like", "remove the background noise please", "你叫什么名字", "buy me a ticket"],
)
def test_talk_is_read_as_nothing(text: str) -> None:
    reading = read(text)
    assert (reading.scores, reading.vague) == ({}, False)


def test_no_tuned_request_is_an_example() -> None:
    import yaml

    from tests.resolved_intents.test_requests import REQUESTS

    tuned = yaml.safe_load((REQUESTS / "tuned.yaml").read_text(encoding="utf-8"))
    assert not {item["text"] for item in tuned} & {item.text for item in load_examples()}
