"""What gate `visible` asks of changes that we made: each is seen, is the only one, and changed something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dataclaw_assets.quality.gates.contract import CutMedia, Finding
from dataclaw_assets.quality.gates.sampled import Samples, measure_pace
from dataclaw_assets.records import Claim, Clip, Piece
from resources.media import distance
from resources.settings import Settings

MIN_SAMPLES = 2
"""An interval that a trainer sees in one frame only cannot be told from a flash."""

APART = 0.08
"""Distance (`resources.media.distance`) from which two pictures are different to the eye at 256 px: four
times what re-encoding makes (at most 0.019 on ten real videos), and what two slides of one layout differ by
at least."""

FROZEN = 0.02
"""Largest distance between samples of a frozen stretch: what re-encoding alone makes."""

SPLICED = 0.15
"""A stretch of another shot differs from what surrounds it at least this much, as pictures put side by side
do (`synthesized_samples.context.FAR_APART`)."""

OTHER_JUMPS = 0.75
"""What else happens in a clip is at most this share of the jumps at a splice."""

ALONE = 2.5
"""A step so many times the median one is a jump, not motion."""

PACE_WINDOW_S = 0.75
"""The pace of motion is compared as a mean over so long."""

STEADY, UNSTEADY = 1.6, 2.5
"""Largest ratio between the fastest and the slowest pace: of a clip that is to look untouched, and of what
surrounds a stretch that is beyond all of it."""

PACE_APART = 1.25
"""Ratio that parts every pace inside a stretch of another speed from every pace outside it."""

MIN_PACE_PX = 0.3
"""Slower motion, in pixels of the trainer's frame from frame to frame, is two from sample to sample."""


def check_effect(
    clip: Clip, claim: Claim, file: CutMedia, seen: Samples, settings: Settings
) -> Iterator[Finding]:
    """Findings: `change_not_seen`, and for a clip left as it was `looks_changed`."""
    if claim.value is None:
        yield from _check_untouched(claim, file, seen, settings)
        return
    start, end = claim.value
    piece = _find_piece(clip, start, end)
    if piece is None:
        return
    inside = np.flatnonzero((seen.times >= start) & (seen.times < end))
    stays = piece.op == "freeze" and piece is clip.pieces[-1]
    if piece.op == "reverse":
        yield from _check_reversal(seen, inside)
    elif len(inside) < MIN_SAMPLES or inside[0] == 0 or (inside[-1] == len(seen.times) - 1 and not stays):
        yield Finding(code="change_not_seen", detail=f"{len(inside)} samples inside, or none around")
    elif piece.op == "freeze":
        replaces = not stays and _follower(clip, piece).start_s >= piece.end_s - 1e-6
        yield from _check_freeze(seen, int(inside[0]), int(inside[-1]), replaces)
    elif piece.op in TURNS:
        yield from _check_turn(seen, int(inside[0]), int(inside[-1]), TURNS[piece.op])
    elif piece.op == "elsewhere":
        yield from _check_splice(seen, int(inside[0]), int(inside[-1]))
    else:
        pace = measure_pace(file, settings)
        yield from _check_pace(pace, (start, end), piece.speed, settings.clip_fps)


def _find_piece(clip: Clip, start: float, end: float) -> Piece | None:
    """The changed piece that a claim is about; another gate says where there is none."""
    at = 0.0
    for piece in clip.pieces:
        if piece.changed and abs(at - start) < 0.2 and abs(at + piece.length_s - end) < 0.2:
            return piece
        at += piece.length_s
    return None


def _check_untouched(claim: Claim, file: CutMedia, seen: Samples, settings: Settings) -> Iterator[Finding]:
    if claim.label == "freeze" and _pauses(seen.steps()):
        yield Finding(code="looks_changed", detail="left as it was, but it stands still for a while")
    elif claim.label == "speed":
        paces = _smooth(measure_pace(file, settings), settings.clip_fps)
        if not len(paces) or paces.max() > STEADY * paces.min():
            yield Finding(code="looks_changed", detail="left as it was, but its pace is not steady")
    elif claim.label == "elsewhere" and _jumps(seen.steps()):
        yield Finding(code="looks_changed", detail="left as it was, but the picture jumps")


def _follower(clip: Clip, piece: Piece) -> Piece:
    return clip.pieces[clip.pieces.index(piece) + 1]


def _check_freeze(seen: Samples, first: int, last: int, replaces: bool) -> Iterator[Finding]:
    """Still inside, moving between samples outside (else another stretch answers as well), and a jump where
    it ends if it replaces something: that did move. One that is put in between is followed by what it halts,
    and one at the end by nothing."""
    steps = seen.steps()
    held = float(steps[first:last].max())
    moving = np.array([*steps[: first - 1], *steps[last + 1 :]])
    jump = distance(seen.signatures[first], seen.signatures[last + 1]) if replaces else np.inf
    if held > FROZEN:
        yield Finding(code="change_not_seen", detail=f"the frozen stretch changes by {held:.3f}")
    elif not len(moving) or _pauses(moving):
        yield Finding(code="change_not_seen", detail="another stretch stands still as well")
    elif jump < APART:
        yield Finding(code="change_not_seen", detail=f"what was replaced moved by {jump:.3f} only")


