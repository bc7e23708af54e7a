"""The rule resolver: which tasks a request speaks of, which of them a source can serve, and in what words."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Literal, get_args

from dataclaw_assets.records import Anchor, Instruction, Record, Source, SourceKind, digest
from dataclaw_assets.resolved_intents.intents import Intent
from dataclaw_assets.resolved_intents.wording import Reading, read_request
from dataclaw_assets.tasks import TaskSpec, find_spec, list_specs

RESOLVER = "rules-1"
PROMPTS = Path(__file__).parent / "prompts"

KEEP_SHARE = 0.3
"""A task is kept when its score is this share of the best one's: ambiguity is kept, not guessed away."""

HALF_SCORE = 2.0
"""The lexical score at which a reading is as likely right as not; about one title word of one task alone."""

VAGUE_RELEVANCE = 0.3
NAMED_RELEVANCE = 0.97

Status = Literal["ready", "needs_model", "infeasible"]

FACT_NAMES = {
    "still_unique": "naming still",
    "shot": "shot",
    "cut": "hard cut",
    "subtitle": "subtitle line",
    "stable": "steady screen",
    "motion": "measured motion",
    "action": "logged action",
    "phase": "motion phase",
    "stroke": "stroke",
    "picture": "picture",
}
"""What an instruction calls the facts; the kinds left out carry no content of their own."""


@dataclass(frozen=True)
class Offer:
    """What a source brings to a task; `length` and `facts` are words, `found` counts its kinds of anchor."""

    source_id: str
    kind: SourceKind | None
    name: str
    length: str
    found: Counter[str]
    facts: str


class Refusal(Record):
    """Why something asked for is not made; task and source are None when the request names no task."""

    intent_id: str
    source_id: str | None
    task_type: str | None
    reason: str
    missing: tuple[str, ...] = ()
    detail: str


def resolve(intent: Intent, source: Source, anchors: Sequence[Anchor]) -> list[Instruction]:
    """Every reading of an intent for one source, likeliest first, feasible or not; rank counts from 1.

    Ready readings come before those that need a model, and these before infeasible ones. Empty when the
    request speaks of no task (`explain_mismatch` says why).
    """
    found = Counter(anchor.kind for anchor in anchors)
    length = f"{source.stream.duration_s:.1f} s long" if source.stream else "without a clock"
    return resolve_offer(
        intent, Offer(source.source_id, source.kind, source.name, length, found, describe_facts(found))
    )


def resolve_offer(intent: Intent, offer: Offer) -> list[Instruction]:
    """`resolve` for what a source offers, be it a real one or an assumed one."""
    reading = read_request(intent.text, list_specs())
    drafts = [
        _read_task(intent, offer, reading, find_spec(task_type), weight)
        for task_type, weight in _weigh_tasks(intent, reading).items()
    ]
    return rank_readings(drafts)


def rank_readings(drafts: Sequence[Instruction]) -> list[Instruction]:
    """Readings in their order, ranked from 1: by status, then confidence, then name of the task."""
    order = {status: place for place, status in enumerate(get_args(Status))}
    ordered = sorted(drafts, key=lambda item: (order[item.status], -item.confidence, item.task_type))
    return [draft.model_copy(update={"rank": rank}) for rank, draft in enumerate(ordered, 1)]


def explain_mismatch(intent: Intent) -> Refusal | None:
    """Why a request speaks of no task at all; None when it speaks of one."""
    specs = list_specs()
    reading = read_request(intent.text, specs)
    if _weigh_tasks(intent, reading):
        return None
    known = ", ".join(spec.task_type for spec in specs)
    said = f"it asks for {', '.join(reading.elsewhere)}" if reading.elsewhere else "no word of it names one"
    return Refusal(
        intent_id=intent.intent_id,
        source_id=None,
        task_type=None,
        reason="no_task_matches",
        detail=f"no registered task makes this: {said}; known tasks: {known}",
    )


def list_refusals(instructions: Sequence[Instruction]) -> list[Refusal]:
    """The infeasible readings as refusals: `missing_anchors` names what the source lacks, `unsuited_source`
    is a kind of source that the task cannot serve."""
    return [
        Refusal(
            intent_id=item.intent_id,
            source_id=item.source_id,
            task_type=item.task_type,
            reason="missing_anchors" if item.missing else "unsuited_source",
            missing=item.missing,
            detail=item.rationale,
        )
        for item in instructions
        if item.status == "infeasible"
    ]


def _weigh_tasks(intent: Intent, reading: Reading) -> dict[str, float]:
    """Task type → relevance in (0, 1)."""
    specs = list_specs()
    if intent.tasks:
        weights = dict.fromkeys(intent.tasks, NAMED_RELEVANCE)
    elif reading.scores:
        best = max(reading.scores.values())
        weights = {
            task_type: score / (score + HALF_SCORE)
            for task_type, score in reading.scores.items()
            if score >= KEEP_SHARE * best
        }
    elif reading.vague:
        weights = {spec.task_type: VAGUE_RELEVANCE for spec in specs}
    else:
        weights = {}
    if intent.target_schema is None:
        return weights
    serving = [spec.task_type for spec in specs if spec.output_schema == intent.target_schema]
    if not weights and not intent.tasks:
        return dict.fromkeys(serving, NAMED_RELEVANCE)
    return {task_type: weight for task_type, weight in weights.items() if task_type in serving}


