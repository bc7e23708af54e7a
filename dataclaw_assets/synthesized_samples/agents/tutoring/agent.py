"""Task `tutoring`: a learner who is stuck at one step asks in a model's words, and is shown how to go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field

from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.quality.gates.wording import find_quotes
from dataclaw_assets.records import Anchor, Draft, Instruction, SourceKind, digest
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import (
    Label,
    Proposed,
    Unmade,
    Words,
    draft_items,
    fill_prompt,
    gather,
    put_words,
)
from dataclaw_assets.synthesized_samples.agents.tutorial.proposals import (
    ProposedStep,
    follow_session,
    follow_speech,
)
from dataclaw_assets.synthesized_samples.agents.tutoring.forms import (
    MAX_STEPS,
    MIN_STEPS,
    Tutoring,
    derive_steps,
    find_stuck,
    help_out,
)
from dataclaw_assets.synthesized_samples.agents.tutoring.gate import check_tutoring
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.task_specs import TUTORING, TaskSpec


class ProposedHelp(Proposed):
    """One dialogue: what the learner asks, with the words at which they are stuck quoted, the fact of the
    step that these belong to, and steps of the lesson with what a tutor says at each."""

    question: Words
    stuck: Label
    steps: tuple[ProposedStep, ...] = Field(min_length=MIN_STEPS, max_length=MAX_STEPS)


class TutoringProposal(Proposed):
    """A reply: some dialogues."""

    items: tuple[ProposedHelp, ...] = Field(max_length=3)


class TutoringAgent:
    """Composes nothing: a learner's own words must be written. A model writes them and what the tutor says;
    which step they belong to, and which comes next, is told by the facts."""

    spec: TaskSpec = TUTORING
    version = "2"
    schema: type[BaseModel] = Tutoring
    gates: Sequence[tuple[str, Gate]] = (("tutoring", check_tutoring),)
    proposal: type[BaseModel] = TutoringProposal
    asks_of: frozenset[SourceKind] = frozenset({"video", "gui_trace"})

    def instruct(self, context: SourceContext, instruction: Instruction) -> str:
        """What a learner may be stuck at in footage of this kind, and what was asked."""
        kind = "session" if context.source.kind == "gui_trace" else "speech"
        return fill_prompt(f"tutoring.{kind}", context, instruction)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Nothing: no anchor holds a learner's words."""
        yield from ()

    def draft(
        self, proposal: TutoringProposal, context: SourceContext, facts: Mapping[str, Anchor]
    ) -> Iterator[Draft | Refusal]:
        """Dialogues whose steps a model chose and whose words it wrote."""
        return draft_items(proposal.items, context, facts, _draft_help)

    def derive(self, draft: Draft) -> Any:
        """The picture of the step that the learner quotes, and the one that the clip shows after it."""
        return derive_steps(draft)


def _draft_help(item: ProposedHelp, context: SourceContext, facts: Mapping[str, Anchor]) -> Iterator[Draft]:
    cited = [gather(step.facts, facts) for step in item.steps]
    session = context.source.kind == "gui_trace"
    window, found = (follow_session if session else follow_speech)(item.steps, cited, context)
    if len({scene.shown.anchor_id for scene in found}) < len(found):
        raise Unmade("same_moment", "two steps would have the same picture")
    by_time = sorted(range(len(found)), key=lambda place: found[place].moment.time_s)
    scenes = [found[place] for place in by_time]
    quotes = find_quotes(item.question)
    stuck = find_stuck(context, window, scenes, quotes[0]) if len(quotes) == 1 else None
    if stuck is None:
        raise Unmade("quote_unbacked", "the learner quotes not one line or label of one step")
    named = [place for place, step in enumerate(by_time) if item.stuck in item.steps[step].facts]
    if len(named) != 1:
        raise Unmade("wrong_facts", f"{item.stuck} is not a fact of one step")
    if stuck.place == len(scenes) - 1:
        raise Unmade("nothing_follows", "the learner is stuck at the last step")
    sentences = [item.steps[place].text.strip() for place in by_time]
    chance = context.random("tutoring", "model", stuck.words, *(scene.shown.anchor_id for scene in scenes))
    key = f"model:tutoring:{window[0]:.3f}:{digest(item, size=8)}"
    stated = min(named[0], len(scenes) - 2)
    drafts = list(help_out(context, window, scenes, stuck, stated, sentences, chance, key))
    if not drafts:
        raise Unmade("no_twin", "the clip cannot go on otherwise after that step")
    for draft in drafts:
        yield put_words(draft, item.question)
