"""Values of GUI sessions; actions are counted as the `action` anchors count them."""

from __future__ import annotations

from typing import Literal

from dataclaw_assets.anchor_values.contract import Value


class ActionValue(Value):
    """One action of a GUI log, in the verbs of `raw_sources.formats.gui.session`. Points are in pixels of the
    source (`to_x`, `to_y`: where a drag or a swipe ends); the target and its role are the log's claim; `text`
    is what was typed, selected, pressed or gone to. The anchor's region is the target's box, or the box that
    a drag or a swipe spans."""

    index: int
    action: str
    x: float | None = None
    y: float | None = None
    to_x: float | None = None
    to_y: float | None = None
    target: str | None = None
    role: str | None = None
    text: str | None = None
    clicks: int = 1
    """How often the button was pressed in one `click`: 3 for a triple click."""
    button: str | None = None
    """A mouse button that is neither left nor right."""
    page: str | None = None
    """The page's path, or the app, on which it was done."""
    before: str | None = None
    after: str | None = None
    """Names of the session's screens before and after."""


class PageChangeValue(Value):
    """The page or app changed between two actions: `last` is the last one done on `before`, `first` the first
    one done on `after`."""

    before: str
    after: str
    last: int
    first: int


class TypedTextValue(Value):
    """What was typed into a field, by one action; a secret is `[redacted]`."""

    index: int
    text: str
    target: str | None = None
    role: str | None = None
    page: str | None = None


class ScreenChangeValue(Value):
    """Two pictures of the session by name: the one on screen as the action began, and the one on screen as
    the next began (for the last action: the session's last). Other files, which need not mean other
    pixels."""

    index: int
    before: str
    after: str
    before_s: float | None = None
    after_s: float | None = None


class ElementAppearedValue(Value):
    """An element that is on the page after the action `index` and before the next, and was not there before:
    its role and its name as a person reads it; `parts` counts the named things within it. The anchor's
    interval is from when it was last missing to when it was there."""

    index: int
    role: str
    name: str
    parts: int = 0
    page: str | None = None


class SessionPhaseValue(Value):
    """A stretch of the session: the actions `first` to `last`, both within it. `begins_with` says why it is
    cut from the one before; `pause_s` is the pause before its first action, in seconds."""

    index: int
    of: int
    first: int
    last: int
    begins_with: Literal["start", "page_change", "pause"]
    page: str | None = None
    pause_s: float | None = None


class RepeatedOperationValue(Value):
    """The same operation over different objects: the actions `first` to `last` are `times` repeats of the
    verbs listed, one round after the other. `targets` are the different names, in order."""

    verbs: tuple[str, ...]
    roles: tuple[str | None, ...]
    times: int
    first: int
    last: int
    targets: tuple[str, ...]


class EventStructureValue(Value):
    """How the events of a session hang together, by rules over its log, and what the rules counted.

    `sequential`: phases follow each other; `parallel`: one operation over several objects; `hybrid`: both;
    `none`: neither. `page_changes` and `pauses` are those outside repeated operations; `wording` is the
    word of the task that orders events.
    """

    structure: Literal["none", "sequential", "parallel", "hybrid"]
    page_changes: int
    pauses: int
    repeated_operations: int
    wording: str | None = None


class LogClockValue(Value):
    """How the log's clock lies to the recording: add `offset_s` to its seconds. Fits are 0-1; `alternatives`
    are other offsets with theirs, best first; `clear` says that none of them fits nearly as well."""

    offset_s: float
    fit: float
    clear: bool
    alternatives: tuple[tuple[float, float], ...]


class LogScaleValue(Value):
    """Pixels of the recording to one of the log's screen. `fit` is the share of the `seen` small changes that
    lie at the scaled point; `alternatives` are other scales (across, down) with their fit."""

    across: float
    down: float
    fit: float
    seen: int
    alternatives: tuple[tuple[float, float, float], ...]


class TargetReadValue(Value):
    """What is written under the point of action `index` just before it. `agrees` says that it is the log's
    name, `suspect` why the log's own target was not believed: its box lies off the screen, is too large, does
    not hold the point, or the screen was rescaled."""

    index: int
    name: str
    agrees: bool
    suspect: tuple[Literal["off_screen", "too_large", "misses_point", "after_rescale"], ...]


class ScreenStateChangeValue(Value):
    """What changes on the screen from just before action `index` to just before the next one, in pixels: the
    `share` of the screen (0-1); the anchor's region is its box. `none` says that nothing larger than a mouse
    pointer does; `smaller` counts the places that change and are no larger: the pointer itself, a caret, a
    clock, a ticked box. `before_s` and `after_s` are when the two pictures are on the screen, source time."""

    index: int
    kind: Literal["none", "local", "large", "whole"]
    share: float
    smaller: int
    before_s: float
    after_s: float
