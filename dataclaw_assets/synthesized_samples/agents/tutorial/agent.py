"""Task `tutorial`: lessons that pair each step's picture with the words or the stroke that belong to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import Anchor, Draft, Instruction, SourceKind
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import fill_prompt
from dataclaw_assets.synthesized_samples.agents.tutorial.concepts import (
    TEMPLATE,
    ask_concepts,
    derive_concepts,
)
from dataclaw_assets.synthesized_samples.agents.tutorial.drawing import teach_drawing
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import (
    MAX_STEPS,
    MIN_STEPS,
    Scene,
    Tutorial,
    teach,
)
from dataclaw_assets.synthesized_samples.agents.tutorial.gate import check_alignment
from dataclaw_assets.synthesized_samples.agents.tutorial.orders import make_halves
from dataclaw_assets.synthesized_samples.agents.tutorial.proposals import (
    TutorialProposal,
    draft_lessons,
)
from dataclaw_assets.synthesized_samples.agents.tutorial.screens import teach_screens
from dataclaw_assets.synthesized_samples.agents.tutorial.slides import teach_slides
from dataclaw_assets.synthesized_samples.context import SourceContext, play
from dataclaw_assets.synthesized_samples.speech import belongs, holding_shot, transcribe
from dataclaw_assets.task_specs import TUTORIAL, TaskSpec


class TutorialAgent:
    """Composes lessons from speech, slides, verified actions and strokes, and the key concepts of a lecture;
    with a model's sentences, lessons from subtitles and from the verified actions of a session."""

    spec: TaskSpec = TUTORIAL
    version = "4"
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
        return draft_lessons(proposal, context, facts)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Of each window the lessons that its speech, slides or actions give, or one of a drawing."""
        if context.source.kind == "drawing":
            yield from teach_drawing(context)
            return
        for window in context.windows():
            if context.source.kind == "gui_trace":
                yield from teach_screens(context, window)
                continue
            yield from _teach_speech(context, window)
            yield from teach_slides(context, window)
            yield from ask_concepts(context, window)

    def derive(self, draft: Draft) -> Any:
        """The pictures' letters in the order in which the clip shows them, or in that of the headings."""
        if draft.template == TEMPLATE:
            return derive_concepts(draft)
        shown = [claim for claim in draft.evidence if claim.kind == "interval"]
        return [claim.label for claim in sorted(shown, key=lambda claim: float(claim.value[0]))]


def _teach_speech(context: SourceContext, window: tuple[float, float]) -> Iterator[Draft]:
    """One step a shot in which something is said; the twin's clip plays the shots in another order. Slides
    play in another order in both: their numbers and their argument would tell their own."""
    spoken = transcribe(context, play(context.source, window))
    scenes: list[Scene] = []
    for moment in context.moments(window):
        shot = holding_shot(context, moment)
        if shot is None or any(shot.anchor_id == other.shown.anchor_id for other in scenes):
            continue
        if any(belongs(line, shot) for line, _ in spoken):
            scenes.append(Scene(moment, shot))
    if MIN_STEPS <= len(scenes) <= MAX_STEPS:
        chance = context.random("lesson", *window)
        key = f"lesson:{window[0]:.3f}"
        halves = make_halves(context, window, scenes, chance, "lesson")
        yield from teach(context, halves, scenes, chance, key, "lesson")
