"""The chain in one process: what a first run makes, what a second one leaves alone, what a failure costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from dataclaw_assets.cli.chain import ChainReport, run_chain
from dataclaw_assets.errors import InputError
from dataclaw_assets.records import partition_key
from dataclaw_assets.resolved_intents.intents import make_intent, read_intents
from dataclaw_assets.synthesized_samples.agents.tutorial.agent import TutorialAgent
from resources.dagster_home import open_instance
from resources.home import Home, open_home
from tests.dagster.drawings import draw_file

PUZZLES = make_intent("Make puzzles about the order of the strokes")
LESSONS = make_intent("Make step-by-step tutorials on drawing")


@pytest.fixture
def opened(home: Path) -> Home:
    """The home of this test."""
    return open_home(str(home))


@pytest.fixture
def landing(tmp_path: Path) -> str:
    """A landing folder with one file of drawings."""
    draw_file(tmp_path / "landing" / "kites.ndjson", 1)
    return str(tmp_path / "landing")


def run(home: Home, landing: str, *intents: str) -> ChainReport:
    """A run with two tasks: enough to see that one is not the other."""
    asked = [make_intent(text) for text in intents]
    return run_chain(home, landing, asked, tasks=["visual_puzzle", "tutorial"])


def count_materializations(home: Home, asset: str) -> int:
    """How often Dagster holds an asset as materialised."""
    with open_instance(home) as instance:
        return len(instance.fetch_materializations(dg.AssetKey(asset), limit=100).records)


def test_first_run_reaches_a_release_and_nothing_new_publishes_nothing_new(
    opened: Home, landing: str
) -> None:
    first = run(opened, landing, PUZZLES.text, LESSONS.text)
    assert first.failed == ()
    assert first.release is not None
    assert len(first.batches) == 1
    ledger = opened.store.keys("ledger")

    second = run(opened, landing, PUZZLES.text, LESSONS.text)
    assert second == first
    assert opened.store.keys("ledger") == ledger
    assert count_materializations(opened, "raw_sources") == 1


def test_new_intent_neither_registers_nor_measures_again(opened: Home, landing: str) -> None:
    first = run(opened, landing, PUZZLES.text)
    second = run(opened, landing, LESSONS.text)
    assert second.batches == first.batches
    asked = [intent.text for intent in read_intents(opened, first.batches[0])]
    assert asked == [PUZZLES.text, LESSONS.text]
    history = [opened.ledger.history(asset, first.batches[0]) for asset in ("raw_sources", "factual_anchors")]
    assert [len(entries) for entries in history] == [1, 1]
    assert count_materializations(opened, "resolved_intents") == 2


def test_defect_in_one_task_is_named_and_costs_only_that_task(
    opened: Home, landing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: TutorialAgent, context: object) -> None:
        raise ZeroDivisionError("a defect")

    with monkeypatch.context() as patch:
        patch.setattr(TutorialAgent, "compose", fail)
        report = run(opened, landing, PUZZLES.text, LESSONS.text)
    (batch,) = report.batches
    assert [(failed.asset, failed.partition) for failed in report.failed] == [
        ("synthesized_samples", partition_key(batch, "tutorial"))
    ]
    assert "a defect" in report.failed[0].reason
    published = opened.ledger.published("validated_exports", partition_key(batch, "visual_puzzle"))
    assert published is not None
    assert report.release is not None


def test_unknown_task_is_an_error_before_anything_is_made(opened: Home, landing: str) -> None:
    with pytest.raises(InputError, match="unknown task"):
        run_chain(opened, landing, [PUZZLES], tasks=["poetry"])
    assert opened.store.keys("batches") == []


def test_two_runs_at_once_on_a_fresh_home_end_as_one(opened: Home, landing: str) -> None:
    dataclaw = [sys.executable, "-c", "from dataclaw_assets.cli.main import main; main()"]
    command = [*dataclaw, "run", landing, "--intent", PUZZLES.text, "--home", opened.store.uri, "--json"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    ended = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    ledger = opened.ledger
    stages = ("raw_sources", "factual_anchors", "user_intents", "resolved_intents", "synthesized_samples")
    verdicts = [
        (asset, partition, [entry.verdict for entry in ledger.history(asset, partition)])
        for asset in stages
        for partition in ledger.partitions(asset)
    ]
    assert len(verdicts) >= len(stages)
    assert [entry for entry in verdicts if entry[2] != ["published"]] == []
