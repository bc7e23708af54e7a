"""The files of an AgentNet session: rows, documents, elements and windows, read with bounds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui.agentnet_events import as_number, as_words
from dataclaw_assets.raw_sources.formats.gui.redaction import redact
from dataclaw_assets.raw_sources.formats.gui.session import Box, Target
from dataclaw_assets.records import Json

METADATA = "metadata.json"
TASK = "task_name.json"
RAW = "events.jsonl"
REDUCED = ("reduced_events_complete.jsonl", "reduced_events_vis.jsonl")
ELEMENTS = "element.jsonl"
WINDOWS = "top_window.jsonl"
TREES = "a11y.jsonl"
TREE = "axtree"

LINE_BYTES = 64 * 1024 * 1024
"""A row may carry the screen's whole accessibility tree: megabytes, but never this."""

DOCUMENT_BYTES = 1024 * 1024
MOST_ROWS = 5_000_000
"""Rows of one log that are read: a day of a mouse that reports 60 times a second."""

MOST_KEPT = 200_000
"""Events kept of a log, moves aside: 14 h of one every quarter of a second."""

MOST_NAMES = 100_000
"""Names kept of a log: a screen has hundreds."""

RESCALED = 0.02
"""Widths that differ by more than this share are those of two scales: borders differ by one pixel."""


def read_elements(parts: Mapping[str, Path], began: float) -> list[tuple[float, Target]]:
    """What the log says lay under the pointer, with its seconds after `began`, by time."""
    found = []
    for row in limit_rows(read_rows(parts, ELEMENTS, []), ELEMENTS):
        time, tree = as_number(row.get("time_stamp")), row.get("a11y_tree")
        if time is None or not isinstance(tree, dict):
            continue
        role, name = as_words(tree.get("ControlType")), as_words(tree.get("Name"))
        box = _read_box(tree.get("BoundingRectangle"))
        if role or name or box:
            found.append((time - began, Target(role=role, name=name, box=box)))
    return sorted(found, key=lambda pair: pair[0])


def read_windows(parts: Mapping[str, Path], began: float) -> list[tuple[float, str]]:
    """The process whose window came to the front, with its seconds after `began`, by time."""
    found = []
    for row in limit_rows(read_rows(parts, WINDOWS, []), WINDOWS):
        time, name = as_number(row.get("time_stamp")), as_words(row.get("top_window_name"))
        if time is not None and name:
            found.append((time - began, redact(name)))
    return sorted(found)


def read_zooms(parts: Mapping[str, Path]) -> list[tuple[float, float]]:
    """When the screen was rescaled, by the log: seconds after `video_start_timestamp`, and the width of a
    window that fills the screen before it to that after it (1.25 for a zoom from 100 % to 125 %).

    Windows reports a maximised window with its borders past the screen's left and right alike. Raises
    `UnreadableSource` (`bad_log`, `too_many`).
    """
    began = read_start(read_document(parts, METADATA))
    widths: list[tuple[float, float]] = []
    for row in limit_rows(read_rows(parts, TREES, [], keep=TREE), TREES):
        time, tree = as_number(row.get("time_stamp")), row.get(TREE)
        box = _read_box(tree.get("BoundingRectangle")) if isinstance(tree, dict) else None
        if time is not None and box is not None and box[0] < 0 and box[1] < 0 and box[0] + box[2] > 0:
            widths.append((time - began, box[0] + box[2]))
    widths.sort()
    return [
        (time, before / width)
        for (_, before), (time, width) in pairwise(widths)
        if abs(before / width - 1.0) > RESCALED
    ]


def read_names(parts: Mapping[str, Path]) -> frozenset[str]:
    """Names of controls anywhere in the screen's trees, at most `MOST_NAMES`, without secrets. Raises
    `UnreadableSource` (`too_many`)."""
    names: set[str] = set()
    for row in limit_rows(read_rows(parts, TREES, [], keep=TREE), TREES):
        nodes: list[Any] = [row.get(TREE)]
        while nodes and len(names) < MOST_NAMES:
            node = nodes.pop()
            if isinstance(node, dict):
                if name := as_words(node.get("Name")):
                    names.add(redact(name))
                children = node.get("Children")
                nodes += children if isinstance(children, list) else ()
    return frozenset(names)


def _read_box(value: Any) -> Box | None:
    if not isinstance(value, dict):
        return None
    left, top, right, bottom = (as_number(value.get(side)) for side in ("left", "top", "right", "bottom"))
    if left is None or top is None or right is None or bottom is None or not (left < right and top < bottom):
        return None
    return left, top, right, bottom


def read_rows(parts: Mapping[str, Path], name: str, notes: list[str], keep: str = "") -> Iterator[Json]:
    """The JSON objects of a log, one a line, none where there is no such log; the trees of the screen are
    dropped as they come, unless kept. What is said of other lines is added to `notes`. Raises
    `UnreadableSource` (`too_many`)."""
    if name not in parts:
        return
    bad = 0
    with parts[name].open("rb") as file:
        for _ in range(MOST_ROWS):
            line = file.readline(LINE_BYTES)
            if not line:
                break
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if isinstance(row, dict):
                if keep != TREE:
                    row.pop(TREE, None)
                yield row
            else:
                bad += 1
        else:
            raise UnreadableSource("too_many", f"{name} has more than {MOST_ROWS} lines")
    if bad:
        notes.append(f"{bad} line(s) of {name} are no JSON object and were skipped")


def limit_rows(rows: Iterable[Json], name: str) -> Iterator[Json]:
    """The rows; raises `UnreadableSource` (`too_many`) after `MOST_KEPT`."""
    for place, row in enumerate(rows):
        if place == MOST_KEPT:
            raise UnreadableSource("too_many", f"{name} has more than {MOST_KEPT} events")
        yield row


def read_document(parts: Mapping[str, Path], name: str) -> Json:
    """A file that is one JSON object; raises `UnreadableSource` (`bad_log`) when it is none or missing."""
    if name not in parts:
        raise UnreadableSource("bad_log", f"no {name} beside the recording")
    try:
        with parts[name].open("rb") as file:
            data = file.read(DOCUMENT_BYTES + 1)
        document = json.loads(data) if len(data) <= DOCUMENT_BYTES else None
    except (ValueError, RecursionError, OSError) as error:
        raise UnreadableSource("bad_log", f"{name}: {type(error).__name__}") from error
    if not isinstance(document, dict):
        raise UnreadableSource("bad_log", f"{name} is not an object of at most {DOCUMENT_BYTES} bytes")
    return document


def read_start(metadata: Json) -> float:
    """The recorder's clock at second 0; raises `UnreadableSource` (`bad_log`) without one."""
    began = as_number(metadata.get("video_start_timestamp"))
    if began is None:
        raise UnreadableSource("bad_log", f"{METADATA} has no video_start_timestamp")
    return began


def as_size(value: Any) -> int:
    """A side of a screen in pixels, 0 for what is none."""
    number = as_number(value)
    return int(number) if number is not None and 1 <= number < 65_536 else 0
