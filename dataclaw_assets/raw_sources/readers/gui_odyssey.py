"""Reads GUI-Odyssey: `annotations/<episode>.json` and pictures in `screenshots/`, one source an episode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dataclaw_assets.raw_sources.formats.gui.gui_odyssey import read_session
from dataclaw_assets.raw_sources.formats.gui.stepped import EPISODE_BYTES, read_text
from dataclaw_assets.raw_sources.readers.contract import Opened, Unit, read_json
from dataclaw_assets.raw_sources.readers.stepped import (
    SCREENSHOTS,
    episode_file,
    index_pictures,
    measure_screenshots,
    register_episode,
    take_unit,
)
from dataclaw_assets.records import Source
from resources.landing import LandingFile

ANNOTATIONS = "annotations"
_KEYS = {"episode_id", "device_info", "task_info", "steps"}
MAX_APPS = 8
"""How many apps are named in tags; a task across apps uses two to five."""


class GuiOdysseyReader:
    """One source per episode, without a stream; its width and height are the device's."""

    format = "gui-odyssey"

    def claim(self, files: Sequence[LandingFile], peek: Callable[[LandingFile], Any]) -> list[Unit]:
        """Episodes by content, in a folder `annotations` or beside their pictures."""
        pictures = index_pictures(files)
        units = []
        for file in files:
            folder = file.path.rpartition("/")[0]
            root, slash, last = folder.rpartition("/")
            home = f"{root}{slash}{SCREENSHOTS}" if last == ANNOTATIONS else folder
            if not file.path.endswith(".json") or (last != ANNOTATIONS and home not in pictures):
                continue
            episode = peek(file)
            if not (isinstance(episode, dict) and episode.keys() >= _KEYS):
                continue
            steps = episode["steps"] if isinstance(episode["steps"], list) else []
            named = [step.get("screenshot") for step in steps if isinstance(step, dict)]
            top = root if last == ANNOTATIONS else folder
            units.append(take_unit(self.format, top, file, named, pictures.get(home, {})))
        return units

    def read(self, unit: Unit, opened: dict[str, Opened], batch: str) -> list[Source]:
        """See `FolderReader.read`; raises what `read_session` raises."""
        path = episode_file(opened).path
        session = read_session(path, measure_screenshots(opened))
        tags = _read_tags(read_json(path, EPISODE_BYTES))
        return [register_episode(self.format, opened, batch, session, tags)]


def _read_tags(episode: dict[str, Any]) -> list[str]:
    device, task = (
        part if isinstance(part, dict) else {} for part in (episode["device_info"], episode["task_info"])
    )
    apps = task.get("app")
    named = [("device", device.get("device_name")), ("category", task.get("category"))]
    named += [("app", app) for app in apps[:MAX_APPS]] if isinstance(apps, list) else []
    return [f"{name}:{text[:64]}" for name, value in named if (text := read_text(value))]
