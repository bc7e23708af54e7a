"""Pictures inside logs: one camera by rule, sizes from headers that may lie."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.raw_sources.formats import pictures
from dataclaw_assets.raw_sources.formats.pictures import (
    Header,
    PictureTrack,
    choose_camera,
    read_header,
    survey_track,
)
from tests.fuzzing import TIMES
from tests.raw_sources.formats.robot.made_pictures import bomb, encode, fat_jpeg


@pytest.mark.parametrize(
    ("names", "camera"),
    [
        ([], None),
        (["image_1", "image_0"], "image_0"),
        (["agentview_depth", "robot0_eye_in_hand_image", "sideview_image"], "sideview_image"),
        (["depth", "wrist_image"], "wrist_image"),
        (["Mask"], "Mask"),
    ],
)
def test_camera_that_shows_the_scene_is_taken(names: list[str], camera: str | None) -> None:
    assert choose_camera(names) == camera


@pytest.mark.parametrize(
    ("data", "header"),
    [
        pytest.param(encode(), Header("jpeg", 16, 8), id="a JPEG"),
        pytest.param(encode(progressive=True), Header("jpeg", 16, 8), id="a progressive JPEG"),
        pytest.param(encode(exif=bytes(60_000)), Header("jpeg", 16, 8), id="a JPEG with a long segment"),
        pytest.param(encode("PNG"), Header("png", 16, 8), id="a PNG"),
        pytest.param(encode("PNG")[:2] + b"\xff\xff" + encode()[2:], None, id="no signature"),
        pytest.param(encode()[:2] + b"\xff\xff" + encode()[2:], Header("jpeg", 16, 8), id="fill bytes"),
        pytest.param(b"\xff\xd8" + b"\xff" * 1_000_000, None, id="fill bytes without end"),
        pytest.param(encode()[:20], None, id="a JPEG cut short"),
        pytest.param(encode("PNG")[:20], None, id="a PNG cut short"),
        pytest.param(encode("GIF"), None, id="a GIF"),
        pytest.param(b"", None, id="nothing"),
        pytest.param(bomb(), None, id="a PNG that swells"),
        pytest.param(fat_jpeg(), None, id="a JPEG that swells"),
    ],
)
def test_header_says_what_is_stored(data: bytes, header: Header | None) -> None:
    assert read_header(data) == header


def test_picture_of_too_many_bytes_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PICTURE_BYTES", 10)
    assert read_header(encode()) is None


def test_track_holds_the_pictures_that_are_like_the_first() -> None:
    shown = [b"?", encode(), encode(width=32), encode("PNG"), bomb(), encode(shade=3)]
    track = survey_track("front", ((float(at), picture) for at, picture in enumerate(shown)))
    assert track == PictureTrack("front", (1.0, 5.0), 16, 8, "jpeg")


def test_track_goes_forward_in_time() -> None:
    track = survey_track("front", ((at, encode()) for at in (0.0, 2.0, 2.0, 1.0, 3.0)))
    assert track is not None
    assert track.times == (0.0, 2.0, 3.0)


def test_camera_without_a_usable_picture_has_no_track() -> None:
    assert survey_track("front", [(0.0, b""), (1.0, b"text")]) is None


@given(
    kind=st.sampled_from(["JPEG", "PNG"]),
    edits=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 700),
)
@settings(max_examples=200 * TIMES, deadline=None)
def test_damaged_header_is_safe_or_none(kind: str, edits: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(encode(kind))
    for at, byte in edits:
        data[at % len(data)] = byte
    header = read_header(bytes(data[:cut]))
    assert header is None or header.width * header.height <= pictures.MAX_PIXELS
