"""How right speech and silence are: `python -m dataclaw_assets.evaluation.sound FOLDER`, labelled videos."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dataclaw_assets.evaluation.cuts import describe_video

TOLERANCE_S = 0.1
KINDS = ("speech", "silence")

Interval = tuple[float, float]


@dataclass(frozen=True)
class Score:
    """Intervals labelled, found, and right at both ends; the error is the largest at an end of a pair."""

    name: str
    kind: str
    labelled: int
    found: int
    right: int
    error_s: float


def pair_intervals(
    labelled: Sequence[Interval], found: Sequence[Interval]
) -> list[tuple[Interval, Interval]]:
    """Each label with the one interval found that overlaps it most, each used once, the best pairs first."""
    overlaps = sorted(
        (
            (max(label[0], one[0]) - min(label[1], one[1]), row, column)
            for row, label in enumerate(labelled)
            for column, one in enumerate(found)
            if min(label[1], one[1]) > max(label[0], one[0])
        )
    )
    rows: set[int] = set()
    columns: set[int] = set()
    pairs = []
    for _, row, column in overlaps:
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            pairs.append((labelled[row], found[column]))
    return sorted(pairs)


def score_intervals(name: str, kind: str, labelled: Sequence[Interval], found: Sequence[Interval]) -> Score:
    """How many labels have a found interval whose both ends are within `TOLERANCE_S`."""
    errors = [
        max(abs(label[0] - one[0]), abs(label[1] - one[1])) for label, one in pair_intervals(labelled, found)
    ]
    right = sum(error <= TOLERANCE_S for error in errors)
    return Score(name, kind, len(labelled), len(found), right, max(errors, default=0.0))


def score_video(video: Path, truth: Path) -> list[Score]:
    """The scores of one video against its `NAME.truth.json` (`speech_intervals_s`, `silence_intervals_s`)."""
    from dataclaw_assets.factual_anchors.extractors.sound import Sound

    labels = json.loads(truth.read_text(encoding="utf-8"))
    anchors = Sound().extract(describe_video(video), lambda uri: video)
    return [
        score_intervals(
            video.name,
            kind,
            [(float(start), float(end)) for start, end in labels[f"{kind}_intervals_s"]],
            [(one.start_s or 0.0, one.end_s or 0.0) for one in anchors if one.kind == kind],
        )
        for kind in KINDS
        if f"{kind}_intervals_s" in labels
    ]


def find_labelled(folder: Path) -> list[tuple[Path, Path]]:
    """Videos of a folder that have labels with `speech_intervals_s` beside them."""
    pairs = []
    for truth in sorted(folder.glob("*.truth.json")):
        stem = truth.name.removesuffix(".truth.json")
        videos = [
            path
            for path in sorted(folder.glob(f"{stem}.*"))
            if path.suffix in {".mp4", ".webm", ".mkv", ".mov"}
        ]
        if videos and "speech_intervals_s" in json.loads(truth.read_text(encoding="utf-8")):
            pairs.append((videos[0], truth))
    return pairs


def main(arguments: Sequence[str]) -> int:
    """Print a line per video and kind; 2 when the folder holds no labelled video."""
    pairs = find_labelled(Path(arguments[0]).absolute()) if len(arguments) == 1 else []
    if not pairs:
        sys.stderr.write(
            "usage: python -m dataclaw_assets.evaluation.sound FOLDER (of NAME.mp4 + NAME.truth.json)\n"
        )
        return 2
    row = "{:32} {:8} {:>8} {:>6} {:>13} {:>15}\n"
    sys.stdout.write(row.format("video", "kind", "labelled", "found", "within 0.1 s", "largest error s"))
    for video, truth in pairs:
        for one in score_video(video, truth):
            figures = (one.labelled, one.found, one.right, f"{one.error_s:.3f}")
            sys.stdout.write(row.format(one.name, one.kind, *figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
