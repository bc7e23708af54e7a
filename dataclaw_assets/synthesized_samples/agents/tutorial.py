"""Task `tutorial`: lessons that pair each step's picture with the words or the stroke that belong to it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.anchor_values import StrokeValue
from dataclaw_assets.quality.gates.contract import Facts, Finding, Gate
from dataclaw_assets.records import Anchor, Claim, Draft, Instruction, SourceKind, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import fill_prompt
from dataclaw_assets.synthesized_samples.agents.tutorial_forms import (
    MAX_STEPS,
    MIN_STEPS,
    Scene,
    Step,
    Tutorial,
    teach,
)
from dataclaw_assets.synthesized_samples.agents.tutorial_proposals import (
    TutorialProposal,
    draft_lessons,
)
from dataclaw_assets.synthesized_samples.context import SourceContext, letters, play, shuffle_away
from dataclaw_assets.synthesized_samples.phrasing import phrase
from dataclaw_assets.synthesized_samples.sketches import (
    choose_markable,
    claim_stroke,
    describe_place,
    finished,
    make_clip,
    read_strokes,
)
from dataclaw_assets.synthesized_samples.speech import belongs, holding_shot, transcribe
from dataclaw_assets.task_specs import TUTORIAL, TaskSpec

EARLY_S, LATE_S = 0.1, 0.5
"""How far before and after a resting screen something may be done on it: the screen begins to move as the
button goes down, and a log's clock is good to some tenths of a second."""

MIN_PLACES = 3
"""A lesson that can hardly say where anything goes is an ordering puzzle in disguise."""


