"""Slides: which pictures of a video are slides with a heading, and the lessons that quote what is on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median_low

from dataclaw_assets.anchor_values import TextLineValue
from dataclaw_assets.quality.gates.places import Box, locate_region
from dataclaw_assets.raw_sources.private_text import hide_private
from dataclaw_assets.records import Anchor, Draft, Edit, Source
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import (
    MAX_STEPS,
    MIN_STEPS,
    Scene,
    span,
    teach,
    text_of,
)
from dataclaw_assets.synthesized_samples.agents.tutorial.orders import PAGE, make_halves
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import (
    MIN_STILL_PX,
    is_quotable,
    may_be_same,
    overlap,
    read_picture,
    still_height_px,
    widen,
)
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.speech import holding_shot

MAX_LINES = 5
"""Lines of a slide that a lesson quotes, its heading among them."""

MIN_WORDS, MIN_WORD = 2, 2
"""Words of a line, and letters of each, that say something by themselves: no numbers, axes or labels."""

HIGHER = 1.2
"""How many times higher than every other line a heading is, letters without tails made up for."""

NO_TAIL = 1.25
"""A line without a letter that reaches below has a box this many times lower than one with one."""

EDGE = 0.12
"""Share of the picture's height, from its top and bottom, in which slides have their numbers."""

ALIKE_LENGTH = 0.6
"""Of the longer one's letters, how many a line has that may be taken for it."""

NEXT_LINE = 1.0
"""Gap between two lines of one sentence, in heights of the line."""

_TAILS = frozenset("gjpqy,;()[]{}/|@Q")
_ORDINAL = re.compile(
    r"(?:(?:step|part|chapter|lesson|section|unit|week|day|module|topic)\s+)?(?:\d{1,2}|[IVX]{1,4})[.):\s]"
    r"|(?:step|part|chapter|lesson|section|unit|week|day|module|topic)\s+(?:\d{1,2}|[IVX]{1,4}|one|two|three)\b"
    r"|(?:first|second|third|fourth|fifth|finally|lastly|next|introduction|conclusions?|summary|agenda|outline)\b"
    r"|(?:overview|contents|welcome|thanks?|questions|references|bibliography|further reading)\b"
    r"|(?:about (?:me|us)|the end|q\s?&\s?a|what(?:'|’)?s next|where to go from here)\b"
    r"|(?:take ?aways?|to sum up|good ?bye)\b",
    re.I,
)
"""Headings that say where in the order a slide belongs."""


def find_slides(context: SourceContext, window: tuple[float, float]) -> list[Scene]:
    """The slides of a window that have a heading of their own, by time, their numbers covered. None of a
    moving picture, nor of a picture that shows somebody's address or number; none that belongs at the
    beginning or the end: its heading says so, or stands lower or higher than most, as a title does."""
    if context.source.kind != "video" or not context.shows_a_screen:
        return []
    found: dict[str, Scene] = {}
    for moment in context.moments(window):
        shot = holding_shot(context, moment)
        if shot is None or shot.anchor_id in found:
            continue
        heading = read_heading(context, moment.time_s)
        if heading is not None:
            found[shot.anchor_id] = Scene(moment, shot, written=(heading,))
    if not found:
        return []
    covers = cover_numbers(context)
    usual = median_low(_box(slide.written[0])[1] for slide in found.values())
    return [
        replace(slide, edits=covers) for slide in found.values() if _stands_anywhere(slide.written[0], usual)
    ]


def _stands_anywhere(heading: Anchor, usual: float) -> bool:
    """Whether nothing tells the place in the order of a slide with this heading."""
    usually = abs(_box(heading)[1] - usual) <= _height(heading)
    return usually and not tells_place(text_of(heading))


def read_heading(context: SourceContext, time_s: float) -> Anchor | None:
    """The heading of the slide at a time, which can be read in the clip and is nowhere else in the source;
    None where no line is clearly that, or somebody's address or number is shown."""
    return _find_heading(context, [line.anchor for line in read_picture(context, time_s)])


def read_slide(context: SourceContext, time_s: float) -> tuple[Anchor, ...]:
    """The lines of a slide that say something and are nowhere else in the source: its heading first, then
    those that can be read in its picture. Nothing where there is no heading."""
    shown = [line.anchor for line in read_picture(context, time_s)]
    heading = _find_heading(context, shown)
    if heading is None:
        return ()
    others = [line for line in shown if line is not heading and _is_whole(line, shown)]
    own = [line for line in others if _is_phrase(line, context.source) and _is_own(context, line)]
    return (heading, *own[: MAX_LINES - 1])


