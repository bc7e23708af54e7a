"""Puts a moving picture together from single pictures: every picture a packet of its own, nothing lost."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.records import Record, Stream
from resources.media import IMAGE_FORMATS, Picture, decode_image, resize

ASSEMBLY = "1"
"""Raised when the same pictures are put together differently: what was made before is then left alone."""

TICK = Fraction(1, 90_000)
"""The clock of the file, that of MPEG: 24, 25, 30 and 60 pictures a second and milliseconds are
whole ticks."""

Codec = Literal["mjpeg", "png"]

Shown = tuple[float, bytes | Picture]
"""When a picture comes on screen, in seconds, and the picture: a file's bytes, or RGB."""

_NO_TRANSPARENCY = {"1", "L", "P", "RGB"}


class PictureFile(Record):
    """What the head of a picture file says. `codec` is the one whose packets such files are; None where the
    file must be decoded first: transparent, four inks, turned by its orientation, or of another format."""

    width: int
    height: int
    codec: Codec | None


def measure_picture(file: Path | bytes) -> PictureFile:
    """What a picture file is, from its head alone, its size as displayed.

    Raises `UnreadableSource` (`not_an_image`), also for one too large to decode safely.
    """
    import warnings

    from PIL import Image

    source = io.BytesIO(file) if isinstance(file, bytes) else file
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source, formats=IMAGE_FORMATS) as image:
                width, height = image.size
                turned = image.getexif().get(0x0112, 1)
                upright = turned in (1, 0)
                codec: Codec | None = None
                if upright and image.format == "JPEG" and image.mode in ("L", "RGB"):
                    codec = "mjpeg"
                elif upright and image.format == "PNG" and image.mode in _NO_TRANSPARENCY:
                    codec = "png" if not image.has_transparency_data else None
    except MemoryError:
        raise
    except Exception as error:  # damaged bytes can fail Pillow in any way
        raise UnreadableSource("not_an_image", str(error) or type(error).__name__) from error
    if turned in (5, 6, 7, 8):
        width, height = height, width
    return PictureFile(width=width, height=height, codec=codec)


def choose_codec(codecs: Iterable[str | None]) -> Codec:
    """The codec of a stream of such pictures: JPEG if all are, else PNG, which can hold any of them."""
    return "mjpeg" if set(codecs) == {"mjpeg"} else "png"


def describe_assembled(
    uri: str, sha256: str, times: Iterable[float], end_s: float, codec: Codec, fps: float | None = None
) -> Stream | None:
    """The stream of pictures that come on screen at these times, rising, the last one until `end_s`.

    None for fewer than two: one picture has no time. `uri` and `sha256` are of the file that holds them, or
    of the first of them. `fps` is the mean rate where nobody states one.
    """
    ticks = sorted({_to_ticks(time_s) for time_s in times})
    if len(ticks) < 2:
        return None
    end = max(_to_ticks(end_s), ticks[-1] + 1)
    return Stream(
        uri=uri,
        origin_s=0.0,
        duration_s=float(end * TICK),
        fps=fps or float((len(ticks) - 1) / ((ticks[-1] - ticks[0]) * TICK)),
        frames=len(ticks),
        codec=codec,
        sha256=sha256,
        assembled=True,
    )


def assemble(path: Path, pictures: Iterable[Shown], stream: Stream, size: tuple[int, int]) -> None:
    """Write the pictures to a QuickTime file on the stream's clock. The same pictures give the same bytes.

    JPEG and PNG files go in as they are; other pictures, and in a stream of PNG the JPEG ones, are written as
    PNG, in a stream of JPEG at quality 95. One of another `size` (width, height) is scaled to fit, on grey.
    Of two at the same tick the first is kept, and one that cannot be read is left out. Raises
    `UnreadableSource`: `source_changed` when their number is not the one that was registered, and what giving
    the pictures raises.
    """
    import av

    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f"{uuid.uuid4().hex}.part")
    try:
        with av.open(str(staged), "w", format="mov", options={"fflags": "+bitexact"}) as container:
            track: Any = container.add_stream(stream.codec, rate=25)
            track.width, track.height = size
            track.pix_fmt = "yuvj420p" if stream.codec == "mjpeg" else "rgb24"
            track.time_base = TICK
            container.start_encoding()
            count = 0
            held: Any = None
            for time_s, picture in pictures:
                ticks = _to_ticks(time_s)
                if held is not None and ticks <= held.pts:
                    continue
                count += 1
                try:
                    packet: Any = av.Packet(_pack(picture, stream.codec, size))
                except UnreadableSource:
                    continue  # as with a damaged packet of any video, the picture before it stays
                packet.stream, packet.time_base, packet.is_keyframe = track, TICK, True
                packet.pts = packet.dts = ticks
                _mux(container, held, until=ticks)
                held = packet
            _mux(container, held, until=_to_ticks(stream.duration_s))
        if count != stream.frames:
            raise UnreadableSource("source_changed", f"{count} of its {stream.frames} pictures are here")
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)


def _mux(container: Any, packet: Any, until: int) -> None:
    if packet is not None:
        packet.duration = max(1, until - packet.pts)
        container.mux_one(packet)


def _to_ticks(time_s: float) -> int:
    return round(time_s / TICK)


def _pack(picture: bytes | Picture, codec: str, size: tuple[int, int]) -> bytes:
    if isinstance(picture, bytes):
        found = measure_picture(picture)
        if found.codec == codec and (found.width, found.height) == size:
            return picture
        picture = decode_image(picture)
    return _encode(_fit(picture, size), codec)


def _fit(picture: Picture, size: tuple[int, int]) -> Picture:
    height, width = picture.shape[:2]
    if (width, height) == size:
        return picture
    scale = min(size[0] / width, size[1] / height)
    inner = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    canvas = grey_picture(size)
    canvas[top : top + inner[1], left : left + inner[0]] = resize(picture, *inner)
    return canvas


def grey_picture(size: tuple[int, int]) -> Picture:
    """A picture of nothing, for what may not be shown: width, height."""
    return np.full((size[1], size[0], 3), 128, dtype=np.uint8)


def _encode(picture: Picture, codec: str) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    options = {"quality": 95} if codec == "mjpeg" else {"compress_level": 1}
    Image.fromarray(picture).save(file, "JPEG" if codec == "mjpeg" else "PNG", **options)
    return file.getvalue()
