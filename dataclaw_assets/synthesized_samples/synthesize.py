"""Synthesis of one batch × task: composing, asking a model, gating, and publication of what passed."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.errors import UpstreamMissing
from dataclaw_assets.factual_anchors.collect import read_anchors
from dataclaw_assets.quality.audit import audit_draft, count_reasons, fell_twins
from dataclaw_assets.quality.gates.contract import Facts, Gate
from dataclaw_assets.quality.gates.phrasing import phrased_by
from dataclaw_assets.quality.gates.wording import check_wording
from dataclaw_assets.quality.report import audit_table
from dataclaw_assets.quality.verified import find_unverified
from dataclaw_assets.raw_sources.register import registered_sources
from dataclaw_assets.records import (
    Draft,
    GateResult,
    Generator,
    Instruction,
    Json,
    Sample,
    digest,
    identify_draft,
    partition_key,
)
from dataclaw_assets.resolved_intents.resolve import read_instructions
from dataclaw_assets.synthesized_samples.agents.contract import ModelAgent, TaskAgent
from dataclaw_assets.synthesized_samples.agents.registry import find_agent
from dataclaw_assets.synthesized_samples.context import SourceContext, limit, list_families
from dataclaw_assets.synthesized_samples.drafting import Made, UnusedReply, make_drafts
from dataclaw_assets.synthesized_samples.phrasing import load_phrasings
from dataclaw_assets.synthesized_samples.writing import (
    Written,
    find_writer,
    fingerprint_writing,
    write_batch,
)
from resources.home import Home, Outcome, Plan
from resources.inference.client import Inference
from resources.ledger import Entry
from resources.progress import OnProgress, ignore

ASSET = "synthesized_samples"

READING = {
    "workers",
    "source_deadline_s",
    "source_memory_mb",
    "batch_max_files",
    "batch_max_bytes",
    "stable_after_s",
    "drop_one_sided",
}
"""Settings that change nothing here: of how footage is taken in, which the inputs' fingerprints tell, and of
what a release leaves out."""

RULES = "rules"
"""The backend of drafts that agents compose from anchors, without a model."""

WORDED: tuple[tuple[str, Gate], ...] = (("wording", check_wording),)
"""Asked besides about drafts in a model's own words."""

FEW = 5
"""Below this many drafts a share of rejected ones says nothing about a partition."""


PENDING = frozenset({"budget", "unavailable", "cancelled"})
"""Errors of a reply that a later run may not meet: with one of them a partition is not finished."""


@dataclass(frozen=True)
class _Judged:
    """Drafts of one batch × task as samples with their verdicts, and what was asked of the sources."""

    samples: list[Sample]
    unused: list[UnusedReply]
    sources: int
    candidates: int
    refused: dict[str, int]


def synthesize(
    home: Home,
    batch: str,
    task_type: str,
    on_progress: OnProgress = ignore,
    run_id: str | None = None,
    inference: Inference | None = None,
    alongside: Sequence[str] = (),
) -> Entry:
    """Compose, ask, gate and publish a batch × task.

    With `inference` a model is asked besides, for an agent that can; and for the tasks `alongside` as well,
    source by source, so that these find their replies when their turn comes. Accepted samples are table
    `samples`, rejected ones table `quarantine`, replies that gave no draft table `unused`. With nothing
    feasible an empty partition is published with the reason. The partition is refused when the gates rejected
    more than `max_rejected_share` of its drafts, when its table does not pass the audit, or when a question
    is still to be answered. Raises `UpstreamMissing` when the batch's instructions were never published,
    `InferenceError` when a model as a whole cannot be used.
    """
    agent = find_agent(task_type)
    writer = find_writer(task_type) if inference else None
    partition = partition_key(batch, task_type)

    def plan() -> Plan:
        inputs = {}
        for upstream in ("raw_sources", "factual_anchors", "resolved_intents"):
            entry = home.ledger.published(upstream, batch)
            if entry is None:
                raise UpstreamMissing(ASSET, partition, f"{upstream} [{batch}] is not published")
            inputs[entry.name] = entry.fingerprint
        shaping = home.settings.model_dump(mode="json", exclude=READING)
        parameters: Json = {"agent": agent.version, "settings": digest(shaping)}
        if inference and writer:
            parameters["inference"] = fingerprint_writing(inference.settings)
        return Plan(inputs, build, parameters)

    def build() -> Outcome:
        written = None
        if inference and writer:
            tasks = list(dict.fromkeys([*alongside, task_type]))
            written = write_batch(home, inference, batch, tasks, on_progress)[task_type]
            if written.failed:
                raise written.failed
        return _build(home, batch, agent, written, on_progress)

    return home.publish(ASSET, partition, plan, run_id)


