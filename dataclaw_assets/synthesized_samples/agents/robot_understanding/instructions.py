"""An instruction and the clips of several demonstrations: which of them carries it out."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from dataclaw_assets.anchor_values import InstructionValue, SuccessValue
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Piece, Verifier
from dataclaw_assets.synthesized_samples.agents.robot_understanding.drafts import draft_question
from dataclaw_assets.synthesized_samples.agents.robot_understanding.forms import LONGEST_S
from dataclaw_assets.synthesized_samples.agents.robot_understanding.phases import is_large
from dataclaw_assets.synthesized_samples.context import Sibling, SourceContext

MIN_CLIPS, MAX_CLIPS = 3, 4

_SIDES = frozenset(
    [
        "left",
        "right",
        "front",
        "back",
        "rear",
        "forward",
        "backward",
        "side",
        "of",
        "the",
        "a",
        "an",
        "on",
        "to",
        "in",
    ]
)
"""Words that tell no two instructions apart: which way they point in the picture nobody says."""


def match_instruction(context: SourceContext) -> Iterator[Draft]:
    """The log's instruction is the question's material, not its answer. Not of a demonstration that failed,
    and only against others whose instructions differ by more than a side."""
    own = [a for a in context.of_kind("instruction") if isinstance(a.value, InstructionValue)]
    failed = any(isinstance(a.value, SuccessValue) and not a.value.success for a in context.anchors)
    if len(own) != 1 or failed or context.source.stream is None or not is_large(context.source):
        return
    others = [other for other in context.siblings if _differs(other, own[0])]
    yield from _ask(context, own[0], others, context.random("instruction"))


def _differs(other: Sibling, own: Anchor) -> bool:
    said = [a.value.text for a in other.anchors if isinstance(a.value, InstructionValue)]
    mine = own.value.text if isinstance(own.value, InstructionValue) else ""
    playable = other.source.stream is not None and other.source.stream.duration_s >= 1.0
    return playable and is_large(other.source) and len(said) == 1 and differ(mine, said[0])


def _ask(
    context: SourceContext, instruction: Anchor, others: Sequence[Sibling], chance: random.Random
) -> Iterator[Draft]:
    """Which of some demonstrations' clips carries out an instruction that may be believed."""
    if not isinstance(instruction.value, InstructionValue):
        return
    chosen = chance.sample(list(others), min(MAX_CLIPS - 1, len(others)))
    sources = [context.source, *(other.source for other in chosen)]
    names = [chr(ord("A") + place) for place in range(len(sources))]
    chance.shuffle(names)
    clips = [
        Clip(
            source_id=source.source_id,
            label=name,
            pieces=(Piece(start_s=0.0, end_s=min(LONGEST_S, source.stream.duration_s)),),
        )
        for source, name in zip(sources, names, strict=True)
        if source.stream is not None
    ]
    if len(clips) < MIN_CLIPS:
        return
    text = instruction.value.text
    yield draft_question(
        context,
        "instruction_clip",
        chance,
        tuple(sorted(clips, key=lambda clip: str(clip.label))),
        (
            Claim(kind="text", value=text, anchors=(instruction.anchor_id,)),
            *(Claim(kind="foreign", label=name) for name in sorted(names[1:])),
        ),
        names[0],
        Verifier(kind="choice", value=names[0]),
        {"options": len(clips)},
        instruction=text,
    )


def differ(one: str, other: str) -> bool:
    """Whether two instructions differ both ways by words that name more than a side."""
    mine, its = ({word.strip(".,;:!?") for word in text.casefold().split()} for text in (one, other))
    return bool(mine - its - _SIDES) and bool(its - mine - _SIDES)
