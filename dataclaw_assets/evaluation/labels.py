"""What a person wrote down about a video, `NAME.truth.json`, as records that anchors can be held to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

VIDEOS = frozenset({".mp4", ".webm", ".mkv", ".mov"})

CAMERA_WORDS = {
    "static": r"\b(static|fixed|locked|tripod|none|stands? still)\b",
    "pan": r"\bpan(s|ned|ning)?\b",
    "tilt": r"\btilt(s|ed|ing)?\b",
    "zoom": r"\b(zoom(s|ed|ing)?|doll(y|ies)|push(es)?|pull(s)?)\b",
    "roll": r"\broll(s|ed|ing)?\b",
}
CAMERA_DIRECTIONS = {
    "pan": {"left": r"\bleft\b", "right": r"\bright\b"},
    "tilt": {"up": r"\bup(wards?)?\b", "down": r"\bdown(wards?)?\b"},
    "zoom": {"in": r"\b(in|forwards?|towards)\b", "out": r"\b(out|back(wards)?|away)\b"},
    "roll": {
        "clockwise": r"(?<!counter-)(?<!counter)(?<!anti-)(?<!anti)\bclockwise\b",
        "counter-clockwise": r"\b(counter|anti)-?\s?clockwise\b",
    },
}
SUBJECT_WORDS = {
    "left": r"\bleft(wards?)?\b",
    "right": r"\bright(wards?)?\b",
    "up": r"\b(up(wards?)?|top)\b",
    "down": r"\b(down(wards?)?|bottom)\b",
    "towards": r"\b(towards?|approach(es|ing)?)\b",
    "away": r"\b(away|reced(es|ing))\b",
}

MOVING = "moving"
"""A camera label that names no kind of motion: right for every claim but static."""

NONE = "none"
"""A subject label that says the thing does not move by itself."""


@dataclass(frozen=True)
class GradualLabel:
    """A gradual transition: from the first mixed frame to the first pure one of the new shot, in seconds."""

    start_s: float
    end_s: float
    style: Literal["fade", "dissolve"]


@dataclass(frozen=True)
class MotionLabel:
    """How the camera, or a thing in the picture, moves between two times (seconds).

    `name` is in the anchors' own words: `static`, `pan left`, `zoom in`, `MOVING` for the camera; a direction
    of `MoverValue` or `NONE` for a subject. A kind without a direction (`pan`) fits every direction of it.
    """

    about: Literal["camera", "subject"]
    subject: str
    start_s: float
    end_s: float
    name: str
    words: str
    confidence: str

    @property
    def is_sure(self) -> bool:
        """Whether the person who wrote it was sure of it."""
        return self.confidence.lower().startswith("high")


@dataclass(frozen=True)
class NotScored:
    """A label that cannot be held against anchors, and why."""

    words: str
    why: str


@dataclass(frozen=True)
class Labels:
    """All labels of one video about its borders and motion; times in seconds, first frame at 0."""

    cuts: tuple[float, ...]
    transitions: tuple[GradualLabel, ...]
    motion: tuple[MotionLabel, ...]
    not_scored: tuple[NotScored, ...]

    def shots(self, end_s: float) -> list[tuple[float, float]]:
        """The stretches of single shots between the borders labelled, up to `end_s`."""
        borders = [(time_s, time_s) for time_s in self.cuts]
        borders += [(one.start_s, one.end_s) for one in self.transitions]
        starts = [0.0] + [end for _, end in sorted(borders)]
        ends = [start for start, _ in sorted(borders)] + [end_s]
        return [(start, end) for start, end in zip(starts, ends, strict=True) if end > start]


def find_labelled(folder: Path) -> list[tuple[Path, Path]]:
    """Videos of a folder with a `NAME.truth.json` beside them that lists `hard_cuts`, and that file."""
    pairs = []
    for truth in sorted(folder.glob("*.truth.json")):
        stem = truth.name.removesuffix(".truth.json")
        videos = [path for path in sorted(folder.glob(f"{stem}.*")) if path.suffix in VIDEOS]
        if videos and "hard_cuts" in json.loads(truth.read_text(encoding="utf-8")):
            pairs.append((videos[0], truth))
    return pairs


def read_labels(truth: Path) -> Labels:
    """The labels of one truth file. Motion that was not labelled with high confidence, or that the anchors'
    words cannot express, is in `not_scored`."""
    body = json.loads(truth.read_text(encoding="utf-8"))
    read = [read_camera(entry) for entry in body.get("camera", [])]
    read += [read_subject(entry) for entry in body.get("motion", [])]
    motion = [label for label in read if isinstance(label, MotionLabel)]
    unsure = [
        NotScored(_quote(label), f"its confidence is {label.confidence!r}")
        for label in motion
        if not label.is_sure
    ]
    return Labels(
        cuts=tuple(float(cut["t"]) for cut in body.get("hard_cuts", [])),
        transitions=tuple(
            GradualLabel(
                float(one["t_from"]),
                float(one["t_to"]),
                "fade" if "fade" in str(one.get("type", "")) else "dissolve",
            )
            for one in body.get("gradual_transitions", [])
        ),
        motion=tuple(label for label in motion if label.is_sure),
        not_scored=tuple(label for label in read if isinstance(label, NotScored)) + tuple(unsure),
    )


def read_camera(entry: Mapping[str, Any]) -> MotionLabel | NotScored:
    """An entry of `camera` (`t`, `motion`, `confidence`). What it says there is *not* ("no zoom") is passed
    over; more than one kind of motion, or none that is known, is not scored."""
    words = str(entry.get("motion", ""))
    plain = re.sub(r"\bno\b[^,;]*", "", words.lower().replace("_", " "))
    kinds = [kind for kind, pattern in CAMERA_WORDS.items() if re.search(pattern, plain)]
    if not kinds and re.match(r"\s*mov(es|ing)\b", plain):
        return _label("camera", "camera", entry, MOVING, words)
    if len(kinds) != 1:
        why = "it names several motions" if kinds else "no word of static, pan, tilt, zoom, roll is in it"
        return NotScored(f"camera: {words}", why)
    plain = re.sub(r"\b(left|right|top|bottom|up|down) to\b", "", plain)
    ways = [way for way, pattern in CAMERA_DIRECTIONS.get(kinds[0], {}).items() if re.search(pattern, plain)]
    if len(ways) > 1:
        return NotScored(f"camera: {words}", "it names several directions")
    return _label("camera", "camera", entry, " ".join(kinds + ways), words)


def read_subject(entry: Mapping[str, Any]) -> MotionLabel | NotScored:
    """An entry of `motion` (`subject`, `t`, `direction`, `confidence`); `a_to_b` means towards b."""
    words = str(entry.get("direction", ""))
    subject = str(entry.get("subject", "subject"))
    plain = words.lower().replace("_", " ")
    if plain.startswith("none"):
        return _label("subject", subject, entry, NONE, words)
    plain = re.sub(r"\b(left|right|top|bottom|up|down) to\b", "", plain)
    ways = [way for way, pattern in SUBJECT_WORDS.items() if re.search(pattern, plain)]
    if len(ways) != 1:
        why = "it names several directions" if ways else "it names no direction that anchors have"
        return NotScored(f"{subject}: {words}", why)
    return _label("subject", subject, entry, ways[0], words)


def _label(
    about: Literal["camera", "subject"], subject: str, entry: Mapping[str, Any], name: str, words: str
) -> MotionLabel | NotScored:
    times = entry.get("t") or [entry.get("t_from"), entry.get("t_to")]
    if len(times) != 2 or None in times:
        return NotScored(f"{subject}: {words}", "it has no interval")
    start_s, end_s = (float(time) for time in times)
    return MotionLabel(about, subject, start_s, end_s, name, words, str(entry.get("confidence", "")))


def _quote(label: MotionLabel) -> str:
    return f"{label.subject} {label.start_s:g}-{label.end_s:g} s: {label.words}"
