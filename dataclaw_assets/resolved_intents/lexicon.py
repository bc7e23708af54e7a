"""The words by which requests are read, from the files of `lexicon/`."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataclaw_assets.records import SourceKind, digest
from dataclaw_assets.resolved_intents.tokens import list_tokens, normalise

FOLDER = Path(__file__).parent / "lexicon"

GAP = "~"
"""In a phrase: up to three words between."""


@dataclass(frozen=True)
class Words:
    """A set of English words (stems, and phrases as stems in a row) and Chinese ones."""

    phrases: tuple[tuple[str, ...], ...]
    han: tuple[str, ...]

    @functools.cached_property
    def stems(self) -> frozenset[str]:
        """The phrases of one word."""
        return frozenset(phrase[0] for phrase in self.phrases if len(phrase) == 1)


@dataclass(frozen=True)
class Rule:
    """Concepts that, spoken of together, speak of a task with a weight."""

    weight: float
    concepts: frozenset[str]


@dataclass(frozen=True)
class Lexicon:
    """Concepts by name, rules by task type, and the words of talk by name."""

    concepts: Mapping[str, Words]
    rules: Mapping[str, tuple[Rule, ...]]
    talk: Mapping[str, Words]
    kinds: Mapping[SourceKind, Words]
    by_stem: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    known: frozenset[str]


@functools.cache
def load_lexicon() -> Lexicon:
    """The packaged lexicon. Raises `ValueError` for a rule of a concept that does not exist."""
    concepts = {name: _read_words(forms.split(",")) for name, forms in load_file("concepts").items()}
    talk = load_file("talk")
    kinds = {kind: _read_words(words.split()) for kind, words in talk.pop("kinds").items()}
    listed = {name: _read_words(_split(words)) for name, words in talk.items()}
    by_stem: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for name, words in concepts.items():
        for phrase in words.phrases:
            by_stem[phrase[0]].append((phrase, name))
    sets = (*concepts.values(), *kinds.values(), *listed.values())
    return Lexicon(
        concepts,
        {task: _read_rules(task, rules, concepts) for task, rules in load_file("tasks").items()},
        listed,
        kinds,
        {key: tuple(found) for key, found in by_stem.items()},
        frozenset(word for words in sets for phrase in words.phrases for word in phrase),
    )


def digest_lexicon() -> str:
    """Digest of the files, so that changed words make instructions anew."""
    return digest([(path.name, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml"))])


def load_file(name: str) -> Any:
    """A file of the lexicon as parsed."""
    import yaml

    quick = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), quick)


def _split(words: str) -> list[str]:
    """A list is parted by commas where it has phrases, else by spaces."""
    return words.split(",") if "," in words else words.split()


def _read_words(forms: list[str]) -> Words:
    phrases, han = [], []
    for form in forms:
        plain = normalise(form)
        tokens = list_tokens(plain.replace(GAP, " gap0gap "))
        if any(token.is_han for token in tokens):
            han.append(plain)
        elif tokens:
            phrases.append(tuple(GAP if token.text == "gap0gap" else token.stem for token in tokens))
    return Words(tuple(dict.fromkeys(phrases)), tuple(sorted(set(han), key=lambda form: (-len(form), form))))


def _read_rules(
    task: str, rules: Mapping[float, list[str]], concepts: Mapping[str, Words]
) -> tuple[Rule, ...]:
    found = [
        Rule(float(weight), frozenset(line.split())) for weight, lines in rules.items() for line in lines
    ]
    for rule in found:
        unknown = [name for name in sorted(rule.concepts) if name not in concepts and name[0] != "@"]
        if unknown:
            raise ValueError(f"lexicon: {task} names {', '.join(unknown)}, which is no concept")
    return tuple(sorted(found, key=lambda rule: (-rule.weight, sorted(rule.concepts))))
