"""Streams put together from what a log holds: a trace's screencast, an episode's screenshots."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.readers.aitz import AitzReader
from dataclaw_assets.raw_sources.readers.playwright import PlaywrightReader
from dataclaw_assets.raw_sources.streams import open_stream
from dataclaw_assets.records import Source
from resources.media import decode, to_picture
from tests.raw_sources.formats.gui.made_traces import body, call, marked, picture, snapshot, write_trace
from tests.raw_sources.readers.landed import read_folder
from tests.raw_sources.readers.test_aitz import NAME, folder  # noqa: F401 - a fixture
from tests.raw_sources.readers.test_playwright import meet


def frames_of(source: Source, scratch: Path) -> list[tuple[float, list[int]]]:
    """Time and middle pixel of every frame of the stream."""
    assert source.stream is not None
    shown = decode(open_stream(source, scratch), source.stream)
    pictures = [(frame.time_s, to_picture(frame.video)) for frame in shown]
    return [
        (time_s, picture[len(picture) // 2, picture.shape[1] // 2].tolist()) for time_s, picture in pictures
    ]


def screencast(*moments: float) -> tuple[list[dict[str, object]], dict[str, bytes]]:
    """Lines and members of pictures on screen from these milliseconds on."""
    frame = {"type": "screencast-frame", "pageId": "page@1", "width": 40, "height": 30}
    shown = [{**frame, "sha1": f"{at}.jpeg", "timestamp": at} for at in moments]
    return shown, {f"resources/{at}.jpeg": picture() for at in moments}


def test_a_screencast_is_the_stream_of_its_trace(tmp_path: Path) -> None:
    shown, files = screencast(1100, 1600, 2000)
    path = write_trace(tmp_path / "trace.zip", *shown, call(1, "click", selector="#a", at=1000), files=files)
    (source,) = PlaywrightReader().read(meet(path), "b1")
    assert (source.width, source.height) == (40, 30)
    found = frames_of(source, tmp_path / "scratch")
    assert [pixel for _, pixel in found] == [[255, 255, 255]] * 3
    assert np.diff([time_s for time_s, _ in found]) == pytest.approx([0.5, 0.4])


def test_a_picture_that_may_show_a_secret_is_grey(tmp_path: Path) -> None:
    shown, files = screencast(1500, 2500, 9000)
    begun, ended = call(1, "fill", selector="#a", value="open sesame")
    left = call(3, "click", selector="#b")
    events = [begun, snapshot(1, body(marked("INPUT", name="token"))), ended, left[0]]
    events += [snapshot(3, body(), url="http://localhost:8000/next"), left[1]]
    path = write_trace(tmp_path / "trace.zip", *shown, *events, files=files)
    (source,) = PlaywrightReader().read(meet(path), "b1")
    white, grey = [255, 255, 255], [128, 128, 128]
    assert [pixel for _, pixel in frames_of(source, tmp_path / "scratch")] == [white, grey, white]


def test_a_trace_without_pictures_has_no_stream(tmp_path: Path) -> None:
    path = write_trace(tmp_path / "trace.zip", call(1, "click", selector="#a"))
    (source,) = PlaywrightReader().read(meet(path), "b1")
    with pytest.raises(UnreadableSource, match="no_video"):
        open_stream(source, tmp_path)


def test_each_screenshot_of_an_episode_is_on_screen_for_a_second(
    folder: Path,  # noqa: F811
    landing: Path,
    tmp_path: Path,
) -> None:
    for index in range(3):
        Image.new("RGB", (27, 60), (80 * index, 0, 0)).save(folder / f"{NAME}_{index}.png")
    (source,) = read_folder(AitzReader(), landing).values()
    assert source.stream is not None
    assert source.stream.duration_s == 3.0
    expected = [(0.0, [0, 0, 0]), (1.0, [80, 0, 0]), (2.0, [160, 0, 0])]
    assert frames_of(source, tmp_path / "scratch") == expected
