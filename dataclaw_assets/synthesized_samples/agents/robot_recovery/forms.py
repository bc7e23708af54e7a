"""The forms of `robot_recovery`: from a chosen movement or grasp to drafts, whoever chose it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Literal

from dataclaw_assets.anchor_values import HoldValue
from dataclaw_assets.quality.clock import clip_duration, made_intervals
from dataclaw_assets.records import Anchor, Clip, Draft, Media, Piece, Still, Verifier
from dataclaw_assets.synthesized_samples.agents.robot_recovery.drafts import TASK, draft_choice, draft_fault
from dataclaw_assets.synthesized_samples.agents.robot_recovery.faults import (
    Pieces,
    find_made,
    hesitate,
    is_seen,
    set_back,
    stagnate,
)
from dataclaw_assets.synthesized_samples.agents.robot_understanding.options import letter_options
from dataclaw_assets.synthesized_samples.agents.robot_understanding.phases import (
    count_shown,
    find_grip,
    list_phases,
    name_phase,
)
from dataclaw_assets.synthesized_samples.context import SourceContext

NEGATIVE_SHARE = 1 / 3
"""Of the hesitations to be found: as likely as one early or one late."""

TRIM_S = 0.05
"""At its ends a movement is slow: what is cut there looks still already."""

LEAD_S = 0.5
"""Seen moving before and after a fault: one step of a trainer's sampling."""

SEEN_S = 0.1
"""So much more before a fault, that two sampled frames lie there."""

GONE_ON_S = 1.0
"""Seen moving after a hesitation: no shorter stretch can hold two sampled frames in which it has moved."""

MIN_FAULT_S = 0.55
"""No shorter fault holds two frames of a 2 fps sampling."""

MIN_ROOM_S = 3.0
"""In a shorter movement every hesitation that can be seen begins and ends at much the same time."""

MIN_WAY_S, MAX_WAY_S = 0.8, 2.0
"""Seen of a movement before a fault that is to be named."""

LIFT_S = 0.5
"""Of a thing that is taken, before it is lost again: a trainer's sampling sees it off the table once."""

PART_OF_WAY = (0.3, 0.7)
"""A setback is so much of the way that was seen: less is a jerk, more a return."""

TRIES = 100
"""How many places for a fault are tried in a movement: most are seen too little by a 2 fps sampling."""

MAX_CLIP_S = 6.0
"""A longer clip of one movement makes nothing harder."""

APART_S = 0.4
"""Of movement between two pictures offered, or one of them and the clip's first frame: an arm is seen
elsewhere after it."""

MIN_PICTURES = 3
"""Of two, one is ruled out by the clip itself."""

HALFWAY = 0.6
"""Of a movement, before a fault that is to be named: later the arm may be where it was to go."""

FUTURE_S = 1.5
"""Length of the recovery clip; a whole one of it at least 1 s (gate `media`)."""


def ask_hesitation(context: SourceContext, movement: Anchor, chance: random.Random) -> Iterator[Draft]:
    """When the arm hesitates in the middle of a long movement; now and then it does not, in a clip as long as
    one in which it would."""
    first, last = _trim(movement)
    room, lead = last - first, LEAD_S + SEEN_S
    if room < MIN_ROOM_S:
        return
    negative = chance.random() < NEGATIVE_SHARE
    for _ in range(TRIES):
        length = round(chance.uniform(MIN_ROOM_S, min(room, MAX_CLIP_S)), 2)
        start = round(first + chance.uniform(0.0, room - length), 3)
        before = round(chance.uniform(lead, length - MIN_FAULT_S - GONE_ON_S), 3)
        halt = round(chance.uniform(MIN_FAULT_S, length - before - GONE_ON_S), 2)
        if not is_seen((before, before + halt), length, context.settings):
            continue
        at, end = round(start + before, 3), round(start + length - halt, 3)
        whole = (Piece(start_s=start, end_s=round(start + length, 3)),)
        clip = _clip(context, whole if negative else hesitate(start, at, end, halt))
        value = find_made(clip)
        answer = "unchanged" if value is None else f"{value[0]:.1f}-{value[1]:.1f}"
        verifier = Verifier(kind="interval", value=value, tolerance=0.5)
        yield draft_fault(context, "find_hesitation", chance, (clip,), movement, answer, verifier)
        return


