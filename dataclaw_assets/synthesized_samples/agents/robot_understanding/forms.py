"""The forms of `robot_understanding`: from chosen phases and holds to drafts, whoever chose them."""

from __future__ import annotations

import random
from collections.abc import Iterator

from dataclaw_assets.anchor_values import HoldValue
from dataclaw_assets.quality.clock import clip_duration, map_interval
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Piece, Still, Verifier
from dataclaw_assets.synthesized_samples.agents.robot_understanding.drafts import TASK, draft_question
from dataclaw_assets.synthesized_samples.agents.robot_understanding.options import (
    find_option,
    letter_options,
)
from dataclaw_assets.synthesized_samples.agents.robot_understanding.phases import (
    OPPOSITE,
    Phase,
    count_shown,
    list_phases,
    name_phase,
)
from dataclaw_assets.synthesized_samples.claims import claim_shown
from dataclaw_assets.synthesized_samples.context import SourceContext

LONGEST_S = 20.0
"""Of a clip: in a longer one a gripper's movement is an event among many."""

MIN_LEAD_S = 1.2
"""Of a clip that ends before an event: three frames of a 2 fps sampling."""

BEFORE_S = 0.15
"""So long before an event a clip ends, lest it be seen beginning."""

EDGE_S = 0.6
"""An event lies so far within its clip: one step of a trainer's sampling, and a little."""

APART_S = 1.0
"""The same question has another answer only when the two lie farther apart than its tolerance twice."""

TOLERANCE_S = 0.5

MOMENTS: dict[str, Phase] = {"closing_moment": "gripper_closing", "opening_moment": "gripper_opening"}
"""Templates that ask for the time of a gripper's movement."""

STAGES = ("before", "between", "after")

TRIES = 20
"""How many windows are tried for a twin that answers otherwise."""


def ask_next(
    context: SourceContext, closing: Anchor, opening: Anchor, chance: random.Random, key: str
) -> Iterator[Draft]:
    """What the gripper does next, of a clip that ends before it closes; the twin's ends before it opens."""
    ends = [(anchor.start_s or 0.0) - BEFORE_S for anchor in (closing, opening)]
    gripper = list_phases(context.of_kind("phase"), "gripper_closing", "gripper_opening")
    first = [max([0.0, *((a.end_s or 0.0) for a in gripper if (a.end_s or 0.0) <= end)]) for end in ends]
    length = round(min(ends[0] - first[0], ends[1] - first[1], 3.0) - 0.05, 3)
    if length < MIN_LEAD_S:
        return
    options = letter_options(TASK, ["gripper_closing", "gripper_opening"], chance)
    wording = chance.random()
    for anchor, end in zip((closing, opening), ends, strict=True):
        right = find_option(TASK, options, str(name_phase(anchor)))
        yield draft_question(
            context,
            "next_gripper",
            random.Random(wording),
            (_clip(context, Piece(start_s=round(end - length, 3), end_s=round(end, 3))),),
            (_state(anchor),),
            right,
            Verifier(kind="choice", value=right),
            {"options": 2, "ahead_s": BEFORE_S},
            options=options,
            key=key,
        )


def ask_moment(
    context: SourceContext, asked: Phase, closing: Anchor, opening: Anchor, chance: random.Random, key: str
) -> Iterator[Draft]:
    """When the gripper closes, or opens, in a clip that shows both; the twin plays it backwards, so that the
    one is the other."""
    for _ in range(TRIES):
        window = find_window(context, (closing, opening), chance)
        made = list(_ask_both(context, asked, (closing, opening), window, chance, key)) if window else []
        if len(made) == 2 and abs(made[0].verifier.value - made[1].verifier.value) > APART_S:
            yield from made
            return


def _ask_both(
    context: SourceContext,
    asked: Phase,
    events: tuple[Anchor, Anchor],
    window: tuple[float, float],
    chance: random.Random,
    key: str,
) -> Iterator[Draft]:
    template = next(name for name, phase in MOMENTS.items() if phase == asked)
    wording = chance.random()
    for op in ("play", "reverse"):
        clip = _clip(context, Piece(op=op, start_s=window[0], end_s=window[1]))
        wanted = asked if op == "play" else OPPOSITE[asked]
        anchor = next(a for a in events if name_phase(a) == wanted)
        if count_shown(clip, context.of_kind("phase"), asked) != 1:
            return
        shown = map_interval(clip, anchor.start_s or 0.0, anchor.end_s or 0.0)[0]
        value = round(sum(shown) / 2, 1)
        time = Claim(kind="time", value=value, anchors=(anchor.anchor_id,), clip=0, field="middle")
        yield draft_question(
            context,
            template,
            random.Random(wording),
            (clip,),
            (time, _state(anchor)),
            f"{value:.1f}",
            Verifier(kind="number", value=value, tolerance=TOLERANCE_S),
            {"clip_s": round(clip_duration(clip), 1)},
            key=key,
        )


