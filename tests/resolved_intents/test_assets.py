"""The asset `resolved_intents` with the models of its run."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from dataclaw_assets.partitions import footage
from dataclaw_assets.resolved_intents.assets import resolved_intents
from dataclaw_assets.resolved_intents.resolve import read_instructions
from resources.deployment import Deployment
from resources.inference.resource import Models
from tests.made_home import BATCH, MadeHome
from tests.resolved_intents.test_model import connect, read_as
from tests.resources.inference.scripted import Script, refuse


@pytest.fixture
def made(tmp_path: Path) -> MadeHome:
    return MadeHome(tmp_path / "home")


def materialise(made: MadeHome, models: Models) -> dg.ExecuteInProcessResult:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(str(footage.name), [BATCH])
        return dg.materialize(
            [resolved_intents],
            partition_key=BATCH,
            instance=instance,
            resources={"deployment": Deployment(made.home), "inference": models},
            raise_on_error=False,
        )


def models_that(made: MadeHome, script: Script) -> Models:
    return Models(connect(Path(made.home.scratch) / "replies", script)[0])


def test_the_models_of_the_run_read_the_requests(made: MadeHome) -> None:
    assert materialise(made, models_that(made, read_as(temporal_qa=0.5))).success
    assert {item.resolver for item in read_instructions(made.home, BATCH)} == {"model-1 scripted tiny"}


def test_metadata_says_what_asking_took_and_what_was_left_to_the_rules(made: MadeHome) -> None:
    result = materialise(made, models_that(made, read_as(poetry=0.5)))
    (event,) = result.asset_materializations_for_node("resolved_intents")
    assert event.metadata["requests"].value == 2
    assert event.metadata["left_to_rules"].value == {"unknown_task": 2}


def test_without_a_model_the_rules_read_them(made: MadeHome) -> None:
    assert materialise(made, Models()).success
    assert {item.resolver for item in read_instructions(made.home, BATCH)} == {"rules-2"}


def test_a_question_still_to_be_answered_fails_the_partition(made: MadeHome) -> None:
    result = materialise(made, models_that(made, lambda request: refuse(request, "budget")))
    assert not result.success
    assert result.asset_materializations_for_node("resolved_intents") == []
