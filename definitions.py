"""Table of contents: what is deployed, nothing else."""

from __future__ import annotations

import dagster as dg

from dataclaw_assets.factual_anchors.assets import factual_anchors
from dataclaw_assets.raw_sources.assets import raw_sources
from dataclaw_assets.raw_sources.sensors import new_footage
from dataclaw_assets.resolved_intents.assets import resolved_intents, user_intents
from dataclaw_assets.synthesized_samples.assets import synthesized_samples
from dataclaw_assets.validated_exports.assets import dataset_release, validated_exports
from resources.deployment import DeploymentResource
from resources.inference.resource import InferenceResource

deployment = DeploymentResource()

footage_job = dg.define_asset_job(
    "footage_job",
    [raw_sources, factual_anchors, user_intents, resolved_intents],
    description="One batch of footage: registered, measured, and its intents resolved.",
)
synthesis_job = dg.define_asset_job(
    "synthesis_job",
    [synthesized_samples, validated_exports],
    description="One task over one batch: samples made, gated, cut and exported.",
)
release_job = dg.define_asset_job(
    "release_job", [dataset_release], description="One dataset of all that is published."
)
automation = dg.AutomationConditionSensorDefinition(
    "automation",
    target=dg.AssetSelection.all(),
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=10,
)

defs = dg.Definitions(
    assets=[
        raw_sources,
        factual_anchors,
        user_intents,
        resolved_intents,
        synthesized_samples,
        validated_exports,
        dataset_release,
    ],
    jobs=[footage_job, synthesis_job, release_job],
    sensors=[new_footage, automation],
    resources={"deployment": deployment, "inference": InferenceResource(deployment=deployment)},
    # One process a run: steps of a run follow one another anyhow, and each would pay the imports again.
    executor=dg.in_process_executor,
)
