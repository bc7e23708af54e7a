"""The forms of `world_model` about screens and drawings: from an action to a draft and its twin."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from dataclaw_assets.anchor_values import ActionValue, ScreenStateChangeValue, StrokeValue, TargetReadValue
from dataclaw_assets.quality.gates.places import locate_region
from dataclaw_assets.records import Anchor, Claim, Draft, Media, SketchClip, SketchStill, Still, Transform
from dataclaw_assets.synthesized_samples.agents.world_model.forms import (
    Action,
    draft_transition,
    label_at,
    letter_stills,
)
from dataclaw_assets.synthesized_samples.agents.world_model.steps import ScreenStep
from dataclaw_assets.synthesized_samples.agents.world_model.strokes import StrokeStep
from dataclaw_assets.synthesized_samples.context import SourceContext, letters
from dataclaw_assets.synthesized_samples.sketches import SECONDS_PER_STROKE


def follow_screen(
    context: SourceContext,
    pair: tuple[ScreenStep, ScreenStep],
    others: Sequence[Anchor],
    chance: random.Random,
    key: str,
) -> Iterator[Draft]:
    """What a screen shows after an action on it; the twin begins with another screen of the session and the
    action that was done there. `others` are further `screen_state_change` anchors, whose later picture is
    offered."""
    source_id = context.source.source_id
    changes = [pair[0].change, pair[1].change, *others]
    after = {anchor.anchor_id: _after_s(anchor) for anchor in changes}
    stills = letter_stills([Still(source_id=source_id, time_s=time_s) for time_s in after.values()], chance)
    wording = chance.random()
    for step in pair:
        action, read, change = step.action.value, step.read.value, step.change.value
        if not (
            isinstance(action, ActionValue)
            and isinstance(read, TargetReadValue)
            and isinstance(change, ScreenStateChangeValue)
        ):
            raise TypeError("a step of a screen is an action, a target that was read and a change")
        point = [
            (action.x or 0.0) / (context.source.width or 1),
            (action.y or 0.0) / (context.source.height or 1),
        ]
        right = label_at(stills, change.after_s)
        cited = (step.change.anchor_id,)
        evidence = [
            Claim(kind="text", value=read.name, anchors=(step.read.anchor_id, step.action.anchor_id)),
            Claim(kind="fact", field="action", value=action.action, anchors=(step.action.anchor_id,)),
            Claim(kind="point", value=[round(share, 4) for share in point], anchors=(step.action.anchor_id,)),
            Claim(kind="fact", field="before_s", value=change.before_s, anchors=cited, label="X"),
        ]
        for name, time_s in after.items():
            label = label_at(stills, time_s)
            evidence.append(Claim(kind="fact", field="after_s", value=time_s, anchors=(name,), label=label))
        yield draft_transition(
            context,
            f"screen_{action.action}",
            "screen",
            Action(
                verb=action.action,  # type: ignore[arg-type]
                target=read.name,
                point=(round(point[0], 3), round(point[1], 3)),
            ),
            right,
            wording,
            words={"target": read.name},
            evidence=tuple(evidence),
            media=(
                Still(source_id=source_id, time_s=change.before_s, label="X"),
                *stills,
                Still(source_id=source_id, time_s=change.after_s, side="output"),
            ),
            difficulty={"options": len(stills), "changed": round(change.share, 2)},
            twin_key=key,
        )


def _after_s(anchor: Anchor) -> float:
    if not isinstance(anchor.value, ScreenStateChangeValue):
        raise TypeError(f"{anchor.kind} is no change of a screen")
    return anchor.value.after_s


def follow_stroke(
    context: SourceContext, step: StrokeStep, chance: random.Random, key: str
) -> Iterator[Draft]:
    """What a drawing looks like with one more stroke, which a clip shows by itself. The four pictures have
    this stroke or one like it, and all of the state or all but one stroke; which of the two states the
    drawing is in, is chance. So neither clip nor drawing decides alone, and the fuller pictures are right no
    more often. The twin's clip shows the other stroke."""
    source_id = context.source.source_id
    whole = tuple(range(step.done))
    states = (whole, tuple(index for index in whole if index != step.lacking[1].index))
    state = chance.choice(states)
    pair = (step.next, step.like)
    shown = [(*base, value.index) for _, value in pair for base in states]
    named = dict(sorted(zip(letters(len(shown), chance), shown, strict=True)))
    wording = chance.random()
    options = [
        SketchStill(source_id=source_id, label=name, strokes=strokes) for name, strokes in named.items()
    ]
    boxes = [_claim_box(context, anchor) for anchor, _ in (*pair, step.lacking)]
    for anchor, value in pair:
        right = next(name for name, strokes in named.items() if strokes == (*state, value.index))
        inked = Claim(kind="interval", value=[0.0, SECONDS_PER_STROKE], anchors=(anchor.anchor_id,), clip=1)
        media: tuple[Media, ...] = (
            SketchStill(source_id=source_id, label="X", strokes=state),
            SketchClip(
                source_id=source_id,
                label="Y",
                strokes=(value.index,),
                seconds_per_stroke=SECONDS_PER_STROKE,
            ),
            *options,
            SketchStill(source_id=source_id, side="output", strokes=(*state, value.index)),
        )
        yield draft_transition(
            context,
            "stroke_added",
            "stroke",
            Action(verb="draw", path=share_path(context.source.width, context.source.height, value)),
            right,
            wording,
            evidence=(inked, *boxes),
            media=media,
            transform=Transform(recipe="permute_strokes", seed=0, settings={"drawn": [*state, value.index]})
            if (*state, value.index) != tuple(range(step.done + 1))
            else None,
            difficulty={"options": len(options), "strokes": len(state)},
            twin_key=key,
        )


def share_path(width: int | None, height: int | None, value: StrokeValue) -> tuple[tuple[float, float], ...]:
    """The points of a stroke as shares of the sheet."""
    return tuple((round(x / (width or 1), 3), round(y / (height or 1), 3)) for x, y in value.points)


def _claim_box(context: SourceContext, anchor: Anchor) -> Claim:
    place = locate_region(anchor, context.source)
    if place is None:
        raise ValueError(f"{anchor.anchor_id} lies nowhere on the sheet")
    return Claim(kind="box", value=[round(share, 4) for share in place], anchors=(anchor.anchor_id,))
