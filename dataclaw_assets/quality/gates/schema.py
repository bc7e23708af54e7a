"""Gate `schema`: the payload fits the task's own schema, and its answer says what its verifier checks."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from dataclaw_assets.quality.answers import parse_answer, states_value
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Draft


def check_schema(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `schema`, `unreadable_answer`, `answer_mismatch`."""
    try:
        facts.schema.model_validate(draft.payload)
    except ValidationError as error:
        first = error.errors()[0]
        yield Finding(code="schema", detail=f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
        return
    answer = str(draft.payload["answer"])
    try:
        stated = parse_answer(draft.verifier, answer)
    except ValueError as error:
        yield Finding(code="unreadable_answer", detail=str(error))
        return
    if not states_value(draft.verifier, stated):
        yield Finding(
            code="answer_mismatch", detail=f"says {stated}, its verifier holds {draft.verifier.value}"
        )
