"""The gate of `tutorial`: each step holds what belongs to its picture, all of it, and says nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from dataclaw_assets.anchor_values import ActionValue
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Edit, Still
from dataclaw_assets.synthesized_samples.agents.tutorial.concepts import TEMPLATE, check_concepts
from dataclaw_assets.synthesized_samples.agents.tutorial.drawing import name_place
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import (
    CLOCK,
    Step,
    text_of,
    time_done,
    word_step,
)
from dataclaw_assets.synthesized_samples.agents.tutorial.orders import SHUFFLED
from dataclaw_assets.synthesized_samples.agents.tutorial.slides import cover_numbers, read_heading
from dataclaw_assets.synthesized_samples.agents.tutorial.talks import says_its_place
from dataclaw_assets.synthesized_samples.context import SourceContext, read_context
from dataclaw_assets.synthesized_samples.speech import belongs, transcribe

EARLY_S, LATE_S = 0.1, 0.5
"""How far before and after a resting screen something may be done on it: the screen begins to move as the
button goes down, and a log's clock is good to some tenths of a second."""

EXACT_S = 0.01
"""How far a claimed beginning may lie from the log's: it is rounded to a thousandth."""

SHOWN_AS = {
    "lesson": "shot",
    "slide_lesson": "shot",
    "screen_lesson": "stable",
    "drawing_steps": "stroke",
}
"""For each template, the kind of anchor that a picture is of."""


def check_alignment(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `field_differs` (a field of a step is not what its picture's facts say), `wrong_evidence` (a
    claim of another kind of fact, or of another step), `misplaced_line` (a quoted line is not spoken or
    written there), `wrong_place` (a stroke lies elsewhere), `misplaced_action` (what is done is not done on
    its picture's screen), `wrong_picture` (its edits are others), `order_given` (it is the
    recording's), `out_of_place` (in another order than it was spoken in, a line says where it belongs),
    `steps_differ` (the answer's text does not say what its steps say)."""
    if draft.template == TEMPLATE:
        yield from check_concepts(draft, facts)
        return
    if draft.template not in SHOWN_AS or draft.payload["clock"] != CLOCK:
        yield Finding(code="field_differs", detail=f"{draft.template} with clock {draft.payload['clock']}")
        return
    steps = [Step.model_validate(step) for step in draft.payload["steps"]]
    shown = {str(claim.label): claim for claim in draft.evidence if claim.kind == "interval"}
    wanted = [step.picture for step in steps]
    if wanted != draft.verifier.value or sorted(shown) != sorted(wanted):
        yield Finding(code="field_differs", detail=f"steps {wanted} with evidence for {sorted(shown)}")
        return
    if draft.payload["concepts"] or draft.payload["options"]:
        yield Finding(code="field_differs", detail="a lesson has no concepts and no options")
    context = facts.prepare(read_context)
    clip = draft.media[0]
    if isinstance(clip, Clip):
        yield from _check_order(context, clip, draft.template)
    covers = cover_numbers(context) if draft.template in {"lesson", "slide_lesson"} else ()
    for step, claims in zip(steps, _part(draft), strict=True):
        scene = facts.anchors[shown[step.picture].anchors[0]]
        if claims[0] is not shown[step.picture] or scene.kind != SHOWN_AS[draft.template]:
            yield Finding(
                code="wrong_evidence", detail=f"{step.picture} is not borne by its own {scene.kind}"
            )
            return
        yield from _check_step(draft, context, facts, step, claims, scene, covers)
    yield from _check_answer(draft, steps)


def _check_order(context: SourceContext, clip: Clip, template: str) -> Iterator[Finding]:
    if len(clip.pieces) == 1 and template in SHUFFLED:
        yield Finding(code="order_given", detail="the clip plays the recording, whose order can be guessed")
    if template == "lesson" and says_its_place(context, clip):
        yield Finding(code="out_of_place", detail="a greeting, a farewell or a word of order")


def _part(draft: Draft) -> list[list[Claim]]:
    """The claims of each step: the picture's own first, then what belongs to it."""
    parts: list[list[Claim]] = []
    for claim in draft.evidence:
        if claim.kind == "interval":
            parts.append([])
        if parts:
            parts[-1].append(claim)
    return parts


def _check_step(
    draft: Draft,
    context: SourceContext,
    facts: Facts,
    step: Step,
    claims: list[Claim],
    scene: Anchor,
    covers: tuple[Edit, ...],
) -> Iterator[Finding]:
    borne = [facts.anchors[name] for claim in claims[1:] for name in claim.anchors]
    kinds = {"lesson": {"subtitle"}, "slide_lesson": {"text_line"}, "drawing_steps": set()}.get(
        draft.template
    )
    if kinds is not None and not {anchor.kind for anchor in borne} <= kinds:
        yield Finding(code="wrong_evidence", detail=f"{step.picture} is borne by other kinds of fact")
        return
    still = next((m for m in draft.media if isinstance(m, Still) and m.label == step.picture), None)
    clip = draft.media[0]
    lines: list[Anchor] = []
    place = None
    if draft.template == "lesson" and isinstance(clip, Clip):
        lines = [line for line, _ in transcribe(context, clip) if belongs(line, scene)]
    elif draft.template == "slide_lesson" and still is not None:
        heading = read_heading(context, still.time_s or 0.0)
        lines = [] if heading is None else [heading]
    elif draft.template == "drawing_steps":
        place = name_place(scene)
        if place is None or step.place != place:
            yield Finding(code="wrong_place", detail=f"{step.picture} is not {step.place}")
    else:
        yield from _check_action(draft, claims, borne)
    if list(step.lines) != [text_of(line) for line in lines] or (
        kinds and [anchor.anchor_id for anchor in borne] != [line.anchor_id for line in lines]
    ):
        yield Finding(code="misplaced_line", detail=f"{list(step.lines)} do not belong to {step.picture}")
    if step.place != place:
        yield Finding(code="field_differs", detail=f"{step.picture} has the place {step.place}")
    if still is not None and still.edits != covers:
        yield Finding(code="wrong_picture", detail=f"{step.picture} is edited otherwise")


def _check_action(draft: Draft, claims: list[Claim], borne: list[Anchor]) -> Iterator[Finding]:
    """One action for each picture, which begins while its screen is up."""
    screen, clip = claims[0], draft.media[0]
    times = [claim for claim in claims if claim.kind == "time"]
    done = [anchor for anchor in borne if times and anchor.anchor_id == times[0].anchors[0]]
    if len(times) != 1 or not isinstance(done[0].value, ActionValue) or not isinstance(clip, Clip):
        yield Finding(code="misplaced_action", detail=f"not one action for {screen.label}")
        return
    at = times[0].value
    if not screen.value[0] - EARLY_S <= at <= screen.value[1] + LATE_S:
        yield Finding(code="misplaced_action", detail=f"at {at} s {screen.label} is not on screen")
    if abs(at - time_done(done[0], clip)) > EXACT_S:
        yield Finding(code="misplaced_action", detail=f"not when {screen.label} is acted on")


def _check_answer(draft: Draft, steps: list[Step]) -> Iterator[Finding]:
    lines = draft.payload["answer"].splitlines()
    if len(lines) != len(steps):
        yield Finding(code="steps_differ", detail=f"{len(lines)} lines for {len(steps)} steps")
        return
    for number, (line, step) in enumerate(zip(lines, steps, strict=True), start=1):
        if line not in {f"Step {number}: picture {step.picture}. {said}" for said in word_step(step)}:
            yield Finding(code="steps_differ", detail=line)
