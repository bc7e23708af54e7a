"""The forms of `video_qa` about motion, as MotionBench asks: what the camera does, where something moves."""

from __future__ import annotations

import random
from collections.abc import Iterator

from dataclaw_assets.anchor_values import MotionValue, MoverValue
from dataclaw_assets.quality.gates.places import Box, locate_region
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

PARTS = ("left", "right", "upper", "lower")

MIN_VIEW_S = 2.5
"""A slow zoom over less is hard to tell from a view that stays."""

MIN_LEVEL = 0.03
"""Of a camera that stands something must move before it, or there is nothing to tell apart."""

SHARE = 0.8
"""Of all residual motion that one thing must have, to be what moves (composition rule 2)."""

MIN_MOVE_S = 1.0

PART_EDGE = 0.55
"""How far over the middle a half may reach for a thing to move in it: the boxes are a cell too wide."""

OUTSIDE = 0.15
"""Where such a box must end before the other side, so that the half is plain."""


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


def find_part(box: Box) -> str | None:
    """The half of the picture in which a box lies; None when it lies in none, or in two."""
    left, top, right, bottom = box
    fits = {
        "left": right <= PART_EDGE and left < 1 - PART_EDGE - OUTSIDE,
        "right": left >= 1 - PART_EDGE and right > PART_EDGE + OUTSIDE,
        "upper": bottom <= PART_EDGE and top < 1 - PART_EDGE - OUTSIDE,
        "lower": top >= 1 - PART_EDGE and bottom > PART_EDGE + OUTSIDE,
    }
    found = [part for part, fit in fits.items() if fit]
    return found[0] if len(found) == 1 else None


def list_movers(context: SourceContext) -> Iterator[tuple[Anchor, str]]:
    """The things that alone move, for a second or more, in one half of the picture."""
    if context.shows_a_screen:
        return
    for anchor in context.of_kind("dominant_mover"):
        value, box = anchor.value, locate_region(anchor, context.source)
        length = (anchor.end_s or 0.0) - (anchor.start_s or 0.0)
        if not isinstance(value, MoverValue) or box is None or length < MIN_MOVE_S:
            continue
        part = find_part(box)
        inside = _in_one_shot(context, anchor.start_s or 0.0, anchor.end_s or 0.0)
        if value.confidence == "high" and value.share >= SHARE and part and inside:
            yield anchor, part


def ask_part(context: SourceContext, anchor: Anchor, part: str, chance: random.Random) -> Draft:
    """In which half of the picture the one thing moves, in a clip of its motion."""
    offered = letter_things(list(PARTS), chance)
    right = next(name for name, other in offered.items() if other == part)
    clip = play(context.source, (anchor.start_s or 0.0, anchor.end_s or 0.0))
    box = locate_region(anchor, context.source) or (0.0, 0.0, 1.0, 1.0)
    return draft_question(
        context,
        "moving_part",
        chance,
        right,
        options={name: term(f"moving_part.{other}") for name, other in offered.items()},
        evidence=(
            claim_shown(anchor, clip),
            Claim(kind="box", value=[round(share, 3) for share in box], anchors=(anchor.anchor_id,)),
        ),
        media=(clip,),
        verifier=Verifier(kind="choice", value=right),
        difficulty={"options": 4, "clip_s": round((anchor.end_s or 0.0) - (anchor.start_s or 0.0), 1)},
    )
