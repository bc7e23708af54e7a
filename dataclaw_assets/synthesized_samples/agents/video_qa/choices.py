"""Which moments, lines and pictures of a clip `video_qa` puts side by side, near misses first."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from dataclaw_assets.raw_sources.private_text import hide_private
from dataclaw_assets.records import Anchor, Clip
from dataclaw_assets.synthesized_samples.agents.contract import Line
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import (
    MAX_SHARE,
    ScreenText,
    choose_legible,
    find_whole,
    is_away,
    is_shown,
    list_texts,
    may_be_same,
    passes_by,
    read_picture,
    share_words,
)
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext, play
from dataclaw_assets.synthesized_samples.speech import transcribe

OPTIONS = 4

MIN_READ = 3
"""Lines that were read on a screen, so that what was not read there may be taken to be missing."""

MIN_SAID = 12
"""Letters of a spoken line that says something: more than an exclamation."""

_UNQUOTABLE = re.compile(r"[“”\n]")

SLACK_S = 0.1
"""By how much a spoken line may reach beyond the time of a written one."""

Page = tuple[Moment, ScreenText, Anchor]
"""A moment, a text on screen then, and the line of that state that holds it."""


@dataclass(frozen=True)
class Window:
    """A clip of the source, the moments and the texts in it, and what is said."""

    context: SourceContext
    span: tuple[float, float]

    @cached_property
    def clip(self) -> Clip:
        """The window as it is."""
        return play(self.context.source, self.span)

    @cached_property
    def moments(self) -> list[Moment]:
        """What stills can name."""
        return self.context.moments(self.span)

    @cached_property
    def texts(self) -> list[ScreenText]:
        """What is written, and can be quoted."""
        return list_texts(self.context, self.span)

    @cached_property
    def spoken(self) -> list[tuple[Anchor, Line]]:
        """The lines of the clip's transcript; none of one that holds somebody's address or number."""
        lines = transcribe(self.context, self.clip)
        return [] if any(hide_private(line.text) != line.text for _, line in lines) else lines

    @cached_property
    def material(self) -> tuple[Line, ...]:
        """The transcript as it is shipped."""
        return tuple(line for _, line in self.spoken)

    @cached_property
    def unspoken(self) -> list[ScreenText]:
        """Texts within the window that no spoken line repeats: neither a word of them nor, in words, a
        number."""
        said = [line.text for _, line in self.spoken]
        return [
            text
            for text in self.texts
            if text.end_s - text.start_s <= MAX_SHARE * (self.span[1] - self.span[0])
            and not any(sign.isdigit() for sign in text.text)
            and not share_words(text.text, said)
        ]

    @cached_property
    def pages(self) -> list[Page]:
        """Every moment with every text that it shows, that comes and goes with it, and that a box can cover
        without touching another."""
        found = []
        for moment in self.moments:
            legible = choose_legible(self.context, moment.time_s, read_picture(self.context, moment.time_s))
            lines = {line.text: line.anchor for line in legible}
            for text in self.texts:
                passing = text.end_s - text.start_s <= MAX_SHARE * (self.span[1] - self.span[0])
                if passing and is_shown(text, moment.time_s) and text.text in lines:
                    found.append((moment, text, lines[text.text]))
        return found


def list_found(windows: Sequence[Window], chance: random.Random) -> list[tuple[ScreenText, list[Moment]]]:
    """Texts that one moment of the source shows legibly, with that moment first and three others after it, on
    whose screens something else was read, the nearest in time among them."""
    found = []
    moments = [moment for window in windows for moment in window.moments]
    for window in windows:
        context = window.context
        read = {moment.time_s: read_picture(context, moment.time_s) for moment in moments}
        for moment in window.moments:
            for line in choose_legible(context, moment.time_s, read[moment.time_s]):
                text = find_whole(context, line, moment.time_s)
                if text is None or not passes_by(context, line):
                    continue
                others = [
                    other
                    for other in moments
                    if is_away(text, other.time_s, other.time_s)
                    and len(read[other.time_s]) >= MIN_READ
                    and not any(
                        may_be_same(seen.text, line.text) or hide_private(seen.text) != seen.text
                        for seen in read[other.time_s]
                    )
                ]
                if len(others) < OPTIONS - 1:
                    continue
                others.sort(key=lambda other: abs(other.time_s - moment.time_s))
                found.append((text, [moment, others[0], *chance.sample(others[1:], OPTIONS - 2)]))
    return chance.sample(found, len(found))


def is_said_during(said: Anchor, text: ScreenText) -> bool:
    """Whether a text is on screen for the whole of a spoken line."""
    start, end = said.start_s or 0.0, said.end_s or 0.0
    return text.start_s - SLACK_S <= start and end <= text.end_s + SLACK_S


def said_once(window: Window) -> list[Anchor]:
    """The spoken lines of the clip that can be quoted and are like no other one of it."""
    return [
        anchor
        for anchor, line in window.spoken
        if len(line.text) >= MIN_SAID
        and not _UNQUOTABLE.search(line.text)
        and not any(may_be_same(line.text, other.text) for it, other in window.spoken if it is not anchor)
    ]


def choose_written(
    window: Window, said: Anchor, chance: random.Random, negative: bool
) -> tuple[ScreenText | None, list[ScreenText]] | None:
    """What is written during a spoken line (nothing, for a `negative`), and what is written at other times,
    the nearest in time first; None where there is too little."""
    during = [text for text in window.unspoken if is_said_during(said, text)]
    away = [text for text in window.unspoken if is_away(text, said.start_s or 0.0, said.end_s or 0.0)]
    if not during:
        return None
    right = None if negative else chance.choice(during)
    wanted = OPTIONS - (right is not None)
    away.sort(
        key=lambda text: min(abs(text.start_s - (said.end_s or 0)), abs(text.end_s - (said.start_s or 0)))
    )
    # the nearest is the near miss, the rest are of any time
    rest = chance.sample(away[1:], min(wanted - 1, len(away[1:])))
    return (right, [*away[:1], *rest]) if len(away) >= wanted else None


def choose_spoken(window: Window, cue: ScreenText, chance: random.Random) -> list[Anchor] | None:
    """What is said while a line is written, then what is said at other times, the nearest first; None where
    there is too little."""
    once = said_once(window)
    during = [said for said in once if is_said_during(said, cue)]
    away = [said for said in once if is_away(cue, said.start_s or 0.0, said.end_s or 0.0)]
    if not during or len(away) < OPTIONS - 1:
        return None
    away.sort(
        key=lambda said: min(abs((said.start_s or 0) - cue.end_s), abs((said.end_s or 0) - cue.start_s))
    )
    return [chance.choice(during), away[0], *chance.sample(away[1:], OPTIONS - 2)]
