"""Lessons of `tutorial` from speech: one step a shot in which something is said."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from dataclaw_assets.records import Clip, Draft
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import (
    MAX_STEPS,
    MIN_STEPS,
    Scene,
    span,
    teach,
)
from dataclaw_assets.synthesized_samples.agents.tutorial.orders import make_halves
from dataclaw_assets.synthesized_samples.agents.tutorial.slides import cover_numbers
from dataclaw_assets.synthesized_samples.context import SourceContext, play
from dataclaw_assets.synthesized_samples.speech import belongs, holding_shot, transcribe

_PLACED = re.compile(
    r"\b(?:welcome|hello|good (?:morning|afternoon|evening)|thank you|thanks|good ?bye|see you|subscribe"
    r"|today (?:we|i|you)|in this (?:video|talk|lecture|lesson|course|episode|tutorial)"
    r"|(?:to|let me) sum up|in (?:summary|conclusion)|(?:next|last) (?:time|video|lesson|lecture)"
    r"|as (?:we|i|you) (?:saw|said|have seen)|before we (?:begin|start)"
    r"|let(?:'|’)?s (?:begin|start|get started)|any questions)\b"
    r"|^(?:hi|first|firstly|second|secondly|third|thirdly|next|then|after that|finally|lastly)\b",
    re.I,
)


def is_placed(line: str) -> bool:
    """Whether a spoken line says where in a talk it belongs: a greeting, a farewell, a word of order."""
    return _PLACED.search(line) is not None


def teach_speech(
    context: SourceContext, window: tuple[float, float], titles: Collection[str]
) -> Iterator[Draft]:
    """A lesson of the longest run of shots that belong nowhere else in a talk, as their lines or, with
    `titles`, ids of shots, their slides would say: one that begins with thanks and welcomes its hearers later
    teaches nothing. The clip is that run and no more."""
    spoken = transcribe(context, play(context.source, window))
    if len(spoken) < MIN_STEPS:
        return
    covers = cover_numbers(context)
    runs: list[list[Scene]] = [[]]
    for moment in context.moments(window):
        shot = holding_shot(context, moment)
        if shot is None or any(shot.anchor_id == other.shown.anchor_id for other in runs[-1]):
            continue
        lines = [line.text for anchor, line in spoken if belongs(anchor, shot)]
        if shot.anchor_id in titles or any(map(is_placed, lines)):
            runs.append([])
        elif lines:
            runs[-1].append(Scene(moment, shot, edits=covers))
    scenes = max(runs, key=len)
    if not MIN_STEPS <= len(scenes) <= MAX_STEPS:
        return
    stretch = span(scenes, window)
    if not says_its_place(context, play(context.source, stretch)):
        chance = context.random("lesson", *window)
        halves = make_halves(context, stretch, scenes, chance, "lesson")
        yield from teach(context, halves, scenes, chance, f"lesson:{window[0]:.3f}", "lesson")


def says_its_place(context: SourceContext, clip: Clip) -> bool:
    """Whether a clip plays a line that says where in a talk it belongs: in another order it is no talk."""
    return any(is_placed(line.text) for _, line in transcribe(context, clip))
