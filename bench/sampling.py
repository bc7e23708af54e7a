"""32 frames spread over a clip, as a prompt shows them: PyAV against decord, codec by codec.

Clips of moving texture are encoded first, into a folder of this run. Five pairs are run in turn on each, with
one decoding thread (decord's own pipeline adds others), from opening the file to RGB pictures of at most
448 pixels; `ratio` is the median of the pairs' ratios, decord : PyAV. decord is asked for the same frames by
number. `sample_frames` uses PyAV for every codec: decord has shown wrong frames, with no error, in files that
PyAV reads right (open groups of pictures in H.264 and HEVC, MPEG-4 with B-frames, transport streams).
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from dataclaw_assets.records import Stream
from resources.media import Picture, fit_size, probe_video
from resources.sampling import sample_frames, spread_times

COUNT, PAIRS, SIDE = 32, 5, 448
SIZES = ((640, 360, 25, 250), (1920, 1080, 12, 120))
"""Width, height, frames per second, frames from one key frame to the next, which is 10 s, the clip."""

ENCODERS: dict[str, tuple[str, str, dict[str, str]]] = {
    "h264": ("libx264", "mp4", {"preset": "ultrafast", "bf": "2"}),
    "hevc": ("libx265", "mp4", {"preset": "ultrafast", "x265-params": "open-gop=0:log-level=none"}),
    "vp8": ("libvpx", "webm", {"deadline": "realtime", "cpu-used": "16", "b": "1M"}),
    "vp9": ("libvpx-vp9", "webm", {"deadline": "realtime", "cpu-used": "8", "b": "1M"}),
    "av1": ("libsvtav1", "mp4", {"preset": "12", "svtav1-params": "lp=1"}),
    "mpeg4": ("mpeg4", "mp4", {"b": "4M"}),
}
"""Encoder, container and options; fast ones, for the time is that of the reading."""


def make_pictures(width: int, height: int, count: int) -> Iterator[Picture]:
    """A camera that drifts over soft texture with grain while a patch of it moves on its own."""
    import cv2

    rng = np.random.default_rng(0)
    coarse = rng.normal(128, 50, (height // 8 + 25, width // 8 + 37, 3)).astype(np.float32)
    scene = cv2.resize(coarse, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)
    wide = np.clip(scene + rng.normal(0, 2, scene.shape), 0, 255).astype(np.uint8)
    patch = wide[: height // 5, : width // 5].copy()
    for place in range(count):
        left, top = (int(140 + 140 * np.sin(place / 40)), int(95 + 95 * np.sin(place / 31)))
        picture = wide[top : top + height, left : left + width].copy()
        across = place * width // 200 % (width - width // 5)
        picture[height // 3 : height // 3 + height // 5, across : across + width // 5] = patch
        yield picture


def make_clip(folder: Path, codec: str, size: tuple[int, int, int, int]) -> Path:
    """Encode the pictures with a codec; returns the file."""
    import av

    width, height, rate, interval = size
    encoder, container_name, options = ENCODERS[codec]
    path = folder / f"{codec}_{height}.{container_name}"
    with av.open(str(path), "w") as container:
        track: Any = container.add_stream(encoder, rate=rate, options=options)
        track.width, track.height, track.pix_fmt = width, height, "yuv420p"
        track.codec_context.gop_size = interval
        for picture in make_pictures(width, height, 10 * rate):
            container.mux(track.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(track.encode(None))
    return path


def sample_with_decord(path: Path, times: list[float], width: int, height: int) -> Any:
    """The same frames by decord: its own table of times, its own scaling. RGB, count × height × width × 3."""
    import decord

    reader = decord.VideoReader(str(path), width=width, height=height, num_threads=1)
    starts = reader.get_frame_timestamp(list(range(len(reader))))[:, 0]
    numbers = np.searchsorted(starts - starts[0] - 1e-6, times, side="right") - 1
    return reader.get_batch(numbers.clip(0).tolist()).asnumpy()


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that a call takes, and what it gives."""
    begun = time.perf_counter()
    result = run()
    return time.perf_counter() - begun, result


def compare(path: Path, size: tuple[int, int, int, int]) -> str:
    """The row of one clip."""
    probe = probe_video(path)
    stream = Stream(
        uri=path.as_uri(),
        origin_s=probe.origin_s,
        duration_s=probe.duration_s,
        fps=probe.fps,
        frames=probe.frames,
        codec=probe.codec,
    )
    times, fitted = spread_times(0.0, probe.duration_s, COUNT), fit_size(size[0], size[1], SIDE)
    ours, theirs = [], []
    for _ in range(PAIRS):
        seconds, sampled = timed(lambda: sample_frames(path, stream, times, SIDE))
        ours.append(seconds)
        try:
            seconds, pictures = timed(lambda: sample_with_decord(path, times, *fitted))
        except Exception as error:  # decord raises an error of its own class, and others
            reason = type(error).__name__
            return f"{statistics.median(ours):7.3f} {'fails':>8} {'':>6} {'PyAV':>7}   {reason}"
        theirs.append(seconds)
    ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
    far = max(
        float(np.abs(one.picture.astype(np.int16) - other).mean())
        for one, other in zip(sampled, pictures, strict=True)
    )
    winner = "PyAV" if ratio > 1 else "decord"
    medians = f"{statistics.median(ours):7.3f} {statistics.median(theirs):8.3f}"
    return f"{medians} {ratio:6.2f} {winner:>7}   mean difference of the worst frame {far:.1f} levels"


def main() -> int:
    """Print the table."""
    import av
    import decord

    av.logging.set_level(None)
    decord.logging.set_level(decord.logging.QUIET)
    print(f"{'clip':>12} {'PyAV s':>7} {'decord s':>8} {'ratio':>6} {'faster':>7}   (used: PyAV)")
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            for codec in ENCODERS:
                path = make_clip(Path(folder), codec, size)
                print(f"{codec + ' ' + str(size[1]):>12} {compare(path, size)}", flush=True)
                path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
