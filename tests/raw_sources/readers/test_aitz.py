"""AITZ folders: told by content, one source an episode, as large as its first picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.readers.aitz import AitzReader
from tests.raw_sources.readers.landed import claim_folder, read_claimed, read_folder

READER = AitzReader()
NAME = "GENERAL-77"


@pytest.fixture
def folder(landing: Path) -> Path:
    """One episode as the public archive holds it: three steps and their pictures."""
    made = landing / "test" / "general" / NAME
    made.mkdir(parents=True)
    steps = [
        {
            "episode_id": "77", "episode_length": 3, "step_id": index, "instruction": "Open the clock.",
            "ui_positions": "[]", "ui_text": "[]", "ui_types": "[]",
            "result_action_type": 5, "result_action_text": "",
            "result_touch_yx": "[-1.0, -1.0]", "result_lift_yx": "[-1.0, -1.0]",
            "image_path": f"general/{NAME}/{NAME}_{index}.png",
        }
        for index in range(3)
    ]  # fmt: skip
    (made / f"{NAME}.json").write_text(json.dumps(steps))
    for index in range(3):
        Image.new("L", (27, 60), index).save(made / f"{NAME}_{index}.png")
    return made


def test_an_episode_is_one_source(folder: Path, landing: Path) -> None:
    (row,) = read_folder(READER, landing).values()
    assert (row.name, row.kind, row.format, row.status) == (f"{NAME}.json", "gui_trace", "aitz", "registered")
    assert (row.width, row.height, row.stream and row.stream.frames) == (27, 60, 3)
    assert row.tags == ("times:steps", "steps:3", "screens:3")


def test_its_log_is_its_events(folder: Path, landing: Path) -> None:
    (row,) = read_folder(READER, landing).values()
    assert [found.uri for found in row.sidecars if found.role == "events"] == [row.uri]


def test_its_bytes_are_those_of_all_its_files(folder: Path, landing: Path) -> None:
    (row,) = read_folder(READER, landing).values()
    assert row.bytes == sum(path.stat().st_size for path in folder.iterdir())


def test_other_files_of_the_folder_are_left_alone(folder: Path, landing: Path) -> None:
    Image.new("L", (9, 9)).save(folder / "other.png")
    (unit,) = claim_folder(READER, landing)
    assert [file.path.rsplit("/", 1)[1] for file in unit.files] == [
        f"{NAME}.json",
        f"{NAME}_0.png",
        f"{NAME}_1.png",
        f"{NAME}_2.png",
    ]


def test_a_missing_first_picture_does_not_cost_the_episode(folder: Path, landing: Path) -> None:
    (folder / f"{NAME}_0.png").unlink()
    (row,) = read_folder(READER, landing).values()
    assert (row.status, row.width, row.tags[2]) == ("registered", 27, "screens:2")


def test_without_pictures_the_episode_is_rejected(folder: Path, landing: Path) -> None:
    for path in folder.glob("*.png"):
        path.unlink()
    (unit,) = claim_folder(READER, landing)
    with pytest.raises(UnreadableSource, match="no_screen"):
        read_claimed(READER, unit, landing)


@pytest.mark.parametrize("document", [[], {}, [7], [{"episode_id": "77"}], "steps"])
def test_other_json_is_not_claimed(folder: Path, landing: Path, document: Any) -> None:
    (folder / f"{NAME}.json").write_text(json.dumps(document))
    assert claim_folder(READER, landing) == []


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000])
def test_damaged_json_is_not_claimed(folder: Path, landing: Path, text: str) -> None:
    (folder / f"{NAME}.json").write_text(text)
    assert claim_folder(READER, landing) == []


@pytest.mark.parametrize("path", ["../OTHER_0.png", "/OTHER_0.png", "file:///OTHER_0.png"])
def test_a_picture_of_another_folder_is_not_taken(folder: Path, landing: Path, path: str) -> None:
    Image.new("L", (9, 9)).save(folder.parent / "OTHER_0.png")
    steps = json.loads((folder / f"{NAME}.json").read_text())
    (folder / f"{NAME}.json").write_text(json.dumps([steps[0] | {"image_path": path}]))
    (unit,) = claim_folder(READER, landing)
    assert len(unit.files) == 1
