"""Task `generation`: segments to train a video generator on, told by how the camera moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import Anchor, Clip, Draft, Instruction, SourceKind
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.generation.forms import (
    CHANGES,
    SEGMENT_S,
    Generation,
    ask_move,
    name_movement,
)
from dataclaw_assets.synthesized_samples.agents.generation.gates import check_segment
from dataclaw_assets.synthesized_samples.agents.generation.proposals import (
    GenerationProposal,
    draft_segments,
)
from dataclaw_assets.synthesized_samples.agents.generation.segments import (
    Segment,
    find_moves,
    find_things,
    is_plain,
)
from dataclaw_assets.synthesized_samples.agents.proposals import fill_prompt
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.task_specs import GENERATION, TaskSpec

TURNED = {"left": "right", "right": "left", "up": "down", "down": "up", "in": "out", "out": "in"}

MAX_OPTIONS = 4


class GenerationAgent:
    """Composes choices among segments of one source, the right one being the output; a model adds the scene
    prompt, which nobody has checked."""

    spec: TaskSpec = GENERATION
    version = "1"
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
        return draft_segments(proposal, context, facts)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Drafts of every template that the source's anchors support; none of screens."""
        if context.source.kind != "video" or context.shows_a_screen:
            return
        for find in (find_moves, find_things):
            moves = find(context.anchors, context.source, SEGMENT_S)
            for asked in filter(can_be_asked, moves):
                others = choose_moves(asked, moves)
                if others:
                    key = f"{name_movement(asked)[0]}:{asked.start_s:.3f}"
                    yield from ask_move(context, asked, others, context.random(key), key)

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
                direction, camera = facts["direction"], facts.get("camera")
                op = clip.pieces[0].op
                if op == "reverse" or (op == "mirror" and direction in ("left", "right")):
                    direction = TURNED[direction]
                if (camera, direction) == (asked.get("camera"), asked["direction"]):
                    fits.append(clip.label)
        return _one(fits)


def _one(labels: Sequence[str | None]) -> str | None:
    if len(labels) != 1:
        raise ValueError(f"{len(labels)} clips fit")
    return labels[0]


def can_be_asked(segment: Segment) -> bool:
    """Whether a segment's movement has one direction that can be turned round, beyond doubt."""
    moving, _ = name_movement(segment)
    return is_plain(segment) if moving == "thing" else moving in CHANGES


def choose_moves(asked: Segment, moves: Sequence[Segment]) -> list[Segment]:
    """Segments beside one that is asked about, each of another movement; those that move as much first, so
    that no glance and no size of a file tells them apart."""
    moving, direction = name_movement(asked)
    seen = {(moving, direction)} if moving == "thing" else {(moving, direction), (moving, TURNED[direction])}
    chosen: list[Segment] = []
    for segment in sorted(moves, key=lambda move: abs(_level(move) - _level(asked))):
        still = name_movement(segment)[0] == "static"
        if len(chosen) < MAX_OPTIONS - 2 and (name_movement(segment) not in seen or (still and chosen)):
            if segment not in chosen:
                chosen.append(segment)
            seen.add(name_movement(segment))
    return chosen


def _level(segment: Segment) -> float:
    """How much moves: the picture's change, or the thing's way."""
    value = segment.anchor.value
    return float(getattr(value, "level", getattr(value, "speed", 0.0)))
