"""What a model proposes for `video_qa`, and the drafts that it gives: facts by label, words, answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from pydantic import Field

from dataclaw_assets.records import Anchor, Draft
from dataclaw_assets.synthesized_samples.agents.proposals import (
    MAX_ITEMS,
    Label,
    Proposed,
    Reason,
    Stated,
    Unmade,
    Words,
    gather,
    put_words,
    read_labels,
    read_reasoning,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.covered import (
    MAX_LINES,
    MIN_LINES,
    ask_covered,
    list_blocks,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.pages import list_pages
from dataclaw_assets.synthesized_samples.agents.video_qa.pictures import ask_line, can_be_read
from dataclaw_assets.synthesized_samples.agents.video_qa.spoken import ask_spoken, find_spoken
from dataclaw_assets.synthesized_samples.context import SourceContext

MATCHED = 5
"""A scene and four lines, or a line and four scenes."""

Form = Literal["covered_lines", "read_line", "spoken_line", "shown_picture"]


class ProposedQuestion(Proposed):
    """One question: its form, the facts used (the one asked about first), the words, the answer."""

    form: Form
    facts: tuple[Label, ...] = Field(min_length=1, max_length=MAX_LINES + 1)
    question: Words
    answer: Stated
    reasoning: tuple[Reason, ...] = Field(default=(), max_length=4)


class VideoQAProposal(Proposed):
    """A reply: some questions."""

    items: tuple[ProposedQuestion, ...] = Field(max_length=MAX_ITEMS)


def draft_item(
    item: ProposedQuestion, context: SourceContext, facts: Mapping[str, Anchor]
) -> Iterator[Draft]:
    """The drafts of one question that a model proposes. Raises `Unmade`."""
    cited = gather(item.facts, facts)
    reasoning = read_reasoning(item.reasoning, facts)
    if item.form == "read_line":
        draft = _read(item, cited, context)
        yield put_words(draft, item.question, reasoning, (item.answer.strip(), item.answer.strip()))
        return
    if item.form == "covered_lines":
        draft, lettered = _cover(cited, context)
    else:
        draft, lettered = _match(item.form, cited, context)
    named = read_labels(item.answer, item.facts[1:])
    stated = [lettered[cited[item.facts.index(name)].anchor_id] for name in named]
    if draft.verifier.kind == "choice" and len(stated) != 1:
        raise Unmade("unreadable_answer", item.answer)
    value = stated[0] if draft.verifier.kind == "choice" else stated
    yield put_words(draft, item.question, reasoning, (", ".join(stated), value))


def _read(item: ProposedQuestion, cited: Sequence[Anchor], context: SourceContext) -> Draft:
    """A line of the source's own image, or of the picture of a moment."""
    if len(cited) != (1 if context.source.kind == "image" else 2):
        raise Unmade("wrong_facts", "a line of an image, or a still and a line of it")
    for page in list_pages(context):
        if page.moment and page.moment.anchor.anchor_id != cited[0].anchor_id:
            continue
        for line in page.large if not page.is_private else ():
            own = line.anchor.anchor_id == cited[-1].anchor_id
            if own and page.is_alone(line) and can_be_read(line, page.lines, context.source):
                chance = context.random("read_line", "model", *item.facts)
                return ask_line(context, page.time_s, line, chance)
    raise Unmade("wrong_facts", f"{item.facts[-1]} is no line to be copied, or has too few like it")


def _cover(cited: Sequence[Anchor], context: SourceContext) -> tuple[Draft, dict[str, str]]:
    """The lines of a moment under a box, and the letters of their anchors."""
    if not MIN_LINES < len(cited) <= MAX_LINES + 1:
        raise Unmade("wrong_facts", f"covered_lines takes {MIN_LINES + 1} to {MAX_LINES + 1} facts")
    wanted = {fact.anchor_id for fact in cited[1:]}
    for page in list_pages(context):
        if page.moment and page.moment.anchor.anchor_id == cited[0].anchor_id:
            for block in list_blocks(page):
                if {text.anchor.anchor_id for text in block.texts} == wanted:
                    chance = context.random("covered_lines", "model", *(fact.anchor_id for fact in cited))
                    return ask_covered(block, chance)
    raise Unmade("wrong_facts", "one box must cover just these lines of that moment")


def _match(
    form: Literal["spoken_line", "shown_picture"], cited: Sequence[Anchor], context: SourceContext
) -> tuple[Draft, dict[str, str]]:
    """A picture and four lines, or a line and four pictures, of four shots; and the letters of the options'
    anchors."""
    if len(cited) != MATCHED or context.shows_a_screen:
        raise Unmade("wrong_facts", f"{form} takes {MATCHED} facts, and no slides")
    by_lines = form == "spoken_line"
    if [fact.kind == "subtitle" for fact in cited] != [not by_lines, *[by_lines] * (MATCHED - 1)]:
        raise Unmade("wrong_facts", "a picture is matched with lines, or a line with pictures")
    for window in context.windows():
        pairs = [pair for fact in cited if (pair := find_spoken(context, window, fact))]
        if len(pairs) == MATCHED:
            break
    else:
        raise Unmade("no_clip", "no clip shows all of them, each line with the one shot it belongs to")
    asked, *offered = pairs
    same = [pair for pair in offered if pair.shot is asked.shot]
    if len(same) != 1 or len({pair.shot.anchor_id for pair in offered}) != len(offered):
        raise Unmade("wrong_facts", f"{len(same)} of the options belong to what is asked about")
    line, picture = (same[0], asked) if by_lines else (asked, same[0])
    right = replace(picture, subtitle=line.subtitle, line=line.line)
    pairs = [right if pair is same[0] else pair for pair in offered]
    chance = context.random(form, "model", *(fact.anchor_id for fact in cited))
    draft, names = ask_spoken(context, form, window, pairs, right, chance)
    return draft, {fact.anchor_id: name for fact, name in zip(cited[1:], names, strict=True)}
