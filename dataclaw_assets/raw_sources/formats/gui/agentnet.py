"""AgentNet / OpenCUA sessions: a recorder's logs as actions, with what they claim was acted on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from dataclaw_assets.raw_sources.formats.gui.agentnet_events import (
    as_number,
    as_point,
    as_words,
    read_reduced,
    reduce_events,
)
from dataclaw_assets.raw_sources.formats.gui.agentnet_logs import (
    METADATA,
    MOST_KEPT,
    RAW,
    REDUCED,
    TASK,
    as_size,
    limit_rows,
    read_document,
    read_elements,
    read_rows,
    read_start,
    read_windows,
)
from dataclaw_assets.raw_sources.formats.gui.redaction import REDACTED, names_secret, redact
from dataclaw_assets.raw_sources.formats.gui.session import Action, Session, Target
from dataclaw_assets.records import Json, Record

MATCH_S = 0.1
"""Actions of one type that start within this of each other are one and the same."""

BEFORE_S, AFTER_S = 0.5, 0.1
"""The element under the pointer is asked for at the press and logged 0 to 0.2 s before it (seen)."""

STOP_S = 2.0
"""A shortcut this short before the recorder was told to stop is what told it."""


class Match(Record):
    """Actions of the raw events beside those of the tool's own reduction: pairs, and what each has alone."""

    pairs: tuple[tuple[Action, Action], ...]
    raw_only: tuple[Action, ...]
    reduced_only: tuple[Action, ...]


def read_session(parts: Mapping[str, Path]) -> Session:
    """The session of a folder's logs, by file name. Second 0 is `video_start_timestamp`, the recorder's claim
    of when the recording began; points are in pixels of the logged screen, 0 × 0 and without points when the
    log states no size. The wall clock has no zone and is left out.

    Actions come from `events.jsonl` alone, and from the tool's reduction only where the former has none. A
    target is the element log's, else the reduction's: a claim, and after a rescale of the screen often a
    wrong one. Secrets are redacted. Raises `UnreadableSource` (`bad_log`, `too_many`).
    """
    metadata = read_document(parts, METADATA)
    began = read_start(metadata)
    notes: list[str] = []
    raw, reduced = read_both(parts, notes)
    match = match_actions(raw, reduced)
    actions, stopped = _drop_stop(raw or reduced, metadata, began)
    if raw:
        notes += _explain(match, stopped, _find_gaps(parts))
    elif reduced:
        notes.append(f"{RAW} holds no action: those of the tool's own reduction are used")
    if stopped:
        notes.append(f"{stopped[0].value} at {stopped[0].start_s:.2f} s stopped the recorder and is left out")
    width, height = as_size(metadata.get("screen_width")), as_size(metadata.get("screen_height"))
    if not (width and height):
        width = height = 0
        notes.append("the log states no screen size: its points are left out")
    named = {pair[0]: pair[1].target for pair in match.pairs}
    elements = read_elements(parts, began)
    windows = read_windows(parts, began)
    told = [
        _claim(action, elements, windows, named.get(action) or action.target, placed=width > 0)
        for action in actions
    ]
    task = read_document(parts, TASK).get("task_name") if TASK in parts else None
    words = as_words(task, 2000)
    return Session(
        width=width,
        height=height,
        duration_s=max((action.end_s for action in told), default=0.0),
        actions=tuple(_hide_secrets(told)),
        task=redact(words) if words else None,
        notes=tuple(notes),
    )


def read_both(parts: Mapping[str, Path], notes: list[str]) -> tuple[list[Action], list[Action]]:
    """The actions of the raw events and those of the tool's own reduction, by time, as the logs state them;
    what is said of lines that could not be read is added to `notes`. Raises as `read_session` does."""
    began = read_start(read_document(parts, METADATA))
    rows = (row for row in read_rows(parts, RAW, notes) if row.get("action") != "move")
    raw = reduce_events(limit_rows(rows, RAW), began)
    for name in REDUCED:
        reduced = read_reduced(limit_rows(read_rows(parts, name, notes), name), began)
        if reduced:
            return raw, reduced
    return raw, []


def read_moves(parts: Mapping[str, Path]) -> list[tuple[float, tuple[float, float]]]:
    """Where the pointer was: seconds after `video_start_timestamp` and pixels of the logged screen, by time;
    of moves, presses and releases. At most `MOST_KEPT`. Raises as `read_session` does."""
    began = read_start(read_document(parts, METADATA))
    moves = []
    for row in read_rows(parts, RAW, []):
        time, point = as_number(row.get("time_stamp")), as_point(row)
        if time is not None and point is not None:
            moves.append((time - began, point))
        if len(moves) == MOST_KEPT:
            break
    return sorted(moves)


