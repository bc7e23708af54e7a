"""The form `line_picture`: lines that one of four pictures of a session shows, the others much like it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from dataclaw_assets.records import Draft
from dataclaw_assets.synthesized_samples.agents.video_qa.forms import ask_line_picture
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import (
    PictureLine,
    ScreenText,
    is_away,
    may_be_same,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.pages import Page, choose_alike

MIN_READ = 3
"""Lines that were read on a screen, so that what was not read there may be taken to be missing."""

MIN_SHARED = 3
"""Lines that a wrong picture has in common with the right one: it is of the same window, not to be told by
its looks."""

WRONG = 3


def find_lines(pages: Sequence[Page], chance: random.Random) -> Iterator[Draft]:
    """Questions on one line of each page that has three others like it."""
    for page in chance.sample(pages, len(pages)):
        others = choose_alike(page, pages, MIN_SHARED)
        if len(others) < WRONG:
            continue
        for line in chance.sample(page.large, len(page.large)):
            text = _find_passing(page, line, others)
            if text is not None:
                wrong = _choose_wrong(text, others)
                if len(wrong) == WRONG and not page.is_private:
                    moments = [other.moment for other in (page, *wrong) if other.moment]
                    yield ask_line_picture(page.context, text, moments, chance)
                    break


def _find_passing(page: Page, line: PictureLine, others: Sequence[Page]) -> ScreenText | None:
    """The whole of a line that can be read, once, and is not on most of the pages."""
    if sum(line.text not in other.texts for other in others) < WRONG or not page.is_alone(line):
        return None
    text = page.find_whole(line)
    return text if text and page.readings.passes_by(text.text) else None


def _choose_wrong(text: ScreenText, others: Sequence[Page]) -> list[Page]:
    """The first three pages on which a text, or one like it, is certainly not."""
    found: list[Page] = []
    for page in others:
        away = is_away(text, page.time_s or 0.0) and len(page.lines) >= MIN_READ
        if away and not page.is_private and not any(may_be_same(seen, text.text) for seen in page.texts):
            found.append(page)
            if len(found) == WRONG:
                break
    return found
