"""Which states of a screen are read, which of the lines read are believed, and which texts are the same."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dataclaw_assets.anchor_values import StableValue, TextLineValue
from dataclaw_assets.factual_anchors.extractors.contract import Box
from dataclaw_assets.factual_anchors.measures.keyframe_times import covers, keyframe_times
from dataclaw_assets.records import Anchor
from resources.ocr import Line

LEAST_CONFIDENCE = 0.88
"""Lines of two letters or more that are read with less are left out. Measured on 30 pictures of footage, GUI
recordings, slides and scans with 284 lines: all 7 below it were wrong."""

LEAST_CONFIDENCE_SINGLE = 0.97
"""The same for a single letter or digit: shapes without any text give such readings with up to 0.96 (about
20 of them on the same pictures), printed digits 0.99 and more."""

READABLE_PX = 6.0
"""Least height of a line, from the top of its letters to the foot of a p, in a picture whose longer side is
256 px, for at least 90 % of its characters to be read right. Rendered lines in four faces of Liberation, dark
on light: at 5.5 px 93-100 % are right, at 6.2 px 96-100 %, at 4.2 px 64-78 %."""

SMALL_SIDE_PX = 256

SAME_TEXT = 0.1
"""Largest normalised edit distance of two readings of one text; a digit that differs is another text."""

SAME_PLACE = 0.3
"""Least overlap (intersection over union) of the boxes of one text in consecutive states."""

LONGEST_GAP_S = 2.0
"""Across a longer stretch in which nothing was read, no text is taken to have stayed."""


@dataclass(frozen=True)
class State:
    """A stretch of source time that one picture stands for: a rest of the screen, or what is in motion of a
    shot."""

    time_s: float
    start_s: float
    end_s: float
    rests: bool


@dataclass(frozen=True)
class Reading:
    """The lines read in a state, in reading order (boxes in source pixels), and from when to when each is
    known to be there: to either end of the state, or no further than the picture read."""

    state: State
    lines: tuple[Line, ...]
    spans: tuple[tuple[float, float], ...]

    def staying(self) -> tuple[Line, ...]:
        """The lines that are there for the whole of the state."""
        whole = (self.state.start_s, self.state.end_s)
        return tuple(line for line, span in zip(self.lines, self.spans, strict=True) if span == whole)


@dataclass(frozen=True)
class Track:
    """One text, from its first appearance to its last (seconds); `best` is the surest reading of it."""

    start_s: float
    end_s: float
    best: Line
    seen: int


@dataclass(frozen=True)
class Side:
    """What the changing part of the screen shows on one side of a change, and for how long (seconds)."""

    lines: tuple[str, ...]
    span: tuple[float, float]


@dataclass(frozen=True)
class Change:
    """Two rests of the screen one after the other and the box that changed between them, in source pixels."""

    number: int
    region: Box
    before: Reading
    after: Reading

    def side(self, side: Literal["before", "after"]) -> Side | None:
        """The lines whose middle lies in the box and that are there right at the change; None when those that
        were read there are not known to be."""
        reading, near = (self.before, 1) if side == "before" else (self.after, 0)
        whole = (reading.state.start_s, reading.state.end_s)
        pairs = [
            (line.text, span)
            for line, span in zip(reading.lines, reading.spans, strict=True)
            if _holds_middle(self.region, line.box)
        ]
        known = [(text, span) for text, span in pairs if span[near] == whole[near]]
        if pairs and not known:
            return None
        start_s = max((span[0] for _, span in known), default=whole[0])
        end_s = min((span[1] for _, span in known), default=whole[1])
        return Side(tuple(text for text, _ in known), (start_s, end_s))

    def sides(self) -> tuple[Side, Side] | None:
        """Both sides; None when one is not known, or when the change is not one of text."""
        before, after = self.side("before"), self.side("after")
        if before is None or after is None:
            return None
        same = len(before.lines) == len(after.lines) and all(map(reads_alike, before.lines, after.lines))
        return None if same else (before, after)


def list_states(found: Sequence[Anchor]) -> list[State]:
    """The state of each of the `keyframe_times`, in order of time. A shot of which a part rests stands for
    its moving part around the picture only."""
    rests = [anchor for anchor in found if anchor.kind == "stable"]
    shots = [anchor for anchor in found if anchor.kind == "shot"]
    states = []
    for time_s in keyframe_times(found):
        rest = next((one for one in rests if covers(one, time_s)), None)
        shot = next((one for one in shots if covers(one, time_s)), None)
        if rest is not None:
            states.append(State(time_s, rest.start_s or 0.0, rest.end_s or 0.0, rests=True))
        elif shot is not None:
            states.append(_moving_part(shot, rests, time_s))
    return states


def _moving_part(shot: Anchor, rests: Sequence[Anchor], time_s: float) -> State:
    start_s, end_s = shot.start_s or 0.0, shot.end_s or 0.0
    for rest in rests:
        if start_s < (rest.end_s or 0.0) <= time_s:
            start_s = max(start_s, rest.end_s or 0.0)
        if time_s < (rest.start_s or 0.0) < end_s:
            end_s = min(end_s, rest.start_s or 0.0)
    return State(time_s, start_s, end_s, rests=False)


def choose_states(states: Sequence[State], most: int) -> list[State]:
    """At most that many states, those that last longest, in order of time."""
    longest = sorted(states, key=lambda state: (state.start_s - state.end_s, state.time_s))[:most]
    return sorted(longest, key=lambda state: state.time_s)


def is_sure(line: Line) -> bool:
    """Whether a line was read surely enough to be stated as a fact."""
    letters = sum(letter.isalnum() for letter in line.text)
    least = LEAST_CONFIDENCE if letters > 1 else LEAST_CONFIDENCE_SINGLE
    return letters > 0 and line.confidence >= least


def describe_lines(lines: Sequence[Line], longer_side_px: float) -> list[TextLineValue]:
    """A value for each line of a picture with such a longer side; `order` counts from 0."""
    shrink = SMALL_SIDE_PX / max(longer_side_px, 1.0)
    return [
        TextLineValue(
            text=line.text,
            order=order,
            of=len(lines),
            height_px=line.box[3] - line.box[1],
            readable_256=(line.box[3] - line.box[1]) * min(1.0, shrink) >= READABLE_PX,
            confidence=line.confidence,
        )
        for order, line in enumerate(lines)
    ]


def track_texts(readings: Sequence[Reading]) -> list[Track]:
    """Each text that was read, once for as long as consecutive states show it at the same place."""
    done: list[Track] = []
    going: list[Track] = []
    before: State | None = None
    for reading in readings:
        if before is None or reading.state.start_s - before.end_s > LONGEST_GAP_S:
            done, going = done + going, []
        now = []
        for line, (start_s, end_s) in zip(reading.lines, reading.spans, strict=True):
            track = _find_track(going, line)
            if track is None:
                now.append(Track(start_s, end_s, line, 1))
            else:
                going.remove(track)
                best = max(track.best, line, key=lambda one: one.confidence)
                now.append(replace(track, end_s=end_s, best=best, seen=track.seen + 1))
        done, going, before = done + going, now, reading.state
    return sorted(done + going, key=lambda one: (one.start_s, one.best.box[1], one.best.box[0]))


def _find_track(going: Sequence[Track], line: Line) -> Track | None:
    """Of the tracks that may be of this line, the one that reads most like it."""
    near = [track for track in going if overlap(track.best.box, line.box) >= SAME_PLACE]
    alike = [(text_distance(track.best.text, line.text), place) for place, track in enumerate(near)]
    distance, place = min(alike, default=(1.0, 0))
    return near[place] if distance <= SAME_TEXT and reads_alike(near[place].best.text, line.text) else None


def reads_alike(first: str, second: str) -> bool:
    """Whether two readings are of one text, but for slips of the reader."""
    return text_distance(first, second) <= SAME_TEXT and _digits(first) == _digits(second)


def list_changes(found: Sequence[Anchor], readings: Sequence[Reading]) -> Iterator[Change]:
    """The changes from one stable stretch to the next whose box is known and whose two sides were both read;
    they are numbered from 0 over all changes of the source, read or not."""
    by_start = {reading.state.start_s: reading for reading in readings if reading.state.rests}
    rests = sorted((one for one in found if one.kind == "stable"), key=lambda one: one.start_s or 0.0)
    for number, (first, second) in enumerate(itertools.pairwise(rests)):
        region = second.value.changed_region if isinstance(second.value, StableValue) else None
        before, after = by_start.get(first.start_s or 0.0), by_start.get(second.start_s or 0.0)
        if region is not None and before is not None and after is not None:
            yield Change(number, region, before, after)


def _holds_middle(region: Box, box: Box) -> bool:
    across, down = (box[0] + box[2]) / 2.0, (box[1] + box[3]) / 2.0
    return region[0] <= across <= region[2] and region[1] <= down <= region[3]


def overlap(first: Box, second: Box) -> float:
    """Intersection over union of two boxes, 0-1."""
    across = min(first[2], second[2]) - max(first[0], second[0])
    down = min(first[3], second[3]) - max(first[1], second[1])
    if across <= 0.0 or down <= 0.0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)]
    return across * down / (sum(areas) - across * down)


def text_distance(first: str, second: str) -> float:
    """`edit_distance` of two texts whose letter case, white space and forms of one letter (Unicode NFKC) do
    not count."""
    return edit_distance(_plain(first), _plain(second))


def edit_distance(first: str, second: str) -> float:
    """Edit distance (V. I. Levenshtein, 1966) over the length of the longer text, 0-1."""
    if first == second:
        return 0.0
    row = list(range(len(second) + 1))
    for place, letter in enumerate(first, 1):
        above, row = row, [place]
        for column, other in enumerate(second, 1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (letter != other)))
    return row[-1] / max(len(first), len(second))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _digits(text: str) -> str:
    return "".join(letter for letter in _plain(text) if letter.isdigit())
