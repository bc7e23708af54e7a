"""How right the text read is: `python -m dataclaw_assets.evaluation.text FOLDER [--counter FILE]`.

Every labelled line of a folder's truth files is held to what was read in its interval. A counter or clock
that is burned into a video is read off frames decoded at the times that we report for them.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataclaw_assets.anchor_values import TextLineValue
from dataclaw_assets.evaluation.labels import VIDEOS
from dataclaw_assets.evaluation.measured import describe_video, measure_video
from dataclaw_assets.records import Anchor

if TYPE_CHECKING:
    from resources.media import Picture
    from resources.ocr import Line

BAR = 0.1
"""Largest normalised edit distance at which a labelled line counts as read."""

MOST_JOINED = 4
"""So many lines, one after the other in reading order, may together be what a label calls one line."""

EDGE_S = 0.2
"""What is read this near to the ends of a labelled interval may be of its neighbour."""

COUNTED_FRAMES = 30

HEADINGS = "{:28} {:>8} {:>11} {:>6} {:>9} {:>5} {:>6} {:>11} {:>6}\n"


@dataclass(frozen=True)
class LabelledLines:
    """Lines that a person wrote down for an interval (seconds)."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Look:
    """What one video gave: its anchors of text, how many pictures were read and how many were not because
    they had been before, and the processor seconds that reading took, decoding apart."""

    anchors: tuple[Anchor, ...]
    duration_s: float
    read: int
    repeated: int
    cpu_s: float


@dataclass(frozen=True)
class Match:
    """A labelled line and what was read most like it."""

    label: str
    read: str
    distance: float


@dataclass(frozen=True)
class Counted:
    """Frames of which a burned-in counter or clock was read. `numbered`: on how many the frame's number is
    there, plus `first`; `clocked`: on how many its time to half a frame, plus `offset_s`."""

    frames: int
    numbered: int
    first: float
    clocked: int
    offset_s: float


def read_labelled_lines(truth: Path) -> list[LabelledLines]:
    """The labelled lines of a truth file: `on_screen_text[].lines` and `slides[].text_lines`."""
    body = json.loads(truth.read_text(encoding="utf-8"))
    labels = [_labelled(one.get("t"), one.get("lines")) for one in body.get("on_screen_text") or []]
    labels += [
        _labelled([one.get("start_s"), one.get("end_s")], one.get("text_lines"))
        for one in body.get("slides") or []
    ]
    return [label for label in labels if label is not None]


def _labelled(span: Any, lines: Any) -> LabelledLines | None:
    if not lines or not span or None in span:
        return None
    return LabelledLines(float(span[0]), float(span[1]), tuple(str(line) for line in lines))


def look_at_text(video: Path) -> Look:
    """Read a video's text as the platform does, starting from the shots and rests found in it."""
    from dataclaw_assets.factual_anchors.extractors.text import TextExtractor, TextLooker
    from dataclaw_assets.factual_anchors.scan import look_again
    from resources.ocr import read_lines

    spent: list[float] = []

    def read(picture: Picture) -> list[Line]:
        begun = time.process_time()
        lines = read_lines(picture)
        spent.append(time.process_time() - begun)
        return lines

    source = describe_video(video)
    extractor = TextExtractor()
    found = [anchor for anchor in measure_video(video) if anchor.extractor in extractor.needs]
    looker = TextLooker(extractor, source, found, read)
    look_again(source, video, looker)
    assert source.stream is not None
    return Look(tuple(looker.finish()), source.stream.duration_s, looker.read, looker.repeated, sum(spent))


def match_lines(labels: Iterable[LabelledLines], anchors: Sequence[Anchor]) -> list[Match]:
    """For each labelled line what was read most like it in its interval, of all lines and joins of lines."""
    from dataclaw_assets.factual_anchors.measures.reading_text import edit_distance

    matches = []
    for label in labels:
        texts = list(_texts_within(label, anchors))
        for line in label.lines:
            plain = " ".join(line.split())
            distance, read = min(((edit_distance(plain, text), text) for text in texts), default=(1.0, ""))
            matches.append(Match(line, read, distance))
    return matches


def _texts_within(label: LabelledLines, anchors: Sequence[Anchor]) -> Iterable[str]:
    """What was read in an interval: each picture's lines, which follow each other in reading order, and their
    joins."""
    lines: list[str] = []
    for anchor in anchors:
        value, start_s, end_s = anchor.value, anchor.start_s or 0.0, anchor.end_s or 0.0
        if not isinstance(value, TextLineValue):
            continue
        if value.order == 0:
            lines = []
        if start_s < label.end_s - EDGE_S and end_s > label.start_s + EDGE_S:
            lines.append(value.text)
            for count in range(1, min(len(lines), MOST_JOINED) + 1):
                yield " ".join(lines[-count:])


