"""Reads video files: whatever FFmpeg decodes a first frame of, told by content."""

from __future__ import annotations

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.readers.contract import Opened, register
from dataclaw_assets.raw_sources.readers.signatures import (
    VIDEO_SUFFIXES,
    check_whole,
    container_format,
    is_text,
    other_format,
)
from dataclaw_assets.records import Source, Stream
from resources.media import Probe, probe_video


class VideoReader:
    """One source per file, its stream the first picture track."""

    format = "video"

    def claims(self, opened: Opened) -> bool:
        """A known container, a name that promises a video, or bytes that nothing else accounts for."""
        if container_format(opened.head) or opened.suffix in VIDEO_SUFFIXES:
            return True
        return not is_text(opened.head) and other_format(opened) is None

    def read(self, opened: Opened, batch: str) -> list[Source]:
        """See `FileReader.read`; raises `not_media`, `truncated`, `no_video`, `no_frames`, `one_frame`."""
        probe = probe_container(opened)
        return [
            register(
                opened,
                batch,
                self.format,
                "video",
                width=probe.width,
                height=probe.height,
                stream=whole_stream(opened, probe),
            )
        ]


def probe_container(opened: Opened) -> Probe:
    """The facts of a video file, after a look at what it is and whether all of it is there.

    FFmpeg is given no text and no file that is plainly something else. Raises `UnreadableSource`.
    """
    container = container_format(opened.head)
    if container is None:
        other = other_format(opened)
        if other is not None:
            raise UnreadableSource("not_media", f"named like a video, but it is: {other}")
    else:
        check_whole(opened, container)
    try:
        probe = probe_video(opened.path)
    except UnreadableSource as reason:
        if reason.reason != "not_media":
            raise
        if container is not None:
            raise UnreadableSource("truncated", f"begins as {container}, but does not open") from reason
        if opened.suffix in VIDEO_SUFFIXES:
            raise UnreadableSource(
                "not_media", "named like a video, but no container is known in it"
            ) from reason
        raise UnreadableSource("no_reader", "binary data that no reader knows yet") from reason
    if probe.frames < 2:
        raise UnreadableSource("one_frame", "a video of a single frame has no time")
    return probe


def whole_stream(opened: Opened, probe: Probe) -> Stream:
    """The stream that is a whole video file."""
    return Stream(
        uri=opened.file.uri,
        origin_s=probe.origin_s,
        duration_s=probe.duration_s,
        fps=probe.fps,
        frames=probe.frames,
        codec=probe.codec,
        has_audio=probe.has_audio,
        sha256=opened.sha256,
    )
