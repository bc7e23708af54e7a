"""The forms of `robot_recovery`: from a chosen movement or grasp to drafts, whoever chose it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Literal

from dataclaw_assets.anchor_values import HoldValue
from dataclaw_assets.quality.clock import clip_duration
from dataclaw_assets.records import Anchor, Clip, Draft, Media, Piece, Still, Verifier
from dataclaw_assets.synthesized_samples.agents.robot_recovery.drafts import TASK, draft_choice, draft_fault
from dataclaw_assets.synthesized_samples.agents.robot_recovery.faults import (
    Pieces,
    find_made,
    goes_on,
    hesitate,
    set_back,
    stagnate,
)
from dataclaw_assets.synthesized_samples.agents.robot_understanding.options import letter_options
from dataclaw_assets.synthesized_samples.agents.robot_understanding.phases import count_shown
from dataclaw_assets.synthesized_samples.context import SourceContext

NEGATIVE_SHARE = 0.2
"""Of the hesitations to be found, where there is room for a clip without one (composition rule 5)."""

TRIM_S = 0.05
"""At its ends a movement is slow: what is cut there looks still already."""

LEAD_S = 0.5
"""Seen moving before and after a fault: one step of a trainer's sampling."""

SEEN_S = 0.1
"""So much more before a fault, that two sampled frames lie there."""

MIN_FAULT_S = 1.0
"""Two frames of a 2 fps sampling fall into it wherever it lies."""

TRIES = 20
"""How many places for a fault are tried in a movement."""

MAX_CLIP_S = 6.0
"""A longer clip of one movement makes nothing harder."""

AWAY_S = 0.6
"""How far the pictures offered are from the moment of the fault: nearer, two poses look alike."""

FUTURE_S = 1.5
"""Length of the recovery clip; a whole one of it at least 1 s (gate `media`)."""


def ask_hesitation(context: SourceContext, movement: Anchor, chance: random.Random) -> Iterator[Draft]:
    """When the arm hesitates in the middle of a movement; now and then it does not. Clips of both sorts are
    of the same lengths, where the movement is longer than three seconds."""
    first, last = _trim(movement)
    room, least = last - first, 2 * LEAD_S + SEEN_S
    shortest = least + MIN_FAULT_S
    negative = chance.random() < NEGATIVE_SHARE and room >= shortest
    longest = min(room if negative else max(room, 3.0), MAX_CLIP_S)
    length = round(chance.uniform(shortest, longest), 2)
    for _ in range(TRIES):
        halt = round(chance.uniform(max(MIN_FAULT_S, length - room), length - least), 2)
        moving = length if negative else length - halt
        if room < moving - 1e-6 or moving < least - 1e-6:
            continue
        start = round(first + chance.uniform(0.0, room - moving), 3)
        end = round(start + moving, 3)
        at = round(start + LEAD_S + SEEN_S + chance.uniform(0.0, moving - least), 3)
        pieces: Pieces = (Piece(start_s=start, end_s=end),) if negative else hesitate(start, at, end, halt)
        clip = _clip(context, pieces)
        if goes_on(clip, context.settings):
            value = find_made(clip)
            answer = "unchanged" if value is None else f"{value[0]:.1f}-{value[1]:.1f}"
            verifier = Verifier(kind="interval", value=value, tolerance=0.5)
            yield draft_fault(context, "find_hesitation", chance, (clip,), movement, answer, verifier)
            return


def ask_fault(context: SourceContext, movement: Anchor, chance: random.Random, key: str) -> Iterator[Draft]:
    """Which of three faults the arm shows; its twins show the other two, in as long a clip."""
    cuts = next(filter(None, (_cut_faults(context, movement, chance) for _ in range(TRIES))), {})
    options = letter_options(TASK, sorted(cuts), chance)
    wording = chance.random()
    for fault, pieces in cuts.items():
        yield draft_choice(context, "name_fault", wording, pieces, movement, options, fault, key)


