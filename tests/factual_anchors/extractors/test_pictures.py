"""Picture anchors: size as displayed, a hash that follows looks, sharpness, colours, the camera's record."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter
from PIL.TiffImagePlugin import IFDRational

from dataclaw_assets.anchor_values import CaptureValue, PictureValue
from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.pictures import Pictures, palette
from dataclaw_assets.records import Source


def draw_noise(width: int = 160, height: int = 120) -> Image.Image:
    rng = np.random.default_rng(5)
    coarse = Image.fromarray(rng.integers(0, 255, (12, 16, 3), dtype=np.uint8))
    return coarse.resize((width, height), Image.Resampling.BICUBIC)


def make_source(path: Path) -> Source:
    return Source(
        source_id="s", kind="image", format="image", uri=path.as_uri(), name=path.name, batch="b", bytes=1,
        mtime_ns=1, width=120, height=160, status="registered",
    )  # fmt: skip


def read_value(path: Path) -> PictureValue:
    (anchor,) = Pictures().extract(make_source(path), lambda uri: path)
    assert isinstance(anchor.value, PictureValue)
    return anchor.value


def test_size_is_after_the_camera_turned_it(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    draw_noise().save(tmp_path / "a.jpg", exif=exif)
    value = read_value(tmp_path / "a.jpg")
    assert (value.width, value.height) == (120, 160)


def test_anchor_is_measured_and_covers_the_picture(tmp_path: Path) -> None:
    draw_noise().save(tmp_path / "a.png")
    (anchor,) = Pictures().extract(make_source(tmp_path / "a.png"), lambda uri: tmp_path / "a.png")
    assert (anchor.kind, anchor.basis, anchor.region) == ("picture", "measured", (0.0, 0.0, 160.0, 120.0))
    assert "160×120" in anchor.text


def test_recompressed_picture_keeps_its_hash_nearly(tmp_path: Path) -> None:
    draw_noise().save(tmp_path / "a.png")
    draw_noise().resize((320, 240)).save(tmp_path / "b.jpg", quality=60)
    first, second = (int(read_value(tmp_path / name).dhash, 16) for name in ("a.png", "b.jpg"))
    assert (first ^ second).bit_count() <= 3


def test_blur_lowers_sharpness(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    image = Image.fromarray(rng.integers(0, 255, (120, 160, 3), dtype=np.uint8))
    image.save(tmp_path / "a.png")
    image.filter(ImageFilter.GaussianBlur(3)).save(tmp_path / "b.png")
    assert read_value(tmp_path / "b.png").sharpness < read_value(tmp_path / "a.png").sharpness / 10


def test_palette_names_the_colours_by_area() -> None:
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[:] = (255, 0, 0)
    picture[:25] = (0, 0, 255)
    assert palette(picture) == ("#ff0000", "#0000ff")


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 2)])
def test_odd_shapes_are_measured(size: tuple[int, int], tmp_path: Path) -> None:
    Image.new("L", size, 90).save(tmp_path / "a.png")
    value = read_value(tmp_path / "a.png")
    assert (value.width, value.height) == size
    assert value.palette == ("#5a5a5a",)


def test_broken_image_is_unreadable(tmp_path: Path) -> None:
    draw_noise().save(tmp_path / "a.png")
    (tmp_path / "a.png").write_bytes((tmp_path / "a.png").read_bytes()[:200])
    with pytest.raises(UnreadableSource, match="not_an_image"):
        read_value(tmp_path / "a.png")


def save_photo(path: Path) -> None:
    """A picture with a camera's record of the time, the place and the orientation."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = "2021:05:06 10:20:30"
    place = {1: "S", 2: (IFDRational(33), IFDRational(30), IFDRational(0))}
    exif.get_ifd(0x8825).update({**place, 3: "E", 4: (IFDRational(151), IFDRational(0), IFDRational(36))})
    draw_noise().save(path, exif=exif)


def test_record_of_the_camera_is_an_anchor_of_its_own(tmp_path: Path) -> None:
    save_photo(tmp_path / "a.jpg")
    _, anchor = Pictures().extract(make_source(tmp_path / "a.jpg"), lambda uri: tmp_path / "a.jpg")
    assert (anchor.kind, anchor.basis, anchor.start_s, anchor.region) == ("capture", "recorded", None, None)
    assert anchor.value == CaptureValue(taken_at="2021-05-06T10:20:30", orientation=6)
    assert anchor.text == "The camera's own record says it was taken on 2021-05-06 at 10:20:30."


def test_place_is_there_only_when_asked_for(tmp_path: Path) -> None:
    save_photo(tmp_path / "a.jpg")
    asking = Pictures(keep_location=True)
    _, anchor = asking.extract(make_source(tmp_path / "a.jpg"), lambda uri: tmp_path / "a.jpg")
    assert isinstance(anchor.value, CaptureValue)
    assert (anchor.value.latitude, anchor.value.longitude) == (-33.5, 151.01)


def test_asking_for_the_place_is_another_cache_entry(tmp_path: Path) -> None:
    source = make_source(tmp_path / "a.jpg")
    assert Pictures().params(source) != Pictures(keep_location=True).params(source)
