"""The forms of `gui_task` on the pictures before and after a step: what was done, and what it leads to."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from dataclaw_assets.records import Anchor, Claim, Draft, Edit, Source, Still, Verifier
from dataclaw_assets.synthesized_samples.agents.gui_task.forms import crop_to, draft_task
from dataclaw_assets.synthesized_samples.agents.gui_task.outcomes import Outcome, are_distinct, is_fair
from dataclaw_assets.synthesized_samples.agents.gui_task.screens import (
    Box,
    Screen,
    Step,
    choose_crop,
    fold,
    overlaps,
    tells,
    text_of,
    tight_box,
)
from dataclaw_assets.synthesized_samples.agents.gui_task.written import Written
from dataclaw_assets.synthesized_samples.context import SourceContext, letters

MARGINS = (0.012, 0.01, 0.008)
"""Of the screen's longer side, from what is framed to the outside of the frame: the widest that hides no
other words."""

LINE = 0.006
"""Of the screen's longer side, the width of the frame's line."""


def ask_done(
    context: SourceContext,
    written: Written,
    pair: tuple[Step, Step],
    agreed: set[str],
    chance: random.Random,
    key: str,
) -> Iterator[Draft]:
    """Which label was clicked between two pictures of one step; and the twin, with the pictures of the other
    step and the same options, which stand on both screens, of labels that the log agrees with (`agreed`).
    Nothing where the pictures do not tell."""
    offered = [(step.name, step.read) for step in pair]
    if any(fold(name) not in agreed for name, _ in offered):
        return
    for step in pair:
        near = _choose_near(written, step, pair, agreed, [name for name, _ in offered], chance)
        if near is None:
            return
        offered.append((text_of(near), near))
    names = letters(4, chance)
    options = dict(sorted(zip(names, (name for name, _ in offered), strict=True)))
    wording = chance.random()
    drafts = [
        _compare(
            context, written, step, names[number], pair, names, offered, options, random.Random(wording), key
        )
        for number, step in enumerate(pair)
    ]
    yield from (draft for draft in drafts if draft is not None and None not in drafts)


def _choose_near(
    written: Written,
    step: Step,
    pair: Sequence[Step],
    agreed: set[str],
    taken: Sequence[str],
    chance: random.Random,
) -> Anchor | None:
    """A label near the one clicked on, on the screens of both steps, to which neither change points, and
    which is clicked at another time (`agreed`): else the words alone would tell the two apart."""
    assert step.changed is not None
    screen, held = written.screen(step.changed.before_s), [fold(name) for name in taken]
    fit = [
        line
        for said, line in zip(screen.said, screen.lines, strict=True)
        if said in agreed
        and not any(said in other or other in said for other in held)
        and all(_points_elsewhere(written, one, text_of(line)) for one in pair)
    ]
    fit.sort(key=lambda line: _distance(line, step.place))
    return chance.choice(fit[:3]) if fit else None


def _points_elsewhere(written: Written, step: Step, label: str) -> bool:
    assert step.change is not None
    assert step.changed is not None
    before, after = written.before_and_after(step.changed)
    return tells(before, after, step.change, step.name, before.find_box(step.read), label)


def _distance(line: Anchor, place: tuple[float, float]) -> float:
    left, top, right, bottom = line.region or (0.0, 0.0, 0.0, 0.0)
    return abs((left + right) / 2 - place[0]) + abs((top + bottom) / 2 - place[1])


def _compare(
    context: SourceContext,
    written: Written,
    step: Step,
    right: str,
    pair: Sequence[Step],
    names: Sequence[str],
    offered: Sequence[tuple[str, Anchor]],
    options: dict[str, str],
    chance: random.Random,
    key: str,
) -> Draft | None:
    assert step.change is not None
    assert step.changed is not None
    before, after = written.before_and_after(step.changed)
    offered_texts = [fold(name) for name, _ in offered]
    told = [box for said, box in before.stood if said in offered_texts]
    box = before.find_box(step.read)
    others = [name for name, _ in offered if name != step.name]
    told_apart = all(tells(before, after, step.change, step.name, box, other) for other in others)
    if box is None or not told_apart:
        return None
    crop = choose_crop(context.source, [box, *told], context.settings.consumer_image_px, chance)
    if crop is None:
        return None
    source_id, edits, cited = context.source.source_id, crop_to(crop), (step.change.anchor_id,)
    times = {"X": step.changed.before_s, "Y": step.changed.after_s}
    return draft_task(
        context,
        "action_extraction",
        chance,
        right,
        {"options": options, "label": step.name, "action": step.done.action},
        evidence=(
            Claim(kind="fact", value=step.done.index, field="index", anchors=cited),
            Claim(kind="fact", value=times["X"], field="before_s", anchors=cited, label="X"),
            Claim(kind="fact", value=times["Y"], field="after_s", anchors=cited, label="Y"),
            Claim(kind="fact", value=step.done.action, field="action", anchors=(step.action.anchor_id,)),
            *(
                Claim(kind="text", value=name, anchors=(bearer.anchor_id,), label=letter)
                for letter, (name, bearer) in zip(names, offered, strict=True)
            ),
            *(
                Claim(
                    kind="fact",
                    value=one.done.index,
                    field="index",
                    anchors=(one.read.anchor_id,),
                    label=letter,
                )
                for letter, one in zip(names, pair, strict=False)
            ),
        ),
        media=tuple(
            Still(source_id=source_id, time_s=time_s, label=name, edits=edits)
            for name, time_s in times.items()
        ),
        verifier=Verifier(kind="choice", value=right),
        difficulty={
            "options": 4,
            "changed_share": round(step.changed.share, 3),
        },
        twin_key=key,
    )


def ask_result(
    context: SourceContext,
    pair: tuple[Step, Step],
    outcomes: Sequence[Outcome],
    chance: random.Random,
    key: str,
) -> Iterator[Draft]:
    """Which of four screens a click leads to; and the twin, with the click of another step and the same four.
    `outcomes` are those of the pair and the two further ones that are offered. Nothing where they make no
    fair choice."""
    fair = (is_fair(one, [other for other in outcomes if other is not one]) for one in outcomes[:2])
    if not are_distinct(outcomes) or not all(fair):
        return
    frames = [
        frame_step(context.source, outcome.before, step)
        for step, outcome in zip(pair, outcomes, strict=False)
    ]
    if None in frames:
        return
    names = letters(4, chance)
    wording = chance.random()
    pictures = sorted(zip(names, outcomes, strict=True), key=lambda one: one[0])
    for step, frame, right in zip(pair, frames, names, strict=False):
        yield _follow(context, step, frame, right, pictures, random.Random(wording), key)


def _follow(
    context: SourceContext,
    step: Step,
    frame: Box | None,
    right: str,
    pictures: Sequence[tuple[str, Outcome]],
    chance: random.Random,
    key: str,
) -> Draft:
    source, source_id = context.source, context.source.source_id
    assert step.change is not None
    assert step.changed is not None
    x, y = step.place[0] / (source.width or 1), step.place[1] / (source.height or 1)
    edit = Edit(op="outline", region=frame)
    done, led = (step.action.anchor_id,), (step.change.anchor_id,)
    shown = [(name, one.change.anchor_id, one.changed.after_s) for name, one in pictures]
    return draft_task(
        context,
        "screen_change",
        chance,
        right,
        {"action": step.done.action},
        evidence=(
            Claim(kind="fact", value=step.changed.before_s, field="before_s", anchors=led, label="X"),
            Claim(kind="fact", value=step.done.action, field="action", anchors=done),
            Claim(kind="point", value=[round(x, 4), round(y, 4)], anchors=done),
            Claim(kind="edited", value=[edit.model_dump(mode="json")], label="X"),
            *(
                Claim(kind="fact", value=time_s, field="after_s", anchors=(cited,), label=name)
                for name, cited, time_s in shown
            ),
        ),
        media=(
            Still(source_id=source_id, time_s=step.changed.before_s, label="X", edits=(edit,)),
            *(Still(source_id=source_id, time_s=time_s, label=name) for name, _, time_s in shown),
        ),
        verifier=Verifier(kind="choice", value=right),
        difficulty={"options": 4, "changed_share": round(step.changed.share, 3)},
        twin_key=key,
    )


def frame_step(source: Source, before: Screen, step: Step) -> Box | None:
    """The frame round the place of a click and the words there, as shares of the screen, clear of both; None
    where it is not known how far the words reach, or a frame would hide others. `before` is the screen
    on which the click is done."""
    wide, high = float(source.width or 1), float(source.height or 1)
    (x, y), longer = step.place, max(wide, high)
    line = before.find_alone(step.name)
    words = tight_box(step.read) or (line.region if line else None)
    if words is None:
        return None
    inner = min(x, words[0]), min(y, words[1]), max(x, words[2]), max(y, words[3])
    others = [box for _, box in before.stood if not overlaps(box, words)]
    for margin in MARGINS:
        outer = _widen(inner, margin * longer)
        clear = _widen(inner, (margin - LINE) * longer)
        if all(not overlaps(box, outer) or _holds(clear, box) for box in others):
            left, top, right, bottom = outer
            return (
                round(max(0.0, left / wide), 4),
                round(max(0.0, top / high), 4),
                round(min(1.0, right / wide), 4),
                round(min(1.0, bottom / high), 4),
            )
    return None


def _widen(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _holds(box: Box, other: Box) -> bool:
    return box[0] <= other[0] and box[1] <= other[1] and other[2] <= box[2] and other[3] <= box[3]
