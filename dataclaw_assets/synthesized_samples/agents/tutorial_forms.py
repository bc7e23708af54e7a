"""The forms of `tutorial` lessons: from chosen scenes to a lesson and its twin, whoever chose them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from dataclaw_assets.quality.clock import map_moment
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Still, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Line, Payload, ask
from dataclaw_assets.synthesized_samples.claims import claim_shown, still_of
from dataclaw_assets.synthesized_samples.context import (
    Moment,
    SourceContext,
    letters,
    permute_away,
    play,
)
from dataclaw_assets.synthesized_samples.phrasing import phrase
from dataclaw_assets.synthesized_samples.speech import belongs, transcribe

MIN_STEPS, MAX_STEPS = 3, 10


class Step(BaseModel):
    """One step: the letter of its picture, and what belongs to it; `text` is a model's sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    picture: str
    lines: tuple[str, ...] = ()
    place: str | None = None
    text: str | None = None


class Tutorial(Payload):
    """`steps` is the answer in structured form; `transcript` is material that the question ships."""

    steps: tuple[Step, ...]
    transcript: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Scene:
    """What one step is about: its picture, the shot or the state of the screen that it is taken from; in a
    session the action done on it, and what a sentence quotes of the screen with the anchors that bear it."""

    moment: Moment
    shown: Anchor
    done: Anchor | None = None
    quoted: tuple[tuple[str, str], ...] = ()
    """Words and the id of the anchor that they are read from."""


def teach(
    context: SourceContext,
    window: tuple[float, float],
    scenes: Sequence[Scene],
    chance: random.Random,
    key: str,
    sentences: Sequence[str] = (),
    stated: Sequence[int] | None = None,
) -> Iterator[Draft]:
    """A lesson of scenes given in order of time, and its twin, whose clip plays them in another order. With
    `stated` the first has its steps in that order, for the gates to judge. Nothing where there is no twin."""
    names = letters(len(scenes), chance)
    wording = chance.random()
    made = permute_away(context, window, [_bound(scene, window) for scene in scenes], chance)
    if made is None:
        return
    twin, order = made
    plain = list(range(len(scenes)) if stated is None else stated)
    for clip, sequence in ((play(context.source, window), plain), (twin, order)):
        yield _write(
            context, clip, scenes, names, sequence, random.Random(wording), key, sentences, clip is twin
        )


def _bound(scene: Scene, window: tuple[float, float]) -> Moment:
    """The stretch of a window that must stay whole when the clip is cut."""
    end = max(scene.shown.end_s or 0.0, (scene.done.end_s or 0.0) if scene.done else 0.0)
    start = max(scene.shown.start_s or 0.0, window[0])
    return Moment(scene.shown, scene.moment.time_s, start, min(end, window[1]))


def _write(
    context: SourceContext,
    clip: Clip,
    scenes: Sequence[Scene],
    names: Sequence[str],
    sequence: Sequence[int],
    chance: random.Random,
    key: str,
    sentences: Sequence[str],
    twin: bool,
) -> Draft:
    spoken = transcribe(context, clip)
    written: list[Step] = []
    evidence: list[Claim] = []
    for index in sequence:
        scene = scenes[index]
        said = [(anchor, line.text) for anchor, line in spoken if belongs(anchor, scene.shown)]
        evidence.append(claim_shown(scene.shown, clip, names[index]))
        evidence += [Claim(kind="text", value=text, anchors=(anchor.anchor_id,)) for anchor, text in said]
        evidence += [Claim(kind="text", value=text, anchors=(bearer,)) for text, bearer in scene.quoted]
        if scene.done is not None:
            evidence.append(_claim_done(scene.done, clip))
        text = sentences[index] if sentences else None
        written.append(Step(picture=names[index], lines=tuple(line for _, line in said), text=text))
    stills: list[Still] = sorted(
        (still_of(scene.moment, name) for scene, name in zip(scenes, names, strict=True)),
        key=lambda s: str(s.label),
    )
    answer = "\n".join(
        f"Step {number}: picture {step.picture}. "
        + " ".join([*([step.text] if step.text else []), *(f"“{line}”" for line in step.lines)])
        for number, step in enumerate(written, start=1)
    )
    material = tuple(line for _, line in spoken)
    template = "screen_lesson" if scenes[0].done is not None else "lesson"
    payload = Tutorial(
        question=ask(phrase("tutorial", template, chance), material),
        answer=answer,
        clock="seconds from the start of the video",
        steps=tuple(written),
        transcript=material,
    )
    return Draft(
        task_type="tutorial",
        template=template,
        source_id=context.source.source_id,
        payload=payload.model_dump(mode="json"),
        evidence=tuple(evidence),
        media=(clip, *stills),
        verifier=Verifier(kind="permutation", value=[step.picture for step in written]),
        transform=Transform(recipe="permute", seed=0, settings={"order": list(sequence)}) if twin else None,
        difficulty={"steps": len(written), "lines": len(spoken)},
        twin_key=key,
    )


def _claim_done(action: Anchor, clip: Clip) -> Claim:
    at = map_moment(clip, action.start_s or 0.0)
    return Claim(kind="time", value=round(at or 0.0, 3), anchors=(action.anchor_id,), clip=0)
