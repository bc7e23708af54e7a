"""Screens told apart by what is written on them, as a reader of the shipped pictures would."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from dataclaw_assets.anchor_values import TextValue
from dataclaw_assets.records import Anchor
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.likeness import resembles

MIN_INK_PX = 6.0
"""Height of letters in the shipped picture from which nine in ten are read (`docs/anchors.md`, text_line)."""

MIN_WORDS, MIN_LETTERS = 2, 4
"""One new word may be a slip of the reader or a value that changed; of short words two are as well."""

MIN_KEPT = 0.5
"""Share of a page's words that stay while it is the same page: a menu beside every page is less."""

ALIKE = 0.8
"""Share of letters that two readings of one word have in common."""

CLOCK_GAP_S = 5.0
"""A clock that runs is read again within so long: not in every state, for its digits change meanwhile."""

_TIME = re.compile(r"\b\d{1,2}:\d{2}\b")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Screens:
    """What can be read on the screen of a source, and when."""

    context: SourceContext
    _words: dict[float, set[str]] = field(default_factory=dict, repr=False)

    @cached_property
    def lines(self) -> list[tuple[float, float, str]]:
        """From when to when each readable text stands, seconds of the source, and the text in small letters
        without signs. What stands until the end stands in the last picture."""
        duration = self.context.source.stream.duration_s if self.context.source.stream else 0.0
        found = []
        for anchor in self.context.of_kind("text"):
            if isinstance(anchor.value, TextValue) and is_readable(self.context, anchor):
                end = anchor.end_s or 0.0
                line = " ".join(_WORD.findall(anchor.value.text.casefold()))
                found.append((anchor.start_s or 0.0, math.inf if end >= duration else end, line))
        return found

    @cached_property
    def clocks(self) -> list[tuple[float, float]]:
        """When a clock or a countdown runs on the screen: different times are read at one place. Whoever
        reads it knows the order of the screens."""
        readings = [
            (anchor, anchor.value.text, anchor.region)
            for anchor in self.context.of_kind("text")
            if isinstance(anchor.value, TextValue) and anchor.region and _TIME.search(anchor.value.text)
        ]
        return [
            ((anchor.start_s or 0.0) - CLOCK_GAP_S, (anchor.end_s or 0.0) + CLOCK_GAP_S)
            for anchor, text, region in readings
            if any(text != other and _same_place(region, place) for _, other, place in readings)
        ]

    def list_lines(self, time_s: float) -> list[str]:
        """The texts on the screen at a time."""
        return [line for start, end, line in self.lines if start <= time_s < end]

    def adds(self, first_s: float, second_s: float) -> bool:
        """Whether the screen at the second time has words that the one at the first has not: what is gone, as
        while a page loads, tells nobody what is there."""
        first, second = self._list_words(first_s), self._list_words(second_s)
        new = (word for word in second - first if not any(resembles(word, one, ALIKE) for one in first))
        return sum(1 for _ in islice(new, MIN_WORDS)) == MIN_WORDS

    def tell_apart(self, first_s: float, second_s: float) -> bool:
        """Whether each of the screens at two times has words of its own."""
        return self.adds(first_s, second_s) and self.adds(second_s, first_s)

    def says_once(self, name: str, time_s: float) -> bool:
        """Whether a name stands at most once on the screen: the one under the pointer was read by itself."""
        wanted = f" {' '.join(_WORD.findall(name.casefold()))} "
        return sum(wanted in f" {line} " for line in self.list_lines(time_s)) <= 1

    def shows_more_of(self, first_s: float, second_s: float) -> bool:
        """Whether the second screen is another view of the page of the first: at least half of the words of
        either stand on the other too, and it has new ones."""
        first, second = self._list_words(first_s), self._list_words(second_s)
        kept = len(first & second) >= MIN_KEPT * max(len(first), len(second))
        return kept and self.adds(first_s, second_s)

    def tells_by(self, name: str, right_s: float, wrong_s: Sequence[float]) -> bool:
        """Whether a word of a name stands on the right screen and on no wrong one: looking for it answers."""
        words = set(_WORD.findall(name.casefold())) & self._list_words(right_s)
        return not words <= set().union(*(self._list_words(time_s) for time_s in wrong_s))

    def _list_words(self, time_s: float) -> set[str]:
        if time_s not in self._words:
            words = (word for line in self.list_lines(time_s) for word in line.split())
            self._words[time_s] = {word for word in words if len(word) >= MIN_LETTERS}
        return self._words[time_s]


def is_readable(context: SourceContext, anchor: Anchor) -> bool:
    """Whether the text in an anchor's region can be read in a picture as it is shipped."""
    if anchor.region is None:
        return False
    side = max(context.source.width or 1, context.source.height or 1)
    scale = min(1.0, context.settings.consumer_image_px / side)
    return (anchor.region[3] - anchor.region[1]) * scale >= MIN_INK_PX


def _same_place(first: Sequence[float], second: Sequence[float]) -> bool:
    """Whether two lines begin within one line's height of one another."""
    left, top, height = first[0] - second[0], first[1] - second[1], first[3] - first[1]
    return max(abs(left), abs(top)) <= height
