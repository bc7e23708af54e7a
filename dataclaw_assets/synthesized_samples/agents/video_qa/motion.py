"""The form `camera_view`, as MotionBench asks: what does the camera do?"""

from __future__ import annotations

import random
from collections.abc import Iterator

from dataclaw_assets.anchor_values import MotionValue
from dataclaw_assets.records import Anchor, Claim, Draft, Verifier
from dataclaw_assets.synthesized_samples.agents.video_qa.forms import (
    draft_question,
    letter_things,
    term,
)
from dataclaw_assets.synthesized_samples.claims import claim_shown
from dataclaw_assets.synthesized_samples.context import SourceContext, play

VIEWS = ("static", "pan", "tilt", "zoom", "roll")
"""What a camera may do, as `MotionValue.camera` names it; `mixed` says nothing."""

MIN_VIEW_S = 2.5
"""A slow zoom over less is hard to tell from a view that stays."""

MIN_LEVEL = 0.03
"""Of a camera that stands something must move before it, or there is nothing to tell apart."""


def list_views(context: SourceContext) -> Iterator[tuple[Anchor, tuple[float, float]]]:
    """Stretches of one camera motion within a shot, their first and last quarter second left out: borders lie
    on whole seconds. One of each kind, the longest; a view that stays only beside one that does not, and
    where something else moves."""
    if context.shows_a_screen:
        return
    best: dict[str, tuple[float, Anchor, tuple[float, float]]] = {}
    for anchor in context.of_kind("motion"):
        value = anchor.value
        if not isinstance(value, MotionValue) or value.camera not in VIEWS:
            continue
        start, end = (anchor.start_s or 0.0) + 0.25, (anchor.end_s or 0.0) - 0.25
        end = min(end, start + context.settings.max_clip_s)
        moving = value.camera != "static" or value.floor >= MIN_LEVEL
        length = end - start
        if moving and length >= MIN_VIEW_S and _in_one_shot(context, start, end):
            kept = best.get(value.camera)
            if kept is None or length > kept[0]:
                best[value.camera] = (length, anchor, (start, end))
    if best.keys() - {"static"}:
        yield from ((anchor, span) for _, anchor, span in best.values())


def _in_one_shot(context: SourceContext, start: float, end: float) -> bool:
    return any(
        (shot.start_s or 0.0) <= start + 0.05 and end - 0.05 <= (shot.end_s or 0.0)
        for shot in context.of_kind("shot")
    )


def ask_view(
    context: SourceContext, anchor: Anchor, span: tuple[float, float], chance: random.Random
) -> Draft:
    """What the camera does in a clip that holds one of its motions and nothing else."""
    camera = getattr(anchor.value, "camera", "")
    wrong = chance.sample([view for view in VIEWS if view != camera], 3)
    offered = letter_things([camera, *wrong], chance)
    right = next(name for name, view in offered.items() if view == camera)
    clip = play(context.source, span)
    return draft_question(
        context,
        "camera_view",
        chance,
        right,
        options={name: term(f"camera_view.{view}") for name, view in offered.items()},
        evidence=(
            claim_shown(anchor, clip),
            Claim(kind="fact", field="camera", value=camera, anchors=(anchor.anchor_id,)),
        ),
        media=(clip,),
        verifier=Verifier(kind="choice", value=right),
        difficulty={"options": 4, "clip_s": round(span[1] - span[0], 1)},
    )
