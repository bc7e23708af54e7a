"""Telling a request for training data from other talk."""

from __future__ import annotations

from dataclasses import dataclass

from dataclaw_assets.records import SourceKind
from dataclaw_assets.resolved_intents.concepts import Spoken, find_spans
from dataclaw_assets.resolved_intents.lexicon import load_lexicon
from dataclaw_assets.resolved_intents.tokens import list_breaks

HAN_SHARE = 0.5
"""What a Chinese character counts beside an English word."""

SHAPES_OF_DATA = ("question", "triple", "pair", "predict", "find")
"""Concepts that no chore has: what is told to be done is then a change to be asked about."""

ENOUGH = 0.5
"""The share of content words that must be known where nothing says that data is wanted."""
MUCH = 0.7
"""The same where but a topic is named."""
SOME = 0.4
"""The same where something is to be made."""
LITTLE = 0.25
"""The same for a request that names a task clearly and speaks of data or footage."""
LEAST = 0.34
"""The same for one that names a task clearly by several concepts, and for a topic with data or footage."""


@dataclass(frozen=True)
class Talk:
    """What the words say beside the task: of data (for certain, or by a word that has other uses), of
    footage, of nothing in particular (`is_open`), of making; of chores and outputs that are none of ours.
    `coverage` is the share of content words known."""

    of_data: bool
    of_data_maybe: bool
    of_footage: bool
    is_open: bool
    of_making: bool
    kinds: tuple[SourceKind, ...]
    chores: tuple[str, ...]
    leads_with_chore: bool
    other: tuple[str, ...]
    is_question: bool
    coverage: float

    def bears_clear(self, by_several: bool) -> bool:
        """Whether a request that names a task clearly, by several concepts or by one, is meant as one for
        data."""
        if self.leads_with_chore:
            return False
        if self.of_data:
            return True
        if self.is_question:
            return self.coverage >= ENOUGH
        if self.of_data_maybe or self.of_footage:
            return self.coverage >= LITTLE
        return self.coverage >= (LEAST if by_several else ENOUGH)

    def bears_topic(self) -> bool:
        """Whether one that names but a topic is."""
        if self.chores or self.other:
            return False
        if self.of_data:
            return True
        if self.is_question:
            return False
        return self.coverage >= (LEAST if self.of_data_maybe or self.of_footage else MUCH)

    def bears_nothing_named(self) -> bool:
        """Whether one that names nothing is."""
        if self.chores or self.other:
            return False
        if self.of_data:
            return True
        if self.is_question and not self.of_making:
            return False
        if not (self.of_data_maybe or self.of_footage):
            return self.is_open and self.coverage > MUCH
        return self.coverage > (SOME if self.of_making else ENOUGH)


def judge_talk(spoken: Spoken, matched: frozenset[str] = frozenset()) -> Talk:
    """What a text says beside its task; `matched` are words that a task's spec holds."""
    talk, kinds = load_lexicon().talk, load_lexicon().kinds

    def find(*names: str) -> list[tuple[int, int]]:
        return [
            span
            for name in names
            for span in find_spans(talk[name], spoken.text, spoken.tokens, spoken.corrected)
        ]

    footage = {
        kind: find_spans(words, spoken.text, spoken.tokens, spoken.corrected) for kind, words in kinds.items()
    }
    of_footage = [span for spans in footage.values() for span in spans] + find("media")
    data, maybe = find("data", "data_zh"), find("data_weak", "data_weak_zh")
    making, chores = find("making", "making_zh"), find("chores", "chores_zh")
    stop = talk["stop"].stems
    content = [
        token.start for token, stem in zip(spoken.tokens, spoken.corrected, strict=True) if stem not in stop
    ]
    hits = [(hit.start, hit.end) for hit in spoken.hits]
    other = [span for span in find("other_outputs", "other_outputs_zh") if not _is_inside(span, hits)]
    known = [*hits, *of_footage, *data, *maybe]
    asked = find("asking")
    return Talk(
        of_data=bool(data),
        of_data_maybe=bool(maybe),
        of_footage=bool(of_footage),
        is_open=any(hit.concept == "vague_mark" for hit in spoken.hits),
        of_making=bool(making),
        kinds=tuple(kind for kind, spans in footage.items() if spans),
        chores=_quote_spans(spoken, chores),
        leads_with_chore=bool(find("errands"))
        or (
            any(content and start <= content[0] for start, _ in chores)
            and not any(hit.concept in SHAPES_OF_DATA for hit in spoken.hits)
        ),
        other=_quote_spans(spoken, other),
        is_question=any(_begins_clause(start, spoken.text) for start, _ in asked) or bool(find("asking_zh")),
        coverage=_cover(spoken, known, [*making, *find("stop_zh")], matched),
    )


def is_common(stem: str) -> bool:
    """Whether an English stem is of those that say nothing of a task."""
    lexicon = load_lexicon()
    lists = ("stop", "making", "data", "data_weak", "media")
    return any(stem in lexicon.talk[name].stems for name in lists) or any(
        stem in words.stems for words in lexicon.kinds.values()
    )


def _begins_clause(start: int, text: str) -> bool:
    return start == 0 or any(at in (start - 1, start - 2) for at in list_breaks(text))


def _cover(
    spoken: Spoken, known: list[tuple[int, int]], neutral: list[tuple[int, int]], matched: frozenset[str]
) -> float:
    """The share of content that is known: each English mention counts one, each Chinese character in part."""
    stop = load_lexicon().talk["stop"].stems
    mentions = set()
    good = strange = 0.0
    for token, stem in zip(spoken.tokens, spoken.corrected, strict=True):
        span = (token.start, token.end)
        inside = [place for place in known if place[0] <= token.start and token.end <= place[1]]
        if inside and token.is_han:
            good += HAN_SHARE
        elif inside:
            mentions.add(max(inside, key=lambda place: place[1] - place[0]))
        elif token.text in matched:
            good += 1.0
        elif _is_inside(span, neutral) or stem in stop or token.text in stop or token.text[0].isdigit():
            continue
        else:
            strange += HAN_SHARE if token.is_han else 1.0
    good += len(mentions)
    return good / (good + strange) if good else 0.0


def _is_inside(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    return any(low <= span[0] and span[1] <= high for low, high in spans)


def _quote_spans(spoken: Spoken, spans: list[tuple[int, int]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(spoken.text[start:end] for start, end in sorted(spans)))
