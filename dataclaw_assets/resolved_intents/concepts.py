"""What a text speaks of: the concepts of the lexicon found in it, clause by clause."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dataclaw_assets.resolved_intents.lexicon import GAP, Lexicon, Words
from dataclaw_assets.resolved_intents.tokens import Token, list_breaks, list_tokens, normalise
from dataclaw_assets.resolved_intents.typos import find_meant

GAP_WORDS = 3
NEGATED_WORDS = 3
"""How many words, or twice as many Chinese characters, a negation reaches."""


@dataclass(frozen=True)
class Hit:
    """One mention of a concept; `clause` counts from 0."""

    concept: str
    start: int
    end: int
    surface: str
    clause: int


@dataclass(frozen=True)
class Spoken:
    """A text as read: `corrected` are its tokens with slips of the pen mended, `bounds` where its clauses but
    the first begin, `excluded` the spans of concepts that it says are not wanted."""

    text: str
    tokens: tuple[Token, ...]
    corrected: tuple[str, ...]
    hits: tuple[Hit, ...]
    bounds: tuple[int, ...]
    excluded: tuple[tuple[int, int], ...]


def hear(text: str, lexicon: Lexicon, further: Iterable[str] | None = ()) -> Spoken:
    """The concepts that a request speaks of and does not exclude; `further` are stems known besides, None
    where no slip is to be mended."""
    plain = normalise(text)
    tokens = tuple(list_tokens(plain))
    if further is None:
        corrected = tuple(token.stem for token in tokens)
    else:
        corrected = correct(tokens, lexicon.known, frozenset(further))
    found = _drop_covered([*_find_phrases(tokens, corrected, lexicon), *_find_han(plain, lexicon)])
    kept = [item for item in found if not _is_negated(item, plain, tokens, corrected, lexicon)]
    bounds = _list_bounds(plain, tokens, corrected, lexicon, found)
    hits = tuple(
        Hit(name, start, end, plain[start:end], bisect.bisect_right(bounds, start))
        for start, end, name in kept
    )
    excluded = tuple((start, end) for start, end, name in found if (start, end, name) not in kept)
    return Spoken(plain, tokens, corrected, hits, tuple(bounds), excluded)


def correct(tokens: Sequence[Token], known: frozenset[str], further: frozenset[str]) -> tuple[str, ...]:
    """The stems of tokens, those that no list holds as the nearest known one where one is near."""
    both = sorted(word for word in known | further if word.isascii() and word.isalpha())
    return tuple(
        token.stem
        if token.is_han or token.stem in known or token.stem in further or not token.stem.isalpha()
        else find_meant(token.stem, both) or token.stem
        for token in tokens
    )


def find_spans(
    words: Words, text: str, tokens: Sequence[Token], stems: Sequence[str]
) -> list[tuple[int, int]]:
    """Where any of some words stand, as start and end in the normalised text."""
    spans = []
    for place in range(len(tokens)):
        for phrase in words.phrases:
            if phrase[0] == stems[place] and (end := _match(phrase, stems, place)) is not None:
                spans.append((tokens[place].start, tokens[end].end))
    for form in words.han:
        at = text.find(form)
        while at >= 0:
            spans.append((at, at + len(form)))
            at = text.find(form, at + 1)
    return spans


def _find_phrases(
    tokens: Sequence[Token], stems: Sequence[str], lexicon: Lexicon
) -> list[tuple[int, int, str]]:
    found = []
    for place, key in enumerate(stems):
        for phrase, name in lexicon.by_stem.get(key, ()):
            end = _match(phrase, stems, place)
            if end is not None:
                found.append((tokens[place].start, tokens[end].end, name))
    return found


def _match(phrase: Sequence[str], stems: Sequence[str], place: int) -> int | None:
    """The place of the last word of a phrase that begins at `place`."""
    at = place
    for position, part in enumerate(phrase[1:], 1):
        if part == GAP:
            continue
        reach = GAP_WORDS + 1 if phrase[position - 1] == GAP else 1
        step = next(
            (step for step in range(1, reach + 1) if stems[at + step : at + step + 1] == (part,)), None
        )
        if step is None:
            return None
        at += step
    return at


def _find_han(text: str, lexicon: Lexicon) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    if text.isascii():
        return found
    for name, words in lexicon.concepts.items():
        for form in words.han:
            at = text.find(form)
            while at >= 0:
                found.append((at, at + len(form), name))
                at = text.find(form, at + 1)
    return found


def _drop_covered(found: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Without mentions inside a longer one, each concept once at a place."""
    spans = {(start, end) for start, end, _ in found}
    return sorted(
        {
            (start, end, name)
            for start, end, name in found
            if not any(low <= start and end <= high and (low, high) != (start, end) for low, high in spans)
        }
    )


def _is_negated(
    hit: tuple[int, int, str], text: str, tokens: Sequence[Token], stems: Sequence[str], lexicon: Lexicon
) -> bool:
    start = hit[0]
    allowed = find_spans(lexicon.talk["not_only"], text, tokens, stems)
    for low, high in find_spans(lexicon.talk["negators"], text, tokens, stems):
        between = text[high:start]
        if high > start or list_breaks(between):
            continue
        if any(first <= low < last for first, last in allowed):
            continue
        words = len(list_tokens(between))
        is_han = any(token.is_han and token.start == low for token in tokens)
        if words <= (2 * NEGATED_WORDS if is_han else NEGATED_WORDS):
            return True
    return False


def _list_bounds(
    text: str,
    tokens: Sequence[Token],
    stems: Sequence[str],
    lexicon: Lexicon,
    hits: Sequence[tuple[int, int, str]],
) -> list[int]:
    """Where clauses begin: at punctuation and at words that add another wish, outside any mention."""
    marks = [
        *list_breaks(text),
        *(low for low, _ in find_spans(lexicon.talk["openers"], text, tokens, stems)),
    ]
    return sorted(mark for mark in set(marks) if not any(low < mark < high for low, high, _ in hits))
