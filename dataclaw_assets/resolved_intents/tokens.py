"""The words of a text: normalised, stemmed, and split into clauses."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))

HAN = "\u3400-\u4dbf\u4e00-\u9fff"

_TOKEN = re.compile(rf"(?P<han>[{HAN}])|(?P<word>(?:(?![{HAN}])[^\W_])+(?:'(?:(?![{HAN}])[^\W_])+)*)")
_BREAK = re.compile(r"[;,!?:，。；！？、：|+&…]|\.(?!\d)|->|→|\s[-–—]\s")


@dataclass(frozen=True)
class Token:
    """One English word, or one Chinese character, with its place in the normalised text."""

    text: str
    stem: str
    start: int
    end: int
    is_han: bool


def normalise(text: str) -> str:
    """Compatibility forms made one, lower case, straight apostrophes, one space between words."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join(plain.split())


def list_tokens(text: str) -> list[Token]:
    """The tokens of a normalised text in order; hyphens and slashes part words, apostrophes do not."""
    found = []
    for match in _TOKEN.finditer(text):
        word = match.group().removesuffix("'s").replace("'", "")
        is_han = match["han"] is not None
        found.append(Token(word, word if is_han else stem(word), match.start(), match.end(), is_han))
    return found


@functools.lru_cache(maxsize=256)
def list_stems(text: str) -> frozenset[str]:
    """The stems of a text that is read again and again, as that of a spec is."""
    return frozenset(token.stem for token in list_tokens(normalise(text)))


def list_breaks(text: str) -> list[int]:
    """Where punctuation ends a clause of a normalised text."""
    return [match.start() for match in _BREAK.finditer(text)]


def stem(word: str) -> str:
    """A word without its common English endings, so that `ordering`, `ordered` and `orders` meet.

    A light form of Porter's first step ("An algorithm for suffix stripping", 1980).
    """
    for ending, replacement in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: len(word) - len(ending)] + replacement
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    return word[:-1] if len(word) > 4 and word.endswith("e") else word
