"""The forms of `video_qa` that ship one picture: a place → what is written there, a line → its place."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Sequence

from dataclaw_assets.quality.gates.places import Box
from dataclaw_assets.records import Claim, Draft, Edit, Source, Still, Verifier
from dataclaw_assets.synthesized_samples.agents.video_qa.forms import (
    NO_CLOCK,
    draft_question,
    letter_things,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import (
    MIN_LABEL,
    PictureLine,
    hide,
    is_of_size,
    overlap,
    starts_plainly,
    still_height_px,
    widen,
)
from dataclaw_assets.synthesized_samples.claims import quote
from dataclaw_assets.synthesized_samples.context import SourceContext

SURE_TO_COPY = 0.99
"""A line that must be copied letter by letter is read with no less."""

MIN_WORDS, MIN_COPIED, MAX_COPIED = 3, 12, 40
"""Words and letters of a line that is to be copied: more than a label, less than a dictation."""

MIN_BOX_PX = 14.0
"""Height of a line in the still, from which a box by hand overlaps it by half."""

MIN_ALIKE = 3
"""Lines of like size that a picture has besides the framed one."""

SAME_ROW = 0.35
"""By which share of the smaller height the middles of two lines of a row may differ."""

CLEARLY_NEXT = 1.5
"""How many times farther the next line but one must be."""

WRONG = 3
"""Values beside the right one."""

_COPIED = re.compile(r"[^\W_][\w ,'’&\-]*[^\W_]")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_RANKS = re.compile(
    r"\b(?:\w+est|first|last|next|prev\w*|back|top|bottom|upper|lower|min\w*|max\w*|most|least|more|less|mean"
    r"|total|sum|all|before|after|begin\w*|start|end|final|half|double|full|empty|none|zero)\b",
    re.IGNORECASE,
)
_FREE_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w]|\.\d)")


def can_be_copied(line: PictureLine) -> bool:
    """Whether a line's letters are beyond doubt, without marks that a reader mistakes, and more than a glance
    takes in: a label of a word or two. A number standing alone is left to quotations."""
    return (
        getattr(line.anchor.value, "confidence", 0.0) >= SURE_TO_COPY
        and MIN_COPIED <= len(line.text) <= MAX_COPIED
        and len(line.text.split()) >= MIN_WORDS
        and _COPIED.fullmatch(line.text) is not None
        and not _FREE_NUMBER.search(line.text)
    )


def can_be_read(line: PictureLine, lines: Sequence[PictureLine], source: Source) -> bool:
    """Whether a line can be copied, and only the frame tells which of several it is: the largest text of a
    picture would be copied without one."""
    height = line.box[3] - line.box[1]
    others = [other.box for other in lines if other is not line]
    return (
        can_be_copied(line)
        and starts_plainly(line, lines, source)
        and sum(is_of_size(line.box, box) for box in others) >= MIN_ALIKE
        and any(box[3] - box[1] >= height for box in others)
        and any(_rate_letter(other) >= _rate_letter(line) for other in lines if other is not line)
    )


def _rate_letter(line: PictureLine) -> float:
    """The mean width of a letter: heights of boxes depend on a p or a g among the letters."""
    return (line.box[2] - line.box[0]) / max(len(line.text), 1)


def can_be_located(line: PictureLine, lines: Sequence[PictureLine], source: Source) -> bool:
    """Whether a box by hand would be that of the reader, who is as sure as for a copy (what lies across a
    line costs the reading and the box), and not of a word so short that a letter's width decides."""
    return (
        getattr(line.anchor.value, "confidence", 0.0) >= SURE_TO_COPY
        and still_height_px(source, line.box) >= MIN_BOX_PX
        and len(line.text) >= MIN_LABEL
        and starts_plainly(line, lines, source)
    )


def ask_line(context: SourceContext, time_s: float | None, line: PictureLine, chance: random.Random) -> Draft:
    """A picture with a frame round a line: what is written there?"""
    edit = Edit(op="outline", region=widen(line.box, context.source))
    return draft_question(
        context,
        "read_line",
        chance,
        line.text,
        clock=NO_CLOCK,
        evidence=(quote(line.anchor), _place(line), _edited(edit)),
        media=(_picture(context, time_s, edit),),
        verifier=Verifier(kind="text", value=line.text),
        difficulty={
            "letters": len(line.text),
            "height_px": round(still_height_px(context.source, line.box)),
        },
    )


