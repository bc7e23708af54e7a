"""The one door to moving pictures and stills: probing, decoding on the source's clock, encoding."""

from __future__ import annotations

import contextlib
import io
import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
import numpy.typing as npt

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.records import Stream
from resources.tracks import decode_from, decode_track, find_track, survey_times

Picture = npt.NDArray[np.uint8]
"""RGB, height × width × 3."""

EPSILON_S = 1e-6
"""Slack for comparing times: far below a frame, far above the rounding of float64 seconds."""

LONGEST_GAP_S = 3600.0
"""No recording shows one frame for longer than this; times that say so are damaged."""

LONGEST_LAST_S = 10.0
"""How long the last frame may stay, if the container says so; beyond it is taken for damage."""

_OPENING = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,ogg,flv,live_flv,asf,mpeg,mpegts,"
    "mpegvideo,mxf,yuv4mpegpipe,h264,hevc,m4v,ivf,dv,gif,apng,mjpeg",
    "protocol_whitelist": "file",
}
"""What FFmpeg may take a file for: containers only. Left to itself it also knows playlists and patterns that
open other files or addresses (hls, concat, dash, image2)."""

IMAGE_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "AVIF")
"""What Pillow may take a file for; left to itself it also hands PostScript to Ghostscript."""


@dataclass(frozen=True)
class Frame:
    """One decoded frame: its number in presentation order, its time on the source's clock, the picture."""

    index: int
    time_s: float
    video: Any
    """The `av.VideoFrame`; convert with `to_picture`, or read its planes."""
    is_exact: bool = True
    """Whether the decoder's loop filter was applied wherever the codec asks for it."""


@dataclass(frozen=True)
class Probe:
    """What a container says about its first video stream and its sound; `width` and `height` as displayed."""

    codec: str
    width: int
    height: int
    fps: float
    duration_s: float
    origin_s: float
    frames: int
    has_audio: bool


def open_container(path: Path, threads: int = 1) -> Any:
    """An open PyAV container. Every media file that is opened goes through here, and is noted in the file
    that `DATACLAW_OPENED_LOG` names, so that "this run opened nothing" can be counted.

    Raises `UnreadableSource` when FFmpeg cannot make sense of the file.
    """
    note_opened(path)
    return _open(path, threads)


def _open(path: Path, threads: int = 1) -> Any:
    import av

    try:
        container = av.open(str(path), metadata_errors="replace", options=dict(_OPENING))
    except (av.FFmpegError, OSError, ValueError) as error:
        raise UnreadableSource("not_media", str(error)) from error
    for stream in container.streams.video:
        if stream.codec_context is not None:
            stream.codec_context.thread_count = threads
            stream.codec_context.thread_type = "AUTO" if threads > 1 else "NONE"
    return container


def note_opened(path: Path) -> None:
    """Append a path to the log of opened media, if one is asked for."""
    log = os.environ.get("DATACLAW_OPENED_LOG")
    if log:
        with Path(log).open("a", errors="surrogateescape") as file:
            file.write(f"{path}\n")


