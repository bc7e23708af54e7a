"""Reads GUI-Odyssey episodes: what a person did on an Android device, step by step, to carry out a task."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui.session import Action, Point, Session, Target
from dataclaw_assets.raw_sources.formats.gui.stepped import (
    EPISODE_BYTES,
    Size,
    Step,
    as_side,
    check_order,
    check_steps,
    file_name,
    holds,
    lay_steps,
    place_point,
    read_numbers,
    read_text,
    read_typed,
    view_direction,
)
from dataclaw_assets.raw_sources.readers.contract import read_json

SCALE = 1_000.0
"""Points and boxes are whole numbers of 0-1000 on both axes (OpenGVLab/GUI-Odyssey `introduction.md`)."""

KEYS = {
    "KEY_HOME": "Home",
    "KEY_BACK": "Back",
    "KEY_APPSELECT": "Recents",
    "KEY_RECENT": "Recents",
    "KEY_ENTER": "Enter",
    "HOME": "Home",
    "BACK": "Back",
    "ENTER": "Enter",
}
"""Keys as `info` of a tap names them, or as the action itself does."""

ENDS = {"COMPLETE": "complete", "INCOMPLETE": "impossible", "IMPOSSIBLE": "impossible"}
"""The annotator's verdict, which is no action of the user (`data/format_converter.py`)."""

_MODEL_BOXES = "the boxes of targets are SAM2's, made from the pictures and not known to the app"


def read_session(path: Path, screenshots: Mapping[str, Size]) -> Session:
    """The session of an episode's JSON; `screenshots` are the landed ones: name → width, height in pixels.

    The log holds no times: step i lies at i seconds, so times are numbers of steps. Points are in pixels of
    the device's screen (`device_info`), without it in those of the first screenshot. A step that cannot be
    read is a note. Raises `UnreadableSource`: `bad_json`, `too_large`, `bad_episode`, `no_steps`, `too_many`.
    """
    episode = read_json(path, EPISODE_BYTES)
    if not isinstance(episode, dict):
        raise UnreadableSource("bad_episode", "it is not an object with steps")
    raw = check_steps(episode.get("steps"))
    size = _read_size(episode, raw, screenshots)
    steps = [_read_step(step, size) for step in raw]
    notes = check_order([step.get("step") for step in raw])
    if any(step.action and step.action.target for step in steps):
        notes.append(_MODEL_BOXES)
    return lay_steps(size, steps, screenshots, _read_task(episode), notes)


def _read_size(episode: dict[str, Any], steps: list[dict[str, Any]], screenshots: Mapping[str, Size]) -> Size:
    device = episode.get("device_info")
    if isinstance(device, dict):
        width, height = as_side(device.get("w")), as_side(device.get("h"))
        if width and height:
            return width, height
    for step in steps:
        name = file_name(step.get("screenshot"))
        if name is not None and name in screenshots:
            return screenshots[name]
    raise UnreadableSource("bad_episode", "neither its device nor a screenshot says how large the screen is")


def _read_task(episode: dict[str, Any]) -> str | None:
    task = episode.get("task_info")
    return (
        read_text(task.get("instruction")) or read_text(task.get("task")) if isinstance(task, dict) else None
    )


def _read_step(step: dict[str, Any], size: Size) -> Step:
    picture = file_name(step.get("screenshot"))
    name = step.get("action")
    if isinstance(name, str) and name in ENDS:
        return Step(picture=picture, note=f"the annotator ends the episode as {ENDS[name]}")
    try:
        action = _read_action(name, step, size)
    except UnreadableSource as reason:
        return Step(picture=picture, note=reason.detail)
    lost = _names_box(step) and action.point is not None and action.verb != "scroll" and action.target is None
    return Step(picture=picture, action=action, note="its box does not hold its point" if lost else None)


def _read_action(name: Any, step: dict[str, Any], size: Size) -> Action:
    """The action of a step, its times still 0. Raises `bad_step`."""
    info = step.get("info")
    key = next((KEYS[word] for word in (name, info) if isinstance(word, str) and word in KEYS), None)
    if key and name not in ("TYPE", "TEXT"):
        return Action(verb="key", start_s=0.0, end_s=0.0, value=key)
    if name in ("TYPE", "TEXT"):
        text = read_typed(info, step.get("low_level_instruction"))
        if text is None:
            raise UnreadableSource("bad_step", "the text typed is not in the log")
        return Action(verb="type", start_s=0.0, end_s=0.0, value=text)
    if name == "SCROLL":
        touch, lift = _read_points(info, 2, size)
        if touch == lift:
            raise UnreadableSource("bad_step", "a scroll that goes nowhere")
        way = view_direction(touch, lift)
        return Action(verb="scroll", start_s=0.0, end_s=0.0, point=touch, to=lift, value=way)
    if name in ("CLICK", "LONG_PRESS"):
        (point,) = _read_points(info, 1, size)
        verb = "click" if name == "CLICK" else "long_press"
        return Action.model_validate(
            {
                "verb": verb,
                "start_s": 0.0,
                "end_s": 0.0,
                "point": point,
                "target": _read_target(step, point, size),
            }
        )
    raise UnreadableSource("bad_step", f"an action that is not known: {str(read_text(name))[:40]}")


def _read_points(info: Any, count: int, size: Size) -> list[Point]:
    """The points of `info`: `[[x, y], …]`, of a tap also `[x, y]`."""
    listed = info if isinstance(info, list) else []
    if count == 1 and read_numbers(listed, 2):
        listed = [listed]
    points = [read_numbers(point, 2) for point in listed[:count]]
    if len(points) < count or None in points:
        raise UnreadableSource("bad_step", "its point is not in the log")
    return [place_point((point[0] / SCALE, point[1] / SCALE), size) for point in points if point]


def _names_box(step: dict[str, Any]) -> bool:
    return isinstance(step.get("sam2_bbox"), list) and bool(step["sam2_bbox"])


def _read_target(step: dict[str, Any], point: Point, size: Size) -> Target | None:
    """The box that SAM2 found around the point; None where it is no box or does not hold the point."""
    corners = read_numbers(step.get("sam2_bbox"), 4)
    if corners is None:
        return None
    try:
        left, top = place_point((corners[0] / SCALE, corners[1] / SCALE), size)
        right, bottom = place_point((corners[2] / SCALE, corners[3] / SCALE), size)
    except UnreadableSource:
        return None
    box = (left, top, right, bottom)
    return Target(box=box) if left < right and top < bottom and holds(box, point) else None
