"""What files are taken for, by their bytes."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.records import Source
from resources.media import open_container

Register = Callable[[], dict[str, Source]]
MakeVideo = Callable[..., Path]


def test_content_decides_not_the_extension(register: Register, landing: Path, make_video: MakeVideo) -> None:
    make_video(landing / "film.txt")
    Image.new("RGB", (9, 7)).save(landing / "photo.mp4", format="PNG")
    rows = register()
    assert (rows["film.txt"].kind, rows["photo.mp4"].kind) == ("video", "image")


def test_other_binary_files_are_named(register: Register, landing: Path) -> None:
    record = struct.pack("<QI", 5, 0) + b"\x00\x01\x02\x03\x04" + bytes(4)
    contents = {
        "a.h5": b"\x89HDF\r\n\x1a\n" + bytes(40),
        "b.tfrecord": record * 3,
        "c.bin": bytes(range(256)),
        "d.parquet": b"PAR1" + bytes(20),
        "e.json": b'[{"type": 4, "data": {}, "timestamp": 1}]',
        "f.json": b'{"a": ',
        "g.jsonl": b'{"a": 1}\n{"a": 2}\n',
    }
    for name, data in contents.items():
        (landing / name).write_bytes(data)
    with zipfile.ZipFile(landing / "trace.zip", "w") as archive:
        archive.writestr("trace.trace", "{}")
    assert {name: source.reason for name, source in register().items()} == {
        "a.h5": "no_reader: HDF5 file",
        "b.tfrecord": "no_reader: TFRecord file",
        "c.bin": "no_reader: binary data that no reader knows yet",
        "d.parquet": "no_reader: Parquet table",
        "e.json": "bad_events: no event says how large the page is",
        "f.json": "no_reader: damaged JSON",
        "g.jsonl": "no_reader: JSON lines",
        "trace.zip": "no_reader: Playwright trace (zip)",
    }


def test_truncated_image_is_a_row(register: Register, landing: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(landing / "photo.jpg")
    data = (landing / "photo.jpg").read_bytes()
    (landing / "photo.jpg").write_bytes(data[: len(data) // 2])
    assert str(register()["photo.jpg"].reason).startswith("truncated: ")


def test_text_named_as_image_is_not_media(register: Register, landing: Path) -> None:
    (landing / "photo.png").write_text("a photo of a cat")
    assert register()["photo.png"].reason == "not_media: named like an image, but it is: plain text"


def test_image_size_is_as_displayed(register: Register, landing: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate by a quarter turn
    Image.new("RGB", (30, 20)).save(landing / "photo.jpg", exif=exif)
    source = register()["photo.jpg"]
    assert (source.width, source.height) == (20, 30)


def test_animated_gif_is_a_video_and_a_still_one_an_image(register: Register, landing: Path) -> None:
    frames = [Image.new("RGB", (16, 16), (40 * index, 0, 0)) for index in range(4)]
    frames[0].save(landing / "moving.gif", save_all=True, append_images=frames[1:], duration=100)
    frames[0].save(landing / "still.gif")
    rows = register()
    assert (rows["moving.gif"].kind, rows["still.gif"].kind) == ("video", "image")


def test_a_video_of_one_frame_is_a_row(register: Register, landing: Path, make_video: MakeVideo) -> None:
    make_video(landing / "film.mp4", frames=1)
    assert str(register()["film.mp4"].reason).startswith("one_frame")


def test_a_playlist_is_never_followed(tmp_path: Path, make_video: MakeVideo) -> None:
    make_video(tmp_path / "film.mp4")
    playlist = tmp_path / "list.mp4"
    playlist.write_text("ffconcat version 1.0\nfile film.mp4\n")
    with pytest.raises(UnreadableSource, match="not_media"):
        open_container(playlist)


def test_sound_alone_is_a_row(register: Register, landing: Path) -> None:
    import av

    with av.open(str(landing / "song.mka"), "w", format="matroska") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), dtype=np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert register()["song.mka"].reason == "no_video: the file holds no picture track"


def test_truncated_matroska_is_a_row(register: Register, landing: Path) -> None:
    import av

    with av.open(str(landing / "film.mkv"), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for index in range(10):
            picture = np.random.default_rng(index).integers(0, 255, (64, 64, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    data = (landing / "film.mkv").read_bytes()
    (landing / "film.mkv").write_bytes(data[: len(data) * 3 // 4])
    assert str(register()["film.mkv"].reason).startswith("truncated: Matroska of ")
