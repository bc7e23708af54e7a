"""The forms of `tutorial` lessons: from chosen scenes to a lesson and its twin, whoever chose them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from pydantic import BaseModel, ConfigDict

from dataclaw_assets.quality.clock import map_moment
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Edit, Still, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Line, Payload, ask
from dataclaw_assets.synthesized_samples.claims import claim_shown, still_of
from dataclaw_assets.synthesized_samples.context import (
    Moment,
    SourceContext,
    letters,
)
from dataclaw_assets.synthesized_samples.phrasing import load_phrasings, phrase
from dataclaw_assets.synthesized_samples.speech import belongs, transcribe

MIN_STEPS, MAX_STEPS = 3, 10
CLOCK = "seconds from the start of the video"

Template = Literal["lesson", "slide_lesson", "screen_lesson"]


class Step(BaseModel):
    """One step: the letter of its picture, and what belongs to it: lines that are spoken or written there,
    or where a stroke goes; `text` is a model's sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    picture: str
    lines: tuple[str, ...] = ()
    place: str | None = None
    text: str | None = None


class Concept(BaseModel):
    """A heading, the letter of its slide's picture, and when the clip shows it, in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    heading: str
    picture: str
    start_s: float
    end_s: float


class Tutorial(Payload):
    """`steps` is the answer in structured form, as `concepts` is where headings are matched with slides;
    `transcript` is material that the question ships, `options` are the headings, by their letters."""

    steps: tuple[Step, ...] = ()
    transcript: tuple[Line, ...] = ()
    concepts: tuple[Concept, ...] = ()
    options: dict[str, str] | None = None


@dataclass(frozen=True)
class Scene:
    """What one step is about: its picture with the edits made to it, the shot or the state of the screen that
    it is taken from; lines written on it; in a session the action done on it, and what a sentence quotes of
    the screen with the anchors that bear it."""

    moment: Moment
    shown: Anchor
    written: tuple[Anchor, ...] = ()
    edits: tuple[Edit, ...] = ()
    done: Anchor | None = None
    quoted: tuple[tuple[str, str], ...] = ()
    """Words and the id of the anchor that they are read from."""


def teach(
    context: SourceContext,
    halves: Sequence[tuple[Clip, Sequence[int]]],
    scenes: Sequence[Scene],
    chance: random.Random,
    key: str,
    template: Template,
    sentences: Sequence[str] = (),
) -> Iterator[Draft]:
    """A lesson of scenes given in order of time and its twin: for each the clip, and the order in which it
    shows the scenes. The pictures and the words are the same."""
    lettered = letter_twins([sequence for _, sequence in halves], chance)
    wording = chance.random()
    for (clip, sequence), names in zip(halves, lettered, strict=True):
        said = random.Random(wording)
        asked = phrase("tutorial", template, said)
        steps, evidence, spoken = write_steps(context, clip, scenes, names, sequence, said, sentences)
        material = tuple(line for _, line in spoken) if template == "lesson" else ()
        payload = Tutorial(
            question=ask(asked, material),
            answer=state_steps(steps, said),
            clock=CLOCK,
            steps=tuple(steps),
            transcript=material,
        )
        yield Draft(
            task_type="tutorial",
            template=template,
            source_id=context.source.source_id,
            payload=payload.model_dump(mode="json"),
            evidence=tuple(evidence),
            media=(clip, *show_scenes(scenes, names)),
            verifier=Verifier(kind="permutation", value=[step.picture for step in steps]),
            transform=Transform(recipe="permute", seed=0, settings={"order": list(sequence)})
            if len(clip.pieces) > 1
            else None,
            difficulty={"steps": len(steps), "lines": sum(len(step.lines) for step in steps)},
            twin_key=key,
        )


def letter_twins(orders: Sequence[Sequence[int]], chance: random.Random) -> list[list[str]]:
    """The letters of the same pictures in each half, whose clips show them in these orders: no picture has
    one letter twice, no two answers are the same, and none is the alphabet forwards or backwards."""
    while orders:
        named = [letters(len(order), chance) for order in orders]
        told = [[names[index] for index in order] for names, order in zip(named, orders, strict=True)]
        apart = all(len(set(own)) == len(own) for own in zip(*named, strict=True))
        if apart and not any(map(is_alphabet, told)) and all(a != b for a, b in pairwise(told)):
            return named
    return []


def is_alphabet(names: Sequence[str]) -> bool:
    """Whether letters come in the order of the alphabet, or backwards: the first guess of whoever guesses."""
    return list(names) in (sorted(names), sorted(names, reverse=True))


def span(scenes: Sequence[Scene], window: tuple[float, float]) -> tuple[float, float]:
    """From the first of some scenes, in order of time, to the last: a clip without what comes before and
    after them."""
    bounds = [bound(scene, window) for scene in scenes]
    return bounds[0].start_s, bounds[-1].end_s


def bound(scene: Scene, window: tuple[float, float]) -> Moment:
    """The stretch of a window that must stay whole when the clip is cut."""
    end = max(scene.shown.end_s or 0.0, (scene.done.end_s or 0.0) if scene.done else 0.0)
    start = max(scene.shown.start_s or 0.0, window[0])
    return Moment(scene.shown, scene.moment.time_s, start, min(end, window[1]))


def write_steps(
    context: SourceContext,
    clip: Clip,
    scenes: Sequence[Scene],
    names: Sequence[str],
    sequence: Sequence[int],
    chance: random.Random,
    sentences: Sequence[str] = (),
) -> tuple[list[Step], list[Claim], list[tuple[Anchor, Line]]]:
    """The steps of scenes in the order given, what bears them, and the lines that the clip speaks."""
    spoken = transcribe(context, clip)
    steps: list[Step] = []
    evidence: list[Claim] = []
    for index in sequence:
        scene = scenes[index]
        quotes = [(text_of(line), line) for line in scene.written]
        if not scene.written and scene.done is None:
            quotes = [(line.text, anchor) for anchor, line in spoken if belongs(anchor, scene.shown)]
        evidence.append(claim_shown(scene.shown, clip, names[index]))
        evidence += [Claim(kind="text", value=text, anchors=(anchor.anchor_id,)) for text, anchor in quotes]
        evidence += [Claim(kind="text", value=text, anchors=(bearer,)) for text, bearer in scene.quoted]
        if scene.done is not None:
            evidence.append(_claim_done(scene.done, clip))
        steps.append(
            Step(
                picture=names[index],
                lines=tuple(text for text, _ in quotes),
                text=sentences[index] if sentences else None,
            )
        )
    return steps, evidence, spoken


def text_of(anchor: Anchor) -> str:
    """The words that an anchor's value holds: what is written or said, or read under a point."""
    return str(getattr(anchor.value, "text", None) or getattr(anchor.value, "name", ""))