def read_samples(home: Home, batch: str, task_type: str) -> list[Sample]:
    """The accepted samples of a batch × task, as last published."""
    return home.read(ASSET, partition_key(batch, task_type), "samples", Sample)


def _build(
    home: Home, batch: str, agent: TaskAgent, written: Written | None, on_progress: OnProgress
) -> Outcome:
    judged = _judge_sources(home, batch, agent, written, on_progress)
    samples = fell_twins(judged.samples)
    accepted = [sample for sample in samples if sample.accepted]
    rejected = [sample for sample in samples if not sample.accepted]
    counts: Json = {
        "sources": judged.sources,
        "candidates": judged.candidates,
        "drafts": len(samples),
        "accepted": len(accepted),
        "distinct": len({digest(sample.payload, sample.media) for sample in accepted}),
        "rejected": count_reasons(rejected),
        "refused": judged.refused,
        "backend": "rules",
    }
    if written:
        counts |= _count_writing(written, judged.unused, accepted)
    reason = None
    if not samples:
        reason = "nothing feasible: " + (
            "; ".join(sorted(judged.refused)) or "no instruction asks for this task"
        )
    defect = _find_pending(judged.unused) or _find_defect(home, samples, accepted)
    if defect:
        return Outcome({"quarantine": (Sample, samples)}, "refused", defect, counts)
    tables: dict[str, tuple[type[BaseModel], list[Any]]] = {
        "samples": (Sample, accepted),
        "quarantine": (Sample, rejected),
    }
    if written:
        tables["unused"] = (UnusedReply, judged.unused)
    return Outcome(tables, reason=reason, counts=counts)


def _count_writing(written: Written, unused: Sequence[UnusedReply], accepted: Sequence[Sample]) -> Json:
    """What asking took, as counts that Dagster can plot. Of a reply that an earlier run paid for nothing is
    paid again, but an accepted sample costs what its task's replies cost, whoever paid."""
    by_model = [sample for sample in accepted if sample.generator.backend != RULES]
    answers = [answer for found in written.answers.values() for answer in found]
    cost = sum(exchange.reply.cost for answer in answers for exchange in answer.exchanges)
    beside = written.alongside
    return {
        "backend": ", ".join([RULES, *sorted({f"{answer.backend} {answer.model}" for answer in answers})]),
        "unused": dict(Counter(reply.reason for reply in unused).most_common()),
        "accepted_of_model": len(by_model),
        "cost_per_accepted": cost / len(by_model) if by_model else 0.0,
        "tokens_for_others": beside.prompt_tokens + beside.generated_tokens,
        "cost_for_others": beside.cost,
        **written.metrics.as_json(),
    }


def _find_pending(unused: Sequence[UnusedReply]) -> str | None:
    """Why the partition is not finished: questions that a later run is to ask again."""
    pending = Counter(reply.reason for reply in unused if reply.reason in PENDING)
    if not pending:
        return None
    said = ", ".join(f"{count} {reason}" for reason, count in sorted(pending.items()))
    return f"questions without an answer: {said}; what was answered is kept, run it again"


def _find_defect(home: Home, samples: list[Sample], accepted: list[Sample]) -> str | None:
    """Why the partition as a whole may not be published."""
    share = 1 - len(accepted) / len(samples) if samples else 0.0
    if len(samples) >= FEW and share > home.settings.max_rejected_share:
        worst = next(iter(count_reasons(samples)))
        return f"gates rejected {share:.0%} of {len(samples)} drafts, most as {worst}"
    return audit_table(accepted)


