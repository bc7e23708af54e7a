"""How right named motion is: `python -m dataclaw_assets.evaluation.motion FOLDER` of labelled videos."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dataclaw_assets.anchor_values import MotionValue, MoverValue
from dataclaw_assets.evaluation.labels import MOVING, NONE, MotionLabel, find_labelled, read_labels
from dataclaw_assets.evaluation.measured import measure_video
from dataclaw_assets.records import Anchor

Verdict = Literal["right", "contradicted", "not said"]

ENOUGH = 0.5
"""Least share of a labelled interval that must be covered by claims that agree with the label."""

GRAZE = 0.1
"""Share of a labelled interval up to which a claim may reach into it without speaking of it: labels made by
eye are good to about 0.1 s, and most last one second or two."""

MIXED = "mixed"
"""The camera moves, but in no single way."""


@dataclass(frozen=True)
class Claim:
    """What one anchor says moves how, in the words of `MotionLabel.name`, between two times in seconds."""

    name: str
    start_s: float
    end_s: float


def camera_claims(anchors: Sequence[Anchor]) -> list[Claim]:
    """What the `motion` anchors say of the camera."""
    return [
        Claim(_camera_name(anchor.value), anchor.start_s or 0.0, anchor.end_s or 0.0)
        for anchor in anchors
        if isinstance(anchor.value, MotionValue)
    ]


def mover_claims(anchors: Sequence[Anchor]) -> list[Claim]:
    """What the `dominant_mover` anchors of high confidence say; the others are no claims."""
    return [
        Claim(anchor.value.direction, anchor.start_s or 0.0, anchor.end_s or 0.0)
        for anchor in anchors
        if isinstance(anchor.value, MoverValue) and anchor.value.confidence == "high"
    ]


def _camera_name(value: MotionValue) -> str:
    return value.camera if value.direction == "none" else f"{value.camera} {value.direction}"


def share_covered(claims: Sequence[Claim], names: Collection[str], start_s: float, end_s: float) -> float:
    """The share of an interval, 0-1, that claims of these names cover together."""
    covered, reached = 0.0, start_s
    for claim in sorted(claims, key=lambda claim: claim.start_s):
        if claim.name in names:
            covered += max(0.0, min(claim.end_s, end_s) - max(claim.start_s, reached))
            reached = max(reached, min(claim.end_s, end_s))
    return covered / (end_s - start_s) if end_s > start_s else 0.0


def judge(claims: Sequence[Claim], accepted: Collection[str], start_s: float, end_s: float) -> Verdict:
    """Right when the accepted names cover at least `ENOUGH` of the interval, and more than any other name;
    contradicted when another definite name covers more than they do; else nothing was said."""
    agreeing = share_covered(claims, accepted, start_s, end_s)
    others = {claim.name for claim in claims} - set(accepted) - {MIXED}
    against = max((share_covered(claims, {name}, start_s, end_s) for name in others), default=0.0)
    if against > max(agreeing, GRAZE):
        return "contradicted"
    return "right" if agreeing >= ENOUGH and agreeing > against else "not said"


def judge_label(label: MotionLabel, anchors: Sequence[Anchor]) -> Verdict:
    """The verdict on one label. A thing that does not move by itself is contradicted by claims of any
    direction over more than half of its interval, and right otherwise: silence says the same."""
    claims = camera_claims(anchors) if label.about == "camera" else mover_claims(anchors)
    names = {claim.name for claim in claims}
    if label.name == NONE:
        moving = share_covered(claims, names - {NONE}, label.start_s, label.end_s)
        return "contradicted" if moving > ENOUGH else "right"
    if label.name == MOVING:
        return judge(claims, names - {"static"}, label.start_s, label.end_s)
    fitting = {name for name in names if name == label.name or name.startswith(f"{label.name} ")}
    return judge(claims, fitting, label.start_s, label.end_s)


def describe_claims(claims: Sequence[Claim], start_s: float, end_s: float) -> str:
    """Each name with the share of the interval that it covers, the largest first."""
    shares = {name: share_covered(claims, {name}, start_s, end_s) for name in {one.name for one in claims}}
    seen = sorted(((share, name) for name, share in shares.items() if share > 0.0), reverse=True)
    return ", ".join(f"{name} {share:.0%}" for share, name in seen) or "nothing"


def main(arguments: Sequence[str]) -> int:
    """Print a line per label, the sums, what was not scored; 2 when the folder holds no labelled video."""
    pairs = find_labelled(Path(arguments[0])) if len(arguments) == 1 else []
    if not pairs:
        sys.stderr.write(
            "usage: python -m dataclaw_assets.evaluation.motion FOLDER (of NAME.mp4 + NAME.truth.json)\n"
        )
        return 2
    row = "{:26} {:12} {:>13} {:10} {:13} {}\n"
    sys.stdout.write(row.format("video", "what moves", "seconds", "label", "verdict", "anchors say"))
    verdicts: list[Verdict] = []
    left_out: list[str] = []
    for video, truth in pairs:
        labels = read_labels(truth)
        left_out += [f"{video.name}: {one.words} ({one.why})" for one in labels.not_scored]
        anchors = measure_video(video) if labels.motion else ()
        for label in labels.motion:
            verdicts.append(judge_label(label, anchors))
            claims = camera_claims(anchors) if label.about == "camera" else mover_claims(anchors)
            sys.stdout.write(
                row.format(
                    video.name,
                    label.subject[:12],
                    f"{label.start_s:.2f}-{label.end_s:.2f}",
                    label.name,
                    verdicts[-1],
                    describe_claims(claims, label.start_s, label.end_s),
                )
            )
    right, contradicted = verdicts.count("right"), verdicts.count("contradicted")
    sys.stdout.write(
        f"{len(verdicts)} labels of high confidence: {right} right "
        f"({right / max(1, len(verdicts)):.0%}), {contradicted} contradicted, "
        f"{verdicts.count('not said')} not said\n"
    )
    for line in left_out:
        sys.stdout.write(f"not scored: {line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
