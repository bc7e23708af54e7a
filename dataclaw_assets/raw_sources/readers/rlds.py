"""Reads RLDS data sets (TFRecord files with their `features.json`): one source per episode."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.robot.rlds import Recorded, read_recorded
from dataclaw_assets.raw_sources.formats.robot.rlds_features import Features, has_steps, read_features
from dataclaw_assets.raw_sources.formats.robot.tfrecord import is_tfrecord, parse_example, read_records
from dataclaw_assets.raw_sources.readers.contract import (
    Opened,
    Unit,
    describe_pictures,
    folder_id,
    member_id,
    read_json,
    reject,
)
from dataclaw_assets.records import Sidecar, Source
from resources.landing import LandingFile

INFO, FEATURES = "dataset_info.json", "features.json"
SHARD = re.compile(r".+\.tfrecord-\d{5}-of-\d{5}")
"""How TensorFlow Datasets names its files: `<set>-<split>.tfrecord-00000-of-00001`."""

MAX_EPISODES = 20_000
"""How many episodes of a data set are read; larger sets are landed a few shards at a time."""


class RLDSReader:
    """One source per record, its stream the pictures of one camera, a second each.

    `member` is the record's number in its own file (`uri`); the id is of the data set and the episode's
    number over all its files in order of name.
    """

    format = "rlds"

    def claim(self, files: Sequence[LandingFile], peek: Callable[[LandingFile], Any]) -> list[Unit]:
        """Folders that hold `dataset_info.json`, a `features.json` with steps, and TFRecord shards."""
        folders: dict[str, dict[str, LandingFile]] = {}
        for file in files:
            folder, _, name = file.path.rpartition("/")
            folders.setdefault(folder, {})[name] = file
        units = []
        for folder, names in sorted(folders.items()):
            shards = sorted(name for name in names if SHARD.fullmatch(name))
            if not shards or not {INFO, FEATURES} <= names.keys() or not has_steps(peek(names[FEATURES])):
                continue
            mine = tuple(names[name] for name in (INFO, FEATURES, *shards))
            units.append(Unit(format=self.format, root=folder, files=mine))
        return units

    def read(self, unit: Unit, opened: dict[str, Opened], batch: str) -> list[Source]:
        """See `FolderReader.read`. A record that cannot be used, and a file that ends early, are rows.

        Raises `bad_features`, `bad_json`, `no_episodes`.
        """
        features = read_features(read_json(opened[FEATURES].path))
        info = read_json(opened[INFO].path)
        info = info if isinstance(info, dict) else {}
        licence = _read_licence(info)
        dataset_id = folder_id(opened)
        rows: list[Source] = []
        for name, number, item in _read_shards(opened, features, shard_lengths(info)):
            source_id = member_id(dataset_id, len(rows))
            if len(rows) == MAX_EPISODES:
                item = UnreadableSource("too_many", f"only the first {MAX_EPISODES} episodes are read")
            if isinstance(item, Recorded):
                rows.append(_register(opened, name, number, item, batch, source_id, licence))
                continue
            file = opened[name].file
            rows.append(reject(file, batch, item, source_id=source_id, format=self.format, member=number))
            if len(rows) > MAX_EPISODES:
                break
        if not rows:
            raise UnreadableSource("no_episodes", "its TFRecord files are empty")
        return rows


class TFRecordReader:
    """Refuses TFRecord files that lie alone: their numbers mean nothing without a `features.json`."""

    format = "tfrecord"

    def claims(self, opened: Opened) -> bool:
        """Whether the file begins with a record's length that agrees with its check."""
        return is_tfrecord(opened.head)

    def read(self, opened: Opened, batch: str) -> list[Source]:
        """Raises `UnreadableSource` (`no_reader`, and what the first record is refused for)."""
        _, first = next(read_records(opened.path))
        if isinstance(first, UnreadableSource):
            raise first
        parse_example(first)
        raise UnreadableSource(
            "no_reader", f"TFRecord file; RLDS episodes are read beside their {FEATURES} and {INFO}"
        )


def shard_lengths(info: dict[str, Any]) -> dict[str, int]:
    """How many records `dataset_info.json` states for each file, by the name it gives the file."""
    splits = info.get("splits")
    lengths: dict[str, int] = {}
    for split in splits if isinstance(splits, list) else ():
        counts = split.get("shardLengths") if isinstance(split, dict) else None
        if not isinstance(counts, list):
            continue
        for index, count in enumerate(counts):
            name = f"{info.get('name')}-{split.get('name')}.tfrecord-{index:05d}-of-{len(counts):05d}"
            if str(count).isdecimal() and len(str(count)) < 10:
                lengths[name] = int(count)
    return lengths


def _read_shards(
    opened: dict[str, Opened], features: Features, stated: dict[str, int]
) -> Iterator[tuple[str, int, Recorded | UnreadableSource]]:
    """Every record of every file, by the file's name and the record's number in it."""
    for name in sorted(name for name in opened if SHARD.fullmatch(name)):
        count = 0
        for number, item in read_recorded(opened[name].path, features):
            yield name, number, item
            count += 1
        if count < stated.get(name, 0):
            detail = f"{INFO} states {stated[name]} episodes, of which {count} are here"
            yield name, count, UnreadableSource("truncated", detail)


def _register(
    opened: dict[str, Opened],
    name: str,
    number: int,
    item: Recorded,
    batch: str,
    source_id: str,
    licence: str | None,
) -> Source:
    shard, features = opened[name], opened[FEATURES]
    tags = [f"frames:{len(item.episode.times)}"]
    if item.episode.success is not None:
        tags.append(f"success:{str(item.episode.success).lower()}")
    if item.images:
        tags.append(f"images:{item.images}")
    return Source(
        source_id=source_id,
        kind="robot_demo",
        format=RLDSReader.format,
        uri=shard.file.uri,
        name=f"{shard.name} #{number}",
        member=number,
        batch=batch,
        bytes=shard.file.bytes,
        mtime_ns=shard.file.mtime_ns,
        sidecars=(Sidecar(uri=features.file.uri, role="metadata", sha256=features.sha256),),
        licence=licence,
        tags=tuple(tags),
        status="registered",
        **describe_pictures(shard, item.pictures, item.episode.times),
    )


def _read_licence(info: dict[str, Any]) -> str | None:
    """The licence that `redistributionInfo` states (`dataset_info.proto` of TensorFlow Datasets)."""
    stated = info.get("redistributionInfo")
    licence = stated.get("license") if isinstance(stated, dict) else None
    return " ".join(licence.split())[:200] or None if isinstance(licence, str) else None
