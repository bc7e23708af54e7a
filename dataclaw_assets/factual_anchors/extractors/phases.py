"""Phases of a robot episode from its measured state, never from commands, and its instruction."""

from __future__ import annotations

import itertools
import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import polars as pl

from dataclaw_assets.anchor_values import InstructionValue, PhaseValue
from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.contract import make_anchor
from dataclaw_assets.factual_anchors.measures.motion_phases import (
    Signal,
    Stretch,
    find_openings,
    find_stops,
)
from dataclaw_assets.raw_sources.readers.contract import find_part
from dataclaw_assets.records import Anchor, Json, Source

log = logging.getLogger(__name__)

STATE = "observation.state"

_HAND = re.compile(r"gripper|eef|\bee\b|tcp|tool|hand|wrist|effector", re.IGNORECASE)
_NOT_ROBOT = re.compile(r"object|obj|block|cube|goal|target|peg|nut", re.IGNORECASE)
_ROTATION = re.compile(r"quat|rot|roll|pitch|yaw|orientation", re.IGNORECASE)
_COLUMNS = ("timestamp", "frame_index", "episode_index", "task_index", STATE)

_SAY = {
    "moving": "the {what} moves",
    "stopped": "the {what} stands still",
    "gripper_closing": "the gripper closes",
    "gripper_opening": "the gripper opens",
}


class Phases:
    """`phase` anchors (measured) and `instruction` anchors (recorded) of a LeRobot v3 episode."""

    name = "phases"
    version = "1"

    def applies(self, source: Source) -> bool:
        """Whether the source is an episode with a table of its frames."""
        episode = source.format == "lerobot-v3" and source.member is not None
        return episode and find_part(source, "table") is not None

    def params(self, source: Source) -> Json:
        """The clock of the episode; its tables are part of its id."""
        return {
            "member": source.member,
            "files": sorted(item.sha256 for item in source.sidecars),
            "duration_s": source.stream.duration_s if source.stream else None,
        }

    def extract(self, source: Source, local: Callable[[str], Path]) -> list[Anchor]:
        """The anchors in time order; raises `UnreadableSource` (`bad_table`) when the table is no such."""
        info = _read_info(source, local)
        rows = _read_rows(source, local)
        if rows.is_empty():
            raise UnreadableSource("bad_table", f"no row of episode {source.member}")
        times = _read_times(rows, float(info.get("fps") or 0.0))
        anchors = self._instructions(source, rows, times, _read_tasks(source, local))
        state = _read_state(rows)
        if state is None:
            log.warning("the episode has no measured state: no phases")
            return anchors
        names = name_channels(info, state.shape[1])
        what, body = choose_body(names)
        stretches = find_stops(times, state[:, body]) if body else []
        if body and not stretches:
            log.warning("the %s never moves by its measured state: no phases", what)
        for channel, sign in choose_grippers(names):
            stretches += find_openings(times, sign * state[:, channel])
        stretches.sort(key=lambda item: (item.first, item.last, item.phase))
        return anchors + [self._phase(source, item, at, what, times) for at, item in enumerate(stretches)]

    def _phase(self, source: Source, item: Stretch, index: int, what: str, times: Signal) -> Anchor:
        start_s, end_s = _span(source, times, item.first, item.last)
        phase = cast(Literal["moving", "stopped", "gripper_closing", "gripper_opening"], item.phase)
        text = f"From {start_s:.2f} s to {end_s:.2f} s {_SAY[phase].format(what=what)} (measured state)."
        return make_anchor(
            source,
            self,
            "phase",
            PhaseValue(phase=phase, index=index, amount=item.amount),
            text,
            start_s=start_s,
            end_s=end_s,
            frames=(item.first, item.last),
        )

    def _instructions(
        self, source: Source, rows: pl.DataFrame, times: Signal, tasks: dict[int, str]
    ) -> list[Anchor]:
        if "task_index" not in rows.columns:
            return []
        numbers = rows["task_index"].to_list()
        borders = [0, *(at for at in range(1, len(numbers)) if numbers[at] != numbers[at - 1]), len(numbers)]
        anchors = []
        for first, last in itertools.pairwise(borders):
            text = tasks.get(numbers[first])
            if text:
                start_s, end_s = _span(source, times, first, last)
                anchors.append(
                    make_anchor(
                        source,
                        self,
                        "instruction",
                        InstructionValue(text=text),
                        f"The demonstration's log states the instruction “{text}”",
                        start_s=start_s,
                        end_s=end_s,
                        frames=(first, last),
                        basis="recorded",
                    )
                )
        return anchors


def name_channels(info: Json, count: int) -> list[str]:
    """Names of the state's channels, `""` where the dataset gives none. LeRobot writes a list, or a dict of
    lists by kind of channel."""
    feature = (info.get("features") or {}).get(STATE) or {}
    names = feature.get("names")
    if isinstance(names, dict):
        names = [name for group in names.values() if isinstance(group, list) for name in group]
    if not isinstance(names, list) or len(names) != count:
        return [""] * count
    return [str(name) for name in names]