def _cut_faults(context: SourceContext, movement: Anchor, chance: random.Random) -> dict[str, Pieces]:
    """The pieces of each fault at one moment of a movement; none where a trainer's sampling would not see
    that the arm goes on."""
    first, last = _trim(movement)
    back, stream = MIN_FAULT_S, context.source.stream
    stop = stream.duration_s - 2 * back if stream else 0.0
    earliest, latest = first + back, min(last, stop) - LEAD_S
    if earliest > latest:
        return {}
    at = round(chance.uniform(earliest, latest), 3)
    start, end = round(max(first, at - 2 * back), 3), round(min(last, stop, at + 2 * back), 3)
    cuts: dict[str, Pieces] = {
        "hesitation": hesitate(start, at, end, 2 * back),
        "early_stagnation": stagnate(start, at, 2 * back + end - at),
        "setback": set_back(start, round(at - back, 3), at, end),
    }
    seen = all(goes_on(_clip(context, pieces), context.settings) for pieces in cuts.values())
    return cuts if seen else {}


def ask_grasp(context: SourceContext, hold: Anchor, chance: random.Random, key: str) -> Iterator[Draft]:
    """How often the gripper closes; in the twin we made it lose its grasp and take it again."""
    found = _find_grasp(context, hold)
    if found is None or context.source.stream is None:
        return
    closing, lift = found
    back_s = round((closing.start_s or 0.0) - 0.4, 3)
    at_s = round(min((lift.end_s or 0.0) - TRIM_S, (lift.start_s or 0.0) + 0.7), 3)
    start = round(max(0.0, back_s - 0.6), 3)
    faulty = _clip(context, set_back(start, back_s, at_s, round(at_s + LEAD_S, 3)))
    length, end = clip_duration(faulty), context.source.stream.duration_s
    begin = round(max(0.0, min(start, end - length)), 3)
    whole = _clip(context, (Piece(start_s=begin, end_s=round(begin + length, 3)),))
    closings = context.of_kind("phase")
    if (
        back_s <= start
        or count_shown(whole, closings, "gripper_closing") != 1
        or count_shown(faulty, closings, "gripper_closing") != 2
        or begin + length > end
    ):
        return
    options = letter_options(TASK, ["once", "twice"], chance)
    wording = chance.random()
    for clip, right in ((faulty, "twice"), (whole, "once")):
        yield draft_choice(context, "count_grasps", wording, clip.pieces, closing, options, right, key)


def ask_recovery(
    context: SourceContext, movement: Anchor, at_s: float, chance: random.Random, key: str
) -> Iterator[Draft]:
    """The arm gets stuck: which picture shows how its movement would have gone on. The true future is cut as
    the clip to be made; the twin plays the movement backwards, so that what was past is next."""
    first, last = _trim(movement)
    stream = context.source.stream
    if stream is None or at_s - first < AWAY_S + TRIM_S or last - at_s < AWAY_S + TRIM_S:
        return
    reach = round(min(at_s - first, last - at_s, 3.0), 3)
    halt = round(chance.uniform(1.1, 1.6), 2)
    future = round(min(at_s + FUTURE_S, stream.duration_s), 3)
    if at_s + halt > stream.duration_s or future - at_s < 1.0:
        return
    times = [round(at_s + AWAY_S, 3), round(at_s - AWAY_S, 3), *_find_far(context, movement)]
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
    for pieces, right, output in ((ahead, names[0], recovery), (behind, names[1], ())):
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


def _find_far(context: SourceContext, movement: Anchor) -> list[float]:
    """Moments of the other ends of the source, where they are far from the movement."""
    end = context.source.stream.duration_s if context.source.stream else 0.0
    early, late = 0.13, round(end - 0.13, 3)
    found = [early] if (movement.start_s or 0.0) - early > 1.0 else []
    return found + ([late] if late - (movement.end_s or 0.0) > 1.0 else [])


def _clip(context: SourceContext, pieces: Pieces, side: Literal["input", "output"] = "input") -> Clip:
    return Clip(source_id=context.source.source_id, pieces=pieces, side=side)


def _still(context: SourceContext, time_s: float, label: str) -> Still:
    return Still(source_id=context.source.source_id, time_s=time_s, label=label)
