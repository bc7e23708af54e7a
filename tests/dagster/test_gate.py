"""The gate, with real runs on a real instance: a poisoned partition fails alone, now and later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from dataclaw_assets.raw_sources.batches import close_batches
from dataclaw_assets.records import Draft, Sample, partition_key
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.agent import VisualPuzzleAgent
from dataclaw_assets.synthesized_samples.context import SourceContext
from definitions import defs
from resources.dagster_home import open_instance
from resources.deployment import Deployment
from resources.home import Home, open_home
from resources.inference.resource import Models
from resources.progress import ignore
from tests.dagster.drawings import draw_file

TASK = "visual_puzzle"
POISONED = "bad"
BATCHES = ("first", POISONED, "third")
KEYS = {batch: partition_key(batch, TASK) for batch in BATCHES}
STAGES = ("synthesized_samples", "validated_exports")


class Runs:
    """Runs of the deployed jobs in this process, on one home and its instance."""

    def __init__(self, home: Home, instance: dg.DagsterInstance) -> None:
        self.home = home
        self.instance = instance
        resources = {"deployment": Deployment(home, ignore), "inference": Models()}
        self.deployed = dg.Definitions(assets=defs.assets, jobs=defs.jobs, resources=resources)

    def execute(self, job: str, partition: str | None, assets: tuple[str, ...] = ()) -> Any:
        """One run, as a backfill makes it: of one partition."""
        return self.deployed.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            partition_key=partition,
            asset_selection=[dg.AssetKey(name) for name in assets] or None,
            raise_on_error=False,
        )

    def materialized(self, asset: str) -> set[str]:
        """Partitions of an asset that Dagster holds as materialised."""
        return set(self.instance.get_materialized_partitions(dg.AssetKey(asset)))

    def published(self, asset: str) -> set[str]:
        """Partitions of an asset that the ledger shows to readers."""
        ledger = self.home.ledger
        return {key for key in ledger.partitions(asset) if ledger.published(asset, key) is not None}


@pytest.fixture
def runs(home: Path, tmp_path: Path) -> Iterator[Runs]:
    """Three batches of drawings, registered, measured and resolved."""
    opened = open_home(str(home))
    for seed, batch in enumerate(BATCHES):
        draw_file(tmp_path / "landing" / f"{batch}.ndjson", seed)
        close_batches(opened, str(tmp_path / "landing"), batch)
    with open_instance(opened) as instance:
        instance.add_dynamic_partitions("footage", list(BATCHES))
        made = Runs(opened, instance)
        for batch in BATCHES:
            assert made.execute("footage_job", batch).success
        yield made


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A task agent gone wrong: for one batch it cites facts that are not in the footage."""
    compose = VisualPuzzleAgent.compose

    def cite_nothing(self: VisualPuzzleAgent, context: SourceContext) -> Iterator[Draft]:
        for draft in compose(self, context):
            if context.source.batch == POISONED:
                claims = [claim.model_copy(update={"anchors": ("a-invented",)}) for claim in draft.evidence]
                draft = draft.model_copy(update={"evidence": tuple(claims)})
            yield draft

    with monkeypatch.context() as patch:
        patch.setattr(VisualPuzzleAgent, "compose", cite_nothing)
        yield patch


def test_poisoned_partition_fails_alone_and_stays_out(runs: Runs, poison: pytest.MonkeyPatch) -> None:
    results = {batch: runs.execute("synthesis_job", key) for batch, key in KEYS.items()}
    good = {KEYS[batch] for batch in BATCHES if batch != POISONED}

    # Exactly the others are materialised, published and exported.
    assert {batch: result.success for batch, result in results.items()} == {
        batch: batch != POISONED for batch in BATCHES
    }
    for asset in STAGES:
        assert runs.materialized(asset) == good
        assert runs.published(asset) == good

    # The poisoned one is reported with its reason, and its drafts are in quarantine.
    (failure,) = [event for event in results[POISONED].all_events if event.event_type_value == "STEP_FAILURE"]
    assert "citation" in str(failure.step_failure_data.user_failure_data.description)
    (check,) = results[POISONED].get_asset_check_evaluations()
    assert (check.check_name, check.passed, check.partition) == ("gates_passed", False, KEYS[POISONED])
    refused = runs.home.ledger.latest("synthesized_samples", KEYS[POISONED])
    assert refused is not None
    assert refused.verdict == "refused"
    quarantine = runs.home.read_entry(refused, "quarantine", Sample)
    assert quarantine
    assert not any(sample.accepted for sample in quarantine)

    # A later run of the export alone builds nothing.
    later = runs.execute("synthesis_job", KEYS[POISONED], ("validated_exports",))
    assert not later.success
    assert runs.materialized("validated_exports") == good
    assert runs.home.ledger.history("validated_exports", KEYS[POISONED]) == []

    # The release takes what is published.
    assert runs.execute("release_job", None).success
    release = runs.home.ledger.published("dataset_release", "release")
    assert release is not None
    assert {sample.batch for sample in runs.home.read_entry(release, "samples", Sample)} == {"first", "third"}

    # The poison is removed and the partition goes through.
    poison.undo()
    assert runs.execute("synthesis_job", KEYS[POISONED]).success
    for asset in STAGES:
        assert runs.materialized(asset) == good | {KEYS[POISONED]}
        assert runs.published(asset) == good | {KEYS[POISONED]}


def test_later_refusal_leaves_what_was_published(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    key = KEYS["first"]
    assert runs.execute("synthesis_job", key).success
    before = runs.home.ledger.published("validated_exports", key)
    with monkeypatch.context() as patch:
        patch.setattr(VisualPuzzleAgent, "version", "poisoned")
        patch.setattr(VisualPuzzleAgent, "derive", lambda self, draft: "never this")
        assert not runs.execute("synthesis_job", key).success
    latest = runs.home.ledger.latest("synthesized_samples", key)
    assert latest is not None
    assert latest.verdict == "refused"
    assert runs.home.ledger.published("validated_exports", key) == before
