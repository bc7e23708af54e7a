"""Reads AgentNet / OpenCUA sessions: a folder with `metadata.json`, `events.jsonl` and the recording."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.readers.contract import (
    Opened,
    Unit,
    folder_id,
    parse_json,
    read_json,
    read_lines,
)
from dataclaw_assets.raw_sources.readers.signatures import VIDEO_SUFFIXES
from dataclaw_assets.raw_sources.readers.video import probe_container, whole_stream
from dataclaw_assets.records import Sidecar, Source
from resources.landing import LandingFile

_LOGS = re.compile(
    r"(?:metadata\.json|task_name\.json"
    r"|(?:events|event_buffer|a11y|element|html|top_window|reduced_events_[^/]*)\.jsonl)"
)
"""File names of a raw session, from OpenCUA's AgentNetTool."""

_ROLES = {
    "metadata.json": "metadata",
    "task_name.json": "task",
    "events.jsonl": "events",
    "element.jsonl": "elements",
    "a11y.jsonl": "elements",
    "top_window.jsonl": "windows",
}
_REDUCED = ("reduced_events_complete.jsonl", "reduced_events_vis.jsonl")
"""Logs of whole actions, the fuller first."""


class AgentNetReader:
    """One source per session; its stream is the recording, its sidecars the logs."""

    format = "agentnet"

    def claim(self, files: Sequence[LandingFile], peek: Callable[[LandingFile], Any]) -> list[Unit]:
        """Folders that hold `metadata.json` with a start time, and `events.jsonl`, both by content."""
        folders: dict[str, dict[str, LandingFile]] = {}
        for file in files:
            folder, _, name = file.path.rpartition("/")
            folders.setdefault(folder, {})[name] = file
        units = []
        for folder, names in sorted(folders.items()):
            if not {"metadata.json", "events.jsonl"} <= names.keys():
                continue
            metadata = peek(names["metadata.json"])
            if not (isinstance(metadata, dict) and {"start_time", "video_start_timestamp"} & metadata.keys()):
                continue
            recording = _choose_recording(sorted(names), str(metadata.get("start_time", "")))
            mine = [names[name] for name in sorted(names) if _LOGS.fullmatch(name) or name == recording]
            units.append(Unit(format=self.format, root=folder, files=tuple(mine)))
        return units

    def read(self, unit: Unit, opened: dict[str, Opened], batch: str) -> list[Source]:
        """See `FolderReader.read`. A session without its recording keeps its logs and has no stream.

        Raises `bad_events` when the log's first line is not an event, and what the video reader raises.
        """
        _check_events(opened["events.jsonl"])
        recording = next((name for name in opened if not _LOGS.fullmatch(name)), None)
        main = opened[recording or "metadata.json"]
        probe = probe_container(main) if recording else None
        metadata = read_json(opened["metadata.json"].path)
        screen = (_as_size(metadata.get("screen_width")), _as_size(metadata.get("screen_height")))
        return [
            Source(
                source_id=folder_id(opened),
                kind="gui_trace",
                format=self.format,
                uri=main.file.uri,
                name=main.name,
                batch=batch,
                bytes=sum(item.file.bytes for item in opened.values()),
                mtime_ns=main.file.mtime_ns,
                width=probe.width if probe else screen[0],
                height=probe.height if probe else screen[1],
                stream=whole_stream(main, probe) if probe else None,
                sidecars=tuple(_sidecars(opened)),
                tags=_screen_tags(metadata, screen),
                status="registered",
            )
        ]


def _choose_recording(names: list[str], start_time: str) -> str | None:
    """The video named after the start time, as the tool names it, else the first one."""
    videos = [
        name for name in names if "." in name and "." + name.rsplit(".", 1)[1].lower() in VIDEO_SUFFIXES
    ]
    stem = re.sub(r"[^0-9]+", "-", start_time).strip("-")
    named = [name for name in videos if re.sub(r"[^0-9]+", "-", name.rsplit(".", 1)[0]).strip("-") == stem]
    return next(iter(named or videos), None)


def _check_events(events: Opened) -> None:
    first = next(read_lines(events.path), None)
    if first is None:
        raise UnreadableSource("bad_events", "events.jsonl is empty")
    event = parse_json(first)
    if not (isinstance(event, dict) and {"time_stamp", "action"} <= event.keys()):
        raise UnreadableSource("bad_events", "events.jsonl does not begin with an event")


def _sidecars(opened: dict[str, Opened]) -> list[Sidecar]:
    roles = dict(_ROLES)
    reduced = next((name for name in _REDUCED if name in opened and opened[name].file.bytes), None)
    if reduced:
        roles[reduced] = "actions"
    return [
        Sidecar.model_validate({"uri": opened[name].file.uri, "role": role, "sha256": opened[name].sha256})
        for name, role in roles.items()
        if name in opened
    ]


def _as_size(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65_536 else None


def _screen_tags(metadata: dict[str, Any], screen: tuple[int | None, int | None]) -> tuple[str, ...]:
    """The logged screen size, whose pixels the log's points are in; the recording's may differ."""
    tags = [f"screen:{screen[0]}x{screen[1]}"] if None not in screen else []
    system = metadata.get("system")
    return (*tags, f"system:{system[:32]}") if isinstance(system, str) and system else tuple(tags)
