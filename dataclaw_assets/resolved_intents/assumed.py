"""Resolving a request before any footage is seen: against sources with every fact of their kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import get_args

from dataclaw_assets.records import Instruction, SourceKind
from dataclaw_assets.resolved_intents.offers import Offer
from dataclaw_assets.resolved_intents.rules import rank_readings
from dataclaw_assets.tasks import list_specs

PLENTY = 8
"""How many anchors of each kind an assumed source has."""


def assume_sources() -> list[Offer]:
    """A source of each kind with every fact that a task could need of it."""
    return [_assume_source(kind) for kind in get_args(SourceKind)]


def pick_readings(resolved: Sequence[Sequence[Instruction]]) -> list[Instruction]:
    """From the readings of an intent for each of `assume_sources`, for each task that for the kind of source
    that serves it best, ranked from 1. What was assumed, and which other kinds would serve, are assumptions
    of that reading."""
    readings: dict[str, list[tuple[str, Instruction]]] = {}
    for kind, found in zip(get_args(SourceKind), resolved, strict=True):
        for reading in found:
            readings.setdefault(reading.task_type, []).append((kind.replace("_", " "), reading))
    return rank_readings([_pick_best(found) for found in readings.values()])


def _assume_source(kind: SourceKind) -> Offer:
    needed = {name for spec in list_specs() for name in spec.list_kinds(kind)}
    found = Counter(dict.fromkeys(sorted(needed), PLENTY))
    name = f"any {kind.replace('_', ' ')}"
    return Offer(f"assumed-{kind}", kind, name, "of any length", found, "facts not measured yet")


def _pick_best(found: list[tuple[str, Instruction]]) -> Instruction:
    best = rank_readings([reading for _, reading in found])[0]
    kind = next(name for name, reading in found if reading.source_id == best.source_id)
    assumptions = [f"no footage given: assumes a {kind} with every kind of fact", *best.assumptions]
    for status, words in (("ready", "also ready for"), ("needs_model", "needs a model for")):
        others = [name for name, reading in found if reading.status == status and name != kind]
        if others:
            assumptions.append(f"{words}: {', '.join(others)}")
    return best.model_copy(update={"assumptions": tuple(assumptions)})
