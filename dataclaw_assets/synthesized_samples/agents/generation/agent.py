"""Task `generation`: segments to train a video generator on, told by how the camera moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import Anchor, Clip, Draft, Instruction, SourceKind
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.generation.forms import (
    SEGMENT_S,
    Generation,
    ask_move,
)
from dataclaw_assets.synthesized_samples.agents.generation.gates import check_segment
from dataclaw_assets.synthesized_samples.agents.generation.proposals import GenerationProposal, draft_item
from dataclaw_assets.synthesized_samples.agents.generation.segments import (
    choose_sets,
    face,
    find_moves,
    find_things,
    name_movement,
)
from dataclaw_assets.synthesized_samples.agents.proposals import draft_items, fill_prompt
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.task_specs import GENERATION, TaskSpec


class GenerationAgent:
    """Composes choices among segments of one source, the right one being the output; a model adds the scene
    prompt, which nobody has checked."""

    spec: TaskSpec = GENERATION
    version = "2"
    schema: type[BaseModel] = Generation
    gates: Sequence[tuple[str, Gate]] = (("segment", check_segment),)
    proposal: type[BaseModel] = GenerationProposal
    asks_of: frozenset[SourceKind] = frozenset({"video"})

    def instruct(self, context: SourceContext, instruction: Instruction) -> str:
        """The forms, what each takes as facts, and what was asked."""
        return fill_prompt(self.spec.task_type, context, instruction)

    def draft(
        self, proposal: GenerationProposal, context: SourceContext, facts: Mapping[str, Anchor]
    ) -> Iterator[Draft | Refusal]:
        """Drafts of the segments that a model chose, with its scene prompt."""
        return draft_items(proposal.items, context, facts, draft_item)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Drafts of every template that the source's anchors support; none of screens."""
        if context.source.kind != "video" or context.shows_a_screen:
            return
        for find in (find_moves, find_things):
            for pair, others in choose_sets(find(context, SEGMENT_S), context.random("pairs")):
                key = f"{name_movement(pair[0])[0]}:{pair[0].start_s:.3f}"
                yield from ask_move(context, pair, others, context.random(key), key)

    def derive(self, draft: Draft) -> Any:
        """The clip in which the camera, or the thing, goes the way asked for, from the claims and the
        clips' recipe; `ValueError` unless it is one."""
        asked = draft.payload["movers" if draft.template == "thing_goes" else "plan"][0]
        fits = []
        for clip in draft.media:
            if isinstance(clip, Clip) and clip.side == "input":
                facts = {
                    c.field: c.value for c in draft.evidence if c.kind == "fact" and c.label == clip.label
                }
                direction = face(facts["direction"], clip.pieces[0].op == "mirror")
                if (facts.get("camera"), direction) == (asked.get("camera"), asked["direction"]):
                    fits.append(clip.label)
        return _one(fits)


def _one(labels: Sequence[str | None]) -> str | None:
    if len(labels) != 1:
        raise ValueError(f"{len(labels)} clips fit")
    return labels[0]
