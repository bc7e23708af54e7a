"""The rule resolver: which tasks a request speaks of, which of them a source can serve, and in what words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from dataclaw_assets.records import Anchor, Instruction, Record, Source, SourceKind, digest
from dataclaw_assets.resolved_intents.amounts import read_amounts
from dataclaw_assets.resolved_intents.instruction_text import Wish, write_instruction, write_refusal
from dataclaw_assets.resolved_intents.intents import Intent
from dataclaw_assets.resolved_intents.offers import Offer, judge, make_offer, weigh_offer
from dataclaw_assets.resolved_intents.wording import Reading, read_request
from dataclaw_assets.task_specs import TaskSpec
from dataclaw_assets.tasks import list_specs

RESOLVER = "rules-2"

HALF_SCORE = 2.0
"""The lexical score at which a reading is as likely right as not: just below a clear one."""

VAGUE_RELEVANCE = 0.3
SUBJECT_BOUND = ("planning",)
"""Tasks about a subject that no anchor shows: a request that names nothing does not mean them."""

OWN_KIND_BONUS = 0.1
"""Where a request names nothing, a task made for few kinds of source is the likelier one for theirs."""
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

    Infeasible readings come last. Empty when the request speaks of no task (`explain_mismatch` says why).
    """
    return resolve_offer(intent, make_offer(source, anchors))


def resolve_offer(intent: Intent, offer: Offer, specs: Sequence[TaskSpec] | None = None) -> list[Instruction]:
    """`resolve` for what a source offers, be it a real one or an assumed one, among some tasks (by
    default all that are registered)."""
    known = list_specs() if specs is None else tuple(specs)
    reading = read_request(intent.text, known, offer.kind)
    weights = _weigh_tasks(intent, reading, known)
    if not intent.tasks and reading.scores and not reading.clear:
        weights = _widen(weights, offer, known, list_allowed(intent, known))
    return rank_readings(
        [
            make_reading(
                intent,
                offer,
                spec,
                weights[spec.task_type],
                _explain_relevance(intent, reading, spec),
                _list_assumptions(intent, reading, offer.kind),
                asked=reading.facts.get(spec.task_type, ()),
            )
            for spec in known
            if spec.task_type in weights
        ]
    )


def _widen(
    weights: dict[str, float], offer: Offer, specs: Sequence[TaskSpec], allowed: Sequence[str]
) -> dict[str, float]:
    """Where a source bears one task alone of a topic, what else it bears as well: a topic is no choice."""
    borne = [spec for spec in specs if judge(spec, offer.kind, set(offer.found))[0] != "infeasible"]
    if sum(spec.task_type in weights for spec in borne) != 1:
        return weights
    further = {
        spec.task_type: VAGUE_RELEVANCE
        for spec in borne
        if spec.task_type in allowed and spec.task_type not in SUBJECT_BOUND
    }
    return further | weights


def rank_readings(drafts: Sequence[Instruction]) -> list[Instruction]:
    """Readings in their order, ranked from 1: feasible first, then by confidence, then name of the task."""
    ordered = sorted(drafts, key=lambda item: (item.status == "infeasible", -item.confidence, item.task_type))
    return [draft.model_copy(update={"rank": rank}) for rank, draft in enumerate(ordered, 1)]


