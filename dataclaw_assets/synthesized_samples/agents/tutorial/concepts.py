"""Key concepts of a lecture: its slides' headings, to be matched with pictures that hide them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dataclaw_assets.anchor_values import TextValue
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.quality.gates.places import Box, locate_region
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Edit, Still, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import ask
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import (
    CLOCK,
    Concept,
    Scene,
    Tutorial,
    is_alphabet,
    show_scenes,
    text_of,
)
from dataclaw_assets.synthesized_samples.agents.tutorial.slides import (
    cover_numbers,
    is_alike,
    read_heading,
)
from dataclaw_assets.synthesized_samples.agents.video_qa.lines import (
    may_be_same,
    overlap,
    read_picture,
    widen,
)
from dataclaw_assets.synthesized_samples.claims import claim_shown
from dataclaw_assets.synthesized_samples.context import SourceContext, letters, play, read_context
from dataclaw_assets.synthesized_samples.phrasing import phrase

TEMPLATE = "key_concepts"

MIN_CONCEPTS, MAX_CONCEPTS = 3, 5
"""Headings that are asked for; one picture more is shown than there are headings."""

FIRST_LETTER = "P"
"""Of the headings; pictures have the letters from A on."""

MIN_SEEN_S = 2.0
"""How long a heading must be on screen in the clip: four sampled frames."""


def ask_concepts(
    context: SourceContext, window: tuple[float, float], slides: Sequence[Scene]
) -> Iterator[Draft]:
    """Which heading belongs to which slide: the clip shows them, the pictures have them covered, as their
    numbers are, and one picture is of a slide whose heading is not asked for."""
    if len(slides) <= MIN_CONCEPTS:
        return
    slides = [replace(slide, edits=cover_slide(context, slide.written[0], slide.edits)) for slide in slides]
    slides = [slide for slide in slides if hides_heading(context, slide)]
    if len(slides) <= MIN_CONCEPTS:
        return
    chance = context.random(TEMPLATE, *window)
    chosen = chance.sample(slides, min(len(slides), MAX_CONCEPTS + 1))
    clip = play(context.source, window)
    names = letters(len(chosen), chance)
    while is_alphabet(names[:-1]):
        names = letters(len(chosen), chance)
    asked = list(zip(chosen, names, strict=True))[:-1]
    claims: list[Claim] = []
    concepts = []
    options = {}
    for number, (slide, name) in enumerate(asked):
        letter = chr(ord(FIRST_LETTER) + number)
        heading = slide.written[0]
        seen = find_text(context.anchors, heading)
        shown = claim_shown(seen, clip, letter) if seen is not None else None
        if seen is None or shown is None or shown.value[1] - shown.value[0] < MIN_SEEN_S:
            return
        options[letter] = text_of(heading)
        claims.append(Claim(kind="text", value=options[letter], anchors=(heading.anchor_id,), label=letter))
        claims.append(shown)
        concepts.append(
            Concept(heading=options[letter], picture=name, start_s=shown.value[0], end_s=shown.value[1])
        )
    for slide, name in zip(chosen, names, strict=True):
        claims += _claim_covered(context, slide, name)
    right = [concept.picture for concept in concepts]
    payload = Tutorial(
        question=ask(phrase("tutorial", TEMPLATE, chance), options=options),
        answer=", ".join(right),
        clock=CLOCK,
        concepts=tuple(concepts),
        options=options,
    )
    yield Draft(
        task_type="tutorial",
        template=TEMPLATE,
        source_id=context.source.source_id,
        payload=payload.model_dump(mode="json"),
        evidence=tuple(claims),
        media=(clip, *show_scenes(chosen, names)),
        verifier=Verifier(kind="permutation", value=right),
        difficulty={"headings": len(concepts), "pictures": len(chosen)},
    )


def find_text(anchors: Sequence[Anchor], heading: Anchor) -> Anchor | None:
    """The whole time for which a heading is on screen; None where several texts may be it."""
    alike = [
        anchor
        for anchor in anchors
        if isinstance(anchor.value, TextValue) and is_alike(anchor.value.text, text_of(heading))
    ]
    return alike[0] if len(alike) == 1 else None


def cover_slide(context: SourceContext, heading: Anchor, numbers: Sequence[Edit]) -> tuple[Edit, ...]:
    """A black band across the whole picture, as the length of a box would give the heading away; then what
    covers the slides' numbers."""
    box = _locate(context, heading)
    top, bottom = widen(box, context.source)[1::2]
    return (Edit(op="darken", region=(0.0, top, 1.0, bottom), amount=1.0), *numbers)


