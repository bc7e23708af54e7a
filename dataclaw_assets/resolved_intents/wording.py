"""The words of a request: normalised, stemmed, and told apart into tasks, talk of data, and the rest."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from dataclaw_assets.records import Record, SourceKind
from dataclaw_assets.resolved_intents.vocabulary import (
    DATA_WORDS,
    FOOTAGE_WORDS,
    MAKING_WORDS,
    OTHER_OUTPUTS,
    STOP_WORDS,
    TASK_FUNCTION_WORDS,
)
from dataclaw_assets.task_specs import TaskSpec

FIELD_WEIGHTS = {"title": 2.0, "synonyms": 1.5, "description": 1.0}

ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))

_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")


class Reading(Record):
    """What the words of a request come to: the tasks that they speak of, each with its score and words."""

    scores: dict[str, float]
    matched: dict[str, tuple[str, ...]]
    vague: bool
    kinds: tuple[SourceKind, ...]
    elsewhere: tuple[str, ...]


def split_words(text: str) -> list[str]:
    """Lower-case words in order; hyphenated ones are followed by their parts."""
    words: list[str] = []
    for match in _WORD.finditer(unicodedata.normalize("NFKC", text).casefold()):
        word = match.group()
        words.append(word)
        if "-" in word:
            words.extend(word.split("-"))
    return words


def stem(word: str) -> str:
    """A word without its common English endings, so that `ordering`, `ordered` and `orders` meet.

    A light form of Porter's first step ("An algorithm for suffix stripping", 1980).
    """
    for ending, replacement in (
        ("ies", "y"),
        ("sses", "ss"),
        ("ing", ""),
        ("ed", ""),
        ("es", "e"),
        ("s", ""),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: len(word) - len(ending)] + replacement
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def read_request(text: str, specs: Sequence[TaskSpec]) -> Reading:
    """Score every task against a request by the words they share, rare words weighing more.

    A word counts `log(1 + tasks / tasks that use it)` (inverse document frequency, Spärck Jones 1972) times
    the weight of the best field that holds it. One shared word among strange ones is no evidence unless the
    request asks to make something or speaks of data: "the next train to Oxford" speaks of no task.
    """
    words = list(dict.fromkeys(split_words(text)))
    fields = {spec.task_type: _index_spec(spec) for spec in specs}
    users = Counter(key for index in fields.values() for key in index)
    scores: dict[str, float] = {}
    matched: dict[str, tuple[str, ...]] = {}
    about_data = _speaks_of_data(words)
    asks = about_data or bool(MAKING_WORDS.intersection(words))
    for task_type, index in fields.items():
        hits: dict[str, str] = {}
        for word in words:
            if stem(word) in index and (word not in STOP_WORDS or word in TASK_FUNCTION_WORDS):
                hits.setdefault(stem(word), word)
        strange = [word for word in words if stem(word) not in hits and not _is_common(word)]
        if not hits or not (asks or len(hits) > 1 or not strange):
            continue
        scores[task_type] = sum(
            index[key] * math.log(1 + len(specs) / sum(key in other for other in fields.values()))
            for key in hits
        )
        matched[task_type] = tuple(hits.values())
    elsewhere = tuple(word for word in words if word in OTHER_OUTPUTS and stem(word) not in users)
    kinds = tuple(dict.fromkeys(kind for word in words if (kind := FOOTAGE_WORDS.get(word))))
    return Reading(
        scores=scores,
        matched=matched,
        vague=not scores and about_data and not elsewhere,
        kinds=kinds,
        elsewhere=elsewhere,
    )


def _is_common(word: str) -> bool:
    return word in STOP_WORDS or word in DATA_WORDS or word in MAKING_WORDS or word in FOOTAGE_WORDS


def _speaks_of_data(words: Sequence[str]) -> bool:
    held = set(words)
    return bool(held & DATA_WORDS) or bool(held & MAKING_WORDS and held & set(FOOTAGE_WORDS))


def _index_spec(spec: TaskSpec) -> dict[str, float]:
    index: dict[str, float] = {}
    texts = {"title": spec.title, "synonyms": " ".join(spec.synonyms), "description": spec.description}
    for field, text in texts.items():
        for word in split_words(text):
            if word in STOP_WORDS and not (field == "synonyms" and word in TASK_FUNCTION_WORDS):
                continue
            if field != "synonyms" and (word in FOOTAGE_WORDS or word in DATA_WORDS):
                continue
            key = stem(word)
            index[key] = max(index.get(key, 0.0), FIELD_WEIGHTS[field])
    return index
