"""What a model proposes for `world_model`, and the drafts that it gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from dataclaw_assets.records import Anchor, Draft, digest
from dataclaw_assets.synthesized_samples.agents.proposals import (
    MAX_ITEMS,
    Label,
    Proposed,
    Unmade,
    Words,
    gather,
    put_words,
)
from dataclaw_assets.synthesized_samples.agents.world_model.forms import (
    follow_arm,
    follow_camera,
)
from dataclaw_assets.synthesized_samples.agents.world_model.screens import Screens
from dataclaw_assets.synthesized_samples.agents.world_model.steps import (
    MAX_OPTIONS,
    choose_screens,
    find_arm_steps,
    find_camera_run,
    find_screen_steps,
    list_moments,
)
from dataclaw_assets.synthesized_samples.agents.world_model.strokes import find_stroke_steps
from dataclaw_assets.synthesized_samples.agents.world_model.surfaces import follow_screen, follow_stroke
from dataclaw_assets.synthesized_samples.context import SourceContext

Movement = Literal[
    "pan left", "pan right", "tilt up", "tilt down", "zoom in", "zoom out",
    "click", "double_click", "right_click", "move_close", "move_open", "draw",
]  # fmt: skip


class ProposedTransition(Proposed):
    """One transition: its form, the fact or the two facts of the movement, what moves how in the first of
    them, the words."""

    form: Literal["camera", "arm", "screen", "stroke"]
    facts: tuple[Label, ...] = Field(min_length=1, max_length=2)
    movement: Movement
    question: Words


class WorldModelProposal(Proposed):
    """A reply: some transitions."""

    items: tuple[ProposedTransition, ...] = Field(max_length=MAX_ITEMS)


def draft_item(
    item: ProposedTransition, context: SourceContext, facts: Mapping[str, Anchor]
) -> Iterator[Draft]:
    """The drafts of one transition that a model proposes. Raises `Unmade`."""
    cited = gather(item.facts, facts)
    wanted = 1 if item.form == "camera" else 2
    if len(cited) != wanted:
        raise Unmade("wrong_facts", f"{item.form} takes {wanted} facts")
    key = f"model:{item.form}:{digest(item, size=8)}"
    verb, _, direction = item.movement.partition(" ")
    for number, draft in enumerate(_make(item, cited, context, key)):
        worded = put_words(draft, item.question)
        if number == 0:
            # as the model saw it: the gate compares it with what was measured
            action = worded.payload["action"] | {"verb": verb}
            if direction or action["direction"]:
                action["direction"] = direction or None
            worded = worded.model_copy(update={"payload": worded.payload | {"action": action}})
        yield worded


def _make(
    item: ProposedTransition, cited: Sequence[Anchor], context: SourceContext, key: str
) -> Iterator[Draft]:
    chance = context.random("model", *(anchor.anchor_id for anchor in cited))
    names = [anchor.anchor_id for anchor in cited]
    match item.form:
        case "camera":
            run = find_camera_run(context, cited[0])
            if run is None:
                raise Unmade("wrong_facts", "no long and steady movement of the camera")
            yield from follow_camera(context, run, chance, key)
        case "arm":
            moves = {step.moving.anchor_id: step for step in find_arm_steps(context)}
            pair = _both(moves, names, "movement from rest to rest")
            taken = {step.after.time_s for step in pair}
            more = [moment for moment in list_moments(context) if moment.time_s not in taken]
            if not more:
                raise Unmade("wrong_facts", "no third moment of the arm can be told from these")
            yield from follow_arm(context, pair, more[: MAX_OPTIONS - 2], chance, key)
        case "screen":
            screens = Screens(context)
            actions = {step.action.anchor_id: step for step in find_screen_steps(screens)}
            clicked = _both(actions, names, "confirmed click that changes the screen")
            others = choose_screens(screens, clicked)
            if others is None:
                raise Unmade("wrong_facts", "the screens after these cannot be told apart")
            yield from follow_screen(context, clicked, others, chance, key)
        case "stroke":
            yield from _add_stroke(context, names, key)


def _both(steps: Mapping[str, Any], names: Sequence[str], what: str) -> tuple[Any, Any]:
    strange = [name for name in names if name not in steps]
    if strange:
        raise Unmade("wrong_facts", f"{strange[0]} is no {what}")
    return steps[names[0]], steps[names[1]]


def _add_stroke(context: SourceContext, names: Sequence[str], key: str) -> Iterator[Draft]:
    for step in find_stroke_steps(context):
        if [step.next[0].anchor_id, step.like[0].anchor_id] == list(names):
            yield from follow_stroke(context, step, context.random("model", *names), key)
            return
    raise Unmade(
        "wrong_facts", "a stroke that may follow the strokes before it, and a later one like it, are needed"
    )
