"""What a model proposes for `robot_understanding`, and the drafts that it gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from dataclaw_assets.quality.clock import map_interval
from dataclaw_assets.records import Anchor, Clip, Draft, digest
from dataclaw_assets.synthesized_samples.agents.proposals import (
    MAX_ITEMS,
    Label,
    Proposed,
    Stated,
    Unmade,
    Words,
    gather,
    put_words,
    read_seconds,
)
from dataclaw_assets.synthesized_samples.agents.robot_understanding.forms import (
    MOMENTS,
    ask_hold,
    ask_moment,
)
from dataclaw_assets.synthesized_samples.agents.robot_understanding.phases import list_gripper, name_phase
from dataclaw_assets.synthesized_samples.context import SourceContext


class ProposedQuestion(Proposed):
    """One question: its form, the phase or the hold that it is about, the words, the answer."""

    form: Literal["closing_moment", "opening_moment", "hold_interval"]
    facts: tuple[Label, ...] = Field(min_length=1, max_length=1)
    question: Words
    answer: Stated


class RobotUnderstandingProposal(Proposed):
    """A reply: some questions."""

    items: tuple[ProposedQuestion, ...] = Field(max_length=MAX_ITEMS)


def draft_item(
    item: ProposedQuestion, context: SourceContext, facts: Mapping[str, Anchor]
) -> Iterator[Draft]:
    """The drafts of one question that a model proposes. Raises `Unmade`."""
    cited = gather(item.facts, facts)[0]
    drafts = list(_make(item, cited, context))
    if not drafts:
        raise Unmade("wrong_facts", f"no {item.form} can be made of {', '.join(item.facts)}")
    stated = _read_answer(item, drafts[0])
    drafts[0] = _claim(drafts[0], stated[1])
    for number, draft in enumerate(drafts):
        yield put_words(draft, item.question, answer=stated if number == 0 else None)


def _claim(draft: Draft, value: Any) -> Draft:
    """The draft with its time claimed as the model states it, for the gates to judge."""
    first, *rest = draft.evidence
    return draft.model_copy(update={"evidence": (first.model_copy(update={"value": value}), *rest)})


def _make(item: ProposedQuestion, cited: Anchor, context: SourceContext) -> Iterator[Draft]:
    chance = context.random(item.form, "model", cited.anchor_id)
    gripper = {anchor.anchor_id for anchor in list_gripper(context)}
    if item.form == "hold_interval":
        if gripper and cited.kind == "hold" and cited.start_s is not None:
            yield from ask_hold(context, cited, chance)
    elif cited.anchor_id in gripper and name_phase(cited) == MOMENTS[item.form]:
        yield from ask_moment(context, cited, chance, f"model:{item.form}:{digest(item, size=8)}")


def _read_answer(item: ProposedQuestion, draft: Draft) -> tuple[str, Any]:
    """What the model says of the first draft, on its clip's clock. Raises `Unmade`: `unreadable_answer`."""
    kind = draft.verifier.kind
    clip = draft.media[0]
    stated = read_seconds(kind, item.answer)
    ends = stated if isinstance(stated, list) else [stated, stated]
    shown = map_interval(clip, ends[0], ends[1] + 1e-6) if isinstance(clip, Clip) else []
    if not shown:
        raise Unmade("unreadable_answer", f"{item.answer} lies outside the clip")
    start, end = (round(edge, 1) for edge in shown[0])
    return (f"{start:.1f}", start) if kind == "number" else (f"{start:.1f}-{end:.1f}", [start, end])
