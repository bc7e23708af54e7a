"""The camera's record: read from every format that has one; nothing hostile or impossible gets through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational, ImageFileDirectory_v2

from dataclaw_assets.anchor_values import CaptureValue
from dataclaw_assets.factual_anchors.extractors.capture import describe_capture, make_capture, read_capture

MAIN = {0x010F: "Canon", 0x0110: "Canon EOS 5D", 0x0112: 6}
DETAIL = {
    0x9003: "2021:05:06 10:20:30",
    0x9011: "+01:00",
    0x829A: IFDRational(1, 200),
    0x829D: IFDRational(28, 10),
    0x8827: 400,
    0x920A: IFDRational(50),
}
PLACE: dict[int, Any] = {
    1: "N",
    2: (IFDRational(48), IFDRational(51), IFDRational(36)),
    3: "W",
    4: (IFDRational(2), IFDRational(30), IFDRational(0)),
}
FULL = CaptureValue(
    taken_at="2021-05-06T10:20:30+01:00", make="Canon", model="Canon EOS 5D", orientation=6, exposure_s=0.005,
    f_number=2.8, iso=400, focal_length_mm=50.0, latitude=48.86, longitude=-2.5,
)  # fmt: skip


def save_photo(path: Path) -> None:
    """A small picture with the full record."""
    image = Image.new("RGB", (40, 20), (10, 90, 200))
    if path.suffix == ".tif":
        tags: Any = ImageFileDirectory_v2()
        for number, value in {**MAIN, 0x8769: DETAIL, 0x8825: PLACE}.items():
            tags[number] = value
        image.save(path, tiffinfo=tags)
        return
    exif = Image.Exif()
    for number, value in MAIN.items():
        exif[number] = value
    exif.get_ifd(0x8769).update(DETAIL)
    exif.get_ifd(0x8825).update(PLACE)
    image.save(path, exif=exif)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.avif"])
def test_record_is_read_from_every_format_that_has_one(tmp_path: Path, name: str) -> None:
    save_photo(tmp_path / name)
    assert read_capture(tmp_path / name, keep_location=True) == FULL


def test_place_is_left_out_unless_asked_for(tmp_path: Path) -> None:
    save_photo(tmp_path / "a.jpg")
    assert read_capture(tmp_path / "a.jpg") == FULL.model_copy(update={"latitude": None, "longitude": None})


def test_picture_without_a_record_has_none(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.jpg")
    assert read_capture(tmp_path / "a.jpg") is None


def test_orientation_alone_is_no_record() -> None:
    assert make_capture({0x0112: 6}, {}, {}) is None


def test_damaged_directory_is_no_record(tmp_path: Path) -> None:
    save_photo(tmp_path / "a.jpg")
    data = bytearray((tmp_path / "a.jpg").read_bytes())
    at = data.index(b"Exif\0\0") + 14
    data[at : at + 60] = b"\xff" * 60
    (tmp_path / "a.jpg").write_bytes(data)
    assert read_capture(tmp_path / "a.jpg", keep_location=True) is None


@pytest.mark.parametrize(
    "text", ["x" * 65, "Ca\nnon", "Ca\x1b[31mnon", "Ca\u202enon", "Ca\u200bnon", "  ", "", b"Canon", 7, None]
)
def test_text_that_is_no_short_printable_name_is_left_out(text: Any) -> None:
    value = make_capture({0x010F: text, 0x0110: "Kept"}, {}, {})
    assert value == CaptureValue(model="Kept")


@pytest.mark.parametrize(("raw", "name"), [("Canon\0\0", "Canon"), ("Zoë".encode().decode("latin-1"), "Zoë")])
def test_text_is_freed_of_padding_and_read_as_utf8(raw: str, name: str) -> None:
    assert make_capture({0x010F: raw}, {}, {}) == CaptureValue(make=name)


@pytest.mark.parametrize("tag", [0x829A, 0x829D, 0x8827, 0x920A])
@pytest.mark.parametrize(
    "raw",
    [IFDRational(0, 0), IFDRational(1, 0), float("nan"), float("inf"), 10**400, 0, -1, 1e9, "5", (), True],
)
def test_number_that_no_camera_can_have_is_left_out(tag: int, raw: Any) -> None:
    assert make_capture({0x0110: "Kept"}, {tag: raw}, {}) == CaptureValue(model="Kept")


@pytest.mark.parametrize(("raw", "iso"), [((800, 0), 800), (65535, None)])
def test_sensitivity_is_the_first_that_is_exact(raw: Any, iso: int | None) -> None:
    assert make_capture({0x0110: "Kept"}, {0x8827: raw}, {}) == CaptureValue(model="Kept", iso=iso)


@pytest.mark.parametrize(
    "raw", ["0000:00:00 00:00:00", "2021:02:30 10:00:00", "2021-05-06 10:20:30", "1300:01:01 00:00:00", 5]
)
def test_time_that_never_was_is_left_out(raw: Any) -> None:
    assert make_capture({0x0110: "Kept"}, {0x9003: raw}, {}) == CaptureValue(model="Kept")


def test_offset_that_makes_no_sense_leaves_the_time() -> None:
    value = make_capture({}, {0x9003: "2021:05:06 10:20:30", 0x9011: "+99:00"}, {})
    assert value == CaptureValue(taken_at="2021-05-06T10:20:30")


@pytest.mark.parametrize(
    "change",
    [
        {1: "X"},
        {1: None},
        {2: (IFDRational(91), IFDRational(0), IFDRational(0))},
        {2: (IFDRational(90), IFDRational(0), IFDRational(1))},
        {2: (IFDRational(0, 0), IFDRational(0), IFDRational(0))},
        {2: (IFDRational(1), IFDRational(2))},
        {4: "2, 30, 0"},
    ],
)
def test_place_that_is_none_is_left_out_whole(change: dict[int, Any]) -> None:
    assert make_capture({0x0110: "Kept"}, {}, {**PLACE, **change}) == CaptureValue(model="Kept")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (
            FULL,
            "on 2021-05-06 at 10:20:30+01:00 with a “Canon EOS 5D” at latitude 48.860000, longitude -2.500000"
            " (1/200 s, f/2.8, ISO 400, 50 mm).",
        ),
        (CaptureValue(make="NIKON", model="D90"), "with a “NIKON D90”."),
        (CaptureValue(make="NIKON"), "with a “NIKON”."),
        (CaptureValue(exposure_s=2.5), "(2.5 s)."),
    ],
)
def test_sentence_says_what_is_known(value: CaptureValue, text: str) -> None:
    assert describe_capture(value) == f"The camera's own record says it was taken {text}"
