"""Text on the screen: what each state shows, each text from first to last appearance, what changes change."""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from dataclaw_assets.anchor_values import LinesValue, StateValue, TextValue, Value
from dataclaw_assets.factual_anchors.extractors.contract import Box, WholeFrameView, make_anchor
from dataclaw_assets.factual_anchors.extractors.shots import ShotsExtractor
from dataclaw_assets.factual_anchors.extractors.stable import StableExtractor
from dataclaw_assets.factual_anchors.measures.reading_text import (
    Change,
    Reading,
    State,
    Track,
    choose_states,
    describe_lines,
    is_sure,
    list_changes,
    list_states,
    track_texts,
)
from dataclaw_assets.factual_anchors.measures.staying_text import Grey, is_still_there
from dataclaw_assets.records import Anchor, Json, Source
from resources.media import Picture
from resources.ocr import LOOK_PX, Line, look_side, read_lines, reader_version, scale_lines

log = logging.getLogger(__name__)

MOST_STATES = 150
"""Of a source with more states, those that last longest are read."""

STATES_PER_S = 1.0
"""And at most this many for each second of it, but `FEW_STATES` in any case."""

FEW_STATES = 8

BEGIN_S = 0.2
END_S = (0.8, 0.2)
"""How far from the ends of a state its lines are looked for again: twice before its end, since the next
picture of a screen recording may come a second later."""

PICTURE_WORK = 25
"""What looking for lines at `LOOK_PX` costs, in lines read: 0.75 s to 0.025-0.03 s of one core. Measured on
pictures of 720p and 1080p with 0 to 56 lines: 0.7 s and 1.8-2.4 s in all."""

MOST_WORK = 9000
"""Lines' worth of work for one source: five minutes of one core, half of a source's default deadline."""

MOST_QUOTED = 400
"""Characters of text that a sentence quotes; the value holds all of it."""


class TextExtractor:
    """Makes `text_line`, `text`, `lines_visible`, `state_before` and `state_after`."""

    name = "text"
    version = "1"
    needs: tuple[str, ...] = ("shots", "stable")

    def applies(self, source: Source) -> bool:
        """To every source with a moving picture."""
        return source.stream is not None

    def params(self, source: Source) -> Json:
        """What reads, and the versions of what chooses the pictures."""
        return {
            "reader": reader_version(),
            ShotsExtractor.name: ShotsExtractor.version,
            StableExtractor.name: StableExtractor.version,
        }

    def look(self, source: Source, found: Sequence[Anchor]) -> TextLooker:
        """A looker for the pictures that stand for the source's shots and rests."""
        return TextLooker(self, source, found)


