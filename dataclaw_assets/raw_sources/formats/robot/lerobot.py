"""Parses an episode of a LeRobot dataset, v3 or v2: its table of frames, and what its metadata say of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui.redaction import redact
from dataclaw_assets.raw_sources.formats.robot.episode import Channels, Episode, Parts, Series, Span
from dataclaw_assets.raw_sources.readers.contract import parse_json, read_json, read_lines

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

STATE = "observation.state"
ACTION = "action"
SUCCESS = "next.success"

MAX_FRAMES = 500_000
"""The longest episode that is read: over an hour at 100 frames a second."""
MAX_CHANNELS = 1_024
"""The widest state; hands with touch sensors have a few hundred channels."""
MAX_NUMBERS = 20_000_000
"""How many numbers of one feature are held at once: 160 MB."""
MAX_MAGNITUDE = 1e12
"""A measured value beyond this is no measurement; its square still fits a float."""
MAX_RATE = 10_000.0
"""Frames a second; the fastest controllers log at 1,000."""
MAX_TEXT = 2_000
"""How much of an instruction is kept, in characters."""
MAX_TASKS = 1_000_000
"""How many lines of a list of tasks or episodes are looked through."""

_COLUMNS = ("timestamp", "frame_index", "episode_index", "task_index", STATE, ACTION, SUCCESS)


def read_episode(parts: Parts) -> Episode:
    """One episode, from the sidecars `table`, `metadata`, `task` and `episodes`; the video is not opened.

    Times are those of the table, on the frame grid where they lie on it; without them frame ÷ `fps`.
    Channels that hold a value that is not finite are left out with a note. Success is `next.success` of the
    last frame. Raises `UnreadableSource` (`bad_table`, `bad_json`, `too_large`).
    """
    info = _read_info(parts.sidecars.get("metadata"))
    if (path := parts.sidecars.get("table")) is None or parts.member is None:
        raise UnreadableSource("bad_table", "no table of frames")
    with _bad_table(path.name):
        rows = _read_rows(path, parts.member)
        if rows.is_empty():
            raise UnreadableSource("bad_table", f"no row of episode {parts.member}")
        rate = read_rate(info)
        notes: list[str] = []
        return Episode(
            times=_read_times(rows, rate),
            timed="timestamp" in rows.columns,
            state=_read_channels(rows, STATE, info, notes),
            action=_read_channels(rows, ACTION, info, notes),
            instructions=_read_instructions(rows, parts),
            success=_read_success(rows),
            notes=tuple(notes),
        )


@contextmanager
def _bad_table(name: str) -> Iterator[None]:
    """Whatever the table's own bytes make polars raise; a damaged file can also panic its Rust code."""
    import polars as pl

    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        detail = (str(error).splitlines() or [""])[0][:200]
        raise UnreadableSource("bad_table", f"{name}: {type(error).__name__}: {detail}") from error
    except (OSError, ValueError, TypeError, OverflowError) as error:
        raise UnreadableSource("bad_table", f"{name}: {type(error).__name__}") from error


def _read_info(path: Path | None) -> dict[str, Any]:
    info = read_json(path) if path else {}
    return info if isinstance(info, dict) else {}


def read_rate(info: dict[str, Any]) -> float:
    """The dataset's frames a second; 0 where it states none that can be."""
    rate = info.get("fps")
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate <= MAX_RATE:
        return 0.0
    return float(rate)


def _read_rows(path: Path, member: int) -> pl.DataFrame:
    import polars as pl

    table = pl.scan_parquet(path, glob=False)
    columns = [name for name in _COLUMNS if name in table.collect_schema().names()]
    if "episode_index" not in columns:
        raise UnreadableSource("bad_table", f"{path.name} lacks episode_index")
    mine = table.select(columns).filter(pl.col("episode_index") == member)
    rows = mine.head(MAX_FRAMES + 1).collect()
    if rows.height > MAX_FRAMES:
        raise UnreadableSource("too_large", f"an episode of more than {MAX_FRAMES} frames")
    return rows.sort("frame_index") if "frame_index" in columns else rows


def _read_times(rows: pl.DataFrame, rate: float) -> Series:
    """Seconds of the source's clock: 0 is the episode's first frame in the video. Timestamps are stored as
    float32, so those on the frame grid are set back on it."""
    import polars as pl

    if "timestamp" in rows.columns:
        times = np.asarray(rows["timestamp"].cast(pl.Float64).to_numpy(), dtype=np.float64).reshape(-1)
    elif rate > 0:
        times = np.arange(rows.height) / rate
    else:
        raise UnreadableSource("bad_table", "frames carry neither a time nor a rate")
    if not np.isfinite(times).all() or (times < 0).any() or (times > MAX_MAGNITUDE).any():
        raise UnreadableSource("bad_table", "the frames' times are no times")
    if rate > 0:
        grid = np.round(times * rate)
        times = np.where(np.abs(times * rate - grid) < 0.01, grid / rate, times)
    if (np.diff(times) <= 0).any():
        raise UnreadableSource("bad_table", "the frames' times do not rise")
    return np.asarray(times, dtype=np.float64)


