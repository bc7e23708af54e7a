"""`dataclaw try`: the table by task, what is a mistake, and when the exit code says something is left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataclaw_assets.cli.main import run_command
from dataclaw_assets.cli.try_samples import Done, sum_tasks
from resources.home import open_home
from resources.ledger import Entry
from tests.resources.inference.openai_protocol import Answer, Asked, complete, fail, running
from tests.validated_exports.builders import BATCH, TASK, Deployment
from tests.validated_exports.tried import stock


@pytest.fixture
def exported(home: Path, tmp_path: Path) -> Deployment:
    """A home with two samples exported, which DATACLAW_HOME names."""
    deployment = Deployment(open_home(str(home)), tmp_path / "landing")
    stock(deployment)
    return deployment


def configure(path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text(
        json.dumps({"default": {"backend": "openai", "base_url": url, "model": "tiny", "attempts": 1}})
    )
    monkeypatch.setenv("DATACLAW_INFERENCE", str(path))


def answer_first(asked: Asked) -> Answer:
    """The truth about the first sample, always; about the second, every second time."""
    words = asked.body["messages"][-1]["content"][-1]["text"]
    return complete("1.0" if words.endswith("0") or asked.body["seed"] % 2 else "7.0")


def test_trials_by_a_real_server_are_counted_by_task(
    exported: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(answer_first) as server:
        configure(tmp_path / "models.yaml", server.url, monkeypatch)
        assert run_command(["try", "--tries", "4", "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert run_command(["try", "--tries", "4", "--tasks", TASK, "--batch", BATCH]) == 0
        assert len(server.completions) == 8
    assert found["tasks"] == [
        {
            "task_type": TASK,
            "samples": 2,
            "tried": 2,
            "always_right": 1,
            "always_wrong": 0,
            "pass_rate": 0.75,
            "untried": {},
        }
    ]
    assert (found["failed"], found["partitions"][0]["partition"]) == ([], f"{BATCH}|{TASK}")
    shown = capsys.readouterr().out
    assert all(part in shown for part in ("mean pass rate", "always right", TASK, "0.75"))


def test_trials_that_wait_for_answers_exit_with_1(
    exported: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(lambda asked: fail(500, "out of order")) as server:
        configure(tmp_path / "models.yaml", server.url, monkeypatch)
        assert run_command(["try", "--tries", "2", "--json"]) == 1
    shown = capsys.readouterr()
    assert "tries without an answer: 4 unavailable" in json.loads(shown.out)["failed"][0]["reason"]
    assert shown.err.startswith(f"error: {BATCH}|{TASK}: ")


def test_without_a_model_nothing_can_be_tried(
    exported: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATACLAW_INFERENCE", raising=False)
    assert run_command(["try"]) == 2
    assert capsys.readouterr().err.startswith("error: no model is configured: DATACLAW_INFERENCE")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tasks", "poetry"], "unknown task 'poetry'"),
        (["--tasks", "tutorial"], "nothing is exported for tutorial"),
        (["--batch", "nowhere"], "nothing is exported of batch nowhere"),
        (["--tries", "0"], "0 is not in the range"),
    ],
)
def test_a_mistake_is_told_before_anybody_is_asked(
    arguments: list[str],
    message: str,
    exported: Deployment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(tmp_path / "models.yaml", "http://127.0.0.1:1/v1", monkeypatch)
    assert run_command(["try", *arguments]) == 2
    assert message in capsys.readouterr().err


def make_done(batch: str, **counts: Any) -> Done:
    key = f"{batch}|{TASK}"
    entry = Entry(
        asset="sample_trials",
        partition=key,
        seq=1,
        verdict="published",
        fingerprint="f",
        counts=counts,
        at="2026-01-01T00:00:00+00:00",
    )
    return Done(key, entry, None)


def test_a_tasks_rate_is_the_mean_over_what_was_tried_in_all_batches() -> None:
    many = make_done(
        "a", samples=4, tried=3, pass_rate=1.0, always_right=3, always_wrong=0, untried={"too_long": 1}
    )
    one = make_done("b", samples=1, tried=1, pass_rate=0.0, always_right=0, always_wrong=1, untried={})
    none = make_done(
        "c", samples=1, tried=0, pass_rate=None, always_right=0, always_wrong=0, untried={"too_long": 1}
    )
    (row,) = sum_tasks([none, many, one, Done(f"d|{TASK}", None, "refused")])
    assert (row["samples"], row["tried"], row["pass_rate"]) == (6, 4, 0.75)
    assert (row["always_right"], row["always_wrong"], row["untried"]) == (3, 1, {"too_long": 2})
