"""Exporting a partition: what is shipped loads, what fails is kept out, and again gives the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dataclaw_assets.errors import UpstreamMissing
from dataclaw_assets.records import Media, Sample, SketchClip, SketchStill
from resources.home import open_home
from resources.ledger import Entry
from resources.media import probe_video, read_image
from tests.validated_exports.builders import (
    BATCH,
    TASK,
    Deployment,
    clip,
    drawing,
    export,
    film,
    folder_of,
    sample,
    sha256_of,
    still,
)


def read_lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Deployment, Entry]:
    """An export of a film and a drawing; tests only read it."""
    folder = tmp_path_factory.mktemp("exported")
    deployment = Deployment(open_home(str(folder / "data")), folder / "landing")
    source, (sketch, anchors) = film(deployment.landing), drawing()
    samples = [
        sample(
            [clip(source, (0.0, 3.0)), still(source, 1.0, "A"), still(source, 2.0, "B")], "Which <video>?"
        ),
        sample([clip(source, (2.0, 5.0))], answer="Not <image> but B"),
        sample([SketchStill(source_id=sketch.source_id, strokes=(0, 1, 2), marks=((0, "A"), (1, "B")))]),
        sample([SketchClip(source_id=sketch.source_id, strokes=(1, 2), seconds_per_stroke=1.0)]),
    ]
    deployment.publish([source, sketch], samples, anchors)
    return deployment, export(deployment)


def test_every_row_of_the_trainer_loads(exported: tuple[Deployment, Entry]) -> None:
    deployment, entry = exported
    folder = folder_of(deployment.home, entry)
    info = json.loads((folder / "dataset_info.json").read_text(encoding="utf-8"))[f"dataclaw_{TASK}"]
    rows = json.loads((folder / info["file_name"]).read_text(encoding="utf-8"))
    assert len(rows) == 4
    for row in rows:
        text = "".join(message["content"] for message in row["messages"])
        assert [message["role"] for message in row["messages"]] == ["user", "assistant"]
        assert text.count("<image>") == len(row["images"])
        assert text.count("<video>") == len(row["videos"])
        assert "<" not in row["messages"][1]["content"]
        assert all(read_image(folder / path).shape[2] == 3 for path in row["images"])
        assert all(probe_video(folder / path).frames >= 24 for path in row["videos"])


def test_the_paper_s_files_agree_with_the_tables(exported: tuple[Deployment, Entry]) -> None:
    deployment, entry = exported
    folder = folder_of(deployment.home, entry)
    ids = [made.sample_id for made in deployment.home.read_entry(entry, "samples", Sample)]
    artifacts = read_lines(folder / "training_artifacts.jsonl")
    assert [row["id"] for row in read_lines(folder / "training_samples.jsonl")] == ids
    assert [row["id"] for row in artifacts] == ids
    assert all((folder / path).is_file() for row in artifacts for path in row["input_image_paths"])
    assert (folder / artifacts[0]["input_video_path"]).is_file()
    assert artifacts[2]["input_video_path"] is None


def test_the_manifest_names_every_file_with_its_hash(exported: tuple[Deployment, Entry]) -> None:
    deployment, entry = exported
    folder = folder_of(deployment.home, entry)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    listed = {file["path"]: (file["sha256"], file["bytes"]) for file in manifest["files"]}
    found = {
        path.relative_to(folder).as_posix(): (
            sha256_of(path.read_bytes()),
            path.stat().st_size,
        )
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert listed == found
    assert manifest["generators"] == [{"backend": "rules", "model": None, "revision": "1", "samples": 4}]
    assert entry.counts["files"] == len(found) + 1


def test_the_readme_has_the_command_and_the_counts(exported: tuple[Deployment, Entry]) -> None:
    deployment, entry = exported
    text = (folder_of(deployment.home, entry) / "README.md").read_text(encoding="utf-8")
    assert "llamafactory-cli train llama_factory_sft.yaml" in text
    assert "4 samples from 2 sources" in text
    assert "**rules**" in text


def test_no_file_of_the_export_names_a_place_on_this_machine(
    exported: tuple[Deployment, Entry],
) -> None:
    deployment, entry = exported
    texts = [path for path in folder_of(deployment.home, entry).iterdir() if path.is_file()]
    assert len(texts) == 12
    assert all(str(deployment.landing.parent) not in path.read_text(encoding="utf-8") for path in texts)


def test_exporting_again_publishes_and_opens_nothing(
    exported: tuple[Deployment, Entry], opened_log: Callable[[], list[str]]
) -> None:
    deployment, entry = exported
    before = len(opened_log())
    assert export(deployment) == entry
    assert len(opened_log()) == before


def test_another_home_gives_the_same_bytes(exported: tuple[Deployment, Entry], tmp_path: Path) -> None:
    deployment, entry = exported
    other = Deployment(open_home(str(tmp_path / "other")), deployment.landing)
    source, (sketch, anchors) = film(deployment.landing), drawing()
    samples = deployment.home.read_entry(entry, "samples", Sample)
    bare = [made.model_copy(update={"gate_results": ()}) for made in samples]
    other.publish([source, sketch], bare, anchors)
    assert export(other).tables == entry.tables


def test_only_ranges_not_cut_before_open_their_source(
    deployment: Deployment, opened_log: Callable[[], list[str]]
) -> None:
    first, second = film(deployment.landing), film(deployment.landing / "b", "second.mp4")
    second = second.model_copy(update={"source_id": "b" * 64})
    kept, added = sample([clip(first, (0.0, 2.0))]), sample([clip(second, (0.0, 2.0))])
    deployment.publish([first, second], [kept])
    assert export(deployment).counts["opened"] == 1
    deployment.publish_samples([kept, added])
    before = len(opened_log())
    assert export(deployment).counts["opened"] == 1
    assert opened_log()[before:] == ["second.mp4"]


def test_a_failed_sample_is_kept_out_with_its_reason(deployment: Deployment) -> None:
    source = film(deployment.landing)
    good, bad = sample([clip(source, (0.0, 2.0))]), sample([clip(source, (1.0, 3.0))], "Bad?")
    deployment.publish([source], [good, bad])
    entry = export(deployment)
    assert [made.sample_id for made in deployment.home.read_entry(entry, "samples", Sample)] == [
        good.sample_id
    ]
    (kept_out,) = deployment.home.read_entry(entry, "quarantine", Sample)
    assert (kept_out.sample_id, kept_out.gate_results[-1].code) == (bad.sample_id, "poor")
    assert entry.counts["rejected"] == {"media:poor": 1}


def test_twins_fall_together(deployment: Deployment) -> None:
    source = film(deployment.landing)
    pair = [
        sample([clip(source, (0.0, 2.0))], "One?", twin_key="t"),
        sample([clip(source, (1.0, 3.0))], "Bad?", twin_key="t"),
    ]
    alone = sample([clip(source, (3.0, 5.0))])
    deployment.publish([source], [*pair, alone])
    entry = export(deployment)
    codes = [made.gate_results[-1].code for made in deployment.home.read_entry(entry, "quarantine", Sample)]
    assert sorted(map(str, codes)) == ["poor", "twin_lost"]
    assert entry.counts["accepted"] == 1


def test_a_changed_source_is_refused_by_name(deployment: Deployment) -> None:
    source = film(deployment.landing)
    deployment.publish([source], [sample([clip(source, (0.0, 2.0))])])
    (deployment.landing / "film.mp4").write_bytes(b"something else")
    entry = export(deployment)
    (kept_out,) = deployment.home.read_entry(entry, "quarantine", Sample)
    assert "source_changed" in kept_out.gate_results[-1].detail
    assert (entry.verdict, entry.reason) == (
        "published",
        "every sample failed after cutting: media:not_cut 1",
    )


def test_a_partition_that_mostly_fails_is_refused(deployment: Deployment) -> None:
    source = film(deployment.landing)
    media: list[Media] = [clip(source, (0.1 * k, 2.0 + 0.1 * k)) for k in range(6)]
    deployment.publish([source], [sample([medium], "Bad?") for medium in media])
    entry = export(deployment)
    assert (entry.verdict, set(entry.tables)) == ("refused", {"quarantine"})
    assert entry.reason == "6 of 6 samples failed after cutting: media:poor 6"
    assert deployment.home.ledger.published("validated_exports", entry.partition) is None
    assert export(deployment) == entry


def test_an_empty_partition_is_published_with_its_reason(deployment: Deployment) -> None:
    deployment.publish([film(deployment.landing)], [])
    entry = export(deployment)
    folder = folder_of(deployment.home, entry)
    assert (entry.verdict, entry.reason) == ("published", "nothing feasible")
    assert json.loads((folder / "llama_factory.json").read_text(encoding="utf-8")) == []
    assert "nothing feasible" in (folder / "README.md").read_text(encoding="utf-8")


def test_without_published_samples_nothing_is_built(deployment: Deployment) -> None:
    with pytest.raises(UpstreamMissing, match="synthesized_samples"):
        export(deployment)
    assert deployment.home.ledger.latest("validated_exports", f"{BATCH}|{TASK}") is None
