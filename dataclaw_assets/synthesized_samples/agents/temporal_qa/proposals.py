"""What a model proposes for `temporal_qa`, and the drafts that it gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import Field

from dataclaw_assets.records import Anchor, Draft, digest
from dataclaw_assets.synthesized_samples.agents.proposals import (
    MAX_ITEMS,
    Label,
    Proposed,
    Reason,
    Stated,
    Unmade,
    Words,
    find_clear_shot,
    find_moments,
    gather,
    put_words,
    read_labels,
    read_reasoning,
    read_seconds,
    to_clip_clock,
)
from dataclaw_assets.synthesized_samples.agents.temporal_qa.forms import (
    ask_interval,
    ask_next,
    ask_order,
)
from dataclaw_assets.synthesized_samples.agents.temporal_qa.lengths import ask_length
from dataclaw_assets.synthesized_samples.agents.temporal_qa.proposed import (
    propose_course,
    propose_lines,
    propose_longest,
)
from dataclaw_assets.synthesized_samples.context import SourceContext

MAX_FACTS = 5
"""One moment asked about and four options."""

Form = Literal[
    "next_picture",
    "picture_order",
    "shown_interval",
    "shot_length",
    "mover_choice",
    "camera_choice",
    "light_choice",
    "next_line",
    "longest_shot",
]


class ProposedQuestion(Proposed):
    """One question: its form, the facts used (the one asked about first), the words, the answer. The answer
    names facts by their labels, or states seconds as the facts do."""

    form: Form
    facts: tuple[Label, ...] = Field(min_length=1, max_length=MAX_FACTS)
    question: Words
    answer: Stated
    reasoning: tuple[Reason, ...] = Field(default=(), max_length=4)


class TemporalQAProposal(Proposed):
    """A reply: some questions."""

    items: tuple[ProposedQuestion, ...] = Field(max_length=MAX_ITEMS)


def draft_item(
    item: ProposedQuestion, context: SourceContext, facts: Mapping[str, Anchor]
) -> Iterator[Draft]:
    """The drafts of one question that a model proposes. Raises `Unmade`."""
    cited = gather(item.facts, facts)
    reasoning = read_reasoning(item.reasoning, facts)
    match item.form:
        case "next_picture" | "picture_order":
            yield from _order_moments(item, cited, context)
        case "shown_interval" | "shot_length":
            yield _time_shot(item, cited, context, reasoning)
        case "mover_choice" | "camera_choice" | "light_choice":
            yield from propose_course(context, item.form, cited, item.question, item.answer)
        case "next_line":
            yield from propose_lines(context, item.facts, cited, item.question, item.answer)
        case "longest_shot":
            yield propose_longest(context, item.facts, cited, item.question, item.answer, reasoning)


def _order_moments(
    item: ProposedQuestion, cited: Sequence[Anchor], context: SourceContext
) -> Iterator[Draft]:
    """Of `next_picture` two clips whose answers our own changes give, if the model's is true of the plain
    one; else the plain clip with the model's answer, and such a twin. Without reasoning: what it says of one
    order is false of the other."""
    wanted = (5,) if item.form == "next_picture" else (3, 4)
    if len(cited) not in wanted:
        raise Unmade("wrong_facts", f"{item.form} takes {' or '.join(map(str, wanted))} facts")
    window, moments = find_moments(context, cited)
    by_label = {label: m.anchor.anchor_id for label, m in zip(item.facts, moments, strict=True)}
    chosen = sorted(moments, key=lambda moment: moment.start_s)
    # the wording counts, so that two questions on the same pictures keep their own twins
    key = f"model:{item.form}:{window[0]:.3f}:{digest(item, size=8)}"
    chance = context.random(item.form, "model", *by_label.values())
    named = read_labels(item.answer, item.facts)
    if item.form == "next_picture":
        asked = chosen.index(moments[0])
        if asked == len(chosen) - 1:
            raise Unmade("nothing_follows", f"{item.facts[0]} is the last of them")
        if len(named) != 1:
            raise Unmade("unreadable_answer", item.answer)
        if by_label[named[0]] != chosen[asked + 1].anchor.anchor_id:
            raise Unmade("wrong_answer", f"{named[0]} does not follow {item.facts[0]}")
        made = list(ask_next(context, window, chosen, asked, chance, key))
    else:
        made = list(ask_order(context, window, chosen, chance, key))
    if not made:
        raise Unmade("no_twin", "no other order of the clip flips the answer")
    for draft, lettered in made:
        stated = [lettered[by_label[label]] for label in named]
        plain = draft.transform is None
        yield put_words(draft, item.question, answer=(", ".join(stated), stated) if plain else None)


def _time_shot(
    item: ProposedQuestion, cited: Sequence[Anchor], context: SourceContext, reasoning: Sequence[str]
) -> Draft:
    """The seconds are those of the source, as the facts state them; the clip's clock starts with the clip."""
    if len(cited) != 1:
        raise Unmade("wrong_facts", f"{item.form} takes one fact")
    window, shot, moment = find_clear_shot(context, cited[0])
    chance = context.random(item.form, "model", shot.anchor_id)
    if item.form == "shot_length":
        stated = read_seconds("number", item.answer)
        return put_words(ask_length(context, window, shot, moment, chance, stated), item.question, reasoning)
    interval = [to_clip_clock(window, edge) for edge in read_seconds("interval", item.answer)]
    if interval[0] < 0:
        raise Unmade("no_clip", f"{item.answer} lies outside the clip that shows {item.facts[0]}")
    return put_words(ask_interval(context, window, shot, moment, chance, interval), item.question, reasoning)