def match_actions(raw: Sequence[Action], reduced: Sequence[Action]) -> Match:
    """Actions paired by type and start, each used once; both by time."""
    left = list(raw)
    pairs, reduced_only = [], []
    for one in reduced:
        near = [other for other in left if _is_same(other, one)]
        if near:
            best = min(near, key=lambda other: abs(other.start_s - one.start_s))
            left.remove(best)
            pairs.append((best, one))
        else:
            reduced_only.append(one)
    return Match(pairs=tuple(pairs), raw_only=tuple(left), reduced_only=tuple(reduced_only))


def _is_same(one: Action, other: Action) -> bool:
    kind = (one.verb, one.clicks, one.button) == (other.verb, other.clicks, other.button)
    return kind and abs(one.start_s - other.start_s) <= MATCH_S


def _explain(match: Match, stopped: Sequence[Action], gaps: Sequence[str]) -> list[str]:
    notes = []
    only = [action for action in match.raw_only if action not in stopped]
    if match.pairs and only:
        why = f" (its ids {', '.join(gaps)} are missing, as when a person takes them out)" if gaps else ""
        said = ", ".join(f"{action.verb} at {action.start_s:.2f} s" for action in only[:50])
        notes.append(f"{len(only)} action(s) of {RAW} are not in the tool's own reduction{why}: {said}")
    if match.reduced_only:
        said = ", ".join(f"{action.verb} at {action.start_s:.2f} s" for action in match.reduced_only[:50])
        notes.append(f"{len(match.reduced_only)} row(s) of the tool's reduction match no event: {said}")
    return notes


def _find_gaps(parts: Mapping[str, Path]) -> list[str]:
    """Runs of ids that the tool's reduction leaves out between two that it has."""
    name = next((name for name in REDUCED if name in parts), None)
    rows = limit_rows(read_rows(parts, name, []), name) if name else ()
    ids = sorted({number for row in rows if isinstance(number := row.get("id"), int)})
    return [
        f"{one + 1}" if other == one + 2 else f"{one + 1}-{other - 1}"
        for one, other in pairwise(ids)
        if other > one + 1
    ][:20]


def _drop_stop(actions: Sequence[Action], metadata: Json, began: float) -> tuple[list[Action], list[Action]]:
    """The actions, and apart from them the shortcut that stopped the recorder."""
    states = metadata.get("obs_record_state_timings")
    times = states.get("OBS_WEBSOCKET_OUTPUT_STOPPING") if isinstance(states, dict) else None
    stop = as_number(times[-1]) if isinstance(times, list) and times else None
    last = actions[-1] if actions else None
    if stop is None or last is None or last.verb != "hotkey":
        return list(actions), []
    stopped = 0.0 <= stop - began - last.start_s <= STOP_S
    return (list(actions[:-1]), [last]) if stopped else (list(actions), [])


def _claim(
    action: Action,
    elements: Sequence[tuple[float, Target]],
    windows: Sequence[tuple[float, str]],
    named: Target | None,
    *,
    placed: bool,
) -> Action:
    update: dict[str, Any] = {"target": None, "page": _last_before(windows, action.start_s)}
    if action.point and action.verb != "scroll":
        update["target"] = _find_element(elements, action.start_s) or named
    elif named:
        update["target"] = named
    if not placed:
        update |= {"point": None, "to": None}
    return action.model_copy(update=update)


def _find_element(elements: Sequence[tuple[float, Target]], start_s: float) -> Target | None:
    place = bisect_right(elements, start_s + AFTER_S, key=lambda pair: pair[0])
    near = [pair for pair in elements[max(0, place - 4) : place] if start_s - BEFORE_S <= pair[0]]
    return min(near, key=lambda pair: abs(pair[0] - start_s))[1] if near else None


def _last_before(windows: Sequence[tuple[float, str]], start_s: float) -> str | None:
    place = bisect_right(windows, start_s, key=lambda pair: pair[0])
    return windows[place - 1][1] if place else None


def _hide_secrets(actions: Sequence[Action]) -> Iterator[Action]:
    """Text and keys belong to what was last pointed at; all text is searched for keys and card numbers."""
    field: str | None = None
    for action in actions:
        if action.point is not None or action.target is not None:
            field = action.target.name if action.target else None
        value = action.value
        if value is not None and action.verb in {"type", "key", "hotkey"}:
            value = REDACTED if names_secret(field) else redact(value)
        target = action.target
        if target is not None and target.name:
            target = target.model_copy(update={"name": redact(target.name)})
        yield action.model_copy(update={"value": value, "target": target})
