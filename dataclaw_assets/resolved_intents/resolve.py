"""Resolve every intent of a batch against every registered source of it, and publish the instructions."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dataclaw_assets.errors import InputError, UpstreamMissing
from dataclaw_assets.records import Anchor, Instruction, Json, Source, digest
from dataclaw_assets.resolved_intents.instruction_text import digest_prompts
from dataclaw_assets.resolved_intents.intents import Intent, read_intents
from dataclaw_assets.resolved_intents.lexicon import digest_lexicon
from dataclaw_assets.resolved_intents.offers import Offer, make_offer
from dataclaw_assets.resolved_intents.rules import (
    RESOLVER,
    Refusal,
    list_mismatches,
    list_refusals,
    resolve_offer,
)
from dataclaw_assets.tasks import list_specs
from resources.home import Home, Outcome, Plan
from resources.ledger import Entry, name_input
from resources.progress import OnProgress, ignore

if TYPE_CHECKING:
    from resources.inference.client import Inference

ASSET = "resolved_intents"


def resolve_batch(
    home: Home,
    batch: str,
    on_progress: OnProgress = ignore,
    run_id: str | None = None,
    inference: Inference | None = None,
) -> Entry:
    """Publish the instructions of a batch: table `instructions` (sorted by source, intent, rank) and table
    `refusals` (infeasible readings, and requests that speak of no task).

    The rules read the requests, or a model where the settings of `inference` say so (`resolver`). Nothing
    feasible is a published partition that says so; one with a question still to be answered is refused.
    Raises `InputError` when the batch has no intent, `UpstreamMissing` when its sources or anchors are not
    published, and `InferenceError` when a model as a whole cannot be used.
    """
    asking = inference if inference and inference.settings.resolver == "model" else None

    def plan() -> Plan:
        if home.ledger.published("user_intents", batch) is None:
            raise InputError(f"{batch}: no intent was given; say what to make with --intent TEXT")
        inputs = {
            name_input(upstream, batch): _fingerprint(home, upstream, batch)
            for upstream in ("user_intents", "raw_sources", "factual_anchors")
        }
        specs = digest([spec.model_dump(mode="json") for spec in list_specs()])
        parameters: Json = {
            "resolver": RESOLVER,
            "tasks": specs,
            "prompts": digest_prompts(),
            "words": digest_lexicon(),
        }
        if asking:
            from dataclaw_assets.resolved_intents import model

            parameters["model"] = [model.RESOLVER, model.fingerprint_model(asking.settings)]
        return Plan(inputs, build, parameters)

    def build() -> Outcome:
        return _build(home, batch, asking, on_progress)

    return home.publish(ASSET, batch, plan, run_id)


def read_instructions(home: Home, batch: str) -> list[Instruction]:
    """The published instructions of a batch, all statuses; empty when it was never resolved."""
    return home.read(ASSET, batch, "instructions", Instruction)


def read_refusals(home: Home, batch: str) -> list[Refusal]:
    """What was asked for in a batch and cannot be made, with the reason."""
    return home.read(ASSET, batch, "refusals", Refusal)


def _fingerprint(home: Home, asset: str, batch: str) -> str:
    entry = home.ledger.published(asset, batch)
    if entry is None:
        raise UpstreamMissing(ASSET, batch, f"{asset} is not published")
    return entry.fingerprint


def _build(home: Home, batch: str, asking: Inference | None, on_progress: OnProgress) -> Outcome:
    intents = read_intents(home, batch)
    sources = [
        source
        for source in home.read("raw_sources", batch, "sources", Source)
        if source.status == "registered"
    ]
    anchors: dict[str, list[Anchor]] = defaultdict(list)
    for anchor in home.read("factual_anchors", batch, "anchors", Anchor):
        anchors[anchor.source_id].append(anchor)
    offers = [make_offer(source, anchors[source.source_id]) for source in sources]
    # An intent's questions follow one another, so that a model computes what they begin with once.
    pairs = [(intent, offer) for intent in intents for offer in offers]
    readings, asked, pending = _resolve(home, pairs, asking, on_progress)
    place = {offer.source_id: number for number, offer in enumerate(offers)}
    # Within a source the order of the intents and ranks stays.
    instructions = sorted(
        (item for found in readings for item in found), key=lambda item: place[item.source_id]
    )
    refusals = [*list_mismatches(intents, instructions), *list_refusals(instructions)]
    counts = _count(intents, sources, instructions, refusals) | asked
    if pending:
        return Outcome({}, "refused", pending, counts)
    return Outcome(
        tables={"instructions": (Instruction, instructions), "refusals": (Refusal, refusals)}, counts=counts
    )


def _resolve(
    home: Home,
    pairs: Sequence[tuple[Intent, Offer]],
    asking: Inference | None,
    on_progress: OnProgress,
) -> tuple[list[list[Instruction]], Json, str | None]:
    """The readings of each pair, what asking took, and why that is not done yet."""
    if asking is None:
        on_progress("resolving intents", 0, len(pairs))
        readings = [resolve_offer(intent, offer) for intent, offer in pairs]
        on_progress("resolving intents", len(pairs), len(pairs))
        return readings, {}, None
    from dataclaw_assets.resolved_intents.model import count_fallen, describe_pending, resolve_by_model
    from resources.inference.metrics import measure

    began = time.monotonic()
    resolved = resolve_by_model(asking, pairs, home.settings.seed, on_progress)
    answers = [item.answer for item in resolved if item.answer]
    fallen = count_fallen(resolved)
    asked: Json = {
        "read_by_model": len(answers) - sum(fallen.values()),
        "left_to_rules": fallen,
        **measure(answers, time.monotonic() - began).as_json(),
    }
    return [item.readings for item in resolved], asked, describe_pending(resolved)


def _count(
    intents: Sequence[Intent],
    sources: Sequence[Source],
    instructions: Sequence[Instruction],
    refusals: Sequence[Refusal],
) -> Json:
    statuses = Counter(instruction.status for instruction in instructions)
    return {
        "intents": len(intents),
        "sources": len(sources),
        "instructions": len(instructions),
        "ready": statuses["ready"],
        "needs_model": statuses["needs_model"],
        "infeasible": statuses["infeasible"],
        "refused": dict(sorted(Counter(refusal.reason for refusal in refusals).items())),
    }
