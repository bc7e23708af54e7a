"""An extractor that fails in the scan costs its own facts and no other's."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataclaw_assets.factual_anchors.extractors.container import ContainerExtractor
from dataclaw_assets.factual_anchors.extractors.contract import FrameView, StreamExtractor, Watcher
from dataclaw_assets.factual_anchors.extractors.shots import ShotsExtractor
from dataclaw_assets.factual_anchors.reading import Job, read_job
from dataclaw_assets.factual_anchors.scan import scan_stream
from dataclaw_assets.records import Anchor, Json, Source
from tests.factual_anchors.made_videos import make_video, paint_scene


class Breaking:
    """Divides by zero at its third frame."""

    name = "breaking"
    version = "1"

    def applies(self, source: Source) -> bool:
        return True

    def params(self, source: Source) -> Json:
        return {}

    def begin(self, source: Source) -> Watcher:
        return self

    def see(self, view: FrameView) -> None:
        _ = 1 / (2 - view.index)

    def finish(self) -> list[Anchor]:
        return []


EXTRACTORS: tuple[StreamExtractor, ...] = (ContainerExtractor(), Breaking(), ShotsExtractor())


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return make_video(tmp_path / "v.mp4", [paint_scene(1)] * 10)


def test_the_others_find_what_they_find_alone(source: Source, tmp_path: Path) -> None:
    job = Job((source,), (EXTRACTORS,), tmp_path, tmp_path, ({},))
    (row,) = read_job(job)
    assert (row.step, row.reason, row.detail) == (
        "breaking", "extractor_failed", "ZeroDivisionError: division by zero",
    )  # fmt: skip
    written = {path.name.split(".")[1] for path in tmp_path.glob("*.parquet")}
    assert written == {"container", "shots"}


def test_alone_it_raises(source: Source, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        scan_stream(source, tmp_path / "v.mp4", EXTRACTORS)
