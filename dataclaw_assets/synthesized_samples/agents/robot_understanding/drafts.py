"""What a draft of `robot_understanding` consists of: its payload and its fields."""

from __future__ import annotations

import random
from typing import Literal

from dataclaw_assets.records import Claim, Clip, Draft, Json, Media, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Payload, ask
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.phrasing import phrase

TASK = "robot_understanding"


class RobotUnderstanding(Payload):
    """`aspect` names the template; `options` are the texts of a multiple choice; `instruction` is what a
    demonstration's log, which the user trusts, says that it shows."""

    aspect: Literal[
        "next_gripper",
        "closing_moment",
        "opening_moment",
        "hold_interval",
        "stage_of_picture",
        "instruction_clip",
    ]
    options: dict[str, str] | None = None
    instruction: str | None = None


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
    instruction: str | None = None,
    key: str | None = None,
) -> Draft:
    words = {} if instruction is None else {"instruction": instruction}
    first = media[0]
    backwards = isinstance(first, Clip) and first.pieces[0].op == "reverse"
    payload = RobotUnderstanding(
        aspect=template,  # type: ignore[arg-type]
        question=ask(phrase(TASK, template, chance, **words), options=options),
        answer=answer,
        clock="seconds from the start of the video",
        options=options,
        instruction=instruction,
    )
    return Draft(
        task_type=TASK,
        template=template,
        source_id=context.source.source_id,
        payload=payload.model_dump(mode="json"),
        evidence=evidence,
        media=media,
        verifier=verifier,
        transform=Transform(recipe="reverse", seed=0) if backwards else None,
        difficulty=difficulty,
        twin_key=key,
    )
