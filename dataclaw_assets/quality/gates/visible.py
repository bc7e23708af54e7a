"""Gate `visible`: the evidence survives the trainer's own sampling, looked at again in what is shipped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from dataclaw_assets.quality.clock import clip_at, clip_duration, sampled_times
from dataclaw_assets.quality.gates.contract import CutMedia, Facts, Finding
from dataclaw_assets.quality.gates.effect import APART, check_effect
from dataclaw_assets.quality.gates.overlays import check_shapes
from dataclaw_assets.quality.gates.puzzled import CONTINUED, check_continuity, check_pictures
from dataclaw_assets.quality.gates.sampled import Samples, sample_clip
from dataclaw_assets.records import Claim, Clip, Draft, Still
from resources.settings import Settings

MIN_SAMPLES = 2
"""An interval that a trainer sees in one frame only cannot be told from a flash."""

MOMENT = "find_moment"
"""The template whose answer is the time of a picture."""

MATCH = 0.25
"""Distance (`resources.media.distance`) up to which a still and the nearest sample in its interval show one
moment. Where the camera moves, frames half a second apart differ by 0.12-0.38."""

TIMES_FARTHER = 1.2
"""By how much every sample beyond the interval must be farther from the still than the nearest one inside."""

INSTANT_S = 0.5
"""An answer that is a time may be off by so much: farther away, a sample must look different."""

GUARD_S = 0.5
"""Around an interval's borders a sample may show either side."""


def check_visible(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings before anything is cut: `too_short_to_see`, `on_the_grid`."""
    for claim in draft.evidence:
        clip = clip_at(draft, claim.clip)
        if clip is None or claim.kind not in {"interval", "made"} or claim.value is None:
            continue
        start, end = claim.value
        times = sampled_times(clip_duration(clip), facts.settings)
        seen = sum(start - 1e-6 <= time < end - 1e-6 for time in times)
        cited = facts.anchors.get(claim.anchors[0]) if claim.anchors else None
        # a picture's run says where to look for it: one sample there is enough to find it
        if seen < (1 if cited is not None and cited.kind == "still_unique" else MIN_SAMPLES):
            yield Finding(code="too_short_to_see", detail=f"{seen} sampled frames in {start}–{end} s")
        if isinstance(clip, Clip) and claim.label is not None:
            yield from _check_grid(draft, claim, clip, times)


def _check_grid(draft: Draft, claim: Claim, clip: Clip, times: Sequence[float]) -> Iterator[Finding]:
    """A still that is one of the sampled frames could be matched byte by byte, without understanding."""
    still = next((medium for medium in draft.media if medium.label == claim.label), None)
    if not isinstance(still, Still) or still.time_s is None:
        return
    at = 0.0
    for piece in clip.pieces:
        if piece.op == "play" and piece.start_s <= still.time_s < piece.end_s:
            moment = at + still.time_s - piece.start_s
            if min(abs(moment - time) for time in times) < 1e-3:
                yield Finding(
                    code="on_the_grid", detail=f"{claim.label} is the frame sampled at {moment:.3f} s"
                )
        at += piece.length_s


def check_cut_visible(draft: Draft, cut: Sequence[CutMedia | str], settings: Settings) -> Iterator[Finding]:
    """Findings on the files that are shipped: `undecodable`, `not_seen`, `seen_elsewhere`,
    `seen_though_absent`, `moment_lasts`, those of `effect`, `overlays` and `puzzled` (`change_not_seen`,
    `looks_changed`, `shape_not_seen`, `looks_laid_over`, `tiles_alike`, `line_not_seen`, `box_not_tight`,
    `order_open`)."""
    files = [medium for medium in cut if isinstance(medium, CutMedia)]
    if len(files) != len(draft.media):
        return
    samples: dict[int, Samples] = {}
    for claim in draft.evidence:
        clip = clip_at(draft, claim.clip)
        if not isinstance(clip, Clip) or claim.clip is None:
            continue
        if claim.clip not in samples:
            samples[claim.clip] = sample_clip(files[claim.clip], settings)
        seen = samples[claim.clip]
        if not len(seen.times):
            yield Finding(code="undecodable", detail="no frame of the clip decodes")
        elif claim.kind == "made":
            yield from check_effect(clip, claim, files[claim.clip], seen, settings)
        elif claim.kind == "shapes":
            yield from check_shapes(clip, seen)
        elif claim.kind in {"interval", "absent"} and claim.label is not None:
            still = next((file for file in files if file.media.label == claim.label), None)
            if still is not None and isinstance(still.media, Still):
                yield from _check_still(claim, still, seen)
        elif claim.kind == "time" and draft.template == MOMENT:
            still = next((file for file in files if file.media.label == claim.label), None)
            if still is not None:
                yield from _check_instant(float(claim.value), still, seen)
    if draft.template == CONTINUED:
        yield from check_continuity(draft, samples)
    yield from check_pictures(draft, files)


def _check_instant(at: float, still: CutMedia, seen: Samples) -> Iterator[Finding]:
    """The samples before and after the time differ from each other, so that nothing rests between them, and
    every sample farther away than an answer may be differs from the picture."""
    from resources.media import distance, read_image, signature

    after = int(np.searchsorted(seen.times, at))
    if 0 < after < len(seen.times):
        step = distance(seen.signatures[after - 1], seen.signatures[after])
        if step < APART:
            yield Finding(code="moment_lasts", detail=f"around {at:.1f} s the picture changes by {step:.3f}")
            return
    far = np.abs(seen.times - at) > INSTANT_S
    distances = seen.distances(signature(read_image(still.path)))[far]
    if len(distances) and distances.min() < APART:
        yield Finding(code="moment_lasts", detail=f"beyond {INSTANT_S} s of {at:.1f} s it looks the same")


def _check_still(claim: Claim, still: CutMedia, seen: Samples) -> Iterator[Finding]:
    from resources.media import read_image, signature

    distances = seen.distances(signature(read_image(still.path)))
    if claim.kind == "absent":
        if distances.min() < APART:
            yield Finding(code="seen_though_absent", detail=f"{claim.label}: distance {distances.min():.3f}")
        return
    start, end = claim.value
    inside = (seen.times >= start - GUARD_S) & (seen.times <= end + GUARD_S)
    nearest = distances[inside].min() if inside.any() else np.inf
    if nearest > MATCH:
        yield Finding(code="not_seen", detail=f"{claim.label}: distance {nearest:.3f} within {start}–{end} s")
    elif (~inside).any() and distances[~inside].min() < max(APART, TIMES_FARTHER * nearest):
        at = float(seen.times[~inside][distances[~inside].argmin()])
        yield Finding(code="seen_elsewhere", detail=f"{claim.label}: also at {at:.1f} s")
