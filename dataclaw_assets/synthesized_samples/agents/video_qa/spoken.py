"""Speech matched with scenes: which line is spoken while a scene is on screen, and back. A model chooses."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Anchor, Clip, Draft, Still, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Line, ask
from dataclaw_assets.synthesized_samples.agents.proposals import find_moment
from dataclaw_assets.synthesized_samples.agents.video_qa.forms import draft_question
from dataclaw_assets.synthesized_samples.claims import claim_shown, quote, still_of
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext, letters, play, read_context
from dataclaw_assets.synthesized_samples.phrasing import load_phrasings
from dataclaw_assets.synthesized_samples.speech import SLACK_S, belongs, holding_shot, transcribe

SPOKEN = frozenset({"spoken_line", "shown_picture"})

Span = tuple[float, float]

_WORD = re.compile(r"[^\W\d_]{5,}")
"""A word that tells a topic; shorter ones are mostly of the grammar."""


@dataclass(frozen=True)
class SpokenShot:
    """A shot, a moment that names it, and one line that is spoken while it is on screen and in no other."""

    moment: Moment
    shot: Anchor
    subtitle: Anchor
    line: Line


def find_spoken(context: SourceContext, window: Span, fact: Anchor) -> SpokenShot | None:
    """The shot that a fact names or lies in, with a moment and a line of it: of the fact, where it is one."""
    spoken = transcribe(context, play(context.source, window))
    texts = [line.text for _, line in spoken]
    moments = context.moments(window)
    if fact.kind != "subtitle":
        named = find_moment(context, window, fact)
        moments = [named] if named is not None else []
    for moment in moments:
        shot = holding_shot(context, moment)
        if shot is None:
            continue
        lines = [
            pair
            for pair in spoken
            if belongs(pair[0], shot) and (fact.kind != "subtitle" or pair[0].anchor_id == fact.anchor_id)
        ]
        if lines and texts.count(lines[0][1].text) == 1:
            return SpokenShot(moment, shot, *lines[0])
    return None


def ask_spoken(
    context: SourceContext,
    template: Literal["spoken_line", "shown_picture"],
    window: Span,
    pairs: Sequence[SpokenShot],
    asked: SpokenShot,
    chance: random.Random,
) -> tuple[Draft, list[str]]:
    """A picture and four lines (`spoken_line`), or a line and four pictures (`shown_picture`), one of each
    shot, that of `asked` among them; and the letters of the pairs."""
    clip = play(context.source, window)
    material = tuple(line for _, line in transcribe(context, clip))
    names = letters(len(pairs), chance)
    offered = dict(sorted(zip(names, pairs, strict=True)))
    right = next(name for name, pair in offered.items() if pair is asked)
    by_lines = template == "spoken_line"
    if by_lines:
        stills = [still_of(asked.moment, "X")]
        evidence = [claim_shown(asked.shot, clip, "X")]
        for name, pair in offered.items():
            evidence += [claim_shown(pair.subtitle, clip, name), quote(pair.subtitle, name)]
    else:
        stills = [still_of(pair.moment, name) for name, pair in offered.items()]
        evidence = [claim_shown(asked.subtitle, clip), quote(asked.subtitle)]
        evidence += [claim_shown(pair.shot, clip, name) for name, pair in offered.items()]
    draft = draft_question(
        context,
        template,
        chance,
        right,
        words={"line": asked.line.text},
        transcript=material,
        options={name: pair.line.text for name, pair in offered.items()} if by_lines else None,
        evidence=tuple(evidence),
        media=(clip, *stills),
        verifier=Verifier(kind="choice", value=right),
        difficulty={"options": len(offered), "lines": len(material)},
    )
    return draft, names


def derive_spoken(draft: Draft) -> str | None:
    """The one option that shares time with what is asked about, the line being spoken within the shot.
    Raises `ValueError` when that is none, or several are."""
    label = "X" if draft.template == "spoken_line" else None
    spans = {claim.label: claim.value for claim in draft.evidence if claim.kind == "interval"}
    asked = spans.pop(label, (0.0, 0.0))
    shared = {name: min(asked[1], span[1]) - max(asked[0], span[0]) for name, span in spans.items()}
    sharing = [name for name, seconds in shared.items() if seconds > SLACK_S]
    if len(sharing) != 1:
        raise ValueError(f"{len(sharing)} options fit")
    shot, line = (asked, spans[sharing[0]]) if label else (spans[sharing[0]], asked)
    if line[0] < shot[0] - SLACK_S or line[1] > shot[1] + SLACK_S:
        raise ValueError("the line goes beyond the shot")
    return sharing[0]


def check_spoken(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `wrong_clip` (not as it is), `wrong_picture`, `line_elsewhere` (a line is spoken twice),
    `told_in_print` (a word of the line stands in its scene), `field_differs` (the transcript is not all that
    is spoken, or the question is none of the phrasings)."""
    clip, *stills = draft.media
    if not isinstance(clip, Clip) or any(piece.changed for piece in clip.pieces) or clip.shapes:
        yield Finding(code="wrong_clip", detail="the clip is not the footage as it is")
        return
    if len(stills) != (1 if draft.template == "spoken_line" else 4) or not all(
        isinstance(still, Still) and not still.edits for still in stills
    ):
        yield Finding(code="wrong_picture", detail="pictures as they were are needed")
    context = facts.prepare(read_context)
    lines = [line for _, line in transcribe(context, clip)]
    if draft.payload["transcript"] != [line.model_dump(mode="json") for line in lines]:
        yield Finding(code="field_differs", detail=f"{len(lines)} lines are spoken")
    heard = [line.text for line in lines]
    quoted = {claim.label: str(claim.value) for claim in draft.evidence if claim.kind == "text"}
    for text in quoted.values():
        if heard.count(text) != 1:
            yield Finding(code="line_elsewhere", detail=f"“{text}” is spoken {heard.count(text)} times")
    yield from _check_print(draft, context, facts.anchors)
    endings = [
        ask(sentence.strip().format(line=quoted.get(None, "")), lines, draft.payload["options"])
        for sentence in load_phrasings("video_qa")[draft.template]
    ]
    if not draft.payload["question"].endswith(tuple(endings)):
        yield Finding(code="field_differs", detail=f"no phrasing of {draft.template} asks this")


def _check_print(draft: Draft, context: SourceContext, anchors: Mapping[str, Anchor]) -> Iterator[Finding]:
    """Words that match need neither the clip nor its times."""
    cited = {claim.label: claim.anchors[0] for claim in draft.evidence if claim.kind == "interval"}
    parts = {label: anchors.get(name) for label, name in cited.items()}
    right = parts.get(draft.verifier.value)
    scene, line = (parts.get("X"), right) if draft.template == "spoken_line" else (right, parts.get(None))
    if scene is None or line is None:
        return
    said = _list_words(line)
    for printed in (*context.of_kind("text"), *context.of_kind("text_line")):
        shown = (printed.start_s or 0.0) < (scene.end_s or 0.0) and (printed.end_s or 0.0) > (
            scene.start_s or 0.0
        )
        if shown and (told := said & _list_words(printed)):
            yield Finding(code="told_in_print", detail=", ".join(sorted(told)))


def _list_words(anchor: Anchor) -> set[str]:
    return set(_WORD.findall(str(getattr(anchor.value, "text", "")).casefold()))
