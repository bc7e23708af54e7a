"""What a model proposes for `generation`, and the drafts that it gives: it chooses and describes segments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from dataclaw_assets.records import Anchor, Draft, digest
from dataclaw_assets.synthesized_samples.agents.generation.forms import (
    SEGMENT_S,
    ask_move,
)
from dataclaw_assets.synthesized_samples.agents.generation.segments import (
    choose_others,
    find_moves,
    find_things,
    is_plain,
)
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


class ProposedSegment(Proposed):
    """One segment: the facts of the clips (its own first, then that of a like movement), what the camera does
    in it, the scene prompt, the words."""

    facts: tuple[Label, ...] = Field(min_length=3, max_length=4)
    camera: Literal["static", "pan", "tilt", "zoom", "roll", "mixed"]
    prompt: Words
    question: Words


class GenerationProposal(Proposed):
    """A reply: some segments."""

    items: tuple[ProposedSegment, ...] = Field(max_length=MAX_ITEMS)


def draft_item(item: ProposedSegment, context: SourceContext, facts: Mapping[str, Anchor]) -> Iterator[Draft]:
    """The drafts of one segment that a model proposes. Raises `Unmade`."""
    cited = gather(item.facts, facts)
    key = f"model:{digest(item, size=8)}"
    chance = context.random("model", *(anchor.anchor_id for anchor in cited))
    found = find_moves if cited[0].kind == "motion" else find_things
    moves = {m.anchor.anchor_id: m for m in found(context, SEGMENT_S)}
    strange = [
        label for label, anchor in zip(item.facts, cited, strict=True) if anchor.anchor_id not in moves
    ]
    if strange:
        raise Unmade("wrong_facts", f"{strange[0]} is no steady movement, or not of what the first one is")
    first, second, *others = (moves[anchor.anchor_id] for anchor in cited)
    if not is_plain(first) or not is_plain(second):
        raise Unmade("wrong_facts", f"{item.facts[0]} or {item.facts[1]} goes to neither side")
    if any(other not in choose_others((first, second), [other]) for other in others):
        raise Unmade("wrong_facts", "a clip beside these goes to a side, but not surely")
    for draft in ask_move(context, (first, second), others, chance, key):
        worded = put_words(draft, item.question)
        # as the model saw it: the gate compares it with what was measured
        part, *rest = worded.payload["plan"]
        words = {"prompt": item.prompt, "plan": [part | {"camera": item.camera}, *rest]}
        yield worded.model_copy(update={"payload": worded.payload | words})
