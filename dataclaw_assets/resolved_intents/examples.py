"""What example requests tell of a new one: the log-odds of each task and stance."""

from __future__ import annotations

import functools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dataclaw_assets.records import SourceKind
from dataclaw_assets.resolved_intents.concepts import Spoken, hear
from dataclaw_assets.resolved_intents.lexicon import load_file, load_lexicon

STANCES = ("talk", "vague", "clear")
"""Talk of no data at all, a wish for data of no particular kind, and one for certain tasks."""

SHRINKAGE = 0.6
"""Added to both the examples of a reading that hold a feature and those expected to: what was seen but once
tells little (a gamma-Poisson shrinker: DuMouchel, "Bayesian data mining in large frequency tables", 1999)."""
TEMPER = 0.4
"""The power of the number of features that divides their sum: words of one text are not independent."""


@dataclass(frozen=True)
class Example:
    """One example: `tasks` are empty of a stance other than `clear`."""

    text: str
    kind: SourceKind
    stance: str
    tasks: tuple[str, ...]
    features: frozenset[str]


@dataclass(frozen=True)
class Counts:
    """How many examples of each reading hold each feature; one of several readings counts in part."""

    sizes: Mapping[str, float]
    held: Mapping[str, Mapping[str, float]]
    all_held: Mapping[str, float]

    def weigh(self, features: Iterable[str]) -> dict[str, float]:
        """The log-odds of each reading against all of them together: naive Bayes, tempered."""
        known = [name for name in features if name in self.all_held]
        whole = sum(self.sizes.values())
        shares = {name: self.all_held[name] / whole for name in known}
        return {
            reading: sum(
                math.log((held.get(name, 0.0) + SHRINKAGE) / (self.sizes[reading] * shares[name] + SHRINKAGE))
                for name in sorted(known)
            )
            / max(1, len(known)) ** TEMPER
            for reading, held in self.held.items()
        }


@functools.cache
def load_examples() -> tuple[Example, ...]:
    """The packaged examples, in the order of their file."""
    found = []
    for reading, kinds in load_file("examples").items():
        stance = reading if reading in STANCES else "clear"
        tasks = tuple(reading.split()) if stance == "clear" else ()
        for kind, texts in kinds.items():
            found += [Example(text, kind, stance, tasks, _read_features(text, kind)) for text in texts]
    return tuple(found)


@functools.cache
def count_tasks() -> Counts:
    """The counts of tasks over all examples of any."""
    return count((example.tasks, example) for example in load_examples())


@functools.cache
def count_stances() -> Counts:
    """The counts of stances over all examples."""
    return count(((example.stance,), example) for example in load_examples())


def count(labelled: Iterable[tuple[Sequence[str], Example]]) -> Counts:
    """Counts of examples under their readings."""
    sizes: Counter[str] = Counter()
    held: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    all_held: dict[str, float] = defaultdict(float)
    for readings, example in labelled:
        for reading in readings:
            part = 1 / len(readings)
            sizes[reading] += part  # type: ignore[assignment]
            for name in example.features:
                held[reading][name] += part
                all_held[name] += part
    return Counts(sizes, held, all_held)


@functools.cache
def list_known() -> frozenset[str]:
    """The English stems of the examples, which are no slips of the pen."""
    return frozenset(
        name[1:]
        for example in load_examples()
        for name in example.features
        if name[0] == "=" and "=" not in name[1:]
    )


def list_features(spoken: Spoken, start: int = 0, end: int | None = None) -> frozenset[str]:
    """What a text, or a part of it, shows: concepts, and stems or Chinese characters after `=`, alone and in
    pairs; without what it excludes."""
    last = len(spoken.text) if end is None else end
    words = [
        (token, f"={stem}")
        for token, stem in zip(spoken.tokens, spoken.corrected, strict=True)
        if start <= token.start < last and not any(low <= token.start < high for low, high in spoken.excluded)
    ]
    pairs = (
        f"{one}{other}" for (token, one), (after, other) in pairwise(words) if token.is_han == after.is_han
    )
    mentions = (hit.concept for hit in spoken.hits if start <= hit.start < last)
    return frozenset([*(word for _, word in words), *pairs, *mentions])


def name_kind(kind: SourceKind | None) -> str:
    """The feature of a kind of source: what is asked of drawings is seldom what is asked of robots."""
    return f"@{kind}"


def _read_features(text: str, kind: SourceKind) -> frozenset[str]:
    return list_features(hear(text, load_lexicon(), None)) | {name_kind(kind)}
