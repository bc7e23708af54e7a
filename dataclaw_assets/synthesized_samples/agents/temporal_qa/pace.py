"""Questions of `temporal_qa` about pace: which of two showings is faster, how often a movement repeats."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from dataclaw_assets.anchor_values import MotionValue, RepetitionValue
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Piece, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.temporal_qa.courses import group, in_one_take
from dataclaw_assets.synthesized_samples.agents.temporal_qa.forms import draft_question
from dataclaw_assets.synthesized_samples.agents.temporal_qa.words import (
    affirm,
    offer,
    pick_letter,
    read_parts,
)
from dataclaw_assets.synthesized_samples.context import SourceContext

MIN_STRETCH_S, MAX_STRETCH_S = 3.0, 5.0
"""At twice the pace the shorter one is still three sampled frames."""

MIN_LEVEL, MIN_FLOOR = 0.05, 0.02
"""Picture change per second, luma 0-1, in the mean and at its weakest: what stands still has no pace."""

RATIOS = (2.0, 2.5, 3.0)

MIN_PERIOD_S = 1.5
"""Three sampled frames a cycle; with fewer, a cycle is not to be told from two."""

MIN_STRENGTH = 0.5
MIN_COUNT, MAX_COUNT = 3, 8

SPEED_PARTS = {"choice": ("first", "second", "alike"), "caption": ("first", "second")}
SPEEDS = frozenset({"speed_choice", "speed_caption", "speed_yes_no"})
TEMPLATES = SPEEDS | {"repetition_count"}


def moves(anchor: Anchor) -> bool:
    """Whether the picture moves all through the interval of a motion anchor."""
    value = anchor.value
    return isinstance(value, MotionValue) and value.level >= MIN_LEVEL and value.floor >= MIN_FLOOR


def find_stretches(context: SourceContext) -> list[tuple[float, float, tuple[Anchor, ...]]]:
    """Stretches of one take that move from end to end, with the anchors that say so: one of each run."""
    runs: list[list[Anchor]] = []
    for anchor in context.of_kind("motion"):
        start = anchor.start_s or 0.0
        joined = runs and runs[-1] and abs((runs[-1][-1].end_s or 0.0) - start) < 0.05
        whole = joined and in_one_take(context.by_kind, runs[-1][0].start_s or 0.0, anchor.end_s or 0.0)
        if not moves(anchor):
            runs.append([])
        elif whole:
            runs[-1].append(anchor)
        else:
            runs.append([anchor])
    found = []
    for run in filter(None, runs):
        start, end = run[0].start_s or 0.0, run[-1].end_s or 0.0
        end = min(end, start + MAX_STRETCH_S)
        if end - start >= MIN_STRETCH_S and in_one_take(context.by_kind, start, end):
            found.append((start, end, tuple(a for a in run if (a.start_s or 0.0) < end - 1e-6)))
    return found


def ask_pace(context: SourceContext) -> Iterator[Draft]:
    """Every stretch that moves in one form, chosen by chance; every movement that repeats."""
    if context.shows_a_screen:
        return
    for start, end, cited in find_stretches(context):
        chance = context.random("speed", start, end)
        form = chance.choice(("choice", "caption", "yes_no"))
        yield from ask_speed(context, start, end, cited, form, chance)
    for anchor in context.of_kind("repetition"):
        yield from ask_count(context, anchor)


def ask_speed(
    context: SourceContext,
    start_s: float,
    end_s: float,
    cited: Sequence[Anchor],
    form: str,
    chance: random.Random,
    asker: str = "rules",
) -> Iterator[Draft]:
    """One stretch twice in one clip, one showing faster than the other, and with the two swapped; of a choice
    also both at one pace, such that the three clips are equally long. Within one file, neither its length
    nor its size tells the answer."""
    template = f"speed_{form}"
    ratio = chance.choice(RATIOS)
    even = 2 * ratio / (1 + ratio)
    shown = [("first", (ratio, 1.0)), ("second", (1.0, ratio))]
    if form == "choice":
        shown.append(("alike", (even, even)))
    options, letters = offer(template, SPEED_PARTS[form], chance) if form != "yes_no" else (None, {})
    wording = chance.random()
    claims = tuple(
        Claim(kind="fact", field=field, value=getattr(anchor.value, field), anchors=(anchor.anchor_id,))
        for anchor in cited
        for field in ("level", "floor")
    )
    for part, speeds in shown:
        pieces = tuple(Piece(start_s=start_s, end_s=end_s, speed=speed) for speed in speeds)
        answer = letters[part] if options else affirm(part == "second")
        yield draft_question(
            context,
            template,
            random.Random(wording),
            answer,
            options=options,
            evidence=claims,
            media=(Clip(source_id=context.source.source_id, pieces=pieces),),
            verifier=Verifier(kind="choice" if options else "text", value=answer),
            transform=Transform(recipe="speed", seed=0, settings={"speeds": list(speeds)}),
            difficulty={
                "options": len(shown),
                "ratio": ratio,
                "clip_s": round((end_s - start_s) * (1 + 1 / ratio), 1),
            },
            twin_key=f"{template}:{start_s:.3f}:{asker}",
        )


def ask_count(context: SourceContext, anchor: Anchor) -> Iterator[Draft]:
    """As many whole cycles as there are, and one or two fewer; the four options are neighbours."""
    value = anchor.value
    if not repeats(anchor) or not isinstance(value, RepetitionValue):
        return
    chance = context.random("repetition_count", anchor.anchor_id)
    fewer = value.count - chance.choice((1, 2))
    # both right answers are among the four, at any place of the row
    lowest = chance.randint(max(2, value.count - 3), fewer) if fewer >= 2 else fewer
    options, letters = offer("repetition_count", [str(lowest + step) for step in range(4)], chance)
    wording = chance.random()
    for count in (value.count, fewer):
        start = anchor.start_s or 0.0
        piece = Piece(start_s=start, end_s=round(start + count * value.period_s, 6))
        yield draft_question(
            context,
            "repetition_count",
            random.Random(wording),
            letters[str(count)],
            options=options,
            evidence=tuple(
                Claim(kind="fact", field=field, value=getattr(value, field), anchors=(anchor.anchor_id,))
                for field in ("count", "period_s")
            ),
            media=(Clip(source_id=context.source.source_id, pieces=(piece,)),),
            verifier=Verifier(kind="choice", value=letters[str(count)]),
            transform=None
            if count == value.count
            else Transform(recipe="cut_cycles", seed=0, settings={"cycles": count}),
            difficulty={"options": 4, "count": count, "period_s": value.period_s},
            twin_key=f"repetition_count:{anchor.anchor_id}",
        )


def repeats(anchor: Anchor) -> bool:
    """Whether a movement repeats slowly and clearly enough to be counted at a trainer's sampling."""
    value = anchor.value
    return (
        isinstance(value, RepetitionValue)
        and value.strength >= MIN_STRENGTH
        and value.period_s >= MIN_PERIOD_S
        and MIN_COUNT <= value.count <= MAX_COUNT
        and anchor.start_s is not None
        and anchor.end_s is not None
        and anchor.start_s + value.count * value.period_s <= anchor.end_s + 0.5 * value.period_s
    )


