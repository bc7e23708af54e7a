"""Task `gui_task`: steps of a session and their places, what a step changes, a session put together again."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.anchor_values import TextLineValue
from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import Anchor, Clip, Draft, Instruction, SourceKind
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.gui_task.changes import ask_done, ask_result
from dataclaw_assets.synthesized_samples.agents.gui_task.forms import (
    GUITask,
    ask_absent,
    ask_place,
    settle,
)
from dataclaw_assets.synthesized_samples.agents.gui_task.fragments import ask_fragments
from dataclaw_assets.synthesized_samples.agents.gui_task.gate import check_gui_task
from dataclaw_assets.synthesized_samples.agents.gui_task.next_steps import NEXT
from dataclaw_assets.synthesized_samples.agents.gui_task.outcomes import (
    Outcome,
    are_distinct,
    has_rival,
    list_outcomes,
)
from dataclaw_assets.synthesized_samples.agents.gui_task.proposals import GUITaskProposal, draft_item
from dataclaw_assets.synthesized_samples.agents.gui_task.screens import (
    ALIKE,
    LOCAL_SHARE,
    Step,
    fold,
    is_label,
    list_agreed,
    read_steps,
    share_alike,
    text_of,
)
from dataclaw_assets.synthesized_samples.agents.gui_task.targets import MIN_PARTS, list_elsewhere, list_pages
from dataclaw_assets.synthesized_samples.agents.gui_task.written import Written, read_written
from dataclaw_assets.synthesized_samples.agents.proposals import draft_items, fill_prompt
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.task_specs import GUI_TASK, TaskSpec

SURE = 0.98
"""Confidence of the reader from which a label may be asked for: slips were below it."""

MIN_CHANGE = 0.01
"""A change of less of the screen than this is a caret, a tick or a word: too little for a small picture."""

TRIES = 40
"""How many pairs of further screens are tried beside two steps."""


class GUITaskAgent:
    """Composes from the steps that the pixels confirm and the text read on the screens, or takes a model's
    choice of them and its words; the answer is computed either way. A next step needs a goal, which only a
    model can put otherwise than by the label clicked. A log without pictures gives nothing."""

    spec: TaskSpec = GUI_TASK
    version = "4"
    schema: type[BaseModel] = GUITask
    gates: Sequence[tuple[str, Gate]] = (("gui_task", check_gui_task),)
    proposal: type[BaseModel] = GUITaskProposal
    asks_of: frozenset[SourceKind] = frozenset({"gui_trace"})

    def instruct(self, context: SourceContext, instruction: Instruction) -> str:
        """The forms, what each takes as facts, and what was asked."""
        return fill_prompt(self.spec.task_type, context, instruction)

    def draft(
        self, proposal: GUITaskProposal, context: SourceContext, facts: Mapping[str, Anchor]
    ) -> Iterator[Draft | Refusal]:
        """Drafts of the steps and labels that a model chose, in its words."""
        return draft_items(proposal.items, context, facts, draft_item)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Drafts of every form that the session's anchors support."""
        if context.source.stream is None or not (context.source.width and context.source.height):
            return
        written, steps = context.known.prepare(read_written), read_steps(context.anchors)
        context.random("steps").shuffle(steps)
        yield from _locate(context, written, steps)
        yield from _extract(context, written, steps)
        yield from _follow(context, written, steps)
        yield from ask_fragments(context, context.random("fragment_order"))

    def derive(self, draft: Draft) -> Any:
        """The box of the words or None, the option or picture whose step is that of the pictures, the clips
        of one session in the order of their times."""
        match draft.template:
            case "action_extraction":
                return _derive_option(draft)
            case "screen_change":
                return _derive_picture(draft)
            case "fragment_order":
                return _derive_order(draft)
        boxes = [claim.value for claim in draft.evidence if claim.kind == "box"]
        if len(boxes) > 1 or (not boxes and draft.template in NEXT.values()):
            raise ValueError("one box is to be pointed at")
        return boxes[0] if boxes else None


def _locate(context: SourceContext, written: Written, steps: Sequence[Step]) -> Iterator[Draft]:
    """As many labels as are kept, each once and on another page, those that somebody clicks first; one of
    them is of another window, where the session has two."""
    chance = context.random("locate_label")
    clicked = {fold(text_of(read)) for read in context.of_kind("target_read")}
    lines = list(context.of_kind("text_line"))
    chance.shuffle(lines)
    lines.sort(key=lambda line: fold(text_of(line)) not in clicked)
    asked: set[str] = set()
    shown: list[frozenset[str]] = []
    for step, words in _pair_apart(context, steps, chance):
        draft = ask_absent(context, written, step.read, words, chance)
        if draft is not None:
            asked.add(fold(step.name))
            shown.append(written.screen(settle(words)).texts)
            yield draft
            break
    for line in lines:
        if len(asked) == context.cap():
            return
        if fold(text_of(line)) in asked or not _is_sure(line):
            continue
        texts = written.screen(settle(line)).texts
        if any(share_alike(texts, other) > ALIKE for other in shown):
            continue
        draft = ask_place(context, written, line, chance)
        if draft is not None:
            asked.add(fold(text_of(line)))
            shown.append(texts)
            yield draft


