"""What the proposals of all tasks share: bounded fields, facts by label, a model's words put into drafts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from string import Template
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from dataclaw_assets.quality.answers import parse_answer
from dataclaw_assets.records import Anchor, Draft, Instruction, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext
from resources.inference.bounds import bound_by_pattern

PROMPTS = Path(__file__).parent.parent / "prompts"

MAX_ITEMS = 8
"""Items of one reply: as many as a source's cap allows over a few forms, within 2,048 tokens."""

Label = Annotated[str, Field(pattern=r"^F[0-9]{1,4}$")]
"""A fact by its label in the prompt. The pattern is the bound: xgrammar takes no length beside one."""

Words = Annotated[str, Field(min_length=1, max_length=300, json_schema_extra=bound_by_pattern)]
"""A sentence or two. Bounded, or a weak model never ends one."""

Stated = Annotated[str, Field(min_length=1, max_length=40, json_schema_extra=bound_by_pattern)]
"""An answer: labels or seconds."""

ItemT = TypeVar("ItemT")

_LABEL = re.compile(r"\bF\d{1,4}\b")
_UNIT = re.compile(r"\s*(?:s|sec|secs|seconds?)\b\.?", re.I)


class Proposed(BaseModel):
    """Base of what a model proposes: frozen, and nothing beside the fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reason(Proposed):
    """One line of reasoning and the facts that it rests on."""

    text: Words
    facts: tuple[Label, ...] = Field(min_length=1, max_length=4)


class Unmade(Exception):
    """One item of a proposal cannot be made; `code` is the reason that is counted."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def fill_prompt(task_type: str, context: SourceContext, instruction: Instruction, **fields: str) -> str:
    """The task's prompt, with what was asked and how many items at most."""
    template = Template((PROMPTS / f"{task_type}.md").read_text("utf-8"))
    count = str(min(MAX_ITEMS, context.cap() + 1))
    return template.substitute(request=instruction.text, count=count, kind=context.source.kind, **fields)


def gather(labels: Sequence[str], facts: Mapping[str, Anchor]) -> list[Anchor]:
    """The anchors that labels stand for. Raises `Unmade`: `unknown_fact`, `repeated_fact`."""
    unknown = [label for label in labels if label not in facts]
    if unknown:
        raise Unmade("unknown_fact", ", ".join(unknown))
    if len(set(labels)) < len(labels):
        raise Unmade("repeated_fact", ", ".join(labels))
    return [facts[label] for label in labels]


def read_labels(answer: str, cited: Sequence[str]) -> list[str]:
    """The fact labels that an answer names, in its order. Raises `Unmade`: `unreadable_answer`,
    `unknown_fact` (the item does not cite it)."""
    named = _LABEL.findall(answer)
    if not named or _LABEL.sub("", answer).strip(" ,;.>→"):
        raise Unmade("unreadable_answer", answer)
    strange = [label for label in named if label not in cited]
    if strange:
        raise Unmade("unknown_fact", f"the answer names {', '.join(strange)}")
    return named


def read_seconds(kind: str, answer: str) -> Any:
    """The number or the interval in seconds that an answer states. Raises `Unmade`: `unreadable_answer`."""
    try:
        value = parse_answer(Verifier(kind=kind, value=None), _UNIT.sub("", answer))  # type: ignore[arg-type]
    except ValueError as error:
        raise Unmade("unreadable_answer", str(error)) from error
    if value is None or (kind == "interval" and not value[0] < value[1]):
        raise Unmade("unreadable_answer", answer)
    return value


def find_moment(context: SourceContext, window: tuple[float, float], fact: Anchor) -> Moment | None:
    """The moment of a window that a fact names: a still its own, a shot or a state the one within it that
    is most unlike the rest."""
    inside = [m for m in context.moments(window) if m.anchor.anchor_id == fact.anchor_id]
    if not inside and fact.kind in {"shot", "stable"}:
        start, end = (fact.start_s or 0.0) - 0.3, (fact.end_s or 0.0) + 0.3
        inside = [m for m in context.moments(window) if start <= m.start_s and m.end_s <= end]
    return max(inside, key=lambda m: getattr(m.anchor.value, "outside_distance", 0.0), default=None)