def probe_video(path: Path) -> Probe:
    """Facts of a video file, confirmed by decoding its first frame and reading every packet's time.

    The clock begins with the first frame that decodes. `frames` are those that `decode` gives if none is
    damaged. The duration ends with the last frame's own, as the container states it, else with the mean step.
    Raises `UnreadableSource` (`not_media`, `no_video`, `unknown_codec`, `no_frames`, `no_times`,
    `broken_times`, `truncated`).
    """
    with open_container(path) as container:
        track = find_track(container)
        first_ticks, first = next(decode_track(container, track), (None, None))
        if first is None:
            raise UnreadableSource("no_frames", "no frame can be decoded")
        if first_ticks is None:
            raise UnreadableSource("no_times", "its frames carry no times")
        reorders = track.codec_context.has_b_frames
        codec = track.codec_context.codec.canonical_name
        has_audio = bool(container.streams.audio)
    with _open(path) as container:  # not every container can seek back
        track = find_track(container)
        base = track.time_base
        shown = survey_times(container, track, first_ticks, reorders)
    span_s, gap_s, last_s = (float(ticks * base) for ticks in (shown.span, shown.gap, shown.last_stays))
    if gap_s > LONGEST_GAP_S:
        raise UnreadableSource("broken_times", f"no frame for {gap_s:.0f} s")
    step_s = span_s / (shown.count - 1) if shown.count > 1 else 0.0
    turned = first.rotation % 180 != 0
    return Probe(
        codec=codec,
        width=first.height if turned else first.width,
        height=first.width if turned else first.height,
        fps=1.0 / step_s if step_s > 0 else 0.0,
        duration_s=span_s + (last_s if 0 < last_s <= LONGEST_LAST_S else step_s),
        origin_s=float(first_ticks * base),
        frames=shown.count,
        has_audio=has_audio,
    )


def decode(
    path: Path,
    stream: Stream,
    start_s: float = 0.0,
    end_s: float = math.inf,
    threads: int = 1,
    loop_filter: Literal["all", "key"] = "all",
) -> Iterator[Frame]:
    """Frames of a stream with `start_s` ≤ time < `end_s`, in presentation order, times strictly rising.

    Frame numbers count from the start of the stream when decoding from there, else from the first frame
    given. A damaged packet is passed over, and so is a frame that lies not later than the one before it; a
    stream of which nothing decodes gives no frame. With `loop_filter="key"` frames between key frames are
    left blocky, which saves a quarter of the time (H.264).
    """
    options = {"skip_loop_filter": "nokey"} if loop_filter == "key" else {}
    first_s = stream.origin_s + start_s
    stop_s = min(end_s, stream.duration_s) - EPSILON_S
    with contextlib.ExitStack() as opened:
        container = opened.enter_context(open_container(path, threads))
        track = find_track(container)
        track.codec_context.options = options
        frames = decode_from(container, track, first_s) if first_s > EPSILON_S else None
        if frames is None and first_s > EPSILON_S:  # it may have been read from already
            container = opened.enter_context(_open(path, threads))
            track = find_track(container)
            track.codec_context.options = options
        ticks_a_second = track.time_base.denominator
        unit = track.time_base.numerator  # whole numbers divide as exactly as a Fraction, and sooner
        last, index = -math.inf, 0
        for ticks, video in frames or decode_track(container, track):
            if ticks is None:
                continue
            time_s = ticks * unit / ticks_a_second - stream.origin_s
            if time_s >= stop_s:
                return
            if time_s < max(start_s, 0.0) - EPSILON_S or time_s <= last:
                continue
            last = time_s
            exact = loop_filter == "all" or bool(video.key_frame)
            yield Frame(index, max(0.0, time_s), video, exact)
            index += 1


def to_picture(frame: Any, width: int | None = None, height: int | None = None) -> Picture:
    """The RGB picture of an `av.VideoFrame` as displayed (its rotation applied), scaled if sizes are given.

    `width` and `height` are of the picture before the rotation is applied.
    """
    picture: Picture = frame.to_ndarray(format="rgb24", width=width, height=height, interpolation="AREA")
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(picture, turns)) if turns else picture


def read_image(path: Path) -> Picture:
    """An image file as 8-bit RGB as displayed: turned as its EXIF orientation says, transparency over white.

    Of an animation or a file of several pages, the first picture. 16-bit grey keeps its high byte; of 32-bit
    and float grey, whose white is not defined, the least value becomes black and the largest white. Colour
    profiles are not applied. Raises `UnreadableSource`, also for an image too large to decode safely.
    """
    note_opened(path)
    return _decode_image(path)


def decode_image(data: bytes) -> Picture:
    """The same of an image file that lies in memory."""
    return _decode_image(io.BytesIO(data))