def check_alignment(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `misplaced_line` (a quoted line is not spoken during its picture's shot), `wrong_place` (a
    stroke lies elsewhere), `misplaced_action` (what is done is not done on its picture's screen),
    `steps_differ` (the answer's text does not say what its steps say)."""
    if draft.template == "screen_lesson":
        yield from _check_actions(draft)
    shown = {c.label: c for c in draft.evidence if c.kind == "interval"}
    spoken = {line["text"]: (line["start_s"], line["end_s"]) for line in draft.payload["transcript"]}
    for number, step in enumerate(draft.payload["steps"]):
        claim = shown.get(step["picture"])
        if claim is None:
            yield Finding(code="misplaced_line", detail=f"nothing is known of picture {step['picture']}")
            continue
        for text in step["lines"]:
            start, end = spoken.get(text, (-1.0, -1.0))
            if start < claim.value[0] - 0.2 or end > claim.value[1] + 0.2:
                yield Finding(
                    code="misplaced_line", detail=f"“{text}” is not said while {step['picture']} is on screen"
                )
        if step["place"] is not None and step["place"] != describe_place(facts.anchors[claim.anchors[0]]):
            yield Finding(code="wrong_place", detail=f"{step['picture']} is not {step['place']}")
        stated = draft.payload["answer"].splitlines()[number]
        words = [f"“{text}”" for text in step["lines"]] + ([step["place"]] if step["place"] else [])
        words += [step["text"]] if step["text"] else []
        if not stated.startswith(f"Step {number + 1}: picture {step['picture']}.") or any(
            w not in stated for w in words
        ):
            yield Finding(code="steps_differ", detail=stated)


def _check_actions(draft: Draft) -> Iterator[Finding]:
    """An action is claimed after the screen that it is done on, once for each."""
    done: dict[str, int] = {}
    screen: Claim | None = None
    for claim in draft.evidence:
        if claim.kind == "interval":
            screen = claim
            done[str(claim.label)] = 0
        elif claim.kind == "time" and screen is not None:
            done[str(screen.label)] += 1
            if not screen.value[0] - EARLY_S <= claim.value <= screen.value[1] + LATE_S:
                detail = f"at {claim.value} s {screen.label} is not on screen"
                yield Finding(code="misplaced_action", detail=detail)
    if any(count != 1 for count in done.values()):
        yield Finding(code="misplaced_action", detail="not one action for each picture")


class TutorialAgent:
    """Composes lessons from subtitles and shots, and drawing lessons from strokes; with a model's sentences,
    lessons from subtitles and from the verified actions of a session."""

    spec: TaskSpec = TUTORIAL
    version = "2"
    schema: type[BaseModel] = Tutorial
    gates: Sequence[tuple[str, Gate]] = (("alignment", check_alignment),)
    proposal: type[BaseModel] = TutorialProposal
    asks_of: frozenset[SourceKind] = frozenset({"video", "gui_trace"})

    def instruct(self, context: SourceContext, instruction: Instruction) -> str:
        """What a step rests on in footage of this kind, and what was asked."""
        kind = "session" if context.source.kind == "gui_trace" else "speech"
        return fill_prompt(f"tutorial.{kind}", context, instruction)

    def draft(
        self, proposal: TutorialProposal, context: SourceContext, facts: Mapping[str, Anchor]
    ) -> Iterator[Draft | Refusal]:
        """Lessons whose steps a model chose, put in order and wrote."""
        return draft_lessons(proposal, context, facts)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """One lesson per window with speech over its pictures, or one per drawing."""
        if context.source.kind == "drawing":
            yield from _teach_drawing(context)
            return
        for window in context.windows():
            yield from _teach_lesson(context, window)

    def derive(self, draft: Draft) -> Any:
        """The pictures' letters in the order in which the clip shows them."""
        shown = [claim for claim in draft.evidence if claim.kind == "interval"]
        return [claim.label for claim in sorted(shown, key=lambda claim: float(claim.value[0]))]


def _teach_lesson(context: SourceContext, window: tuple[float, float]) -> Iterator[Draft]:
    """One step a shot in which something is said; the twin's clip plays the shots in another order."""
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
        yield from teach(context, window, scenes, chance, f"lesson:{window[0]:.3f}")


def _teach_drawing(context: SourceContext) -> Iterator[Draft]:
    """One step a stroke that can be told apart. Every picture shows all the ink, so that none gives its place
    in the order away; the twin's clip draws the same strokes in another order."""
    strokes = read_strokes(context)
    steps = choose_markable(strokes)
    if not MIN_STEPS <= len(steps) <= MAX_STEPS or len(steps) < 0.7 * len(strokes):
        return
    places = _name_places([anchor for anchor, _ in steps])
    if len(places) < max(MIN_PLACES, 0.6 * len(steps)):
        return
    chance = context.random("drawing_steps")
    names = letters(len(steps), chance)
    wording = chance.random()
    natural = [value.index for _, value in strokes]
    slots = [value.index for _, value in steps]
    mixed = list(natural)
    for slot, index in zip(slots, shuffle_away(len(slots), chance), strict=True):
        mixed[slot] = slots[index]
    named = {value.index: (anchor, value, name) for (anchor, value), name in zip(steps, names, strict=True)}
    for order in (natural, mixed):
        yield _write_drawing(context, order, named, random.Random(wording), order is mixed)


def _name_places(strokes: Sequence[Anchor]) -> dict[str, str]:
    """Where strokes go, by anchor: only places beyond argument that name one stroke of the drawing."""
    places = {stroke.anchor_id: describe_place(stroke) for stroke in strokes}
    taken = Counter(places.values())
    return {name: place for name, place in places.items() if place and taken[place] == 1}


def _write_drawing(
    context: SourceContext,
    order: Sequence[int],
    named: dict[int, tuple[Anchor, StrokeValue, str]],
    chance: random.Random,
    twin: bool,
) -> Draft:
    clip = make_clip(context.source, order)
    sequence = [named[index] for index in order if index in named]
    places = _name_places([anchor for anchor, _, _ in named.values()])
    written = [Step(picture=name, place=places.get(anchor.anchor_id)) for anchor, _, name in sequence]
    sentences = [
        phrase("tutorial", "stroke", chance, place=step.place)
        if step.place
        else phrase("tutorial", "stroke_somewhere", chance)
        for step in written
    ]
    pictures = sorted((name, index) for index, (_, _, name) in named.items())
    payload = Tutorial(
        question=phrase("tutorial", "drawing_steps", chance),
        answer="\n".join(
            f"Step {number}: picture {step.picture}. {sentence}"
            for number, (step, sentence) in enumerate(zip(written, sentences, strict=True), start=1)
        ),
        clock="seconds from the start of the video",
        steps=tuple(written),
    )
    return Draft(
        task_type="tutorial",
        template="drawing_steps",
        source_id=context.source.source_id,
        payload=payload.model_dump(mode="json"),
        evidence=tuple(claim_stroke(anchor, value, name, clip) for anchor, value, name in sequence),
        media=(
            clip,
            *(finished(context.source, len(order), [(index, "")], label=name) for name, index in pictures),
        ),
        verifier=Verifier(kind="permutation", value=[step.picture for step in written]),
        transform=Transform(recipe="permute_strokes", seed=0, settings={"order": list(order)})
        if twin
        else None,
        difficulty={"steps": len(written), "strokes": len(order)},
        twin_key="drawing_steps",
    )