class TextLooker:
    """Reads one picture of each state, and looks at one near either end for whether its lines stay.

    `read` and `repeated` count pictures read, and not read because every pixel of them had been read before.
    """

    def __init__(
        self,
        extractor: TextExtractor,
        source: Source,
        found: Sequence[Anchor],
        reads: Callable[[Picture], list[Line]] = read_lines,
    ) -> None:
        self.extractor = extractor
        self.source = source
        self.found = found
        self.reads = reads
        states = list_states(found)
        duration_s = source.stream.duration_s if source.stream else 0.0
        most = min(MOST_STATES, max(FEW_STATES, math.ceil(duration_s * STATES_PER_S)))
        chosen = choose_states(states, most)
        self.left_out = len(states) - len(chosen)
        self.wanted = {
            time_s: (state, role) for state in chosen for time_s, role in _moments(state)
        }  # a state's own picture comes last, and wins where times coincide
        self.begins: dict[State, Grey] = {}
        self.read_last: tuple[State, Grey, float] | None = None
        self.readings: list[Reading] = []
        self.known: dict[bytes, list[Line]] = {}
        self.work = self.read = self.repeated = 0

    @property
    def times(self) -> Sequence[float]:
        """Up to three times for each state that is read."""
        return tuple(self.wanted)

    def see(self, time_s: float, view: WholeFrameView) -> None:
        """Read the picture of a state, while there is work left to be spent; or look at one of its ends."""
        state, role = self.wanted[time_s]
        if role == "still":
            self._read_state(state, view.picture())
        elif view.time_s >= state.end_s:
            return  # no picture of the state is left
        elif role == "begin":
            self.begins = {state: _to_grey(view.picture())}
        elif self.read_last is not None and self.read_last[0] == state:
            self._look_again(state, view.time_s, _to_grey(view.picture()))

    def _read_state(self, state: State, picture: Picture) -> None:
        self.read_last = None
        if self.work >= MOST_WORK:
            self.left_out += 1
            return
        height, width = picture.shape[:2]
        across, down = (self.source.width or width) / width, (self.source.height or height) / height
        lines = tuple(scale_lines([line for line in self._read(picture) if is_sure(line)], across, down))
        grey = _to_grey(picture)
        begin = self.begins.pop(state, None)
        spans = tuple(
            (
                state.start_s if begin is None or self._stays(line, grey, begin, state) else state.time_s,
                state.end_s,
            )
            for line in lines
        )
        self.readings.append(Reading(state, lines, spans))
        self.read_last = state, grey, state.time_s

    def _look_again(self, state: State, time_s: float, now: Grey) -> None:
        """Let the lines that are gone by a later picture of a state end where they were last seen."""
        assert self.read_last is not None
        _, then, seen_s = self.read_last
        reading = self.readings[-1]
        spans = tuple(
            span if span[1] < state.end_s or self._stays(line, then, now, state) else (span[0], seen_s)
            for line, span in zip(reading.lines, reading.spans, strict=True)
        )
        self.readings[-1] = replace(reading, spans=spans)
        self.read_last = state, then, time_s

    def _stays(self, line: Line, then: Grey, now: Grey, state: State) -> bool:
        height, width = then.shape
        across, down = width / (self.source.width or width), height / (self.source.height or height)
        (scaled,) = scale_lines([line], across, down)
        return is_still_there(scaled.box, then, now, state.rests)

    def finish(self) -> list[Anchor]:
        """The anchors, state by state; then texts over time, then changes. Says how much was left unread."""
        if self.left_out:
            log.warning(
                "the text of %d state(s) of the screen was not read: there are too many", self.left_out
            )
        anchors = [anchor for reading in self.readings for anchor in self._state(reading)]
        anchors += [self._track(track) for track in track_texts(self.readings)]
        for change in list_changes(self.found, self.readings):
            anchors += self._change(change)
        return anchors

    def _read(self, picture: Picture) -> list[Line]:
        key = hashlib.sha256(repr(picture.shape).encode() + picture.tobytes()).digest()
        if key in self.known:
            self.repeated += 1
        else:
            self.known[key] = self.reads(picture)
            self.read += 1
            look_px = look_side(max(picture.shape[:2]))
            self.work += PICTURE_WORK * look_px**2 // LOOK_PX**2 + len(self.known[key])
        return self.known[key]

    def _state(self, reading: Reading) -> list[Anchor]:
        if not reading.lines:
            return []
        longer = max(self.source.width or 0, self.source.height or 0)
        values = describe_lines(reading.lines, longer)
        anchors = [
            self._anchor(
                "text_line", value,
                f"{_when(*span)} line {value.order + 1} of {value.of} on screen reads {_quote(value.text)}.",
                span, line.box,
            )
            for line, span, value in zip(reading.lines, reading.spans, values, strict=True)
        ]  # fmt: skip
        state, lines = reading.state, reading.staying()
        span = (state.start_s, state.end_s) if lines else (state.time_s, state.time_s)
        words = tuple(line.text for line in lines or reading.lines)
        text = f"{_when(*span)} the screen shows {_count(words)}: {_quote(*words)}."
        return [*anchors, self._anchor("lines_visible", LinesValue(lines=words), text, span)]

    def _track(self, track: Track) -> Anchor:
        value = TextValue(text=track.best.text, confidence=track.best.confidence, seen=track.seen)
        text = f"{_when(track.start_s, track.end_s)} the text {_quote(value.text)} is on the screen."
        return self._anchor("text", value, text, (track.start_s, track.end_s), track.best.box)

    def _change(self, change: Change) -> list[Anchor]:
        at_s = change.after.state.start_s
        sides = change.sides()
        if sides is None:
            return []
        return [
            self._anchor(
                kind, StateValue(change=change.number, lines=side.lines),
                f"{when} the change of the screen by {at_s:.2f} s, the part that changes shows "
                f"{_quote(*side.lines) if side.lines else 'no text'}.", side.span, change.region,
            )
            for kind, when, side in (("state_before", "Before", sides[0]), ("state_after", "After", sides[1]))
        ]  # fmt: skip

    def _anchor(
        self, kind: str, value: Value, text: str, span: tuple[float, float], region: Box | None = None
    ) -> Anchor:
        return make_anchor(
            self.source, self.extractor, kind, value, text, start_s=span[0], end_s=span[1], region=region
        )


def _moments(state: State) -> list[tuple[float, str]]:
    """The times at which a state is looked at: near its ends, and where it is read."""
    begin_s = state.start_s + BEGIN_S
    ends = [state.end_s - margin_s for margin_s in END_S]
    return [
        *([(begin_s, "begin")] if begin_s < state.time_s else []),
        *((end_s, "end") for end_s in ends if end_s > state.time_s),
        (state.time_s, "still"),
    ]


def _to_grey(picture: Picture) -> Grey:
    """The luma of an RGB picture (ITU-R BT.601)."""
    import cv2

    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)


def _when(start_s: float, end_s: float) -> str:
    return f"At {start_s:.2f} s" if start_s == end_s else f"From {start_s:.2f} to {end_s:.2f} s"


def _count(words: Sequence[str]) -> str:
    return "one line of text" if len(words) == 1 else f"{len(words)} lines of text"


def _quote(*words: str) -> str:
    """Texts in quotation marks, one after the other, as far as `MOST_QUOTED` goes."""
    said = "; ".join(f"“{text}”" for text in words)
    return said if len(said) <= MOST_QUOTED else said[:MOST_QUOTED].rstrip() + "…"
