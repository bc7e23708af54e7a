"""The whole chain on a folder: what holds of its output, and what a later run changes, opens and leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataclaw_assets.cli.chain import run_chain
from dataclaw_assets.factual_anchors.collect import read_anchors
from dataclaw_assets.raw_sources.register import registered_sources
from dataclaw_assets.records import partition_key
from resources.home import open_home
from tests.chain.conftest import ORDERS, PUZZLES, Chain, OpenedMedia
from tests.chain.footage import DRAWINGS, FILM
from tests.chain.published import find_damage, list_attempts, read_ids, read_samples
from tests.dagster.drawings import draw_file

LANDED = {FILM, DRAWINGS}


def test_film_and_drawings_give_samples_that_are_released(finished: Chain) -> None:
    (batch,) = finished.home.ledger.partitions("raw_sources")
    kinds = {source.source_id: source.kind for source in registered_sources(finished.home, batch)}
    samples = read_samples(finished.home, "dataset_release")
    assert {kinds[sample.source_id] for sample in samples} == {"video", "drawing"}
    assert find_damage(finished.home) == []


def test_accepted_samples_cite_only_published_anchors_of_their_own_source(finished: Chain) -> None:
    cited = []
    for sample in read_samples(finished.home):
        own = {
            anchor.anchor_id for anchor in read_anchors(finished.home, sample.batch).get(sample.source_id, ())
        }
        for claim in sample.evidence:
            cited += [(anchor_id, anchor_id in own) for anchor_id in claim.anchors]
    assert cited
    assert [anchor_id for anchor_id, is_own in cited if not is_own] == []


def test_second_run_with_nothing_new_publishes_and_opens_nothing(
    finished: Chain, tmp_path: Path, opened_media: OpenedMedia, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATACLAW_WORKERS", "3")  # another machine
    chain = finished.copy_to(tmp_path / "home")
    report = chain.run(PUZZLES)
    assert report.failed == ()
    assert chain.home.store.keys("ledger") == finished.home.store.keys("ledger")
    # The gallery of an export shows stills that were cut for it; those are ours, not the source's.
    assert [name for name in opened_media.names() if name in LANDED] == []


def test_new_intent_opens_media_in_export_alone_and_only_adds_samples(
    finished: Chain, tmp_path: Path, opened_media: OpenedMedia
) -> None:
    chain = finished.copy_to(tmp_path / "home")
    opened_before_export: dict[str, list[str]] = {}

    def note(what: str, done: int, total: int) -> None:
        if what.startswith(("resolving", "composing")):
            opened_before_export[what] = opened_media.names()

    report = chain.run(ORDERS, on_progress=note)
    assert report.failed == ()
    assert opened_before_export["composing visual_puzzle"] == []
    # What the puzzles show was cut by the first run, so exporting them again opens nothing of the source.
    assert FILM not in opened_before_export["composing temporal_qa"]
    assert opened_media.names().count(FILM) == 1
    (batch,) = report.batches
    exports = {
        task: chain.home.ledger.published("validated_exports", partition_key(batch, task))
        for task in ("visual_puzzle", "temporal_qa")
    }
    assert {task: entry and entry.counts["opened"] for task, entry in exports.items()} == {
        "visual_puzzle": 0,
        "temporal_qa": 1,
    }
    for asset in ("synthesized_samples", "dataset_release"):
        assert set(read_ids(finished.home, asset)) < set(read_ids(chain.home, asset))


def test_source_that_is_added_changes_no_sample(tmp_path: Path) -> None:
    home = open_home(str(tmp_path / "home"))
    draw_file(tmp_path / "landing" / "kites.ndjson", 1, drawings=1)

    def run() -> None:
        report = run_chain(home, str(tmp_path / "landing"), [PUZZLES], tasks=["visual_puzzle"])
        assert report.failed == ()

    run()
    before, attempts = read_samples(home), list_attempts(home)
    draw_file(tmp_path / "landing" / "houses.ndjson", 5, drawings=1)
    run()
    after = read_samples(home)
    assert {sample.batch for sample in after} > {sample.batch for sample in before}
    assert [sample for sample in after if sample.batch == before[0].batch] == before
    later = list_attempts(home)
    assert {where: later[where] for where in attempts if where[0] != "dataset_release"} == {
        where: verdicts for where, verdicts in attempts.items() if where[0] != "dataset_release"
    }
