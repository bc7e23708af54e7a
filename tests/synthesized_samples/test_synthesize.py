"""Synthesis of a partition over a real home: what passed is published, the rest is kept with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dataclaw_assets import tasks
from dataclaw_assets.errors import UpstreamMissing
from dataclaw_assets.records import Anchor, Draft, Instruction, Record, Sample, Source, digest
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.agent import VisualPuzzleAgent
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.synthesize import read_samples, synthesize
from resources.home import Home, Outcome, Plan, open_home
from tests.builders import make_drawing, make_film, make_source

FILM = make_source()
SKETCH = make_source("drawing", name="sketch.ndjson")


class LyingAgent(VisualPuzzleAgent):
    """Says of every picture that it is shown a second later than it is."""

    spec = VisualPuzzleAgent.spec.model_copy(update={"task_type": "lies"})

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        for draft in super().compose(context):
            late = [
                claim.model_copy(update={"value": [edge + 1.0 for edge in claim.value]})
                for claim in draft.evidence
                if claim.kind == "interval"
            ]
            if late:
                yield draft.model_copy(update={"evidence": tuple(late)})


def publish(home: Home, asset: str, table: str, model: type[Record], rows: list[Record]) -> None:
    outcome = Outcome({table: (model, rows)})
    home.publish(asset, "b", lambda: Plan({"rows": digest(*rows)}, lambda: outcome))


def instruct(source: Source, task: str, status: str = "ready") -> Instruction:
    return Instruction.model_validate(
        {
            "instruction_id": "i-" + digest(source.source_id, task),
            "intent_id": "n-1",
            "source_id": source.source_id,
            "task_type": task,
            "status": status,
            "text": "Make puzzles.",
            "rank": 1,
            "confidence": 0.9,
            "rationale": "asked for",
            "target_schema": "VisualPuzzle",
            "resolver": "rules-1",
        }
    )


@pytest.fixture
def stocked(home: Path) -> Home:
    opened = open_home(str(home))
    anchors: list[Anchor] = [*make_film(FILM), *make_drawing(SKETCH)]
    publish(opened, "raw_sources", "sources", Source, [FILM, SKETCH])
    publish(opened, "factual_anchors", "anchors", Anchor, list(anchors))
    asked = [
        instruct(source, task) for source in (FILM, SKETCH) for task in ("visual_puzzle", "tutorial", "lies")
    ]
    publish(opened, "resolved_intents", "instructions", Instruction, list(asked))
    return opened


def test_what_passed_its_gates_is_published(stocked: Home) -> None:
    entry = synthesize(stocked, "b", "visual_puzzle")
    samples = read_samples(stocked, "b", "visual_puzzle")
    anchors = {anchor.anchor_id: anchor.source_id for anchor in [*make_film(FILM), *make_drawing(SKETCH)]}
    assert entry.verdict == "published"
    assert {sample.source_id for sample in samples} == {FILM.source_id, SKETCH.source_id}
    assert entry.counts["accepted"] == len(samples) == len({sample.sample_id for sample in samples})
    assert all(
        anchors[name] == s.source_id for s in samples for claim in s.evidence for name in claim.anchors
    )


def test_the_same_inputs_publish_nothing_new(stocked: Home) -> None:
    assert synthesize(stocked, "b", "tutorial") == synthesize(stocked, "b", "tutorial")
    assert len(stocked.ledger.history("synthesized_samples", "b|tutorial")) == 1


def test_the_tasks_of_a_batch_read_its_anchors_once(stocked: Home) -> None:
    entry = stocked.ledger.published("factual_anchors", "b")
    assert entry is not None
    synthesize(stocked, "b", "visual_puzzle")
    (Path(stocked.store.uri) / entry.tables["anchors"]).unlink()
    assert synthesize(stocked, "b", "tutorial").counts["accepted"] > 0


def test_a_task_that_nobody_asked_for_publishes_an_empty_partition_with_the_reason(stocked: Home) -> None:
    entry = synthesize(stocked, "b", "temporal_qa")
    assert entry.verdict == "published"
    assert entry.reason == "nothing feasible: no instruction asks for this task"


def test_samples_do_not_depend_on_what_else_is_in_the_batch(stocked: Home) -> None:
    synthesize(stocked, "b", "visual_puzzle")
    together = {
        s.sample_id for s in read_samples(stocked, "b", "visual_puzzle") if s.source_id == FILM.source_id
    }
    publish(stocked, "resolved_intents", "instructions", Instruction, [instruct(FILM, "visual_puzzle")])
    synthesize(stocked, "b", "visual_puzzle")
    assert {sample.sample_id for sample in read_samples(stocked, "b", "visual_puzzle")} == together


def test_a_lying_agent_is_refused_and_its_drafts_are_kept(
    stocked: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "load_plugins", lambda: {"lies": LyingAgent()})
    monkeypatch.setattr(
        "dataclaw_assets.synthesized_samples.agents.registry.load_plugins", tasks.load_plugins
    )
    entry = synthesize(stocked, "b", "lies")
    kept = stocked.read_entry(entry, "quarantine", Sample)
    assert entry.verdict == "refused"
    assert "wrong_time" in (entry.reason or "")
    assert kept
    assert not any(sample.accepted for sample in kept)
    assert read_samples(stocked, "b", "lies") == []


def test_a_batch_without_instructions_cannot_be_synthesized(home: Path) -> None:
    with pytest.raises(UpstreamMissing, match="raw_sources"):
        synthesize(open_home(str(home)), "b", "tutorial")
