"""Task `robot_understanding`: what a demonstration shows, asked of its measured phases and holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import Anchor, Draft, Instruction, SourceKind
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import draft_items, fill_prompt
from dataclaw_assets.synthesized_samples.agents.robot_understanding.drafts import RobotUnderstanding
from dataclaw_assets.synthesized_samples.agents.robot_understanding.forms import ask_hold, ask_moment
from dataclaw_assets.synthesized_samples.agents.robot_understanding.gate import check_understanding
from dataclaw_assets.synthesized_samples.agents.robot_understanding.phases import list_gripper
from dataclaw_assets.synthesized_samples.agents.robot_understanding.proposals import (
    RobotUnderstandingProposal,
    draft_item,
)
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.task_specs import ROBOT_UNDERSTANDING, TaskSpec


class RobotUnderstandingAgent:
    """Composes questions from phases and holds, or takes a model's choice of them."""

    spec: TaskSpec = ROBOT_UNDERSTANDING
    version = "3"
    schema: type[BaseModel] = RobotUnderstanding
    gates: Sequence[tuple[str, Gate]] = (("understanding", check_understanding),)
    proposal: type[BaseModel] = RobotUnderstandingProposal
    asks_of: frozenset[SourceKind] = frozenset({"robot_demo"})

    def instruct(self, context: SourceContext, instruction: Instruction) -> str:
        """The forms, what each takes as facts and as an answer, and what was asked."""
        return fill_prompt(self.spec.task_type, context, instruction)

    def draft(
        self, proposal: RobotUnderstandingProposal, context: SourceContext, facts: Mapping[str, Anchor]
    ) -> Iterator[Draft | Refusal]:
        """Drafts with the model's words and answers; `derive` and the gates tell which are true."""
        return draft_items(proposal.items, context, facts, draft_item)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Drafts of every template that the measured phases support. Of a picture no stage is asked: what
        lies where tells it without the clip."""
        gripper = list_gripper(context)
        for event in context.random("moments").sample(gripper, len(gripper)):
            key = f"moment:{event.start_s:.3f}"
            yield from ask_moment(context, event, context.random(key), key)
        for hold in context.of_kind("hold") if gripper else ():
            if hold.start_s is not None:
                yield from ask_hold(context, hold, context.random("hold", hold.start_s))

    def derive(self, draft: Draft) -> Any:
        """Times as they were verified."""
        return draft.evidence[0].value
