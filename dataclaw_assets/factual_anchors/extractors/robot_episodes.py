"""A source's episode, whatever format it is in, and stretches of its frames on the source's clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.robot.episode import Episode, Parts, Series
from dataclaw_assets.raw_sources.readers.contract import find_part
from dataclaw_assets.records import Json, Source

Local = Callable[[str], Path]
"""Gives a local copy of a URI."""


def _read_lerobot(source: Source, local: Local) -> Episode:
    from dataclaw_assets.raw_sources.formats.robot.lerobot import read_episode

    table = find_part(source, "table")
    if table is None:
        raise UnreadableSource("bad_table", "no table of frames")
    files: dict[str, Path] = {item.role: local(item.uri) for item in source.sidecars}
    # The table stands for the episode: its video is large and says nothing of the state.
    return read_episode(Parts(main=files["table"], sidecars=files, member=source.member))


def _read_robomimic(source: Source, local: Local) -> Episode:
    from dataclaw_assets.raw_sources.formats.robot.robomimic import read_episode

    return read_episode(local(source.uri), source.member or 0)


def _read_rlds(source: Source, local: Local) -> Episode:
    from dataclaw_assets.raw_sources.formats.robot.rlds import read_episode

    features = find_part(source, "metadata")
    if features is None:
        raise UnreadableSource("missing_part", "features.json is not there")
    return read_episode(local(source.uri), source.member or 0, local(features.uri))


def _read_mcap(source: Source, local: Local) -> Episode:
    from dataclaw_assets.raw_sources.formats.robot.mcap_log import read_episode

    return read_episode(local(source.uri))


_READERS: Mapping[str, Callable[[Source, Local], Episode]] = {
    "lerobot-v3": _read_lerobot,
    "lerobot-v2": _read_lerobot,
    "robomimic": _read_robomimic,
    "rlds": _read_rlds,
    "mcap": _read_mcap,
}


def holds_episode(source: Source) -> bool:
    """Whether the source is an episode in a format that is read here; opens nothing."""
    if source.format == "mcap":  # it may hold pictures alone
        return any(tag.startswith("frames:") for tag in source.tags)
    if source.format not in _READERS or source.member is None:
        return False
    return not source.format.startswith("lerobot") or find_part(source, "table") is not None


def read_source(source: Source, local: Local) -> Episode:
    """The source's episode. Raises `UnreadableSource` when its files cannot be read."""
    return _READERS[source.format](source, local)


def episode_params(source: Source) -> Json:
    """What changes the facts of an episode: its files (a part of its id) and its clock."""
    return {
        "member": source.member,
        "files": sorted(item.sha256 for item in source.sidecars),
        "duration_s": source.stream.duration_s if source.stream else None,
    }


def find_span(source: Source, times: Series, first: int, last: int) -> tuple[float, float]:
    """Start and end in seconds of frames first ≤ i < last, within the source's stream."""
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    end_s = float(times[last]) if last < len(times) else float(times[-1]) + step
    limit = source.stream.duration_s if source.stream else end_s
    start_s = min(float(times[first]), limit)
    return start_s, max(start_s, min(end_s, limit))


def say_when(source: Source, episode: Episode, first: int, last: int) -> str:
    """`From 1.20 s to 2.00 s`, or the frames where the log holds no time."""
    if not episode.timed and last - first == 1:
        return f"At frame {first}"
    if not episode.timed:
        return f"From frame {first} to frame {last - 1}"
    start_s, end_s = find_span(source, episode.times, first, last)
    return f"From {start_s:.2f} s to {end_s:.2f} s"
