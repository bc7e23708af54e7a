"""QuickDraw files become a source per drawing; what is not one is a row that says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dataclaw_assets.raw_sources.formats.drawing import quickdraw
from dataclaw_assets.raw_sources.readers.contract import member_id
from dataclaw_assets.records import Source

Register = Callable[[], dict[str, Source]]

SIMPLE = [[[0, 100], [0, 50]], [[10, 20, 30], [5, 5, 5]]]
TIMED = [[[0, 100], [0, 50], [40, 140]], [[10, 20], [5, 5], [240, 540]]]


def row(drawing: Any, word: Any = "cat") -> str:
    return json.dumps({"word": word, "key_id": "1", "drawing": drawing})


def test_ndjson_gives_a_source_per_drawing(register: Register, landing: Path) -> None:
    (landing / "cats.ndjson").write_text(row(SIMPLE) + "\n\n" + row(TIMED, "dog") + "\n")
    rows = register()
    assert [(name, source.member, source.tags) for name, source in rows.items()] == [
        ("cats.ndjson #0", 0, ("word:cat",)),
        ("cats.ndjson #1", 1, ("word:dog",)),
    ]
    first = rows["cats.ndjson #0"]
    assert (first.kind, first.format, first.width, first.height) == ("drawing", "quickdraw", 512, 512)
    assert first.stream is None


def test_member_ids_come_from_the_file(register: Register, landing: Path) -> None:
    import hashlib

    (landing / "cats.ndjson").write_text(row(SIMPLE))
    (source,) = register().values()
    file_id = hashlib.sha256((landing / "cats.ndjson").read_bytes()).hexdigest()
    assert source.source_id == member_id(file_id, 0)


def test_a_large_drawing_is_a_row_of_its_own(register: Register, landing: Path) -> None:
    many = list(range(quickdraw.MAX_POINTS + 1))
    (landing / "cats.ndjson").write_text(row([[many, many]]) + "\n" + row(SIMPLE))
    rows = register()
    assert rows["cats.ndjson"].reason == "too_large: a drawing of more than 10000 points"
    assert rows["cats.ndjson"].member == 0
    assert rows["cats.ndjson #1"].status == "registered"


def test_a_document_about_a_drawing_is_not_one(register: Register, landing: Path) -> None:
    (landing / "page.json").write_text('{"drawing": "cat.png"}')
    assert register()["page.json"].reason == "no_reader: JSON document"
