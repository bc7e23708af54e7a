"""A decoder that hangs, crashes its process or eats memory costs one row with its reason, nothing else."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path

import numpy as np
import pytest

from dataclaw_assets.factual_anchors.collect import collect_anchors, read_anchors
from dataclaw_assets.factual_anchors.extractors.container import ContainerExtractor
from dataclaw_assets.factual_anchors.extractors.contract import FrameView
from dataclaw_assets.factual_anchors.extractors.declared import Declared
from dataclaw_assets.factual_anchors.reading import SCAN, Unread
from dataclaw_assets.raw_sources.batches import close_batches
from dataclaw_assets.raw_sources.register import register_batch, registered_sources
from dataclaw_assets.records import Anchor, Json, Source
from resources.home import Home
from resources.ledger import Entry
from resources.media import write_clip
from resources.settings import Settings
from resources.store import FolderStore

DEADLINE_S, MEMORY_MB = 10.0, 3000


class Faulty:
    """Stands where a decoder is: it sees three frames, then does what the video's name says."""

    name = "faulty"
    version = "1"

    def applies(self, source: Source) -> bool:
        """To every video."""
        return source.stream is not None

    def params(self, source: Source) -> Json:
        """None."""
        return {}

    def begin(self, source: Source) -> FaultyWatcher:
        """A watcher that knows its fault."""
        return FaultyWatcher(source.name.removesuffix(".mp4"))


class FaultyWatcher:
    """Fails at the fourth frame."""

    def __init__(self, fault: str) -> None:
        self.fault = fault

    def see(self, view: FrameView) -> None:
        """Fail in earnest."""
        if view.index < 3:
            return
        if self.fault == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if self.fault == "exit":
            os._exit(3)
        if self.fault == "hang":
            threading.Event().wait()
        if self.fault == "hunger":
            eaten = []
            while True:
                eaten.append(np.ones(64 * 1024**2, np.uint8))

    def finish(self) -> list[Anchor]:
        """Nothing of its own."""
        return []


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str, Entry]:
    """Six videos, four of which are too much for a reader, and their collected anchors."""
    folder = tmp_path_factory.mktemp("faults")
    (folder / "landing").mkdir()
    for number, name in enumerate(("crash", "exit", "good", "hang", "hunger", "sound")):
        pictures = [np.full((48, 64, 3), 40 * number + step, np.uint8) for step in range(10)]
        write_clip(folder / "landing" / f"{name}.mp4", pictures, 10.0)
        fact = {"kind": "note", "text": f"A fact of {name}.", "extractor": "mine"}
        (folder / "landing" / f"{name}.anchors.jsonl").write_text(json.dumps(fact))
    settings = Settings(workers=2, source_deadline_s=DEADLINE_S, source_memory_mb=MEMORY_MB)
    home = Home(FolderStore(folder / "home"), folder / "scratch", settings)
    (batch,) = close_batches(home, str(folder / "landing"), stable_after_s=0)
    register_batch(home, batch.key)
    entry = collect_anchors(home, batch.key, extractors=(ContainerExtractor(), Faulty(), Declared()))
    return home, batch.key, entry


def test_each_fault_is_one_row_with_its_reason(collected: tuple[Home, str, Entry]) -> None:
    home, batch, entry = collected
    names = {source.source_id: source.name for source in registered_sources(home, batch)}
    rows = [(names[row.source_id], row.step, row.reason) for row in home.read_entry(entry, "unread", Unread)]
    assert sorted(rows) == [
        ("crash.mp4", SCAN, "reader_crashed"),
        ("exit.mp4", SCAN, "reader_crashed"),
        ("hang.mp4", SCAN, "deadline"),
        ("hunger.mp4", SCAN, "memory"),
    ]


def test_the_signal_that_ended_a_reader_is_told(collected: tuple[Home, str, Entry]) -> None:
    home, _, entry = collected
    details = {row.detail for row in home.read_entry(entry, "unread", Unread)}
    assert f"the reading process ended with {-signal.SIGSEGV}" in details


def test_the_other_videos_have_all_their_facts(collected: tuple[Home, str, Entry]) -> None:
    home, batch, entry = collected
    assert entry.verdict == "published"
    anchors = read_anchors(home, batch)
    names = {source.source_id: source.name for source in registered_sources(home, batch)}
    found = {names[source_id]: {one.kind for one in of_one} for source_id, of_one in anchors.items()}
    assert {name for name, kinds in found.items() if "container" in kinds} == {"good.mp4", "sound.mp4"}


def test_a_video_keeps_what_was_read_before_its_decoder_failed(collected: tuple[Home, str, Entry]) -> None:
    home, batch, _ = collected
    facts = [
        one.text for of_one in read_anchors(home, batch).values() for one in of_one if one.kind == "note"
    ]
    assert len(facts) == 6


def test_another_run_tries_what_failed_and_only_that(
    collected: tuple[Home, str, Entry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, batch, _ = collected
    monkeypatch.setenv("DATACLAW_OPENED_LOG", str(tmp_path / "opened"))
    entry = collect_anchors(home, batch, extractors=(ContainerExtractor(), Declared()))
    assert entry.counts["unread"] == 0
    opened = [Path(line).name for line in (tmp_path / "opened").read_text().splitlines()]
    assert sorted(opened) == ["crash.mp4", "exit.mp4", "hang.mp4", "hunger.mp4"]
