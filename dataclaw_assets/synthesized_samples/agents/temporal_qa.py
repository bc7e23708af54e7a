"""Task `temporal_qa`: questions about time whose answer is in the pictures, not in the prompt."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.anchor_values import PhaseValue
from dataclaw_assets.quality.clock import map_interval
from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import (
    Anchor,
    Claim,
    Draft,
    Instruction,
    SketchClip,
    SketchStill,
    SourceKind,
    Transform,
    Verifier,
)
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import fill_prompt
from dataclaw_assets.synthesized_samples.agents.temporal_qa_forms import (
    TemporalQA,
    ask_length,
    ask_next,
    ask_speech,
    draft_question,
)
from dataclaw_assets.synthesized_samples.agents.temporal_qa_proposals import (
    TemporalQAProposal,
    draft_questions,
)
from dataclaw_assets.synthesized_samples.context import (
    Moment,
    SourceContext,
    letters,
    pick_sets,
    play,
)
from dataclaw_assets.synthesized_samples.sketches import (
    choose_markable,
    claim_stroke,
    finished,
    make_clip,
    read_strokes,
)
from dataclaw_assets.synthesized_samples.speech import pair_speech, transcribe
from dataclaw_assets.task_specs import TEMPORAL_QA, TaskSpec

MIN_STOP_S = 1.0
"""A shorter pause of an arm falls between two sampled frames."""

STOP_LEAD_S = 0.5
"""By how much the longest pause must outlast every other one to be *the* longest."""


class TemporalQAAgent:
    """Composes questions from stills, shots, subtitles, phases and strokes, or takes a model's choice of
    stills, shots and lines."""

    spec: TaskSpec = TEMPORAL_QA
    version = "1"
    schema: type[BaseModel] = TemporalQA
    gates: Sequence[tuple[str, Gate]] = ()
    proposal: type[BaseModel] = TemporalQAProposal
    asks_of: frozenset[SourceKind] = frozenset({"video", "gui_trace", "robot_demo"})

    def instruct(self, context: SourceContext, instruction: Instruction) -> str:
        """The forms, what each takes as facts and as an answer, and what was asked."""
        return fill_prompt(self.spec.task_type, context, instruction)

    def draft(
        self, proposal: TemporalQAProposal, context: SourceContext, facts: Mapping[str, Anchor]
    ) -> Iterator[Draft | Refusal]:
        """Drafts with the model's words and answers; `derive` and the gates tell which are true."""
        return draft_questions(proposal, context, facts)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Drafts of every aspect that the source's anchors support."""
        if context.source.kind == "drawing":
            yield from _next_stroke(context)
            return
        for window in context.windows():
            moments = context.moments(window)
            yield from _next_picture(context, window, context.distinct_moments(window))
            yield from _shot_length(context, window, moments)
            yield from _speech(context, window, moments)
            yield from _stop_interval(context, window)

    def derive(self, draft: Draft) -> Any:
        """The option that the verified intervals single out; `ValueError` when they leave it open."""
        if draft.template == "picture_order":
            return [claim.label for claim in sorted(draft.evidence, key=lambda c: float(c.value[0]))]
        if draft.template == "next_picture":
            return _first_after(_interval_of(draft, "X"), draft)
        if draft.template == "next_stroke":
            return _next_mark(draft)
        if draft.template == "spoken_line":
            return _overlapping(_interval_of(draft, "X"), draft)
        if draft.template == "shown_picture":
            return _overlapping(_interval_of(draft, "line"), draft)
        return draft.evidence[0].value


def _interval_of(draft: Draft, label: str) -> tuple[float, float]:
    claim = next(claim for claim in draft.evidence if claim.label == label and claim.kind == "interval")
    return float(claim.value[0]), float(claim.value[1])


def _options(draft: Draft) -> list[Claim]:
    return [c for c in draft.evidence if c.kind == "interval" and c.label is not None and c.label in "ABCD"]


def _first_after(moment: tuple[float, float], draft: Draft) -> str | None:
    later = [claim for claim in _options(draft) if claim.value[0] >= moment[1] - 0.1]
    return min(later, key=lambda claim: float(claim.value[0])).label


