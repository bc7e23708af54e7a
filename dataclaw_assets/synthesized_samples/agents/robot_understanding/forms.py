"""The forms of `robot_understanding`: from chosen phases and holds to drafts, whoever chose them."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

from dataclaw_assets.anchor_values import HoldValue
from dataclaw_assets.quality.clock import clip_duration
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Piece, Verifier
from dataclaw_assets.synthesized_samples.agents.robot_understanding.drafts import draft_question
from dataclaw_assets.synthesized_samples.agents.robot_understanding.phases import (
    Phase,
    is_clear,
    list_phases,
    name_phase,
)
from dataclaw_assets.synthesized_samples.claims import claim_shown
from dataclaw_assets.synthesized_samples.context import SourceContext

SHORTEST_S, LONGEST_S = 3.0, 20.0
"""Of a clip: in a shorter one there is little to search, in a longer one it is an event among many."""

BEFORE_S, AFTER_S = 0.55, 0.55
"""Of a clip, before an event and after it: two frames are sampled before, and one after it."""

TOLERANCE_S = 0.3
"""Between two frames of a 2 fps sampling the middle is at most a quarter of a second away."""

APART_S = 0.7
"""The same question has another answer only when the two lie farther apart than its tolerance twice."""

SPREAD_S = 1.0
"""Over which the answer may lie, by chance: over less, a guess without looking is right every other time."""

CLEAR_S = 0.01
"""Between a sampled frame and a gripper's movement: times are cut to frames."""

MOMENTS: dict[str, Phase] = {"closing_moment": "gripper_closing", "opening_moment": "gripper_opening"}
"""Templates that ask when a gripper's movement begins."""

TRIES = 40
"""How many stretches are tried: most are long enough about the event."""

Stretch = tuple[float, float]


def ask_moment(context: SourceContext, event: Anchor, chance: random.Random, key: str) -> Iterator[Draft]:
    """When the gripper begins to close, or to open; the twin is as long a clip, with another answer. One
    sampled frame shows it before its movement, the next one after it."""
    phase = name_phase(event)
    template = next(name for name, asked in MOMENTS.items() if asked == phase)
    room = _find_room(context, event, list_phases(context.of_kind("phase"), MOMENTS[template]))
    wording = chance.random()
    for stretch in _pick_twins(context, event, room, chance):
        clip = _cut(context, stretch)
        value = round((event.start_s or 0.0) - stretch[0], 1)
        time = Claim(kind="time", value=value, anchors=(event.anchor_id,), clip=0)
        state = Claim(kind="fact", value=phase, anchors=(event.anchor_id,), field="phase")
        yield draft_question(
            context,
            template,
            random.Random(wording),
            clip,
            (time, state),
            f"{value:.1f}",
            Verifier(kind="number", value=value, tolerance=TOLERANCE_S),
            {"clip_s": round(clip_duration(clip), 1)},
            key=key,
        )


def ask_hold(context: SourceContext, hold: Anchor, chance: random.Random) -> Iterator[Draft]:
    """From when to when the gripper holds a thing that it takes and lets go within the clip."""
    if not isinstance(hold.value, HoldValue) or not hold.value.released:
        return
    first, last = hold.start_s or 0.0, hold.end_s or 0.0
    gripper = list_phases(context.of_kind("phase"), "gripper_closing", "gripper_opening")
    own = [a for a in gripper if (a.end_s or 0.0) >= first - 0.2 and (a.start_s or 0.0) <= last + 0.2]
    if [name_phase(a) for a in own] != ["gripper_closing", "gripper_opening"]:
        return
    low, high = _find_room(context, hold, [a for a in gripper if a not in own])
    if first - low < BEFORE_S or high - last < AFTER_S:
        return
    for _ in range(TRIES):
        start = round(chance.uniform(low, first - BEFORE_S), 3)
        stop = round(chance.uniform(last + AFTER_S, high), 3)
        if stop - start > LONGEST_S or not is_clear(hold, start, stop, context.settings):
            continue
        clip = _cut(context, (start, stop))
        claim = claim_shown(hold, clip)
        value = [round(edge, 1) for edge in claim.value]
        yield draft_question(
            context,
            "hold_interval",
            chance,
            clip,
            (claim.model_copy(update={"value": value}),),
            f"{value[0]:.1f}-{value[1]:.1f}",
            Verifier(kind="interval", value=value, tolerance=TOLERANCE_S),
            {"hold_s": round(value[1] - value[0], 1), "clip_s": round(clip_duration(clip), 1)},
        )
        return


def _find_room(context: SourceContext, event: Anchor, alike: list[Anchor]) -> Stretch:
    """The widest stretch about an event that shows no other that is `alike`."""
    first, last = event.start_s or 0.0, event.end_s or 0.0
    end = context.source.stream.duration_s if context.source.stream else 0.0
    rest = [a for a in alike if a.anchor_id != event.anchor_id]
    low = max([0.0, *((a.end_s or 0.0) + 0.1 for a in rest if (a.end_s or 0.0) <= first)])
    high = min([end, *((a.start_s or 0.0) - 0.1 for a in rest if (a.start_s or 0.0) >= last)])
    return low, high


def _pick_twins(context: SourceContext, event: Anchor, room: Stretch, chance: random.Random) -> list[Stretch]:
    """Two stretches of one length about an event, in which it lasts from one sampled frame to the next at the
    longest, and begins at times half the room apart, so that each is as likely as any other; none where
    there is too little room."""
    (low, high), first, last = room, event.start_s or 0.0, event.end_s or 0.0
    shortest = max(BEFORE_S + last - first + AFTER_S + SPREAD_S, SHORTEST_S)
    longest, step = min(high - low - SPREAD_S, LONGEST_S), 1.0 / context.settings.consumer_fps
    spare = step - (last - first) - CLEAR_S
    if min(first - low - BEFORE_S, high - last - AFTER_S) < SPREAD_S or shortest > longest or spare < CLEAR_S:
        return []
    for _ in range(TRIES):
        length = round(chance.uniform(shortest, longest), 1)
        least, most = max(BEFORE_S, first + length - high), min(first - low, first + length - last - AFTER_S)
        spread, shift = most - least, chance.random()
        if spread < SPREAD_S:
            continue
        wanted = [least + spread * ((shift + half) % 1.0) for half in (0.0, 0.5)]
        times = [math.floor(time / step) * step + chance.uniform(CLEAR_S, spare) for time in wanted]
        if least <= min(times) and max(times) <= most and abs(times[0] - times[1]) >= APART_S:
            return [(round(first - time, 3), round(first - time + length, 3)) for time in times]
    return []


def _cut(context: SourceContext, stretch: Stretch) -> Clip:
    return Clip(source_id=context.source.source_id, pieces=(Piece(start_s=stretch[0], end_s=stretch[1]),))
