"""The model resolver: a model says what a request means, and the rules what each source can give."""

from __future__ import annotations

import functools
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from string import Template
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from dataclaw_assets.raw_sources.private_text import hide_private
from dataclaw_assets.records import Instruction, Json, digest
from dataclaw_assets.resolved_intents.instruction_text import PROMPTS
from dataclaw_assets.resolved_intents.intents import Intent
from dataclaw_assets.resolved_intents.offers import Offer
from dataclaw_assets.resolved_intents.rules import (
    list_allowed,
    make_reading,
    rank_readings,
    resolve_offer,
)
from dataclaw_assets.task_specs import TaskSpec
from dataclaw_assets.tasks import find_spec, list_specs
from resources.inference.answers import Answer, Asked, Unusable
from resources.inference.bounds import bound_by_pattern
from resources.inference.client import Inference
from resources.inference.contract import ReplyError, Request, Sampling
from resources.inference.quoting import defuse, quote
from resources.inference.replies import LASTING
from resources.inference.settings import InferenceSettings
from resources.progress import OnProgress, ignore

RESOLVER = "model-1"

MAX_READINGS = 8
"""Readings of one reply: with the bounds below 2,000 tokens at most, the default of `max_tokens`."""

LENGTHS_S = (10, 60, 300, 1200)
"""Borders of what is said of a source's length, so that sources alike are asked about once."""

STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""What a grammar offers as confidence: fractions of two, since xgrammar writes 0.1 with seventeen digits."""


def _offer_steps(schema: Json) -> None:
    """Numbers to choose from: without them a grammar lets digits go on to the end of the reply. Validation
    keeps the range, so that a server without a grammar may say 0.8."""
    del schema["minimum"], schema["maximum"]
    schema["enum"] = list(STEPS)


class ProposedReading(BaseModel):
    """One task that a request may mean."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task_type: str
    text: Annotated[str, Field(min_length=1, max_length=400, json_schema_extra=bound_by_pattern)]
    confidence: float = Field(ge=0.0, le=1.0, json_schema_extra=_offer_steps)
    rationale: Annotated[str, Field(min_length=1, max_length=160, json_schema_extra=bound_by_pattern)]
    assumptions: tuple[
        Annotated[str, Field(min_length=1, max_length=120, json_schema_extra=bound_by_pattern)], ...
    ] = Field(max_length=2)


