"""Screens told apart by what is written on them, as a reader of the shipped pictures would."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dataclaw_assets.anchor_values import TextValue
from dataclaw_assets.records import Anchor
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.likeness import resembles

MIN_INK_PX = 6.0
"""Height of letters in the shipped picture from which nine in ten are read (`docs/anchors.md`, text_line)."""

MIN_LINES = 2
"""Screens that differ by one line differ by a slip of the reader or a value that changed."""

ALIKE = 0.8
"""Share of letters that two readings of one line have in common."""

CLOCK_GAP_S = 5.0
"""A clock that runs is read again within so long: not in every state, for its digits change meanwhile."""

_TIME = re.compile(r"\b\d{1,2}:\d{2}\b")
_WORD = re.compile(r"\w+")


def is_readable(context: SourceContext, anchor: Anchor) -> bool:
    """Whether the text in an anchor's region can be read in a picture as it is shipped."""
    if anchor.region is None:
        return False
    side = max(context.source.width or 1, context.source.height or 1)
    scale = min(1.0, context.settings.consumer_image_px / side)
    return (anchor.region[3] - anchor.region[1]) * scale >= MIN_INK_PX


def list_lines(context: SourceContext, time_s: float) -> list[str]:
    """The readable texts on the screen at a time, in small letters without signs; those of three letters or
    more."""
    found = []
    for anchor in context.of_kind("text"):
        on = (anchor.start_s or 0.0) <= time_s < (anchor.end_s or 0.0)
        if on and isinstance(anchor.value, TextValue) and is_readable(context, anchor):
            line = " ".join(_WORD.findall(anchor.value.text.casefold()))
            if len(line) >= 3:
                found.append(line)
    return found


def tell_apart(context: SourceContext, first_s: float, second_s: float, lines: int = MIN_LINES) -> bool:
    """Whether the screens at two times differ by so many lines of text."""
    first, second = list_lines(context, first_s), list_lines(context, second_s)
    return len(_without(first, second)) + len(_without(second, first)) >= lines


def says_once(context: SourceContext, name: str, time_s: float) -> bool:
    """Whether a name stands at most once on the screen: the one under the pointer was read by itself."""
    wanted = f" {' '.join(_WORD.findall(name.casefold()))} "
    return sum(wanted in f" {line} " for line in list_lines(context, time_s)) <= 1


def list_clocks(context: SourceContext) -> list[tuple[float, float]]:
    """When a clock or a countdown runs on the screen: different times are read at one place. Whoever reads it
    knows the order of the screens."""
    readings = [
        (anchor, anchor.value.text, anchor.region)
        for anchor in context.of_kind("text")
        if isinstance(anchor.value, TextValue) and anchor.region and _TIME.search(anchor.value.text)
    ]
    found = []
    for anchor, text, region in readings:
        if any(text != other and _same_place(region, place) for _, other, place in readings):
            found.append(((anchor.start_s or 0.0) - CLOCK_GAP_S, (anchor.end_s or 0.0) + CLOCK_GAP_S))
    return found


def _same_place(first: Sequence[float], second: Sequence[float]) -> bool:
    """Whether two lines begin within one line's height of one another."""
    left, top, height = first[0] - second[0], first[1] - second[1], first[3] - first[1]
    return max(abs(left), abs(top)) <= height


def _without(lines: Sequence[str], others: Sequence[str]) -> list[str]:
    return [line for line in lines if not any(_alike(line, other) for other in others)]


def _alike(first: str, second: str) -> bool:
    return first == second or resembles(first, second, ALIKE)
