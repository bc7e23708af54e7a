"""The gate of `tutoring`: what the learner quotes is one fact, and each step holds what belongs to it."""

from __future__ import annotations

from collections.abc import Iterator

from dataclaw_assets.anchor_values import ActionValue
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.quality.gates.wording import find_quotes
from dataclaw_assets.quality.material import drop_material
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Still
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import CLOCK, Step, time_done, word_step
from dataclaw_assets.synthesized_samples.agents.tutoring.forms import LATE_S, STUCK, read_of
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.speech import belongs, transcribe

EARLY_S = 0.1
"""How far before a screen rests something on it may begin."""

EXACT_S = 0.01
"""How far a claimed beginning may lie from the log's: it is rounded to a thousandth."""

SHOWN_AS = {"stuck_lesson": "shot", "stuck_session": "stable"}


def check_tutoring(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `field_differs`, `wrong_evidence` (a claim too many or too few, of another kind of fact or of
    another step), `wrong_quote` (the learner does not quote what bears where they are stuck),
    `misplaced_line` (a quoted line is not spoken at its step), `steps_differ` (the answer's text does not say
    what its steps say)."""
    clip, payload = draft.media[0], draft.payload
    steps = [Step.model_validate(step) for step in payload["steps"]]
    if not isinstance(clip, Clip) or draft.template not in SHOWN_AS or payload["clock"] != CLOCK:
        yield Finding(code="field_differs", detail=f"{draft.template} with clock {payload['clock']}")
        return
    context = SourceContext(facts.source, tuple(facts.anchors.values()), facts.settings)
    shown = {str(c.label): c for c in draft.evidence if c.kind == "interval" and c.label != STUCK}
    stills = [medium for medium in draft.media[1:] if isinstance(medium, Still)]
    if sorted(shown) != sorted(str(still.label) for still in stills) or any(still.edits for still in stills):
        yield Finding(code="wrong_evidence", detail="not one picture for each step, as the source has it")
        return
    if [step.picture for step in steps] != draft.verifier.value:
        yield Finding(code="field_differs", detail=f"steps for {[step.picture for step in steps]}")
        return
    for claim in shown.values():
        if facts.anchors[claim.anchors[0]].kind != SHOWN_AS[draft.template]:
            yield Finding(
                code="wrong_evidence", detail=f"{claim.label} is not of a {SHOWN_AS[draft.template]}"
            )
    yield from _check_stuck(draft, context)
    spoken = transcribe(context, clip) if draft.template == "stuck_lesson" else []
    if payload["transcript"] != [line.model_dump(mode="json") for _, line in spoken]:
        yield Finding(code="field_differs", detail=f"{len(spoken)} lines are spoken")
    parts = _part(draft)
    for step in steps:
        screen, *borne = parts[step.picture]
        scene = facts.anchors[screen.anchors[0]]
        lines = [line.text for anchor, line in spoken if belongs(anchor, scene)]
        if list(step.lines) != lines or (spoken and [claim.value for claim in borne] != lines):
            yield Finding(code="misplaced_line", detail=f"{list(step.lines)} are not said at {step.picture}")
        if not step.text or step.place:
            yield Finding(code="field_differs", detail=f"{step.picture} has no sentence, or further fields")
        if draft.template == "stuck_session":
            yield from _check_session(clip, screen, borne, scene, facts)
    said = [f"Step {n}: picture {s.picture}. {word_step(s)[0]}" for n, s in enumerate(steps, start=1)]
    if payload["answer"] != "\n".join(said):
        yield Finding(code="steps_differ", detail=payload["answer"])


def _part(draft: Draft) -> dict[str, list[Claim]]:
    """The claims of each picture: its own first, then what belongs to it."""
    parts: dict[str, list[Claim]] = {}
    current: list[Claim] = []
    for claim in draft.evidence:
        if claim.label == STUCK:
            continue
        if claim.kind == "interval":
            current = parts.setdefault(str(claim.label), [])
        current.append(claim)
    return parts


def _check_stuck(draft: Draft, context: SourceContext) -> Iterator[Finding]:
    """The learner's one quotation is a line, or the label under an action, and its time is that one's."""
    claims = [claim for claim in draft.evidence if claim.label == STUCK]
    kinds = ["text", "interval" if draft.template == "stuck_lesson" else "time"]
    if [claim.kind for claim in claims] != kinds:
        yield Finding(code="wrong_evidence", detail="not one claim of what is quoted, and one of when")
        return
    quoted, timed = claims
    by_id = {anchor.anchor_id: anchor for anchor in context.anchors}
    bearer = by_id[timed.anchors[0]]
    read = read_of(context.anchors, bearer) if isinstance(bearer.value, ActionValue) else bearer
    if read is None or read.kind not in {"subtitle", "target_read"} or quoted.anchors != (read.anchor_id,):
        yield Finding(code="wrong_evidence", detail="the quotation and its time are of two facts")
    clip = draft.media[0]
    if (
        isinstance(clip, Clip)
        and timed.kind == "time"
        and abs(timed.value - time_done(bearer, clip)) > EXACT_S
    ):
        yield Finding(code="wrong_evidence", detail="what is quoted is used at another time")
    asked = find_quotes(drop_material(draft.payload))
    if asked != [quoted.value] or draft.payload["stuck_at"] != quoted.value:
        yield Finding(code="wrong_quote", detail=f"the learner quotes {asked}, not “{quoted.value}”")


def _check_session(
    clip: Clip, screen: Claim, borne: list[Claim], scene: Anchor, facts: Facts
) -> Iterator[Finding]:
    """One action at each step, done on its screen, and nothing quoted that is read elsewhere."""
    times = [claim for claim in borne if claim.kind == "time"]
    done = [facts.anchors[claim.anchors[0]] for claim in times]
    start, end = screen.value[0] - EARLY_S, screen.value[1] + LATE_S
    if len(done) != 1 or not isinstance(done[0].value, ActionValue) or not start <= times[0].value <= end:
        yield Finding(code="wrong_evidence", detail=f"not one action on the screen of {screen.label}")
    elif abs(times[0].value - time_done(done[0], clip)) > EXACT_S:
        yield Finding(code="wrong_evidence", detail=f"what is done on {screen.label} begins at another time")
    for claim in borne:
        anchor = facts.anchors[claim.anchors[0]]
        away = (anchor.start_s or 0.0) > (scene.end_s or 0.0) + LATE_S
        if away or (anchor.end_s or 0.0) < (scene.start_s or 0.0) - EARLY_S:
            yield Finding(code="wrong_evidence", detail=f"{claim.value} is not read at {screen.label}")
