"""The session of a GUI source of any format: on the source's clock, in its pixels, without secrets."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.factual_anchors.extractors.session_privacy import hide_secrets
from dataclaw_assets.factual_anchors.measures.targets import find_reasons
from dataclaw_assets.raw_sources.formats.gui.agentnet_logs import read_zooms
from dataclaw_assets.raw_sources.formats.gui.session import Action, Appearance, Box, Point, Session
from dataclaw_assets.raw_sources.readers.stepped import list_screenshots
from dataclaw_assets.records import Json, Source
from resources.landing import display_name

Local = Callable[[str], Path]

READING = "3"
"""Raised when a session is read differently: a part of the params of every extractor that reads one."""

STEPS_TAG = "times:steps"
"""Tag of a source whose log has no times: its seconds are the numbers of its steps."""


def read_session_of(source: Source, local: Local) -> Session:
    """The session of a source, its actions and screens by time. What lies outside the recording is left out,
    and so is a point that is not on the screen (its action stays); both are counted in the notes.

    Times are on the source's clock: for one with a recording, log time − the recording's start −
    `origin_s`; for one without, seconds since the session began. Points and boxes are in pixels of the
    source. Raises `UnreadableSource`: `bad_log` for a format that is not known or a log without a clock,
    and what its parser raises.
    """
    rescales = []
    if source.format == "agentnet":
        rescales = [time_s for time_s, _ in read_zooms(_parts(source, local))]
    return place_session(source, drop_suspects(hide_secrets(_read(source, local)), rescales))


def read_claims_of(source: Source, local: Local) -> Session:
    """The same with the targets that `read_session_of` does not believe, for holding them to the pixels."""
    return place_session(source, hide_secrets(_read(source, local)))


def drop_suspects(session: Session, rescales: Sequence[float]) -> Session:
    """The session without the targets that cannot be right by the log alone: boxes off the screen, larger
    than a quarter of it or beside the point, and those logged after the screen was rescaled (`rescales` in
    the session's seconds), whose boxes are in other pixels."""
    actions, dropped = [], 0
    for action in session.actions:
        rescaled = any(time_s <= action.start_s for time_s in rescales)
        screen = session.width, session.height
        if (
            action.target
            and action.point
            and find_reasons(action.target, action.point, screen, rescaled=rescaled)
        ):
            action = action.model_copy(update={"target": None})
            dropped += 1
        actions.append(action)
    note = f"the log's target of {dropped} action(s) cannot be right and was left out"
    notes = (*session.notes, note) if dropped else session.notes
    return session.model_copy(update={"actions": tuple(actions), "notes": notes})


def _read(source: Source, local: Local) -> Session:
    read = _FORMATS.get(source.format)
    if read is None:
        raise UnreadableSource("bad_log", f"no session is read from {source.format}")
    return read(source, local)


def _parts(source: Source, local: Local) -> dict[str, Path]:
    return {display_name(item.uri): local(item.uri) for item in source.sidecars}


def holds_session(source: Source) -> bool:
    """Whether the source is of a format whose session can be read; opens nothing."""
    return source.kind == "gui_trace" and source.format in _FORMATS


def has_times(source: Source) -> bool:
    """Whether the log says when things were done, rather than in which order alone."""
    return STEPS_TAG not in source.tags


def session_params(source: Source) -> Json:
    """What a session read for a source depends on, beside the source's bytes: the logs beside the
    recording, its clock and its size."""
    stream = source.stream
    return {
        "reading": READING,
        "files": sorted(item.sha256 for item in source.sidecars),
        "clock": [stream.origin_s, stream.duration_s] if stream else None,
        "size": [source.width, source.height],
        "steps": not has_times(source),
    }


def end_of(source: Source, session: Session) -> float:
    """When the session ends, on the source's clock."""
    if source.stream:
        return source.stream.duration_s
    ends = [session.duration_s, *(action.end_s for action in session.actions)]
    return max((end_s for end_s in ends if math.isfinite(end_s) and end_s > 0.0), default=0.0)


def place_session(source: Source, session: Session) -> Session:
    """The session on the source's clock and in its pixels (see `read_session_of`)."""
    origin_s = source.stream.origin_s if source.stream else 0.0
    limit_s = source.stream.duration_s if source.stream else math.inf
    scale = _find_scale(source, session)
    notes = list(session.notes)
    actions, late, off_screen = [], 0, 0
    for action in session.actions:
        start_s = action.start_s - origin_s
        if not 0.0 <= start_s < limit_s:
            late += 1
            continue
        end_s = action.end_s - origin_s
        placed = _place_points(source, action, scale)
        off_screen += scale is not None and placed.point is None and action.point is not None
        end_s = min(limit_s, max(start_s, end_s)) if math.isfinite(end_s) else start_s
        actions.append(placed.model_copy(update={"start_s": start_s, "end_s": end_s}))
    if scale is None and any(action.point for action in session.actions):
        notes.append("the log states no screen size: its points cannot be placed on the recording")
    if late:
        notes.append(f"{late} action(s) lie outside the recording and were left out")
    if off_screen:
        notes.append(f"{off_screen} action(s) have a point that is not on the screen: it was left out")
    screens = [
        screen.model_copy(update={"time_s": screen.time_s - origin_s})
        for screen in session.screens
        if 0.0 <= screen.time_s - origin_s < limit_s and not screen.withheld
    ]
    actions.sort(key=lambda action: (action.start_s, action.end_s))
    screens.sort(key=lambda screen: screen.time_s)
    update = {
        "actions": tuple(actions),
        "screens": tuple(screens),
        "notes": tuple(notes),
        "appearances": _place_appearances(source, session.appearances, scale),
    }
    return session.model_copy(update=update)


def _find_scale(source: Source, session: Session) -> Point | None:
    if session.width <= 0 or session.height <= 0 or not source.width or not source.height:
        return None
    return source.width / session.width, source.height / session.height


def _place_points(source: Source, action: Action, scale: Point | None) -> Action:
    """The action with its points in pixels of the source; with none where one is not on the screen."""
    wide, high = source.width or 0, source.height or 0
    target, points = action.target, [action.point, action.to]
    if scale is None:
        points = [None, None]
    else:
        points = [point and (point[0] * scale[0], point[1] * scale[1]) for point in points]
        if not all(point is None or (0 <= point[0] <= wide and 0 <= point[1] <= high) for point in points):
            points = [None, None]
    if target and target.box:
        box = _clip_box(target.box, scale, wide, high) if scale else None
        target = target.model_copy(update={"box": box})
    return action.model_copy(update={"point": points[0], "to": points[1], "target": target})


def _place_appearances(
    source: Source, appearances: Sequence[Appearance], scale: Point | None
) -> tuple[Appearance, ...]:
    """Those that came within the recording, by time."""
    origin_s = source.stream.origin_s if source.stream else 0.0
    limit_s = source.stream.duration_s if source.stream else math.inf
    placed = []
    for item in appearances:
        since_s, time_s = item.since_s - origin_s, item.time_s - origin_s
        if 0.0 <= since_s <= time_s < limit_s:
            wide, high = source.width or 0, source.height or 0
            box = _clip_box(item.box, scale, wide, high) if item.box and scale else None
            placed.append(item.model_copy(update={"since_s": since_s, "time_s": time_s, "box": box}))
    return tuple(sorted(placed, key=lambda item: item.time_s))


def _clip_box(box: Box, scale: Point, wide: int, high: int) -> Box | None:
    left, right = (min(max(side * scale[0], 0.0), float(wide)) for side in (box[0], box[2]))
    top, bottom = (min(max(side * scale[1], 0.0), float(high)) for side in (box[1], box[3]))
    return (left, top, right, bottom) if left < right and top < bottom else None


def _read_playwright(source: Source, local: Local) -> Session:
    from dataclaw_assets.raw_sources.formats.gui.playwright import read_session

    return read_session(local(source.uri))


def _read_rrweb(source: Source, local: Local) -> Session:
    from dataclaw_assets.raw_sources.formats.gui.rrweb import read_session

    return read_session(local(source.uri))


def _read_gui_odyssey(source: Source, local: Local) -> Session:
    from dataclaw_assets.raw_sources.formats.gui.gui_odyssey import read_session

    return read_session(local(source.uri), list_screenshots(source))


def _read_aitz(source: Source, local: Local) -> Session:
    from dataclaw_assets.raw_sources.formats.gui.aitz import read_session

    return read_session(local(source.uri), list_screenshots(source))


def _read_agentnet(source: Source, local: Local) -> Session:
    """Second 0 is the recording's start by the log. The recorder's own start can be half a second off the
    first frame (seen): these times are no better than that."""
    from dataclaw_assets.raw_sources.formats.gui.agentnet import read_session

    return read_session(_parts(source, local))


_FORMATS: dict[str, Callable[[Source, Local], Session]] = {
    "agentnet": _read_agentnet,
    "playwright": _read_playwright,
    "rrweb": _read_rrweb,
    "gui-odyssey": _read_gui_odyssey,
    "aitz": _read_aitz,
}
