"""The forms of `video_qa`, what all their drafts have, and the one that ships several pictures."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from dataclaw_assets.records import Claim, Draft, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Line, Payload, ask
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import ScreenText
from dataclaw_assets.synthesized_samples.claims import quote, still_of
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext
from dataclaw_assets.synthesized_samples.phrasing import phrase

CLIP_CLOCK = "seconds from the start of the video"
NO_CLOCK = "none: single pictures"

Aspect = Literal[
    "covered_lines",
    "line_picture",
    "read_line",
    "locate_line",
    "beside_line",
    "camera_view",
    "spoken_line",
    "shown_picture",
]


class VideoQA(Payload):
    """`options` are the texts of a multiple choice; `transcript` is material that the question ships."""

    aspect: Aspect
    options: dict[str, str] | None = None
    transcript: tuple[Line, ...] = ()


def draft_question(
    context: SourceContext,
    template: Aspect,
    chance: random.Random,
    answer: str,
    words: Mapping[str, str] | None = None,
    options: dict[str, str] | None = None,
    clock: str = CLIP_CLOCK,
    transcript: tuple[Line, ...] = (),
    **fields: Any,
) -> Draft:
    """A draft of one aspect, asked in one of its phrasings."""
    sentence = phrase("video_qa", template, chance, **(words or {}))
    payload = VideoQA(
        aspect=template,
        question=ask(sentence, transcript, options),
        answer=answer,
        clock=clock,
        options=options,
        transcript=transcript,
    )
    return Draft(
        task_type="video_qa",
        template=template,
        source_id=context.source.source_id,
        payload=payload.model_dump(mode="json"),
        **fields,
    )


def term(name: str) -> str:
    """A fixed answer of a multiple choice, as the phrasings have it."""
    return phrase("video_qa", name, random.Random(0))


def ask_line_picture(
    context: SourceContext, text: ScreenText, moments: Sequence[Moment], chance: random.Random
) -> Draft:
    """A written line and four stills, the first of which shows it: which?"""
    offered = letter_things(list(moments), chance)
    right = next(name for name, moment in offered.items() if moment is moments[0])
    return draft_question(
        context,
        "line_picture",
        chance,
        right,
        words={"line": text.text},
        clock=NO_CLOCK,
        evidence=(
            quote(text.anchor),
            Claim(
                kind="interval",
                value=[round(text.start_s, 3), round(text.end_s, 3)],
                anchors=(text.anchor.anchor_id,),
            ),
        ),
        media=tuple(still_of(moment, name) for name, moment in offered.items()),
        verifier=Verifier(kind="choice", value=right),
        difficulty={
            "options": len(offered),
            "nearest_s": round(min(abs(m.time_s - moments[0].time_s) for m in moments[1:]), 1),
        },
    )


def letter_things(things: list[Any], chance: random.Random) -> dict[str, Any]:
    """Things under letters in order of the alphabet, each at a place of chance."""
    return dict(zip("ABCDEFGH", chance.sample(things, len(things)), strict=False))
