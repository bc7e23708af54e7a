"""What a user typed into a password field of a real session is nowhere in the home."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl

from dataclaw_assets.factual_anchors.collect import collect_anchors, read_anchors
from dataclaw_assets.factual_anchors.extractors.actions import Actions
from dataclaw_assets.factual_anchors.extractors.session_elements import SessionElements
from dataclaw_assets.factual_anchors.extractors.session_events import SessionEvents
from dataclaw_assets.raw_sources.batches import close_batches
from dataclaw_assets.raw_sources.register import register_batch
from resources.home import Home
from resources.settings import Settings
from resources.store import FolderStore


def test_a_typed_password_is_nowhere_in_the_home(shared_footage: Path, tmp_path: Path) -> None:
    session = shared_footage / "gui/playwright_dagster_signin_lineage"
    truth = json.loads((session / "truth.json").read_text())
    (secret,) = (one["value"] for one in truth["actions"] if one.get("sensitive"))
    landing = tmp_path / "landing"
    landing.mkdir()
    shutil.copy(session / "trace.zip", landing)
    home = Home(FolderStore(tmp_path / "home"), tmp_path / "home/scratch", Settings(workers=1))
    (batch,) = close_batches(home, str(landing), stable_after_s=0)
    register_batch(home, batch.key)
    collect_anchors(home, batch.key, extractors=(Actions(), SessionEvents(), SessionElements()))
    (anchors,) = read_anchors(home, batch.key).values()
    assert sum(anchor.kind == "action" for anchor in anchors) == truth["user_actions"]
    files = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    tables = [str(pl.read_parquet(path).to_dicts()) for path in files if path.suffix == ".parquet"]
    assert tables
    assert not any(secret in table for table in tables)
    assert not any(secret.encode() in path.read_bytes() for path in files)
