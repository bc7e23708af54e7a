"""Reads MCAP recordings with joint states: one source per file."""

from __future__ import annotations

from dataclaw_assets.raw_sources.formats.robot.mcap_log import MAGIC, read_recording
from dataclaw_assets.raw_sources.readers.contract import Opened, register
from dataclaw_assets.records import Source


class McapReader:
    """One source per recording, without a stream. Recordings without joint states are refused, named."""

    format = "mcap"

    def claims(self, opened: Opened) -> bool:
        """Whether the file begins as MCAP."""
        return opened.head.startswith(MAGIC)

    def read(self, opened: Opened, batch: str) -> list[Source]:
        """See `FileReader.read`."""
        found = read_recording(opened.path)
        return [
            register(
                opened,
                batch,
                self.format,
                "robot_demo",
                tags=(f"frames:{len(found.episode.times)}", f"topic:{found.topic[:64]}"),
            )
        ]
