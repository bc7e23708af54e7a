"""Pictures for a prompt: which moments, the right frames of real files, and a bad file that costs itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataclaw_assets.anchor_values import KeyframeValue
from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.records import Anchor, Source
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.frames import Wanted, choose_times, read_pictures, take_pictures
from resources.media import write_clip
from resources.settings import Settings
from tests.builders import make_anchor, make_drawing, make_film, make_source

SETTINGS = Settings(workers=1)


def make_context(source: Source, anchors: list[Anchor]) -> SourceContext:
    return SourceContext(source, tuple(anchors), SETTINGS)


def make_resting(source: Source, times: list[float], of: str = "state") -> list[Anchor]:
    """Moments at which a screen rests."""
    return [
        make_anchor(
            source,
            KeyframeValue.model_validate(
                {"of": of, "time_s": time_s, "frame": 1, "sharpness": 1.0, "dhash": "0"}
            ),
            "keyframe",
            time_s,
            time_s,
        )
        for time_s in times
    ]


def make_clip(folder: Path) -> Source:
    """Two seconds that grow lighter with every frame, registered as they lie there."""
    path = folder / "clip.mp4"
    write_clip(path, (np.full((90, 160, 3), 20 + 4 * n, np.uint8) for n in range(50)), 25.0)
    return place(make_source(duration_s=2.0), path)


def make_image(folder: Path) -> Source:
    path = folder / "image.png"
    Image.new("RGB", (640, 320), (200, 10, 10)).save(path)
    return place(make_source("image"), path).model_copy(update={"stream": None})


def place(source: Source, path: Path) -> Source:
    """A source as it is registered when its file lies at a path."""
    stat = path.stat()
    stream = source.stream.model_copy(update={"uri": path.as_uri()}) if source.stream else None
    changes = {"uri": path.as_uri(), "stream": stream, "bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    return source.model_copy(update=changes)


def test_a_film_is_seen_once_in_each_of_equal_parts() -> None:
    assert choose_times(make_context(make_source(), []), 4) == (5.0, 15.0, 25.0, 35.0)


def test_the_picture_that_names_a_moment_is_taken_where_there_is_one() -> None:
    source = make_source()
    assert choose_times(make_context(source, make_film(source)), 8)[0] == 2.63


def test_a_screen_is_seen_where_it_rests() -> None:
    source = make_source("gui_trace")
    assert choose_times(make_context(source, make_resting(source, [3.0, 1.0, 30.0])), 8) == (1.0, 3.0, 30.0)


def test_of_many_resting_screens_as_many_as_asked_for_are_seen() -> None:
    source = make_source("gui_trace")
    times = choose_times(make_context(source, make_resting(source, [float(n) for n in range(40)])), 4)
    assert times == (5.0, 15.0, 25.0, 35.0)


def test_a_screen_of_which_nothing_is_known_is_seen_at_equal_distances() -> None:
    assert choose_times(make_context(make_source("gui_trace"), []), 2) == (10.0, 30.0)


@pytest.mark.parametrize("count", [0, 4])
def test_a_drawing_has_no_pictures(count: int, tmp_path: Path) -> None:
    source = make_source("drawing")
    assert take_pictures([make_context(source, make_drawing(source))], tmp_path, count, 448) == [()]


def test_the_frames_are_those_of_the_times_asked_for(tmp_path: Path) -> None:
    shown = read_pictures(Wanted(make_clip(tmp_path), (0.5, 1.5), 80, tmp_path))
    assert [item.time_s for item in shown] == pytest.approx([0.48, 1.48], abs=0.03)
    assert [item.picture.shape for item in shown] == [(44, 80, 3)] * 2
    assert [item.picture.mean() for item in shown] == pytest.approx([20 + 4 * 12, 20 + 4 * 37], abs=6)


def test_a_frame_that_stays_on_screen_is_shown_once(tmp_path: Path) -> None:
    assert len(read_pictures(Wanted(make_clip(tmp_path), (0.501, 0.502), 80, tmp_path))) == 1


def test_an_image_is_shown_small_and_without_a_time(tmp_path: Path) -> None:
    [shown] = read_pictures(Wanted(make_image(tmp_path), (), 64, tmp_path))
    assert shown.time_s is None
    assert shown.picture.shape == (32, 64, 3)


def test_a_file_that_is_not_the_registered_one_is_refused(tmp_path: Path) -> None:
    source = make_clip(tmp_path).model_copy(update={"bytes": 5})
    with pytest.raises(UnreadableSource, match="source_changed"):
        read_pictures(Wanted(source, (0.5,), 80, tmp_path))


def test_each_source_has_its_pictures_or_its_reason(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(b"\0\0\0\x18ftypmp42" + b"x" * 500)
    sources = [
        make_clip(tmp_path),
        place(make_source(), damaged),
        make_source(name="nowhere.mp4"),
        make_image(tmp_path),
        make_source("drawing"),
    ]
    contexts = [make_context(source, []) for source in sources]
    clip, broken, missing, image, drawing = take_pictures(contexts, tmp_path, 4, 64)
    assert not isinstance(clip, UnreadableSource)
    assert not isinstance(image, UnreadableSource)
    assert len(clip) == 4
    assert len(image) == 1
    assert isinstance(broken, UnreadableSource)
    assert isinstance(missing, UnreadableSource)
    assert missing.reason == "missing"
    assert drawing == ()
