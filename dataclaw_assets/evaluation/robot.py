"""How right the facts of robot episodes are: `python -m dataclaw_assets.evaluation.robot FOLDER`."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataclaw_assets.factual_anchors.measures.motion_phases import MIN_S
from dataclaw_assets.records import Anchor, Source

NEAR_FRAMES = 3
"""A border is found where the anchor's is at most this many frames away: speed is taken over three."""

STOPS = ("rest", "stop_above_object", "stop_in_transport", "stop_above_goal", "rest_end")
"""Phases in which the controller of the reference footage commands the hand to stand."""

Frames = tuple[int, int]


@dataclass(frozen=True)
class Truth:
    """What the simulator's log says of an episode; frames are half-open."""

    success: bool
    fps: float
    closes: Frames
    opens: Frames
    lifted: Frames | None
    stops: tuple[tuple[str, Frames], ...]
    borders: tuple[int, ...]


@dataclass(frozen=True)
class Score:
    """One episode held to its truth. Differences are frames, found − true; None where nothing was found.

    `hold` is the IoU of the hold with the stretch from the first frame of closing to the first of opening,
    1.0 where nothing was held and none is claimed; `lifted` the share of the lifted stretch that it covers.
    `stops` are those of at least `MIN_S` found within `NEAR_FRAMES` at both ends, of how many; `pauses` the
    shorter ones that a velocity minimum marks, of how many; `minima` the velocity minima that lie at a border
    between two phases or in a stop, of how many.
    """

    close: int | None
    open: int | None
    hold: float
    lifted: float | None
    stops: tuple[int, int]
    pauses: tuple[int, int]
    missed: tuple[str, ...]
    minima: tuple[int, int]
    stalls: int
    success: bool


def read_truth(item: Mapping[str, Any]) -> Truth:
    """The truth of one episode, from its entry in `NAME.truth.json`."""
    phases = [(one["phase"], (one["start_frame"], one["end_frame"])) for one in item["phases"]]
    named = dict(phases)
    first, last = item["lifted_first_frame"], item["lifted_last_frame"]
    return Truth(
        success=item["success"],
        fps=float(item["fps"]),
        closes=named["close_gripper"],
        opens=named["open_gripper"],
        lifted=None if first is None else (first, last + 1),
        stops=tuple((name, frames) for name, frames in phases if name in STOPS),
        borders=tuple(frames[0] for _, frames in phases[1:]),
    )


def score_episode(truth: Truth, anchors: Sequence[Anchor]) -> Score:
    """How the anchors of an episode stand to its truth."""
    holds = [item.frames for item in anchors if item.kind == "hold" and item.frames]
    held = (truth.closes[0], truth.opens[0]) if truth.lifted else None
    lifted = truth.lifted
    stopped = _frames_of(anchors, "stopped")
    minima = [item.frames[0] for item in anchors if item.kind == "velocity_minimum" and item.frames]
    long = [one for one in truth.stops if _lasts(one[1], truth)]
    near = [(name, any(_is_near(one, frames) for one in stopped)) for name, frames in long]
    short = [(name, any(_marks(at, frames) for at in minima)) for name, frames in _pauses(truth)]
    return Score(
        close=_nearest(truth.closes[0], [one[0] for one in _frames_of(anchors, "gripper_closing")]),
        open=_nearest(truth.opens[0], [one[0] for one in _frames_of(anchors, "gripper_opening")]),
        hold=max((_iou(held, one) for one in holds), default=0.0) if held else float(not holds),
        lifted=max((_overlap(lifted, one) / (lifted[1] - lifted[0]) for one in holds), default=0.0)
        if lifted
        else None,
        stops=(sum(hit for _, hit in near), len(near)),
        pauses=(sum(hit for _, hit in short), len(short)),
        missed=tuple(name for name, hit in (*near, *short) if not hit),
        minima=(sum(_is_border(at, truth) for at in minima), len(minima)),
        stalls=sum(item.kind == "stall_candidate" for item in anchors),
        success=any(getattr(item.value, "success", None) == truth.success for item in anchors),
    )


def _frames_of(anchors: Sequence[Anchor], phase: str) -> list[Frames]:
    return [item.frames for item in anchors if item.frames and getattr(item.value, "phase", None) == phase]


def _nearest(true: int, found: Sequence[int]) -> int | None:
    return min((one - true for one in found), key=abs, default=None)


def _is_near(one: Frames, other: Frames) -> bool:
    return all(abs(left - right) <= NEAR_FRAMES for left, right in zip(one, other, strict=True))


def _is_border(at: int, truth: Truth) -> bool:
    """Whether a minimum lies at a border, or in a phase in which the hand stands: both of its ends are."""
    still = (*(frames for _, frames in truth.stops), truth.closes, truth.opens)
    return any(_marks(at, frames) for frames in still) or any(
        abs(at - border) <= NEAR_FRAMES for border in truth.borders
    )