def _find_heading(context: SourceContext, lines: Sequence[Anchor]) -> Anchor | None:
    """The topmost readable line, if it is a sure reading and clearly higher than all other lines."""
    readable = [line for line in lines if _is_large(line)]
    if not readable:
        return None
    top = min(readable, key=lambda line: _box(line)[1])
    higher = all(_height(top) >= HIGHER * _height(line) for line in lines if line is not top)
    if not higher or not is_quotable(text_of(top), getattr(top.value, "confidence", 0.0)):
        return None
    written = " | ".join(map(text_of, lines))
    return top if hide_private(written) == written and _is_own(context, top) else None


def _is_large(line: Anchor) -> bool:
    return isinstance(line.value, TextLineValue) and line.value.readable_256


def _is_phrase(line: Anchor, source: Source) -> bool:
    """Whether a line holds two words or more and can be read in the slide's picture."""
    words = [word for word in text_of(line).split() if sum(map(str.isalpha, word)) >= MIN_WORD]
    box = locate_region(line, source)
    return (
        len(words) >= MIN_WORDS
        and box is not None
        and still_height_px(source, box) >= MIN_STILL_PX
        and is_quotable(text_of(line), getattr(line.value, "confidence", 0.0))
    )


def _is_own(context: SourceContext, line: Anchor) -> bool:
    """Whether the source has a line's text in one stretch only: no header, and no slide that comes again."""
    words = text_of(line)
    return sum(is_alike(text_of(anchor), words) for anchor in context.of_kind("text")) == 1


def is_alike(first: str, second: str) -> bool:
    """Whether two readings may be taken for one line: one word of a line is another text."""
    shorter, longer = sorted((len(first), len(second)))
    return shorter >= ALIKE_LENGTH * longer and may_be_same(first, second)


def _is_whole(line: Anchor, lines: Sequence[Anchor]) -> bool:
    """Whether a line begins with a capital letter and none right below goes on with a small one."""
    if text_of(line)[:1].islower():
        return False
    left, _, right, bottom = _box(line)
    height = bottom - _box(line)[1]
    return not any(
        text_of(other)[:1].islower()
        and _box(other)[0] < right
        and left < _box(other)[2]
        and -0.5 * height <= _box(other)[1] - bottom <= NEXT_LINE * height
        for other in lines
        if other is not line
    )


def _box(line: Anchor) -> Box:
    return line.region or (0.0, 0.0, 0.0, 0.0)


def _height(line: Anchor) -> float:
    height = _box(line)[3] - _box(line)[1]
    return height if _TAILS & set(text_of(line)) else NO_TAIL * height


def cover_numbers(context: SourceContext) -> tuple[Edit, ...]:
    """What hides the numbers of slides, which would give their order away: one black box for each place near
    the upper or lower edge at which some slide has its number, the same on all of them. Nothing on footage
    that moves."""
    if not context.shows_a_screen:
        return ()
    boxes: list[Box] = []
    for line in context.of_kind("text_line"):
        box = locate_region(line, context.source) if PAGE.fullmatch(text_of(line)) else None
        if box is None:
            continue
        if EDGE < (box[1] + box[3]) / 2 < 1 - EDGE:
            continue
        wide = widen(box, context.source)
        near = [other for other in boxes if overlap(other, wide) > 0]
        boxes = [other for other in boxes if other not in near]
        boxes.append(_join([wide, *near]))
    return tuple(Edit(op="darken", region=box, amount=1.0) for box in sorted(boxes))


def _join(boxes: Sequence[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def tells_place(heading: str) -> bool:
    """Whether a heading says where in the order its slide belongs."""
    return _ORDINAL.match(heading) is not None


def teach_slides(
    context: SourceContext, window: tuple[float, float], slides: Sequence[Scene]
) -> Iterator[Draft]:
    """One step a slide, with its heading: which further lines are quoted would be anyone's choice. The clips
    of both halves begin and end with a step, and show the slides in another order than the lecture had, which
    could be guessed."""
    scenes = slides[:MAX_STEPS]
    if len(scenes) >= MIN_STEPS:
        chance = context.random("slide_lesson", *window)
        halves = make_halves(context, span(scenes, window), scenes, chance, "slide_lesson")
        key = f"slide_lesson:{window[0]:.3f}"
        yield from teach(context, halves, scenes, chance, key, "slide_lesson")
