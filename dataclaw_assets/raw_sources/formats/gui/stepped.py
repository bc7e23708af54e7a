"""What logs of numbered steps share: no times, points as shares of the screen, a picture before each step."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui.redaction import REDACTED, names_secret, redact
from dataclaw_assets.raw_sources.formats.gui.session import Action, Box, Point, Screen, Session
from dataclaw_assets.records import Record

EPISODE_BYTES = 8 * 1024 * 1024
"""The largest episode that is parsed; one of 100 steps takes some hundred kilobytes."""

MAX_STEPS = 1_000
"""How many steps an episode may have; those of the public data sets have fewer than 100."""

MAX_SIDE_PX = 32_768
"""The longest side of a screen; a wall of displays has less."""

MAX_NOTES = 50
"""How many notes a session keeps, so that a log of nothing but damage stays small."""

TEXT_CHARS = 4_096
"""How much of a text is kept: no one types more in one step."""

NAME_CHARS = 255
"""The longest file name that is looked up; no file system has longer ones."""

Size = tuple[int, int]
"""Width and height in pixels."""


class Step(Record):
    """One step: the name of the picture taken before it, what was done (times are set by `lay_steps`), and
    what of it was left out."""

    picture: str | None
    action: Action | None = None
    note: str | None = None


def lay_steps(
    size: Size,
    steps: Sequence[Step],
    screenshots: Mapping[str, Size],
    task: str | None,
    notes: Sequence[str] = (),
) -> Session:
    """The session of an episode whose log holds no times: step i begins and ends at i seconds.

    So a time is the number of a step, and a duration their count. `before` is the step's picture, `after`
    that of the next step; a picture that is not among `screenshots` (name → width, height) is a note.
    """
    found = [step.picture if step.picture in screenshots else None for step in steps]
    actions, screens, left_out = [], [], list(notes)
    for index, step in enumerate(steps):
        name = found[index]
        if name is None:
            left_out.append(f"step {index}: its screenshot is not here, or is no picture")
        else:
            width, height = screenshots[name]
            screens.append(Screen(name=name, time_s=float(index), width=width, height=height))
        if step.note:
            left_out.append(f"step {index}: {step.note}")
        if step.action is not None:
            after = found[index + 1] if index + 1 < len(steps) else None
            moment = {"start_s": float(index), "end_s": float(index), "before": name, "after": after}
            actions.append(step.action.model_copy(update=moment))
    if len(left_out) > MAX_NOTES:
        left_out[MAX_NOTES:] = [f"{len(left_out) - MAX_NOTES} more of the kind"]
    return Session(
        width=size[0],
        height=size[1],
        duration_s=float(len(steps)),
        actions=_hide_secrets(actions),
        screens=tuple(screens),
        task=task,
        notes=tuple(left_out),
    )


def check_steps(steps: Any) -> list[dict[str, Any]]:
    """The steps of an episode as they are in its log; one that is no object becomes an empty one.

    Raises `UnreadableSource` (`no_steps`, `too_many`).
    """
    if not isinstance(steps, list) or not steps:
        raise UnreadableSource("no_steps", "an episode without steps")
    if len(steps) > MAX_STEPS:
        raise UnreadableSource("too_many", f"an episode of more than {MAX_STEPS} steps")
    return [step if isinstance(step, dict) else {} for step in steps]


def check_order(numbers: Sequence[Any]) -> list[str]:
    """A note when the steps' own numbers do not count from 0; their order in the log is kept."""
    counted = all(number == index for index, number in enumerate(numbers))
    return [] if counted else ["the numbers of the steps do not count from 0; they are read as they stand"]


def read_numbers(value: Any, count: int) -> tuple[float, ...] | None:
    """A list of `count` finite numbers, or the JSON text of one; None for anything else."""
    listed = read_list(value)
    if listed is None or len(listed) != count or not all(_is_number(item) for item in listed):
        return None
    return tuple(float(item) for item in listed)


def read_list(value: Any) -> list[Any] | None:
    """A list, or the JSON text of one; None for anything else. Text is parsed as data, never evaluated."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, list) else None


def place_point(share: tuple[float, float], size: Size) -> Point:
    """A point in pixels from its shares (0-1) of width and height, rounded to 1/1000 px.

    Raises `UnreadableSource` (`bad_step`) for one that is not on the screen.
    """
    if not (0 <= share[0] <= 1 and 0 <= share[1] <= 1):
        raise UnreadableSource("bad_step", "its point is not on the screen")
    return round(share[0] * size[0], 3), round(share[1] * size[1], 3)


def holds(box: Box, point: Point) -> bool:
    """Whether a point lies in a box or on its edge."""
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def view_direction(touch: Point, lift: Point) -> str:
    """Where the view moves to when a finger is drawn over the screen: a finger that goes up moves it down.

    The longer of the two ways, in pixels, decides; of equal ones the way up or down.
    """
    across, down = lift[0] - touch[0], lift[1] - touch[1]
    if abs(across) > abs(down):
        return "right" if across < 0 else "left"
    return "down" if down < 0 else "up"


def file_name(path: Any) -> str | None:
    """The last part of a path in a log. It is only ever looked up among the names of landed files."""
    if not isinstance(path, str):
        return None
    name = path.rsplit("/", 1)[-1]
    return name if 0 < len(name) <= NAME_CHARS else None


def read_text(value: Any) -> str | None:
    """Text that is safe to keep: bounded, valid Unicode, keys and card numbers taken out; None when empty."""
    if not isinstance(value, str):
        return None
    text = value[:TEXT_CHARS].encode("utf-8", "replace").decode("utf-8").strip()
    return redact(text) or None


def read_typed(value: Any, described: Any) -> str | None:
    """Typed text, taken out altogether where the rest of the step's description names a secret."""
    text = read_text(value)
    if text is None:
        return None
    rest = described[:TEXT_CHARS].replace(str(value), "") if isinstance(described, str) else ""
    return REDACTED if names_secret(rest) else text


def as_side(value: Any) -> int | None:
    """A width or height in pixels; None for anything else."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 < value <= MAX_SIDE_PX else None


def _hide_secrets(actions: Sequence[Action]) -> tuple[Action, ...]:
    """The actions, without what was typed right after a tap on a field whose name says it is secret."""
    field: str | None = None
    kept = []
    for action in actions:
        if action.verb == "type" and names_secret(field):
            action = action.model_copy(update={"value": REDACTED})
        if action.verb != "type":
            field = action.target.name if action.target else None
        kept.append(action)
    return tuple(kept)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 2**53
