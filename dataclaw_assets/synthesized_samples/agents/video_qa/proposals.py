"""What a model proposes for `video_qa`, and the drafts that it gives: facts by label, words, answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from dataclaw_assets.records import Anchor, Draft
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import (
    MAX_ITEMS,
    Label,
    Proposed,
    Reason,
    Stated,
    Unmade,
    Words,
    each_item,
    find_moment,
    gather,
    put_words,
    read_labels,
    read_reasoning,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.choices import OPTIONS, Window
from dataclaw_assets.synthesized_samples.agents.video_qa.covered import (
    MAX_LINES,
    MIN_LINES,
    ask_covered,
    list_blocks,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.forms import (
    ask_said_written,
    ask_written_said,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import (
    ScreenText,
    choose_legible,
    read_picture,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.pictures import ask_line, can_be_read
from dataclaw_assets.synthesized_samples.context import SourceContext

NONE = "none"
"""How a reply says that none of the written lines is on screen."""

Form = Literal["covered_lines", "said_written", "written_said", "read_line"]


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


def draft_questions(
    proposal: VideoQAProposal, context: SourceContext, facts: Mapping[str, Anchor]
) -> Iterator[Draft | Refusal]:
    """The drafts of a reply; an item that cannot be made is a `Refusal`."""
    return each_item(proposal.items, lambda item: _draft_item(item, context, facts))


def _draft_item(
    item: ProposedQuestion, context: SourceContext, facts: Mapping[str, Anchor]
) -> Iterator[Draft]:
    cited = gather(item.facts, facts)
    reasoning = read_reasoning(item.reasoning, facts)
    if item.form == "read_line":
        draft = _read(item, cited, context)
        yield put_words(draft, item.question, reasoning, (item.answer.strip(), item.answer.strip()))
        return
    fewest, most = (MIN_LINES, MAX_LINES) if item.form == "covered_lines" else (OPTIONS, OPTIONS)
    if not fewest < len(cited) <= most + 1:
        raise Unmade("wrong_facts", f"{item.form} takes {fewest + 1} to {most + 1} facts")
    draft, lettered = _choose(item, cited, context)
    yield put_words(draft, item.question, reasoning, _letter(item, cited, lettered))


def _letter(item: ProposedQuestion, cited: Sequence[Anchor], lettered: Mapping[str, str]) -> tuple[str, Any]:
    """The letter of the option that the answer names, or those of all in its order, as text and as value."""
    if item.form == "said_written" and item.answer.strip().casefold() == NONE:
        letter = chr(ord("A") + OPTIONS)
        return letter, letter
    named = read_labels(item.answer, item.facts[1:])
    stated = [lettered[cited[item.facts.index(name)].anchor_id] for name in named]
    if item.form == "covered_lines":
        return ", ".join(stated), stated
    if len(stated) != 1:
        raise Unmade("unreadable_answer", item.answer)
    return stated[0], stated[0]


def _read(item: ProposedQuestion, cited: Sequence[Anchor], context: SourceContext) -> Draft:
    """A line of the source's own image, or of the picture of a moment."""
    moments = [context.moments(window) for window in context.windows()] if len(cited) == 2 else []
    times = [m.time_s for found in moments for m in found if m.anchor.anchor_id == cited[0].anchor_id]
    if (
        len(cited) > 2
        or (len(cited) == 2) != bool(times)
        or (len(cited) == 1) != (context.source.kind == "image")
    ):
        raise Unmade("wrong_facts", "a line of an image, or a still and a line of it")
    time_s = times[0] if times else None
    read = read_picture(context, time_s)
    for line in choose_legible(context, time_s, read):
        if line.anchor.anchor_id == cited[-1].anchor_id and can_be_read(line, read, context.source):
            return ask_line(context, time_s, line, context.random("read_line", "model", *item.facts))
    raise Unmade("wrong_facts", f"{item.facts[-1]} is no line to be copied, or has too few like it")


def _choose(
    item: ProposedQuestion, cited: Sequence[Anchor], context: SourceContext
) -> tuple[Draft, dict[str, str]]:
    """The draft of a multiple choice in the first window that shows all its facts."""
    for span in context.windows():
        window = Window(context, span)
        made = {"covered_lines": _covered, "said_written": _said, "written_said": _written}[item.form](
            window, cited
        )
        if made is not None:
            return made
    raise Unmade("wrong_facts", f"no clip shows all facts of this {item.form} once and legibly")


def _find_texts(among: Sequence[ScreenText], cited: Sequence[Anchor]) -> list[ScreenText] | None:
    by_id = {text.anchor.anchor_id: text for text in among}
    found = [by_id[fact.anchor_id] for fact in cited if fact.anchor_id in by_id]
    return found if len(found) == len(cited) else None


def _covered(window: Window, cited: Sequence[Anchor]) -> tuple[Draft, dict[str, str]] | None:
    moment = find_moment(window.context, window.span, cited[0])
    if moment is None:
        return None
    wanted = {fact.anchor_id for fact in cited[1:]}
    for block in list_blocks(window):
        if block.moment == moment and {text.anchor.anchor_id for text in block.texts} == wanted:
            chance = window.context.random("covered_lines", "model", *(fact.anchor_id for fact in cited))
            return ask_covered(window, block, chance)
    raise Unmade("wrong_facts", "one box must cover just these lines of that moment")


def _said(window: Window, cited: Sequence[Anchor]) -> tuple[Draft, dict[str, str]] | None:
    spoken = {anchor.anchor_id for anchor, _ in window.spoken}
    texts = _find_texts(window.unspoken, cited[1:])
    if cited[0].anchor_id not in spoken or texts is None:
        return None
    chance = window.context.random("said_written", "model", *(fact.anchor_id for fact in cited))
    return ask_said_written(window.context, window.clip, window.material, cited[0], None, texts, chance)


def _written(window: Window, cited: Sequence[Anchor]) -> tuple[Draft, dict[str, str]] | None:
    spoken = {anchor.anchor_id for anchor, _ in window.spoken}
    texts = _find_texts(window.unspoken, cited[:1])
    if texts is None or not {fact.anchor_id for fact in cited[1:]} <= spoken:
        return None
    chance = window.context.random("written_said", "model", *(fact.anchor_id for fact in cited))
    return ask_written_said(window.context, window.clip, window.material, texts[0], cited[1:], chance)
