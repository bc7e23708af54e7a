"""The scenes of a session: the screen before an action, and what a sentence quotes of it."""

from __future__ import annotations

from collections.abc import Iterator

from dataclaw_assets.anchor_values import StableValue
from dataclaw_assets.quality.gates.wording import find_quotes
from dataclaw_assets.records import Anchor
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import Scene
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext

STEP_S = 0.07
"""Between the times tried for a step's picture: no divisor of a trainer's sampling."""

CLEAR_S = 0.1
"""By how much a step's picture lies inside the state that it shows."""

LATE_S = 0.5
"""How long after a screen stopped resting an action may still be the one done on it."""


def find_scene(
    context: SourceContext, window: tuple[float, float], action: Anchor, sentence: str
) -> Scene | None:
    """The screen that rests as an action begins, with a picture of it that no trainer's sampling shows, and
    what a sentence quotes of it."""
    start, end = action.start_s or 0.0, action.end_s or 0.0
    resting = [
        state
        for state in context.of_kind("stable")
        if (state.start_s or 0.0) <= start <= (state.end_s or 0.0) + LATE_S
        and (state.start_s or 0.0) >= window[0]
    ]
    if not resting or not window[0] <= start < end <= window[1]:
        return None
    state = resting[-1]
    time_s = next(_list_times(context, window, state, start), None)
    if time_s is None:
        return None
    quoted = tuple(
        (words, bearer)
        for words in dict.fromkeys(find_quotes(sentence))
        if (bearer := _find_bearer(context, state, action, words)) is not None
    )
    moment = Moment(state, time_s, state.start_s or 0.0, state.end_s or 0.0)
    return Scene(moment, state, done=action, quoted=quoted)


def _list_times(
    context: SourceContext, window: tuple[float, float], state: Anchor, before_s: float
) -> Iterator[float]:
    first = (state.start_s or 0.0) + CLEAR_S
    last = min(state.end_s or 0.0, before_s) - CLEAR_S
    named = state.value.still.time_s if isinstance(state.value, StableValue) and state.value.still else first
    tried = [named, *(first + STEP_S * number for number in range(int(max(0.0, last - first) / STEP_S) + 1))]
    yield from (t for t in tried if first <= t <= last and context.off_grid(t - window[0]))


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
