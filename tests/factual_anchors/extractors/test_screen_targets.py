"""Labels under the clicks of a session, read in the pictures that its log holds."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from dataclaw_assets.anchor_values import TargetReadValue
from dataclaw_assets.factual_anchors.extractors.screen_targets import ScreenTargets
from dataclaw_assets.raw_sources.register import read_path
from dataclaw_assets.records import Anchor
from resources.landing import local_path
from resources.settings import Settings
from tests.raw_sources.formats.gui.made_traces import body, call, marked, pointed, snapshot, write_trace

FRAME = {
    "type": "screencast-frame", "pageId": "page@1", "file": "one.jpeg", "width": 800, "height": 600,
    "timestamp": 1500.0,
}  # fmt: skip


def paint(words: str) -> bytes:
    """A button of the screen with these words."""
    image = Image.new("RGB", (800, 600), "white")
    ImageDraw.Draw(image).text((300, 280), words, "black", ImageFont.load_default(30))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=95)
    return file.getvalue()


def click(path: Path, named: str, picture: bytes, tag: str = "BUTTON", **attributes: str) -> list[Anchor]:
    """What is read of a trace with one click on a target of that name."""
    label = [] if tag == "INPUT" else [named]
    element = marked(tag, *label, **attributes)
    write_trace(
        path, FRAME, snapshot(1, body(element)), call(1, "click", at=2000.0, selector="#x"),
        pointed(1, 340, 297, [290, 270, 200, 50]), files={"one.jpeg": picture},
    )  # fmt: skip
    (source,) = read_path(path, path.parent / "scratch", Settings(workers=1))
    return ScreenTargets().extract(source, lambda uri: local_path(uri, path.parent))


def test_the_pixels_say_that_the_log_is_right(tmp_path: Path) -> None:
    (anchor,) = click(tmp_path / "trace.zip", "Save order", paint("Save order"))
    assert isinstance(anchor.value, TargetReadValue)
    assert (anchor.basis, anchor.value.agrees, anchor.value.index) == ("measured", True, 0)


def test_other_words_confirm_nothing(tmp_path: Path) -> None:
    assert click(tmp_path / "trace.zip", "Cancel", paint("Save order")) == []


def test_what_stands_in_a_field_is_not_repeated(tmp_path: Path) -> None:
    attributes = {"type": "text", "aria-label": "Code"}
    assert click(tmp_path / "trace.zip", "Code", paint("482 913"), "INPUT", **attributes) == []


def test_a_damaged_picture_costs_its_own_anchor(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert click(tmp_path / "trace.zip", "Save order", paint("Save order")[:900]) == []
    assert "not_an_image" in caplog.text


def test_labels_of_a_real_session_agree(shared_footage: Path, tmp_path: Path) -> None:
    path = shared_footage / "gui/playwright_dagster_signin_lineage/trace.zip"
    (source,) = read_path(path, tmp_path, Settings(workers=1))
    anchors = ScreenTargets().extract(source, lambda uri: local_path(uri, tmp_path))
    values = [anchor.value for anchor in anchors if isinstance(anchor.value, TargetReadValue)]
    assert [value.name for value in values] == [
        "Keep me signed in", "Sign in", "Open the pipeline", "Search", "Lineage", "price_list", "price_list",
        "Overview",
    ]  # fmt: skip
    assert all(value.agrees for value in values)
