"""The forms of `gui_task` on one picture of a screen: from chosen steps and labels to drafts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Literal

from dataclaw_assets.records import Anchor, Claim, Draft, Edit, Still, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Payload, ask
from dataclaw_assets.synthesized_samples.agents.gui_task.screens import (
    Box,
    choose_crop,
    is_label,
    text_of,
)
from dataclaw_assets.synthesized_samples.agents.gui_task.targets import (
    EDGE,
    has_others,
    is_inside,
    is_tight,
)
from dataclaw_assets.synthesized_samples.agents.gui_task.written import Written
from dataclaw_assets.synthesized_samples.context import SourceContext
from dataclaw_assets.synthesized_samples.phrasing import phrase

SETTLED_S = 0.25
"""How long a screen has been up, where there is time, when its picture is taken: a page may still fade in."""

CLOCK = "none: the pictures have no times"

Form = Literal[
    "next_action",
    "next_right_click",
    "next_double_click",
    "next_long_press",
    "locate_label",
    "action_extraction",
    "screen_change",
    "fragment_order",
]


class GUITask(Payload):
    """`action` is the verb of the step, `label` what it was done on, `point` where, as shares of the picture;
    `options` the texts of a multiple choice. `ordered_fragment_labels` are the clips of one session in their
    order, `original_task` what the session was to do, where a measurement or a trusted person says so."""

    form: Form
    action: str | None = None
    label: str | None = None
    point: tuple[float, float] | None = None
    options: dict[str, str] | None = None
    ordered_fragment_labels: tuple[str, ...] | None = None
    original_task: str | None = None


def draft_task(
    context: SourceContext,
    template: str,
    chance: random.Random,
    answer: str,
    said: dict[str, Any],
    words: dict[str, str] | None = None,
    clock: str = CLOCK,
    **fields: Any,
) -> Draft:
    """A draft of one form, asked in one of its phrasings; `said` are the payload's further fields."""
    sentence = phrase("gui_task", template, chance, **(words or {}))
    payload = GUITask(
        form=template,  # type: ignore[arg-type]
        question=ask(sentence, options=said.get("options")),
        answer=answer,
        clock=clock,
        **said,
    )
    return Draft(
        task_type="gui_task",
        template=template,
        source_id=context.source.source_id,
        payload=payload.model_dump(mode="json"),
        **fields,
    )


def ask_place(context: SourceContext, written: Written, line: Anchor, chance: random.Random) -> Draft | None:
    """Where a line of text stands on the screen; None where another says the same, or it cannot be read."""
    time_s = settle(line)
    screen = written.screen(time_s)
    if not is_label(text_of(line)) or screen.find_line(text_of(line)) != line:
        return None
    return point_at(context, "locate_label", line, line, screen.lines, time_s, chance, ())


def settle(state: Anchor) -> float:
    """A time soon after something came up on the screen and before it goes: the pointer of a recording has
    not reached the target yet."""
    start, end = state.start_s or 0.0, state.end_s or 0.0
    return round(start + min(SETTLED_S, max(0.0, end - start) / 2), 3)


def point_at(
    context: SourceContext,
    template: str,
    line: Anchor,
    said: Anchor,
    shown: Sequence[Anchor],
    time_s: float,
    chance: random.Random,
    done: tuple[Claim, ...],
    action: str | None = None,
) -> Draft | None:
    """A draft that asks for the place of a line, which says what `said` does, on the screen at a time, on
    which `shown` are the lines; `done` and `action` are of the step that is done on it. None where it cannot
    be read whole, its box holds more, or hardly anything else could be meant."""
    source, region = context.source, line.region or (0.0, 0.0, 0.0, 0.0)
    crop = choose_crop(source, [region], context.settings.consumer_image_px, chance)
    picture_px = context.settings.consumer_image_px
    if crop is None or not is_inside(region, source, crop, EDGE):
        return None
    if not is_tight(line, shown) or not has_others(shown, line, source, crop, picture_px):
        return None
    box = _share(source.width, source.height, region, crop)
    point = (round((box[0] + box[2]) / 2, 3), round((box[1] + box[3]) / 2, 3))
    still = Still(source_id=source.source_id, time_s=time_s, label="X", edits=crop_to(crop))
    label = text_of(said)
    cited = (line.anchor_id,)
    return draft_task(
        context,
        template,
        chance,
        f"({point[0]:.3f}, {point[1]:.3f})",
        {"label": label, "point": point, "action": action},
        {"label": label} if action is None else None,
        evidence=(
            Claim(kind="text", value=label, anchors=(said.anchor_id,)),
            Claim(kind="box", value=list(box), anchors=cited, label="X"),
            Claim(kind="point", value=list(point), anchors=cited, label="X"),
            *done,
        ),
        media=(still,),
        verifier=Verifier(kind="point", value=list(box)),
        difficulty={
            "target_share": round((box[2] - box[0]) * (box[3] - box[1]), 5),
            "lines": len(shown),
            "cropped": crop != (0.0, 0.0, 1.0, 1.0),
            "negative": False,
        },
    )


def ask_absent(
    context: SourceContext, written: Written, said: Anchor, words: Anchor, chance: random.Random
) -> Draft | None:
    """A label of one window of the session, on a screen of another one (`words`: all its lines)."""
    time_s = settle(words)
    screen = written.screen(time_s)
    boxes = [line.region for line in screen.lines if line.region and is_label(text_of(line))]
    near = [chance.choice(boxes)] if boxes else []
    crop = choose_crop(context.source, near, context.settings.consumer_image_px, chance) if near else None
    if crop is None or screen.saying(text_of(said)):
        return None
    still = Still(source_id=context.source.source_id, time_s=time_s, label="X", edits=crop_to(crop))
    return draft_task(
        context,
        "locate_label",
        chance,
        "not shown",
        {"label": text_of(said)},
        {"label": text_of(said)},
        evidence=(
            Claim(kind="text", value=text_of(said), anchors=(said.anchor_id,)),
            Claim(
                kind="fact",
                value=list(getattr(words.value, "lines", ())),
                field="lines",
                anchors=(words.anchor_id,),
                label="X",
            ),
        ),
        media=(still,),
        verifier=Verifier(kind="point", value=None),
        difficulty={"lines": len(screen.lines), "cropped": bool(still.edits), "negative": True},
    )


def _share(width: int | None, height: int | None, region: Box, crop: Box) -> Box:
    wide, high = (width or 1) * (crop[2] - crop[0]), (height or 1) * (crop[3] - crop[1])
    left, top = crop[0] * (width or 1), crop[1] * (height or 1)
    return (
        round(max(0.0, (region[0] - left) / wide), 3),
        round(max(0.0, (region[1] - top) / high), 3),
        round(min(1.0, (region[2] - left) / wide), 3),
        round(min(1.0, (region[3] - top) / high), 3),
    )


def crop_to(crop: Box) -> tuple[Edit, ...]:
    return () if crop == (0.0, 0.0, 1.0, 1.0) else (Edit(op="crop", region=crop),)
