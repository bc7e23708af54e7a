"""Questions of `temporal_qa` about one course of change: of a thing, the camera or the light."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Claim, Clip, Draft, Piece, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.temporal_qa.courses import (
    OPPOSITE,
    Course,
    group,
    read_course,
)
from dataclaw_assets.synthesized_samples.agents.temporal_qa.forms import draft_question
from dataclaw_assets.synthesized_samples.agents.temporal_qa.words import (
    affirm,
    offer,
    pick_letter,
    read_parts,
)
from dataclaw_assets.synthesized_samples.claims import claim_shown
from dataclaw_assets.synthesized_samples.context import SourceContext

FORMS = ("choice", "caption", "yes_no", "open")
STEMS = ("mover", "camera", "light")
TEMPLATES = frozenset(f"{stem}_{form}" for stem in STEMS for form in FORMS)

Op = Literal["play", "mirror", "reverse", "freeze"]


def ask_courses(context: SourceContext) -> Iterator[Draft]:
    """Each course once, in a form chosen by chance. None of a program's screen: what scrolls there is no
    camera, and a bright page no lamp."""
    if context.source.kind == "gui_trace" or context.source.stream is None:
        return
    for kind in ("dominant_mover", "motion", "attribute_change"):
        for anchor in context.of_kind(kind):
            course = read_course(anchor, context.by_kind, context.source.stream.duration_s)
            if course is not None:
                chance = context.random("course", anchor.anchor_id)
                yield from ask_course(context, course, chance.choice(_list_forms(course)), chance)


def _list_forms(course: Course) -> Sequence[str]:
    """No single word fits every sentence for towards and away: those are stated in whole sentences only."""
    return FORMS if course.told not in {"towards", "away"} else FORMS[:2]


def ask_course(
    context: SourceContext, course: Course, form: str, chance: random.Random, asker: str = "rules"
) -> Iterator[Draft]:
    """The stretch as it is, and turned so that the answer flips; of a choice also held still. `asker` tells
    apart the questions on one course."""
    template = f"{course.stem}_{form}"
    ops: list[Op] = ["play", "mirror" if course.told in {"left", "right"} else "reverse"]
    parts = [course.told, OPPOSITE[course.told]]
    if form == "choice":
        ops.append("freeze")
        parts.append("none")
    options, letters = offer(template, parts, chance) if form in {"choice", "caption"} else (None, {})
    wording = chance.random()
    for op in ops:
        piece = Piece(op=op, start_s=course.start_s, end_s=course.end_s)
        clip = Clip(source_id=context.source.source_id, pieces=(piece,))
        shown = turn(course.told, op)
        answer = letters[shown] if options else _say(form, shown, course.told)
        yield draft_question(
            context,
            template,
            random.Random(wording),
            answer,
            words={"direction": course.told},
            options=options,
            evidence=tuple(_claim(course, clip, op)),
            media=(clip,),
            verifier=Verifier(kind="choice" if options else "text", value=answer),
            transform=None if op == "play" else Transform(recipe=op, seed=0),
            difficulty={"options": len(parts), "clip_s": round(course.end_s - course.start_s, 1)},
            twin_key=f"{template}:{course.anchor.anchor_id}:{asker}",
        )


def _claim(course: Course, clip: Clip, op: Op) -> Iterator[Claim]:
    """The fact of the direction, and when the clip shows it: never, where it is held still."""
    cited = (course.anchor.anchor_id,)
    for field in ("before", "after") if course.stem == "light" else ("direction",):
        yield Claim(kind="fact", field=field, value=getattr(course.anchor.value, field), anchors=cited)
    if op == "freeze":
        yield Claim(kind="absent", anchors=cited, clip=0)
    elif course.stem == "light":
        # the change itself may be over between two sampled frames: what is seen is the light on either side
        shown = claim_shown(course.anchor, clip).value
        yield Claim(kind="time", value=round(sum(shown) / 2, 3), anchors=cited, clip=0, field="middle")
    else:
        yield claim_shown(course.anchor, clip)


def turn(told: str, op: str) -> str:
    """The direction in which a stretch goes once it is mirrored, reversed or held still. Raises
    `ValueError` for another change."""
    if op == "play" or (op == "mirror" and told not in {"left", "right"}):
        return told
    if op in {"mirror", "reverse"}:
        return OPPOSITE[told]
    if op == "freeze":
        return "none"
    raise ValueError(f"what {op} makes of {told} is not known")


def _say(form: str, shown: str, told: str) -> str:
    """The way in one word, or whether it is the one asked about: of the light, whether it grows."""
    asked = "brighter" if told in {"brighter", "darker"} else told
    return shown if form == "open" else affirm(shown == asked)


def derive_course(draft: Draft) -> Any:
    """The direction that the claims state, turned as the clip's recipe turns it, in the answer's form."""
    facts = {claim.field: claim.value for claim in draft.evidence if claim.kind == "fact"}
    clip = draft.media[0]
    if not isinstance(clip, Clip) or len(clip.pieces) != 1:
        raise ValueError("a clip of one piece is needed")
    told = str(facts["direction"]) if "direction" in facts else _tell_light(facts)
    shown = turn(told, clip.pieces[0].op)
    form = draft.template.split("_", 1)[1]
    return pick_letter(draft, shown) if form in {"choice", "caption"} else _say(form, shown, told)


def _tell_light(facts: dict[str | None, Any]) -> str:
    return "brighter" if float(facts["after"]) > float(facts["before"]) else "darker"


def check_course(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `unfit_fact` (not one thing that goes one way, or not what the clip shows from end to end),
    `field_differs` (options that are not the ways the clip could go)."""
    stem, form = draft.template.split("_", 1)
    cited = {name for claim in draft.evidence for name in claim.anchors}
    stream = facts.source.stream
    course = None
    if len(cited) == 1 and stream is not None:
        anchor = facts.anchors[next(iter(cited))]
        course = read_course(anchor, group(facts.anchors.values()), stream.duration_s)
    if course is None or course.stem != stem:
        yield Finding(code="unfit_fact", detail=f"{sorted(cited)} bear no {stem}")
        return
    clip = draft.media[0]
    piece = clip.pieces[0] if isinstance(clip, Clip) else None
    if piece is None or (piece.start_s, piece.end_s, piece.speed) != (course.start_s, course.end_s, 1.0):
        yield Finding(code="unfit_fact", detail=f"the clip is not {course.start_s}–{course.end_s} s")
    parts = {course.told, OPPOSITE[course.told]} | ({"none"} if form == "choice" else set())
    if form in {"choice", "caption"} and set(read_parts(draft).values()) != parts:
        yield Finding(code="field_differs", detail=f"the options are not {sorted(parts)}")
