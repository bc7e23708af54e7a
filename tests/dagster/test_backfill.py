"""A real backfill through the daemon, with an installed third-party agent whose partition does not pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataclaw_assets.raw_sources.batches import list_batches
from dataclaw_assets.records import partition_key
from resources.home import Home
from tests.dagster.drawings import draw_file
from tests.dagster.local_dagster import TASKS, released_batches, running, wait_for

pytestmark = pytest.mark.timeout(900)

AGENT = '''
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.agent import VisualPuzzleAgent
from dataclaw_assets.task_specs import VISUAL_PUZZLE

SPEC = VISUAL_PUZZLE.model_copy(update={"task_type": "inventing"})


class InventingAgent(VisualPuzzleAgent):
    """Puzzles that cite facts which are not in the footage."""

    spec = SPEC

    def compose(self, context):
        for draft in super().compose(context):
            claims = [claim.model_copy(update={"anchors": ("a-invented",)}) for claim in draft.evidence]
            yield draft.model_copy(update={"task_type": "inventing", "evidence": tuple(claims)})
'''


def install_agent(folder: Path) -> Path:
    """A folder as an installed package would leave it: the module and its entry point."""
    meta = folder / "inventing_agent-1.0.dist-info"
    meta.mkdir(parents=True)
    (folder / "inventing_agent.py").write_text(AGENT)
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: inventing-agent\nVersion: 1.0\n")
    (meta / "entry_points.txt").write_text(
        "[dataclaw.task_agents]\ninventing = inventing_agent:InventingAgent\n"
    )
    return folder


def exported(home: Home) -> set[str]:
    """Partitions that are exported."""
    ledger = home.ledger
    return {
        key for key in ledger.partitions("validated_exports") if ledger.published("validated_exports", key)
    }


def test_poisoned_partition_of_a_backfill_fails_alone(home: Path, tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    draw_file(landing / "kites.ndjson", 1)
    agents = install_agent(tmp_path / "agents")
    with running(home, landing, plugins=agents, further=("inventing",)) as local:
        wait_for("release", lambda: len(released_batches(local.home)) == 1, 400)
        (batch,) = [batch.key for batch in list_batches(local.home)]
        good = {partition_key(batch, task) for task in TASKS}
        bad = partition_key(batch, "inventing")
        wait_for("export of the good partitions", lambda: exported(local.home) == good, 400)
        refused = wait_for("refusal", lambda: local.home.ledger.latest("synthesized_samples", bad), 400)
        assert refused.verdict == "refused"
        assert "citation" in str(refused.reason)

        def backfill_ended() -> bool:
            query = "{ partitionBackfillsOrError { ... on PartitionBackfills { results { status } } } }"
            statuses = [row["status"] for row in local.ask(query)["partitionBackfillsOrError"]["results"]]
            return bool(statuses) and all(status.startswith("COMPLETED") for status in statuses)

        wait_for("end of the backfill", backfill_ended, 400)
        assert exported(local.home) == good
        assert local.home.ledger.history("validated_exports", bad) == []
