"""What a model proposes for `tutorial`: the steps of a lesson in its words, each resting on facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace

from pydantic import Field

from dataclaw_assets.anchor_values import ActionValue
from dataclaw_assets.records import Anchor, Draft, digest
from dataclaw_assets.synthesized_samples.agents.proposals import (
    Label,
    Proposed,
    Unmade,
    Words,
    find_moments,
    gather,
    put_words,
)
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import (
    MAX_STEPS,
    MIN_STEPS,
    Scene,
    Template,
    span,
    teach,
    text_of,
)
from dataclaw_assets.synthesized_samples.agents.tutorial.orders import make_halves
from dataclaw_assets.synthesized_samples.agents.tutorial.screens import find_scene
from dataclaw_assets.synthesized_samples.agents.tutorial.slides import (
    cover_numbers,
    read_slide,
    tells_place,
)
from dataclaw_assets.synthesized_samples.agents.tutorial.talks import says_its_place
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext, play
from dataclaw_assets.synthesized_samples.speech import belongs, holding_shot, transcribe

WRITTEN = frozenset({"text", "text_line"})
"""Kinds of fact that are words on a slide."""


class ProposedStep(Proposed):
    """One step: the facts that it rests on, and its sentence."""

    facts: tuple[Label, ...] = Field(min_length=1, max_length=6)
    text: Words


class ProposedLesson(Proposed):
    """One lesson: what it teaches, and its steps in the order of the footage."""

    question: Words
    steps: tuple[ProposedStep, ...] = Field(min_length=MIN_STEPS, max_length=MAX_STEPS)


class TutorialProposal(Proposed):
    """A reply: a lesson, or one of each half."""

    items: tuple[ProposedLesson, ...] = Field(max_length=2)


def draft_item(item: ProposedLesson, context: SourceContext, facts: Mapping[str, Anchor]) -> Iterator[Draft]:
    """The drafts of one lesson that a model proposes. Raises `Unmade`."""
    cited = [gather(step.facts, facts) for step in item.steps]
    template = choose_template(context, cited)
    window, scenes = FOLLOW[template](item.steps, cited, context)
    if len({scene.shown.anchor_id for scene in scenes}) < len(scenes):
        raise Unmade("same_moment", "two steps would have the same picture")
    by_time = sorted(range(len(scenes)), key=lambda index: scenes[index].moment.time_s)
    stated = [by_time.index(index) for index in range(len(scenes))]
    key = f"model:lesson:{window[0]:.3f}:{digest(item, size=8)}"
    chance = context.random("lesson", "model", *(scenes[index].shown.anchor_id for index in by_time))
    sentences = [item.steps[index].text.strip() for index in by_time]
    ordered = [scenes[index] for index in by_time]
    if template != "screen_lesson":
        window = span(ordered, window)
        covers = cover_numbers(context)
        ordered = [replace(scene, edits=covers) for scene in ordered]
    if template == "lesson" and says_its_place(context, play(context.source, window)):
        raise Unmade("out_of_place", "a greeting, a farewell or a word of order is said between its steps")
    halves = make_halves(context, window, ordered, chance, template, stated)
    drafts = list(teach(context, halves, ordered, chance, key, template, sentences))
    if not drafts:
        raise Unmade("no_twin", "the clip cannot be put into another order")
    for draft in drafts:
        yield put_words(draft, item.question)


def choose_template(context: SourceContext, cited: Sequence[Sequence[Anchor]]) -> Template:
    """The form of a lesson, by its footage and by whether its steps rest on what is said or on what is
    written."""
    if context.source.kind == "gui_trace":
        return "screen_lesson"
    said = any(fact.kind == "subtitle" for group in cited for fact in group)
    return "lesson" if said or not context.shows_a_screen else "slide_lesson"


def follow_speech(
    steps: Sequence[ProposedStep], cited: Sequence[Sequence[Anchor]], context: SourceContext
) -> tuple[tuple[float, float], list[Scene]]:
    """A scene for each step: the shot of its one picture, in which the lines it rests on are spoken."""
    window, moments = _find_pictures(steps, cited, context, {"subtitle"})
    spoken = {anchor.anchor_id for anchor, _ in transcribe(context, play(context.source, window))}
    scenes = []
    for step, group, moment in zip(steps, cited, moments, strict=True):
        shot = holding_shot(context, moment)
        lines = [fact for fact in group if fact.kind == "subtitle"]
        if shot is None or any(line.anchor_id not in spoken or not belongs(line, shot) for line in lines):
            raise Unmade("fact_elsewhere", f"the lines of {', '.join(step.facts)} are not said in its shot")
        scenes.append(Scene(moment, shot))
    return window, scenes


def follow_slides(
    steps: Sequence[ProposedStep], cited: Sequence[Sequence[Anchor]], context: SourceContext
) -> tuple[tuple[float, float], list[Scene]]:
    """A scene for each step: the slide of its one picture, with the lines that it rests on."""
    window, moments = _find_pictures(steps, cited, context, WRITTEN)
    scenes = []
    for step, group, moment in zip(steps, cited, moments, strict=True):
        shot, lines = holding_shot(context, moment), read_slide(context, moment.time_s)
        texts = {text_of(line) for line in lines}
        if shot is None or any(fact.kind in WRITTEN and text_of(fact) not in texts for fact in group):
            raise Unmade("fact_elsewhere", f"the lines of {', '.join(step.facts)} are not its slide's own")
        if tells_place(text_of(lines[0])):
            raise Unmade("wrong_facts", f"the heading of {', '.join(step.facts)} tells the slide's place")
        scenes.append(Scene(moment, shot, written=lines[:1]))
    return window, scenes


def _find_pictures(
    steps: Sequence[ProposedStep],
    cited: Sequence[Sequence[Anchor]],
    context: SourceContext,
    words: Set[str],
) -> tuple[tuple[float, float], list[Moment]]:
    """The window that shows the one picture of every step, and their moments; `words` are the kinds of fact
    that are a step's lines."""
    pictures: list[Anchor] = []
    for step, group in zip(steps, cited, strict=True):
        named = [fact for fact in group if fact.kind not in words]
        if len(named) != 1 or len(group) < 2:
            labels = ", ".join(step.facts)
            raise Unmade("wrong_facts", f"a step takes one picture and its lines, not {labels}")
        pictures += named
    return find_moments(context, pictures)


def follow_session(
    steps: Sequence[ProposedStep], cited: Sequence[Sequence[Anchor]], context: SourceContext
) -> tuple[tuple[float, float], list[Scene]]:
    """A scene for each step: the resting screen on which its one verified action is done."""
    actions = []
    for step, group in zip(steps, cited, strict=True):
        done = [fact for fact in group if isinstance(fact.value, ActionValue)]
        if len(done) != 1:
            raise Unmade(
                "wrong_facts", f"a step takes one action, not {len(done)} of {', '.join(step.facts)}"
            )
        if not done[0].corroborated_by:
            raise Unmade("uncorroborated", f"nothing measured agrees with the action of {step.facts[0]}")
        actions.append(done[0])
    for window in context.windows():
        found = [
            find_scene(context, window, action, step.text)
            for action, step in zip(actions, steps, strict=True)
        ]
        scenes = [scene for scene in found if scene is not None]
        if len(scenes) == len(found):
            return window, scenes
    raise Unmade("no_clip", "no clip shows the screen of every step")


FOLLOW = {"lesson": follow_speech, "slide_lesson": follow_slides, "screen_lesson": follow_session}
"""What makes the scenes of each form."""
