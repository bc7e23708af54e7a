"""Task `tutorial`: lessons that pair each step's picture with the words or the stroke that belong to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import Anchor, Draft, Instruction, SourceKind
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import draft_items, fill_prompt
from dataclaw_assets.synthesized_samples.agents.tutorial.concepts import (
    TEMPLATE,
    ask_concepts,
    derive_concepts,
)
from dataclaw_assets.synthesized_samples.agents.tutorial.drawing import teach_drawing
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import Tutorial
from dataclaw_assets.synthesized_samples.agents.tutorial.gate import check_alignment
from dataclaw_assets.synthesized_samples.agents.tutorial.proposals import TutorialProposal, draft_item
from dataclaw_assets.synthesized_samples.agents.tutorial.slides import find_slides, teach_slides
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.task_specs import TUTORIAL, TaskSpec


class TutorialAgent:
    """Composes lessons from slides and strokes, and the key concepts of a lecture; with a model's sentences,
    lessons from speech, slides and the verified actions of a session."""

    spec: TaskSpec = TUTORIAL
    version = "6"
    schema: type[BaseModel] = Tutorial
    gates: Sequence[tuple[str, Gate]] = (("alignment", check_alignment),)
    proposal: type[BaseModel] = TutorialProposal
    asks_of: frozenset[SourceKind] = frozenset({"video", "gui_trace"})

    def instruct(self, context: SourceContext, instruction: Instruction) -> str:
        """What a step rests on in footage of this kind, and what was asked."""
        spoken = context.of_kind("subtitle") or not context.shows_a_screen
        kind = "session" if context.source.kind == "gui_trace" else "speech" if spoken else "slides"
        return fill_prompt(f"tutorial.{kind}", context, instruction)

    def draft(
        self, proposal: TutorialProposal, context: SourceContext, facts: Mapping[str, Anchor]
    ) -> Iterator[Draft | Refusal]:
        """Lessons whose steps a model chose, put in order and wrote."""
        return draft_items(proposal.items, context, facts, draft_item)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Of each window of a video what its slides give, or one lesson of a drawing. Of speech nothing: its
        words tell which picture they belong to, and the order of the lines is the answer. Of a session
        nothing: in another order its steps lead nowhere, and in its own the screens tell it."""
        if context.source.kind == "drawing":
            yield from teach_drawing(context)
        if context.source.kind != "video":
            return
        for window in context.windows():
            slides = find_slides(context, window)
            yield from teach_slides(context, window, slides)
            yield from ask_concepts(context, window, slides)

    def derive(self, draft: Draft) -> Any:
        """The pictures' letters in the order in which the clip shows them, or in that of the headings."""
        if draft.template == TEMPLATE:
            return derive_concepts(draft)
        shown = [claim for claim in draft.evidence if claim.kind == "interval"]
        return [claim.label for claim in sorted(shown, key=lambda claim: float(claim.value[0]))]
