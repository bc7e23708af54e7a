"""Questions of `temporal_qa` about which line is spoken while a shape that we laid over the clip is shown."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from dataclaw_assets.quality.clock import map_interval
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Claim, Draft, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Line
from dataclaw_assets.synthesized_samples.agents.temporal_qa.forms import draft_question
from dataclaw_assets.synthesized_samples.agents.temporal_qa.shapes import (
    choose_look,
    lay_shape,
    tell_shape,
    under_shape,
)
from dataclaw_assets.synthesized_samples.claims import claim_shown, quote
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext, letters, pick_sets, play
from dataclaw_assets.synthesized_samples.speech import transcribe

TEMPLATES = frozenset({"shape_speech"})
OPTIONS = 4
Span = tuple[float, float]


def ask_spoken(context: SourceContext, window: Span) -> Iterator[Draft]:
    """Four lines, and a shape shown while one of them is spoken. What a line says often tells the scene that
    it belongs to; it never tells where a shape was laid."""
    clip = play(context.source, window)
    spoken = transcribe(context, clip)
    texts = [line.text for _, line in spoken]
    moments = []
    for anchor, line in spoken:
        if texts.count(line.text) == 1:
            start, end = anchor.start_s or 0.0, anchor.end_s or 0.0
            moments.append(Moment(anchor, (start + end) / 2, start, end))
    chance = context.random("shape_speech", *window)
    material = tuple(line for _, line in spoken)
    count = min(context.cap(), len(moments) // OPTIONS)
    for number, chosen in enumerate(pick_sets(moments, OPTIONS, count, chance)):
        yield from _ask_spoken(context, window, chosen, material, chance, number)


def _ask_spoken(
    context: SourceContext,
    window: Span,
    chosen: Sequence[Moment],
    material: tuple[Line, ...],
    chance: random.Random,
    number: int,
) -> Iterator[Draft]:
    """A shape laid on one of the lines; the twin lays it on another."""
    names, look, wording = letters(OPTIONS, chance), choose_look(chance, number), chance.random()
    said = {name: str(getattr(m.anchor.value, "text", "")) for name, m in zip(names, chosen, strict=True)}
    laid = []
    for name, moment in zip(names, chosen, strict=True):
        span = map_interval(play(context.source, window), moment.start_s, moment.end_s)[0]
        if made := lay_shape(context, window, span, look):
            laid.append((name, *made))
    if len(laid) < 2:
        return
    for right, clip, shown in chance.sample(laid, 2):
        evidence = [Claim(kind="shapes", value=1, label=look.form, clip=0)]
        for name, moment in zip(names, chosen, strict=True):
            evidence.append(claim_shown(moment.anchor, clip, name))
            evidence.append(quote(moment.anchor, name))
        yield draft_question(
            context,
            "shape_speech",
            random.Random(wording),
            right,
            words={"shape": tell_shape(clip)},
            transcript=material,
            options=dict(sorted(said.items())),
            evidence=tuple(evidence),
            media=(clip,),
            verifier=Verifier(kind="choice", value=right),
            transform=Transform(recipe="shape", seed=number, settings={"shown_s": list(shown)}),
            difficulty={"options": OPTIONS, "lines": len(material)},
            twin_key=f"shape_speech:{window[0]:.3f}:{number}",
        )


def derive_spoken(draft: Draft) -> Any:
    """The line during which the clip's one shape is shown."""
    return under_shape(draft, {c.label: c.value for c in draft.evidence if c.kind == "interval"})


def check_spoken(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `unfit_fact`: an option that is not a line of the subtitles."""
    for claim in draft.evidence:
        if any(facts.anchors[name].kind != "subtitle" for name in claim.anchors):
            yield Finding(code="unfit_fact", detail=f"{claim.label}: not a spoken line")