def _read_task(
    intent: Intent, offer: Offer, reading: Reading, spec: TaskSpec, relevance: float
) -> Instruction:
    status, missing, why = judge(spec, offer.kind, set(offer.found))
    if status == "infeasible":
        text = f"{spec.title}: not made from {_quote(offer.name)}; {why}."
    else:
        text = write_instruction(spec, offer, intent)
    confidence = relevance * _weigh_offer(spec, offer, status)
    return Instruction(
        instruction_id="i-" + digest(intent.intent_id, offer.source_id, spec.task_type),
        intent_id=intent.intent_id,
        source_id=offer.source_id,
        task_type=spec.task_type,
        status=status,
        text=text,
        rank=1,
        confidence=round(min(0.99, max(0.01, confidence)), 4),
        rationale=f"{_explain_relevance(intent, reading, spec)}; {why}",
        assumptions=_list_assumptions(intent, reading, offer.kind),
        missing=missing,
        target_schema=intent.target_schema or spec.output_schema,
        resolver=RESOLVER,
    )


def _weigh_offer(spec: TaskSpec, offer: Offer, status: Status) -> float:
    """How far a source bears a task out, 0-1: the more of the scarcest anchors needed, the nearer to 1."""
    if status != "ready" or offer.kind is None:
        return 0.4 if status == "needs_model" else 0.1
    least = min((offer.found[kind] for kind in spec.needs[offer.kind]), default=1)
    return least / (least + 1)


def judge(spec: TaskSpec, kind: SourceKind | None, found: set[str]) -> tuple[Status, tuple[str, ...], str]:
    """Whether a task can be made from a kind of source with these kinds of anchor: the status, the kinds of
    anchor that are missing, and the reason in words. No model is asked."""
    if kind in spec.needs:
        needed = spec.needs[kind]
        missing = tuple(name for name in needed if name not in found)
        if not missing:
            return "ready", (), f"the source has what it composes from: {', '.join(needed)}"
        return "infeasible", missing, f"the source has no {' and no '.join(missing)} to compose from"
    if kind in spec.needs_model:
        return "needs_model", (), spec.needs_model[kind]
    if kind in spec.refusals:
        return "infeasible", (), spec.refusals[kind]
    return "infeasible", (), f"{spec.title.lower()} cannot be made from a source of kind {kind or 'unknown'}"


def describe_facts(found: Counter[str]) -> str:
    """The facts of a source counted in words, such as `7 naming stills and 12 subtitle lines`."""
    parts = [
        f"{found[kind]} {name}{'' if found[kind] == 1 else 'es' if name.endswith('h') else 's'}"
        for kind, name in FACT_NAMES.items()
        if found[kind]
    ]
    if not parts:
        return "no facts of content"
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def write_instruction(spec: TaskSpec, offer: Offer, intent: Intent) -> str:
    """The synthesis-ready text of a task, from `prompts/<task>.<kind>.txt`, else `prompts/task.txt`."""
    kind = offer.kind or "unknown"
    filled = _load_prompt(spec.task_type, kind).substitute(
        title=spec.title,
        description=spec.description,
        kind=kind.replace("_", " "),
        name=_quote(offer.name),
        length=offer.length,
        facts=offer.facts,
        schema=intent.target_schema or spec.output_schema,
        number=f"Make {'as many as the facts bear' if intent.count is None else f'at most {intent.count}'}.",
        request=_quote(intent.text),
    )
    return " ".join(filled.split())


@functools.cache
def _load_prompt(task_type: str, kind: str) -> Template:
    own = PROMPTS / f"{task_type}.{kind}.txt"
    return Template((own if own.is_file() else PROMPTS / "task.txt").read_text(encoding="utf-8"))


def digest_prompts() -> str:
    """Digest of every prompt file, so that a changed one makes instructions anew."""
    return digest([(path.name, path.read_text(encoding="utf-8")) for path in sorted(PROMPTS.glob("*.txt"))])


def _explain_relevance(intent: Intent, reading: Reading, spec: TaskSpec) -> str:
    if intent.tasks:
        return "the intent names this task"
    if spec.task_type in reading.matched:
        words = ", ".join(repr(word) for word in reading.matched[spec.task_type])
        return f"the request speaks of it with {words}"
    if reading.vague:
        return "the request asks for data and names no task, so every task is kept"
    return f"the request names its output schema, {spec.output_schema}"


def _list_assumptions(intent: Intent, reading: Reading, kind: SourceKind | None) -> tuple[str, ...]:
    assumptions = []
    if reading.vague and not intent.tasks:
        assumptions.append("no kind of output was named; this reading is one of several")
    if reading.kinds and kind not in reading.kinds:
        named = ", ".join(name.replace("_", " ") for name in reading.kinds)
        own = (kind or "unknown").replace("_", " ")
        assumptions.append(f"the request mentions {named}; this source ({own}) is taken all the same")
    if intent.count is None:
        assumptions.append("no number was asked for: as many as pass the gates")
    if intent.target_schema is None:
        assumptions.append("no schema was asked for: the task's own")
    return tuple(assumptions)


def _quote(text: str) -> str:
    """Text from a user or a file name, as data: in quotes, on one line."""
    return json.dumps(text, ensure_ascii=False)