def derive_pace(draft: Draft) -> Any:
    """Which showing the clip's recipe makes faster, or how many of the claimed cycles it plays."""
    clip = draft.media[0]
    if not isinstance(clip, Clip):
        raise TypeError("a clip is needed")
    if draft.template == "repetition_count":
        facts = {claim.field: claim.value for claim in draft.evidence if claim.kind == "fact"}
        cycles = sum(piece.length_s for piece in clip.pieces) / float(facts["period_s"])
        if abs(cycles - round(cycles)) > 0.05 or not 1 <= round(cycles) <= int(facts["count"]):
            raise ValueError(f"{cycles:.2f} cycles of {facts['count']}")
        return pick_letter(draft, str(round(cycles)))
    first, second = (piece.speed for piece in clip.pieces)
    part = "alike" if first == second else ("first" if first > second else "second")
    return affirm(part == "second") if draft.template == "speed_yes_no" else pick_letter(draft, part)


def check_pace(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `unfit_fact` (the stretch does not move from end to end, or a cut interrupts it; what repeats
    is too quick, too faint, or not what the clip plays), `field_differs` (options)."""
    clip = draft.media[0]
    pieces = clip.pieces if isinstance(clip, Clip) else ()
    start = min((piece.start_s for piece in pieces), default=0.0)
    end = max((piece.end_s for piece in pieces), default=0.0)
    cited = [facts.anchors[name] for claim in draft.evidence for name in claim.anchors]
    if draft.template == "repetition_count":
        right = all(repeats(anchor) and anchor.start_s == start for anchor in cited) and len(pieces) == 1
    else:
        shared = [min(end, a.end_s or 0.0) - max(start, a.start_s or 0.0) for a in set_of(cited)]
        stated = {(claim.anchors, claim.field) for claim in draft.evidence}
        right = (
            all(map(moves, cited))
            and len(stated) == len(draft.evidence) == 2 * len(shared)
            and min(shared, default=0.0) > 0.0
            and sum(shared) >= 0.98 * (end - start)
            and len({(piece.op, piece.start_s, piece.end_s) for piece in pieces}) == 1
            and len(pieces) == 2
        )
    if not right or not in_one_take(group(facts.anchors.values()), start, end):
        yield Finding(code="unfit_fact", detail=f"{start}–{end} s: {sorted({a.anchor_id for a in cited})}")
    form = draft.template.removeprefix("speed_")
    if form in SPEED_PARTS and set(read_parts(draft).values()) != set(SPEED_PARTS[form]):
        yield Finding(code="field_differs", detail=f"the options are not {SPEED_PARTS[form]}")


def set_of(anchors: Sequence[Anchor]) -> list[Anchor]:
    """Each anchor once."""
    return list({anchor.anchor_id: anchor for anchor in anchors}.values())