def _decode_image(file: Path | IO[bytes]) -> Picture:
    from PIL import Image

    try:
        with Image.open(file, formats=IMAGE_FORMATS) as image:
            image.load()
            # only now: TIFF turns itself while it loads, and then no longer has an orientation
            return _turn_upright(_to_rgb(image), _orientation(image))
    except MemoryError:
        raise
    except Exception as error:  # damaged bytes can fail a decoder in any way
        raise UnreadableSource("not_an_image", str(error) or type(error).__name__) from error


def _orientation(image: Any) -> int:
    """The EXIF orientation, 1-8; 1 when there is none that makes sense."""
    try:
        value = image.getexif().get(0x0112)
    except Exception:  # hostile metadata must not cost the picture
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _turn_upright(picture: Picture, orientation: int) -> Picture:
    if orientation >= 5:
        picture = picture.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        picture = picture[:, ::-1]
    if orientation in (3, 4, 7, 8):
        picture = picture[::-1]
    return np.ascontiguousarray(picture)


def _to_rgb(image: Any) -> Picture:
    from PIL import Image

    if image.mode.startswith("I;16"):
        return _grey_to_rgb((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        return _grey_to_rgb(_stretch(np.asarray(image, np.float64)))
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image.convert("RGBA"))
        image = white
    return np.asarray(image.convert("RGB"))


def _grey_to_rgb(grey: npt.NDArray[np.uint8]) -> Picture:
    return np.repeat(grey[:, :, None], 3, axis=2)


def _stretch(values: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    finite = values[np.isfinite(values)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
    shares = (values - low) / ((high - low) or 1.0)
    return np.round(np.clip(np.nan_to_num(shares, nan=0.0), 0.0, 1.0) * 255.0).astype(np.uint8)


def fit_size(width: int, height: int, side: int) -> tuple[int, int]:
    """Even sizes that keep the shape, the longer side at most `side` (H.264 4:2:0 needs even sizes)."""
    scale = min(1.0, side / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def write_clip(path: Path, pictures: Iterable[Picture], fps: float) -> int:
    """Encode pictures of one size as H.264 in MP4 at a constant rate; returns the number of frames.

    One encoder thread and a fixed quality, so that the same pictures give the same bytes.
    """
    import av

    rate = Fraction(fps).limit_denominator(1000)
    count = 0
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream: Any = None
        for picture in pictures:
            if stream is None:
                options = {
                    "crf": "18",
                    "preset": "veryfast",
                    "threads": "1",
                    "x264-params": "cpu-independent=1",
                }
                stream = container.add_stream("libx264", rate=rate, options=options)
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = "yuv420p"
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            count += 1
        if stream is not None:
            container.mux(stream.encode(None))
    return count


def resize(picture: Picture, width: int, height: int) -> Picture:
    """A picture scaled by area averaging when it shrinks, bilinear when it grows."""
    import cv2

    if picture.shape[1] == width and picture.shape[0] == height:
        return picture
    how = cv2.INTER_AREA if width < picture.shape[1] else cv2.INTER_LINEAR
    scaled: Any = cv2.resize(picture, (width, height), interpolation=how)
    return np.asarray(scaled, dtype=np.uint8)


def signature(picture: Picture, columns: int = 32, rows: int = 18) -> npt.NDArray[np.float32]:
    """A small fingerprint for comparing pictures: area-averaged RGB, 0-1, rows × columns × 3."""
    return resize(picture, columns, rows).astype(np.float32) / 255.0


def distance(first: npt.NDArray[np.float32], second: npt.NDArray[np.float32]) -> float:
    """How unlike two signatures are, 0-1: the mean difference of the tenth of the cells that differ most.

    The mean over all cells would hardly notice another text on the same slide (0.014, re-encoding a picture
    at 256 px makes 0.006); over the tenth it is 0.081 against 0.017.
    """
    cells = np.abs(first - second).mean(axis=-1).ravel()
    worst = max(1, cells.size // 10)
    return float(np.partition(cells, cells.size - worst)[-worst:].mean())
