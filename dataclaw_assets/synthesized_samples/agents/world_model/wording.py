"""What the gates ask of words: the question is the draft's own, and a model's notes are as clean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.quality.gates.wording import check_wording
from dataclaw_assets.quality.material import drop_material
from dataclaw_assets.records import Draft
from dataclaw_assets.synthesized_samples.phrasing import load_phrasings


def asks_as(draft: Draft, fields: Mapping[str, str]) -> bool:
    """Whether the question is, or after a model's words ends with, a phrasing of its template so filled."""
    asked = drop_material(draft.payload).strip()
    sentences = load_phrasings(draft.task_type).get(draft.template, [])
    return any(asked.endswith(sentence.strip().format(**fields)) for sentence in sentences)


def check_note(draft: Draft, facts: Facts, note: str | None) -> Iterator[Finding]:
    """The findings of gate `wording` on what a model notes of the scene beside the question."""
    if note:
        alone = draft.payload | {"question": note, "options": None, "cot": []}
        yield from check_wording(draft.model_copy(update={"payload": alone}), facts)
