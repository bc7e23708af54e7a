"""What a task agent is, and which ones there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import Anchor, Draft, Instruction, Record, SourceKind
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.task_specs import TaskSpec


class Payload(BaseModel):
    """What every task's payload has: plain text without media tags, and the clock its times are on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    answer: str
    cot: tuple[str, ...] = ()
    clock: str


class Line(BaseModel):
    """One line of a transcript that a sample ships as material, on the clock of its clip."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_s: float
    end_s: float
    text: str


def ask(sentence: str, transcript: Sequence[Line] = (), options: Mapping[str, str] | None = None) -> str:
    """The whole question as the trainee reads it: the sentence, the material, the options."""
    blocks = [sentence]
    if transcript:
        lines = [f"[{line.start_s:.1f}-{line.end_s:.1f}] {line.text}" for line in transcript]
        blocks.append("\n".join(["Transcript:", *lines]))
    if options:
        blocks.append("\n".join(f"{letter}. {text}" for letter, text in options.items()))
    return "\n\n".join(blocks)


class TaskAgent(Protocol):
    """One class of trainable output. Drafts go to the same gates, however they came about."""

    spec: TaskSpec
    version: str
    schema: type[BaseModel]
    gates: Sequence[tuple[str, Gate]]
    """The agent's own gates, asked after the common ones."""

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Drafts from a source's anchors alone; none when there is nothing honest to make."""

    def derive(self, draft: Draft) -> Any:
        """The right answer of a draft, recomputed from its labelled claims alone: what `Verifier.value`
        must be. Raises `ValueError` when the claims do not settle it."""


class Refusal(Record):
    """Why one item of a model's proposal gives no draft: a stable code, the item's place, a detail."""

    code: str
    item: int
    detail: str = ""


@runtime_checkable
class ModelAgent(TaskAgent, Protocol):
    """A task agent that can also ask a model. What the model proposes becomes drafts for the same gates: it
    picks facts and words, and the agent makes claims and media from the anchors, as `compose` does."""

    proposal: type[BaseModel]
    """What a reply must fit, and the grammar that it is decoded by: every text and list is bounded."""
    asks_of: frozenset[SourceKind]
    """Of which kinds of source a model is asked; the others are composed."""

    def instruct(self, context: SourceContext, instruction: Instruction) -> str:
        """The task's own part of a prompt, after the facts of the source: what to look for and propose."""

    def draft(
        self, proposal: Any, context: SourceContext, facts: Mapping[str, Anchor]
    ) -> Iterator[Draft | Refusal]:
        """Drafts of what a model proposed; `facts` are the anchors by their labels in the prompt. An item
        that cannot be made is a `Refusal` and costs no other."""
