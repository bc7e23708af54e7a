"""What is known of a session's screens: where a label is written, which steps the pixels confirm."""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from dataclaw_assets.anchor_values import (
    ActionValue,
    ScreenStateChangeValue,
    TargetReadValue,
    TextLineValue,
    TextValue,
)
from dataclaw_assets.records import Anchor, Source

Box = tuple[float, float, float, float]

LEGIBLE_PX = 8.0
"""Height of a line of text, as a trainer sees the picture, from which it can be read."""

FRAMED_PX = 9.0
"""And the height that a crop is made for: to some tenths of a pixel boxes are as good as their reader."""

MIN_CROP = 0.3
"""A crop of less than this of a screen's sides shows too little of it to be one."""

CLEAR = 0.03
"""Of a crop's sides, what it leaves beside the boxes, where the screen reaches as far."""

MAX_LABEL, MAX_WORDS = 40, 5
"""Letters and words of a label: longer lines are sentences and cards, not names of things to click."""

BESIDE_LINES, NEAR_LINES = 20.0, 1.5
"""How many of its heights a click may lie beside a line and above or below its middle, in one row: as in
`factual_anchors.measures.targets`."""

LOCAL_SHARE = 0.2
"""A change of more of the screen than this says nothing of where it was set off."""

LAST_S = 1e-3
"""Before the end of an interval, when a picture of its very end is meant."""

ALIKE = 0.7
"""Share of the lines of two screens, of those of either, up to which they are different screens."""

WIDEST = 1.0
"""Of its height a letter is this wide at most, on average: a longer box holds more than its label."""

_FOREIGN = re.compile(r"[“”\"<>{}\[\]@|]|://")
"""In a label: what is redacted, addresses, and signs that would end a quotation or open a tag."""


@dataclass(frozen=True)
class Step:
    """An action that the pixels confirm: what is read under its point, and what the screen does after it."""

    action: Anchor
    done: ActionValue
    read: Anchor
    name: str
    change: Anchor | None
    changed: ScreenStateChangeValue | None

    @property
    def place(self) -> tuple[float, float]:
        """The point of the action, in pixels of the source."""
        return self.done.x or 0.0, self.done.y or 0.0


def read_steps(anchors: Sequence[Anchor]) -> list[Step]:
    """The steps with a point and a plain label that a reading of the screen agrees with, by time."""
    reads: dict[str, Anchor] = {}
    changes: dict[int, Anchor] = {}
    actions = []
    for anchor in anchors:
        if anchor.kind == "action":
            actions.append(anchor)
        elif anchor.kind == "target_read":
            reads[anchor.anchor_id] = anchor
        elif anchor.kind == "screen_state_change" and isinstance(anchor.value, ScreenStateChangeValue):
            changes[anchor.value.index] = anchor
    found = []
    for anchor in actions:
        done = anchor.value
        if not isinstance(done, ActionValue) or done.x is None or done.y is None or anchor.start_s is None:
            continue
        read = next((reads[name] for name in anchor.corroborated_by if name in reads), None)
        if read is None or not isinstance(read.value, TargetReadValue) or not is_label(read.value.name):
            continue
        change = changes.get(done.index)
        changed = change.value if change else None
        assert changed is None or isinstance(changed, ScreenStateChangeValue)
        found.append(Step(anchor, done, read, read.value.name, change, changed))
    return sorted(found, key=lambda step: step.done.index)


def list_agreed(steps: Iterable[Step]) -> set[str]:
    """The labels, folded, that the log gives and the screen says letter by letter: two agreeing readings."""
    return {fold(step.name) for step in steps if fold(step.done.target or "") == fold(step.name)}


@functools.lru_cache(maxsize=4096)
def is_label(text: str) -> bool:
    """Whether a text is short and plain enough to name something on a screen: no sentence, no line from the
    middle of one, and no icon that was read as a sign before the words."""
    words = text.split()
    if len(text) > MAX_LABEL or not 1 <= len(words) <= MAX_WORDS or _FOREIGN.search(text):
        return False
    sentence = text[-1] in ".,;:!?" and not text.endswith("...")
    middle = len(words) > 1 and text[0].islower()
    icon = len(words) > 1 and len(words[0]) == 1 and words[0] not in "AI"
    return sum(letter.isalpha() for letter in text) >= 3 and not (sentence or middle or icon)


@functools.lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """A text's letters and digits alone, small: readings differ in blanks and signs."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@dataclass(frozen=True, eq=False)
class Screen:
    """What is read on the screen at a time: its lines, what each says, folded; and the words of its texts,
    folded, with their places."""

    lines: tuple[Anchor, ...]
    said: tuple[str, ...]
    words: tuple[tuple[str, Box | None], ...]

    @cached_property
    def texts(self) -> frozenset[str]:
        """What its lines say."""
        return frozenset(self.said)

    @cached_property
    def stood(self) -> list[tuple[str, Box]]:
        """What each line says, and its place."""
        return [(said, line.region) for said, line in zip(self.said, self.lines, strict=True) if line.region]

    @cached_property
    def _places(self) -> dict[str, list[Box]]:
        places: dict[str, list[Box]] = {}
        for said, box in self.stood:
            places.setdefault(said, []).append(box)
        return places

    def holds(self, said: str, box: Box) -> bool:
        """Whether a line says these words, folded, in this place."""
        return any(overlaps(box, other) for other in self._places.get(said, ()))

    def saying(self, label: str) -> list[Anchor]:
        """The lines that hold a label's letters."""
        part = fold(label)
        return [line for said, line in zip(self.said, self.lines, strict=True) if part in said]

    def find_alone(self, label: str) -> Anchor | None:
        """The one line that says a label and nothing else, where no other holds its letters."""
        holding = self.saying(label)
        return holding[0] if len(holding) == 1 and fold(text_of(holding[0])) == fold(label) else None

    def find_line(self, label: str) -> Anchor | None:
        """The one line that says a label and nothing else; None where there is none, or where its letters are
        written elsewhere as well, so that nobody could tell which is meant."""
        line = self.find_alone(label)
        if line is None:
            return None
        part, region = fold(label), line.region or (0.0, 0.0, 0.0, 0.0)
        again = any(part in said and not (box and overlaps(box, region)) for said, box in self.words)
        return None if again else line

    def find_box(self, read: Anchor) -> Box | None:
        """Where the label of a step is written: the box of what was read under its point, if that is no
        longer than the label, else that of the one line that says it."""
        line = None if (box := tight_box(read)) else self.find_line(text_of(read))
        return line.region if line else box


