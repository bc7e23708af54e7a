"""Task `temporal_qa`: questions about time whose answer is in the pictures, not in the prompt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.anchor_values import PhaseValue
from dataclaw_assets.quality.clock import map_interval
from dataclaw_assets.quality.gates.contract import Facts, Finding, Gate
from dataclaw_assets.records import Anchor, Claim, Draft, Instruction, SourceKind, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import draft_items, fill_prompt
from dataclaw_assets.synthesized_samples.agents.temporal_qa import (
    lengths,
    lines,
    motion,
    orders,
    pace,
    scenes,
    spoken,
    strokes,
)
from dataclaw_assets.synthesized_samples.agents.temporal_qa.forms import (
    TemporalQA,
    ask_next,
    draft_question,
)
from dataclaw_assets.synthesized_samples.agents.temporal_qa.proposals import TemporalQAProposal, draft_item
from dataclaw_assets.synthesized_samples.agents.temporal_qa.words import check_words
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext, pick_sets, play
from dataclaw_assets.task_specs import TEMPORAL_QA, TaskSpec

MIN_SIDE_PX = 120
"""Footage of fewer pixels is a strain to see anything in, at any size that it is shown in."""

MIN_STOP_S = 1.0
"""A shorter pause of an arm falls between two sampled frames."""

STOP_LEAD_S = 0.5
"""By how much the longest pause must outlast every other one to be *the* longest."""


_DERIVE: Mapping[str, Callable[[Draft], Any]] = {
    **dict.fromkeys(strokes.TEMPLATES, strokes.derive_strokes),
    **dict.fromkeys(scenes.TEMPLATES, scenes.derive_scenes),
    **dict.fromkeys(spoken.TEMPLATES, spoken.derive_spoken),
    **dict.fromkeys(lines.TEMPLATES, lines.derive_lines),
    **dict.fromkeys(orders.TEMPLATES, orders.derive_before),
    **dict.fromkeys(motion.TEMPLATES, motion.derive_course),
    **dict.fromkeys(pace.TEMPLATES, pace.derive_pace),
}
_FITNESS: Mapping[str, Gate] = {
    **dict.fromkeys(lengths.TEMPLATES, lengths.check_length),
    **dict.fromkeys(spoken.TEMPLATES, spoken.check_spoken),
    **dict.fromkeys((*lines.TEMPLATES, "line_before_yes_no"), lines.check_lines),
    **dict.fromkeys(("longest_shot", "longest_page"), scenes.check_longest),
    **dict.fromkeys(("shape_choice", "shape_yes_no"), scenes.check_places),
    **dict.fromkeys(motion.TEMPLATES, motion.check_course),
    **dict.fromkeys(pace.TEMPLATES, pace.check_pace),
}


def _check_fitness(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings of the template's own gate: whether its facts can bear a question at all."""
    if check := _FITNESS.get(draft.template):
        yield from check(draft, facts)


class TemporalQAAgent:
    """Composes questions in the dimensions of TempCompass (2403.00476): order, localisation, duration,
    concurrency, direction, speed, change; or takes a model's choice of facts."""

    spec: TaskSpec = TEMPORAL_QA
    version = "6"
    schema: type[BaseModel] = TemporalQA
    gates: Sequence[tuple[str, Gate]] = (("question", check_words), ("fitness", _check_fitness))
    proposal: type[BaseModel] = TemporalQAProposal
    asks_of: frozenset[SourceKind] = frozenset({"video", "gui_trace", "robot_demo"})

    def instruct(self, context: SourceContext, instruction: Instruction) -> str:
        """The forms, what each takes as facts and as an answer, and what was asked."""
        return fill_prompt(self.spec.task_type, context, instruction)

    def draft(
        self, proposal: TemporalQAProposal, context: SourceContext, facts: Mapping[str, Anchor]
    ) -> Iterator[Draft | Refusal]:
        """Drafts with the model's words and answers; `derive` and the gates tell which are true."""
        return draft_items(proposal.items, context, facts, draft_item)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Drafts of every aspect that the source's anchors support."""
        if context.source.kind == "drawing":
            yield from strokes.ask_strokes(context)
            return
        if min(context.source.width or 0, context.source.height or 0) < MIN_SIDE_PX:
            return
        for window in context.windows():
            yield from _next_picture(context, window, scenes.name_scenes(context, window))
            yield from lengths.ask_lengths(context, window, context.moments(window))
            yield from spoken.ask_spoken(context, window)
            yield from _stop_interval(context, window)
            yield from scenes.ask_scenes(context, window)
            yield from lines.ask_lines(context, window)
        yield from motion.ask_courses(context)
        yield from pace.ask_pace(context)

    def derive(self, draft: Draft) -> Any:
        """The answer that the verified claims and the media's recipe single out; `ValueError` when they leave
        it open."""
        if derive := _DERIVE.get(draft.template):
            return derive(draft)
        if draft.template == "picture_order":
            return [claim.label for claim in sorted(draft.evidence, key=lambda c: float(c.value[0]))]
        if draft.template == "next_picture":
            return _find_next(draft)
        return draft.evidence[0].value


def _find_next(draft: Draft) -> str | None:
    """The picture that comes first after picture X."""
    shown = {claim.label: claim.value for claim in draft.evidence if claim.kind == "interval"}
    later = {name: span[0] for name, span in shown.items() if span[0] >= shown["X"][1] - 0.1}
    return min(later, key=lambda name: float(later[name]))


def _next_picture(
    context: SourceContext, window: tuple[float, float], moments: list[Moment]
) -> Iterator[Draft]:
    """Sets of five moments, of each of which one is asked about that is not the last."""
    chance = context.random("next_picture", *window)
    for number, chosen in enumerate(pick_sets(moments, 5, min(context.cap(), len(moments) // 5), chance)):
        asked = chance.randrange(4)
        key = f"next_picture:{window[0]:.3f}:{number}"
        for draft, _ in ask_next(context, window, chosen, asked, chance, key, number):
            yield draft


def _stop_interval(context: SourceContext, window: tuple[float, float]) -> Iterator[Draft]:
    """The longest pause of a demonstration, from its measured state, where there is no doubt which it is."""
    stops = [
        (min(anchor.end_s or 0.0, window[1]) - max(anchor.start_s or 0.0, window[0]), anchor)
        for anchor in context.of_kind("phase")
        if isinstance(anchor.value, PhaseValue) and anchor.value.phase == "stopped"
    ]
    stops.sort(key=lambda stop: -stop[0])
    if not stops or stops[0][0] < MIN_STOP_S or (len(stops) > 1 and stops[0][0] - stops[1][0] < STOP_LEAD_S):
        return
    clip = play(context.source, window)
    longest = stops[0][1]
    shown = [round(value, 1) for value in map_interval(clip, longest.start_s or 0.0, longest.end_s or 0.0)[0]]
    yield draft_question(
        context,
        "stop_interval",
        context.random("stop_interval", *window),
        f"{shown[0]:.1f}-{shown[1]:.1f}",
        evidence=(Claim(kind="interval", value=shown, anchors=(longest.anchor_id,), clip=0),),
        media=(clip,),
        verifier=Verifier(kind="interval", value=shown, tolerance=0.5),
        difficulty={"stop_s": round(stops[0][0], 1), "stops": len(stops)},
    )