def ask_fault(context: SourceContext, movement: Anchor, chance: random.Random, key: str) -> Iterator[Draft]:
    """Which of three faults the arm shows; its twins show the other two, in as long a clip. None where it
    may have a fault of its own."""
    if _may_be_empty(context, movement):
        return
    cuts = next(filter(None, (_cut_faults(context, movement, chance) for _ in range(TRIES))), {})
    options = letter_options(TASK, sorted(cuts), chance)
    wording = chance.random()
    for fault, pieces in cuts.items():
        yield draft_choice(context, "name_fault", wording, pieces, movement, options, fault, key)


def _cut_faults(context: SourceContext, movement: Anchor, chance: random.Random) -> dict[str, Pieces]:
    """The pieces of each fault at one moment of a movement, in clips of one length; none where a trainer's
    sampling would not see the fault, or that the arm goes on."""
    first, last = _trim(movement)
    latest = min(last - GONE_ON_S, first + HALFWAY * (last - first))
    step = 1.0 / context.settings.consumer_fps
    # a sampled frame shows it where it turns back, the next one gone back
    way = round(step * chance.randint(1, int(MAX_WAY_S / step)) - chance.uniform(0.0, MIN_FAULT_S - step), 3)
    if context.source.stream is None or not MIN_WAY_S <= way <= latest - first:
        return {}
    at = round(chance.uniform(first + way, latest), 3)
    back = round(max(MIN_FAULT_S, way * chance.uniform(*PART_OF_WAY)), 3)
    halt = round(chance.uniform(MIN_FAULT_S, 2 * back), 3)
    start, end = round(at - way, 3), round(chance.uniform(at + GONE_ON_S, min(last, at + MAX_WAY_S)), 3)
    length, end_of_setback = way + halt + end - at, round(end + halt - 2 * back, 3)
    if end_of_setback < at + LEAD_S or at + length - way > context.source.stream.duration_s:
        return {}
    faults = ((way, way + halt), (way, length), (way, way + back))
    if not all(is_seen(fault, length, context.settings) for fault in faults):
        return {}
    return {
        "hesitation": hesitate(start, at, end, halt),
        "early_stagnation": stagnate(start, at, length - way),
        "setback": set_back(start, round(at - back, 3), at, end_of_setback),
    }


def ask_grasp(context: SourceContext, hold: Anchor, chance: random.Random, key: str) -> Iterator[Draft]:
    """How often the gripper closes: we made the arm go back with what it holds, in the one clip so far that
    it loses its grasp and takes it again. Both begin and end with the same frames."""
    found = _find_grasp(context, hold)
    if found is None or context.source.stream is None:
        return
    closing, lift = found
    back_s = round((closing.start_s or 0.0) - 0.4, 3)
    at_s = round(min((lift.end_s or 0.0) - TRIM_S, (lift.start_s or 0.0) + LIFT_S), 3)
    start, end = round(max(0.0, back_s - LEAD_S), 3), round(at_s + GONE_ON_S, 3)
    shift = round((closing.end_s or 0.0) + SEEN_S - back_s, 3)
    held = (hold.end_s or 0.0) - LEAD_S
    if back_s <= start or max(end, at_s + shift) > held:
        return
    faulty = _clip(context, set_back(start, back_s, at_s, end))
    firm = _clip(context, set_back(start, round(back_s + shift, 3), round(at_s + shift, 3), end))
    closings = context.of_kind("phase")
    if [count_shown(clip, closings, "gripper_closing") for clip in (faulty, firm)] != [2, 1] or not all(
        is_seen(made_intervals(clip)[-1], clip_duration(clip), context.settings) for clip in (faulty, firm)
    ):
        return
    options = letter_options(TASK, ["once", "twice"], chance)
    wording = chance.random()
    for clip, right in ((faulty, "twice"), (firm, "once")):
        yield draft_choice(context, "count_grasps", wording, clip.pieces, closing, options, right, key)


