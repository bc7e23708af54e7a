"""Pictures put together to a stream: their own bytes, on their own clock, the same file each time."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataclaw_assets.errors import UnreadableSource
from resources.assembly import (
    Codec,
    assemble,
    choose_codec,
    describe_assembled,
    grey_picture,
    measure_picture,
)
from resources.media import Picture, decode, decode_image, probe_video, to_picture

SIZE = 64, 48


def paint(number: int, size: tuple[int, int] = SIZE) -> Picture:
    """A picture with a bar that tells its number."""
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    picture[:, 4 * number : 4 * number + 8] = (200, 40 * number % 256, 90)
    return picture


def pack(picture: Picture, format: str = "PNG", mode: str = "RGB", orientation: int = 1) -> bytes:
    """The bytes of an image file."""
    file, image = io.BytesIO(), Image.fromarray(picture).convert(mode)
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(file, format, exif=exif) if orientation != 1 else image.save(file, format)
    return file.getvalue()


def make(path: Path, files: list[bytes], times: list[float], end_s: float, codec: Codec) -> list[float]:
    """Assemble and decode again: the times of the frames, which are as registered."""
    stream = describe_assembled("file:///a", "0" * 64, times, end_s, codec)
    assert stream is not None
    assemble(path, zip(times, files, strict=True), stream, SIZE)
    return [frame.time_s for frame in decode(path, stream)]


def test_pictures_keep_their_times(tmp_path: Path) -> None:
    times = [0.25, 0.3, 1.0, 61.5]
    found = make(tmp_path / "a.mov", [pack(paint(n)) for n in range(4)], times, 63.0, "png")
    assert found == pytest.approx(times, abs=1e-9)


def test_the_last_picture_stays_to_the_end(tmp_path: Path) -> None:
    make(tmp_path / "a.mov", [pack(paint(n)) for n in range(3)], [0.0, 0.5, 1.0], 4.0, "png")
    assert probe_video(tmp_path / "a.mov").duration_s == pytest.approx(4.0)


def test_what_is_registered_is_what_is_probed(tmp_path: Path) -> None:
    times = [number / 24 for number in range(9)]
    stream = describe_assembled("file:///a", "0" * 64, times, 9 / 24, "png")
    assert stream is not None
    assemble(tmp_path / "a.mov", ((t, pack(paint(n))) for n, t in enumerate(times)), stream, SIZE)
    probe = probe_video(tmp_path / "a.mov")
    assert (probe.codec, probe.frames, probe.width, probe.height) == ("png", 9, *SIZE)
    assert [probe.fps, probe.duration_s] == pytest.approx([stream.fps, stream.duration_s])


def test_png_comes_out_pixel_for_pixel(tmp_path: Path) -> None:
    stream = describe_assembled("file:///a", "0" * 64, [0.0, 1.0], 2.0, "png")
    assert stream is not None
    assemble(tmp_path / "a.mov", [(0.0, pack(paint(1))), (1.0, paint(2))], stream, SIZE)
    shown = [to_picture(frame.video) for frame in decode(tmp_path / "a.mov", stream)]
    assert [np.array_equal(shown[n], paint(n + 1)) for n in range(2)] == [True, True]


def test_jpeg_goes_in_as_it_is(tmp_path: Path) -> None:
    files = [pack(paint(number), "JPEG") for number in range(3)]
    make(tmp_path / "a.mov", files, [0.0, 0.1, 0.2], 0.3, "mjpeg")
    data = (tmp_path / "a.mov").read_bytes()
    assert all(file in data for file in files)


def test_the_same_pictures_give_the_same_bytes(tmp_path: Path) -> None:
    files = [pack(paint(number), "JPEG") for number in range(3)]
    for name in ("a.mov", "b.mov"):
        make(tmp_path / name, files, [0.0, 0.1, 0.2], 0.3, "mjpeg")
    assert (tmp_path / "a.mov").read_bytes() == (tmp_path / "b.mov").read_bytes()


@pytest.mark.parametrize(
    ("file", "codec"),
    [
        (pack(paint(1), "JPEG"), "mjpeg"),
        (pack(paint(1), "JPEG", "L"), "mjpeg"),
        (pack(paint(1), "JPEG", "CMYK"), None),
        (pack(paint(1), "JPEG", orientation=3), None),
        (pack(paint(1)), "png"),
        (pack(paint(1), mode="RGBA"), None),
        (pack(paint(1), "BMP"), None),
    ],
)
def test_only_what_decodes_alike_everywhere_is_copied(file: bytes, codec: str | None) -> None:
    assert measure_picture(file).codec == codec


def test_a_picture_on_its_side_is_as_large_as_it_is_shown() -> None:
    found = measure_picture(pack(paint(1), "JPEG", orientation=6))
    assert (found.width, found.height) == (SIZE[1], SIZE[0])


def test_a_transparent_picture_is_shown_over_white(tmp_path: Path) -> None:
    clear = io.BytesIO()
    Image.new("RGBA", SIZE, (0, 0, 0, 0)).save(clear, "PNG")
    stream = describe_assembled("file:///a", "0" * 64, [0.0, 1.0], 2.0, choose_codec(["png", None]))
    assert stream is not None
    assemble(tmp_path / "a.mov", [(0.0, clear.getvalue()), (1.0, pack(paint(1)))], stream, SIZE)
    first = next(decode(tmp_path / "a.mov", stream))
    assert to_picture(first.video).min() == 255


@pytest.mark.parametrize(
    ("codecs", "chosen"),
    [(["mjpeg"], "mjpeg"), (["mjpeg", "png"], "png"), (["mjpeg", None], "png"), ([], "png")],
)
def test_jpeg_is_chosen_only_if_all_are(codecs: list[str | None], chosen: str) -> None:
    assert choose_codec(codecs) == chosen


def test_a_picture_of_another_size_is_fitted_on_grey(tmp_path: Path) -> None:
    stream = describe_assembled("file:///a", "0" * 64, [0.0, 1.0], 2.0, "png")
    assert stream is not None
    tall = np.full((96, 32, 3), 255, np.uint8)
    assemble(tmp_path / "a.mov", [(0.0, tall), (1.0, paint(1))], stream, SIZE)
    picture = to_picture(next(decode(tmp_path / "a.mov", stream)).video)
    assert picture[:, 0].tolist() == grey_picture(SIZE)[:, 0].tolist()
    assert picture[24, 32].tolist() == [255, 255, 255]


def test_of_two_pictures_at_one_time_the_first_is_shown(tmp_path: Path) -> None:
    found = make(tmp_path / "a.mov", [pack(paint(n)) for n in range(3)], [0.0, 0.0, 1.0], 2.0, "png")
    assert found == [0.0, 1.0]


def test_one_picture_is_no_stream() -> None:
    assert describe_assembled("file:///a", "0" * 64, [1.0], 2.0, "png") is None


def test_missing_pictures_are_told(tmp_path: Path) -> None:
    stream = describe_assembled("file:///a", "0" * 64, [0.0, 1.0], 2.0, "png")
    assert stream is not None
    with pytest.raises(UnreadableSource, match="source_changed: 1 of its 2 pictures"):
        assemble(tmp_path / "a.mov", [(0.0, paint(1))], stream, SIZE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kept", [0.2, 0.9])
def test_a_damaged_picture_costs_itself_alone(tmp_path: Path, kept: float) -> None:
    files = [pack(paint(number), "JPEG") for number in range(3)]
    files[1] = files[1][: round(len(files[1]) * kept)]
    found = make(tmp_path / "a.mov", files, [0.0, 0.1, 0.2], 0.3, "mjpeg")
    assert found[0] == 0.0
    assert found[-1] == pytest.approx(0.2)


@pytest.mark.parametrize("file", [b"", b"GIF89a", b"\xff\xd8\xff\xe0junk"])
def test_what_is_no_picture_is_refused(file: bytes) -> None:
    with pytest.raises(UnreadableSource, match="not_an_image"):
        measure_picture(file)


def test_a_file_of_a_picture_in_memory_and_on_disk_measure_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(pack(paint(1)))
    assert measure_picture(tmp_path / "a.png") == measure_picture(pack(paint(1)))
    assert decode_image(pack(paint(1))).shape == (48, 64, 3)
