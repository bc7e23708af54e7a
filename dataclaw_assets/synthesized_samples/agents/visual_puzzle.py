"""Task `visual_puzzle`: order, moment and anomaly puzzles whose answer a machine can check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.anchor_values import MotionValue
from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import Anchor, Clip, Draft, Instruction, SourceKind
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import fill_prompt
from dataclaw_assets.synthesized_samples.agents.visual_puzzle_forms import (
    NEGATIVE_SHARE,
    POINT_REACH_S,
    VisualPuzzle,
    ask_change,
    ask_moment,
    ask_order,
    ask_shot,
    ask_strokes,
    find_stretches,
    place_stretch,
)
from dataclaw_assets.synthesized_samples.agents.visual_puzzle_proposals import (
    VisualPuzzleProposal,
    draft_puzzles,
)
from dataclaw_assets.synthesized_samples.context import (
    MIN_CLIP_S,
    Moment,
    SourceContext,
    pick_sets,
    play,
)
from dataclaw_assets.synthesized_samples.sketches import choose_markable, read_strokes
from dataclaw_assets.task_specs import VISUAL_PUZZLE, TaskSpec

MIN_PIECES, MAX_PIECES = 3, 4
"""Two pictures in order are a coin's toss."""

MOVING_LEVEL = 0.02
"""Mean picture change per second (0-1 luma) from which footage counts as moving. Whether it pauses too, so
that a frozen stretch would not stand out, is for the gate to see in the clip that was cut."""


class VisualPuzzleAgent:
    """Composes puzzles from stills, shots, motion and strokes, or takes a model's choice of them and its
    words; the answer is computed either way."""

    spec: TaskSpec = VISUAL_PUZZLE
    version = "2"
    schema: type[BaseModel] = VisualPuzzle
    gates: Sequence[tuple[str, Gate]] = ()
    proposal: type[BaseModel] = VisualPuzzleProposal
    asks_of: frozenset[SourceKind] = frozenset({"video", "gui_trace", "robot_demo", "drawing"})

    def instruct(self, context: SourceContext, instruction: Instruction) -> str:
        """The forms, what each takes as facts, and what was asked."""
        return fill_prompt(self.spec.task_type, context, instruction)

    def draft(
        self, proposal: VisualPuzzleProposal, context: SourceContext, facts: Mapping[str, Anchor]
    ) -> Iterator[Draft | Refusal]:
        """Drafts of the puzzles that a model chose, in its words."""
        return draft_puzzles(proposal, context, facts)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Drafts of every template that the source's anchors support."""
        if context.source.kind == "drawing":
            yield from _order_strokes(context)
            return
        for window in context.windows():
            moments = context.moments(window)
            yield from _order_stills(context, window, context.distinct_moments(window))
            yield from _find_shot(context, window, moments)
            yield from _find_moment(context, window, moments)
            yield from _find_rotation(context, window)
            yield from _find_freeze(context, window)

    def derive(self, draft: Draft) -> Any:
        """Orders from the labelled intervals, places in time from the one claim that was verified."""
        if draft.template in {"order_stills", "order_strokes"}:
            return [claim.label for claim in sorted(draft.evidence, key=lambda claim: float(claim.value[0]))]
        return draft.evidence[0].value


def _order_stills(
    context: SourceContext, window: tuple[float, float], moments: list[Moment]
) -> Iterator[Draft]:
    chance = context.random("order_stills", *window)
    pieces = min(len(moments), MAX_PIECES)
    if pieces < MIN_PIECES:
        return
    count = min(context.cap(), len(moments) // pieces)
    for number, chosen in enumerate(pick_sets(moments, pieces, count, chance)):
        key = f"order_stills:{window[0]:.3f}:{number}"
        yield from ask_order(context, window, chosen, chance, key, number)


def _find_shot(context: SourceContext, window: tuple[float, float], moments: list[Moment]) -> Iterator[Draft]:
    chance = context.random("find_shot", *window)
    shots = [(shot, inside) for shot in context.clear_shots(window) if (inside := _inside(shot, moments))]
    chance.shuffle(shots)
    for shot, inside in shots[: context.cap()]:
        moment = chance.choice(inside)
        negative = chance.random() < NEGATIVE_SHARE
        clip = _without(context, window, shot) if negative else play(context.source, window)
        if clip is not None:
            yield ask_shot(context, shot, moment, clip, chance, negative)


def _inside(shot: Anchor, moments: list[Moment]) -> list[Moment]:
    start, end = shot.start_s or 0.0, shot.end_s or 0.0
    return [
        m for m in moments if start <= m.time_s < end and m.start_s >= start - 0.3 and m.end_s <= end + 0.3
    ]


def _without(context: SourceContext, window: tuple[float, float], shot: Anchor) -> Clip | None:
    """The longer side of the window beside a shot, half a second away from it; None when that is short."""
    before = (window[0], (shot.start_s or 0.0) - 0.5)
    after = ((shot.end_s or 0.0) + 0.5, window[1])
    longer = max(before, after, key=lambda side: side[1] - side[0])
    return play(context.source, longer) if longer[1] - longer[0] >= 4.0 else None


def _find_moment(
    context: SourceContext, window: tuple[float, float], moments: list[Moment]
) -> Iterator[Draft]:
    """Where motion is continuous there are no shots to find, but a picture still matches a short run only."""
    chance = context.random("find_moment", *window)
    for moment in chance.sample(moments, len(moments)):
        if max(moment.end_s - moment.time_s, moment.time_s - moment.start_s) <= POINT_REACH_S:
            yield from ask_moment(context, window, moment, chance)


def _find_rotation(context: SourceContext, window: tuple[float, float]) -> Iterator[Draft]:
    chance = context.random("find_rotation", *window)
    stretches = [
        stretch
        for shot in context.of_kind("shot")
        for found, stretch in find_stretches(context, shot)
        if found == window
    ]
    chance.shuffle(stretches)
    for start, end in stretches[: max(1, context.cap() // 2)]:
        yield from ask_change(context, "find_rotation", "rotate_180", window, (start, end), chance)


def _find_freeze(context: SourceContext, window: tuple[float, float]) -> Iterator[Draft]:
    """In stretches that move: before, during what is replaced, and after. None of screens, which rest by
    themselves until somebody acts."""
    if context.shows_a_screen or context.source.kind == "gui_trace":
        return
    chance = context.random("find_freeze", *window)
    for start, end in _moving_runs(context):
        inside = (max(start, window[0]), min(end, window[1]))
        if inside[1] - inside[0] >= MIN_CLIP_S:
            yield from ask_change(
                context, "find_freeze", "freeze", inside, place_stretch(inside, chance), chance
            )


def _moving_runs(context: SourceContext) -> list[tuple[float, float]]:
    """Longest stretches of which every measured interval moves."""
    runs: list[tuple[float, float]] = []
    for anchor in context.of_kind("motion"):
        if not isinstance(anchor.value, MotionValue) or anchor.value.level < MOVING_LEVEL:
            continue
        start, end = anchor.start_s or 0.0, anchor.end_s or 0.0
        if runs and start - runs[-1][1] < 0.1:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def _order_strokes(context: SourceContext) -> Iterator[Draft]:
    markable = choose_markable(read_strokes(context))
    if len(markable) < 4:
        return
    chance = context.random("order_strokes")
    chosen = sorted(chance.sample(markable, 4), key=lambda pair: pair[1].index)
    yield from ask_strokes(context, chosen, chance, "order_strokes")