def _pair_apart(
    context: SourceContext, steps: Sequence[Step], chance: random.Random
) -> Iterator[tuple[Step, Anchor]]:
    """The labels that somebody clicks, read letter by letter, each with a screen of another window."""
    agreed = list_agreed(steps)
    for step in steps:
        fit = fold(step.name) in agreed and len(step.name.split()) >= MIN_PARTS
        elsewhere = list_elsewhere(step.name, context.known.prepare(list_pages)) if fit else []
        if elsewhere:
            yield step, chance.choice(elsewhere)


def _is_sure(line: Anchor) -> bool:
    value = line.value
    sure = isinstance(value, TextLineValue) and value.confidence >= SURE and value.text[0].isalpha()
    return sure and is_label(text_of(line))


def _extract(context: SourceContext, written: Written, steps: Sequence[Step]) -> Iterator[Draft]:
    """Pairs of clicks that change the screen, each in one pair at most."""
    paired: set[str] = set()
    agreed = list_agreed(steps)
    clicks = [step for step in steps if step.done.action == "click" and _changes(step, LOCAL_SHARE)]
    for pair in combinations(clicks, 2):
        ids = {step.action.anchor_id for step in pair}
        if ids & paired or fold(pair[0].name) == fold(pair[1].name):
            continue
        key = "action_extraction:" + ":".join(str(step.done.index) for step in pair)
        drafts = list(ask_done(context, written, pair, agreed, context.random(key), key))
        paired |= ids if drafts else set()
        yield from drafts


def _follow(context: SourceContext, written: Written, steps: Sequence[Step]) -> Iterator[Draft]:
    """Pairs of clicks, each in one pair at most, with the screens after two other actions."""
    outcomes = list_outcomes(context, written)
    own = [
        (step, outcomes[step.done.index])
        for step in steps
        if _changes(step) and step.done.action in NEXT and step.done.index in outcomes
    ]
    paired: set[str] = set()
    for (one, after_one), (other, after_other) in combinations(own, 2):
        pair, ids = (one, other), {one.action.anchor_id, other.action.anchor_id}
        if ids & paired or not are_distinct((after_one, after_other)):
            continue
        key = f"screen_change:{one.done.index}:{other.done.index}"
        chance = context.random(key)
        first = after_one, after_other
        others = [
            outcome
            for outcome in outcomes.values()
            if all(one.is_apart_from(outcome) and one.is_in_window_of(outcome) for one in first)
        ]
        for chosen in _list_choices(first, others, chance):
            drafts = list(ask_result(context, pair, (*first, *chosen), chance, key))
            if drafts:
                paired |= ids
                yield from drafts
                break


def _list_choices(
    first: tuple[Outcome, Outcome], others: Sequence[Outcome], chance: random.Random
) -> list[tuple[Outcome, Outcome]]:
    """Some pairs of further screens, those foremost that a click elsewhere on the same screens leads to."""
    choices = list(combinations(others, 2))
    tried = chance.sample(choices, min(TRIES, len(choices)))
    return sorted(tried, key=lambda pair: -sum(has_rival(one, pair) for one in first))


def _changes(step: Step, most: float = 1.0) -> bool:
    changed = step.changed
    return changed is not None and changed.kind != "none" and MIN_CHANGE <= changed.share <= most


def _derive_option(draft: Draft) -> str:
    indices = [claim for claim in draft.evidence if claim.kind == "fact" and claim.field == "index"]
    (done,) = [claim.value for claim in indices if claim.label is None]
    (right,) = [claim.label for claim in indices if claim.label is not None and claim.value == done]
    return str(right)


def _derive_picture(draft: Draft) -> str:
    (before,) = [claim for claim in draft.evidence if claim.field == "before_s"]
    (right,) = [
        claim.label
        for claim in draft.evidence
        if claim.field == "after_s" and claim.anchors == before.anchors
    ]
    return str(right)


def _derive_order(draft: Draft) -> list[str]:
    own = [clip for clip in draft.media if isinstance(clip, Clip) and clip.source_id == draft.source_id]
    return [str(clip.label) for clip in sorted(own, key=lambda clip: clip.pieces[0].start_s)]
