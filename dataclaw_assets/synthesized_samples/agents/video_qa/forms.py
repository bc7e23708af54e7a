"""The forms of `video_qa` that ship a clip: what is written while a thing is said or shown, and back."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Line, Payload, ask
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import ScreenText
from dataclaw_assets.synthesized_samples.claims import claim_shown, still_of
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext
from dataclaw_assets.synthesized_samples.phrasing import phrase

CLIP_CLOCK = "seconds from the start of the video"
NO_CLOCK = "none: single pictures"

Aspect = Literal[
    "covered_lines",
    "said_written",
    "written_said",
    "line_picture",
    "read_line",
    "locate_line",
    "beside_line",
    "camera_view",
    "moving_part",
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
    transcript: tuple[Line, ...] = (),
    options: dict[str, str] | None = None,
    clock: str = CLIP_CLOCK,
    key: str | None = None,
    **fields: Any,
) -> Draft:
    """A draft of one aspect, asked in one of the phrasings of `key`, or of the aspect."""
    sentence = phrase("video_qa", key or template, chance, **(words or {}))
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


def none_of_these() -> str:
    """The option that none of the others is right."""
    return term("none_of_these")


def quote(anchor: Anchor, label: str | None = None) -> Claim:
    """What an anchor says, word for word."""
    return Claim(
        kind="text", value=getattr(anchor.value, "text", None), anchors=(anchor.anchor_id,), label=label
    )


def ask_said_written(
    context: SourceContext,
    clip: Clip,
    material: tuple[Line, ...],
    said: Anchor,
    right: ScreenText | None,
    others: Sequence[ScreenText],
    chance: random.Random,
) -> tuple[Draft, dict[str, str]]:
    """A spoken line and four written ones, and that none of them: which is on screen while it is spoken? And
    the letters of the anchors."""
    texts = [*([right] if right else []), *others]
    offered = letter_things(texts, chance)
    last = chr(ord("A") + len(offered))
    answer = next((name for name, text in offered.items() if text is right), last)
    evidence = [quote(said), claim_shown(said, clip, "line")]
    for name, text in offered.items():
        evidence += [quote(text.anchor, name), claim_shown(text.anchor, clip, name)]
    draft = draft_question(
        context,
        "said_written",
        chance,
        answer,
        words={"line": getattr(said.value, "text", "")},
        transcript=material,
        options={name: text.text for name, text in offered.items()} | {last: none_of_these()},
        evidence=tuple(evidence),
        media=(clip,),
        verifier=Verifier(kind="choice", value=answer),
        difficulty={"options": len(offered) + 1, "lines": len(material), "negative": right is None},
    )
    return draft, {text.anchor.anchor_id: name for name, text in offered.items()}


def ask_written_said(
    context: SourceContext,
    clip: Clip,
    material: tuple[Line, ...],
    cue: ScreenText,
    said: Sequence[Anchor],
    chance: random.Random,
) -> tuple[Draft, dict[str, str]]:
    """A written line and four spoken ones, the first of which is right: which is spoken while it is on
    screen? And the letters of the anchors."""
    offered = letter_things(list(said), chance)
    right = next(name for name, anchor in offered.items() if anchor is said[0])
    evidence = [quote(cue.anchor), claim_shown(cue.anchor, clip, "line")]
    for name, anchor in offered.items():
        evidence += [quote(anchor, name), claim_shown(anchor, clip, name)]
    draft = draft_question(
        context,
        "written_said",
        chance,
        right,
        words={"line": cue.text},
        transcript=material,
        options={name: getattr(anchor.value, "text", "") for name, anchor in offered.items()},
        evidence=tuple(evidence),
        media=(clip,),
        verifier=Verifier(kind="choice", value=right),
        difficulty={"options": len(offered), "lines": len(material)},
    )
    return draft, {anchor.anchor_id: name for name, anchor in offered.items()}


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