def score_counter(video: Path, most: int = COUNTED_FRAMES) -> Counted:
    """Read the burned-in counter or clock of frames decoded at their reported times, spread over a video."""
    from resources.media import decode, to_picture
    from resources.ocr import read_lines
    from resources.sampling import frames_on_screen

    source = describe_video(video)
    assert source.stream is not None
    fps = source.stream.fps
    times = [frame.time_s for frame in decode(video, source.stream)]
    indices = range(0, len(times), max(1, -(-len(times) // most)))
    numbers: list[set[float]] = []
    clocks: list[set[float]] = []
    pictures = frames_on_screen(video, source.stream, [times[index] for index in indices])
    for (time_s, frame), index in zip(pictures, indices, strict=True):
        words = " ".join(line.text for line in read_lines(to_picture(frame.video)))
        numbers.append({float(sign) - index for sign in re.findall(r"(?<![\d.:])\d+(?![\d.:])", words)})
        clocks.append({seconds - time_s for seconds in _read_clocks(words, fps)})
    return Counted(len(numbers), *_agree(numbers, 0.0), *_agree(clocks, 0.5 / fps))


def _read_clocks(words: str, fps: float) -> Iterable[float]:
    """Seconds that a picture shows: `1.9`, `00:01.9`, `00:00:01.9`, `00:00:01:09` (frames at the end)."""
    for sign in re.findall(r"\d+(?:[:;]\d+)*(?:\.\d+)?", words):
        parts = re.split(r"[:;]", sign)
        if len(parts) == 4:
            hours, minutes, seconds, frames = (float(part) for part in parts)
            yield hours * 3600 + minutes * 60 + seconds + frames / fps
        elif len(parts) in (2, 3) or "." in sign:
            total = 0.0
            for part in parts:
                total = total * 60.0 + float(part)
            yield total


def _agree(gaps: Sequence[set[float]], slack: float) -> tuple[int, float]:
    """The largest number of frames that have one and the same gap among theirs, and that gap."""

    def agreeing(gap: float) -> int:
        return sum(any(abs(gap - one) <= slack for one in some) for some in gaps)

    tries = sorted({gap for some in gaps for gap in some}, key=lambda gap: (abs(gap), gap))
    best = max(tries, key=agreeing, default=0.0)
    return (agreeing(best) if tries else 0), best


def report_folder(folder: Path) -> list[Match]:
    """Print a line for each labelled video and the labels that were missed; gives every match."""
    sys.stdout.write(
        HEADINGS.format(
            "video", "labelled", "within 0.1", "worst", "pictures", "/min", "again", "ms/picture", "texts"
        )
    )
    everything: list[Match] = []
    for truth in sorted(folder.glob("*.truth.json")):
        labels = read_labelled_lines(truth)
        stem = truth.name.removesuffix(".truth.json")
        videos = [path for path in sorted(folder.glob(f"{stem}.*")) if path.suffix in VIDEOS]
        if not labels or not videos:
            continue
        look = look_at_text(videos[0])
        matches = match_lines(labels, look.anchors)
        right = sum(match.distance <= BAR for match in matches)
        worst = max(match.distance for match in matches)
        per_minute = f"{60.0 * look.read / look.duration_s:.1f}"
        texts = sum(anchor.kind == "text" for anchor in look.anchors)
        spent = f"{1000.0 * look.cpu_s / max(1, look.read):.0f}"
        sys.stdout.write(
            HEADINGS.format(
                videos[0].name, len(matches), right, f"{worst:.3f}", look.read, per_minute, look.repeated,
                spent, texts,
            )
        )  # fmt: skip
        for match in matches:
            if match.distance > BAR:
                sys.stdout.write(f"  missed by {match.distance:.2f}: {match.label!r}, read {match.read!r}\n")
        everything += matches
    return everything


def main(arguments: Sequence[str]) -> int:
    """Print the tables; 1 when a labelled line or a counter was missed, 2 when nothing there is labelled."""
    counters = [Path(name) for flag, name in itertools.pairwise(arguments) if flag == "--counter"]
    folders = [name for name in arguments if name != "--counter" and Path(name) not in counters]
    matches = report_folder(Path(folders[0]).resolve()) if len(folders) == 1 else []
    good = all(match.distance <= BAR for match in matches)
    for video in counters:
        found = score_counter(video.resolve())
        sys.stdout.write(
            f"{video.name}: {found.frames} frames at their reported times; burned-in number = index "
            f"+ {found.first:g} on {found.numbered}, burned-in clock = time {found.offset_s:+.3f} s on "
            f"{found.clocked}\n"
        )
        good = good and max(found.numbered, found.clocked) == found.frames
    if not matches and not counters:
        sys.stderr.write(
            "usage: python -m dataclaw_assets.evaluation.text FOLDER (of NAME.mp4 + NAME.truth.json) "
            "[--counter FILE]\n"
        )
        return 2
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
