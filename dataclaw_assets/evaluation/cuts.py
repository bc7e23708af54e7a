"""How right the hard cuts are: `python -m dataclaw_assets.evaluation.cuts FOLDER` of labelled videos."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dataclaw_assets.evaluation.labels import Labels, find_labelled, read_labels
from dataclaw_assets.evaluation.measured import describe_video, measure_video
from dataclaw_assets.records import Anchor

__all__ = ["Score", "describe_video", "find_labelled", "main", "match_times", "score_cuts"]

TOLERANCE_S = 0.2

HEADINGS = "{:32} {:>8} {:>6} {:>6} {:>10} {:>7} {:>6} {:>18}\n"


@dataclass(frozen=True)
class Score:
    """Borders labelled, found, and found right; `stray` are found borders of the other kind (transitions
    where cuts are scored, cuts where transitions are) that no label bears out."""

    name: str
    labelled: int
    found: int
    right: int
    stray: int = 0

    @property
    def precision(self) -> float:
        """Share of the found that are right; 1 when nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the labelled that were found; 1 when nothing was labelled."""
        return self.right / self.labelled if self.labelled else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two; 1 when there was nothing to find and nothing was found."""
        total = self.labelled + self.found
        return 2 * self.right / total if total else 1.0

    def line(self) -> str:
        """One row under `HEADINGS`."""
        parts = (f"{self.precision:.3f}", f"{self.recall:.3f}", f"{self.f1:.3f}")
        return HEADINGS.format(self.name, self.labelled, self.found, self.right, *parts, self.stray)


def add_scores(name: str, scores: Sequence[Score]) -> Score:
    """The score over several sets, by their sums."""
    return Score(
        name,
        sum(score.labelled for score in scores),
        sum(score.found for score in scores),
        sum(score.right for score in scores),
        sum(score.stray for score in scores),
    )


def match_times(labelled: Sequence[float], found: Sequence[float], tolerance_s: float = TOLERANCE_S) -> int:
    """How many labels have a found time of their own within the tolerance."""
    free = sorted(found)
    right = 0
    for label in sorted(labelled):
        near = [time for time in free if abs(time - label) <= tolerance_s]
        if near:
            free.remove(min(near, key=lambda time: abs(time - label)))
            right += 1
    return right


def cut_times(anchors: Sequence[Anchor]) -> list[float]:
    """The times of the hard cuts among anchors."""
    return [anchor.start_s for anchor in anchors if anchor.kind == "cut" and anchor.start_s is not None]


def score_cuts(name: str, labels: Labels, anchors: Sequence[Anchor]) -> Score:
    """The score of one video's anchors against its labels."""
    found = cut_times(anchors)
    stray = sum(
        anchor.kind == "transition"
        and not any(
            (anchor.start_s or 0.0) < one.end_s and (anchor.end_s or 0.0) > one.start_s
            for one in labels.transitions
        )
        for anchor in anchors
    )
    return Score(name, len(labels.cuts), len(found), match_times(labels.cuts, found), stray)


def main(arguments: Sequence[str]) -> int:
    """Print a line per video and one over all; 2 when the folder holds no labelled video."""
    pairs = find_labelled(Path(arguments[0])) if len(arguments) == 1 else []
    if not pairs:
        sys.stderr.write(
            "usage: python -m dataclaw_assets.evaluation.cuts FOLDER (of NAME.mp4 + NAME.truth.json)\n"
        )
        return 2
    sys.stdout.write(
        HEADINGS.format(
            "video", "labelled", "found", "right", "precision", "recall", "F1", "stray transitions"
        )
    )
    scores = []
    for video, truth in pairs:
        scores.append(score_cuts(video.name, read_labels(truth), measure_video(video)))
        sys.stdout.write(scores[-1].line())
    sys.stdout.write(add_scores("all", scores).line())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
