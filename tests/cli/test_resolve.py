"""`dataclaw resolve` where a model reads the requests: a server that speaks OpenAI's protocol."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dataclaw_assets.cli.main import run_command
from dataclaw_assets.cli.run import check_requests
from dataclaw_assets.errors import InputError
from dataclaw_assets.resolved_intents.intents import make_intent
from tests.resources.inference.openai_protocol import Answer, Asked, Server, complete, running

UNREAD = "Haz ejercicios para aprender"
"""A request in a language that the rules do not read."""


def read_as_questions(asked: Asked) -> Answer:
    item = {
        "task_type": "temporal_qa",
        "confidence": 0.9,
        "text": "Ask when it happens.",
        "rationale": "出题",
    }
    return complete(json.dumps({"readings": [item | {"assumptions": []}]}))


@pytest.fixture
def server(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with running(read_as_questions) as found:
        configure(home, monkeypatch, found.url)
        yield found


def configure(home: Path, monkeypatch: pytest.MonkeyPatch, url: str, resolver: str = "model") -> None:
    """Settings of inference in a file that the environment names."""
    path = home.parent / "models.yaml"
    server = {"backend": "openai", "base_url": url, "model": "tiny"}
    path.write_text(json.dumps({"default": server, "resolver": resolver}))
    monkeypatch.setenv("DATACLAW_INFERENCE", str(path))


def resolve(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run_command(["resolve", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_model_reads_what_the_rules_do_not(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    found = resolve(capsys, UNREAD)
    assert [item["task_type"] for item in found["instructions"]] == ["temporal_qa"]
    assert found["instructions"][0]["resolver"] == "model-1 openai tiny"
    assert "Ask when it happens." in found["instructions"][0]["text"]


def test_its_replies_are_kept_in_the_home(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    first = resolve(capsys, UNREAD)
    asked = len(server.completions)
    assert resolve(capsys, UNREAD) == first
    assert (asked, len(server.completions)) == (5, 5)


def test_the_facts_of_a_file_decide_what_can_be_made(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from PIL import Image

    path = tmp_path / "cat.png"
    Image.new("RGB", (64, 64), "red").save(path)
    found = resolve(capsys, UNREAD, str(path))
    assert found["instructions"] == []
    assert [item["task_type"] for item in found["refused"]] == ["temporal_qa"]


def test_a_model_that_only_writes_is_not_asked_to_read(
    server: Server, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(home, monkeypatch, server.url, "rules")
    assert resolve(capsys, UNREAD)["instructions"] == []
    assert server.asked == []


def test_a_run_leaves_it_to_the_model_whether_a_request_speaks_of_a_task(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [make_intent(UNREAD)]
    with pytest.raises(InputError, match="nothing to make of"):
        check_requests(asked)
    configure(home, monkeypatch, "http://127.0.0.1:1/v1")
    check_requests(asked)


def test_without_a_model_the_rules_rank_and_refuse(capsys: pytest.CaptureFixture[str]) -> None:
    found = resolve(capsys, "about 20 hard puzzles with shuffled stills")
    best = found["instructions"][0]
    assert (best["rank"], best["task_type"]) == (1, "visual_puzzle")
    assert "at most 20" in best["text"]


def test_the_facts_of_a_file_refuse_with_the_missing_kinds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from PIL import Image

    path = tmp_path / "cat.png"
    Image.new("RGB", (64, 64), "red").save(path)
    found = resolve(capsys, "How long does each event last? Questions, please.", str(path))
    assert found["instructions"] == []
    assert found["refused"][0]["reason"] == "unsuited_source"
