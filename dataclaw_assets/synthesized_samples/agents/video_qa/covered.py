"""The form `covered_lines`: a black box over a block of a page's lines: in which order do they stand?"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dataclaw_assets.anchor_values import TextLineValue, TextValue
from dataclaw_assets.quality.gates.places import Box, locate_region
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Edit, Source, Still, Verifier
from dataclaw_assets.synthesized_samples.agents.video_qa.forms import draft_question
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import (
    ALIGNED,
    MAX_SHARE,
    MIN_LABEL,
    MIN_STILL_PX,
    PictureLine,
    ScreenText,
    hide,
    is_of_size,
    is_plain,
    is_shown,
    overlap,
    rate_aside,
    still_height_px,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.pages import Page
from dataclaw_assets.synthesized_samples.claims import claim_shown, quote
from dataclaw_assets.synthesized_samples.context import letters, play

MIN_LINES, MAX_LINES = 3, 5
"""Lines under one box: two leave one other order, six are more than a glance holds."""

MAX_GAP = 3.0
"""Heights of a line up to which the next one below belongs to the same block."""

MIN_SEEN_S = 2.0
"""A trainer's sampling sees a text four times in this time."""

SAME_PITCH = 0.5
"""Heights of a line by which the steps from line to line of a block may differ."""

Shown = tuple[ScreenText, Anchor]
"""A text, and the line of a page that holds it."""


@dataclass(frozen=True)
class Block:
    """Lines of one page, from the top down, and the black box over them, in shares of the picture."""

    page: Page
    texts: tuple[ScreenText, ...]
    region: Box

    @property
    def clip(self) -> Clip:
        """The window that the page is of, as it is."""
        return play(self.page.context.source, self.page.window)


def list_blocks(page: Page) -> list[Block]:
    """The lists of a page, as far as a trainer can read them in the clip: lines of one size at one edge,
    even, that one box covers, touching no other, while a line above stays to tell the page. All of it is of
    one page and part of it, so that no topic, no length and no heading tells what stands where."""
    shown = sorted(_list_shown(page), key=lambda pair: pair[0].box[1])
    runs = _list_runs(shown, page.context.source) if len(shown) >= MIN_LINES else []
    covered = (_cover(page, run) for run in runs if len(run) <= MAX_LINES)
    return [block for block in covered if block and not page.is_private]


def _list_shown(page: Page) -> Iterator[Shown]:
    """The lines of a page that can be read in the clip, and stay for long enough, yet not for most of it."""
    start_s, end_s = page.window
    for line in page.large:
        value = line.anchor.value
        if not isinstance(value, TextLineValue) or not value.readable_256:
            continue
        for anchor in page.readings.wordings.get(line.text, ()):
            text = _place_text(anchor, page.context.source)
            if (
                text is not None
                and is_shown(text, page.time_s or 0.0)
                and min(text.end_s, end_s) - max(text.start_s, start_s) >= MIN_SEEN_S
                and text.end_s - text.start_s <= MAX_SHARE * (end_s - start_s)
                and page.is_alone(line)
            ):
                yield text, line.anchor


def _place_text(anchor: Anchor, source: Source) -> ScreenText | None:
    """A text of which the reader is sure, and its place."""
    value, box = anchor.value, locate_region(anchor, source)
    if not isinstance(value, TextValue) or box is None or not is_plain(value.text, value.confidence):
        return None
    return ScreenText(anchor, value.text, anchor.start_s or 0.0, anchor.end_s or 0.0, box)


def _comes_once(page: Page, text: ScreenText) -> bool:
    """Whether no other text of the page's window may be taken for one, wherever in the picture."""
    start_s, end_s = page.window
    return not any(
        anchor is not text.anchor and (anchor.start_s or 0.0) < end_s and (anchor.end_s or 0.0) >= start_s
        for anchor in page.readings.alike(text.text)
    )


def _list_runs(lines: Sequence[Shown], source: Source) -> list[list[Shown]]:
    """Lines that stand below one another, in as many columns as there are."""
    runs: list[list[Shown]] = []
    for text, line in lines:
        above = next((run for run in runs if _is_next(run[-1][0].box, text.box, source)), None)
        if above is None:
            runs.append([(text, line)])
        elif _goes_on(text.text):
            runs.remove(above)  # it tells which line it follows
        else:
            above.append((text, line))
    return [run for run in runs if _is_even(run)]


