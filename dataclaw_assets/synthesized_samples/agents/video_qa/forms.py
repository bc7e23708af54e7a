"""The forms of `video_qa` that ship a clip: what is written while a thing is said or shown, and back."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from dataclaw_assets.quality.gates.places import locate_region
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Edit, Still, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Line, Payload, ask
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import ScreenText, hide
from dataclaw_assets.synthesized_samples.claims import claim_shown, still_of
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext
from dataclaw_assets.synthesized_samples.phrasing import phrase

CLIP_CLOCK = "seconds from the start of the video"
NO_CLOCK = "none: single pictures"

Aspect = Literal[
    "masked_line",
    "masked_picture",
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


def cover(context: SourceContext, moment: Moment, line: Anchor, label: str) -> tuple[Still, list[Claim]]:
    """The still of a moment with one of its lines under a black box, and what bears that."""
    box = locate_region(line, context.source)
    if box is None:
        raise ValueError(f"{line.anchor_id} has no place")
    edit = Edit(op="darken", region=hide(box, context.source), amount=1.0)
    still = Still(source_id=context.source.source_id, time_s=moment.time_s, label=label, edits=(edit,))
    middle = [round((box[0] + box[2]) / 2, 3), round((box[1] + box[3]) / 2, 3)]
    text = getattr(line.value, "text", None)
    return still, [
        Claim(kind="point", value=middle, anchors=(line.anchor_id,), label=label),
        Claim(kind="fact", value=text, field="text", anchors=(line.anchor_id,), label=label),
        Claim(kind="edited", value=[edit.model_dump(mode="json")], label=label),
    ]


def ask_masked_line(
    context: SourceContext,
    clip: Clip,
    moment: Moment,
    hidden: ScreenText,
    line: Anchor,
    others: Sequence[ScreenText],
    chance: random.Random,
) -> tuple[Draft, dict[str, str]]:
    """A still with a line covered, and four lines of the clip: which one is under the box? And the letters of
    the anchors."""
    offered = letter_things([hidden, *others], chance)
    right = next(name for name, text in offered.items() if text is hidden)
    still, evidence = cover(context, moment, line, "X")
    for name, text in offered.items():
        evidence += [quote(text.anchor, name), claim_shown(text.anchor, clip, name)]
    draft = draft_question(
        context,
        "masked_line",
        chance,
        right,
        options={name: text.text for name, text in offered.items()},
        evidence=tuple(evidence),
        media=(clip, still),
        verifier=Verifier(kind="choice", value=right),
        difficulty={"options": len(offered), "shown_s": round(hidden.end_s - hidden.start_s, 1)},
    )
    return draft, {text.anchor.anchor_id: name for name, text in offered.items()}


def ask_masked_picture(
    context: SourceContext,
    clip: Clip,
    pages: Sequence[tuple[Moment, ScreenText, Anchor]],
    chance: random.Random,
) -> tuple[Draft, dict[str, str]]:
    """A line of the first page, and four stills with a line of each covered: which one holds it? And the
    letters of the anchors."""
    offered = letter_things(list(pages), chance)
    cue = pages[0][1]
    right = next(name for name, page in offered.items() if page is pages[0])
    evidence = [quote(cue.anchor), claim_shown(cue.anchor, clip)]
    stills = []
    for name, (moment, _, line) in offered.items():
        still, claims = cover(context, moment, line, name)
        stills.append(still)
        evidence += claims
    draft = draft_question(
        context,
        "masked_picture",
        chance,
        right,
        words={"line": cue.text},
        evidence=tuple(evidence),
        media=(clip, *stills),
        verifier=Verifier(kind="choice", value=right),
        difficulty={"options": len(offered), "shown_s": round(cue.end_s - cue.start_s, 1)},
    )
    return draft, {page[0].anchor.anchor_id: name for name, page in offered.items()}


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
