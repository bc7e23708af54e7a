"""What a model proposes for `robot_recovery`, and the drafts that it gives: it chooses and words, no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from dataclaw_assets.records import Anchor, Draft, digest
from dataclaw_assets.synthesized_samples.agents.proposals import (
    MAX_ITEMS,
    Label,
    Proposed,
    Unmade,
    Words,
    gather,
    put_words,
)
from dataclaw_assets.synthesized_samples.agents.robot_recovery.forms import (
    ask_fault,
    ask_grasp,
    ask_hesitation,
    ask_recovery,
)
from dataclaw_assets.synthesized_samples.agents.robot_understanding.phases import list_seen, name_phase
from dataclaw_assets.synthesized_samples.context import SourceContext


class ProposedFault(Proposed):
    """One fault: its form, the movement or hold that it is made in, the words."""

    form: Literal["find_hesitation", "name_fault", "recover", "count_grasps"]
    facts: tuple[Label, ...] = Field(min_length=1, max_length=1)
    question: Words


class RobotRecoveryProposal(Proposed):
    """A reply: some faults."""

    items: tuple[ProposedFault, ...] = Field(max_length=MAX_ITEMS)


def draft_item(item: ProposedFault, context: SourceContext, facts: Mapping[str, Anchor]) -> Iterator[Draft]:
    """The drafts of one fault that a model proposes. Raises `Unmade`."""
    cited = gather(item.facts, facts)[0]
    drafts = list(_make(item, cited, context))
    if not drafts:
        raise Unmade("wrong_facts", f"no {item.form} can be made in {', '.join(item.facts)}")
    for draft in drafts:
        yield put_words(draft, item.question)


def _make(item: ProposedFault, cited: Anchor, context: SourceContext) -> Iterator[Draft]:
    chance = context.random(item.form, "model", cited.anchor_id)
    key = f"model:{item.form}:{digest(item, size=8)}"
    movements = {anchor.anchor_id for anchor in list_seen(context, "moving")}
    if item.form == "count_grasps" and movements and cited.kind == "hold":
        yield from ask_grasp(context, cited, chance, key)
    if cited.anchor_id not in movements or name_phase(cited) != "moving":
        return
    middle = round(((cited.start_s or 0.0) + (cited.end_s or 0.0)) / 2, 3)
    match item.form:
        case "find_hesitation":
            yield from ask_hesitation(context, cited, chance)
        case "name_fault":
            yield from ask_fault(context, cited, chance, key)
        case "recover":
            yield from ask_recovery(context, cited, middle, chance, key)