class IntentProposal(BaseModel):
    """What a model says that a request means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    readings: tuple[ProposedReading, ...] = Field(max_length=MAX_READINGS)


@dataclass(frozen=True)
class Resolved:
    """The readings of one intent for one source, ranked. `answer` is None where there was nothing to ask.
    `fallen` says why the readings are the rules'; None where they are the model's. A `pending` one may be
    answered by a later run."""

    readings: list[Instruction]
    answer: Answer | None = None
    fallen: str | None = None
    pending: bool = False


def resolve_by_model(
    inference: Inference,
    pairs: Sequence[tuple[Intent, Offer]],
    seed: int,
    on_progress: OnProgress = ignore,
) -> list[Resolved]:
    """What a model makes of each intent for each source, in the order given.

    Feasibility, explicit tasks and schemas, counts and ranks are the rules', whatever the model says; a reply
    that cannot be used leaves the reading to them. Pairs that would be asked alike are asked once. Raises
    `InferenceError` when a model as a whole cannot be used.
    """
    asked = [
        _ask(inference, intent, offer, seed, str(number))
        for number, (intent, offer) in enumerate(pairs)
        if list_allowed(intent)
    ]
    answers: dict[str, Answer] = {}
    with closing(inference.ask(asked)) as coming:
        for answer in coming:
            answers[answer.key] = answer
            on_progress("asking what is meant", len(answers), len(asked))
    return [
        _read_answer(intent, offer, answers.get(str(number))) for number, (intent, offer) in enumerate(pairs)
    ]


def fingerprint_model(settings: InferenceSettings) -> str:
    """Of all that decides what is asked of which model: settings and prompts."""
    prompts = {path.name: path.read_text("utf-8") for path in sorted(PROMPTS.glob("model.*.md"))}
    return digest(settings.model_dump(mode="json", exclude={"budget"}), prompts)


def count_fallen(resolved: Iterable[Resolved]) -> dict[str, int]:
    """How many readings were left to the rules, by reason."""
    return dict(Counter(item.fallen for item in resolved if item.fallen).most_common())


def describe_pending(resolved: Iterable[Resolved]) -> str | None:
    """Why a batch is not resolved yet: the questions that a later run is to ask again."""
    pending = count_fallen(item for item in resolved if item.pending)
    if not pending:
        return None
    said = ", ".join(f"{count} {reason}" for reason, count in sorted(pending.items()))
    return f"questions without an answer: {said}; what was answered is kept, run it again"


def _ask(inference: Inference, intent: Intent, offer: Offer, seed: int, key: str) -> Asked:
    """The question of an intent about a source. What all questions share comes first, then what all of an
    intent share."""
    assert offer.kind is not None
    settings, allowed = inference.settings, list_allowed(intent)
    is_remote = inference.route(offer.kind).remote
    tasks = _load("tasks").substitute(tasks="\n".join(map(_list_task, list_specs())))
    request = _load("request").substitute(
        request=quote(hide_private(intent.text) if is_remote else intent.text),
        asked=_state_asked(intent, allowed),
        footage=_describe_footage(offer),
    )
    sampling = Sampling(max_tokens=settings.max_tokens, temperature=settings.temperature, seed=seed)
    system = _load("system").substitute()
    asked = Request(key, system, (tasks + request,), _make_schema(allowed), sampling)
    return Asked(asked, offer.kind, IntentProposal)


def _list_task(spec: TaskSpec) -> str:
    named = f"{spec.task_type} ({spec.title}): {spec.description}. Each sample is a {spec.output_schema}."
    return "- " + defuse(" ".join(named.split()))


def _state_asked(intent: Intent, allowed: Sequence[str]) -> str:
    """What the user set beside the words."""
    lines = []
    if len(allowed) < len(list_specs()):
        lines.append(f"The user allows these tasks alone: {', '.join(allowed)}.")
    if intent.count is not None:
        lines.append(f"The user wants {intent.count} samples at most.")
    return defuse("\n".join(lines))


def _describe_footage(offer: Offer) -> str:
    """Kind, length and counts of facts: nothing that the footage or its maker says."""
    kind = (offer.kind or "unknown").replace("_", " ")
    return f"one {kind}, {_describe_length(offer)}, with {offer.facts}"


def _describe_length(offer: Offer) -> str:
    if offer.duration_s is None:
        return offer.length
    for low, high in zip((0, *LENGTHS_S), LENGTHS_S, strict=False):
        if offer.duration_s < high:
            return f"{low} to {high} s long"
    return f"{LENGTHS_S[-1]} s long or longer"


@functools.cache
def _make_schema(allowed: tuple[str, ...]) -> Json:
    """The schema of a proposal, which can name no other task, and has room for each once."""
    schema: Json = IntentProposal.model_json_schema()
    schema["$defs"]["ProposedReading"]["properties"]["task_type"]["enum"] = list(allowed)
    schema["properties"]["readings"]["maxItems"] = min(len(allowed), MAX_READINGS)
    return schema


def _read_answer(intent: Intent, offer: Offer, answer: Answer | None) -> Resolved:
    if answer is None:
        return Resolved(resolve_offer(intent, offer))
    outcome = answer.outcome
    if isinstance(outcome, ReplyError):
        return _fall_back(intent, offer, answer, outcome.code, outcome.code not in LASTING)
    if isinstance(outcome, Unusable):
        return _fall_back(intent, offer, answer, outcome.reason)
    assert isinstance(outcome, IntentProposal)
    proposed: dict[str, ProposedReading] = {}
    for item in outcome.readings:
        known = proposed.get(item.task_type)
        if known is None or item.confidence > known.confidence:
            proposed[item.task_type] = item
    if not set(proposed) <= set(list_allowed(intent)):
        return _fall_back(intent, offer, answer, "unknown_task")
    if not proposed or not all(_clean(item.text) for item in proposed.values()):
        return _fall_back(intent, offer, answer, "empty")
    drafts = [_make_draft(intent, offer, item, answer) for item in proposed.values()]
    if intent.tasks:
        drafts += [item for item in resolve_offer(intent, offer) if item.task_type not in proposed]
    return Resolved(rank_readings(drafts), answer)


def _fall_back(intent: Intent, offer: Offer, answer: Answer, why: str, pending: bool = False) -> Resolved:
    readings = [
        item.model_copy(update={"rationale": f"{item.rationale}; the model's answer was not used: {why}"})
        for item in resolve_offer(intent, offer)
    ]
    return Resolved(readings, answer, why, pending)


def _make_draft(intent: Intent, offer: Offer, proposed: ProposedReading, answer: Answer) -> Instruction:
    return make_reading(
        intent,
        offer,
        find_spec(proposed.task_type),
        proposed.confidence,
        f"the model reads the request so: {_clean(proposed.rationale).rstrip('.。')}",
        [f"the model's: {said}" for text in proposed.assumptions if (said := _clean(text))],
        _clean(proposed.text),
        f"{RESOLVER} {answer.backend} {answer.model}",
    )


def _clean(text: str) -> str:
    """A model's words on one line, without what nobody sees and what a tokenizer could take for its own."""
    shown = (" " if unicodedata.category(letter).startswith(("C", "Z")) else letter for letter in text)
    return defuse(" ".join("".join(shown).split()))


@functools.cache
def _load(name: str) -> Template:
    return Template((PROMPTS / f"model.{name}.md").read_text(encoding="utf-8"))