def _judge_sources(
    home: Home, batch: str, agent: TaskAgent, written: Written | None, on_progress: OnProgress
) -> _Judged:
    instructions: dict[str, list[Instruction]] = {}
    for instruction in read_instructions(home, batch):
        if instruction.task_type == agent.spec.task_type:
            instructions.setdefault(instruction.source_id, []).append(instruction)
    registered = registered_sources(home, batch)
    sources = [source for source in registered if source.source_id in instructions]
    anchors = read_anchors(home, batch)
    families = list_families(registered, anchors)
    refused: Counter[str] = Counter()
    samples: dict[str, Sample] = {}
    unused: list[UnusedReply] = []
    candidates = 0
    for done, source in enumerate(sources):
        on_progress(f"composing {agent.spec.task_type}", done, len(sources))
        asked = sorted(instructions[source.source_id], key=lambda i: (i.status != "ready", i.rank))
        known = tuple(anchors.get(source.source_id, ()))
        context = SourceContext(source, known, home.settings, families[source.kind])
        made: list[Made] = []
        if asked[0].status == "ready":
            composed = limit(agent.compose(context), context.cap())
            made += [Made(draft, _describe_rules(agent, context)) for draft in composed]
        answered = written is not None and source.source_id in written.answers
        if written and answered and isinstance(agent, ModelAgent):
            answers, facts = written.answers[source.source_id], written.facts[source.source_id]
            for item in make_drafts(agent, context, asked[0], answers, facts):
                if isinstance(item, Made):
                    made.append(item)
                else:
                    unused.append(item)
        if asked[0].status == "ready" or answered:
            candidates += 1
            if not made:
                refused[f"{source.kind}: nothing honest to ask of it"] += 1
        else:
            refused[f"{asked[0].status}: {asked[0].rationale}"] += 1
        if written and source.source_id in written.unread:
            refused[f"no picture for the model: {written.unread[source.source_id]}"] += 1
        for sample in _judge_drafts(made, context, agent, asked[0], batch) if made else ():
            samples.setdefault(sample.sample_id, sample)
    on_progress(f"composing {agent.spec.task_type}", len(sources), len(sources))
    ordered = sorted(samples.values(), key=lambda sample: sample.sample_id)
    return _Judged(ordered, unused, len(sources), candidates, dict(refused))


def _mark_unverified(draft: Draft, facts: Facts) -> Iterator[GateResult]:
    """The mark of a draft in whose words something is that no fact bears; left out unless the settings keep
    it."""
    own = [sentence for several in load_phrasings(draft.task_type).values() for sentence in several]
    words = find_unverified(draft, facts, own)
    if words:
        kept = facts.settings.keep_unverified
        yield GateResult(gate="words", passed=kept, code="unverified", detail=", ".join(words))


@functools.cache
def list_composed_gates(task_type: str) -> tuple[tuple[str, Gate], ...]:
    """Asked besides about drafts in a task's own phrasings; none for a plug-in, whose sentences are not kept
    here."""
    phrasings = load_phrasings(task_type)
    return (("phrasing", phrased_by(phrasings)),) if phrasings else ()


def _describe_rules(agent: TaskAgent, context: SourceContext) -> Generator:
    revision = f"{agent.spec.task_type}-{agent.version}"
    return Generator(backend=RULES, revision=revision, seed=context.settings.seed)


def _judge_drafts(
    made: Sequence[Made], context: SourceContext, agent: TaskAgent, instruction: Instruction, batch: str
) -> Iterator[Sample]:
    facts = Facts(
        source=context.source,
        anchors={anchor.anchor_id: anchor for anchor in context.anchors},
        schema=agent.schema,
        derive=agent.derive,
        settings=context.settings,
        siblings={sibling.source.source_id: sibling.source for sibling in context.siblings},
        index=context.known,
    )
    partition = partition_key(batch, agent.spec.task_type)
    composed = list_composed_gates(agent.spec.task_type)
    first_of_pair: dict[str, str] = {}
    for item in made:
        draft, generator = item.draft, item.generator
        scoped = None
        if draft.twin_key:
            scoped = f"{draft.source_id[:16]}:{generator.response_hash or ''}{draft.twin_key}"
        sample_id = identify_draft(draft, partition)
        twin_of = first_of_pair.setdefault(scoped, sample_id) if scoped else None
        by_rules = generator.backend == RULES
        results = audit_draft(draft, facts, [*agent.gates, *(composed if by_rules else WORDED)])
        if not by_rules and all(result.passed for result in results):
            results = (*results, *_mark_unverified(draft, facts))
        yield Sample(
            **dict(draft) | {"twin_key": scoped},
            sample_id=sample_id,
            batch=batch,
            instruction_id=instruction.instruction_id,
            generator=generator,
            gate_results=results,
            twin_of=None if twin_of == sample_id else twin_of,
        )
