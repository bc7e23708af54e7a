"""Task `robot_recovery`: faults made in a demonstration, to be found, named and recovered from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.anchor_values import StallCandidateValue
from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import Anchor, Clip, Draft, Instruction, SourceKind
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import draft_items, fill_prompt
from dataclaw_assets.synthesized_samples.agents.robot_recovery.drafts import TASK, RobotRecovery
from dataclaw_assets.synthesized_samples.agents.robot_recovery.faults import read_fault
from dataclaw_assets.synthesized_samples.agents.robot_recovery.forms import (
    ask_fault,
    ask_grasp,
    ask_hesitation,
    ask_recovery,
    find_next,
)
from dataclaw_assets.synthesized_samples.agents.robot_recovery.gate import check_recovery
from dataclaw_assets.synthesized_samples.agents.robot_recovery.proposals import (
    RobotRecoveryProposal,
    draft_item,
)
from dataclaw_assets.synthesized_samples.agents.robot_understanding.options import find_option
from dataclaw_assets.synthesized_samples.agents.robot_understanding.phases import list_seen
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.task_specs import ROBOT_RECOVERY, TaskSpec

SLOW_S = 0.3
"""So near to the least speed between two movements, another may begin."""


class RobotRecoveryAgent:
    """Makes faults in measured movements and grasps, or in those that a model chose; the answer is read from
    the recipe."""

    spec: TaskSpec = ROBOT_RECOVERY
    version = "3"
    schema: type[BaseModel] = RobotRecovery
    gates: Sequence[tuple[str, Gate]] = (("recovery", check_recovery),)
    proposal: type[BaseModel] = RobotRecoveryProposal
    asks_of: frozenset[SourceKind] = frozenset({"robot_demo"})

    def instruct(self, context: SourceContext, instruction: Instruction) -> str:
        """The forms, what each takes as facts, and what was asked."""
        return fill_prompt(self.spec.task_type, context, instruction)

    def draft(
        self, proposal: RobotRecoveryProposal, context: SourceContext, facts: Mapping[str, Anchor]
    ) -> Iterator[Draft | Refusal]:
        """Drafts of the faults that a model chose to make, in its words."""
        return draft_items(proposal.items, context, facts, draft_item)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Drafts of every fault that the measured movements have room for."""
        movements = list_seen(context, "moving")
        chance = context.random("robot_recovery")
        shuffled = chance.sample(movements, len(movements))
        faults = (
            list(
                ask_fault(context, a, context.random("name_fault", a.start_s), f"name_fault:{a.start_s:.3f}")
            )
            for a in shuffled
        )
        # One movement's faults: those of the next would be the same three questions again.
        yield from next(filter(None, faults), [])
        for movement in shuffled:
            name = f"{movement.start_s:.3f}"
            yield from ask_hesitation(context, movement, context.random("find_hesitation", name))
            tried = (
                list(ask_recovery(context, movement, at, context.random("recover", at), f"recover:{at:.3f}"))
                for at in list_stops(context, movement)
            )
            yield from next(filter(None, tried), [])
        for hold in context.of_kind("hold") if movements else ():
            key = f"count_grasps:{hold.start_s or 0.0:.3f}"
            yield from ask_grasp(context, hold, context.random(key), key)

    def derive(self, draft: Draft) -> Any:
        """The stretch that was changed; else the option that says what the clip's recipe makes."""
        if draft.template == "find_hesitation":
            return next(claim.value for claim in draft.evidence if claim.kind == "made")
        if draft.template == "recover":
            return find_next(draft)
        clip = draft.media[0]
        if not isinstance(clip, Clip):
            raise TypeError("a clip is needed")
        if draft.template == "count_grasps":  # the gate holds the fault against the grasp
            meaning = "twice" if draft.payload["fault"] == "unstable_grasp" else "once"
        else:
            meaning = read_fault(clip)
        return find_option(TASK, draft.payload["options"], meaning)


def list_stops(context: SourceContext, movement: Anchor) -> list[float]:
    """Where a movement may get stuck for good, the best first: at the places for a stall that lie in it, then
    about its middle, where the speed is not least."""
    start, end = movement.start_s or 0.0, movement.end_s or 0.0
    stalls = [a.value for a in context.of_kind("stall_candidate") if isinstance(a.value, StallCandidateValue)]
    found = []
    if movement.frames is not None:
        first, last = movement.frames
        pace = (end - start) / max(1, last - first)
        found = [start + (stall.freeze - first) * pace for stall in stalls if first < stall.freeze < last]
    slow = [a.start_s or 0.0 for a in context.of_kind("velocity_minimum")]
    middle = [(start + end) / 2 + shift for shift in (0.0, -0.2, 0.2)]
    free = [time for time in middle if all(abs(time - other) > SLOW_S for other in slow)]
    return [round(time, 3) for time in (*found, *free)]
