"""What a model proposes for `tutorial`: the steps of a lesson in its words, each resting on facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field

from dataclaw_assets.anchor_values import ActionValue, StableValue
from dataclaw_assets.quality.gates.wording import find_quotes
from dataclaw_assets.records import Anchor, Draft, digest
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import (
    Label,
    Proposed,
    Unmade,
    Words,
    each_item,
    find_moments,
    gather,
    put_words,
)
from dataclaw_assets.synthesized_samples.agents.tutorial_forms import MAX_STEPS, MIN_STEPS, Scene, teach
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext, play
from dataclaw_assets.synthesized_samples.speech import belongs, holding_shot, transcribe

STEP_S = 0.07
"""Between the times tried for a step's picture: no divisor of a trainer's sampling."""

CLEAR_S = 0.1
"""By how much a step's picture lies inside the state that it shows."""

LATE_S = 0.5
"""How long after a screen stopped resting an action may still be the one done on it."""


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


def draft_lessons(
    proposal: TutorialProposal, context: SourceContext, facts: Mapping[str, Anchor]
) -> Iterator[Draft | Refusal]:
    """The drafts of a reply; a lesson that cannot be made is a `Refusal`."""
    return each_item(proposal.items, lambda item: _draft_lesson(item, context, facts))


def _draft_lesson(
    item: ProposedLesson, context: SourceContext, facts: Mapping[str, Anchor]
) -> Iterator[Draft]:
    cited = [gather(step.facts, facts) for step in item.steps]
    session = context.source.kind == "gui_trace"
    window, scenes = (_follow_session if session else _follow_speech)(item.steps, cited, context)
    if len({scene.shown.anchor_id for scene in scenes}) < len(scenes):
        raise Unmade("same_moment", "two steps would have the same picture")
    by_time = sorted(range(len(scenes)), key=lambda index: scenes[index].moment.time_s)
    stated = [by_time.index(index) for index in range(len(scenes))]
    key = f"model:lesson:{window[0]:.3f}:{digest(item, size=8)}"
    chance = context.random("lesson", "model", *(scenes[index].shown.anchor_id for index in by_time))
    sentences = [item.steps[index].text.strip() for index in by_time]
    drafts = list(
        teach(context, window, [scenes[index] for index in by_time], chance, key, sentences, stated)
    )
    if not drafts:
        raise Unmade("no_twin", "the clip cannot be put into another order")
    for draft in drafts:
        yield put_words(draft, item.question)


def _follow_speech(
    steps: Sequence[ProposedStep], cited: Sequence[Sequence[Anchor]], context: SourceContext
) -> tuple[tuple[float, float], list[Scene]]:
    """A scene for each step: the shot of its one picture, in which the lines it rests on are spoken."""
    pictures = [[fact for fact in group if fact.kind != "subtitle"] for group in cited]
    for step, group, named in zip(steps, cited, pictures, strict=True):
        if len(named) != 1 or len(group) < 2:
            raise Unmade(
                "wrong_facts", f"a step takes one picture and its lines, not {', '.join(step.facts)}"
            )
    window, moments = find_moments(context, [named[0] for named in pictures])
    spoken = {anchor.anchor_id for anchor, _ in transcribe(context, play(context.source, window))}
    scenes = []
    for step, group, moment in zip(steps, cited, moments, strict=True):
        shot = holding_shot(context, moment)
        lines = [fact for fact in group if fact.kind == "subtitle"]
        if shot is None or any(line.anchor_id not in spoken or not belongs(line, shot) for line in lines):
            raise Unmade("fact_elsewhere", f"the lines of {', '.join(step.facts)} are not said in its shot")
        scenes.append(Scene(moment, shot))
    return window, scenes


def _follow_session(
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
            _find_scene(context, window, action, step.text)
            for action, step in zip(actions, steps, strict=True)
        ]
        scenes = [scene for scene in found if scene is not None]
        if len(scenes) == len(found):
            return window, scenes
    raise Unmade("no_clip", "no clip shows the screen of every step")


def _find_scene(
    context: SourceContext, window: tuple[float, float], action: Anchor, sentence: str
) -> Scene | None:
    """The screen that rests as an action begins, with a picture of it that no trainer's sampling shows."""
    start, end = action.start_s or 0.0, action.end_s or 0.0
    if not window[0] <= start < end <= window[1]:
        return None
    resting = [
        state
        for state in context.of_kind("stable")
        if (state.start_s or 0.0) <= start <= (state.end_s or 0.0) + LATE_S
        and (state.start_s or 0.0) >= window[0]
    ]
    if not resting:
        return None
    state = resting[-1]
    time_s = _choose_time(context, window, state, start)
    if time_s is None:
        return None
    moment = Moment(state, time_s, state.start_s or 0.0, state.end_s or 0.0)
    quoted = tuple(
        (words, bearer)
        for words in dict.fromkeys(find_quotes(sentence))
        if (bearer := _find_bearer(context, state, action, words)) is not None
    )
    return Scene(moment, state, action, quoted)


def _choose_time(
    context: SourceContext, window: tuple[float, float], state: Anchor, before_s: float
) -> float | None:
    first = (state.start_s or 0.0) + CLEAR_S
    last = min(state.end_s or 0.0, before_s) - CLEAR_S
    named = state.value.still.time_s if isinstance(state.value, StableValue) and state.value.still else first
    tried = [named, *(first + STEP_S * number for number in range(int(max(0.0, last - first) / STEP_S) + 1))]
    return next((t for t in tried if first <= t <= last and context.off_grid(t - window[0])), None)


def _find_bearer(context: SourceContext, state: Anchor, action: Anchor, words: str) -> str | None:
    """The measured anchor that these words are read from: a text on the resting screen, else what is written
    under the action's point."""
    for anchor in (*context.of_kind("text"), *context.of_kind("text_line")):
        shown = (anchor.start_s or 0.0) < (state.end_s or 0.0) and (anchor.end_s or 0.0) > (
            state.start_s or 0.0
        )
        if shown and getattr(anchor.value, "text", None) == words:
            return anchor.anchor_id
    read = [anchor for anchor in context.of_kind("target_read") if anchor.anchor_id in action.corroborated_by]
    return next((a.anchor_id for a in read if getattr(a.value, "name", None) == words), None)