def hides_heading(context: SourceContext, slide: Scene) -> bool:
    """Whether what is covered leaves something of the slide to tell it by: two lines that nothing touches, of
    which none says the heading again."""
    dark = [edit.region for edit in slide.edits if edit.region is not None]
    rest = [
        line
        for line in read_picture(context, slide.moment.time_s)
        if not any(overlap(line.box, region) for region in dark)
    ]
    return len(rest) >= 2 and not any(may_be_same(line.text, text_of(slide.written[0])) for line in rest)


def _locate(context: SourceContext, line: Anchor) -> Box:
    box = locate_region(line, context.source)
    if box is None:
        raise ValueError(f"{line.anchor_id} has no place")
    return box


def _claim_covered(context: SourceContext, slide: Scene, name: str) -> list[Claim]:
    heading = slide.written[0]
    return [
        Claim(kind="point", value=_find_middle(context, heading), anchors=(heading.anchor_id,), label=name),
        Claim(kind="edited", value=[edit.model_dump(mode="json") for edit in slide.edits], label=name),
    ]


def _find_middle(context: SourceContext, line: Anchor) -> list[float]:
    left, top, right, bottom = _locate(context, line)
    return [round((left + right) / 2, 3), round((top + bottom) / 2, 3)]


def derive_concepts(draft: Draft) -> list[str]:
    """The pictures of the headings, in the order in which these are listed."""
    pictures = {claim.anchors[0]: str(claim.label) for claim in draft.evidence if claim.kind == "point"}
    asked = sorted((c for c in draft.evidence if c.kind == "text"), key=lambda claim: str(claim.label))
    return [pictures[claim.anchors[0]] for claim in asked]


def check_concepts(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `field_differs`, `wrong_evidence` (a claim too many or too few, or of another kind of fact),
    `no_heading` (a line is not the heading of its picture's slide), `wrong_place`, `wrong_picture` (it is
    not covered)."""
    context = facts.prepare(read_context)
    stills = {str(m.label): m for m in draft.media[1:] if isinstance(m, Still)}
    options = draft.payload.get("options") or {}
    names = [chr(ord(FIRST_LETTER) + number) for number in range(len(stills) - 1)]
    kinds = sorted((claim.kind, str(claim.label)) for claim in draft.evidence)
    wanted = [(kind, name) for kind in ("text", "interval") for name in names]
    wanted += [(kind, name) for kind in ("point", "edited") for name in stills]
    if kinds != sorted(wanted) or len(stills) != len(draft.media) - 1:
        yield Finding(code="wrong_evidence", detail="not one of each claim for each heading and picture")
        return
    if list(options) != names or not MIN_CONCEPTS <= len(names) <= MAX_CONCEPTS:
        yield Finding(code="field_differs", detail=f"the options are {', '.join(options)}")
    if list(stills) != [chr(ord("A") + number) for number in range(len(stills))]:
        yield Finding(code="field_differs", detail=f"the pictures are {', '.join(stills)}")
    if not isinstance(draft.media[0], Clip) or any(piece.changed for piece in draft.media[0].pieces):
        yield Finding(code="field_differs", detail="the clip is not as the source has it")
    if draft.payload["clock"] != CLOCK or draft.payload["steps"] or draft.payload["transcript"]:
        yield Finding(code="field_differs", detail="key concepts have no steps and no transcript")
    claims = {(claim.kind, str(claim.label)): claim for claim in draft.evidence}
    numbers = cover_numbers(context)
    for name, still in stills.items():
        heading = facts.anchors[claims["point", name].anchors[0]]
        read = read_heading(context, still.time_s or 0.0)
        if heading.kind != "text_line" or read is None or read.anchor_id != heading.anchor_id:
            yield Finding(code="no_heading", detail=f"“{text_of(heading)}” is not the heading of {name}")
            return
        if claims["point", name].value != _find_middle(context, heading):
            yield Finding(code="wrong_place", detail=f"the heading of {name} lies elsewhere")
        if still.edits != cover_slide(context, heading, numbers):
            yield Finding(code="wrong_picture", detail=f"heading and number of {name} are covered otherwise")
    told = derive_concepts(draft)
    stated = [Concept.model_validate(concept) for concept in draft.payload["concepts"]]
    expected = []
    for name, picture in zip(names, told, strict=True):
        said, shown = claims["text", name], claims["interval", name]
        seen = find_text(context.anchors, facts.anchors[said.anchors[0]])
        if seen is None or shown.anchors != (seen.anchor_id,):
            yield Finding(code="wrong_evidence", detail=f"{name}: another text bears the time")
        start, end = shown.value
        expected.append(Concept(heading=options[name], picture=picture, start_s=start, end_s=end))
    if stated != expected:
        yield Finding(code="field_differs", detail="the concepts are not what the claims say")
