"""What can be known of a sample's options and pictures without understanding any of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dataclaw_assets.quality.material import drop_material
from dataclaw_assets.records import Sample, SketchStill
from dataclaw_assets.validated_exports.artifacts import Exported
from resources.home import Home

FEATURES = ("letters", "words shared", "bytes", "brightness", "ink", "length")
"""Of an option: its letters, the words that it shares with the question. Of a file: its bytes; of a still,
how bright it is and how much of it is not background; of a clip, its seconds."""


@dataclass(frozen=True)
class Look:
    """A sample with the letters that may be answered, and the features of each."""

    sample: Sample
    labels: tuple[str, ...]
    features: Mapping[str, Mapping[str, float]]


def look_at(home: Home, item: Exported) -> Look:
    """The give-aways of one exported sample; its files are read, never compared with one another."""
    sample = item.sample
    features: dict[str, dict[str, float]] = {}
    question = set(drop_material(sample.payload).casefold().split())
    for label, text in (sample.payload.get("options") or {}).items():
        words = set(str(text).casefold().split())
        features[label] = {"letters": float(len(str(text))), "words shared": float(len(words & question))}
    for artifact in item.artifacts:
        if artifact.label is None or artifact.side != "input" or len(artifact.label) != 1:
            continue
        own = features.setdefault(artifact.label, {})
        own["bytes"] = float(artifact.bytes)
        if artifact.duration_s is not None:
            own["length"] = artifact.duration_s
        else:
            own |= _measure_still(home, artifact.key)
    for medium in sample.media:
        for _, letter in medium.marks if isinstance(medium, SketchStill) else ():
            if letter:
                features.setdefault(letter, {})
    labels = tuple(sorted(label for label in features if label not in "XY"))
    return Look(sample, labels, features)


def _measure_still(home: Home, key: str) -> dict[str, float]:
    from resources.media import read_image

    picture = read_image(home.store.fetch(key)).mean(axis=2)
    background = float(picture.flat[0])
    return {"brightness": float(picture.mean()), "ink": float((abs(picture - background) > 32).mean())}
