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
    Phase,
    list_phases,
    name_phase,
)
from dataclaw_assets.synthesized_samples.claims import claim_shown
from dataclaw_assets.synthesized_samples.context import SourceContext

LONGEST_S = 20.0
"""Of a clip: in a longer one a gripper's movement is an event among many."""

EDGE_S = 0.6
"""An event lies so far within its clip: one step of a trainer's sampling, and a little."""

TOLERANCE_S = 0.3
"""Between two frames of a 2 fps sampling the middle is at most a quarter of a second away."""

APART_S = 0.7
"""The same question has another answer only when the two lie farther apart than its tolerance twice."""

MOMENTS: dict[str, Phase] = {"closing_moment": "gripper_closing", "opening_moment": "gripper_opening"}
"""Templates that ask for the time of a gripper's movement."""

STAGES = ("before", "after")
"""Of a picture in which the gripper is open. While it holds a thing, the picture alone would tell."""

JITTER = 0.1
"""Of a step of a trainer's sampling: so near to the middle between two sampled frames an event is placed."""

TRIES = 20
"""How many lengths are tried for two clips that answer otherwise."""


def ask_moment(context: SourceContext, event: Anchor, chance: random.Random, key: str) -> Iterator[Draft]:
    """When the gripper closes, or opens; the twin is as long a clip, in which it does so at another time. Its
    middle falls between two sampled frames, of which one shows it before and one after."""
    phase = name_phase(event)
    template = next(name for name, asked in MOMENTS.items() if asked == phase)
    middle = ((event.start_s or 0.0) + (event.end_s or 0.0)) / 2
    wording = chance.random()
    for start, stop in _pick_twins(
        context, event, list_phases(context.of_kind("phase"), MOMENTS[template]), chance
    ):
        clip = _clip(context, Piece(start_s=start, end_s=stop))
        value = round(middle - start, 1)
        time = Claim(kind="time", value=value, anchors=(event.anchor_id,), clip=0, field="middle")
        yield draft_question(
            context,
            template,
            random.Random(wording),
            (clip,),
            (time, _state(event)),
            f"{value:.1f}",
            Verifier(kind="number", value=value, tolerance=TOLERANCE_S),
            {"clip_s": round(clip_duration(clip), 1)},
            key=key,
        )


def ask_hold(context: SourceContext, hold: Anchor, chance: random.Random, key: str) -> Iterator[Draft]:
    """From when to when the gripper holds a thing that it takes and lets go within the clip; the twin is as
    long a clip, in which it does so at another time."""
    if not isinstance(hold.value, HoldValue) or not hold.value.released:
        return
    first, last = hold.start_s or 0.0, hold.end_s or 0.0
    gripper = list_phases(context.of_kind("phase"), "gripper_closing", "gripper_opening")
    own = [a for a in gripper if (a.end_s or 0.0) >= first - 0.2 and (a.start_s or 0.0) <= last + 0.2]
    if [name_phase(a) for a in own] != ["gripper_closing", "gripper_opening"]:
        return
    wording = chance.random()
    others = [a for a in gripper if a not in own]
    for start, stop in _pick_twins(context, hold, [*others, hold], chance):
        clip = _clip(context, Piece(start_s=start, end_s=stop))
        claim = claim_shown(hold, clip)
        value = [round(edge, 1) for edge in claim.value]
        yield draft_question(
            context,
            "hold_interval",
            random.Random(wording),
            (clip,),
            (claim.model_copy(update={"value": value}),),
            f"{value[0]:.1f}-{value[1]:.1f}",
            Verifier(kind="interval", value=value, tolerance=TOLERANCE_S),
            {"hold_s": round(value[1] - value[0], 1), "clip_s": round(clip_duration(clip), 1)},
            key=key,
        )


def ask_stage(
    context: SourceContext, closing: Anchor, opening: Anchor, chance: random.Random, key: str
) -> Iterator[Draft]:
    """Whether a picture with an open gripper is from before it closes or from after it has opened again; a
    sample for each, with the same clip."""
    window = find_window(context, (closing, opening), chance)
    if window is None:
        return
    clip = _clip(context, Piece(start_s=window[0], end_s=window[1]))
    edges = [window[0], closing.start_s or 0.0, closing.end_s or 0.0, opening.start_s or 0.0]
    edges += [opening.end_s or 0.0, window[1]]
    times = [_place(context, clip, edges[at] + 0.3, edges[at + 1] - 0.3, chance) for at in (0, 4)]
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
            {"options": 2, "clip_s": round(clip_duration(clip), 1)},
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


def _pick_twins(
    context: SourceContext, event: Anchor, alike: list[Anchor], chance: random.Random
) -> list[tuple[float, float]]:
    """Two stretches of one length about an event, and about no other that is `alike`, in which it comes at
    times farther apart than the tolerance twice, each about midway between two sampled frames; none where
    there is no room."""
    first, last = event.start_s or 0.0, event.end_s or 0.0
    end = context.source.stream.duration_s if context.source.stream else 0.0
    rest = [a for a in alike if a.anchor_id != event.anchor_id]
    low = max([0.0, *((a.end_s or 0.0) + 0.1 for a in rest if (a.end_s or 0.0) <= first)])
    high = min([end, *((a.start_s or 0.0) - 0.1 for a in rest if (a.start_s or 0.0) >= last)])
    step = 1.0 / context.settings.consumer_fps
    middle = (first + last) / 2 if event.kind == "phase" else first
    shortest, longest = last - first + 2 * EDGE_S + APART_S, min(high - low, LONGEST_S)
    if shortest > longest:
        return []
    for _ in range(TRIES):
        length = round(chance.uniform(shortest, longest), 3)
        steps = range(int(length / step))
        starts = [round(middle - (k + 0.5 + chance.uniform(-JITTER, JITTER)) * step, 3) for k in steps]
        fits = [s for s in starts if low <= s <= first - EDGE_S and last + EDGE_S <= s + length <= high]
        if fits and fits[0] - fits[-1] > APART_S:
            one = chance.choice([s for s in fits if max(fits[0] - s, s - fits[-1]) > APART_S])
            other = chance.choice([s for s in fits if abs(s - one) > APART_S])
            return [(s, round(s + length, 3)) for s in (one, other)]
    return []


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