def _read_channels(
    rows: pl.DataFrame, feature: str, info: dict[str, Any], notes: list[str]
) -> Channels | None:
    if feature not in rows.columns:
        return None
    values = _read_numbers(rows[feature])
    if values is None:
        notes.append(f"{feature} is no table of numbers: left out")
        return None
    names = name_channels(info, values.shape[1], feature)
    sound = np.flatnonzero((np.abs(np.nan_to_num(values, nan=np.inf)) <= MAX_MAGNITUDE).all(axis=0))
    if len(sound) < len(names):
        lost = [name or str(at) for at, name in enumerate(names) if at not in sound]
        notes.append(f"{feature} holds values that are not finite: left out {', '.join(lost)[:200]}")
    if not len(sound):
        return None
    return Channels(names=tuple(names[at] for at in sound), values=values[:, sound])


def _read_numbers(column: pl.Series) -> Series | None:
    """Frames × channels; None where rows differ in length or hold anything but numbers."""
    import polars as pl

    width = 1
    if isinstance(column.dtype, pl.Array | pl.List):
        lists = column.cast(pl.List(column.dtype.inner)) if isinstance(column.dtype, pl.Array) else column
        widths = lists.list.len().unique().to_list()
        if len(widths) != 1 or not widths[0]:
            return None
        width = int(widths[0])
        column = lists.explode()
    if not column.dtype.is_numeric():
        return None
    if width > MAX_CHANNELS or len(column) > MAX_NUMBERS:
        raise UnreadableSource("too_large", f"{len(column)} numbers in {width} channels")
    return np.asarray(column.cast(pl.Float64).to_numpy(), dtype=np.float64).reshape(-1, width)


def name_channels(info: dict[str, Any], count: int, feature: str = STATE) -> tuple[str, ...]:
    """Names of a feature's channels, `""` where the dataset gives none. LeRobot writes a list, or a dict of
    lists by kind of channel."""
    features = info.get("features")
    stated = features.get(feature) if isinstance(features, dict) else None
    names = stated.get("names") if isinstance(stated, dict) else None
    if isinstance(names, dict):
        names = [name for group in names.values() if isinstance(group, list) for name in group]
    if not isinstance(names, list) or len(names) != count:
        return ("",) * count
    return tuple(str(name)[:64] for name in names)


def _read_success(rows: pl.DataFrame) -> bool | None:
    import polars as pl

    if SUCCESS not in rows.columns or rows[SUCCESS].dtype != pl.Boolean:
        return None
    last = rows[SUCCESS][-1]
    return None if last is None else bool(last)


def _read_instructions(rows: pl.DataFrame, parts: Parts) -> tuple[Span, ...]:
    """A span per run of `task_index`; without that column, the episode's one task of the episodes' list."""
    count = rows.height
    if "task_index" in rows.columns:
        numbers = rows["task_index"].to_list()
        tasks = _read_tasks(parts.sidecars.get("task"))
        borders = [0, *(at for at in range(1, count) if numbers[at] != numbers[at - 1]), count]
        spans = ((first, stop, tasks.get(numbers[first])) for first, stop in itertools.pairwise(borders))
        return tuple(Span(first, stop, text) for first, stop, text in spans if text)
    path = parts.sidecars.get("episodes")
    texts = _read_own_tasks(path, parts.member) if path else []
    return (Span(0, count, texts[0]),) if len(texts) == 1 else ()


def _read_tasks(path: Path | None) -> dict[int, str]:
    """Instruction by number, from v3's Parquet or v2's lines of JSON. pandas writes the text as the index,
    whose column name varies."""
    import polars as pl

    if path is None:
        return {}
    if not _is_parquet(path):
        rows = ((line.get("task_index"), line.get("task")) for line in read_objects(path))
        return {
            number: _clean(text)
            for number, text in rows
            if isinstance(number, int) and isinstance(text, str) and text.strip()
        }
    with _bad_table(path.name):
        table = pl.read_parquet(path, glob=False, n_rows=MAX_TASKS)
        texts = [name for name, kind in table.schema.items() if kind == pl.String]
        if "task_index" not in table.columns or not texts:
            return {}
        chosen = "task" if "task" in texts else texts[0]
        pairs = zip(table["task_index"].to_list(), table[chosen].to_list(), strict=True)
        return {number: _clean(text) for number, text in pairs if text and isinstance(number, int)}


def _read_own_tasks(path: Path, member: int | None) -> list[str]:
    import polars as pl

    if _is_parquet(path):
        with _bad_table(path.name):
            table = pl.scan_parquet(path, glob=False)
            if not {"tasks", "episode_index"} <= set(table.collect_schema().names()):
                return []
            mine = table.filter(pl.col("episode_index") == member).select("tasks").head(1).collect()
            texts: Any = mine["tasks"].to_list()[0] if mine.height else []
    else:
        found = (line for line in read_objects(path) if line.get("episode_index") == member)
        texts = next(found, {}).get("tasks")
    return [_clean(text) for text in texts if isinstance(text, str)] if isinstance(texts, list) else []


def read_objects(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects of a file of lines; a line that is none is passed over. Raises `UnreadableSource`
    (`too_large`)."""
    for line in itertools.islice(read_lines(path), MAX_TASKS):
        try:
            item = parse_json(line)
        except UnreadableSource:
            continue
        if isinstance(item, dict):
            yield item


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _clean(text: str) -> str:
    return redact(" ".join(text[:MAX_TEXT].split()))
