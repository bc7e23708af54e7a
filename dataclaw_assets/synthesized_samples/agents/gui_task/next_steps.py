"""The form `next_action` of `gui_task`: where the step is done that a goal asks for next."""

from __future__ import annotations

import random
from collections.abc import Sequence

from dataclaw_assets.anchor_values import ActionValue
from dataclaw_assets.records import Anchor, Claim, Draft
from dataclaw_assets.synthesized_samples.agents.gui_task.forms import SETTLED_S, point_at
from dataclaw_assets.synthesized_samples.agents.gui_task.screens import Step
from dataclaw_assets.synthesized_samples.agents.gui_task.written import Written
from dataclaw_assets.synthesized_samples.context import SourceContext

NEXT = {
    "click": "next_action",
    "right_click": "next_right_click",
    "double_click": "next_double_click",
    "long_press": "next_long_press",
}
"""The template of a next step, by its verb: a model states the goal, the point is asked for."""

AWAY_S = 0.5
"""How long before a step its picture is taken, at least: later the pointer rests on the target."""


def ask_next(context: SourceContext, written: Written, step: Step, chance: random.Random) -> Draft | None:
    """Where a step is done, on the screen as the step before it left it, in which nothing is typed or
    scrolled until then. The label is the answer, so that the goal must be put in other words: a model's. None
    where the label is not written there once, legibly and among others, and under the step's point."""
    template = NEXT.get(step.done.action)
    time_s = find_picture(written, context.of_kind("action"), step)
    if template is None or time_s is None:
        return None
    screen = written.screen(time_s)
    line = screen.find_line(step.name)
    if line is None:
        return None
    done = Claim(kind="fact", value=step.done.action, field="action", anchors=(step.action.anchor_id,))
    return point_at(
        context, template, line, step.read, screen.lines, time_s, chance, (done,), step.done.action
    )


def find_picture(written: Written, actions: Sequence[Anchor], step: Step) -> float | None:
    """A time soon after the step before this one, from which on the screen reads the same until it is done;
    None where there is none, or it is so late that the pointer may be on the target."""
    read_s, start_s = step.read.start_s or 0.0, step.action.start_s or 0.0
    earlier = [
        anchor.end_s or 0.0
        for anchor in actions
        if isinstance(anchor.value, ActionValue) and anchor.value.index < step.done.index
    ]
    line = written.screen(read_s).find_line(step.name)
    if line is None:
        return None
    time_s = round(max([line.start_s or 0.0, *earlier]) + SETTLED_S, 3)
    late = time_s > min(read_s, start_s - AWAY_S)
    return None if late or written.screen(time_s).texts != written.screen(read_s).texts else time_s
