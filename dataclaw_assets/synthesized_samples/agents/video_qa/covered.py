"""The form `covered_lines`: a black box over a block of a page's lines: in which order do they stand?"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dataclaw_assets.quality.gates.places import Box, locate_region
from dataclaw_assets.records import Claim, Draft, Edit, Source, Still, Verifier
from dataclaw_assets.synthesized_samples.agents.video_qa.choices import Page, Window
from dataclaw_assets.synthesized_samples.agents.video_qa.forms import draft_question, quote
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import (
    ALIGNED,
    MIN_LABEL,
    MIN_STILL_PX,
    PictureLine,
    ScreenText,
    hide,
    is_of_size,
    overlap,
    passes_by,
    rate_aside,
    read_picture,
    still_height_px,
)
from dataclaw_assets.synthesized_samples.claims import claim_shown
from dataclaw_assets.synthesized_samples.context import Moment, letters

MIN_LINES, MAX_LINES = 3, 5
"""Lines under one box: two leave one other order, six are more than a glance holds."""

MAX_GAP = 3.0
"""Heights of a line up to which the next one below belongs to the same block."""

SAME_PITCH = 0.5
"""Heights of a line by which the steps from line to line of a block may differ."""


@dataclass(frozen=True)
class Block:
    """Lines of one moment, from the top down, and the black box over them, in shares of the picture."""

    moment: Moment
    texts: tuple[ScreenText, ...]
    region: Box


def list_blocks(window: Window) -> list[Block]:
    """The lists of a page, as far as a trainer can read them: lines of one size at one edge, even, that
    one box covers, touching no other, while a line above stays to tell the page by. All of a block is of one
    page and part of it, so that no topic, no length and no heading tells what stands where."""
    found = []
    for moment in window.moments:
        pages = [page for page in window.pages if page[0] is moment]
        for run in _list_runs(sorted(pages, key=lambda page: page[1].box[1]), window.context.source):
            block = _cover(window, moment, run) if len(run) <= MAX_LINES else None
            found += [block] if block else []
    return found


def _list_runs(pages: Sequence[Page], source: Source) -> list[list[Page]]:
    """Lines that stand below one another, in as many columns as there are."""
    runs: list[list[Page]] = []
    for page in pages:
        above = next((run for run in runs if _is_next(run[-1][1].box, page[1].box, source)), None)
        if above is None:
            runs.append([page])
        elif _goes_on(page[1].text):
            runs.remove(above)  # it tells which line it follows
        else:
            above.append(page)
    return [run for run in runs if _is_even(run)]


def _is_even(run: Sequence[Page]) -> bool:
    """Whether a run's lines follow at equal steps: what is set apart is a heading, or of another list."""
    boxes = [text.box for _, text, _ in run]
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


def _cover(window: Window, moment: Moment, run: Sequence[Page]) -> Block | None:
    context = window.context
    texts = tuple(text for _, text, _ in run)
    if sum(any(sign.isdigit() for sign in text.text) for text in texts) > 1:
        return None  # numbers may tell the order
    read = read_picture(context, moment.time_s)
    own = {line.anchor_id for _, _, line in run}
    boxes = [text.box for text in texts] + [line.box for line in read if line.anchor.anchor_id in own]
    region = hide(_join(boxes), context.source, min(text.box[3] - text.box[1] for text in texts))
    rest = [line for line in read if line.anchor.anchor_id not in own]
    whole = {text.anchor.anchor_id for text in texts}
    for anchor in context.of_kind("text"):
        shown = (anchor.start_s or 0.0) <= moment.time_s <= (anchor.end_s or 0.0)
        box = locate_region(anchor, context.source)
        if shown and box and anchor.anchor_id not in whole and overlap(box, region) > 0:
            return None
    if any(overlap(line.box, region) > 0 for line in rest) or _is_table(texts, rest):
        return None
    return Block(moment, texts, region) if any(_tells(window, line, region) for line in rest) else None


def _is_table(texts: Sequence[ScreenText], rest: Sequence[PictureLine]) -> bool:
    """Whether several of the lines have another one in their row: it may tell what is covered beside it."""
    middles = [(line.box[1] + line.box[3]) / 2 for line in rest]
    return sum(any(text.box[1] <= y <= text.box[3] for y in middles) for text in texts) > 1


def _tells(window: Window, line: PictureLine, region: Box) -> bool:
    """Whether a line above the box can be read and names the page."""
    return (
        line.box[3] <= region[1]
        and still_height_px(window.context.source, line.box) >= MIN_STILL_PX
        and len(line.text) >= MIN_LABEL
        and passes_by(window.context, line)
    )


def _join(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def ask_covered(window: Window, block: Block, chance: random.Random) -> tuple[Draft, dict[str, str]]:
    """A still with a block of lines covered, and those lines: in which order do they stand, from top to
    bottom? And the letters of the anchors."""
    names = letters(len(block.texts), chance)
    offered = dict(sorted(zip(names, block.texts, strict=True)))
    edit = Edit(op="darken", region=block.region, amount=1.0)
    still = Still(
        source_id=window.context.source.source_id, time_s=block.moment.time_s, label="X", edits=(edit,)
    )
    evidence = [Claim(kind="edited", value=[edit.model_dump(mode="json")], label="X")]
    for name, text in offered.items():
        evidence += [quote(text.anchor, name), claim_shown(text.anchor, window.clip, name)]
        evidence.append(_middle(text, name))
    draft = draft_question(
        window.context,
        "covered_lines",
        chance,
        ", ".join(names),
        options={name: text.text for name, text in offered.items()},
        evidence=tuple(evidence),
        media=(window.clip, still),
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