def _overlapping(span: tuple[float, float], draft: Draft) -> str | None:
    """The one option whose interval shares time with the span; the others must be clear of it."""
    sharing = [c for c in _options(draft) if min(span[1], c.value[1]) - max(span[0], c.value[0]) > 0.1]
    if len(sharing) != 1:
        raise ValueError(f"{len(sharing)} options fit")
    return sharing[0].label


def _next_mark(draft: Draft) -> str:
    clip, state, marked = draft.media
    if not (
        isinstance(clip, SketchClip) and isinstance(state, SketchStill) and isinstance(marked, SketchStill)
    ):
        raise TypeError("a clip, a state and the marked drawing are needed")
    done = len(state.strokes)
    if set(state.strokes) != set(clip.strokes[:done]):
        raise ValueError("the clip never shows this state")
    return dict(marked.marks)[clip.strokes[done]]


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


def _shot_length(
    context: SourceContext, window: tuple[float, float], moments: list[Moment]
) -> Iterator[Draft]:
    chance = context.random("shot_length", *window)
    # a shot that the window cuts off would be timed by our cut, not by the film's
    whole = [
        shot
        for shot in context.clear_shots(window)
        if (shot.start_s or 0) >= window[0] - 1e-6 and (shot.end_s or 0) <= window[1] + 1e-6
    ]
    chance.shuffle(whole)
    for shot in whole[: context.cap()]:
        inside = [
            m
            for m in moments
            if (shot.start_s or 0) <= m.start_s + 0.3 and m.end_s <= (shot.end_s or 0) + 0.3
        ]
        if not inside:
            continue
        yield ask_length(context, window, shot, chance.choice(inside), chance)


def _speech(context: SourceContext, window: tuple[float, float], moments: list[Moment]) -> Iterator[Draft]:
    """A picture → the line of its shot, and a line → the picture: four shots, one line of each. Not of
    slides: they say in print what is spoken, and matching words needs neither clip nor times."""
    if context.shows_a_screen:
        return
    clip = play(context.source, window)
    material = tuple(line for _, line in transcribe(context, clip))
    usable = pair_speech(context, clip, moments)
    if len(usable) < 4:
        return
    chance = context.random("speech", *window)
    for template in ("spoken_line", "shown_picture"):
        for asked in chance.sample(usable, min(context.cap(), len(usable))):
            others = chance.sample([pair for pair in usable if pair is not asked], 3)
            yield ask_speech(context, template, chance, clip, material, asked, others)[0]


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


def _next_stroke(context: SourceContext) -> Iterator[Draft]:
    """The stroke after a state of the drawing; the twin draws the remaining strokes in another order."""
    strokes = read_strokes(context)
    markable = {value.index for _, value in choose_markable(strokes)}
    chance = context.random("next_stroke")
    count = len(strokes)
    # the state must already show something, and four strokes must be left to choose from
    states = [k for k in range(1, count - 1) if k in markable and len([i for i in markable if i >= k]) >= 3]
    if not states:
        return
    state = chance.choice(states)
    left = sorted(index for index in markable if index >= state)
    offered = [state, *chance.sample(left[1:], min(3, len(left) - 1))]
    names = letters(len(offered), chance)
    second = chance.choice(offered[1:])
    mixed = list(range(count))
    mixed[state], mixed[second] = second, state
    wording = chance.random()
    marked = finished(context.source, count, sorted(zip(offered, names, strict=True)), label="Y")
    done = SketchStill(source_id=context.source.source_id, label="X", strokes=tuple(range(state)))
    by_index = {value.index: (anchor, value) for anchor, value in strokes}
    for order in (list(range(count)), mixed):
        clip = make_clip(context.source, order)
        right = dict(zip(offered, names, strict=True))[order[state]]
        yield draft_question(
            context,
            "next_stroke",
            random.Random(wording),
            right,
            evidence=tuple(
                claim_stroke(*by_index[i], name, clip) for i, name in zip(offered, names, strict=True)
            ),
            media=(clip, done, marked),
            verifier=Verifier(kind="choice", value=right),
            transform=None
            if order is not mixed
            else Transform(recipe="permute_strokes", seed=0, settings={"order": mixed}),
            difficulty={"options": len(offered), "strokes": count},
            twin_key="next_stroke",
        )
