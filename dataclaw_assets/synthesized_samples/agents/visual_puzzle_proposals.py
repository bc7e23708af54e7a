"""What a model proposes for `visual_puzzle`, and the drafts that it gives: it chooses and words, no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import Field

from dataclaw_assets.records import Anchor, Draft, digest
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import (
    MAX_ITEMS,
    Label,
    Proposed,
    Unmade,
    Words,
    each_item,
    find_clear_shot,
    find_moments,
    gather,
    put_words,
)
from dataclaw_assets.synthesized_samples.agents.visual_puzzle_forms import (
    POINT_REACH_S,
    ask_change,
    ask_moment,
    ask_order,
    ask_shot,
    ask_strokes,
    find_stretches,
)
from dataclaw_assets.synthesized_samples.context import SourceContext, play
from dataclaw_assets.synthesized_samples.sketches import choose_markable, read_strokes


class ProposedPuzzle(Proposed):
    """One puzzle: its form, the facts that it is made of, the words."""

    form: Literal["order_stills", "find_shot", "find_moment", "find_rotation", "order_strokes"]
    facts: tuple[Label, ...] = Field(min_length=1, max_length=4)
    question: Words


class VisualPuzzleProposal(Proposed):
    """A reply: some puzzles."""

    items: tuple[ProposedPuzzle, ...] = Field(max_length=MAX_ITEMS)


def draft_puzzles(
    proposal: VisualPuzzleProposal, context: SourceContext, facts: Mapping[str, Anchor]
) -> Iterator[Draft | Refusal]:
    """The drafts of a reply; an item that cannot be made is a `Refusal`."""
    return each_item(proposal.items, lambda item: _draft_item(item, context, facts))


def _draft_item(item: ProposedPuzzle, context: SourceContext, facts: Mapping[str, Anchor]) -> Iterator[Draft]:
    cited = gather(item.facts, facts)
    drafts = list(_make(item, cited, context))
    if not drafts:
        raise Unmade("wrong_facts", f"no {item.form} can be made of {', '.join(item.facts)}")
    for draft in drafts:
        yield put_words(draft, item.question)


def _make(item: ProposedPuzzle, cited: Sequence[Anchor], context: SourceContext) -> Iterator[Draft]:
    sizes = {"order_stills": (3, 4), "order_strokes": (4,)}.get(item.form, (1,))
    if len(cited) not in sizes:
        raise Unmade("wrong_facts", f"{item.form} takes {' or '.join(map(str, sizes))} facts")
    chance = context.random(item.form, "model", *(fact.anchor_id for fact in cited))
    key = f"model:{item.form}:{digest(item, size=8)}"
    match item.form:
        case "order_strokes":
            markable = {pair[0].anchor_id: pair for pair in choose_markable(read_strokes(context))}
            chosen = [markable[fact.anchor_id] for fact in cited if fact.anchor_id in markable]
            if len(chosen) == len(cited):
                chosen.sort(key=lambda pair: pair[1].index)
                yield from ask_strokes(context, chosen, chance, key)
        case "order_stills":
            window, moments = find_moments(context, cited)
            ordered = sorted(moments, key=lambda moment: moment.start_s)
            yield from ask_order(context, window, ordered, chance, key)
        case "find_shot":
            window, shot, moment = find_clear_shot(context, cited[0])
            yield ask_shot(context, shot, moment, play(context.source, window), chance, negative=False)
        case "find_moment":
            window, moments = find_moments(context, cited)
            moment = moments[0]
            if max(moment.end_s - moment.time_s, moment.time_s - moment.start_s) <= POINT_REACH_S:
                yield from ask_moment(context, window, moment, chance)
        case "find_rotation":
            for window, stretch in list(find_stretches(context, cited[0]))[:1]:
                yield from ask_change(context, "find_rotation", "rotate_180", window, stretch, chance)
