"""Task `planning`: what to do next on the way, in a model's words, checked by the camera's motion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field

from dataclaw_assets.quality.gates.contract import Facts, Finding, Gate
from dataclaw_assets.records import Anchor, Clip, Draft, Instruction, SourceKind, digest
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.planning.forms import (
    MIRRORED,
    SEEN_S,
    WORDS,
    Manoeuvre,
    Planning,
    ask_manoeuvre,
    find_turning,
    tell_manoeuvre,
)
from dataclaw_assets.synthesized_samples.agents.proposals import (
    MAX_ITEMS,
    Label,
    Proposed,
    Unmade,
    Words,
    draft_items,
    fill_prompt,
    gather,
    put_words,
)
from dataclaw_assets.synthesized_samples.agents.world_model.wording import asks_as, check_note
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.task_specs import PLANNING, TaskSpec

EXACT_S = 1e-3


class ProposedManoeuvre(Proposed):
    """One manoeuvre: the motion fact of it, what it is, what on the way asks for it, the words."""

    facts: tuple[Label, ...] = Field(min_length=1, max_length=1)
    manoeuvre: Manoeuvre
    reason: Words
    question: Words


class PlanningProposal(Proposed):
    """A reply: some manoeuvres."""

    items: tuple[ProposedManoeuvre, ...] = Field(max_length=MAX_ITEMS)


def check_manoeuvre(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `irrelevant_evidence`, `wrong_future`, `field_differs`, and those of gate `wording` on the
    reason."""
    payload = Planning.model_validate(draft.payload)
    cited = {claim.anchors for claim in draft.evidence}
    motion = facts.anchors.get(next(iter(cited))[0]) if len(cited) == 1 else None
    turning = find_turning(tuple(facts.anchors.values()), motion) if motion is not None else None
    kinds = sorted(claim.field or claim.kind for claim in draft.evidence)
    if motion is None or turning is None or kinds != ["camera", "direction", "interval"]:
        yield Finding(code="irrelevant_evidence", detail="the evidence is not one manoeuvre of the camera")
        return
    mirrored = _is_mirrored(draft)
    op, until = "mirror" if mirrored else "play", turning.at_s + SEEN_S
    wanted = [("input", turning.start_s, until), ("output", until, turning.end_s)]
    for medium, (side, start, end) in zip(draft.media, wanted, strict=False):
        piece = medium.pieces[0] if isinstance(medium, Clip) and len(medium.pieces) == 1 else None
        fits = piece is not None and (piece.op, piece.speed, medium.side) == (op, 1.0, side)
        if piece is None or not fits or max(abs(piece.start_s - start), abs(piece.end_s - end)) > EXACT_S:
            yield Finding(code="wrong_future", detail=f"the {side} is not the way before, or after, it")
    if len(draft.media) != len(wanted):
        yield Finding(code="wrong_future", detail=f"{len(draft.media)} media")
    if payload.manoeuvre != tell_manoeuvre(motion, mirrored):
        yield Finding(code="field_differs", detail=f"manoeuvre is {payload.manoeuvre}")
    offered = sorted(WORDS[name] for name in ("left", "right", "ahead", "stop"))
    if sorted(payload.options.values()) != offered or list(payload.options) != list("ABCD"):
        yield Finding(code="field_differs", detail=f"options are {payload.options}")
    if not asks_as(draft, {}) or (mirrored and payload.reason):
        yield Finding(code="field_differs", detail="the question is another, or a mirrored way has a reason")
    yield from check_note(draft, facts, payload.reason)


def _is_mirrored(draft: Draft) -> bool:
    clip = draft.media[0]
    return isinstance(clip, Clip) and clip.pieces[0].op == "mirror"


class PlanningAgent:
    """Composes nothing: whether there is a way, and why it is taken, must be seen. A model picks the turn and
    says why; which way it goes is measured."""

    spec: TaskSpec = PLANNING
    version = "1"
    schema: type[BaseModel] = Planning
    gates: Sequence[tuple[str, Gate]] = (("manoeuvre", check_manoeuvre),)
    proposal: type[BaseModel] = PlanningProposal
    asks_of: frozenset[SourceKind] = frozenset({"video"})

    def instruct(self, context: SourceContext, instruction: Instruction) -> str:
        """What is a manoeuvre, what it takes as a fact, and what was asked."""
        return fill_prompt(self.spec.task_type, context, instruction)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Nothing: no anchor tells a street from a living room."""
        yield from ()

    def draft(
        self, proposal: PlanningProposal, context: SourceContext, facts: Mapping[str, Anchor]
    ) -> Iterator[Draft | Refusal]:
        """Drafts of the manoeuvres that a model chose, as it names them."""
        return draft_items(proposal.items, context, facts, _draft_item)

    def derive(self, draft: Draft) -> Any:
        """The option that says which way the camera goes, from the verified facts and the clip's recipe."""
        facts = {claim.field: claim.value for claim in draft.evidence if claim.kind == "fact"}
        if facts["camera"] != "pan":
            raise ValueError(f"a {facts['camera']} leads to neither side")
        direction = facts["direction"]
        words = WORDS[MIRRORED[direction] if _is_mirrored(draft) else direction]
        fits = [letter for letter, text in draft.payload["options"].items() if text == words]
        if len(fits) != 1:
            raise ValueError(f"{len(fits)} options fit")
        return fits[0]


def _draft_item(
    item: ProposedManoeuvre, context: SourceContext, facts: Mapping[str, Anchor]
) -> Iterator[Draft]:
    cited = gather(item.facts, facts)
    turning = find_turning(context.anchors, cited[0])
    if turning is None or context.shows_a_screen:
        raise Unmade("wrong_facts", f"{item.facts[0]} is no manoeuvre to one side that a clip can show")
    if item.manoeuvre == "back":
        raise Unmade("unreadable_answer", "going backwards is none of the options")
    key = f"model:manoeuvre:{digest(item, size=8)}"
    for draft in ask_manoeuvre(context, turning, item.reason, item.manoeuvre, key):
        yield put_words(draft, item.question)
