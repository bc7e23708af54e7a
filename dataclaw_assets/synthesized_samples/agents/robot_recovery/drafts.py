"""What a draft of `robot_recovery` consists of: its payload, its fields as the recipe makes them."""

from __future__ import annotations

import random
from typing import Any, Literal

from dataclaw_assets.quality.clock import clip_duration
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Json, Media, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Payload, ask
from dataclaw_assets.synthesized_samples.agents.robot_recovery.faults import (
    Fault,
    Pieces,
    describe_frames,
    find_made,
    read_fault,
)
from dataclaw_assets.synthesized_samples.agents.robot_understanding.options import find_option
from dataclaw_assets.synthesized_samples.agents.robot_understanding.phases import count_shown
from dataclaw_assets.synthesized_samples.claims import claim_shown
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.phrasing import phrase

TASK = "robot_recovery"

RECOVERY = "<image_recall> <video_gen>"
"""The placeholders of DataClaw's paper for the picture to recall and the clip to make."""


class RobotRecovery(Payload):
    """`fault` is what we made. `freeze_frame` is a frame of the source, in presentation order;
    `freeze_repeat_count` counts frames of the shipped clip. `output_image` and `output_video` (half-open) are
    frames of the source too, and `recovery` what an answer with pictures consists of."""

    fault: Fault
    freeze_frame: int | None = None
    freeze_repeat_count: int | None = None
    output_image: tuple[int, ...] | None = None
    output_video: tuple[int, int] | None = None
    recovery: Literal["<image_recall> <video_gen>"] | None = None
    options: dict[str, str] | None = None


def draft_choice(
    context: SourceContext,
    template: str,
    wording: float,
    pieces: Pieces,
    cited: Anchor,
    options: dict[str, str],
    right: str,
    key: str,
) -> Draft:
    letter = find_option(TASK, options, right)
    verifier = Verifier(kind="choice", value=letter)
    media = (Clip(source_id=context.source.source_id, pieces=pieces),)
    return draft_fault(
        context, template, random.Random(wording), media, cited, letter, verifier, options=options, key=key
    )


def draft_fault(
    context: SourceContext,
    template: str,
    chance: random.Random,
    media: tuple[Media, ...],
    cited: Anchor,
    answer: str,
    verifier: Verifier,
    options: dict[str, str] | None = None,
    key: str | None = None,
) -> Draft:
    clip = media[0]
    assert isinstance(clip, Clip)
    fault = read_fault(clip, count_shown(clip, [cited], "gripper_closing") > 1)
    frames: dict[str, Any] = describe_frames(media, context.source, context.settings)
    made = find_made(clip)
    phase = Claim(
        kind="fact", value=getattr(cited.value, "phase", None), anchors=(cited.anchor_id,), field="phase"
    )
    evidence = [Claim(kind="made", value=made, label=_changed(clip), clip=0), phase]
    if made is None and template == "find_hesitation":
        evidence.append(claim_shown(cited, clip))
    payload = RobotRecovery(
        question=ask(phrase(TASK, template, chance), options=options),
        answer=answer,
        clock="seconds from the start of the video",
        fault=fault,
        recovery=RECOVERY if frames["output_video"] else None,  # type: ignore[arg-type]
        options=options,
        **frames,
    )
    return Draft(
        task_type=TASK,
        template=template,
        source_id=context.source.source_id,
        payload=payload.model_dump(mode="json"),
        evidence=tuple(evidence),
        media=media,
        verifier=verifier,
        transform=None
        if made is None
        else Transform(
            recipe=fault, seed=0, settings={"pieces": [p.model_dump(mode="json") for p in clip.pieces]}
        ),
        difficulty=_rate(media, made, options),
        twin_key=key,
    )


def _changed(clip: Clip) -> str:
    """The change whose absence a clip without one is held against: a freeze, where nothing was done."""
    return next((piece.op for piece in reversed(clip.pieces) if piece.op in {"freeze", "reverse"}), "freeze")


def _rate(media: tuple[Media, ...], made: list[float] | None, options: dict[str, str] | None) -> Json:
    clip, pictures = media[0], [medium for medium in media if medium.label is not None]
    found: Json = {"clip_s": round(clip_duration(clip), 1) if isinstance(clip, Clip) else None}
    if made is not None:
        found["fault_s"] = round(made[1] - made[0], 1)
    if options or pictures:
        found["options"] = len(options or pictures)
    else:
        found["negative"] = made is None
    return found
