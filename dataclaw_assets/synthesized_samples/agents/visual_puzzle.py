"""Task `visual_puzzle`: order, moment and anomaly puzzles whose answer a machine can check."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Literal

from pydantic import BaseModel

from dataclaw_assets.anchor_values import MotionValue, ShotValue
from dataclaw_assets.quality.clock import map_interval, map_moment
from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Piece, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Payload
from dataclaw_assets.synthesized_samples.claims import claim_shown, still_of
from dataclaw_assets.synthesized_samples.context import (
    MIN_CLIP_S,
    Moment,
    SourceContext,
    letters,
    permute_away,
    pick_sets,
    play,
    shuffle_away,
)
from dataclaw_assets.synthesized_samples.phrasing import phrase
from dataclaw_assets.synthesized_samples.sketches import (
    choose_markable,
    claim_stroke,
    finished,
    make_clip,
    read_strokes,
)
from dataclaw_assets.tasks import VISUAL_PUZZLE, TaskSpec

MIN_PIECES, MAX_PIECES = 3, 4
"""Two pictures in order are a coin's toss."""

MOVING_LEVEL = 0.02
"""Mean picture change per second (0-1 luma) from which footage counts as moving. Whether it pauses too, so
that a frozen stretch would not stand out, is for the gate to see in the clip that was cut."""

POINT_REACH_S = 0.75
"""A picture that still matches this long before or after its moment names no moment."""

POINT_TOLERANCE_S = 0.5
"""One step of a trainer's sampling: nearer than that, nobody can tell."""

NEGATIVE_SHARE = 0.15
"""Share of localisation puzzles in which there is nothing to find (composition rule 5: 10-20 %)."""


class VisualPuzzle(Payload):
    """`puzzle` names the template; the verifier of the sample holds the machine-checkable answer."""

    puzzle: Literal[
        "order_stills",
        "order_strokes",
        "find_shot",
        "find_screen",
        "find_moment",
        "find_rotation",
        "find_freeze",
    ]


class VisualPuzzleAgent:
    """Composes puzzles from stills, shots, motion and strokes; needs no model."""

    spec: TaskSpec = VISUAL_PUZZLE
    version = "2"
    schema: type[BaseModel] = VisualPuzzle
    gates: Sequence[tuple[str, Gate]] = ()

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Drafts of every template that the source's anchors support."""
        if context.source.kind == "drawing":
            yield from _order_strokes(context)
            return
        for window in context.windows():
            moments = context.moments(window)
            yield from _order_stills(context, window, context.distinct_moments(window))
            yield from _find_shot(context, window, moments)
            yield from _find_moment(context, window, moments)
            yield from _find_rotation(context, window)
            yield from _find_freeze(context, window)

    def derive(self, draft: Draft) -> Any:
        """Orders from the labelled intervals, places in time from the one claim that was verified."""
        if draft.template in {"order_stills", "order_strokes"}:
            return [claim.label for claim in sorted(draft.evidence, key=lambda claim: float(claim.value[0]))]
        return draft.evidence[0].value


def _draft(context: SourceContext, template: str, chance: random.Random, answer: str, **fields: Any) -> Draft:
    return Draft(
        task_type="visual_puzzle",
        template=template,
        source_id=context.source.source_id,
        payload=VisualPuzzle(
            puzzle=template,  # type: ignore[arg-type]
            question=phrase("visual_puzzle", template, chance),
            answer=answer,
            clock="seconds from the start of the video",
        ).model_dump(mode="json"),
        **fields,
    )


