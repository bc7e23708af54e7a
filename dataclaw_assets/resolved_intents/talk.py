"""Telling a request for training data from other talk."""

from __future__ import annotations

from dataclasses import dataclass

from dataclaw_assets.records import SourceKind
from dataclaw_assets.resolved_intents.concepts import Spoken, find_spans
from dataclaw_assets.resolved_intents.lexicon import load_lexicon
from dataclaw_assets.resolved_intents.tokens import list_breaks

HAN_SHARE = 0.5
"""What a Chinese character counts beside an English word."""

MUCH = 0.6
"""The share of content words that are known where little else is spoken of."""


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
    other: tuple[str, ...]
    is_question: bool
    coverage: float

    @property
    def is_plainly_of_data(self) -> bool:
        """Whether the words are of data, or of whatever footage gives, and of little else."""
        return self.is_of_little_else and (
            self.of_data or self.of_data_maybe or (self.is_open and self.of_footage)
        )

    @property
    def is_of_little_else(self) -> bool:
        """Whether hardly anything is spoken of but what is known."""
        return not (self.chores or self.other or self.is_question) and self.coverage > MUCH


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
