"""A task agent from somebody else's package: installed, found, run on a batch that was there before it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dataclaw_assets.raw_sources.batches import list_batches
from dataclaw_assets.records import Sample, partition_key
from tests.chain.conftest import Chain

PACKAGE = Path(__file__).parents[1] / "plugin_package"
TASK = "stroke_count"


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """The environment of a process for which the package is installed."""
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-build-isolation", "--no-deps",
         "--disable-pip-version-check", "--target", str(tmp_path / "site"), str(PACKAGE)],
        check=True,
    )  # fmt: skip
    return {**os.environ, "PYTHONPATH": str(tmp_path / "site")}


def test_an_installed_agent_makes_samples_of_an_existing_batch(
    finished: Chain, tmp_path: Path, installed: dict[str, str]
) -> None:
    chain = finished.copy_to(tmp_path / "home")
    command = ["run", chain.landing, "--intent", "count the strokes of drawings", "--tasks", TASK, "--json"]
    ran = subprocess.run(
        [Path(sys.executable).with_name("dataclaw"), *command, "--home", chain.home.store.uri],
        env=installed, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)
    for batch in list_batches(chain.home):
        entry = chain.home.ledger.published("validated_exports", partition_key(batch.key, TASK))
        assert entry is not None
        samples = chain.home.read_entry(entry, "samples", Sample)
        assert {sample.task_type for sample in samples} == {TASK}
        assert all(sample.payload["answer"] == str(len(sample.media[0].strokes)) for sample in samples)  # type: ignore[union-attr]


def test_it_is_among_the_tasks_of_every_batch(installed: dict[str, str]) -> None:
    code = "import definitions; from dataclaw_assets.partitions import task; print(task.get_partition_keys())"
    ran = subprocess.run(
        [sys.executable, "-c", code], env=installed, capture_output=True, text=True, check=True,
        cwd=PACKAGE.parents[1],
    )  # fmt: skip
    assert f"'{TASK}'" in ran.stdout
