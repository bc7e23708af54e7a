"""Task `editing`: a picture before, the instruction in words, the picture after, with the exact recipe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from dataclaw_assets.anchor_values import StateValue
from dataclaw_assets.quality.gates.contract import Facts, Finding, Gate
from dataclaw_assets.records import Anchor, Claim, Draft, Media, SketchStill, Still
from dataclaw_assets.synthesized_samples.agents.editing.forms import (
    FAMILIES,
    MIN_OPTIONS,
    TURNS,
    Editing,
    choose_edits,
    claim_edits,
    describe_edit,
    draft_edit,
    has_colour,
    show,
)
from dataclaw_assets.synthesized_samples.agents.editing.strokes import add_stroke
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.pictures import find_detailed
from dataclaw_assets.synthesized_samples.context import SourceContext, letters
from dataclaw_assets.synthesized_samples.phrasing import load_phrasings
from dataclaw_assets.synthesized_samples.sketches import describe_place
from dataclaw_assets.task_specs import EDITING, TaskSpec

MAX_LINE = 24
"""Letters of a line that is said to be changed: longer ones are sentences, which reading gets wrong."""

SETTLE_S = 0.05
"""How far into a state of the screen its picture is taken."""


def check_instruction(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `field_differs` (the instruction, the place or the options say what the recipe does not)."""
    try:
        stated = _state(draft, facts)
    except (KeyError, StopIteration, TypeError, ValueError) as error:
        yield Finding(code="field_differs", detail=f"nothing can be stated: {error}")
        return
    for field, value in stated.items():
        if draft.payload.get(field) != value:
            yield Finding(code="field_differs", detail=f"{field} should be {value!r}")


