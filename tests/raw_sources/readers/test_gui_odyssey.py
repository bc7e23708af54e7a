"""GUI-Odyssey folders: told by content, one source an episode, pictures found by name and never followed."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.readers.gui_odyssey import GuiOdysseyReader
from dataclaw_assets.raw_sources.readers.stepped import episode_of
from tests.raw_sources.readers.landed import claim_folder, read_claimed, read_folder

READER = GuiOdysseyReader()


def write_png(path: Path, width: int = 54, height: int = 120, shade: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (width, height), shade).save(path, format="PNG")


def write_episode(root: Path, name: str, **more: Any) -> Path:
    steps = [
        {"step": index, "screenshot": f"{name}_{index}.png", "action": "CLICK", "info": [[100, 100]]}
        for index in range(3)
    ]
    document = {
        "episode_id": name,
        "device_info": {"w": 1080, "h": 2400, "device_name": "Pixel 7 Pro"},
        "task_info": {"category": "General_Tool", "app": ["Clock", "Tasks"], "instruction": "Set an alarm."},
        "step_length": 3,
        "steps": steps,
    }
    path = root / "annotations" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document | more))
    return path


@pytest.fixture
def dataset(landing: Path) -> Path:
    root = landing / "odyssey"
    for shade, name in enumerate(("11", "22")):
        write_episode(root, name)
        for index in range(3):
            write_png(root / "screenshots" / f"{name}_{index}.png", shade=10 * shade + index)
    return root


def paths_of(landing: Path) -> list[list[str]]:
    return [[file.path for file in unit.files] for unit in claim_folder(READER, landing)]


def test_every_episode_is_one_source(dataset: Path, landing: Path) -> None:
    rows = read_folder(READER, landing)
    assert sorted(rows) == ["11.json", "22.json"]
    row = rows["11.json"]
    assert (row.kind, row.format, row.status) == ("gui_trace", "gui-odyssey", "registered")
    assert (row.width, row.height, row.stream and row.stream.frames) == (1080, 2400, 3)


def test_its_log_is_its_events(dataset: Path, landing: Path) -> None:
    row = read_folder(READER, landing)["11.json"]
    (sidecar,) = [found for found in row.sidecars if found.role == "events"]
    assert sidecar.uri == row.uri


def test_tags_say_what_its_times_are_and_what_it_is_of(dataset: Path, landing: Path) -> None:
    assert read_folder(READER, landing)["11.json"].tags == (
        "times:steps",
        "steps:3",
        "screens:3",
        "device:Pixel 7 Pro",
        "category:General_Tool",
        "app:Clock",
        "app:Tasks",
    )


def test_an_episode_takes_its_own_pictures(dataset: Path, landing: Path) -> None:
    assert paths_of(landing)[0] == [
        "odyssey/annotations/11.json",
        "odyssey/screenshots/11_0.png",
        "odyssey/screenshots/11_1.png",
        "odyssey/screenshots/11_2.png",
    ]


def test_pictures_in_folders_of_the_archive_are_found(dataset: Path, landing: Path) -> None:
    (dataset / "screenshots" / "part_1").mkdir()
    (dataset / "screenshots" / "11_1.png").rename(dataset / "screenshots" / "part_1" / "11_1.png")
    assert "screens:3" in read_folder(READER, landing)["11.json"].tags


def test_an_episode_beside_its_pictures_is_found(landing: Path) -> None:
    write_episode(landing, "33").rename(landing / "33.json")
    write_png(landing / "33_0.png")
    assert paths_of(landing) == [["33.json", "33_0.png"]]


def test_names_with_spaces_are_found(landing: Path) -> None:
    write_episode(landing / "my data", "a b")
    write_png(landing / "my data" / "screenshots" / "a b_0.png")
    assert "screens:1" in read_folder(READER, landing)["a b.json"].tags


def test_its_id_is_of_all_its_files(dataset: Path, landing: Path) -> None:
    before = read_folder(READER, landing)["11.json"].source_id
    write_png(dataset / "screenshots" / "11_1.png", shade=99)
    assert read_folder(READER, landing)["11.json"].source_id != before


def test_its_id_is_not_of_its_place(dataset: Path, landing: Path) -> None:
    before = read_folder(READER, landing)["11.json"].source_id
    dataset.rename(landing / "moved")
    assert read_folder(READER, landing)["11.json"].source_id == before


def test_a_missing_picture_does_not_cost_the_episode(dataset: Path, landing: Path) -> None:
    (dataset / "screenshots" / "11_1.png").unlink()
    row = read_folder(READER, landing)["11.json"]
    assert (row.status, row.tags[:3]) == ("registered", ("times:steps", "steps:3", "screens:2"))


@pytest.mark.parametrize("data", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n"])
def test_a_damaged_picture_does_not_cost_the_episode(dataset: Path, landing: Path, data: bytes) -> None:
    (dataset / "screenshots" / "11_1.png").write_bytes(data)
    assert "screens:2" in read_folder(READER, landing)["11.json"].tags


@pytest.mark.parametrize("side", [12_000, 30_000, 2**31 - 1])
def test_a_picture_too_large_to_decode_is_left_out(dataset: Path, landing: Path, side: int) -> None:
    header = b"IHDR" + struct.pack(">II", side, side) + bytes((8, 0, 0, 0, 0))
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    (dataset / "screenshots" / "11_1.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk + bytes(40))
    assert "screens:2" in read_folder(READER, landing)["11.json"].tags


@pytest.mark.parametrize("path", ["../../secret.png", "/secret.png", "https://127.0.0.1/secret.jpg"])
def test_a_picture_elsewhere_is_not_taken(landing: Path, path: str) -> None:
    write_png(landing / "secret.png")
    write_episode(landing / "odyssey", "11", steps=[{"step": 0, "screenshot": path, "action": "BACK"}])
    assert paths_of(landing) == [["odyssey/annotations/11.json"]]


def test_two_episodes_of_the_same_pictures_are_both_read(dataset: Path, landing: Path) -> None:
    (dataset / "annotations" / "99.json").write_bytes((dataset / "annotations" / "11.json").read_bytes())
    rows = read_folder(READER, landing)
    assert ("screens:3" in rows["11.json"].tags, "screens:0" in rows["99.json"].tags) == (True, True)


@pytest.mark.parametrize("steps", [[], None, "CLICK"])
def test_an_episode_without_steps_is_rejected(landing: Path, steps: Any) -> None:
    write_episode(landing, "11", steps=steps)
    (unit,) = claim_folder(READER, landing)
    with pytest.raises(UnreadableSource, match="no_steps"):
        read_claimed(READER, unit, landing)


@pytest.mark.parametrize("text", ["[]", "{}", '{"steps": []}', "{", "[" * 100_000, "7"])
def test_other_json_is_not_claimed(dataset: Path, landing: Path, text: str) -> None:
    (dataset / "annotations" / "11.json").write_text(text)
    assert [paths[0] for paths in paths_of(landing)] == ["odyssey/annotations/22.json"]


@pytest.mark.parametrize("junk", [None, 7, [], "text", {"app": "Clock", "w": "wide"}])
def test_odd_facts_of_device_and_task_cost_only_themselves(landing: Path, junk: Any) -> None:
    write_episode(landing, "11", device_info=junk, task_info=junk)
    write_png(landing / "screenshots" / "11_0.png")
    row = read_folder(READER, landing)["11.json"]
    assert (row.width, row.height, row.tags) == (54, 120, ("times:steps", "steps:3", "screens:1"))


@pytest.mark.parametrize(
    ("path", "episode"),
    [
        ("d/screenshots/11_0.png", "d/annotations/11.json"),
        ("d/screenshots/part/11_0.png", "d/annotations/11.json"),
        ("e/11_0.png", "e/11.json"),
        ("d/screenshots/12_0.png", None),
        ("d/screenshots/11_a.png", None),
        ("d/screenshots/11.png", None),
        ("d/annotations/11.json", None),
    ],
)
def test_pictures_are_kept_with_their_episode_by_name(path: str, episode: str | None) -> None:
    assert episode_of(path, {"d/annotations/11.json", "e/11.json"}) == episode
