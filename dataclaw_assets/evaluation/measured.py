"""The anchors of a video as the shipped extractors find them, measured once in a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from dataclaw_assets.records import Anchor, Source, Stream


@lru_cache(maxsize=256)
def measure_video(video: Path) -> tuple[Anchor, ...]:
    """Every anchor that the one decoding pass gives for a file, in the order of the extractors.

    Several evaluations in one process share the pass. Raises `UnreadableSource` when the file cannot be read.
    """
    from dataclaw_assets.factual_anchors.registry import STREAM_EXTRACTORS
    from dataclaw_assets.factual_anchors.scan import scan_stream

    found = scan_stream(describe_video(video), video, STREAM_EXTRACTORS)
    return tuple(anchor for anchors in found.values() for anchor in anchors)


def describe_video(video: Path) -> Source:
    """A source record for a file that was never registered."""
    from resources.media import probe_video

    video = video.resolve()
    probe = probe_video(video)
    stream = Stream(
        uri=video.as_uri(), origin_s=probe.origin_s, duration_s=probe.duration_s, fps=probe.fps,
        frames=probe.frames, codec=probe.codec, has_audio=probe.has_audio,
    )  # fmt: skip
    return Source(
        source_id="0" * 64, kind="video", format="video", uri=video.as_uri(), name=video.name, batch="",
        bytes=video.stat().st_size, mtime_ns=0, width=probe.width, height=probe.height, stream=stream,
        status="registered",
    )  # fmt: skip