def choose_body(names: list[str]) -> tuple[str, list[int]]:
    """What is watched for stops, and its channels: the end effector's x, y, z where they are named, else
    every channel that is neither a gripper nor an object."""
    places: dict[str, dict[str, int]] = {}
    for channel, name in enumerate(names):
        parts = re.split(r"[._\-\s]+", name.lower())
        if parts[-1] in {"x", "y", "z"} and not _ROTATION.search(name):
            places.setdefault("_".join(parts[:-1]), {}).setdefault(parts[-1], channel)
    own = [prefix for prefix, axes in places.items() if len(axes) == 3 and not _NOT_ROBOT.search(prefix)]
    own.sort(key=lambda prefix: not _HAND.search(prefix))
    if own:
        return "end effector", [places[own[0]][axis] for axis in "xyz"]
    grippers = {channel for channel, _ in choose_grippers(names)}
    rest = [at for at, name in enumerate(names) if at not in grippers and not _NOT_ROBOT.search(name)]
    return "robot", rest


def choose_grippers(names: list[str]) -> list[tuple[int, int]]:
    """Channels that measure a gripper's opening, each with the sign that makes wider larger.

    A bare `gripper` grows as it opens, by LeRobot's convention for its own robots. `gripper_position` is
    left out: in some datasets it grows as the gripper closes (DROID), in others as it opens.
    """
    found = []
    for channel, name in enumerate(names):
        lower = name.lower()
        parts = re.split(r"[._\-\s]+", lower)
        if "gripper" not in lower or parts[-1] in {"x", "y", "z"} or _ROTATION.search(lower):
            continue
        if "clos" in lower:
            found.append((channel, -1))
        elif "position" in lower:
            log.warning("channel %s does not say which way it opens: left out", name)
        elif re.search(r"vel|force|effort|torque|current", lower) is None:
            found.append((channel, 1))
    return found


def _read_info(source: Source, local: Callable[[str], Path]) -> dict[str, Any]:
    part = find_part(source, "metadata")
    try:
        info = json.loads(local(part.uri).read_bytes()) if part else {}
    except (ValueError, OSError, RecursionError) as error:
        raise UnreadableSource("bad_table", f"info.json: {type(error).__name__}") from error
    return info if isinstance(info, dict) else {}


def _read_rows(source: Source, local: Callable[[str], Path]) -> pl.DataFrame:
    part = find_part(source, "table")
    if part is None:
        raise UnreadableSource("bad_table", "no table of frames")
    path = local(part.uri)
    try:
        table = pl.scan_parquet(path)
        columns = [name for name in _COLUMNS if name in table.collect_schema().names()]
        mine = table.select(columns).filter(pl.col("episode_index") == source.member)
        rows = mine.collect()
        return rows.sort("frame_index") if "frame_index" in columns else rows
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnreadableSource("bad_table", f"{type(error).__name__}: {error}") from error


def _read_times(rows: pl.DataFrame, fps: float) -> Signal:
    """Seconds of the source's clock: 0 is the episode's first frame in the video. Timestamps are stored as
    float32, so those on the frame grid are set back on it."""
    if "timestamp" in rows.columns:
        times = rows["timestamp"].cast(pl.Float64).to_numpy().reshape(-1)
    elif fps > 0:
        times = np.arange(rows.height) / fps
    else:
        raise UnreadableSource("bad_table", "frames carry neither a time nor a rate")
    if fps > 0:
        grid = np.round(times * fps)
        times = np.where(np.abs(times * fps - grid) < 0.01, grid / fps, times)
    if not np.isfinite(times).all() or (np.diff(times) <= 0).any():
        raise UnreadableSource("bad_table", "the frames' times do not rise")
    return np.asarray(times, dtype=np.float64)


def _read_state(rows: pl.DataFrame) -> Signal | None:
    if STATE not in rows.columns:
        return None
    state = np.asarray(rows[STATE].to_list(), dtype=np.float64)
    state = state.reshape(rows.height, -1)
    return state if np.isfinite(state).all() else None


def _read_tasks(source: Source, local: Callable[[str], Path]) -> dict[int, str]:
    """Instruction by number. pandas writes the text as the index, whose column name varies."""
    part = find_part(source, "task")
    if part is None:
        return {}
    try:
        table = pl.read_parquet(local(part.uri))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnreadableSource("bad_table", f"tasks.parquet: {error}") from error
    texts = [name for name, kind in table.schema.items() if kind == pl.String]
    if "task_index" not in table.columns or not texts:
        return {}
    chosen = "task" if "task" in texts else texts[0]
    rows = zip(table["task_index"].to_list(), table[chosen].to_list(), strict=True)
    return {int(number): " ".join(text.split()) for number, text in rows if text and number is not None}


def _span(source: Source, times: Signal, first: int, last: int) -> tuple[float, float]:
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    end_s = float(times[last]) if last < len(times) else float(times[-1]) + step
    limit = source.stream.duration_s if source.stream else end_s
    return float(times[first]), max(float(times[first]), min(end_s, limit))
