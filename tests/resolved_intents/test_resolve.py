"""Resolving a batch: what is published, from what, and what is asked for first."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataclaw_assets.errors import InputError, UpstreamMissing
from dataclaw_assets.records import Anchor, Source
from dataclaw_assets.resolved_intents.intents import add_intents, make_intent
from dataclaw_assets.resolved_intents.resolve import read_instructions, read_refusals, resolve_batch
from resources.home import open_home
from tests.made_home import BATCH, MadeHome, make_anchor, publish


@pytest.fixture
def made(tmp_path: Path) -> MadeHome:
    return MadeHome(tmp_path / "home")


def test_every_registered_source_is_resolved_and_no_rejected_one(made: MadeHome) -> None:
    instructions = read_instructions(made.home, BATCH)
    assert {item.source_id for item in instructions} == {made.video.source_id, made.drawing.source_id}


def test_counts_say_what_came_of_it(made: MadeHome) -> None:
    entry = made.home.ledger.published("resolved_intents", BATCH)
    assert entry is not None
    assert entry.counts["sources"] == 2
    assert entry.counts["ready"] + entry.counts["infeasible"] == entry.counts["instructions"]


def test_resolving_again_publishes_nothing(made: MadeHome) -> None:
    assert resolve_batch(made.home, BATCH).seq == 1


def test_a_new_intent_adds_instructions_and_removes_none(made: MadeHome) -> None:
    before = read_instructions(made.home, BATCH)
    add_intents(made.home, BATCH, [make_intent("Make tutorials")])
    assert resolve_batch(made.home, BATCH).seq == 2
    after = read_instructions(made.home, BATCH)
    assert all(item in after for item in before)
    assert len(after) == len(before) + 2


def test_better_anchors_turn_a_refusal_into_an_instruction(made: MadeHome) -> None:
    add_intents(made.home, BATCH, [make_intent("Make tutorials", tasks=["tutorial"])])
    resolve_batch(made.home, BATCH)
    assert [(row.source_id, row.missing) for row in read_refusals(made.home, BATCH)] == [
        (made.video.source_id, ("subtitle", "text_line"))
    ]
    anchors = [*made.anchors, make_anchor(made.video, "subtitle")]
    publish(made.home, "factual_anchors", BATCH, {"anchors": (Anchor, anchors)})
    resolve_batch(made.home, BATCH)
    assert read_refusals(made.home, BATCH) == []


def test_a_request_that_names_no_task_is_published_as_a_refusal(tmp_path: Path) -> None:
    home = open_home(str(tmp_path))
    publish(home, "raw_sources", "b", {"sources": (Source, [])})
    publish(home, "factual_anchors", "b", {"anchors": (Anchor, [])})
    add_intents(home, "b", [make_intent("Write a poem about cats")])
    entry = resolve_batch(home, "b")
    assert (entry.verdict, entry.counts["refused"]) == ("published", {"no_task_matches": 1})


def test_without_an_intent_nothing_is_assumed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no intent was given"):
        resolve_batch(open_home(str(tmp_path)), "b")


def test_without_anchors_the_upstream_is_named(tmp_path: Path) -> None:
    home = open_home(str(tmp_path))
    add_intents(home, "b", [make_intent("Make puzzles")])
    publish(home, "raw_sources", "b", {"sources": (Source, [])})
    with pytest.raises(UpstreamMissing, match="factual_anchors is not published"):
        resolve_batch(home, "b")
