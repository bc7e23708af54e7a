"""Which known word a misspelt one was meant to be."""

from __future__ import annotations

from collections.abc import Collection

SHORTEST = 4
LENGTH_OF_ONE = 6
"""Letters from which one wrong, missing or added letter is a slip; below, only letters in wrong order,
since short words with one letter changed are mostly other words."""
LENGTH_OF_TWO = 9
"""Letters from which two slips are borne."""


def find_meant(word: str, known: Collection[str]) -> str | None:
    """The known word nearest to `word` by slips of the pen, the first of equals by the alphabet; None where
    none is near. The first letter counts as right."""
    if len(word) < SHORTEST:
        return None
    best: tuple[int, str] | None = None
    for other in known:
        if other[:1] != word[:1] or abs(len(other) - len(word)) > 2 or len(other) < SHORTEST:
            continue
        slips = count_slips(word, other)
        longest = max(len(word), len(other))
        allowed = 2 if longest >= LENGTH_OF_TWO else 1
        if slips > allowed or (longest < LENGTH_OF_ONE and not _is_swapped_late(word, other)):
            continue
        if best is None or (slips, other) < best:
            best = (slips, other)
    return best[1] if best else None


def _is_swapped_late(one: str, other: str) -> bool:
    """The same letters, of which the first three stand alike."""
    return sorted(one) == sorted(other) and one[:3] == other[:3]


def count_slips(one: str, other: str) -> int:
    """Letters added, left out or replaced and neighbours exchanged, at least, from one word to another: the
    restricted distance of Damerau, "A technique for computer detection and correction of spelling errors",
    1964."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, wanted in enumerate(other, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, last = last, current
    return last[-1]
