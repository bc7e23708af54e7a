"""Collecting: cached per extractor, each source failing alone, the same bytes on any number of workers."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataclaw_assets.errors import InputError, UpstreamMissing
from dataclaw_assets.factual_anchors.collect import anchors_of_file, collect_anchors, read_anchors
from dataclaw_assets.factual_anchors.extractors.contract import Extractor
from dataclaw_assets.factual_anchors.extractors.declared import Declared
from dataclaw_assets.factual_anchors.extractors.keyframes import KeyframesExtractor
from dataclaw_assets.factual_anchors.extractors.pictures import Pictures
from dataclaw_assets.factual_anchors.extractors.shots import ShotsExtractor
from dataclaw_assets.factual_anchors.extractors.stable import StableExtractor
from dataclaw_assets.factual_anchors.extractors.strokes import Strokes
from dataclaw_assets.factual_anchors.reading import Unread
from dataclaw_assets.factual_anchors.registry import list_extractors
from dataclaw_assets.raw_sources.batches import close_batches
from dataclaw_assets.raw_sources.register import register_batch, registered_sources
from resources.home import Home
from resources.ledger import Entry
from resources.media import write_clip
from resources.settings import Settings
from resources.store import FolderStore
from tests.factual_anchors.made_videos import paint_scene

FILES: tuple[Extractor, ...] = (Pictures(), Strokes(), Declared())


@dataclass
class Landed:
    """A home, its batch, and the folder that the batch came from."""

    home: Home
    batch: str
    folder: Path

    def collect(self, extractors: tuple[Extractor, ...] = FILES) -> Entry:
        return collect_anchors(self.home, self.batch, extractors=extractors)


def fill(folder: Path) -> None:
    """Two images, one with a fact beside it, a file of two drawings, and a short video."""
    folder.mkdir()
    for seed in (1, 2):
        noise = np.random.default_rng(seed).integers(0, 255, (48, 64, 3), dtype=np.uint8)
        Image.fromarray(noise).save(folder / f"{seed}.png")
    fact = {"kind": "dog", "text": "A dog.", "extractor": "mine"}
    (folder / "1.anchors.jsonl").write_text(json.dumps(fact) + "\nnot a fact\n")
    drawings = [
        {"word": "box", "drawing": [[[0, 9, 9], [0, 0, 9]]]},
        {"word": "bar", "drawing": [[[0, 9], [0, 0]]]},
    ]
    (folder / "d.ndjson").write_text("\n".join(json.dumps(drawing) for drawing in drawings))
    pictures = [np.full((48, 64, 3), 5 * step, np.uint8) for step in range(20)]
    write_clip(folder / "v.mp4", pictures, 10.0)


@pytest.fixture
def landed(tmp_path: Path) -> Landed:
    """A registered batch."""
    fill(tmp_path / "landing")
    store = FolderStore(tmp_path / "home")
    home = Home(store, tmp_path / "scratch", Settings(workers=2, source_deadline_s=120))
    (batch,) = close_batches(home, str(tmp_path / "landing"), stable_after_s=0)
    register_batch(home, batch.key)
    return Landed(home, batch.key, tmp_path / "landing")


def test_every_source_gets_the_facts_that_apply(landed: Landed) -> None:
    entry = landed.collect()
    assert entry.counts["kinds"] == {"dog": 1, "label": 2, "picture": 2, "stroke": 2}
    anchors = read_anchors(landed.home, landed.batch)
    registered = {source.source_id for source in registered_sources(landed.home, landed.batch)}
    assert set(anchors) <= registered
    assert len(anchors) == 4


def test_anchors_are_the_same_bytes_on_any_number_of_workers(landed: Landed, tmp_path: Path) -> None:
    alone = Home(FolderStore(tmp_path / "other"), tmp_path / "other-scratch", Settings(workers=1))
    (batch,) = close_batches(alone, str(landed.folder), stable_after_s=0)
    register_batch(alone, batch.key)
    entry = collect_anchors(alone, batch.key, extractors=FILES)
    assert entry.tables["anchors"] == landed.collect().tables["anchors"]


def test_nothing_new_publishes_nothing(landed: Landed) -> None:
    assert landed.collect() == landed.collect()


def test_better_extractor_recomputes_only_itself(
    landed: Landed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    landed.collect()
    monkeypatch.setenv("DATACLAW_OPENED_LOG", str(tmp_path / "opened"))
    better = Strokes()
    better.version = f"{Strokes.version}+"
    entry = landed.collect((Pictures(), better, Declared()))
    assert entry.counts["scanned"] == 0
    assert not (tmp_path / "opened").exists()
    versions = {
        (anchor.extractor, anchor.extractor_version)
        for anchors in read_anchors(landed.home, landed.batch).values()
        for anchor in anchors
    }
    assert versions == {("pictures", Pictures.version), ("strokes", better.version), ("mine", "1")}


def test_stream_is_opened_once_and_then_never(
    landed: Landed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATACLAW_OPENED_LOG", str(tmp_path / "opened"))
    entry = landed.collect((ShotsExtractor(),))
    assert entry.counts["scanned"] == 1
    assert (tmp_path / "opened").read_text().count("v.mp4") == 1
    (tmp_path / "opened").unlink()
    again = landed.collect((ShotsExtractor(), Strokes()))
    assert again.counts["scanned"] == 0
    assert not (tmp_path / "opened").exists()


def land(folder: Path, landing: Path, workers: int) -> Landed:
    """A home whose batch is what lies in a folder."""
    home = Home(FolderStore(folder / "home"), folder / "scratch", Settings(workers=workers))
    (batch,) = close_batches(home, str(landing), stable_after_s=0)
    register_batch(home, batch.key)
    return Landed(home, batch.key, landing)


@pytest.fixture
def filmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Landed:
    """A batch of one video of two shots, whose shots, rests and keyframes are known; from then on the media
    that are opened are noted."""
    (tmp_path / "films").mkdir()
    write_clip(tmp_path / "films" / "v.mp4", [paint_scene(step // 20, step) for step in range(40)], 25.0)
    filmed = land(tmp_path, tmp_path / "films", workers=1)
    filmed.collect((ShotsExtractor(), StableExtractor(), KeyframesExtractor()))
    monkeypatch.setenv("DATACLAW_OPENED_LOG", str(tmp_path / "opened"))
    return filmed


def list_versions(landed: Landed) -> set[tuple[str, str]]:
    return {
        (anchor.extractor, anchor.extractor_version)
        for anchors in read_anchors(landed.home, landed.batch).values()
        for anchor in anchors
    }


def test_better_second_look_starts_from_what_the_scan_found(filmed: Landed, tmp_path: Path) -> None:
    better = KeyframesExtractor()
    better.version = "better"
    entry = filmed.collect((ShotsExtractor(), StableExtractor(), better))
    assert entry.counts["kinds"] == {"cut": 1, "shot": 2, "keyframe": 2}
    assert list_versions(filmed) == {("shots", ShotsExtractor.version), ("keyframes", "better")}
    assert (tmp_path / "opened").read_text().count("v.mp4") == 1


def test_better_shots_are_looked_at_again(
    filmed: Landed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests = sorted((tmp_path / "home").glob("cache/anchors/stable-*/*/*"))
    read_at = [path.stat().st_mtime_ns for path in rests]
    monkeypatch.setattr(ShotsExtractor, "version", "better")
    entry = filmed.collect((ShotsExtractor(), StableExtractor(), KeyframesExtractor()))
    assert entry.counts["kinds"] == {"cut": 1, "shot": 2, "keyframe": 2}
    assert (tmp_path / "opened").read_text().count("v.mp4") == 2
    assert len(list((tmp_path / "home").glob("cache/anchors/keyframes-*/*/*"))) == 2
    assert [path.stat().st_mtime_ns for path in rests] == read_at


def test_videos_give_the_same_bytes_on_any_number_of_workers(tmp_path: Path) -> None:
    (tmp_path / "films").mkdir()
    for number in (1, 2):
        pictures = [paint_scene(number + step // 20, 2.0 * step) for step in range(40)]
        write_clip(tmp_path / "films" / f"{number}.mp4", pictures, 25.0)
    every = list_extractors(Settings())
    entries = [land(tmp_path / str(count), tmp_path / "films", count).collect(every) for count in (1, 2)]
    assert entries[0].tables["anchors"] == entries[1].tables["anchors"]
    assert {"container", "cut", "shot", "motion", "keyframe"} <= set(entries[0].counts["kinds"])


def test_source_that_fails_costs_no_other(landed: Landed) -> None:
    (landed.folder / "1.png").write_bytes(b"gone bad since it was registered")
    entry = landed.collect()
    assert entry.verdict == "published"
    assert entry.counts["kinds"] == {"dog": 1, "label": 2, "picture": 1, "stroke": 2}
    (row,) = landed.home.read_entry(entry, "unread", Unread)
    assert (row.step, row.reason) == ("pictures", "not_an_image")


def test_reading_that_is_killed_at_its_deadline_is_a_row(landed: Landed) -> None:
    hasty = replace(landed.home, settings=Settings(workers=1, source_deadline_s=0.0))
    entry = collect_anchors(hasty, landed.batch, extractors=(Pictures(),))
    rows = landed.home.read_entry(entry, "unread", Unread)
    assert [row.reason for row in rows] == ["deadline", "deadline"]
    patient = landed.collect((Pictures(),))
    assert (patient.seq, patient.counts["unread"], patient.counts["kinds"]) == (2, 0, {"picture": 2})


def test_what_was_left_out_is_noted_also_from_the_cache(landed: Landed) -> None:
    first = landed.collect()
    second = landed.collect((Pictures(), Declared()))
    assert first.tables["notes"] == second.tables["notes"]
    assert first.tables["notes"] != landed.collect((Pictures(),)).tables["notes"]


def test_scratch_is_left_clean(landed: Landed) -> None:
    landed.collect()
    assert list((landed.home.scratch / "reading").iterdir()) == []


def test_progress_counts_every_source_that_is_read(landed: Landed) -> None:
    seen: list[tuple[int, int]] = []
    collect_anchors(
        landed.home, landed.batch, lambda what, done, total: seen.append((done, total)), extractors=FILES
    )
    assert sorted(seen) == [(number, 4) for number in range(1, 5)]


def test_batch_that_is_not_registered_is_missing_upstream(landed: Landed) -> None:
    with pytest.raises(UpstreamMissing, match="raw_sources"):
        collect_anchors(landed.home, "nowhere")


def test_one_file_gives_its_facts_without_a_home(landed: Landed) -> None:
    source, anchors = anchors_of_file(landed.folder / "1.png", settings=Settings(workers=1))
    assert source.kind == "image"
    assert {anchor.kind for anchor in anchors} == {"picture", "dog"}


def test_file_of_several_sources_gives_the_one_asked_for(landed: Landed) -> None:
    _, anchors = anchors_of_file(landed.folder / "d.ndjson", 1, Settings(workers=1))
    assert [anchor.text for anchor in anchors if anchor.kind == "label"] == [
        "The drawing's file calls it “bar”."
    ]


def test_file_that_cannot_be_read_is_the_users_mistake(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("no video")
    with pytest.raises(InputError, match=r"a\.mp4"):
        anchors_of_file(tmp_path / "a.mp4", settings=Settings(workers=1))
