"""Questions that several tasks ask of pictures: their order in a clip, and when a shot is on screen."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from dataclaw_assets.quality.clock import map_interval
from dataclaw_assets.records import Anchor, Claim, Clip, Transform, Verifier
from dataclaw_assets.synthesized_samples.claims import claim_shown, still_of
from dataclaw_assets.synthesized_samples.context import (
    Moment,
    SourceContext,
    letters,
    permute_away,
    play,
)


@dataclass(frozen=True)
class Asked:
    """What a question is about, before it is put into words: the answer, and the fields of its draft."""

    answer: str
    fields: dict[str, Any]
    wording: float = 0.0
    """The seed of the words: the same for a question and its twin."""


def order_pictures(
    context: SourceContext,
    window: tuple[float, float],
    chosen: Sequence[Moment],
    chance: random.Random,
    key: str,
    number: int = 0,
) -> Iterator[tuple[Asked, dict[str, str]]]:
    """Pictures of moments given in order of time, lettered at random, to be put in order; and the twin, whose
    clip is cut between them and permuted. With each, the letter of every anchor. Nothing where there is no
    twin."""
    pieces = len(chosen)
    names = letters(pieces, chance)
    twin = permute_away(context, window, chosen, chance)
    if twin is None:
        return
    mixed, order = twin
    wording = chance.random()
    stills = sorted(
        (still_of(m, name) for m, name in zip(chosen, names, strict=True)), key=lambda s: str(s.label)
    )
    gap = min(b.time_s - a.time_s for a, b in pairwise(chosen))
    lettered = {m.anchor.anchor_id: name for m, name in zip(chosen, names, strict=True)}
    for clip, right, transform in (
        (play(context.source, window), names, None),
        (
            mixed,
            [names[index] for index in order],
            Transform(recipe="permute", seed=number, settings={"order": order}),
        ),
    ):
        fields = {
            "evidence": tuple(
                claim_shown(m.anchor, clip, name) for m, name in zip(chosen, names, strict=True)
            ),
            "media": (clip, *stills),
            "verifier": Verifier(kind="permutation", value=right),
            "transform": transform,
            "difficulty": {
                "pieces": pieces,
                "smallest_gap_s": round(gap, 1),
                "clip_s": round(window[1] - window[0], 1),
            },
            "twin_key": key,
        }
        yield Asked(", ".join(right), fields, wording), lettered


def locate_shot(
    shot: Anchor, moment: Moment, clip: Clip, negative: bool = False, stated: Sequence[float] | None = None
) -> Asked:
    """When the shot of a picture is on screen: as the clip shows it, or as `stated`, for the gates to judge.
    With `negative` the clip must not show it."""
    shown: list[float] = []
    if not negative:
        real = map_interval(clip, shot.start_s or 0, shot.end_s or 0)[0]
        shown = [round(value, 1) for value in stated or real]
    claim = Claim(
        kind="absent" if negative else "interval",
        value=shown or None,
        anchors=(shot.anchor_id,),
        label="A",
        clip=0,
    )
    fields = {
        "evidence": (claim,),
        "media": (clip, still_of(moment, "A")),
        "verifier": Verifier(kind="interval", value=shown or None, tolerance=0.5),
        "difficulty": {"shot_s": round((shot.end_s or 0) - (shot.start_s or 0), 1), "negative": negative},
    }
    return Asked("not shown" if negative else f"{shown[0]:.1f}-{shown[1]:.1f}", fields)
