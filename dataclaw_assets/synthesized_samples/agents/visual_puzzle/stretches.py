"""Where footage can be changed so that one sees it: stretches of shots, motion that goes on, shots alike."""

from __future__ import annotations

import random
from collections.abc import Iterator

from dataclaw_assets.anchor_values import FrameValue, MotionValue, ShotValue
from dataclaw_assets.records import Anchor
from dataclaw_assets.synthesized_samples.context import MIN_CLIP_S, SourceContext

MOVING_LEVEL = 0.02
"""Mean picture change per second (0-1 luma) from which footage counts as moving. Whether it pauses too, so
that a frozen stretch would not stand out, is for the gate to see in the clip that was cut."""

MIN_STEADY_S, MAX_STEADY_S = 7.5, 14.0
"""Lengths of the footage in which a stretch gets another pace."""

MIN_STEADINESS = 0.5
"""Least share that the weakest half-second has of the strongest second's motion. Of ten real videos with less
none kept a pace that the gate could measure."""

MIN_TURNED_S = 5.0
"""Length of a shot of which a part is turned: what is left shows which way round it was."""

BLANK = 1.0
"""Sharpness (`FrameValue.sharpness`) below which a frame shows nothing: fades have 0.2-0.9, empty pages 0."""

MIN_BITS_APART = 10
"""In which the hashes (`FrameValue.dhash`) of two shots differ at least that are not one set-up."""

HASH_BITS = 64

Span = tuple[float, float]


def find_stretches(
    context: SourceContext, shot: Anchor, window: Span, template: str
) -> Iterator[tuple[Span, Span]]:
    """What to cut of a window, where a shot lasts long enough to be changed in part, and what of it to
    change. Of what is to be found mirrored the shot alone: nobody can tell which way round others were."""
    if not isinstance(shot.value, ShotValue):
        return
    for span in _list_unblank(context, window):
        inside = max(shot.start_s or 0.0, span[0]), min(shot.end_s or 0.0, span[1])
        clip = (inside[0] + 0.1, inside[1] - 0.1) if template == "find_mirrored" else span
        if inside[1] - inside[0] >= MIN_TURNED_S and clip[1] - clip[0] >= MIN_CLIP_S:
            yield clip, place_stretch(inside, context.random(template, "stretch", *inside))


def _list_unblank(context: SourceContext, window: Span) -> Iterator[Span]:
    """What is left of a window without blank pages and black: nobody sees whether they were turned."""
    start = window[0]
    blanks = [a for kind in ("shot", "stable", "black") for a in context.of_kind(kind) if _is_blank(a)]
    for blank in sorted(blanks, key=lambda anchor: anchor.start_s or 0.0):
        if (blank.end_s or 0.0) > start and (blank.start_s or 0.0) < window[1]:
            if (blank.start_s or 0.0) > start:
                yield start, blank.start_s or 0.0
            start = blank.end_s or 0.0
    if start < window[1]:
        yield start, window[1]


def _is_blank(anchor: Anchor) -> bool:
    still = getattr(anchor.value, "still", None)
    sharpness = still.sharpness if isinstance(still, FrameValue) else None
    return anchor.kind == "black" or (sharpness is not None and sharpness < BLANK)


def place_stretch(inside: Span, chance: random.Random) -> Span:
    """A stretch of 2 to 4 s with at least 1.2 s of its surroundings on both sides, off the sampling grid."""
    room = inside[1] - inside[0] - 2.4
    length = min(chance.uniform(2.0, 4.0), room)
    start = inside[0] + 1.2 + chance.uniform(0.0, room - length)
    return round(start, 2), round(start + length, 2)


def list_donors(context: SourceContext, host: Anchor, chance: random.Random) -> list[Anchor]:
    """The other shots, those that look most like a shot first: what is put in is not to stand out by its
    looks alone. None that may be the same set-up."""
    apart = {
        shot.anchor_id: _count_bits(host, shot)
        for shot in context.of_kind("shot")
        if shot.anchor_id != host.anchor_id
    }
    donors = [shot for shot in context.of_kind("shot") if apart.get(shot.anchor_id, 0) >= MIN_BITS_APART]
    return sorted(chance.sample(donors, len(donors)), key=lambda shot: apart[shot.anchor_id])


def _count_bits(one: Anchor, other: Anchor) -> int:
    """In how many bits the hashes of two shots differ; in all, when one is not known."""
    stills = [getattr(shot.value, "still", None) for shot in (one, other)]
    hashes = [int(still.dhash, 16) for still in stills if isinstance(still, FrameValue) and still.dhash]
    return (hashes[0] ^ hashes[1]).bit_count() if len(hashes) == 2 else HASH_BITS


def find_moving_runs(context: SourceContext) -> list[Span]:
    """Longest stretches of which every measured interval moves."""
    runs: list[Span] = []
    for anchor in context.of_kind("motion"):
        if not isinstance(anchor.value, MotionValue) or anchor.value.level < MOVING_LEVEL:
            continue
        start, end = anchor.start_s or 0.0, anchor.end_s or 0.0
        if runs and start - runs[-1][1] < 0.1:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def find_moving_shots(context: SourceContext) -> list[tuple[Anchor, Span]]:
    """Where shots move throughout, a tenth of a second off their borders, the steadiest first."""
    found = []
    for shot in context.of_kind("shot"):
        for run in find_moving_runs(context):
            start, end = max(run[0], (shot.start_s or 0.0) + 0.1), min(run[1], (shot.end_s or 0.0) - 0.1)
            if end > start:
                found.append((shot, (start, end)))
    return sorted(found, key=lambda pair: -_measure_steadiness(context, pair[1]))


def find_steady_shots(context: SourceContext) -> list[tuple[Anchor, Span]]:
    """Those that keep their pace for long enough to tell another one from it."""
    return [
        (shot, span)
        for shot, span in find_moving_shots(context)
        if span[1] - span[0] >= MIN_STEADY_S and _measure_steadiness(context, span) >= MIN_STEADINESS
    ]


def _measure_steadiness(context: SourceContext, span: Span) -> float:
    """The weakest motion of a stretch as a share of the strongest."""
    values = [
        anchor.value
        for anchor in context.of_kind("motion")
        if isinstance(anchor.value, MotionValue)
        and (anchor.start_s or 0.0) < span[1]
        and (anchor.end_s or 0.0) > span[0]
    ]
    return min(value.floor for value in values) / max(value.level for value in values)
