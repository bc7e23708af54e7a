"""The Dagster face of the intents: what was asked of a batch, and what that means for each of its sources."""

# ruff: noqa: I002 - Dagster reads the annotation of `context` as it stands, and takes no string

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import dagster as dg

from dataclaw_assets import __version__
from dataclaw_assets.partitions import footage
from resources.deployment import Deployment
from resources.inference.resource import Models
from resources.ledger import Entry
from resources.verdicts import check_spec, conclude


class AskedIntents(dg.Config):
    """What to ask of the batch: sentences or paths of YAML files, or records as `dataclaw run` passes them.

    With neither, the standing intents apply: those of `DATACLAW_INTENTS`, or the packaged ones for a batch
    of which nothing was asked yet.
    """

    intents: list[str] = []
    records: list[dict[str, Any]] = []


@dg.asset(
    partitions_def=footage,
    group_name="resolved_intents",
    kinds={"yaml"},
    owners=["team:intents"],
    description="The users' requests as written. They accumulate: a new one removes nothing.",
    code_version=__version__,
    automation_condition=dg.AutomationCondition.eager(),
)
def user_intents(
    context: dg.AssetExecutionContext, config: AskedIntents, deployment: dg.ResourceParam[Deployment]
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Add intents to a batch."""
    from dataclaw_assets.resolved_intents.intents import (
        Intent,
        add_intents,
        default_intents,
        parse_intent,
        read_intents,
    )

    home, batch = deployment.home, context.partition_key

    def build() -> Entry:
        asked = [intent for text in config.intents for intent in parse_intent(text)]
        asked += [Intent.model_validate(record) for record in config.records]
        if not asked and (os.environ.get("DATACLAW_INTENTS") or not read_intents(home, batch)):
            asked = default_intents()
        return add_intents(home, batch, asked, context.run.run_id)

    def describe(entry: Entry) -> dict[str, object]:
        intents = read_intents(home, batch)
        return {"dagster/row_count": len(intents), "intents": [intent.text for intent in intents]}

    yield from conclude(None, build, describe)


@dg.asset(
    partitions_def=footage,
    deps=["raw_sources", "factual_anchors", "user_intents"],
    group_name="resolved_intents",
    kinds={"parquet"},
    owners=["team:intents"],
    description="Ranked, typed instructions for each source: ready, needs a model, or infeasible and why.",
    code_version=__version__,
    automation_condition=dg.AutomationCondition.eager(),
    check_specs=[
        check_spec(
            "intent_routed",
            "resolved_intents",
            "Warns when no source of the batch can serve any of the intents.",
            footage,
        )
    ],
)
def resolved_intents(
    context: dg.AssetExecutionContext,
    deployment: dg.ResourceParam[Deployment],
    inference: dg.ResourceParam[Models],
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Resolve the intents of a batch."""
    from dataclaw_assets.resolved_intents.resolve import read_instructions, resolve_batch

    home, batch = deployment.home, context.partition_key

    def describe(entry: Entry) -> dict[str, object]:
        instructions = read_instructions(home, batch)
        statuses = Counter(f"{row.task_type}: {row.status}" for row in instructions)
        rows = {"dagster/row_count": len(instructions), "statuses": dict(sorted(statuses.items()))}
        left = entry.counts.get("left_to_rules")
        return {**rows, "left_to_rules": left} if left else rows

    def warn(entry: Entry) -> str | None:
        ready = any(row.status == "ready" for row in read_instructions(home, batch))
        return None if ready else "no instruction is ready; the rows say what is missing"

    watch = deployment.watch(context.log)

    def build() -> Entry:
        return resolve_batch(home, batch, watch, context.run.run_id, inference.inference)

    yield from conclude("intent_routed", build, describe, warn)
