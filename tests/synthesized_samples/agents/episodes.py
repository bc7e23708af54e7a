"""A demonstration as the extractors would have measured it, and drafts of it through all gates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dataclaw_assets.anchor_values import HoldValue, InstructionValue, PhaseValue
from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.quality.gates.phrasing import phrased_by
from dataclaw_assets.records import Anchor, Draft, Source
from dataclaw_assets.synthesized_samples.context import Sibling, SourceContext
from dataclaw_assets.synthesized_samples.phrasing import load_phrasings
from resources.settings import Settings
from tests.builders import make_anchor, make_source

PHASES: tuple[tuple[Any, float, float], ...] = (
    ("moving", 0.0, 3.0),
    ("stopped", 3.0, 4.2),
    ("gripper_closing", 3.2, 3.5),
    ("moving", 4.2, 8.0),
    ("stopped", 8.0, 9.0),
    ("gripper_opening", 8.3, 8.6),
    ("moving", 9.0, 13.0),
    ("stopped", 13.0, 14.0),
)

HOLD = HoldValue(
    opening=0.05, floor=0.0, evidence=("opening",), object=None, carried=0.3, released=True
)  # fmt: skip

Spoil = Callable[[Draft, Sequence[Anchor]], Draft]


def make_demonstration(name: str = "arm.mp4", width: int = 640) -> tuple[Source, list[Anchor]]:
    """A source of 14 s and its anchors: reach, grasp, carry, release, retreat."""
    source = make_source("robot_demo", 14.0, name).model_copy(update={"width": width})
    anchors = [
        make_anchor(
            source,
            PhaseValue(phase=phase, index=index, amount=0.5),
            "phase",
            start,
            end,
            frames=(round(start * 25), round(end * 25)),
        )
        for index, (phase, start, end) in enumerate(PHASES)
    ]
    anchors.append(make_anchor(source, HOLD, "hold", 3.4, 8.4))
    said = InstructionValue(text="Pick up the red cube.")
    anchors.append(make_anchor(source, said, "instruction", 0.0, 14.0, basis="recorded"))
    return source, anchors


def context_of(
    material: tuple[Source, list[Anchor]], *others: tuple[Source, list[Anchor]], seed: int = 0
) -> SourceContext:
    """The context of the first demonstration, in a batch with the others."""
    family = tuple(Sibling(source, tuple(anchors)) for source, anchors in (material, *others))
    return SourceContext(material[0], tuple(material[1]), Settings(seed=seed), family)


def judge(agent: Any, context: SourceContext, draft: Draft, worded: bool = False) -> str | None:
    """The code of the first gate that refuses a draft; None when all pass. A model's words are not held
    against the phrasings."""
    facts = Facts(
        source=context.source,
        anchors={anchor.anchor_id: anchor for anchor in context.anchors},
        schema=agent.schema,
        derive=agent.derive,
        settings=context.settings,
        siblings={other.source.source_id: other.source for other in context.siblings},
    )
    phrasing = ("phrasing", phrased_by(load_phrasings(agent.spec.task_type)))
    gates = agent.gates if worded else (*agent.gates, phrasing)
    return next((r.code for r in audit_draft(draft, facts, gates) if not r.passed), None)


def find_phase(anchors: Sequence[Anchor], phase: str, number: int = 0) -> Anchor:
    """The n-th phase of a name, in order of time."""
    return [a for a in anchors if getattr(a.value, "phase", None) == phase][number]


def put(draft: Draft, **payload: Any) -> Draft:
    """The draft with other payload fields."""
    return draft.model_copy(update={"payload": draft.payload | payload})


def answer(draft: Draft, text: str, value: Any) -> Draft:
    """The draft with another answer, its verifier the same."""
    verifier = draft.verifier.model_copy(update={"value": value})
    return put(draft, answer=text).model_copy(update={"verifier": verifier})


def another_letter(draft: Draft, _: Sequence[Anchor]) -> Draft:
    """A distractor in place of the answer."""
    letter = next(name for name in "BCA" if name != draft.verifier.value)
    return answer(draft, letter, letter)


def cite(draft: Draft, number: int, anchor: Anchor, **fields: Any) -> Draft:
    """The draft with another anchor under one of its claims."""
    claims = list(draft.evidence)
    claims[number] = claims[number].model_copy(update={"anchors": (anchor.anchor_id,), **fields})
    return draft.model_copy(update={"evidence": tuple(claims)})
