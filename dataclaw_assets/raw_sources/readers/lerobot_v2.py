"""Reads LeRobot v2.0 and v2.1 datasets: one source per episode, which has a table and a video of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.robot.lerobot import read_rate
from dataclaw_assets.raw_sources.readers.contract import (
    Opened,
    Unit,
    folder_id,
    member_id,
    parse_json,
    read_json,
    read_lines,
    reject,
)
from dataclaw_assets.raw_sources.readers.lerobot import (
    INFO,
    check_data,
    claim_datasets,
    cut_stream,
    describe_episode,
    find_file,
    first_camera,
    name_tags,
)
from dataclaw_assets.raw_sources.readers.video import probe_container
from dataclaw_assets.records import Record, Source
from resources.landing import LandingFile

EPISODES = "meta/episodes.jsonl"
TASKS = "meta/tasks.jsonl"
DATA_PATH = "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet"
VIDEO_PATH = "videos/chunk-{episode_chunk:03d}/{video_key}/episode_{episode_index:06d}.mp4"
CHUNK_EPISODES = 1_000
"""Where v2.1 puts files, and how many episodes a chunk has, when `info.json` does not say (lerobot v0.3,
`datasets/utils.py`)."""

MAX_EPISODES = 20_000
"""How many episodes of a dataset are read; each is a video to open."""


class Listed(Record):
    """One line of `meta/episodes.jsonl`: the episode's number and its length in frames."""

    index: int
    length: int


class LeRobotV2Reader:
    """A file for each episode, so its origin is that of its video; its duration is length ÷ fps.

    With several cameras the first key in sorted order gives the stream; a tag names it.
    """

    format = "lerobot-v2"

    def claim(self, files: Sequence[LandingFile], peek: Callable[[LandingFile], Any]) -> list[Unit]:
        """Folders that hold `meta/info.json` with a `codebase_version` of v2."""
        return claim_datasets(files, peek, self.format, "v2")

    def read(self, unit: Unit, opened: dict[str, Opened], batch: str) -> list[Source]:
        """See `FolderReader.read`. An episode whose table or video is missing or damaged, and a line that is
        none, is a rejected row that says so.

        Raises `missing_part` without the list of episodes, `bad_json`, `no_episodes`.
        """
        info = read_json(opened[INFO].path)
        dataset_id = folder_id(opened)
        rows, seen = [], set[int]()
        for number, found in enumerate(read_listed(opened)):
            if isinstance(found, UnreadableSource):
                # Its own id: the number of a line must not stand for the episode of that number.
                source_id = member_id(f"{dataset_id}/{EPISODES}", number)
                rows.append(reject(opened[INFO].file, batch, found, source_id=source_id, format=self.format))
                continue
            if found.index in seen:
                continue
            seen.add(found.index)
            try:
                rows.append(_register_episode(found, info, opened, batch, dataset_id))
            except UnreadableSource as reason:
                source_id = member_id(dataset_id, found.index)
                rejected = reject(opened[INFO].file, batch, reason, source_id=source_id, format=self.format)
                rows.append(rejected.model_copy(update={"member": found.index}))
        if not rows:
            raise UnreadableSource("no_episodes", "the list of episodes is empty")
        return rows


def read_listed(opened: dict[str, Opened]) -> list[Listed | UnreadableSource]:
    """The episodes in the order of the list, each with the reason where its line cannot be used.

    Raises `UnreadableSource` (`missing_part`, `too_large`).
    """
    if EPISODES not in opened:
        raise UnreadableSource("missing_part", f"{EPISODES} is not there")
    found: list[Listed | UnreadableSource] = []
    for number, line in enumerate(read_lines(opened[EPISODES].path)):
        if number == MAX_EPISODES:
            found.append(UnreadableSource("too_many", f"only the first {MAX_EPISODES} episodes are read"))
            break
        try:
            found.append(_read_line(number, line))
        except UnreadableSource as reason:
            found.append(reason)
    return found


def _read_line(number: int, line: bytes) -> Listed:
    item = parse_json(line)
    stated = item if isinstance(item, dict) else {}
    index, length = _count(stated.get("episode_index")), _count(stated.get("length"))
    if index is None or length is None:
        raise UnreadableSource("bad_table", f"line {number + 1} of {EPISODES} states no episode and length")
    return Listed(index=index, length=length)


def _register_episode(
    episode: Listed, info: dict[str, Any], opened: dict[str, Opened], batch: str, dataset_id: str
) -> Source:
    chunk = episode.index // (_count(info.get("chunks_size")) or CHUNK_EPISODES)
    place = {"episode_chunk": chunk, "episode_index": episode.index}
    data = find_file(opened, info.get("data_path"), DATA_PATH, **place)
    check_data(opened[data], data)
    camera = first_camera(info)
    video, stream, probe = None, None, None
    if camera is not None:
        video = find_file(opened, info.get("video_path"), VIDEO_PATH, video_key=camera, **place)
        try:
            probe = probe_container(opened[video])
        except UnreadableSource as reason:
            raise UnreadableSource(reason.reason, f"{video}: {reason.detail}") from reason
        rate = read_rate(info)
        if not rate:
            raise UnreadableSource("bad_table", f"{INFO} states no rate of frames")
        stream = cut_stream(opened[video], probe, 0.0, episode.length / rate, episode.length)
    return describe_episode(
        opened,
        {INFO: "metadata", data: "table", EPISODES: "episodes", TASKS: "task"},
        main=video or data,
        format=LeRobotV2Reader.format,
        source_id=member_id(dataset_id, episode.index),
        member=episode.index,
        batch=batch,
        size=(probe.width, probe.height) if probe else None,
        stream=stream,
        tags=name_tags(info, camera),
    )


def _count(value: Any) -> int | None:
    """A number that counts, within what a column of 64 bits holds; JSON integers have no bound."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        return None
    return value
