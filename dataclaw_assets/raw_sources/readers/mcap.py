"""Reads MCAP recordings with joint states or pictures: one source per file."""

from __future__ import annotations

from dataclaw_assets.raw_sources.formats.robot.mcap_log import MAGIC
from dataclaw_assets.raw_sources.formats.robot.mcap_pictures import read_log
from dataclaw_assets.raw_sources.readers.contract import Opened, describe_pictures, register
from dataclaw_assets.records import Source


class McapReader:
    """One source per recording, its stream the pictures of one camera. A recording that holds neither joint
    states nor pictures is refused, and what it holds is named."""

    format = "mcap"

    def claims(self, opened: Opened) -> bool:
        """Whether the file begins as MCAP."""
        return opened.head.startswith(MAGIC)

    def read(self, opened: Opened, batch: str) -> list[Source]:
        """See `FileReader.read`; raises as `read_log` does."""
        log = read_log(opened.path)
        times = log.recording.episode.times if log.recording else ()
        tags = []
        if log.recording:
            tags += [f"frames:{len(times)}", f"topic:{log.recording.topic[:64]}"]
        if log.pictures:
            tags += [f"images:{len(log.pictures.times)}", f"camera:{log.pictures.camera[:64]}"]
        return [
            register(
                opened,
                batch,
                self.format,
                "robot_demo",
                tags=tuple(tags),
                **describe_pictures(opened, log.pictures, times),
            )
        ]
