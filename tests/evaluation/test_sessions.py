"""The evaluation of sessions: what matches, what does not, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataclaw_assets.evaluation.sessions import main
from dataclaw_assets.records import Json


def write_session(folder: Path, reduced: Json) -> None:
    folder.mkdir()
    press = {"action": "click", "x": 1, "y": 2, "button": "left", "time_stamp": 101.0, "pressed": True}
    release = {**press, "time_stamp": 101.1, "pressed": False}
    meta = {"video_start_timestamp": 100.0, "screen_width": 100, "screen_height": 50}
    (folder / "metadata.json").write_text(json.dumps(meta))
    (folder / "events.jsonl").write_text(f"{json.dumps(press)}\n{json.dumps(release)}\n")
    (folder / "reduced_events_complete.jsonl").write_text(json.dumps(reduced))


CLICK: Json = {"action": "click", "start_time": 101.0, "end_time": 101.1, "coordinate": {"x": 1, "y": 2}}


def test_a_session_that_matches_ends_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_session(tmp_path / "s", CLICK)
    assert main([str(tmp_path)]) == 0
    assert "click                   1        1            0" in capsys.readouterr().out


def test_a_row_that_matches_nothing_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_session(tmp_path / "s", {**CLICK, "start_time": 103.0})
    assert main([str(tmp_path)]) == 1
    assert "in the tool's reduction alone: 3.00 s click at (1, 2)" in capsys.readouterr().out


def test_a_folder_without_a_session_is_bad_input(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 2


def test_a_session_that_cannot_be_read_is_bad_input(tmp_path: Path) -> None:
    write_session(tmp_path / "s", CLICK)
    (tmp_path / "s" / "metadata.json").write_text("{}")
    assert main([str(tmp_path)]) == 2
