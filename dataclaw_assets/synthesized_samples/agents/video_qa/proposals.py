"""What a model proposes for `video_qa`, and the drafts that it gives: facts by label, words, answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

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
from dataclaw_assets.synthesized_samples.agents.video_qa.forms import (
    ask_masked_line,
    ask_said_written,
    ask_written_said,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import (
    ScreenText,
    choose_legible,
    fits_box_of,
    is_away,
    is_shown,
    read_picture,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.pictures import ask_line, can_be_copied
from dataclaw_assets.synthesized_samples.context import SourceContext

NONE = "none"
"""How a reply says that none of the written lines is on screen."""

Form = Literal["masked_line", "said_written", "written_said", "read_line"]


class ProposedQuestion(Proposed):
    """One question: its form, the facts used (the one asked about first), the words, the answer."""

    form: Form
    facts: tuple[Label, ...] = Field(min_length=1, max_length=OPTIONS + 1)
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
    if len(cited) != OPTIONS + 1:
        raise Unmade("wrong_facts", f"{item.form} takes {OPTIONS + 1} facts")
    draft, lettered = _choose(item, cited, context)
    yield put_words(draft, item.question, reasoning, _letter(item, cited, draft, lettered))


def _letter(
    item: ProposedQuestion, cited: Sequence[Anchor], draft: Draft, lettered: Mapping[str, str]
) -> tuple[str, str]:
    """The letter of the option that the answer names, as text and as value."""
    if item.form == "said_written" and item.answer.strip().casefold() == NONE:
        letter = chr(ord("A") + OPTIONS)
    else:
        named = read_labels(item.answer, item.facts[1:])
        if len(named) != 1:
            raise Unmade("unreadable_answer", item.answer)
        letter = lettered[cited[item.facts.index(named[0])].anchor_id]
    return letter, letter


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
    lines = choose_legible(context, time_s, read_picture(context, time_s))
    for line in lines:
        if line.anchor.anchor_id == cited[-1].anchor_id and can_be_copied(line):
            return ask_line(context, time_s, line, context.random("read_line", "model", *item.facts))
    raise Unmade("wrong_facts", f"{item.facts[-1]} is no line that can be copied from the picture")


def _choose(
    item: ProposedQuestion, cited: Sequence[Anchor], context: SourceContext
) -> tuple[Draft, dict[str, str]]:
    """The draft of a multiple choice in the first window that shows all its facts."""
    for span in context.windows():
        window = Window(context, span)
        made = {"masked_line": _masked, "said_written": _said, "written_said": _written}[item.form](
            window, cited
        )
        if made is not None:
            return made
    raise Unmade("wrong_facts", f"no clip shows all facts of this {item.form} once and legibly")


def _find_texts(among: Sequence[ScreenText], cited: Sequence[Anchor]) -> list[ScreenText] | None:
    by_id = {text.anchor.anchor_id: text for text in among}
    found = [by_id[fact.anchor_id] for fact in cited if fact.anchor_id in by_id]
    return found if len(found) == len(cited) else None


def _masked(window: Window, cited: Sequence[Anchor]) -> tuple[Draft, dict[str, str]] | None:
    moment = find_moment(window.context, window.span, cited[0])
    texts = _find_texts(window.texts, cited[1:])
    if moment is None or texts is None:
        return None
    shown = [text for text in texts if is_shown(text, moment.time_s)]
    others = [text for text in texts if is_away(text, moment.time_s, moment.time_s)]
    lines = [line for m, text, line in window.pages if m == moment and shown == [text]]
    if not lines or len(others) != OPTIONS - 1:
        raise Unmade("wrong_facts", "just one of the lines must be on screen at that moment, and passing")
    if not all(fits_box_of(shown[0].box, text.box) for text in others):
        raise Unmade("wrong_facts", "the length of the box tells which line it covers")
    chance = window.context.random("masked_line", "model", *(fact.anchor_id for fact in cited))
    return ask_masked_line(window.context, window.clip, moment, shown[0], lines[0], others, chance)


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
