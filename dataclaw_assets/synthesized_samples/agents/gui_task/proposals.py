"""What a model proposes for `gui_task`, and the drafts that it gives: it chooses and words, no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import Field

from dataclaw_assets.anchor_values import ActionValue, TargetReadValue, TextLineValue
from dataclaw_assets.records import Anchor, Draft, digest
from dataclaw_assets.synthesized_samples.agents.gui_task.changes import ask_done, ask_result
from dataclaw_assets.synthesized_samples.agents.gui_task.forms import ask_place
from dataclaw_assets.synthesized_samples.agents.gui_task.next_steps import ask_next
from dataclaw_assets.synthesized_samples.agents.gui_task.outcomes import list_outcomes
from dataclaw_assets.synthesized_samples.agents.gui_task.screens import (
    Step,
    find_line,
    list_agreed,
    read_steps,
)
from dataclaw_assets.synthesized_samples.agents.gui_task.written import Written
from dataclaw_assets.synthesized_samples.agents.proposals import (
    MAX_ITEMS,
    Label,
    Proposed,
    Unmade,
    Words,
    gather,
    put_words,
)
from dataclaw_assets.synthesized_samples.context import SourceContext


class ProposedTask(Proposed):
    """One task: its form, the facts that it is made of, the words."""

    form: Literal["next_action", "locate_label", "action_extraction", "screen_change"]
    facts: tuple[Label, ...] = Field(min_length=1, max_length=4)
    question: Words


class GUITaskProposal(Proposed):
    """A reply: some tasks."""

    items: tuple[ProposedTask, ...] = Field(max_length=MAX_ITEMS)


def draft_item(item: ProposedTask, context: SourceContext, facts: Mapping[str, Anchor]) -> Iterator[Draft]:
    """The drafts of one task that a model proposes. Raises `Unmade`."""
    cited = gather(item.facts, facts)
    sizes = {"action_extraction": (2,), "screen_change": (4,)}.get(item.form, (1,))
    if len(cited) not in sizes:
        raise Unmade("wrong_facts", f"{item.form} takes {sizes[0]} facts")
    drafts = list(_make(item, cited, context))
    if not drafts:
        raise Unmade("wrong_facts", f"no {item.form} can be made of {', '.join(item.facts)}")
    for draft in drafts:
        yield put_words(draft, item.question)


def _make(item: ProposedTask, cited: Sequence[Anchor], context: SourceContext) -> Iterator[Draft]:
    if context.source.stream is None:
        raise Unmade("no_picture", "the log holds no picture of the screen")
    written = Written(context.anchors)
    chance = context.random(item.form, "model", *(fact.anchor_id for fact in cited))
    key = f"model:{item.form}:{digest(item, size=8)}"
    match item.form:
        case "next_action":
            draft = ask_next(context, written, _find_step(cited[0], context), chance)
            yield from [draft] if draft else []
        case "locate_label":
            draft = ask_place(context, written, _find_line(cited[0], context), chance)
            yield from [draft] if draft else []
        case "action_extraction":
            pair = _find_step(cited[0], context), _find_step(cited[1], context)
            _ask_changes(pair)
            agreed = list_agreed(read_steps(context.anchors))
            yield from ask_done(context, written, pair, agreed, chance, key)
        case "screen_change":
            pair = _find_step(cited[0], context), _find_step(cited[1], context)
            _ask_changes(pair)
            outcomes = list_outcomes(context, written)
            chosen = [outcomes.get(getattr(fact.value, "index", -1)) for fact in cited]
            if None in chosen:
                raise Unmade("wrong_facts", "the screen is not read before or after one of the actions")
            yield from ask_result(context, pair, [one for one in chosen if one], chance, key)


def _find_step(fact: Anchor, context: SourceContext) -> Step:
    if not isinstance(fact.value, ActionValue):
        raise Unmade("wrong_facts", f"{fact.kind} {fact.anchor_id} is no action")
    if not fact.corroborated_by:
        raise Unmade("uncorroborated", f"nothing measured agrees with {fact.anchor_id}")
    for step in read_steps(context.anchors):
        if step.action.anchor_id == fact.anchor_id:
            return step
    raise Unmade("wrong_facts", f"{fact.anchor_id} is not done at a point with a plain label")


def _ask_changes(pair: Sequence[Step]) -> None:
    if any(step.changed is None or step.changed.kind == "none" for step in pair):
        raise Unmade("wrong_facts", "the screen is not known to change after one of the actions")


def _find_line(fact: Anchor, context: SourceContext) -> Anchor:
    """The line that a fact is, or that is read where it points."""
    if isinstance(fact.value, TextLineValue):
        return fact
    if isinstance(fact.value, TargetReadValue):
        line = find_line(context.anchors, fact.start_s or 0.0, fact.value.name)
        if line is not None:
            return line
    raise Unmade("wrong_facts", f"{fact.kind} {fact.anchor_id} is no line of a screen")
