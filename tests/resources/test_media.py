"""Decoding keeps the clock of the source, finds the frame on screen, survives damage; signatures differ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.records import Stream
from resources.media import (
    Picture,
    decode,
    distance,
    fit_size,
    probe_video,
    read_image,
    signature,
    to_picture,
    write_clip,
)


def make_grey(level: int) -> Picture:
    return np.full((64, 96, 3), level, np.uint8)


def make_clip(path: Path, levels: list[int], fps: float = 10.0) -> Stream:
    write_clip(path, (make_grey(level) for level in levels), fps)
    probe = probe_video(path)
    return Stream(
        uri=path.as_uri(),
        origin_s=probe.origin_s,
        duration_s=probe.duration_s,
        fps=probe.fps,
        frames=probe.frames,
        codec=probe.codec,
    )


def test_a_probe_counts_frames_and_time(tmp_path: Path) -> None:
    make_clip(tmp_path / "v.mp4", [50] * 30)
    probe = probe_video(tmp_path / "v.mp4")
    assert (probe.frames, probe.width, probe.height, probe.has_audio) == (30, 96, 64, False)
    assert probe.duration_s == pytest.approx(3.0, abs=1e-6)


def test_frames_come_in_order_within_the_range(tmp_path: Path) -> None:
    stream = make_clip(tmp_path / "v.mp4", list(range(0, 240, 8)))
    times = [frame.time_s for frame in decode(tmp_path / "v.mp4", stream, 1.0, 2.0)]
    assert times == pytest.approx([1.0 + 0.1 * place for place in range(10)])


def test_a_stretch_of_a_file_has_a_clock_of_its_own(tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "v.mp4", list(range(0, 240, 8)))
    part = whole.model_copy(update={"origin_s": whole.origin_s + 1.0, "duration_s": 0.5})
    frames = [
        (frame.index, frame.time_s, to_picture(frame.video).mean())
        for frame in decode(tmp_path / "v.mp4", part)
    ]
    assert [index for index, _, _ in frames] == [0, 1, 2, 3, 4]
    assert [time_s for _, time_s, _ in frames] == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])
    assert frames[0][2] == pytest.approx(80, abs=3)


def test_a_text_file_is_not_media(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    path.write_text("no video at all")
    with pytest.raises(UnreadableSource) as caught:
        probe_video(path)
    assert caught.value.reason == "not_media"


def test_a_file_damaged_in_the_middle_gives_the_frames_before(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (40, 64, 96, 3), dtype=np.uint8)
    write_clip(tmp_path / "v.mp4", noise, 10.0)
    data = (tmp_path / "v.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(data[: len(data) * 2 // 3])
    stream = Stream(uri="", origin_s=0.0, duration_s=4.0, fps=10.0, frames=40, codec="h264")
    count = sum(1 for _ in decode(tmp_path / "cut.mp4", stream))
    assert 0 < count < 40


def test_the_same_pictures_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.mp4", "two.mp4"):
        write_clip(tmp_path / name, (make_grey(level) for level in (10, 90, 200)), 12.0)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_an_opened_file_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_clip(tmp_path / "v.mp4", [10, 20])
    monkeypatch.setenv("DATACLAW_OPENED_LOG", str(tmp_path / "log"))
    probe_video(tmp_path / "v.mp4")
    assert (tmp_path / "log").read_text().splitlines() == [str(tmp_path / "v.mp4")]


QUARTERS = np.kron(np.array([[0, 80], [160, 240]], np.uint8), np.ones((16, 32), np.uint8))
"""A picture of four grey quarters, 32 × 64."""


def quarters_of(picture: Picture) -> list[list[int]]:
    """The grey of the middle of each quarter, to the next multiple of 80."""
    height, width = picture.shape[:2]
    middles = picture[height // 4 :: height // 2, width // 4 :: width // 2, 0]
    return (np.round(middles / 80).astype(int) * 80).tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", ["i.jpg", "i.png", "i.webp", "i.tif", "i.avif"])
@pytest.mark.parametrize(
    ("orientation", "shown"),
    [
        (1, [[0, 80], [160, 240]]),
        (2, [[80, 0], [240, 160]]),
        (3, [[240, 160], [80, 0]]),
        (4, [[160, 240], [0, 80]]),
        (5, [[0, 160], [80, 240]]),
        (6, [[160, 0], [240, 80]]),
        (7, [[240, 80], [160, 0]]),
        (8, [[80, 240], [0, 160]]),
        (9, [[0, 80], [160, 240]]),
    ],
)
def test_an_image_is_turned_as_its_camera_was_held(
    tmp_path: Path, name: str, orientation: int, shown: list[list[int]]
) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(QUARTERS).convert("RGB").save(tmp_path / name, exif=exif)
    picture = read_image(tmp_path / name)
    assert picture.shape == ((64, 32, 3) if 5 <= orientation <= 8 else (32, 64, 3))
    assert quarters_of(picture) == shown


def test_damaged_metadata_does_not_cost_the_picture(tmp_path: Path) -> None:
    from PIL import Image

    damaged = b"Exif\0\0II*\0\x08\0\0\0" + b"\xff" * 42
    Image.fromarray(QUARTERS).save(tmp_path / "i.webp", exif=damaged)
    assert quarters_of(read_image(tmp_path / "i.webp")) == [[0, 80], [160, 240]]


@pytest.mark.parametrize("name", ["i.png", "i.tif"])
def test_grey_of_16_bits_keeps_its_high_byte(tmp_path: Path, name: str) -> None:
    from PIL import Image

    Image.fromarray(QUARTERS.astype(np.uint16) * 257).save(tmp_path / name)
    assert quarters_of(read_image(tmp_path / name)) == [[0, 80], [160, 240]]


@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_grey_without_a_defined_white_is_stretched(tmp_path: Path, kind: type[np.generic]) -> None:
    from PIL import Image

    deep = QUARTERS.astype(np.int64) * 100_000 - 5_000_000
    Image.fromarray(deep.astype(kind)).save(tmp_path / "i.tif")
    assert [row[0] for row in read_image(tmp_path / "i.tif")[[0, -1], :, 0].tolist()] == [0, 170]


def test_float_that_is_no_number_is_black(tmp_path: Path) -> None:
    from PIL import Image

    values = np.array([[np.nan, 0.0], [0.5, 1.0]], np.float32)
    Image.fromarray(values).save(tmp_path / "i.tif")
    assert read_image(tmp_path / "i.tif")[:, :, 0].tolist() == [[0, 0], [128, 255]]


@pytest.mark.parametrize("name", ["i.png", "i.webp", "i.tif"])
def test_what_is_transparent_shows_white(tmp_path: Path, name: str) -> None:
    from PIL import Image

    image = Image.new("RGBA", (8, 4), (0, 0, 255, 255))
    image.paste((255, 0, 0, 0), (0, 0, 4, 4))
    image.save(tmp_path / name, lossless=True)
    assert read_image(tmp_path / name)[0, [0, 7]].tolist() == [[255, 255, 255], [0, 0, 255]]


@pytest.mark.parametrize("name", ["i.png", "i.gif"])
def test_palette_gives_its_colours_and_its_hole_white(tmp_path: Path, name: str) -> None:
    from PIL import Image

    image = Image.new("P", (2, 1))
    image.putpalette([9, 9, 9, 0, 200, 100])
    image.putpixel((1, 0), 1)
    image.save(tmp_path / name, transparency=0)
    assert read_image(tmp_path / name)[0].tolist() == [[255, 255, 255], [0, 200, 100]]


@pytest.mark.parametrize("name", ["i.jpg", "i.tif"])
def test_inks_become_the_colours_they_print(tmp_path: Path, name: str) -> None:
    from PIL import Image

    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(tmp_path / name)
    assert np.abs(read_image(tmp_path / name)[4, 4].astype(int) - [255, 0, 0]).max() <= 3


@pytest.mark.parametrize("name", ["i.gif", "i.webp", "i.png", "i.tif"])
def test_of_several_pictures_the_first_is_read(tmp_path: Path, name: str) -> None:
    from PIL import Image

    first, second = (Image.new("RGB", (8, 8), (level, level, level)) for level in (240, 20))
    first.save(tmp_path / name, save_all=True, append_images=[second])
    assert read_image(tmp_path / name).mean() == pytest.approx(240, abs=2)


def test_a_single_pixel_is_a_picture(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("1", (1, 1), 1).save(tmp_path / "i.png")
    assert read_image(tmp_path / "i.png").tolist() == [[[255, 255, 255]]]


@pytest.mark.parametrize(
    ("size", "fitted"), [((1920, 1080), (256, 144)), ((100, 50), (100, 50)), ((7, 2000), (2, 256))]
)
def test_fitted_sizes_are_even_and_never_larger(size: tuple[int, int], fitted: tuple[int, int]) -> None:
    assert fit_size(*size, 256) == fitted


def test_distance_sees_another_line_on_the_same_slide() -> None:
    slide = np.full((720, 1280, 3), 250, np.uint8)
    other = slide.copy()
    slide[200:230, 100:700:6] = 20
    other[300:330, 100:700:6] = 20
    assert distance(signature(slide), signature(slide)) == 0.0
    assert distance(signature(slide), signature(other)) > 0.05