def ask_recovery(
    context: SourceContext, movement: Anchor, at_s: float, chance: random.Random, key: str
) -> Iterator[Draft]:
    """The arm gets stuck: which picture shows how its movement would have gone on. The true future is cut as
    the clip to be made; the twin plays the movement backwards, so that what was past is next."""
    stream = context.source.stream
    placed = _place_pictures(context, movement, at_s, chance)
    if stream is None or placed is None:
        return
    reach, times = placed
    halt = round(chance.uniform(1.1, 1.6), 2)
    future = round(min(at_s + FUTURE_S, stream.duration_s), 3)
    if at_s + halt > stream.duration_s or future - at_s < 1.0:
        return
    names = [chr(ord("A") + place) for place in range(len(times))]
    chance.shuffle(names)
    stills = tuple(
        sorted(
            (_still(context, time, name) for time, name in zip(times, names, strict=True)),
            key=lambda still: str(still.label),
        )
    )
    ahead = stagnate(round(at_s - reach, 3), at_s, halt)
    behind = (Piece(op="reverse", start_s=at_s, end_s=round(at_s + reach, 3)), ahead[1])
    recovery: tuple[Media, ...] = (
        Still(source_id=context.source.source_id, time_s=at_s, side="output"),
        _clip(context, (Piece(start_s=at_s, end_s=future),), side="output"),
    )
    wording = chance.random()
    past = max(time for time in times if time < at_s)
    coming = min(time for time in times if time > at_s)
    for pieces, next_s, output in ((ahead, coming, recovery), (behind, past, ())):
        right = names[times.index(next_s)]
        yield draft_fault(
            context,
            "recover",
            random.Random(wording),
            (_clip(context, pieces), *stills, *output),
            movement,
            right,
            Verifier(kind="choice", value=right),
            key=key,
        )


def find_next(draft: Draft) -> str | None:
    """The letter of the picture that the movement of a clip which stops would reach first."""
    clip = draft.media[0]
    if not isinstance(clip, Clip):
        raise TypeError("a clip is needed")
    sense = -1 if clip.pieces[0].op == "reverse" else 1
    at = clip.pieces[-1].start_s
    stills = [m for m in draft.media if isinstance(m, Still) and m.side == "input" and m.time_s is not None]
    later = [still for still in stills if sense * ((still.time_s or 0.0) - at) > 0]
    return min(later, key=lambda still: abs((still.time_s or 0.0) - at)).label


def _trim(movement: Anchor) -> tuple[float, float]:
    return (movement.start_s or 0.0) + TRIM_S, (movement.end_s or 0.0) - TRIM_S


def _may_be_empty(context: SourceContext, movement: Anchor) -> bool:
    """Whether the arm moves with its gripper closed and nothing measures that it holds a thing: to the eye, a
    grasp that missed is a fault as well."""
    start, end = movement.start_s or 0.0, movement.end_s or 0.0
    gripper = list_phases(context.of_kind("phase"), "gripper_closing", "gripper_opening")
    before = [a for a in gripper if (a.start_s or 0.0) < end - TRIM_S]
    held = any((a.start_s or 0.0) <= start and end <= (a.end_s or 0.0) for a in context.of_kind("hold"))
    return bool(before) and name_phase(before[-1]) == "gripper_closing" and not held


def _find_grasp(context: SourceContext, hold: Anchor) -> tuple[Anchor, Anchor] | None:
    """The closing that takes hold of a thing, and the movement that carries it off."""
    if not isinstance(hold.value, HoldValue) or hold.start_s is None:
        return None
    phases = [a for a in context.of_kind("phase") if a.start_s is not None and a.end_s is not None]
    closing = [
        a
        for a in phases
        if getattr(a.value, "phase", None) == "gripper_closing"
        and (a.start_s or 0.0) - 0.2 <= hold.start_s <= (a.end_s or 0.0) + 0.2
    ]
    lifts = [
        a
        for a in phases
        if getattr(a.value, "phase", None) == "moving"
        and closing
        and 0.0 <= (a.start_s or 0.0) - (closing[0].end_s or 0.0) <= 1.5
    ]
    return (closing[0], lifts[0]) if closing and lifts else None


def _place_pictures(
    context: SourceContext, movement: Anchor, at_s: float, chance: random.Random
) -> tuple[float, list[float]] | None:
    """How much is seen of a movement before it gets stuck, and the times of the pictures: its beginning, its
    end and, by chance, a place on the way to either, so that an end is right as often as not. None where two
    would be alike, or one and the clip's first frame."""
    low, high = find_grip(context.of_kind("phase"), at_s, context.source)
    early, late = max(low, movement.start_s or 0.0), min(high, movement.end_s or 0.0)
    ways = {-1: at_s - early, 1: late - at_s}
    for side in chance.sample([-1, 1], 2):
        reach = round(min(ways[side] - 2 * APART_S, ways[-side] - APART_S), 3)
        if reach >= LEAD_S:
            return reach, [round(time, 3) for time in (early, at_s + side * (reach + APART_S), late)]
    return None


def _clip(context: SourceContext, pieces: Pieces, side: Literal["input", "output"] = "input") -> Clip:
    return Clip(source_id=context.source.source_id, pieces=pieces, side=side)


def _still(context: SourceContext, time_s: float, label: str) -> Still:
    return Still(source_id=context.source.source_id, time_s=time_s, label=label)
