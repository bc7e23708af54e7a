"""How many samples a request asks for, and how hard they are to be."""

from __future__ import annotations

import re
from typing import Literal

from dataclaw_assets.records import Record
from dataclaw_assets.resolved_intents.tokens import normalise

Difficulty = Literal["easy", "medium", "hard"]

_SMALL = "one two three four five six seven eight nine ten eleven twelve"
_NAMED = {name: number for number, name in enumerate(_SMALL.split(), 1)}
_NAMED |= {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "eighty": 80, "ninety": 90}
_NAMED |= {"dozen": 12, "hundred": 100, "thousand": 1000}

_ITEMS = (
    r"(?:samples?|items?|examples?|questions?|qs|pairs?|ones|puzzles?|jigsaws?|tasks?|rows?|records?|entries"
    r"|instances?|tutorials?|lessons?|guides?|dialogu?es?|dialogs?|conversations?|trip(?:le|let)s?|tuples?"
    r"|quadruples?|q&as?|qas?|mcqs?|quizzes|problems?|exercises?|transitions?|edits?|training clips"
    r"|pieces of data|data points|datapoints|of them|of these|of each|in total|total)"
)
_NUMBER = (
    r"(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>k\b)?"
    rf"|(?P<named>{'|'.join(_NAMED)})(?P<times> (?:dozen|hundred|thousand))?"
)
_BETWEEN = r"(?: +(?!(?:or|and|to|of|in|per|with|from)\b)[^\W\d][\w-]*){0,3}?"
_ENGLISH = re.compile(rf"(?<![\w.])(?:{_NUMBER})\b{_BETWEEN} +{_ITEMS}\b")
_GIVE = re.compile(
    r"\b(?:give me|get me|make|generate|create|produce|need|want) (?:about |around |some |like |~ ?)?"
    rf"(?:{_NUMBER})\s*(?:[.,;!?]|please|pls|$)"
)

_HAN_DIGITS = {name: number for number, name in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_HAN_TENS = {"十": 10, "百": 100, "千": 1000}
_HAN_COUNT = (
    r"(?:条(?!线)|道|份|题|篇|组(?!成)|对(?!话)|则|例|个(?:样本|例子|问题|题目|样例|任务|谜题|拼图|教程|对话|数据|三元组|训练样本)"
    r"|段(?:数据|对话))"
)
_CHINESE = re.compile(
    rf"(?<!第)(?P<number>\d+|[零一二两三四五六七八九十百千]+)(?P<unit>[万千百]?)(?:多|来|几)?\s?{_HAN_COUNT}"
)

_LEVELS: dict[Difficulty, re.Pattern[str]] = {
    "hard": re.compile(
        r"\b(?:hard|harder|hardest|difficult|challenging|tough|tricky|advanced|expert[- ]level|non-trivial)\b"
        r"(?! drive| disk| part)"
        r"|难一点|高难度|困难|较难|很难|难题|有难度|有挑战|挑战性|难度高|难的|硬核|难度大"
    ),
    "medium": re.compile(
        r"\b(?:medium|moderate|moderately|intermediate|average difficulty)\b|中等|适中|难度中"
    ),
    "easy": re.compile(
        r"\b(?:easy|easier|easiest|simple|basic|trivial|beginner[- ]level|entry[- ]level)\b"
        r"|简单|容易|基础|入门|低难度"
    ),
}
_NEGATED = re.compile(
    r"(?:not|n't|no|nothing|isn't|never)(?: \w+){0,2} ?$|(?:不要|别|不能|不)(?:太|很|那么|过于)?$"
)


class Amounts(Record):
    """What a request says of number and difficulty; None where it says nothing."""

    count: int | None = None
    difficulty: Difficulty | None = None


def read_amounts(text: str) -> Amounts:
    """The number of samples and the difficulty that a request states.

    A number counts when it stands with a word for samples (`50 hard ones`, `2k items`, `一百道`), or ends a
    wish (`give me 20`). Numbers of options, pieces, frames or seconds are none. Where two levels
    are named the difficulty is left open.
    """
    plain = normalise(text)
    return Amounts(count=_read_count(plain), difficulty=_read_difficulty(plain))


def _read_count(text: str) -> int | None:
    for pattern in (_ENGLISH, _GIVE):
        for match in pattern.finditer(text):
            count = _value(match)
            if count >= 1:
                return count
    for match in _CHINESE.finditer(text):
        number = match["number"]
        value = int(number) if number.isdigit() else _read_han(number)
        value *= {"万": 10_000, "千": 1000, "百": 100}.get(match["unit"], 1)
        if value >= 1:
            return value
    return None


def _value(match: re.Match[str]) -> int:
    if match["number"]:
        value = float(match["number"].replace(",", ""))
        return round(value * (1000 if match["unit"] else 1))
    return _NAMED[match["named"]] * (_NAMED[match["times"].strip()] if match["times"] else 1)


def _read_han(number: str) -> int:
    """A Chinese number below ten thousand, such as 一百二十."""
    total = last = 0
    for letter in number:
        if letter in _HAN_TENS:
            total += (last or 1) * _HAN_TENS[letter]
            last = 0
        else:
            last = _HAN_DIGITS[letter]
    return total + last


def _read_difficulty(text: str) -> Difficulty | None:
    said = {
        level
        for level, pattern in _LEVELS.items()
        for match in pattern.finditer(text)
        if not _NEGATED.search(text[: match.start()])
    }
    return said.pop() if len(said) == 1 else None
