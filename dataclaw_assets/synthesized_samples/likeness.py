"""How alike two texts are: whether a reader may take one for the other."""

from __future__ import annotations

import functools
from collections import Counter
from difflib import SequenceMatcher


@functools.lru_cache(maxsize=1 << 16)
def resembles(first: str, second: str, share: float) -> bool:
    """Whether the similarity of two texts, 0-1, is at least `share`: twice the letters that they have in
    common in runs, over all letters (Ratcliff and Obershelp 1988, as `difflib` has it).

    Screens hold hundreds of lines, each compared with all others: what length and letters rule out is not
    compared.
    """
    total = len(first) + len(second)
    if 2 * min(len(first), len(second)) < share * total:
        return False
    if 2 * (_count(first) & _count(second)).total() < share * total:
        return False
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= share


@functools.lru_cache(maxsize=1 << 12)
def _count(text: str) -> Counter[str]:
    return Counter(text)
