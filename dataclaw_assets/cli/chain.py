"""The whole chain in this process: Dagster runs of the deployed assets on the home's own instance."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dataclaw_assets.raw_sources.batches import close_batches, list_batches, normalise_landing
from dataclaw_assets.records import partition_key
from dataclaw_assets.resolved_intents.intents import Intent
from dataclaw_assets.tasks import find_spec, list_specs
from resources.dagster_home import open_instance
from resources.home import Home
from resources.ledger import Entry
from resources.progress import OnProgress, ignore

if TYPE_CHECKING:
    from dagster import DagsterInstance, Definitions, ExecuteInProcessResult

    from resources.inference.resource import Models

INTENT_ASSETS = ("user_intents", "resolved_intents")


@dataclass(frozen=True)
class Failed:
    """A partition that was not published in this run, and why."""

    asset: str
    partition: str
    reason: str


@dataclass(frozen=True)
class ChainReport:
    """What a run of the chain did: the batches it worked on, in order; what failed; the release, if any."""

    batches: tuple[str, ...]
    failed: tuple[Failed, ...]
    release: Entry | None


def run_chain(
    home: Home,
    landing: str,
    intents: Sequence[Intent],
    batch_name: str | None = None,
    tasks: Sequence[str] | None = None,
    on_progress: OnProgress = ignore,
    fresh: bool = False,
) -> ChainReport:
    """Bring everything that was dropped in a landing zone to a release.

    New files form new batches. A batch of this landing zone that was registered and measured before is not
    touched again for that: only its intents, samples and exports are brought up to date, and what is
    published from the same inputs stays as it is. One run for a batch, one for each batch and task, one for
    the release; a partition that fails, fails alone. Where a model is configured it is asked for all tasks of
    a batch in one go; `fresh` asks again for what was answered before. Raises `InputError` for an unknown
    task or landing zone, and for settings that cannot be read.
    """
    from resources.inference.resource import Models, open_inference

    chosen = [find_spec(name).task_type for name in tasks or [spec.task_type for spec in list_specs()]]
    inference = open_inference(home, fresh=fresh)
    with contextlib.ExitStack() as opened:
        if inference:
            opened.callback(inference.close)
        instance = opened.enter_context(open_instance(home))
        from resources.launcher import fail_gone_runs

        fail_gone_runs(instance)
        batches = _collect_batches(home, landing, batch_name)
        _add_partitions(instance, batches)
        failed: list[Failed] = []
        models = Models(inference, tuple(chosen))
        runs = _Runs(_deploy(home, on_progress, models), instance, failed)
        for number, batch in enumerate(batches):
            on_progress("batches", number, len(batches))
            if runs.execute("footage_job", batch, _needed(home, batch), _ask(intents)):
                for name in chosen:
                    runs.execute("synthesis_job", partition_key(batch, name))
        on_progress("batches", len(batches), len(batches))
        runs.execute("release_job", None)
    return ChainReport(tuple(batches), tuple(failed), home.ledger.published("dataset_release", "release"))


@dataclass(frozen=True)
class _Runs:
    """In-process runs of the deployed jobs; what fails is noted, not raised."""

    deployed: Definitions
    instance: DagsterInstance
    failed: list[Failed]

    def execute(
        self,
        job: str,
        partition: str | None,
        assets: Sequence[str] | None = None,
        ops: Mapping[str, Any] | None = None,
    ) -> bool:
        """Run a job, or some of its assets, on one partition; whether all of it was published."""
        from dagster import AssetKey

        from resources.launcher import HOST_TAG

        result = self.deployed.resolve_job_def(job).execute_in_process(
            run_config={
                # The console belongs to the progress of whoever called; the run's log is in the instance.
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                "ops": {name: config for name, config in (ops or {}).items() if assets and name in assets},
            },
            instance=self.instance,
            partition_key=partition,
            asset_selection=[AssetKey(name) for name in assets] if assets else None,
            # A run without a code location cannot be retried by the daemon: whoever started it runs it again.
            tags={HOST_TAG: socket.gethostname(), "dagster/max_retries": "0"},
            raise_on_error=False,
        )
        self.failed.extend(_read_failures(result, partition or "release"))
        return bool(result.success)


def _deploy(home: Home, on_progress: OnProgress, models: Models) -> Definitions:
    """What is deployed, on this home, with this progress and these models."""
    import dagster as dg

    from definitions import defs
    from resources.deployment import Deployment

    resources = {"deployment": Deployment(home, on_progress), "inference": models}
    return dg.Definitions(assets=defs.assets, jobs=defs.jobs, resources=resources)


def _collect_batches(home: Home, landing: str, name: str | None) -> list[str]:
    """Keys of the landing zone's batches, the new ones last."""
    close_batches(home, landing, name, stable_after_s=0.0)
    zone = normalise_landing(landing)
    return [batch.key for batch in list_batches(home) if batch.landing == zone]


def _add_partitions(instance: DagsterInstance, batches: Sequence[str]) -> None:
    from sqlalchemy.exc import IntegrityError

    from dataclaw_assets.partitions import footage

    for batch in batches:
        # Dagster asks what is there and then inserts: between the two, another process may have added it.
        with contextlib.suppress(IntegrityError):
            instance.add_dynamic_partitions(str(footage.name), [batch])


def _needed(home: Home, batch: str) -> list[str]:
    """Assets of the footage job to run. A closed batch is registered once; its anchors are asked for again,
    since an extractor may be newer than they are: what is published from the same is not built again."""
    registered = home.ledger.published("raw_sources", batch) is not None
    return [*([] if registered else ["raw_sources"]), "factual_anchors", *INTENT_ASSETS]


def _ask(intents: Sequence[Intent]) -> dict[str, Any]:
    records = [intent.model_dump(mode="json", exclude_none=True) for intent in intents]
    return {"user_intents": {"config": {"records": records}}}


def _read_failures(result: ExecuteInProcessResult, partition: str) -> Iterator[Failed]:
    for event in result.get_step_failure_events():
        data = event.step_failure_data
        stated = data.user_failure_data.description if data.user_failure_data else None
        error = data.error
        while error and error.cause:
            error = error.cause
        defect = error.message.strip() if error else "no reason was given"
        yield Failed(str(event.step_key), partition, stated or defect)