def explain_mismatch(intent: Intent, specs: Sequence[TaskSpec] | None = None) -> Refusal | None:
    """Why a request speaks of no task at all, for no kind of source; None when it speaks of one."""
    known = list_specs() if specs is None else tuple(specs)
    readings = [read_request(intent.text, known, kind) for kind in (None, *get_args(SourceKind))]
    if any(_weigh_tasks(intent, reading, known) for reading in readings):
        return None
    named = ", ".join(spec.task_type for spec in known)
    elsewhere = dict.fromkeys(word for reading in readings for word in reading.elsewhere)
    said = f"it asks for {', '.join(elsewhere)}" if elsewhere else "no word of it names one"
    return Refusal(
        intent_id=intent.intent_id,
        source_id=None,
        task_type=None,
        reason="no_task_matches",
        detail=f"no registered task makes this: {said}; known tasks: {named}",
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


def list_allowed(intent: Intent, specs: Sequence[TaskSpec] | None = None) -> tuple[str, ...]:
    """The tasks that an intent may be read as: those it names, else every one there is; of these, with a
    schema named, those that give it."""
    known = list_specs() if specs is None else specs
    schema = intent.target_schema
    return tuple(
        spec.task_type
        for spec in known
        if (not intent.tasks or spec.task_type in intent.tasks)
        and (schema is None or spec.output_schema == schema)
    )


def _weigh_tasks(intent: Intent, reading: Reading, specs: Sequence[TaskSpec]) -> dict[str, float]:
    """Task type → relevance in (0, 1)."""
    if intent.tasks:
        weights = dict.fromkeys(intent.tasks, NAMED_RELEVANCE)
    elif reading.scores:
        best = max(reading.scores.values())
        weights = {task: score / (best + HALF_SCORE) for task, score in reading.scores.items()}
    elif reading.vague:
        weights = {
            spec.task_type: VAGUE_RELEVANCE + OWN_KIND_BONUS / max(1, len({**spec.needs, **spec.needs_model}))
            for spec in specs
            if spec.task_type not in SUBJECT_BOUND
        }
    else:
        weights = {}
    allowed = list_allowed(intent, specs)
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
    asked: Sequence[str] = (),
) -> Instruction:
    """The reading of an intent as one task, still ranked 1. Whether a source bears it is judged here, whoever
    read the request; `because` says why the task is meant, with that `relevance` in (0, 1), and `said` are
    the reader's own words for it; `asked` are kinds of anchor that the request speaks of."""
    status, missing, why = judge(spec, offer.kind, set(offer.found), asked)
    wish = _make_wish(intent, spec)
    if status == "infeasible":
        text = write_refusal(spec, offer, why)
    else:
        text = write_instruction(spec, offer, wish, said)
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
        assumptions=(*assumptions, *_list_left_open(intent, wish)),
        missing=missing,
        target_schema=wish.schema,
        resolver=resolver,
    )


def _explain_relevance(intent: Intent, reading: Reading, spec: TaskSpec) -> str:
    if intent.tasks:
        return "the intent names this task"
    if spec.task_type in reading.matched:
        words = ", ".join(repr(word) for word in reading.matched[spec.task_type])
        return f"the request speaks of it with {words}"
    if reading.vague:
        return "the request asks for data and names no task, so every task is kept"
    if reading.scores:
        return "the request names a topic that this source bears in one way only, so its other ways are kept"
    return f"the request names its output schema, {spec.output_schema}"


def _list_assumptions(intent: Intent, reading: Reading, kind: SourceKind | None) -> list[str]:
    assumptions = []
    if not reading.clear and not intent.tasks:
        assumptions.append("no kind of output was named; this reading is one of several")
    if reading.kinds and kind not in reading.kinds:
        named = ", ".join(name.replace("_", " ") for name in reading.kinds)
        own = (kind or "unknown").replace("_", " ")
        assumptions.append(f"the request mentions {named}; this source ({own}) is taken all the same")
    return assumptions


def _make_wish(intent: Intent, spec: TaskSpec) -> Wish:
    """What a request asks for; a number of the intent's own goes before one in its words."""
    amounts = read_amounts(intent.text)
    count = amounts.count if intent.count is None else intent.count
    return Wish(intent.text, intent.target_schema or spec.output_schema, count, amounts.difficulty)


def _list_left_open(intent: Intent, wish: Wish) -> list[str]:
    assumptions = []
    if wish.count is None:
        assumptions.append("no number was asked for: as many as pass the gates")
    elif intent.count is None:
        assumptions.append(f"{wish.count} in the request is taken as the most for each source")
    if wish.difficulty is None:
        assumptions.append("no difficulty was asked for: mixed")
    if intent.target_schema is None:
        assumptions.append("no schema was asked for: the task's own")
    return assumptions