def read_screen(lines: Iterable[Anchor], texts: Iterable[Anchor]) -> Screen:
    """The screen of some lines and texts, which are up together."""
    placed = tuple(line for line in lines if line.region is not None)
    words = tuple((fold(a.value.text), a.region) for a in texts if isinstance(a.value, TextValue))
    return Screen(placed, tuple(fold(text_of(line)) for line in placed), words)


def covers(anchor: Anchor, time_s: float) -> bool:
    """Whether an anchor's interval holds a time."""
    return anchor.start_s is not None and anchor.end_s is not None and anchor.start_s <= time_s < anchor.end_s


def text_of(anchor: Anchor) -> str:
    """The words of a line of text, or what is read under a point."""
    value = anchor.value
    return value.text if isinstance(value, TextLineValue) else str(getattr(value, "name", ""))


def find_line(anchors: Iterable[Anchor], time_s: float, label: str) -> Anchor | None:
    """The line that says a label on the screen at a time, as `Screen.find_line` has it."""
    shown = [anchor for anchor in anchors if covers(anchor, time_s)]
    return read_screen((a for a in shown if a.kind == "text_line"), shown).find_line(label)


def tight_box(read: Anchor) -> Box | None:
    """The box of what was read under a point, if that is no longer than the label."""
    left, top, right, bottom = read.region or (0.0, 0.0, 0.0, 0.0)
    fits = right - left <= WIDEST * (bottom - top) * len(text_of(read))
    return read.region if fits else None


def lies_at(line: Anchor, place: tuple[float, float]) -> bool:
    """Whether a click at a place is one on this line or in its row."""
    left, top, right, bottom = line.region or (0.0, 0.0, 0.0, 0.0)
    height = bottom - top
    beside = max(left - place[0], place[0] - right, 0.0)
    return beside <= BESIDE_LINES * height and abs((top + bottom) / 2 - place[1]) <= NEAR_LINES * height


def tells(before: Screen, after: Screen, change: Anchor, asked: str, box: Box | None, other: str) -> bool:
    """Whether what changes on the screen points to a label, which stands in a box, and not to another one: a
    small change lies on the box and touches no line with the other. Both are written there once; neither is
    written anew by the change, which would spell the answer out."""
    changed, region = change.value, change.region
    if not isinstance(changed, ScreenStateChangeValue) or changed.share > LOCAL_SHARE:
        return False
    if box is None or region is None or not overlaps(box, region):
        return False
    if any(overlaps(line.region, region) for line in before.saying(other) if line.region):
        return False
    return not any(
        before.find_line(label) is None or writes_anew(before, after, label) for label in (asked, other)
    )


def writes_anew(before: Screen, after: Screen, label: str) -> bool:
    """Whether lines with a label's letters come up that were not there, in these words and this place."""
    held = after.saying(label)
    return any(not (line.region and before.holds(fold(text_of(line)), line.region)) for line in held)


def overlaps(one: Box, other: Box) -> bool:
    """Whether two boxes share a place."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def height_seen(source: Source, box: Box, crop: Box, picture_px: int) -> float:
    """How many pixels high a box is in a picture of what the crop leaves, `picture_px` on its longer side
    at most."""
    across, down = (crop[2] - crop[0]) * (source.width or 1), (crop[3] - crop[1]) * (source.height or 1)
    return (box[3] - box[1]) * min(1.0, picture_px / max(across, down))


def choose_crop(source: Source, boxes: Sequence[Box], picture_px: int, chance: random.Random) -> Box | None:
    """What to leave of a screen so that what stands in the boxes (pixels) can be read: all of it where that
    does; None where nothing does. Chance decides the place, which must not give the answer away."""
    wide, high = float(source.width or 1), float(source.height or 1)
    smallest = min(box[3] - box[1] for box in boxes)
    share = picture_px * max(1.0, smallest / FRAMED_PX) / max(wide, high)
    if smallest < LEGIBLE_PX or share < MIN_CROP:
        return None
    if share >= 0.98:
        return 0.0, 0.0, 1.0, 1.0
    sides = []
    for low, top, size in ((0, 2, wide), (1, 3, high)):
        least = max(0.0, min(box[low] for box in boxes) / size - share * CLEAR)
        most = min(1.0, max(box[top] for box in boxes) / size + share * CLEAR)
        if most - least > share:
            return None
        sides.append(round(chance.uniform(max(0.0, most - share), min(least, 1.0 - share)), 4))
    return sides[0], sides[1], min(1.0, round(sides[0] + share, 4)), min(1.0, round(sides[1] + share, 4))


def share_alike(one: Collection[str], other: Collection[str]) -> float:
    """Share of the lines of two screens, of those of either, that are the same."""
    same = len(frozenset(one).intersection(other))
    return same / max(1, len(one) + len(other) - same)