def show_scenes(scenes: Sequence[Scene], names: Sequence[str]) -> list[Still]:
    """The stills of scenes, by their letters."""
    stills = [
        still_of(scene.moment, name).model_copy(update={"edits": scene.edits})
        for scene, name in zip(scenes, names, strict=True)
    ]
    return sorted(stills, key=lambda still: str(still.label))


def state_steps(steps: Sequence[Step], chance: random.Random) -> str:
    """The answer: one step a line, each in one of the ways to say it."""
    return "\n".join(
        f"Step {number}: picture {step.picture}. {chance.choice(word_step(step))}"
        for number, step in enumerate(steps, start=1)
    )


def word_step(step: Step) -> list[str]:
    """Every way in which a step can be said after its picture."""
    quotes = [f"“{line}”" for line in step.lines]
    if step.text:
        return [" ".join([step.text, *quotes])]
    if step.place is not None:
        return [sentence.format(place=step.place) for sentence in load_phrasings("tutorial")["stroke"]]
    return [" ".join(quotes)]


def _claim_done(action: Anchor, clip: Clip) -> Claim:
    return Claim(kind="time", value=time_done(action, clip), anchors=(action.anchor_id,), clip=0)


def time_done(action: Anchor, clip: Clip) -> float:
    """When a clip shows an action begin, in seconds; 0 where it does not."""
    return round(map_moment(clip, action.start_s or 0.0) or 0.0, 3)