def ask_place(
    context: SourceContext,
    time_s: float | None,
    line: PictureLine,
    hidden: PictureLine,
    chance: random.Random,
) -> Draft:
    """A picture with one line under a black box: where is the line asked about? Nowhere, if it is that."""
    edit = Edit(op="darken", region=hide(hidden.box, context.source), amount=1.0)
    absent = hidden is line
    place = _middle(line) if absent else _place(line)
    answer = "not shown" if absent else f"[{', '.join(f'{share:.3f}' for share in place.value)}]"
    return draft_question(
        context,
        "locate_line",
        chance,
        answer,
        words={"line": line.text},
        clock=NO_CLOCK,
        evidence=(quote(line.anchor), place, _edited(edit)),
        media=(_picture(context, time_s, edit),),
        verifier=Verifier(kind="box", value=None if absent else place.value, tolerance=0.5),
        difficulty={
            "negative": absent,
            "height_px": round(still_height_px(context.source, line.box)),
        },
    )


def ask_beside(
    context: SourceContext,
    time_s: float | None,
    line: PictureLine,
    options: Sequence[PictureLine],
    chance: random.Random,
) -> Draft:
    """A line, and four others of the picture, the first of which stands next to it on its right: which?"""
    offered = letter_things(list(options), chance)
    right = next(name for name, option in offered.items() if option is options[0])
    evidence = [quote(line.anchor), _place(line)]
    for name, option in offered.items():
        evidence += [quote(option.anchor, name), _place(option, name)]
    return draft_question(
        context,
        "beside_line",
        chance,
        right,
        words={"line": line.text},
        clock=NO_CLOCK,
        options={name: option.text for name, option in offered.items()},
        evidence=tuple(evidence),
        media=(_picture(context, time_s),),
        verifier=Verifier(kind="choice", value=right),
        difficulty={"options": len(offered)},
    )


def find_right_of(line: Box, others: Sequence[Box]) -> int | None:
    """Which of the other boxes is next on the right in a line's own row, if there is no doubt of it: nothing
    overlaps both rows, and what comes after lies clearly farther."""
    height = line[3] - line[1]
    beside = []
    for index, other in enumerate(others):
        if other[0] < line[2] - 1e-6 or min(line[3], other[3]) <= max(line[1], other[1]):
            continue
        apart = abs((line[1] + line[3]) - (other[1] + other[3])) / 2
        beside.append((other[0] - line[2], apart <= SAME_ROW * min(height, other[3] - other[1]), index))
    beside.sort()
    if not beside or not beside[0][1]:
        return None
    if len(beside) > 1 and beside[1][0] < CLEARLY_NEXT * max(beside[0][0], height):
        return None
    return beside[0][2]


def choose_beside(line: PictureLine, lines: Sequence[PictureLine]) -> list[PictureLine] | None:
    """The value on the right of a line, and the three of the same unit that lie and look most like it; None
    where there is doubt, there are too few, or the words of the line tell its value."""
    if not has_plain_label(line.text):
        return None
    others = [other for other in lines if other is not line]
    index = find_right_of(line.box, [other.box for other in others])
    unit = _NUMBER.sub("#", others[index].text) if index is not None else ""
    if index is None or "#" not in unit:
        return None
    right = others[index]
    values = {other.text: other for other in others if _NUMBER.sub("#", other.text) == unit}
    wrong = [other for text, other in values.items() if text != right.text]
    wrong.sort(key=lambda other: rate_likeness(right.box, other.box))
    return [right, *wrong[:WRONG]] if len(wrong) >= WRONG else None


def has_plain_label(text: str) -> bool:
    """Whether nothing in the words of a label tells how its value compares with others: it neither counts nor
    ranks."""
    return not _NUMBER.search(text) and not _RANKS.search(text)


def rate_likeness(one: Box, other: Box) -> float:
    """How unlike two lines lie and look: 0 for the same place, height and length."""
    sizes = [math.log((o[i + 2] - o[i]) + 1e-6) for o in (one, other) for i in (0, 1)]
    places = abs(one[0] - other[0]) + abs(one[1] - other[1])
    return places + 0.5 * abs(sizes[0] - sizes[2]) + abs(sizes[1] - sizes[3])


def can_be_covered(line: PictureLine, lines: Sequence[PictureLine], source: Source) -> bool:
    """Whether a black box over a line leaves all others whole."""
    region = hide(line.box, source)
    return not any(overlap(other.box, region) for other in lines if other is not line)


def _picture(context: SourceContext, time_s: float | None, *edits: Edit) -> Still:
    return Still(source_id=context.source.source_id, time_s=time_s, edits=edits)


def _place(line: PictureLine, label: str | None = None) -> Claim:
    value = [round(share, 3) for share in line.box]
    return Claim(kind="box", value=value, anchors=(line.anchor.anchor_id,), label=label)


def _middle(line: PictureLine) -> Claim:
    """Where a covered line lies: there is nothing of it to be seen in a box of its own."""
    left, top, right, bottom = line.box
    value = [round((left + right) / 2, 3), round((top + bottom) / 2, 3)]
    return Claim(kind="point", value=value, anchors=(line.anchor.anchor_id,))


def _edited(edit: Edit) -> Claim:
    return Claim(kind="edited", value=[edit.model_dump(mode="json")])
