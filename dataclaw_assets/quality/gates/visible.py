"""Gate `visible`: the evidence survives the trainer's own sampling, looked at again in what is shipped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dataclaw_assets.quality.clock import clip_at, clip_duration, sampled_times
from dataclaw_assets.quality.gates.contract import CutMedia, Facts, Finding
from dataclaw_assets.records import Claim, Clip, Draft, Still
from resources.settings import Settings

MIN_SAMPLES = 2
"""An interval that a trainer sees in one frame only cannot be told from a flash."""

MATCH = 0.25
"""Distance (`resources.media.distance`) up to which a still and the nearest sample in its interval show one
moment. Where the camera moves, frames half a second apart differ by 0.12-0.38."""

APART = 0.08
"""Distance from which two pictures are different to the eye at 256 px: four times what re-encoding makes (at
most 0.019 on ten real videos), and what two slides of one layout differ by at least."""

TIMES_FARTHER = 1.2
"""By how much every sample beyond the interval must be farther from the still than the nearest one inside."""

GUARD_S = 0.5
"""Around an interval's borders a sample may show either side."""

FROZEN = 0.02
"""Largest distance between samples of a frozen stretch: what re-encoding alone makes."""


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


@dataclass(frozen=True)
class _Samples:
    """What a trainer sees of a clip: times and signatures, samples × rows × columns × 3."""

    times: npt.NDArray[np.float64]
    signatures: npt.NDArray[np.float32]

    def distances(self, picture: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        from resources.media import distance

        return np.array([distance(seen, picture) for seen in self.signatures])

    def steps(self) -> npt.NDArray[np.float64]:
        """How much each sample differs from the one before it."""
        from resources.media import distance

        return np.array([distance(a, b) for a, b in pairwise(self.signatures)])


def check_cut_visible(draft: Draft, cut: Sequence[CutMedia | str], settings: Settings) -> Iterator[Finding]:
    """Findings on the files that are shipped: `undecodable`, `not_seen`, `seen_elsewhere`,
    `seen_though_absent`, `change_not_seen`, `looks_changed`."""
    files = [medium for medium in cut if isinstance(medium, CutMedia)]
    if len(files) != len(draft.media):
        return
    samples: dict[int, _Samples] = {}
    for claim in draft.evidence:
        clip = clip_at(draft, claim.clip)
        if not isinstance(clip, Clip) or claim.clip is None:
            continue
        if claim.clip not in samples:
            samples[claim.clip] = _sample(files[claim.clip], settings)
        seen = samples[claim.clip]
        if not len(seen.times):
            yield Finding(code="undecodable", detail="no frame of the clip decodes")
        elif claim.kind == "made" and claim.value is not None:
            yield from _check_change(clip, claim, seen)
        elif claim.kind == "made" and claim.label == "freeze" and _pauses(seen.steps()):
            yield Finding(code="looks_changed", detail="left as it was, but it stands still for a while")
        elif claim.kind in {"interval", "absent"} and claim.label is not None:
            still = next((file for file in files if file.media.label == claim.label), None)
            if still is not None and isinstance(still.media, Still):
                yield from _check_still(claim, still, seen)


def _check_still(claim: Claim, still: CutMedia, seen: _Samples) -> Iterator[Finding]:
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


def _check_change(clip: Clip, claim: Claim, seen: _Samples) -> Iterator[Finding]:
    start, end = claim.value
    inside = np.flatnonzero((seen.times >= start) & (seen.times < end))
    if len(inside) < MIN_SAMPLES or inside[0] == 0 or inside[-1] == len(seen.times) - 1:
        yield Finding(code="change_not_seen", detail=f"{len(inside)} samples inside, or none around")
    elif any(piece.op == "freeze" for piece in clip.pieces):
        yield from _check_freeze(seen, int(inside[0]), int(inside[-1]))
    else:
        yield from _check_rotation(seen, int(inside[0]), int(inside[-1]))


def _check_freeze(seen: _Samples, first: int, last: int) -> Iterator[Finding]:
    """Still inside, and moving between samples outside: else another stretch answers as well."""
    steps = seen.steps()
    held = float(steps[first:last].max())
    moving = np.array([*steps[: first - 1], *steps[last + 1 :]])
    if held > FROZEN:
        yield Finding(code="change_not_seen", detail=f"the frozen stretch changes by {held:.3f}")
    elif not len(moving) or _pauses(moving):
        yield Finding(code="change_not_seen", detail="another stretch stands still as well")


def _pauses(steps: npt.NDArray[np.float64]) -> bool:
    """Whether a step is no larger than encoding makes, or two running are not much larger."""
    return bool((steps < FROZEN).any()) or any(max(pair) < 2 * FROZEN for pair in pairwise(steps.tolist()))


def _check_rotation(seen: _Samples, first: int, last: int) -> Iterator[Finding]:
    """Turning a sample inside back brings it nearer to its neighbour outside than it is as it stands."""
    from resources.media import distance

    for inside, outside in ((first, first - 1), (last, last + 1)):
        turned_back = np.ascontiguousarray(seen.signatures[inside][::-1, ::-1])
        as_is = distance(seen.signatures[inside], seen.signatures[outside])
        turned = distance(turned_back, seen.signatures[outside])
        if as_is < APART or turned > 0.8 * as_is:
            yield Finding(
                code="change_not_seen", detail=f"{as_is:.3f} as it stands, {turned:.3f} turned back"
            )


def _sample(file: CutMedia, settings: Settings) -> _Samples:
    """Every sampled frame of a shipped clip, through the trainer's frame size."""
    from dataclaw_assets.records import Stream
    from resources.media import decode, fit_size, resize, signature, to_picture

    duration = file.duration_s or 0.0
    stream = Stream(
        uri="",
        origin_s=0.0,
        duration_s=duration + 1.0,
        fps=settings.clip_fps,
        frames=file.frames or 0,
        codec="h264",
    )
    wanted = sampled_times(duration, settings)
    size = fit_size(file.width, file.height, settings.consumer_video_px)
    times, signatures, last = [], [], None
    remaining = iter(wanted)
    target = next(remaining, None)
    for frame in decode(file.path, stream):
        while target is not None and frame.time_s > target + 1e-6:
            times.append(target)
            signatures.append(signature(resize(to_picture(last if last is not None else frame.video), *size)))
            target = next(remaining, None)
        last = frame.video
    if target is not None and last is not None:
        times.append(target)
        signatures.append(signature(resize(to_picture(last), *size)))
    return _Samples(np.array(times), np.array(signatures, dtype=np.float32))
