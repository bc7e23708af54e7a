"""What a draft of `robot_understanding` consists of: its payload and its fields."""

from __future__ import annotations

import random
from typing import Literal

from dataclaw_assets.records import Claim, Clip, Draft, Json, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Payload, ask
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.phrasing import phrase

TASK = "robot_understanding"


class RobotUnderstanding(Payload):
    """`aspect` names the template."""

    aspect: Literal["closing_moment", "opening_moment", "hold_interval"]


def draft_question(
    context: SourceContext,
    template: str,
    chance: random.Random,
    clip: Clip,
    evidence: tuple[Claim, ...],
    answer: str,
    verifier: Verifier,
    difficulty: Json,
    key: str | None = None,
) -> Draft:
    payload = RobotUnderstanding(
        aspect=template,  # type: ignore[arg-type]
        question=ask(phrase(TASK, template, chance)),
        answer=answer,
        clock="seconds from the start of the video",
    )
    return Draft(
        task_type=TASK,
        template=template,
        source_id=context.source.source_id,
        payload=payload.model_dump(mode="json"),
        evidence=evidence,
        media=(clip,),
        verifier=verifier,
        difficulty=difficulty,
        twin_key=key,
    )
