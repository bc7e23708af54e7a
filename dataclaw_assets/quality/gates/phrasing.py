"""Gate `phrasing`: a draft without a model's words says nothing that its task's phrasings do not say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from string import Formatter
from typing import Any

from dataclaw_assets.quality.gates.contract import Facts, Finding, Gate
from dataclaw_assets.quality.material import drop_material
from dataclaw_assets.records import Draft

_STEP = re.compile(r"^Step \d+: picture [A-Z]\.\s*", re.MULTILINE)
_QUOTE = re.compile(r"“([^”]+)”")


def phrased_by(phrasings: Mapping[str, Sequence[str]]) -> Gate:
    """The gate for a task with these sentences, several for each template; `{name}` in one is a field.

    The question must be one of its template's; a lesson's steps and the reasoning may be any of the task's.
    What fills a field must be what a claim states, or what a field of the payload holds, which the task's own
    gate recomputes. Findings: `strange_words`, `unbacked_field`.
    """
    patterns = {key: [_compile(sentence) for sentence in several] for key, several in phrasings.items()}
    every = [pattern for several in patterns.values() for pattern in several]

    def check_phrasing(draft: Draft, facts: Facts) -> Iterator[Finding]:
        backed = set(_list_backed(draft))
        yield from _fit("question", drop_material(draft.payload), patterns.get(draft.template, []), backed)
        for line in _STEP.sub("", _read_steps(draft)).splitlines():
            rest = _QUOTE.sub(lambda match: "" if match[1] in backed else match[0], line).strip()
            if rest:
                yield from _fit("answer", rest, every, backed)
        for line in draft.payload.get("cot") or ():
            yield from _fit("cot", str(line), every, backed)

    return check_phrasing


def _read_steps(draft: Draft) -> str:
    """An answer in steps; any other is read as a whole by gate `schema`."""
    answer = str(draft.payload.get("answer", ""))
    return answer if _STEP.match(answer) else ""


def _compile(sentence: str) -> re.Pattern[str]:
    parts = []
    for literal, field, _, _ in Formatter().parse(sentence.strip()):
        parts.append(re.escape(literal))
        parts.append("" if field is None else "(.+?)")
    return re.compile("".join(parts), re.DOTALL)


def _fit(where: str, text: str, patterns: Sequence[re.Pattern[str]], backed: set[str]) -> Iterator[Finding]:
    found = [match for pattern in patterns if (match := pattern.fullmatch(text.strip()))]
    if not found:
        yield Finding(code="strange_words", detail=f"{where}: {text[:200]}")
    elif not any(all(filled in backed for filled in match.groups()) for match in found):
        yield Finding(code="unbacked_field", detail=f"{where}: {found[0].groups()}")


def _list_backed(draft: Draft) -> Iterator[str]:
    for claim in draft.evidence:
        if claim.kind in {"text", "fact"}:
            yield str(claim.value)
    rest = {name: value for name, value in draft.payload.items() if name not in {"question", "answer", "cot"}}
    yield from _list_leaves(rest)


def _list_leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _list_leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _list_leaves(item)
    elif value is not None:
        yield str(value)
