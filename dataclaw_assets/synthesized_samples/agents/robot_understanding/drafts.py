"""What a draft of `robot_understanding` consists of: its payload and its fields."""

from __future__ import annotations

import random
from typing import Literal

from dataclaw_assets.records import Claim, Draft, Json, Media, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Payload, ask
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.phrasing import phrase

TASK = "robot_understanding"


class RobotUnderstanding(Payload):
    """`aspect` names the template; `options` are the texts of a multiple choice."""

    aspect: Literal["closing_moment", "opening_moment", "hold_interval", "stage_of_picture"]
    options: dict[str, str] | None = None


def draft_question(
    context: SourceContext,
    template: str,
    chance: random.Random,
    media: tuple[Media, ...],
    evidence: tuple[Claim, ...],
    answer: str,
    verifier: Verifier,
    difficulty: Json,
    options: dict[str, str] | None = None,
    key: str | None = None,
) -> Draft:
    payload = RobotUnderstanding(
        aspect=template,  # type: ignore[arg-type]
        question=ask(phrase(TASK, template, chance), options=options),
        answer=answer,
        clock="seconds from the start of the video",
        options=options,
    )
    return Draft(
        task_type=TASK,
        template=template,
        source_id=context.source.source_id,
        payload=payload.model_dump(mode="json"),
        evidence=evidence,
        media=media,
        verifier=verifier,
        difficulty=difficulty,
        twin_key=key,
    )