def ask_hold(context: SourceContext, hold: Anchor, chance: random.Random) -> Iterator[Draft]:
    """From when to when the gripper holds a thing that it takes and lets go within the clip."""
    window = find_window(context, (hold, hold), chance)
    others = [a for a in context.of_kind("hold") if a is not hold and a.start_s is not None]
    if window is None or not isinstance(hold.value, HoldValue) or not hold.value.released:
        return
    if any((a.start_s or 0.0) < window[1] and (a.end_s or 0.0) > window[0] for a in others):
        return
    clip = _clip(context, Piece(start_s=window[0], end_s=window[1]))
    claim = claim_shown(hold, clip)
    value = [round(edge, 1) for edge in claim.value]
    yield draft_question(
        context,
        "hold_interval",
        chance,
        (clip,),
        (claim.model_copy(update={"value": value}),),
        f"{value[0]:.1f}-{value[1]:.1f}",
        Verifier(kind="interval", value=value, tolerance=TOLERANCE_S),
        {"hold_s": round(value[1] - value[0], 1), "clip_s": round(clip_duration(clip), 1)},
    )


def ask_stage(
    context: SourceContext, closing: Anchor, opening: Anchor, chance: random.Random, key: str
) -> Iterator[Draft]:
    """Whether a picture is from before the gripper closes, from before it opens again, or from after; a
    sample for each, with the same clip."""
    window = find_window(context, (closing, opening), chance)
    if window is None:
        return
    clip = _clip(context, Piece(start_s=window[0], end_s=window[1]))
    edges = [window[0], closing.start_s or 0.0, closing.end_s or 0.0, opening.start_s or 0.0]
    edges += [opening.end_s or 0.0, window[1]]
    times = [_place(context, clip, edges[at] + 0.3, edges[at + 1] - 0.3, chance) for at in (0, 2, 4)]
    options = letter_options(TASK, STAGES, chance)
    wording = chance.random()
    for stage, time in zip(STAGES, times, strict=True):
        if time is None:
            return
        right = find_option(TASK, options, stage)
        yield draft_question(
            context,
            "stage_of_picture",
            random.Random(wording),
            (clip, Still(source_id=context.source.source_id, time_s=time, label="X")),
            (_when(closing, clip), _state(closing), _when(opening, clip), _state(opening)),
            right,
            Verifier(kind="choice", value=right),
            {"options": 3, "clip_s": round(clip_duration(clip), 1)},
            options=options,
            key=key,
        )


def find_window(
    context: SourceContext, events: tuple[Anchor, Anchor], chance: random.Random
) -> tuple[float, float] | None:
    """A stretch about two events, no other movement of the gripper in it; None where it would begin or end
    too near to one of them."""
    first, last = events[0].start_s or 0.0, events[1].end_s or 0.0
    end = context.source.stream.duration_s if context.source.stream else 0.0
    gripper = list_phases(context.of_kind("phase"), "gripper_closing", "gripper_opening")
    low = max([0.0, *((a.end_s or 0.0) + 0.1 for a in gripper if (a.end_s or 0.0) < first - 0.2)])
    high = min([end, *((a.start_s or 0.0) - 0.1 for a in gripper if (a.start_s or 0.0) > last + 0.2)])
    if first - low < EDGE_S or high - last < EDGE_S or last - first > LONGEST_S - 2 * EDGE_S:
        return None
    spare = (LONGEST_S - (last - first)) / 2
    start = chance.uniform(max(low, first - spare), first - EDGE_S)
    stop = chance.uniform(last + EDGE_S, min(high, last + spare))
    return round(start, 3), round(stop, 3)


def _place(
    context: SourceContext, clip: Clip, first: float, last: float, chance: random.Random
) -> float | None:
    """A moment that a trainer's sampling of the clip passes over."""
    for _ in range(20):
        time = round(chance.uniform(first, last), 3)
        if first <= time <= last and context.off_grid(time - clip.pieces[0].start_s):
            return time
    return None


def _when(anchor: Anchor, clip: Clip) -> Claim:
    shown = map_interval(clip, anchor.start_s or 0.0, anchor.end_s or 0.0)[0]
    return Claim(
        kind="time", value=round(sum(shown) / 2, 2), anchors=(anchor.anchor_id,), clip=0, field="middle"
    )


def _state(anchor: Anchor) -> Claim:
    return Claim(kind="fact", value=name_phase(anchor), anchors=(anchor.anchor_id,), field="phase")


def _clip(context: SourceContext, piece: Piece) -> Clip:
    return Clip(source_id=context.source.source_id, pieces=(piece,))
