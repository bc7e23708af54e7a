"""Which words of a model no cited fact bears: they may be true, but nothing here can tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.quality.gates.wording import said_by
from dataclaw_assets.quality.language import STEM, split_words
from dataclaw_assets.quality.material import drop_material
from dataclaw_assets.records import Draft

MIN_LETTERS = 3
"""Shorter words carry grammar."""

ASKING = frozenset((Path(__file__).parent / "asking_words.txt").read_text("utf-8").split())
"""What questions are made of, whatever they are about. English: of another language every word is one that
nothing here bears out."""

_ENDINGS = ("ing", "ed", "es", "s")


def find_unverified(draft: Draft, facts: Facts, own: Collection[str] = ()) -> list[str]:
    """The words of a question, of steps and of reasoning that neither a cited fact nor the shipped material
    holds, nor one of the task's `own` sentences, and that are no words of asking; in order, each once."""
    cited = [
        facts.anchors[name] for claim in draft.evidence for name in claim.anchors if name in facts.anchors
    ]
    known = {word for sentence in own for word in split_words(sentence)}
    for anchor in cited:
        for text in (anchor.text, *said_by(anchor)):
            known.update(split_words(text))
    for line in draft.payload.get("transcript") or ():
        known.update(split_words(str(line["text"])))
    for option in (draft.payload.get("options") or {}).values():
        known.update(split_words(str(option)))
    stems = {word[:STEM] for word in known}
    found = [
        word
        for text in _list_worded(draft)
        for word in split_words(text)
        if len(word) >= MIN_LETTERS and not _is_asking(word) and word[:STEM] not in stems
    ]
    return list(dict.fromkeys(found))


def _list_worded(draft: Draft) -> Iterator[str]:
    yield drop_material(draft.payload)
    yield from map(str, draft.payload.get("cot") or ())
    for step in draft.payload.get("steps") or ():
        if isinstance(step, dict) and step.get("text"):
            yield str(step["text"])


def _is_asking(word: str) -> bool:
    forms = {word, *(word.removesuffix(ending) for ending in _ENDINGS)}
    return bool(forms & ASKING)
