"""Task `gui_task`: steps of a session and their places, what a step changes, a session put together again."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.anchor_values import LinesValue, TextLineValue
from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import Anchor, Clip, Draft, Instruction, SourceKind
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.gui_task.changes import ask_done, ask_result
from dataclaw_assets.synthesized_samples.agents.gui_task.forms import (
    GUITask,
    ask_absent,
    ask_place,
)
from dataclaw_assets.synthesized_samples.agents.gui_task.fragments import ask_fragments
from dataclaw_assets.synthesized_samples.agents.gui_task.gate import check_gui_task
from dataclaw_assets.synthesized_samples.agents.gui_task.next_steps import NEXT
from dataclaw_assets.synthesized_samples.agents.gui_task.proposals import GUITaskProposal, draft_tasks
from dataclaw_assets.synthesized_samples.agents.gui_task.screens import (
    Step,
    fold,
    is_label,
    list_words,
    read_steps,
    text_of,
)
from dataclaw_assets.synthesized_samples.agents.proposals import fill_prompt
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.task_specs import GUI_TASK, TaskSpec

NEGATIVE_SHARE = 0.15
"""Share of labels to be found that are not there (composition rule 5: 10-20 %)."""

SAME_PAGE = 0.3
"""Share of its lines from which a screen may be another state of a page."""

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
    version = "2"
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
        return draft_tasks(proposal, context, facts)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Drafts of every form that the session's anchors support."""
        if context.source.stream is None or not (context.source.width and context.source.height):
            return
        steps = read_steps(context.anchors)
        context.random("steps").shuffle(steps)
        yield from _locate(context)
        yield from _extract(context, steps)
        yield from _follow(context, steps)
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


def _locate(context: SourceContext) -> Iterator[Draft]:
    """As many labels as are kept, each once and each on another screen, those that somebody clicks first; now
    and then one of another screen."""
    chance = context.random("locate_label")
    clicked = {fold(text_of(read)) for read in context.of_kind("target_read")}
    lines = [line for line in context.of_kind("text_line") if is_label(text_of(line)) and _is_sure(line)]
    chance.shuffle(lines)
    lines.sort(key=lambda line: fold(text_of(line)) not in clicked)
    screens = context.of_kind("lines_visible")
    asked: set[str] = set()
    shown: set[str] = set()
    for line in lines:
        if len(asked) == context.cap() or not screens:
            return
        if fold(text_of(line)) in asked:
            continue
        negative = chance.random() < NEGATIVE_SHARE
        other = chance.choice(screens)
        absent = negative and _is_another_page(text_of(line), other, screens)
        draft = ask_absent(context, line, other, chance) if absent else None
        draft = draft or ask_place(context, line, chance)
        screen = _find_screen(context, draft) if draft else None
        if draft is not None and screen is not None and screen not in shown:
            asked.add(fold(text_of(line)))
            shown.add(screen)
            yield draft


def _is_another_page(label: str, screen: Anchor, screens: Sequence[Anchor]) -> bool:
    """Whether a screen is no other state of a page on which a label was read: there it may stand unread."""
    mine = set(_list_lines(screen))
    pages = [set(_list_lines(other)) for other in screens if label in _list_lines(other)]
    return all(len(mine & page) <= SAME_PAGE * min(len(mine), len(page)) for page in pages)


def _list_lines(screen: Anchor) -> tuple[str, ...]:
    return screen.value.lines if isinstance(screen.value, LinesValue) else ()


def _find_screen(context: SourceContext, draft: Draft) -> str | None:
    words = list_words(context.anchors, getattr(draft.media[0], "time_s", None) or 0.0)
    return words.anchor_id if words else None


def _is_sure(line: Anchor) -> bool:
    value = line.value
    return isinstance(value, TextLineValue) and value.confidence >= SURE and value.text[0].isalpha()


def _extract(context: SourceContext, steps: Sequence[Step]) -> Iterator[Draft]:
    """Pairs of clicks that change the screen, each in one pair at most."""
    paired: set[str] = set()
    for pair in combinations([step for step in steps if _changes(step) and step.done.action == "click"], 2):
        ids = {step.action.anchor_id for step in pair}
        if ids & paired or fold(pair[0].name) == fold(pair[1].name):
            continue
        key = "action_extraction:" + ":".join(str(step.done.index) for step in pair)
        drafts = list(ask_done(context, pair, context.random(key), key))
        paired |= ids if drafts else set()
        yield from drafts


def _follow(context: SourceContext, steps: Sequence[Step]) -> Iterator[Draft]:
    """Pairs of clicks, each in one pair at most, with the screens after two other actions."""
    paired: set[str] = set()
    for pair in combinations([step for step in steps if _changes(step) and step.done.action in NEXT], 2):
        ids = {step.action.anchor_id for step in pair}
        if ids & paired:
            continue
        key = "screen_change:" + ":".join(str(step.done.index) for step in pair)
        chance = context.random(key)
        others = [
            change
            for change in context.of_kind("screen_state_change")
            if change not in [s.change for s in pair]
        ]
        for chosen in _list_choices(others, chance):
            drafts = list(ask_result(context, pair, chosen, chance, key))
            if drafts:
                paired |= ids
                yield from drafts
                break


def _list_choices(others: Sequence[Anchor], chance: random.Random) -> list[tuple[Anchor, Anchor]]:
    choices = list(combinations(others, 2))
    return chance.sample(choices, min(TRIES, len(choices)))


def _changes(step: Step) -> bool:
    return step.changed is not None and step.changed.kind != "none" and step.changed.share >= MIN_CHANGE


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
