"""Reads robomimic HDF5 files: one source per demonstration."""

from __future__ import annotations

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.robot.hdf5 import MAGIC
from dataclaw_assets.raw_sources.formats.robot.robomimic import Demo, looks_like_robomimic, read_demos
from dataclaw_assets.raw_sources.readers.contract import Opened, describe_pictures, member_id, reject
from dataclaw_assets.records import Source


class RobomimicReader:
    """One source per `demo_N`, its stream the pictures of one camera."""

    format = "robomimic"

    def claims(self, opened: Opened) -> bool:
        """Whether it is HDF5 with something named `data` at its root, or HDF5 that was cut short."""
        return opened.head.startswith(MAGIC) and looks_like_robomimic(opened.path)

    def read(self, opened: Opened, batch: str) -> list[Source]:
        """See `FileReader.read`; a demonstration that cannot be used is a rejected row of its own."""
        rows = []
        for number, found in read_demos(opened.path):
            source_id = member_id(opened.sha256, number)
            if isinstance(found, UnreadableSource):
                rows.append(
                    reject(opened.file, batch, found, source_id=source_id, format=self.format, member=number)
                )
                continue
            rows.append(
                Source(
                    source_id=source_id,
                    kind="robot_demo",
                    format=self.format,
                    uri=opened.file.uri,
                    name=f"{opened.name} #{number}",
                    member=number,
                    batch=batch,
                    bytes=opened.file.bytes,
                    mtime_ns=opened.file.mtime_ns,
                    tags=tuple(_tags(found)),
                    status="registered",
                    **describe_pictures(opened, found.pictures, found.episode.times),
                )
            )
        return rows


def _tags(demo: Demo) -> list[str]:
    tags = [f"frames:{len(demo.episode.times)}"]
    if demo.episode.success is not None:
        tags.append(f"success:{str(demo.episode.success).lower()}")
    if demo.environment:
        tags.append(f"env:{demo.environment}")
    return [*tags, f"images:{demo.images}"] if demo.images else tags
