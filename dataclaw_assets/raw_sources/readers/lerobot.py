"""Reads LeRobot v3 datasets: one source per episode, a stretch of one camera's video file."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from typing import Any
from urllib.parse import quote

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.readers.contract import Opened, Unit, folder_id, member_id, read_json, reject
from dataclaw_assets.raw_sources.readers.video import probe_container
from dataclaw_assets.records import Record, Sidecar, Source, Stream
from resources.landing import LandingFile
from resources.media import Probe

INFO = "meta/info.json"
TASKS = "meta/tasks.parquet"
DATA_PATH = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
VIDEO_PATH = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
"""Where v3.0 puts files when `info.json` does not say (lerobot `datasets/utils.py`)."""

_HOMES = ("meta", "data", "videos")
_FIELD = re.compile(r"\{(\w+)(?::0?(\d)d)?\}")
_SLACK_FRAMES = 1.5
"""How far an episode may reach past its video's end: rounding of float32 timestamps, in frames."""
MAX_EPISODES = 200_000
"""How many episodes a table may hold: twice DROID's. A few bytes of Parquet can say millions."""


class Episode(Record):
    """Where one episode lies: the (chunk, file) numbers of its files; times are seconds of the video file."""

    index: int
    length: int
    data_file: tuple[int, int]
    video_file: tuple[int, int] | None
    from_s: float
    to_s: float
    table: str
    """The episodes table it was found in, relative to the dataset."""


class LeRobotReader:
    """Frame time in the file = `from_timestamp` + `timestamp`, so an episode's origin is `from_timestamp`.

    With several cameras the first key in sorted order gives the stream; a tag names it.
    """

    format = "lerobot-v3"

    def claim(self, files: Sequence[LandingFile], peek: Callable[[LandingFile], Any]) -> list[Unit]:
        """Folders that hold `meta/info.json` with a `codebase_version` of v3."""
        return claim_datasets(files, peek, self.format, "v3")

    def read(self, unit: Unit, opened: dict[str, Opened], batch: str) -> list[Source]:
        """See `FolderReader.read`. An episode whose table or video is missing is a rejected row naming it.

        Raises `missing_part` without an episodes table, `bad_table`, `bad_json`.
        """
        info = read_json(opened[INFO].path)
        camera = first_camera(info)
        dataset_id = folder_id(opened)
        probes: dict[str, Probe | UnreadableSource] = {}
        rows = []
        for episode in read_episodes(opened, camera):
            try:
                rows.append(_register_episode(episode, info, camera, opened, probes, batch, dataset_id))
            except UnreadableSource as reason:
                row = reject(opened[INFO].file, batch, reason, format=self.format, member=episode.index)
                rows.append(row.model_copy(update={"source_id": member_id(dataset_id, episode.index)}))
        if not rows:
            raise UnreadableSource("no_episodes", "the episodes table is empty")
        return rows


def claim_datasets(
    files: Sequence[LandingFile], peek: Callable[[LandingFile], Any], format: str, version: str
) -> list[Unit]:
    """Folders that hold `meta/info.json` with a `codebase_version` that begins so, each with its files."""
    roots: dict[str, list[LandingFile]] = {}
    for file in files:
        if file.path != INFO and not file.path.endswith(f"/{INFO}"):
            continue
        info = peek(file)
        if isinstance(info, dict) and str(info.get("codebase_version", "")).startswith(version):
            roots[file.path[: -len(INFO)].rstrip("/")] = []
    for file in files:
        root = dataset_root(file.path, roots)
        if root is not None:
            roots[root].append(file)
    return [Unit(format=format, root=root, files=tuple(roots[root])) for root in sorted(roots) if roots[root]]


def dataset_root(path: str, roots: Container[str]) -> str | None:
    """The outermost of the dataset folders that a file is part of: it lies in `meta`, `data` or `videos`."""
    parts = path.split("/")
    for depth, part in enumerate(parts[:-1]):
        if part in _HOMES and (root := "/".join(parts[:depth])) in roots:
            return root
    return None