def _order_stills(
    context: SourceContext, window: tuple[float, float], moments: list[Moment]
) -> Iterator[Draft]:
    chance = context.random("order_stills", *window)
    pieces = min(len(moments), MAX_PIECES)
    if pieces < MIN_PIECES:
        return
    count = min(context.cap(), len(moments) // pieces)
    for number, chosen in enumerate(pick_sets(moments, pieces, count, chance)):
        names = letters(pieces, chance)
        twin = permute_away(context, window, chosen, chance)
        if twin is None:
            continue
        mixed, order = twin
        wording = chance.random()
        stills = sorted(
            (still_of(m, name) for m, name in zip(chosen, names, strict=True)), key=lambda s: str(s.label)
        )
        gap = min(b.time_s - a.time_s for a, b in pairwise(chosen))
        plain = play(context.source, window)
        for clip, right, transform in (
            (plain, names, None),
            (
                mixed,
                [names[index] for index in order],
                Transform(recipe="permute", seed=number, settings={"order": order}),
            ),
        ):
            yield _draft(
                context,
                "order_stills",
                random.Random(wording),
                ", ".join(right),
                evidence=tuple(
                    claim_shown(m.anchor, clip, name) for m, name in zip(chosen, names, strict=True)
                ),
                media=(clip, *stills),
                verifier=Verifier(kind="permutation", value=right),
                transform=transform,
                difficulty={
                    "pieces": pieces,
                    "smallest_gap_s": round(gap, 1),
                    "clip_s": round(window[1] - window[0], 1),
                },
                twin_key=f"order_stills:{window[0]:.3f}:{number}",
            )


def _find_shot(context: SourceContext, window: tuple[float, float], moments: list[Moment]) -> Iterator[Draft]:
    chance = context.random("find_shot", *window)
    shots = [(shot, inside) for shot in context.clear_shots(window) if (inside := _inside(shot, moments))]
    chance.shuffle(shots)
    for shot, inside in shots[: context.cap()]:
        moment = chance.choice(inside)
        negative = chance.random() < NEGATIVE_SHARE
        clip = _without(context, window, shot) if negative else play(context.source, window)
        if clip is None:
            continue
        shown = (
            []
            if negative
            else [round(value, 1) for value in map_interval(clip, shot.start_s or 0, shot.end_s or 0)[0]]
        )
        claim = Claim(
            kind="absent" if negative else "interval",
            value=shown or None,
            anchors=(shot.anchor_id,),
            label="A",
            clip=0,
        )
        yield _draft(
            context,
            "find_screen" if context.shows_a_screen else "find_shot",
            chance,
            "not shown" if negative else f"{shown[0]:.1f}-{shown[1]:.1f}",
            evidence=(claim,),
            media=(clip, still_of(moment, "A")),
            verifier=Verifier(kind="interval", value=shown or None, tolerance=0.5),
            difficulty={"shot_s": round((shot.end_s or 0) - (shot.start_s or 0), 1), "negative": negative},
        )


def _inside(shot: Anchor, moments: list[Moment]) -> list[Moment]:
    start, end = shot.start_s or 0.0, shot.end_s or 0.0
    return [
        m for m in moments if start <= m.time_s < end and m.start_s >= start - 0.3 and m.end_s <= end + 0.3
    ]


def _without(context: SourceContext, window: tuple[float, float], shot: Anchor) -> Clip | None:
    """The longer side of the window beside a shot, half a second away from it; None when that is short."""
    before = (window[0], (shot.start_s or 0.0) - 0.5)
    after = ((shot.end_s or 0.0) + 0.5, window[1])
    longer = max(before, after, key=lambda side: side[1] - side[0])
    return play(context.source, longer) if longer[1] - longer[0] >= 4.0 else None


def _find_moment(
    context: SourceContext, window: tuple[float, float], moments: list[Moment]
) -> Iterator[Draft]:
    """Where motion is continuous there are no shots to find, but a picture still matches a short run only."""
    chance = context.random("find_moment", *window)
    length = window[1] - window[0]
    shuffled = chance.sample(moments, len(moments))
    clip = play(context.source, window)
    for moment in shuffled:
        at = map_moment(clip, moment.time_s)
        if at is None:
            continue
        value = round(at, 1)
        if max(moment.end_s - moment.time_s, moment.time_s - moment.start_s) > POINT_REACH_S:
            continue
        cited = (moment.anchor.anchor_id,)
        yield _draft(
            context,
            "find_moment",
            chance,
            f"{value:.1f}",
            evidence=(
                Claim(kind="time", value=value, anchors=cited, label="A", clip=0),
                claim_shown(moment.anchor, clip, "A"),
            ),
            media=(clip, still_of(moment, "A")),
            verifier=Verifier(kind="number", value=value, tolerance=POINT_TOLERANCE_S),
            difficulty={"run_s": round(moment.end_s - moment.start_s, 1), "clip_s": round(length, 1)},
        )


def _find_rotation(context: SourceContext, window: tuple[float, float]) -> Iterator[Draft]:
    chance = context.random("find_rotation", *window)
    stretches = list(_stretches_in_shots(context, window))
    chance.shuffle(stretches)
    for start, end in stretches[: max(1, context.cap() // 2)]:
        yield from _changed(context, "find_rotation", "rotate_180", window, (start, end), chance)


def _find_freeze(context: SourceContext, window: tuple[float, float]) -> Iterator[Draft]:
    """In stretches that move: before, during what is replaced, and after. None of screens, which rest by
    themselves until somebody acts."""
    if context.shows_a_screen or context.source.kind == "gui_trace":
        return
    chance = context.random("find_freeze", *window)
    for start, end in _moving_runs(context):
        inside = (max(start, window[0]), min(end, window[1]))
        if inside[1] - inside[0] >= MIN_CLIP_S:
            yield from _changed(context, "find_freeze", "freeze", inside, _place(inside, chance), chance)


def _moving_runs(context: SourceContext) -> list[tuple[float, float]]:
    """Longest stretches of which every measured interval moves."""
    runs: list[tuple[float, float]] = []
    for anchor in context.of_kind("motion"):
        if not isinstance(anchor.value, MotionValue) or anchor.value.level < MOVING_LEVEL:
            continue
        start, end = anchor.start_s or 0.0, anchor.end_s or 0.0
        if runs and start - runs[-1][1] < 0.1:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def _stretches_in_shots(context: SourceContext, window: tuple[float, float]) -> Iterator[tuple[float, float]]:
    for shot in context.of_kind("shot"):
        if not isinstance(shot.value, ShotValue):
            continue
        inside = (max(shot.start_s or 0.0, window[0]), min(shot.end_s or 0.0, window[1]))
        if inside[1] - inside[0] >= 5.0 and window[1] - window[0] >= 6.0:
            yield _place(inside, context.random("stretch", *inside))


def _place(inside: tuple[float, float], chance: random.Random) -> tuple[float, float]:
    """A stretch of 2 to 4 s with at least 1.2 s of its surroundings on both sides, off the sampling grid."""
    room = inside[1] - inside[0] - 2.4
    length = min(chance.uniform(2.0, 4.0), room)
    start = inside[0] + 1.2 + chance.uniform(0.0, room - length)
    return round(start, 2), round(start + length, 2)


def _changed(
    context: SourceContext,
    template: str,
    op: Literal["freeze", "rotate_180"],
    window: tuple[float, float],
    stretch: tuple[float, float],
    chance: random.Random,
) -> Iterator[Draft]:
    negative = chance.random() < NEGATIVE_SHARE
    pieces = (
        Piece(start_s=window[0], end_s=stretch[0]),
        Piece(op=op, start_s=stretch[0], end_s=stretch[1]),
        Piece(start_s=stretch[1], end_s=window[1]),
    )
    source_id = context.source.source_id
    clip = play(context.source, window) if negative else Clip(source_id=source_id, pieces=pieces)
    value = None if negative else [round(edge - window[0], 1) for edge in stretch]
    yield _draft(
        context,
        template,
        chance,
        "unchanged" if value is None else f"{value[0]:.1f}-{value[1]:.1f}",
        evidence=(Claim(kind="made", value=value, label=op, clip=0),),
        media=(clip,),
        verifier=Verifier(kind="interval", value=value, tolerance=0.5),
        transform=None
        if negative
        else Transform(recipe=op, seed=0, settings={"start_s": stretch[0], "end_s": stretch[1]}),
        difficulty={
            "stretch_s": None if negative else round(stretch[1] - stretch[0], 1),
            "clip_s": round(window[1] - window[0], 1),
            "negative": negative,
        },
    )


def _order_strokes(context: SourceContext) -> Iterator[Draft]:
    strokes = read_strokes(context)
    markable = choose_markable(strokes)
    if len(markable) < 4:
        return
    chance = context.random("order_strokes")
    chosen = sorted(chance.sample(markable, 4), key=lambda pair: pair[1].index)
    names = letters(4, chance)
    wording = chance.random()
    natural = [value.index for _, value in strokes]
    mixed = list(natural)
    slots = sorted(value.index for _, value in chosen)
    for slot, index in zip(slots, shuffle_away(4, chance), strict=True):
        mixed[slot] = slots[index]
    still = finished(
        context.source, len(strokes), [(v.index, n) for (_, v), n in zip(chosen, names, strict=True)]
    )
    for order in (natural, mixed):
        clip = make_clip(context.source, order)
        claims = tuple(claim_stroke(a, v, n, clip) for (a, v), n in zip(chosen, names, strict=True))
        right = [str(claim.label) for claim in sorted(claims, key=lambda claim: float(claim.value[0]))]
        yield _draft(
            context,
            "order_strokes",
            random.Random(wording),
            ", ".join(right),
            evidence=claims,
            media=(clip, still),
            verifier=Verifier(kind="permutation", value=right),
            transform=None
            if order == natural
            else Transform(recipe="permute_strokes", seed=0, settings={"order": mixed}),
            difficulty={"pieces": 4, "strokes": len(strokes)},
            twin_key="order_strokes",
        )