class EditingAgent:
    """Edits images by recipe, and takes real changes of drawings and screens."""

    spec: TaskSpec = EDITING
    version = "3"
    schema: type[BaseModel] = Editing
    gates: Sequence[tuple[str, Gate]] = (("instruction", check_instruction),)

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Drafts of what the kind of source bears."""
        if context.source.kind == "image":
            yield from _edit_image(context)
        elif context.source.kind == "drawing":
            yield from add_stroke(context)
        else:
            yield from _change_lines(context)

    def derive(self, draft: Draft) -> Any:
        """The one option that is what the edit gives; `ValueError` when none or several are."""
        right = list(_list_right(draft))
        if len(right) != 1:
            raise ValueError(f"{len(right)} options fit")
        return right[0]


def _edit_image(context: SourceContext) -> Iterator[Draft]:
    """An edit and three near ones: once to pick its result, once to name what was done. None of a picture
    that is small or soft, of which a part shows little that could be changed. One of the two is a turn: only
    beside X does it show."""
    picture = find_detailed(context)
    if picture is None:
        return
    chance = context.random("editing")
    templates = chance.sample(("edit_result", "edit_instruction"), 2)
    families = TURNS, chance.choice([family for family in FAMILIES if family != TURNS])
    for template, family in zip(templates, families, strict=True):
        edits = choose_edits([op for op in family if op != "grey" or has_colour(picture)], chance)
        names = letters(len(edits), chance)
        offered = dict(sorted(zip(names, edits, strict=True)))
        instruction = describe_edit(edits[0])
        if template == "edit_result":
            pictures = [show(context, name, [edit]) for name, edit in offered.items()]
            after = show(context, "Y", [edits[0]]).model_copy(update={"label": None, "side": "output"})
            media, options = [show(context, "X"), *pictures, after], None
        else:
            media = [show(context, "X"), show(context, "Y", [edits[0]])]
            options = {name: describe_edit(edit) for name, edit in offered.items()}
        yield draft_edit(
            context, template, chance, names[0], instruction, claim_edits(media), media, options,
            difficulty={"options": len(edits)},
        )  # fmt: skip


def _change_lines(context: SourceContext) -> Iterator[Draft]:
    """A change of the screen that replaces one short line, among the other such changes of the source."""
    changes = list(_list_changes(context))
    chance = context.random("screen_edit")
    texts = [instruction for _, _, instruction in changes]
    usable = [change for change in changes if texts.count(change[2]) == 1]
    for before, after, instruction in chance.sample(usable, min(context.cap(), len(usable))):
        others = chance.sample(
            sorted({text for text in texts if text != instruction}), min(3, len(set(texts)) - 1)
        )
        if len(others) + 1 < MIN_OPTIONS:
            return
        names = letters(1 + len(others), chance)
        media = [_still_within(before, "X"), _still_within(after, "Y")]
        evidence = [
            Claim(
                kind="fact",
                field="lines",
                value=list(getattr(a.value, "lines", ())),
                anchors=(a.anchor_id,),
                label=n,
            )
            for a, n in ((before, "X"), (after, "Y"))
        ]
        evidence += [
            Claim(kind="interval", value=[a.start_s, a.end_s], anchors=(a.anchor_id,), label=n)
            for a, n in ((before, "X"), (after, "Y"))
        ]
        yield draft_edit(
            context, "screen_edit", chance, names[0], instruction, evidence, media,
            dict(sorted(zip(names, [instruction, *others], strict=True))), difficulty={"options": len(names)},
        )  # fmt: skip


def _list_changes(context: SourceContext) -> Iterator[tuple[Anchor, Anchor, str]]:
    """Changes of the screen that come down to one line, in words: what is beside it, before, after."""
    after_of = {
        anchor.value.change: anchor
        for anchor in context.of_kind("state_after")
        if isinstance(anchor.value, StateValue)
    }
    for before in context.of_kind("state_before"):
        if isinstance(before.value, StateValue) and before.value.change in after_of:
            after = after_of[before.value.change]
            words = describe_change(before, after)
            if words:
                yield before, after, words


def describe_change(before: Anchor, after: Anchor) -> str | None:
    """A change of one line in words; None when another number of lines changes, or one cannot say where."""
    if not (isinstance(before.value, StateValue) and isinstance(after.value, StateValue)):
        return None
    old, new = Counter(before.value.lines), Counter(after.value.lines)
    gone, come = list((old - new).elements()), list((new - old).elements())
    if len(gone) != 1 or len(come) != 1 or max(len(gone[0]), len(come[0])) > MAX_LINE:
        return None
    differing = [
        place
        for place, (a, b) in enumerate(zip(before.value.lines, after.value.lines, strict=False))
        if a != b
    ]
    if len(differing) != 1 or differing[0] == 0 or old[before.value.lines[differing[0] - 1]] != 1:
        return None
    words = load_phrasings("editing")["replace_line"][0]
    return words.format(label=before.value.lines[differing[0] - 1], before=gone[0], after=come[0])


def _still_within(state: Anchor, label: str) -> Still:
    """A picture from late within a state of the screen."""
    start, end = state.start_s or 0.0, state.end_s or 0.0
    return Still(
        source_id=state.source_id, time_s=max(start, end - SETTLE_S - 0.2 * (end - start)), label=label
    )


def _list_right(draft: Draft) -> Iterator[str]:
    by_label = {medium.label: medium for medium in draft.media}
    if draft.template == "edit_result":
        after = next(medium for medium in draft.media if medium.side == "output")
        for label in "ABCD":
            shown = by_label.get(label)
            if isinstance(shown, Still) and isinstance(after, Still) and shown.edits == after.edits:
                yield label
    elif draft.template == "stroke_edit":
        asked, start = int(draft.evidence[0].value), by_label["X"]
        for label in "ABCD":
            shown = by_label.get(label)
            if isinstance(shown, SketchStill) and shown.strokes == (*_strokes_of(start), asked):
                yield label
    else:
        for label, text in (draft.payload.get("options") or {}).items():
            if text == draft.payload["instruction"]:
                yield label


def _strokes_of(medium: Media) -> tuple[int, ...]:
    return medium.strokes if isinstance(medium, SketchStill) else ()


def _state(draft: Draft, facts: Facts) -> dict[str, Any]:
    """What the payload must say by the media's recipe and the anchors cited."""
    if draft.template in {"edit_result", "edit_instruction"}:
        made = next(m for m in draft.media if m.side == "output" or m.label == "Y")
        if not isinstance(made, Still) or any(
            isinstance(m, Still) and m.label == "X" and m.edits for m in draft.media
        ):
            raise ValueError("X is edited, or there is no result")
        (edit,) = made.edits
        return {"edit": draft.template, "instruction": describe_edit(edit), "place": None}
    if draft.template == "stroke_edit":
        anchor = facts.anchors[draft.evidence[0].anchors[0]]
        place = describe_place(anchor)
        return {
            "edit": draft.template,
            "instruction": f"add one stroke {place}",
            "place": place,
            "options": None,
        }
    before, after = (facts.anchors[claim.anchors[0]] for claim in draft.evidence[:2])
    if getattr(before.value, "change", None) != getattr(after.value, "change", 0):
        raise ValueError("two changes")
    return {"edit": draft.template, "instruction": describe_change(before, after), "place": None}