def first_camera(info: dict[str, Any]) -> str | None:
    """The first feature of dtype `video`, in sorted order of the keys."""
    features = info.get("features")
    if not isinstance(features, dict):
        return None
    stated = ((key, features[key]) for key in sorted(features))
    return next(
        (key for key, item in stated if isinstance(item, dict) and item.get("dtype") == "video"), None
    )


def fill_path(template: str, **values: str | int) -> str:
    """A path template with its fields filled in.

    `str.format` is not used: a template is footage, and format strings can reach into objects and ask for
    gigabytes of padding. Raises `UnreadableSource` (`bad_template`) at any other field.
    """

    def fill(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise UnreadableSource("bad_template", f"unknown field {match[0][:40]}")
        return str(values[match[1]]).zfill(int(match[2] or 0))

    path = _FIELD.sub(fill, template)
    if "{" in path or "}" in path:
        raise UnreadableSource("bad_template", f"a path template that is not understood: {template[:80]}")
    return path


def read_episodes(opened: dict[str, Opened], camera: str | None) -> list[Episode]:
    """Every episode of a dataset, by index.

    Raises `UnreadableSource`: `missing_part` without a table, `bad_table` for one without the columns of v3.
    """
    names = sorted(name for name in opened if name.startswith("meta/episodes/") and name.endswith(".parquet"))
    if not names:
        raise UnreadableSource("missing_part", "meta/episodes/chunk-000/file-000.parquet is not there")
    episodes = {row.index: row for name in names for row in _read_episode_table(opened[name], name, camera)}
    return [episodes[index] for index in sorted(episodes)]


def _read_episode_table(table: Opened, name: str, camera: str | None) -> list[Episode]:
    import polars as pl

    plain = ["episode_index", "length", "data/chunk_index", "data/file_index"]
    parts = ("chunk_index", "file_index", "from_timestamp", "to_timestamp")
    filmed = [f"videos/{camera}/{part}" for part in parts] if camera else []
    try:
        columns = plain + filmed
        rows = pl.read_parquet(table.path, columns=columns, n_rows=MAX_EPISODES + 1, glob=False).rows()
        if len(rows) > MAX_EPISODES:
            raise UnreadableSource("too_many", f"{name}: more than {MAX_EPISODES} episodes")
        return [
            Episode(
                index=row[0],
                length=row[1],
                data_file=(row[2], row[3]),
                video_file=(row[4], row[5]) if camera else None,
                from_s=row[6] if camera else 0.0,
                to_s=row[7] if camera else 0.0,
                table=name,
            )
            for row in rows
        ]
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        raise UnreadableSource("bad_table", f"{name}: {str(error).splitlines()[0][:200]}") from error


def _register_episode(
    episode: Episode,
    info: dict[str, Any],
    camera: str | None,
    opened: dict[str, Opened],
    probes: dict[str, Probe | UnreadableSource],
    batch: str,
    dataset_id: str,
) -> Source:
    chunk, number = episode.data_file
    data = find_file(opened, info.get("data_path"), DATA_PATH, chunk_index=chunk, file_index=number)
    check_data(opened[data], data)
    video, stream, probe = None, None, None
    if camera is not None and episode.video_file is not None:
        chunk, number = episode.video_file
        video = find_file(
            opened, info.get("video_path"), VIDEO_PATH, video_key=camera, chunk_index=chunk, file_index=number
        )
        probe = _probe_once(video, opened, probes)
        stream = cut_stream(opened[video], probe, episode.from_s, episode.to_s, episode.length)
    return describe_episode(
        opened,
        {INFO: "metadata", data: "table", episode.table: "episodes", TASKS: "task"},
        main=video or data,
        format=LeRobotReader.format,
        source_id=member_id(dataset_id, episode.index),
        member=episode.index,
        batch=batch,
        size=(probe.width, probe.height) if probe else None,
        stream=stream,
        tags=name_tags(info, camera),
    )


def describe_episode(
    opened: dict[str, Opened],
    tables: dict[str, str],
    *,
    main: str,
    format: str,
    source_id: str,
    member: int,
    batch: str,
    size: tuple[int, int] | None,
    stream: Stream | None,
    tags: tuple[str, ...],
) -> Source:
    """The row of one episode: `main` is the file that names it, `tables` the roles of its other files."""
    file = opened[main].file
    sidecars = tuple(
        Sidecar.model_validate({"uri": opened[name].file.uri, "role": role, "sha256": opened[name].sha256})
        for name, role in tables.items()
        if name in opened
    )
    return Source(
        source_id=source_id,
        kind="robot_demo",
        format=format,
        uri=file.uri,
        name=f"{opened[main].name} #{member}",
        member=member,
        batch=batch,
        bytes=file.bytes,
        mtime_ns=file.mtime_ns,
        width=size[0] if size else None,
        height=size[1] if size else None,
        stream=stream,
        sidecars=sidecars,
        tags=tags,
        status="registered",
    )


def find_file(opened: dict[str, Opened], template: Any, default: str, **values: str | int) -> str:
    """The path of a part, which must be one of the dataset's own files: a template cannot lead outside."""
    path = fill_path(template if isinstance(template, str) else default, **values)
    if quote(path) not in opened:
        raise UnreadableSource("missing_part", f"{path[:200]} is not there")
    return quote(path)


def check_data(table: Opened, name: str) -> None:
    """Refuse (`bad_table`) a table of frames that is no Parquet or lacks what every version has."""
    import polars as pl

    try:
        columns = pl.scan_parquet(table.path, glob=False).collect_schema().names()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        raise UnreadableSource("bad_table", f"{name}: {str(error).splitlines()[0][:200]}") from error
    missing = sorted({"timestamp", "episode_index"}.difference(columns))
    if missing:
        raise UnreadableSource("bad_table", f"{name} lacks {', '.join(missing)}")


def _probe_once(name: str, opened: dict[str, Opened], probes: dict[str, Probe | UnreadableSource]) -> Probe:
    if name not in probes:
        try:
            probes[name] = probe_container(opened[name])
        except UnreadableSource as reason:
            probes[name] = UnreadableSource(reason.reason, f"{name}: {reason.detail}")
    found = probes[name]
    if isinstance(found, UnreadableSource):
        raise found
    return found


def cut_stream(video: Opened, probe: Probe, from_s: float, to_s: float, length: int) -> Stream:
    """The stretch of a video that shows an episode of `length` frames; times are the file's, in seconds.

    Raises `UnreadableSource` (`bad_table` for no stretch, `truncated` where the video ends before it).
    """
    slack = _SLACK_FRAMES / probe.fps if probe.fps > 0 else 0.0
    if not 0 <= from_s < to_s or length < 1:
        raise UnreadableSource("bad_table", f"it ends ({to_s:g} s) before it begins ({from_s:g} s)")
    if to_s > probe.duration_s + slack:
        raise UnreadableSource("truncated", f"it ends at {to_s:g} s, its video at {probe.duration_s:g} s")
    return Stream(
        uri=video.file.uri,
        origin_s=probe.origin_s + from_s,
        duration_s=to_s - from_s,
        fps=probe.fps,
        frames=length,
        codec=probe.codec,
        has_audio=probe.has_audio,
        sha256=video.sha256,
    )


def name_tags(info: dict[str, Any], camera: str | None) -> tuple[str, ...]:
    """The camera that gives the stream, and the robot where the dataset names it."""
    robot = info.get("robot_type")
    named = (f"robot:{robot[:64]}",) if isinstance(robot, str) and robot else ()
    return (f"camera:{camera}", *named) if camera else named