def _lasts(frames: Frames, truth: Truth) -> bool:
    return frames[1] - frames[0] >= MIN_S * truth.fps


def _pauses(truth: Truth) -> list[tuple[str, Frames]]:
    """Shorter stops between two movements; before the first one there is nothing to be slower than."""
    return [one for one in truth.stops if one[1][0] > 0 and not _lasts(one[1], truth)]


def _marks(at: int, frames: Frames) -> bool:
    return frames[0] - NEAR_FRAMES <= at < frames[1] + NEAR_FRAMES


def _overlap(one: Frames, other: Frames) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _iou(one: Frames, other: Frames) -> float:
    shared = _overlap(one, other)
    return shared / (one[1] - one[0] + other[1] - other[0] - shared)


def measure_episode(source: Source, scratch: Path) -> list[Anchor]:
    """The anchors of the robot's extractors for one source."""
    from dataclaw_assets.factual_anchors.extractors.phases import Phases
    from dataclaw_assets.factual_anchors.extractors.robot_motion import RobotMotion
    from resources.landing import local_path

    def local(uri: str) -> Path:
        return local_path(uri, scratch)

    return [*Phases().extract(source, local), *RobotMotion().extract(source, local)]


def find_truths(folder: Path) -> list[tuple[Path, dict[int, Truth]]]:
    """The data of a folder that has labels (`NAME` or `NAME.hdf5` beside `NAME.truth.json`), by episode."""
    found = []
    for path in sorted(folder.glob("*.truth.json")):
        labels = json.loads(path.read_text())
        stem = path.name.removesuffix(".truth.json")
        items = [(item["episode_index"], item) for item in labels.get("episodes", ())]
        items += [(int(name.rpartition("_")[2]), item) for name, item in labels.get("demos", {}).items()]
        for data in (folder / stem, folder / f"{stem}.hdf5"):
            if data.exists():
                found.append((data, {number: read_truth(item) for number, item in items}))
    return found


def main(arguments: Sequence[str]) -> int:
    """Print a line per episode and the sums; 2 when the folder holds no labelled episode."""
    truths = find_truths(Path(arguments[0])) if len(arguments) == 1 else []
    if not truths:
        sys.stderr.write(
            "usage: python -m dataclaw_assets.evaluation.robot FOLDER (of NAME + NAME.truth.json)\n"
        )
        return 2
    row = "{:34} {:>6} {:>6} {:>6} {:>7} {:>6} {:>7} {:>7} {:>6} {:>9}  {}\n"
    heads = (
        "episode",
        "close",
        "open",
        "hold",
        "lifted",
        "stops",
        "pauses",
        "minima",
        "stalls",
        "success",
        "missed",
    )
    sys.stdout.write(row.format(*heads))
    scores: list[Score] = []
    with tempfile.TemporaryDirectory() as scratch:
        for data, labels in truths:
            for source in _read(data, Path(scratch)):
                if source.status != "registered" or source.member not in labels:
                    sys.stdout.write(f"{source.name}: not measured ({source.reason or 'no truth'})\n")
                    continue
                score = score_episode(labels[source.member], measure_episode(source, Path(scratch)))
                scores.append(score)
                sys.stdout.write(row.format(f"{data.name[:29]} #{source.member}", *_say(score)))
    sys.stdout.write(_sum_up(scores))
    return 0


def _read(data: Path, scratch: Path) -> list[Source]:
    from dataclaw_assets.raw_sources.register import read_path
    from resources.settings import Settings

    return read_path(data, scratch, Settings(workers=1))


def _say(score: Score) -> tuple[str, ...]:
    return (
        *("none" if value is None else f"{value:+d}" for value in (score.close, score.open)),
        f"{score.hold:.2f}",
        "-" if score.lifted is None else f"{score.lifted:.2f}",
        "{}/{}".format(*score.stops),
        "{}/{}".format(*score.pauses),
        "{}/{}".format(*score.minima),
        str(score.stalls),
        "right" if score.success else "not said",
        ", ".join(score.missed),
    )


def _sum_up(scores: Sequence[Score]) -> str:
    borders = [value for score in scores for value in (score.close, score.open)]
    right = sum(value is not None and abs(value) <= NEAR_FRAMES for value in borders)
    stops = [sum(score.stops[at] for score in scores) for at in (0, 1)]
    pauses = [sum(score.pauses[at] for score in scores) for at in (0, 1)]
    minima = [sum(score.minima[at] for score in scores) for at in (0, 1)]
    return (
        f"{len(scores)} episodes: {right} of {len(borders)} gripper movements within {NEAR_FRAMES} frames, "
        f"mean IoU of holds {sum(score.hold for score in scores) / max(1, len(scores)):.2f}, "
        f"{stops[0]} of {stops[1]} stops of {MIN_S:g} s, {pauses[0]} of {pauses[1]} shorter ones marked, "
        f"{minima[0]} of {minima[1]} velocity minima at a border\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
