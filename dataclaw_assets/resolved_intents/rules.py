"""The rule resolver: which tasks a request speaks of, which of them a source can serve, and in what words."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import get_args

from dataclaw_assets.records import Anchor, Instruction, Record, Source, SourceKind, digest
from dataclaw_assets.resolved_intents.intents import Intent
from dataclaw_assets.resolved_intents.offers import Offer, Status, judge, make_offer, weigh_offer
from dataclaw_assets.resolved_intents.wording import Reading, read_request
from dataclaw_assets.task_specs import TaskSpec
from dataclaw_assets.tasks import find_spec, list_specs

RESOLVER = "rules-1"
PROMPTS = Path(__file__).parent / "prompts"

KEEP_SHARE = 0.3
"""A task is kept when its score is this share of the best one's: ambiguity is kept, not guessed away."""

HALF_SCORE = 2.0
"""The lexical score at which a reading is as likely right as not; about one title word of one task alone."""

VAGUE_RELEVANCE = 0.3
NAMED_RELEVANCE = 0.97


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
    return resolve_offer(intent, make_offer(source, anchors))


def resolve_offer(intent: Intent, offer: Offer) -> list[Instruction]:
    """`resolve` for what a source offers, be it a real one or an assumed one."""
    reading = read_request(intent.text, list_specs())
    drafts = []
    for task_type, weight in _weigh_tasks(intent, reading).items():
        spec = find_spec(task_type)
        because = _explain_relevance(intent, reading, spec)
        drafts.append(
            make_reading(intent, offer, spec, weight, because, _list_assumptions(intent, reading, offer.kind))
        )
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


def list_mismatches(intents: Sequence[Intent], instructions: Sequence[Instruction]) -> list[Refusal]:
    """Why some requests speak of no task; none of those that somebody read as one."""
    read = {item.intent_id for item in instructions}
    return [
        refusal
        for intent in intents
        if intent.intent_id not in read and (refusal := explain_mismatch(intent))
    ]


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


def list_allowed(intent: Intent) -> tuple[str, ...]:
    """The tasks that an intent may be read as: those it names, else every registered one; of these, with a
    schema named, those that give it."""
    named = [find_spec(task) for task in intent.tasks] or list_specs()
    schema = intent.target_schema
    return tuple(spec.task_type for spec in named if schema is None or spec.output_schema == schema)


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
    allowed = list_allowed(intent)
    if intent.target_schema is not None and not weights:
        return dict.fromkeys(allowed, NAMED_RELEVANCE)
    return {task_type: weight for task_type, weight in weights.items() if task_type in allowed}


def make_reading(
    intent: Intent,
    offer: Offer,
    spec: TaskSpec,
    relevance: float,
    because: str,
    assumptions: Sequence[str],
    said: str | None = None,
    resolver: str = RESOLVER,
) -> Instruction:
    """The reading of an intent as one task, still ranked 1. Whether a source bears it is judged here, whoever
    read the request; `because` says why the task is meant, with that `relevance` in (0, 1), and `said` are
    the reader's own words for it."""
    status, missing, why = judge(spec, offer.kind, set(offer.found))
    if status == "infeasible":
        text = f"{spec.title}: not made from {_quote(offer.name)}; {why}."
    else:
        text = write_instruction(spec, offer, intent, said)
    confidence = relevance * weigh_offer(spec, offer, status)
    return Instruction(
        instruction_id="i-" + digest(intent.intent_id, offer.source_id, spec.task_type),
        intent_id=intent.intent_id,
        source_id=offer.source_id,
        task_type=spec.task_type,
        status=status,
        text=text,
        rank=1,
        confidence=round(min(0.99, max(0.01, confidence)), 4),
        rationale=f"{because}; {why}",
        assumptions=(*assumptions, *_list_left_open(intent)),
        missing=missing,
        target_schema=intent.target_schema or spec.output_schema,
        resolver=resolver,
    )


def write_instruction(spec: TaskSpec, offer: Offer, intent: Intent, said: str | None = None) -> str:
    """The synthesis-ready text of a task, from `prompts/<task>.<kind>.txt`, else `prompts/task.txt`; round
    what was `said` of it from `prompts/said.txt`."""
    kind = offer.kind or "unknown"
    filled = (_load_prompt(spec.task_type, kind) if said is None else _load_said()).substitute(
        said=said,
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


@functools.cache
def _load_said() -> Template:
    return Template((PROMPTS / "said.txt").read_text(encoding="utf-8"))


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


def _list_assumptions(intent: Intent, reading: Reading, kind: SourceKind | None) -> list[str]:
    assumptions = []
    if reading.vague and not intent.tasks:
        assumptions.append("no kind of output was named; this reading is one of several")
    if reading.kinds and kind not in reading.kinds:
        named = ", ".join(name.replace("_", " ") for name in reading.kinds)
        own = (kind or "unknown").replace("_", " ")
        assumptions.append(f"the request mentions {named}; this source ({own}) is taken all the same")
    return assumptions


def _list_left_open(intent: Intent) -> list[str]:
    assumptions = []
    if intent.count is None:
        assumptions.append("no number was asked for: as many as pass the gates")
    if intent.target_schema is None:
        assumptions.append("no schema was asked for: the task's own")
    return assumptions


def _quote(text: str) -> str:
    """Text from a user or a file name, as data: in quotes, on one line."""
    return json.dumps(text, ensure_ascii=False)
