"""Reads Android-in-the-Zoo (AITZ) episodes: a list of steps, each a gesture and the screen's elements."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui.session import Action, Box, Point, Session, Target
from dataclaw_assets.raw_sources.formats.gui.stepped import (
    EPISODE_BYTES,
    Size,
    Step,
    check_order,
    check_steps,
    file_name,
    holds,
    lay_steps,
    place_point,
    read_list,
    read_numbers,
    read_text,
    read_typed,
    view_direction,
)
from dataclaw_assets.raw_sources.readers.contract import read_json

TYPE, GESTURE = 3, 4
KEYS = {5: "Back", 6: "Home", 7: "Enter"}
ENDS = {10: "complete", 11: "impossible"}
"""The action types of Android in the Wild (IMNearth/CoAT `coat/action_utils.py`, `ActionType`)."""

TAP_SHARE = 0.04
"""A finger that lifts within this of where it touched has tapped; in shares of the screen, from the same file
(`_SWIPE_DISTANCE_THRESHOLD`)."""

MAX_ELEMENTS = 2_000
"""How many elements of a screen are looked at; a full screen of small text has a few hundred."""

_DETECTED = (
    "targets are the data set's own: found in the pictures by text and icon detectors, errors included"
)


def read_session(path: Path, screenshots: Mapping[str, Size]) -> Session:
    """The session of an episode's JSON; `screenshots` are the landed ones: name → width, height in pixels.

    The log holds no times: step i lies at i seconds, so times are numbers of steps. The log does not say how
    large the screen is: it is as large as the first screenshot, and all points and boxes are in its pixels. A
    tap lies where the finger touched. A step that cannot be read is a note. Raises `UnreadableSource`:
    `bad_json`, `too_large`, `no_steps`, `too_many`, and `no_screen` when no screenshot is here.
    """
    raw = check_steps(read_json(path, EPISODE_BYTES))
    names = [file_name(step.get("image_path")) for step in raw]
    sizes = [screenshots.get(name) if name else None for name in names]
    size = next((found for found in sizes if found), None)
    if size is None:
        raise UnreadableSource("no_screen", "none of its screenshots is here to say how large the screen is")
    steps = [
        _read_step(step, name, size, own or size) for step, name, own in zip(raw, names, sizes, strict=True)
    ]
    notes = check_order([step.get("step_id") for step in raw])
    if any(step.action and step.action.target for step in steps):
        notes.append(_DETECTED)
    return lay_steps(size, steps, screenshots, read_text(raw[0].get("instruction")), notes)


def _read_step(step: dict[str, Any], picture: str | None, size: Size, own: Size) -> Step:
    code = step.get("result_action_type")
    code = code if isinstance(code, int) and not isinstance(code, bool) else None
    if code in ENDS:
        return Step(picture=picture, note=f"the annotator ends the episode as {ENDS[code]}")
    try:
        return Step(picture=picture, action=_read_action(code, step, size, own))
    except UnreadableSource as reason:
        return Step(picture=picture, note=reason.detail)


def _read_action(code: int | None, step: dict[str, Any], size: Size, own: Size) -> Action:
    """The action of a step, its times still 0. Raises `bad_step`."""
    if code in KEYS:
        return Action(verb="key", start_s=0.0, end_s=0.0, value=KEYS[code])
    if code == TYPE:
        text = read_typed(step.get("result_action_text"), step.get("coat_action_desc"))
        if text is None:
            raise UnreadableSource("bad_step", "the text typed is not in the log")
        return Action(verb="type", start_s=0.0, end_s=0.0, value=text)
    if code == GESTURE:
        return _read_gesture(step, size, own)
    raise UnreadableSource("bad_step", "its action type is not known")


def _read_gesture(step: dict[str, Any], size: Size, own: Size) -> Action:
    """A tap or a scroll: both are stored as where a finger touched and lifted, each `[y, x]`."""
    touch, lift = (read_numbers(step.get(key), 2) for key in ("result_touch_yx", "result_lift_yx"))
    if touch is None or lift is None:
        raise UnreadableSource("bad_step", "its point is not in the log")
    point = place_point((touch[1], touch[0]), size)
    to = place_point((lift[1], lift[0]), size)
    if math.dist(touch, lift) <= TAP_SHARE:
        target = _find_target(step, point, size, own)
        return Action(verb="click", start_s=0.0, end_s=0.0, point=point, target=target)
    return Action(verb="scroll", start_s=0.0, end_s=0.0, point=point, to=to, value=view_direction(point, to))


def _find_target(step: dict[str, Any], point: Point, size: Size, own: Size) -> Target | None:
    """The smallest element that holds the point: its kind as the detector names it, its text, its box."""
    positions = read_list(step.get("ui_positions")) or []
    found: list[tuple[float, int, Box]] = []
    for index, position in enumerate(positions[:MAX_ELEMENTS]):
        box = _read_box(position, size, own)
        if box and holds(box, point):
            found.append(((box[2] - box[0]) * (box[3] - box[1]), index, box))
    if not found:
        return None
    _, index, box = min(found)
    kind = read_text(_pick(step.get("ui_types"), index, len(positions)))
    name = read_text(_pick(step.get("ui_text"), index, len(positions)))
    return Target(role=kind.lower().replace("_", " ")[:64] if kind else None, name=name, box=box)


def _read_box(position: Any, size: Size, own: Size) -> Box | None:
    """A box from `[y, x, height, width]` in pixels of the step's own screenshot, cut off at its edges."""
    numbers = read_numbers(position, 4) if isinstance(position, list) else None
    if numbers is None:
        return None
    top, left, height, width = numbers
    across, down = size[0] / own[0], size[1] / own[1]
    box = (
        round(max(0.0, left) * across, 3),
        round(max(0.0, top) * down, 3),
        round(min(left + width, own[0]) * across, 3),
        round(min(top + height, own[1]) * down, 3),
    )
    return box if box[0] < box[2] and box[1] < box[3] else None


def _pick(listed: Any, index: int, count: int) -> Any:
    """The entry of a list that runs beside the positions; None when the two differ in length."""
    entries = read_list(listed)
    return entries[index] if entries is not None and len(entries) == count else None