def find_moments(context: SourceContext, facts: Sequence[Anchor]) -> tuple[tuple[float, float], list[Moment]]:
    """The first window that shows all facts, and their moments in it, in the order given.

    Raises `Unmade`: `wrong_facts` (one names no moment), `no_clip` (no window shows all of them),
    `same_moment` (two are on screen at once).
    """
    windows = context.windows()
    for fact in facts:
        if not any(find_moment(context, window, fact) for window in windows):
            raise Unmade("wrong_facts", f"{fact.kind} {fact.anchor_id} names no moment of a clip")
    for window in windows:
        found = [moment for fact in facts if (moment := find_moment(context, window, fact))]
        if len(found) == len(facts):
            ordered = sorted(found, key=lambda moment: moment.start_s)
            if any(b.start_s < a.end_s - 1e-6 for a, b in pairwise(ordered)):
                raise Unmade("same_moment", "two of the facts are on screen at once")
            return window, found
    raise Unmade("no_clip", "no clip is long enough to show all of them")


def find_clear_shot(context: SourceContext, fact: Anchor) -> tuple[tuple[float, float], Anchor, Moment]:
    """A window, the shot of it that a fact names or lies in, and a moment that names the shot.

    Raises `Unmade`: `wrong_facts` (there is none whose borders and picture are beyond doubt).
    """
    for window in context.windows():
        for shot in context.clear_shots(window):
            moment = find_moment(context, window, fact)
            start, end = shot.start_s or 0.0, shot.end_s or 0.0
            if moment is None or not (start <= moment.time_s < end):
                continue
            if moment.start_s >= start - 0.3 and moment.end_s <= end + 0.3:
                return window, shot, moment
    raise Unmade("wrong_facts", f"{fact.kind} {fact.anchor_id} names no shot with clear borders")


def to_clip_clock(window: tuple[float, float], seconds: float) -> float:
    """A time of the source as a clip that plays one window of it has it, to a decimal."""
    return round(seconds - window[0], 1)


def read_reasoning(lines: Sequence[Reason], facts: Mapping[str, Anchor]) -> tuple[str, ...]:
    """The lines of a reasoning. Raises `Unmade`: `unknown_fact`, `out_of_order` (the facts cited do not come
    in the order of time)."""
    starts: list[float] = []
    for line in lines:
        starts += [fact.start_s for fact in gather(line.facts, facts) if fact.start_s is not None]
    if starts != sorted(starts):
        raise Unmade("out_of_order", "the reasoning jumps back in time")
    return tuple(line.text for line in lines)


def put_words(
    draft: Draft, question: str, reasoning: Sequence[str] = (), answer: tuple[str, Any] | None = None
) -> Draft:
    """A draft with a model's question before the task's own request, and with its answer (the text, and the
    value that it states) where it gave one."""
    payload = draft.payload | {
        "question": f"{question.strip()}\n{draft.payload['question']}",
        "cot": list(reasoning),
    }
    verifier = draft.verifier
    if answer is not None:
        payload["answer"] = answer[0]
        verifier = verifier.model_copy(update={"value": answer[1]})
    return draft.model_copy(update={"payload": payload, "verifier": verifier})


def draft_items(
    items: Iterable[ItemT],
    context: SourceContext,
    facts: Mapping[str, Anchor],
    draft_item: Callable[[ItemT, SourceContext, Mapping[str, Anchor]], Iterator[Draft]],
) -> Iterator[Draft | Refusal]:
    """The drafts of each item of a reply; one that cannot be made is a `Refusal`."""
    for number, item in enumerate(items):
        try:
            yield from draft_item(item, context, facts)
        except Unmade as reason:
            yield Refusal(code=reason.code, item=number, detail=reason.detail)
