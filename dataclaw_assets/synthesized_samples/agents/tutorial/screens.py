"""Lessons of `tutorial` from sessions: the screen before each action, and what is done on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dataclaw_assets.anchor_values import ActionValue, StableValue
from dataclaw_assets.quality.gates.wording import find_quotes
from dataclaw_assets.records import Anchor, Draft, Edit
from dataclaw_assets.synthesized_samples.agents.gui_task.screens import (
    LEGIBLE_PX,
    Box,
    Step,
    differ,
    find_box,
    height_seen,
    list_lines,
    overlaps,
    read_steps,
    saying,
)
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import MAX_STEPS, MIN_STEPS, Scene, teach
from dataclaw_assets.synthesized_samples.agents.tutorial.orders import make_halves
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext

STEP_S = 0.07
"""Between the times tried for a step's picture: no divisor of a trainer's sampling."""

CLEAR_S = 0.1
"""By how much a step's picture lies inside the state that it shows."""

LATE_S = 0.5
"""How long after a screen stopped resting an action may still be the one done on it."""

VERBS = frozenset({"click", "right_click"})
"""Verbs that a careful person can tell apart in a recording: the latter opens a menu beside the pointer."""

UNSEEN = frozenset({"hover", "wait", "screenshot"})
"""Verbs that leave nothing to be seen but the pointer."""

MARGIN = 0.012
"""Of the screen's longer side, from the words to the outside of the frame; its line is half as wide."""

NEAR_S = 0.3
"""How far from the time at which a step's words were read they may be taken to be there still, on a screen
that rests."""

MIN_STATE_S = 1.0
"""How long a step's screen rests in the clip: two sampled frames."""


def teach_screens(context: SourceContext, window: tuple[float, float]) -> Iterator[Draft]:
    """One step for each action of the longest stretch of a window in which every visible action is verified
    and done on words that can be read, its screen told from the others', its words framed. The clip is that
    stretch and no more: a guide that leaves out what is seen to be done teaches it wrongly."""
    steps = {step.action.anchor_id: step for step in read_steps(context.anchors)}
    runs: list[list[Step]] = [[]]
    for action in list_visible(context, window):
        step = steps.get(action.anchor_id)
        fits = step is not None and find_framed(context, window, step) is not None
        if step is None or not fits or len(runs[-1]) == MAX_STEPS:
            runs.append([])
        if step is not None and fits:
            runs[-1].append(step)
    run = max(runs, key=len)
    stretch = _cut_stretch(context, window, run) if len(run) >= MIN_STEPS else None
    if stretch is None:
        return
    found = [find_framed(context, stretch, step) for step in run]
    scenes = [scene for scene in found if scene is not None]
    apart = len({scene.shown.anchor_id for scene in scenes}) == len(scenes)
    whole = len(list_visible(context, stretch)) == len(run) == len(scenes)
    if whole and apart and differ(context.anchors, [scene.moment.time_s for scene in scenes]):
        chance = context.random("screen_steps", *stretch)
        halves = make_halves(context, stretch, scenes, chance, "screen_steps")
        yield from teach(context, halves, scenes, chance, f"screen_steps:{stretch[0]:.3f}", "screen_steps")


def list_visible(context: SourceContext, window: tuple[float, float]) -> list[Anchor]:
    """The actions that begin within a window and can be seen to be done, by time."""
    done = [
        action
        for action in context.of_kind("action")
        if isinstance(action.value, ActionValue)
        and action.value.action not in UNSEEN
        and window[0] <= (action.start_s or 0.0) < window[1]
    ]
    return sorted(done, key=lambda action: (action.start_s or 0.0, action.anchor_id))


def _cut_stretch(
    context: SourceContext, window: tuple[float, float], run: Sequence[Step]
) -> tuple[float, float] | None:
    """From when the first step's screen rests, after the action before it, until the last step is done."""
    first = find_framed(context, window, run[0])
    earlier = [a.end_s or 0.0 for a in list_visible(context, (window[0], run[0].action.start_s or 0.0))]
    if first is None:
        return None
    start = max(first.moment.start_s, window[0], *earlier)
    return round(start, 3), round(min(window[1], (run[-1].action.end_s or 0.0) + CLEAR_S), 3)


def find_framed(context: SourceContext, window: tuple[float, float], step: Step) -> Scene | None:
    """The screen before a verified action, with a frame round the words that it is done on; None where these
    cannot be read there."""
    if step.done.action not in VERBS:
        return None
    read_s = step.read.start_s or 0.0
    scenes = list_scenes(context, window, step.action)
    for scene in sorted(scenes, key=lambda scene: abs(scene.moment.time_s - read_s)):
        frame = frame_label(context, step, scene.moment.time_s)
        if frame is not None and scene.moment.end_s - scene.moment.start_s >= MIN_STATE_S:
            edit = Edit(op="outline", region=frame)
            return Scene(scene.moment, scene.shown, edits=(edit,), done=step.action, read=step.read)
    return None


def frame_label(context: SourceContext, step: Step, time_s: float) -> Box | None:
    """The frame round a step's words, as shares of the screen; None where they are not to be read there at
    this time, or too small in the picture as a trainer has it."""
    source = context.source
    box = find_box(context.anchors, step.read, time_s)
    if box is None or not source.width or not source.height:
        return None
    written = saying(list_lines(context.anchors, time_s), step.name)
    beside = any(line.region and overlaps(line.region, box) for line in written)
    if not beside and abs(time_s - (step.read.start_s or 0.0)) > NEAR_S:
        return None
    if height_seen(source, box, (0.0, 0.0, 1.0, 1.0), context.settings.consumer_image_px) < LEGIBLE_PX:
        return None
    wide, high = float(source.width), float(source.height)
    margin = MARGIN * max(wide, high)
    return (
        round(max(0.0, (box[0] - margin) / wide), 4),
        round(max(0.0, (box[1] - margin) / high), 4),
        round(min(1.0, (box[2] + margin) / wide), 4),
        round(min(1.0, (box[3] + margin) / high), 4),
    )


def find_scene(
    context: SourceContext, window: tuple[float, float], action: Anchor, sentence: str
) -> Scene | None:
    """The screen that rests as an action begins, with a picture of it that no trainer's sampling shows, and
    what a sentence quotes of it."""
    scene = next(list_scenes(context, window, action), None)
    if scene is None:
        return None
    quoted = tuple(
        (words, bearer)
        for words in dict.fromkeys(find_quotes(sentence))
        if (bearer := _find_bearer(context, scene.shown, action, words)) is not None
    )
    return Scene(scene.moment, scene.shown, done=action, quoted=quoted)


def list_scenes(context: SourceContext, window: tuple[float, float], action: Anchor) -> Iterator[Scene]:
    """The screen that rests as an action begins, with each picture of it that no trainer's sampling shows."""
    start, end = action.start_s or 0.0, action.end_s or 0.0
    resting = [
        state
        for state in context.of_kind("stable")
        if (state.start_s or 0.0) <= start <= (state.end_s or 0.0) + LATE_S
        and (state.start_s or 0.0) >= window[0]
    ]
    if not resting or not window[0] <= start < end <= window[1]:
        return
    state = resting[-1]
    for time_s in _list_times(context, window, state, start):
        yield Scene(Moment(state, time_s, state.start_s or 0.0, state.end_s or 0.0), state, done=action)


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
