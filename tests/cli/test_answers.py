"""What `trace`, `status` and `resolve` print, as JSON and for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataclaw_assets.cli.main import run_command
from tests.made_home import BATCH, MadeHome


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeHome:
    made = MadeHome(tmp_path / "home")
    monkeypatch.setenv("DATACLAW_HOME", made.home.store.uri)
    return made


def answer(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> Any:
    assert run_command([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_trace_as_json_has_the_links_that_were_promised(
    made: MadeHome, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answer(["trace", made.accepted[0].sample_id], capsys)
    assert {"sample", "gates", "instruction", "intent", "evidence", "source", "run"} <= set(found)


def test_trace_for_people_goes_from_the_question_to_the_frames(
    made: MadeHome, capsys: pytest.CaptureFixture[str]
) -> None:
    made.export(made.accepted, [])
    assert run_command(["trace", made.accepted[0].sample_id]) == 0
    text = capsys.readouterr().out
    asked = "Make visual puzzles from this footage"
    parts = ["When? 0.0", "visible: passed", asked, "still_unique 1 of film.mp4", "play 0.00-5.00 s"]
    assert [part for part in [*parts, made.video.uri, made.video.source_id] if part not in text] == []


def test_status_as_json_counts_by_batch_task_and_kind(
    made: MadeHome, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = answer(["status"], capsys)["rows"]
    counted = {(row["batch"], row["task_type"], row["source_kind"]): row["accepted"] for row in rows}
    assert counted[BATCH, "visual_puzzle", "video"] == 2


def test_status_for_people_names_reasons_and_rejected_sources(
    made: MadeHome, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["status"]) == 0
    text = capsys.readouterr().out
    assert "1 too_small" in text
    assert "1 file rejected (not_media)" in text


def test_status_of_an_empty_home_says_how_to_start(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["status"]) == 0
    assert "dataclaw run LANDING" in capsys.readouterr().out


def test_resolve_without_footage_says_what_it_assumes(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(["resolve", "Make temporal ordering questions and step-by-step tutorials"], capsys)
    assert [item["rank"] for item in found["instructions"]] == list(range(1, len(found["instructions"]) + 1))
    assert {"temporal_qa", "tutorial"} <= {item["task_type"] for item in found["instructions"]}
    assert all("no footage given" in item["assumptions"][0] for item in found["instructions"])
    assert found["refused"] == []


def test_resolve_refuses_what_no_task_makes(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(["resolve", "Write a poem about cats"], capsys)
    assert found["instructions"] == []
    assert [(item["task_type"], item["reason"]) for item in found["refused"]] == [(None, "no_task_matches")]


def test_resolve_for_people_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["resolve", "Make tutorials"]) == 0
    text = capsys.readouterr().out
    assert "1. tutorial  ready" in text
    assert "because the request speaks of it with 'tutorials'" in text


def test_resolve_reads_a_file_of_intents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "asked.yaml"
    path.write_text("intent: [Make tutorials, Make puzzles]")
    found = answer(["resolve", str(path)], capsys)
    assert [item["task_type"] for item in found["instructions"]] == ["tutorial", "visual_puzzle"]
