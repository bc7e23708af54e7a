"""Task `world_model`: what follows the movement of a camera, an arm or a pen, or a click."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import (
    Anchor,
    Clip,
    Draft,
    Instruction,
    SketchClip,
    SketchStill,
    SourceKind,
    Still,
)
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import draft_items, fill_prompt
from dataclaw_assets.synthesized_samples.agents.world_model.forms import (
    MIRROR,
    WorldModel,
    follow_arm,
    follow_camera,
)
from dataclaw_assets.synthesized_samples.agents.world_model.gates import check_transition
from dataclaw_assets.synthesized_samples.agents.world_model.proposals import WorldModelProposal, draft_item
from dataclaw_assets.synthesized_samples.agents.world_model.screens import Screens
from dataclaw_assets.synthesized_samples.agents.world_model.steps import (
    MAX_OPTIONS,
    MIN_OPTIONS,
    choose_screens,
    find_arm_steps,
    find_camera_run,
    find_screen_steps,
    list_moments,
)
from dataclaw_assets.synthesized_samples.agents.world_model.strokes import find_stroke_steps
from dataclaw_assets.synthesized_samples.agents.world_model.surfaces import follow_screen, follow_stroke
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext
from dataclaw_assets.task_specs import WORLD_MODEL, TaskSpec


class WorldModelAgent:
    """Composes transitions from camera motion, phases, confirmed actions and strokes, or takes a model's
    choice of them; which picture truly follows is computed either way."""

    spec: TaskSpec = WORLD_MODEL
    version = "4"
    schema: type[BaseModel] = WorldModel
    gates: Sequence[tuple[str, Gate]] = (("transition", check_transition),)
    proposal: type[BaseModel] = WorldModelProposal
    asks_of: frozenset[SourceKind] = frozenset({"video", "gui_trace", "robot_demo", "drawing"})

    def instruct(self, context: SourceContext, instruction: Instruction) -> str:
        """The forms, what each takes as facts, and what was asked."""
        return fill_prompt(self.spec.task_type, context, instruction)

    def draft(
        self, proposal: WorldModelProposal, context: SourceContext, facts: Mapping[str, Anchor]
    ) -> Iterator[Draft | Refusal]:
        """Drafts of the transitions that a model chose, with the action as it saw it."""
        return draft_items(proposal.items, context, facts, draft_item)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Drafts of every transition that the source's anchors support."""
        match context.source.kind:
            case "video":
                yield from _camera(context)
            case "robot_demo":
                yield from _arm(context)
            case "gui_trace":
                yield from _screen(context)
            case "drawing":
                yield from _stroke(context)

    def derive(self, draft: Draft) -> Any:
        """The picture that follows, from the claims of the options and the media's recipe; `ValueError` where
        they leave it open."""
        if draft.template == "stroke_added":
            return _sum_of_strokes(draft)
        if draft.template.startswith("screen_"):
            return _change_of(draft)
        times = {c.label: float(c.value) for c in draft.evidence if c.kind == "time" and c.clip is None}
        clip = draft.media[0]
        if not isinstance(clip, Clip):
            raise TypeError("a clip is needed")
        if draft.template == "camera_goes_on":
            return _ahead_of(clip, draft)
        rest = next(c for c in draft.evidence if c.kind == "interval" and c.label == "rests").value
        return _one([label for label, time_s in times.items() if rest[0] <= time_s < rest[1]])


def _one(labels: Sequence[str | None]) -> str | None:
    if len(labels) != 1:
        raise ValueError(f"{len(labels)} options fit")
    return labels[0]


def _ahead_of(clip: Clip, draft: Draft) -> str | None:
    """The picture of the same movement after the moment at which the clip ends, mirrored as the clip is."""
    moves = {c.label for c in draft.evidence if c.kind == "interval" and c.clip is None}
    piece = clip.pieces[-1]
    edits = MIRROR if piece.op == "mirror" else ()
    own = [m for m in draft.media if isinstance(m, Still) and m.label in moves and m.edits == edits]
    return _one([still.label for still in own if (still.time_s or 0.0) > piece.end_s])


def _change_of(draft: Draft) -> str | None:
    before = next(c for c in draft.evidence if c.field == "before_s" and c.label == "X")
    fits = [c.label for c in draft.evidence if c.field == "after_s" and c.anchors == before.anchors]
    return _one(fits)


def _sum_of_strokes(draft: Draft) -> str | None:
    state, drawn, *options = draft.media
    if not isinstance(state, SketchStill) or not isinstance(drawn, SketchClip):
        raise TypeError("a state and a clip of one stroke are needed")
    wanted = {*state.strokes, *drawn.strokes}
    fits = [o for o in options if isinstance(o, SketchStill) and o.side == "input"]
    return _one([option.label for option in fits if set(option.strokes) == wanted])


def _camera(context: SourceContext) -> Iterator[Draft]:
    for motion in context.of_kind("motion"):
        run = find_camera_run(context, motion)
        if run is not None:
            chance = context.random("camera_goes_on", motion.anchor_id)
            yield from follow_camera(context, run, chance, f"camera_goes_on:{motion.start_s:.3f}")


def _arm(context: SourceContext) -> Iterator[Draft]:
    """Each step once, beside another; which is left over, where they are odd, is chance."""
    found = find_arm_steps(context)
    steps = context.random("arm").sample(found, len(found))
    rests: dict[float, Moment] = {step.after.time_s: step.after for step in steps}
    for number in range(0, len(steps) - 1, 2):
        pair = (steps[number], steps[number + 1])
        chance = context.random("arm", number)
        taken = {step.after.time_s for step in pair}
        others = [moment for time_s, moment in rests.items() if time_s not in taken]
        known = taken | {moment.time_s for moment in others}
        others += [moment for moment in list_moments(context) if moment.time_s not in known]
        if len(others) >= MIN_OPTIONS - 2:
            yield from follow_arm(
                context, pair, others[: MAX_OPTIONS - 2], chance, f"arm:{pair[0].until_s:.3f}"
            )


def _screen(context: SourceContext) -> Iterator[Draft]:
    used: set[str] = set()
    screens = Screens(context)
    for pair in combinations(find_screen_steps(screens), 2):
        names = {step.action.anchor_id for step in pair}
        others = None if names & used else choose_screens(screens, pair)
        if others is None:
            continue
        used |= names
        key = f"screen:{pair[0].action.start_s:.3f}"
        yield from follow_screen(context, pair, others, context.random(key), key)


def _stroke(context: SourceContext) -> Iterator[Draft]:
    """The fullest state of a drawing: others teach the same."""
    steps = list(find_stroke_steps(context))
    if steps:
        key = f"stroke_added:{steps[-1].done}"
        yield from follow_stroke(context, steps[-1], context.random("stroke_added"), key)
