"""The Dagster face of `synthesized_samples`: accepted samples per batch and task, the rest in quarantine."""

# ruff: noqa: I002 - Dagster reads the annotation of `context` as it stands, and takes no string

from collections.abc import Iterator

import dagster as dg

from dataclaw_assets import __version__
from dataclaw_assets.partitions import footage_by_task, of_batch, split_partition
from dataclaw_assets.records import Sample
from resources.deployment import Deployment
from resources.inference.resource import Models
from resources.ledger import Entry
from resources.verdicts import as_markdown, check_spec, conclude


# No single-run backfill: with one run each, a poisoned partition fails alone, even when it kills its process.
@dg.asset(
    partitions_def=footage_by_task,
    deps=[
        dg.AssetDep("raw_sources", partition_mapping=of_batch),
        dg.AssetDep("factual_anchors", partition_mapping=of_batch),
        dg.AssetDep("resolved_intents", partition_mapping=of_batch),
    ],
    group_name="synthesized_samples",
    kinds={"parquet"},
    owners=["team:samples"],
    description="Samples that an agent made of anchors, or a model worded where one is configured, through "
    "each gate that needs no cut file.",
    code_version=__version__,
    automation_condition=dg.AutomationCondition.eager(),
    check_specs=[
        check_spec(
            "gates_passed",
            "synthesized_samples",
            "The partition passed its gate: no wrong record, and not too large a share rejected.",
            footage_by_task,
        )
    ],
)
def synthesized_samples(
    context: dg.AssetExecutionContext,
    deployment: dg.ResourceParam[Deployment],
    inference: dg.ResourceParam[Models],
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Make the samples of a batch and task."""
    from dataclaw_assets.synthesized_samples.gallery import describe_samples
    from dataclaw_assets.synthesized_samples.synthesize import synthesize

    home, (batch, task) = deployment.home, split_partition(context.partition_key)
    watch = deployment.watch(context.log)

    def describe(entry: Entry) -> dict[str, object]:
        samples = home.read_entry(entry, "samples", Sample)
        quarantine = home.read_entry(entry, "quarantine", Sample)
        # Nothing is cut yet, so there is nothing to picture: the gallery of the export shows stills.
        texts = describe_samples(samples, quarantine, entry.counts, lambda media: None, home.settings.seed)
        return {"dagster/row_count": len(samples), **as_markdown(texts)}

    def build() -> Entry:
        run_id = context.run.run_id
        return synthesize(home, batch, task, watch, run_id, inference.inference, inference.alongside)

    yield from conclude("gates_passed", build, describe)
