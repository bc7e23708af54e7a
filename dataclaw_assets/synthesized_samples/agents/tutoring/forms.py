"""The form of `tutoring`: a learner is stuck at a line or a label, and is shown that step and the next."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dataclaw_assets.anchor_values import ActionValue
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Line, Payload, ask
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import (
    CLOCK,
    Scene,
    Step,
    bound,
    show_scenes,
    state_steps,
    text_of,
    time_done,
    write_steps,
)
from dataclaw_assets.synthesized_samples.claims import claim_shown
from dataclaw_assets.synthesized_samples.context import SourceContext, letters, permute_away, play
from dataclaw_assets.synthesized_samples.phrasing import phrase
from dataclaw_assets.synthesized_samples.speech import belongs, transcribe

MIN_STEPS, MAX_STEPS = 3, 6

LATE_S = 0.5
"""How long after its screen stopped resting an action may still be the one done on it."""

STUCK = "X"
"""The label of what bears where the learner is stuck."""

Template = Literal["stuck_lesson", "stuck_session"]


class Tutoring(Payload):
    """`stuck_at` is what the learner quotes; `steps` are the two of the answer: that one, and the one after
    it. The learner's words and the sentences of the steps are a model's: only what they quote is checked."""

    stuck_at: str
    steps: tuple[Step, Step]
    transcript: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Stuck:
    """What a learner quotes, the place of its scene, and the fact that says when it is said or done."""

    words: str
    place: int
    bearer: Anchor
    timed: Anchor


def find_stuck(
    context: SourceContext, window: tuple[float, float], scenes: Sequence[Scene], words: str
) -> Stuck | None:
    """Where a learner is who quotes these words: the one scene with this spoken line, or with this label
    under its action; None where there is none, or another."""
    spoken = transcribe(context, play(context.source, window))
    found = []
    for place, scene in enumerate(scenes):
        if scene.done is None:
            lines = [anchor for anchor, line in spoken if line.text == words]
            found += [Stuck(words, place, line, line) for line in lines if belongs(line, scene.shown)]
            continue
        read = read_of(context.anchors, scene.done)
        if read is not None and text_of(read) == words:
            found.append(Stuck(words, place, read, scene.done))
    return found[0] if len(found) == 1 else None


def read_of(anchors: Sequence[Anchor], action: Anchor) -> Anchor | None:
    """What was read under the point of a verified action."""
    by_id: Mapping[str, Anchor] = {anchor.anchor_id: anchor for anchor in anchors}
    cited = [by_id[name] for name in action.corroborated_by if name in by_id]
    return next((anchor for anchor in cited if anchor.kind == "target_read"), None)


def help_out(
    context: SourceContext,
    window: tuple[float, float],
    scenes: Sequence[Scene],
    stuck: Stuck,
    stated: int,
    sentences: Sequence[str],
    chance: random.Random,
    key: str,
) -> Iterator[Draft]:
    """The two steps that a learner needs, of scenes given in order of time, and the twin, whose clip goes on
    with another step there. In the first, `stated` is the place that a model says, for the gates to judge.
    Nothing where there is no twin."""
    names = letters(len(scenes), chance)
    wording = chance.random()

    def goes_on_otherwise(order: list[int]) -> bool:
        place = order.index(stuck.place)
        return place + 1 < len(order) and order[place + 1] != stuck.place + 1

    bounds = [bound(scene, window) for scene in scenes]
    made = permute_away(context, window, bounds, chance, goes_on_otherwise)
    if made is None or not 0 <= stated < len(scenes) - 1:
        return
    twin, order = made
    after = order[order.index(stuck.place) + 1]
    template: Template = "stuck_lesson" if scenes[0].done is None else "stuck_session"
    for clip, pair in ((play(context.source, window), (stated, stated + 1)), (twin, (stuck.place, after))):
        said = random.Random(wording)
        asked = phrase("tutoring", template, said)
        steps, evidence, spoken = write_steps(context, clip, scenes, names, pair, said, sentences)
        others = [place for place in range(len(scenes)) if place not in pair]
        evidence += [claim_shown(scenes[place].shown, clip, names[place]) for place in others]
        evidence += _claim_stuck(stuck, clip)
        material = tuple(line for _, line in spoken) if template == "stuck_lesson" else ()
        payload = Tutoring(
            question=ask(asked, material),
            answer=state_steps(steps, said),
            clock=CLOCK,
            stuck_at=stuck.words,
            steps=(steps[0], steps[1]),
            transcript=material,
        )
        yield Draft(
            task_type="tutoring",
            template=template,
            source_id=context.source.source_id,
            payload=payload.model_dump(mode="json"),
            evidence=tuple(evidence),
            media=(clip, *show_scenes(scenes, names)),
            verifier=Verifier(kind="permutation", value=[step.picture for step in steps]),
            transform=Transform(recipe="permute", seed=0, settings={"order": order})
            if clip is twin
            else None,
            difficulty={"pictures": len(scenes), "lines": len(spoken)},
            twin_key=key,
        )


def _claim_stuck(stuck: Stuck, clip: Clip) -> list[Claim]:
    quoted = Claim(kind="text", value=stuck.words, anchors=(stuck.bearer.anchor_id,), label=STUCK)
    if not isinstance(stuck.timed.value, ActionValue):
        return [quoted, claim_shown(stuck.timed, clip, STUCK)]
    at, cited = time_done(stuck.timed, clip), (stuck.timed.anchor_id,)
    return [quoted, Claim(kind="time", value=at, anchors=cited, label=STUCK, clip=0)]


def derive_steps(draft: Draft) -> list[Any]:
    """The picture that is on screen when the quoted words are said, or used, and the one that follows it.

    Raises `ValueError` where none is, or none follows.
    """
    shown = [claim for claim in draft.evidence if claim.kind == "interval" and claim.label != STUCK]
    timed = next(c for c in draft.evidence if c.label == STUCK and c.kind in {"interval", "time"})
    at = sum(timed.value) / 2 if timed.kind == "interval" else float(timed.value)
    before = [claim for claim in shown if claim.value[0] <= at]
    after = [claim for claim in shown if claim.value[0] > at]
    if not before or not after:
        raise ValueError("no step is on screen then, or none follows")
    here = max(before, key=lambda claim: float(claim.value[0]))
    if at > here.value[1] + LATE_S:
        raise ValueError("no step is on screen then")
    return [here.label, min(after, key=lambda claim: float(claim.value[0])).label]
