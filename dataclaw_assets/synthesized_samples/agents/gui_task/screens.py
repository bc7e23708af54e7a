"""What is known of a session's screens: where a label is written, which steps the pixels confirm."""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from dataclaw_assets.anchor_values import (
    ActionValue,
    LinesValue,
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


def list_lines(anchors: Iterable[Anchor], time_s: float) -> list[Anchor]:
    """The lines of text that are measured to be on the screen at a time, each with its box."""
    return [
        anchor
        for anchor in anchors
        if anchor.kind == "text_line" and anchor.region is not None and covers(anchor, time_s)
    ]


def list_words(anchors: Iterable[Anchor], time_s: float) -> Anchor | None:
    """The anchor that holds all lines visible at a time."""
    return next((a for a in anchors if a.kind == "lines_visible" and covers(a, time_s)), None)


def covers(anchor: Anchor, time_s: float) -> bool:
    """Whether an anchor's interval holds a time."""
    return anchor.start_s is not None and anchor.end_s is not None and anchor.start_s <= time_s < anchor.end_s


def text_of(anchor: Anchor) -> str:
    """The words of a line of text, or what is read under a point."""
    value = anchor.value
    return value.text if isinstance(value, TextLineValue) else str(getattr(value, "name", ""))


def saying(lines: Sequence[Anchor], label: str) -> list[Anchor]:
    """The lines that hold a label's letters."""
    return [line for line in lines if fold(label) in fold(text_of(line))]


def find_line(anchors: Sequence[Anchor], time_s: float, label: str) -> Anchor | None:
    """The one line on the screen at a time that says a label and nothing else; None where there is none, or
    where its letters are written elsewhere as well, so that nobody could tell which is meant."""
    holding = saying(list_lines(anchors, time_s), label)
    if len(holding) != 1 or fold(text_of(holding[0])) != fold(label):
        return None
    region = holding[0].region or (0.0, 0.0, 0.0, 0.0)
    again = any(
        isinstance(anchor.value, TextValue)
        and covers(anchor, time_s)
        and fold(label) in fold(anchor.value.text)
        and not (anchor.region and overlaps(anchor.region, region))
        for anchor in anchors
    )
    return None if again else holding[0]


def find_box(anchors: Sequence[Anchor], read: Anchor, time_s: float) -> Box | None:
    """Where the label of a step is written: the box of what was read under its point, if that is no longer
    than the label, else that of the one line that says it."""
    name = text_of(read)
    if read.region is not None:
        left, top, right, bottom = read.region
        if right - left <= WIDEST * (bottom - top) * len(name):
            return read.region
    line = find_line(anchors, time_s, name)
    return line.region if line else None


def lies_at(line: Anchor, place: tuple[float, float]) -> bool:
    """Whether a click at a place is one on this line or in its row."""
    left, top, right, bottom = line.region or (0.0, 0.0, 0.0, 0.0)
    height = bottom - top
    beside = max(left - place[0], place[0] - right, 0.0)
    return beside <= BESIDE_LINES * height and abs((top + bottom) / 2 - place[1]) <= NEAR_LINES * height


def tells(anchors: Sequence[Anchor], change: Anchor, asked: str, box: Box | None, other: str) -> bool:
    """Whether what changes on the screen points to a label, which stands in a box, and not to another one: a
    small change lies on the box and touches no line with the other. Both are written there once; neither is
    written anew by the change, which would spell the answer out."""
    changed = change.value
    if not isinstance(changed, ScreenStateChangeValue):
        return False
    if box is None or change.region is None or changed.share > LOCAL_SHARE:
        return False
    if not overlaps(box, change.region):
        return False
    before, after = list_lines(anchors, changed.before_s), list_lines(anchors, last_lines_s(anchors, changed))
    if any(overlaps(line.region, change.region) for line in saying(before, other) if line.region):
        return False
    return not any(
        find_line(anchors, changed.before_s, label) is None or list_new(before, after, label)
        for label in (asked, other)
    )


def list_new(before: Sequence[Anchor], after: Sequence[Anchor], label: str) -> list[Anchor]:
    """The lines with a label's letters that were not there before, in these words and this place."""
    held = saying(after, label)
    kept = list(each_kept(held, place_lines(before)))
    return [line for line in held if line not in kept]


def last_lines_s(anchors: Iterable[Anchor], changed: ScreenStateChangeValue) -> float:
    """The last time, up to that of the picture after a change, at which the screen's text was read: the end
    of a session belongs to no interval."""
    ends = [a.end_s for a in anchors if isinstance(a.value, LinesValue) and a.end_s is not None]
    late = [end_s for end_s in ends if abs(end_s - changed.after_s) < LAST_S]
    return late[0] - LAST_S if late and list_words(anchors, changed.after_s) is None else changed.after_s


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


def differ(anchors: Sequence[Anchor], times: Sequence[float]) -> bool:
    """Whether the screens at these times differ so much in what is written on them that each is told apart
    at a glance: of the lines of any two no more than `ALIKE` are the same."""
    read = [_list_texts(anchors, time_s) for time_s in times]
    return all(one and other and share_alike(one, other) <= ALIKE for one, other in combinations(read, 2))


def _list_texts(anchors: Sequence[Anchor], time_s: float) -> set[str]:
    return {fold(text_of(line)) for line in list_lines(anchors, time_s)}


def share_alike(one: Collection[str], other: Collection[str]) -> float:
    """Share of the lines of two screens, of those of either, that are the same."""
    same = len(frozenset(one).intersection(other))
    return same / max(1, len(one) + len(other) - same)


def place_lines(lines: Iterable[Anchor]) -> dict[str, list[Box]]:
    """Where each text of a screen, folded, stands."""
    places: dict[str, list[Box]] = {}
    for line in lines:
        if line.region is not None:
            places.setdefault(fold(text_of(line)), []).append(line.region)
    return places


def each_kept(lines: Iterable[Anchor], places: Mapping[str, Sequence[Box]]) -> Iterator[Anchor]:
    """The lines whose words stand in the same place on another screen (`place_lines`)."""
    for line in lines:
        boxes = places.get(fold(text_of(line)), ())
        if line.region and any(overlaps(line.region, box) for box in boxes):
            yield line
