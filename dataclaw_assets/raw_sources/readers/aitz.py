"""Reads Android-in-the-Zoo: `<category>/<episode>/<episode>.json` and its pictures, one source an episode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dataclaw_assets.raw_sources.formats.gui.aitz import read_session
from dataclaw_assets.raw_sources.readers.contract import Opened, Unit
from dataclaw_assets.raw_sources.readers.stepped import (
    episode_file,
    index_pictures,
    measure_screenshots,
    register_episode,
    take_unit,
)
from dataclaw_assets.records import Source
from resources.landing import LandingFile

_KEYS = {"episode_id", "step_id", "image_path", "result_action_type"}


class AitzReader:
    """One source per episode, without a stream; its width and height are its first screenshot's."""

    format = "aitz"

    def claim(self, files: Sequence[LandingFile], peek: Callable[[LandingFile], Any]) -> list[Unit]:
        """Lists of steps by content, in a folder of their own name or beside pictures."""
        pictures = index_pictures(files)
        units = []
        for file in files:
            folder, _, name = file.path.rpartition("/")
            own = name == f"{folder.rpartition('/')[2]}.json"
            if not name.endswith(".json") or not (own or folder in pictures):
                continue
            steps = peek(file)
            if not (isinstance(steps, list) and steps and isinstance(steps[0], dict)):
                continue
            if not steps[0].keys() >= _KEYS:
                continue
            named = [step.get("image_path") for step in steps if isinstance(step, dict)]
            units.append(take_unit(self.format, folder, file, named, pictures.get(folder, {})))
        return units

    def read(self, unit: Unit, opened: dict[str, Opened], batch: str) -> list[Source]:
        """See `FolderReader.read`; raises what `read_session` raises."""
        session = read_session(episode_file(opened).path, measure_screenshots(opened))
        return [register_episode(self.format, opened, batch, session, ())]