def _is_even(run: Sequence[Shown]) -> bool:
    """Whether a run's lines follow at equal steps: what is set apart is a heading, or of another list."""
    boxes = [text.box for text, _ in run]
    steps = [below[1] + below[3] - above[1] - above[3] for above, below in pairwise(boxes)]
    height = min(box[3] - box[1] for box in boxes)
    return len(boxes) >= MIN_LINES and max(steps) - min(steps) <= 2 * SAME_PITCH * height


def _goes_on(text: str) -> bool:
    return next((sign.islower() for sign in text if sign.isalpha()), False)


def _is_next(above: Box, below: Box, source: Source) -> bool:
    height = max(above[3] - above[1], below[3] - below[1])
    return (
        is_of_size(above, below)
        and rate_aside(above, below, source) <= ALIGNED
        and above[3] <= below[1] <= above[3] + MAX_GAP * height
    )


def _cover(page: Page, run: Sequence[Shown]) -> Block | None:
    source = page.context.source
    texts = tuple(text for text, _ in run)
    if sum(any(sign.isdigit() for sign in text.text) for text in texts) > 1:
        return None  # numbers may tell the order
    own = {line.anchor_id for _, line in run}
    boxes = [text.box for text in texts] + [line.box for line in page.lines if line.anchor.anchor_id in own]
    region = hide(_join(boxes), source, min(text.box[3] - text.box[1] for text in texts))
    rest = [line for line in page.lines if line.anchor.anchor_id not in own]
    if any(overlap(line.box, region) > 0 for line in rest) or _is_table(texts, rest):
        return None
    whole = {text.anchor.anchor_id for text in texts}
    for anchor in page.context.of_kind("text"):
        shown = (anchor.start_s or 0.0) <= (page.time_s or 0.0) <= (anchor.end_s or 0.0)
        box = locate_region(anchor, source) if shown and anchor.anchor_id not in whole else None
        if box and overlap(box, region) > 0:
            return None
    told = any(_tells(page, line, region) for line in rest)
    return Block(page, texts, region) if told and all(_comes_once(page, text) for text in texts) else None


def _is_table(texts: Sequence[ScreenText], rest: Sequence[PictureLine]) -> bool:
    """Whether several of the lines have another one in their row: it may tell what is covered beside it."""
    middles = [(line.box[1] + line.box[3]) / 2 for line in rest]
    return sum(any(text.box[1] <= y <= text.box[3] for y in middles) for text in texts) > 1


def _tells(page: Page, line: PictureLine, region: Box) -> bool:
    """Whether a line above the box can be read and names the page."""
    return (
        line.box[3] <= region[1]
        and still_height_px(page.context.source, line.box) >= MIN_STILL_PX
        and len(line.text) >= MIN_LABEL
        and page.readings.passes_by(line.text)
    )


def _join(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def ask_covered(block: Block, chance: random.Random) -> tuple[Draft, dict[str, str]]:
    """A still with a block of lines covered, and those lines: in which order do they stand, from top to
    bottom? And the letters of the anchors."""
    names = letters(len(block.texts), chance)
    offered = dict(sorted(zip(names, block.texts, strict=True)))
    edit = Edit(op="darken", region=block.region, amount=1.0)
    context, clip = block.page.context, block.clip
    still = Still(source_id=context.source.source_id, time_s=block.page.time_s, label="X", edits=(edit,))
    evidence = [Claim(kind="edited", value=[edit.model_dump(mode="json")], label="X")]
    for name, text in offered.items():
        evidence += [quote(text.anchor, name), claim_shown(text.anchor, clip, name)]
        evidence.append(_middle(text, name))
    draft = draft_question(
        context,
        "covered_lines",
        chance,
        ", ".join(names),
        options={name: text.text for name, text in offered.items()},
        evidence=tuple(evidence),
        media=(clip, still),
        verifier=Verifier(kind="permutation", value=names),
        difficulty={
            "options": len(names),
            "shown_s": round(min(text.end_s - text.start_s for text in block.texts), 1),
        },
    )
    return draft, {text.anchor.anchor_id: name for name, text in offered.items()}


def _middle(text: ScreenText, name: str) -> Claim:
    left, top, right, bottom = text.box
    value = [round((left + right) / 2, 3), round((top + bottom) / 2, 3)]
    return Claim(kind="point", value=value, anchors=(text.anchor.anchor_id,), label=name)