def _pauses(steps: npt.NDArray[np.float64]) -> bool:
    """Whether a step is no larger than encoding makes, or two running are not much larger."""
    return bool((steps < FROZEN).any()) or any(max(pair) < 2 * FROZEN for pair in pairwise(steps.tolist()))


def _jumps(steps: npt.NDArray[np.float64]) -> bool:
    """Whether a step is as large as a splice, and stands out from the others."""
    return bool(steps.max(initial=0.0) > max(SPLICED, ALONE * np.median(steps)))


def _turn_round(picture: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.ascontiguousarray(picture[::-1, ::-1])


def _swap_sides(picture: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.ascontiguousarray(picture[:, ::-1])


TURNS: dict[str, Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]] = {
    "rotate_180": _turn_round,
    "mirror": _swap_sides,
}
"""How to undo a turn of a signature: the untouched picture, through the same encoder."""


def _check_turn(
    seen: Samples,
    first: int,
    last: int,
    undo: Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]],
) -> Iterator[Finding]:
    """Undone, a sample inside comes nearer to its neighbour outside than it is as it stands; none inside
    looks the same either way."""
    for inside, outside in ((first, first - 1), (last, last + 1)):
        as_is = distance(seen.signatures[inside], seen.signatures[outside])
        undone = distance(undo(seen.signatures[inside]), seen.signatures[outside])
        if as_is < APART or undone > 0.8 * as_is:
            yield Finding(
                code="change_not_seen", detail=f"{as_is:.3f} as it stands, {undone:.3f} turned back"
            )
    for sample in seen.signatures[first : last + 1]:
        turned = distance(sample, undo(sample))
        if turned < APART:
            yield Finding(code="change_not_seen", detail=f"a sample and itself turned: {turned:.3f}")


def _check_splice(seen: Samples, first: int, last: int) -> Iterator[Finding]:
    """A jump on both sides, beyond any in what surrounds it, which goes on where it was left; and nothing
    inside that looks like anything outside."""
    steps, pictures = seen.steps(), seen.signatures
    jump = min(steps[first - 1], steps[last])
    others = [*steps[: first - 1], *steps[first:last], *steps[last + 1 :]]
    gap = distance(pictures[first - 1], pictures[last + 1])
    around = np.concatenate([pictures[:first], pictures[last + 1 :]])
    nearest = min(distance(a, b) for a in pictures[first : last + 1] for b in around)
    if min(jump, nearest) < SPLICED or max([gap, *others]) > OTHER_JUMPS * jump:
        yield Finding(
            code="change_not_seen",
            detail=f"jumps of {jump:.3f}, {max([gap, *others]):.3f} elsewhere, {nearest:.3f} to the rest",
        )


def _check_reversal(seen: Samples, inside: npt.NDArray[np.intp]) -> Iterator[Finding]:
    """What is played backwards ends elsewhere than it began."""
    moved = distance(seen.signatures[inside[0]], seen.signatures[inside[-1]]) if len(inside) else 0.0
    if moved < APART:
        yield Finding(code="change_not_seen", detail=f"from its first to its last picture {moved:.3f}")


def _check_pace(
    pace: npt.NDArray[np.float64], stretch: tuple[float, float], speed: float, fps: float
) -> Iterator[Finding]:
    """Steady motion outside, and every pace inside beyond every pace outside."""
    first, last = (round(edge * fps) for edge in stretch)
    inside = _smooth(pace[first : last - 1], fps)
    outside = np.concatenate([_smooth(pace[: max(0, first - 1)], fps), _smooth(pace[last:], fps)])
    if not len(inside) or not len(outside):
        yield Finding(code="change_not_seen", detail="too short to tell a pace")
        return
    slow, fast = (outside, inside) if speed > 1 else (inside, outside)
    if outside.max() > UNSTEADY * outside.min() or outside.min() < MIN_PACE_PX:
        yield Finding(
            code="change_not_seen", detail=f"outside it moves {outside.min():.2f} to {outside.max():.2f} px"
        )
    elif fast.min() < PACE_APART * slow.max():
        yield Finding(
            code="change_not_seen",
            detail=f"inside it moves {inside.min():.2f} to {inside.max():.2f} px, "
            f"outside {outside.min():.2f} to {outside.max():.2f}",
        )


def _smooth(pace: npt.NDArray[np.float64], fps: float) -> npt.NDArray[np.float64]:
    size = max(1, round(PACE_WINDOW_S * fps))
    if len(pace) < size:
        return np.array([])
    return np.convolve(pace, np.ones(size) / size, mode="valid")
