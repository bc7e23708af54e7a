"""In which orders the two clips of a lesson play: never the recording's, but for the first of a session."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import partial

from dataclaw_assets.records import Clip
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import Scene, Template, bound
from dataclaw_assets.synthesized_samples.context import SourceContext, permute_away, play

Half = tuple[Clip, list[int]]
"""A clip, and the order in which it shows the scenes, by their numbers."""

SHUFFLED: frozenset[Template] = frozenset({"lesson", "slide_lesson"})
"""Lessons whose question says that their order was changed, as it could be guessed from an argument."""

PAGE = re.compile(
    r"[\W_]*(?:(?:page|slide|p\.?|no\.?|#)\s*)?\d{1,3}(?:\s*(?:/|of|von|-)\s*\d{1,3})?[\W_]*", re.I
)
"""A line that is the number of a slide."""


def make_halves(
    context: SourceContext,
    window: tuple[float, float],
    scenes: Sequence[Scene],
    chance: random.Random,
    template: Template,
    stated: Sequence[int] | None = None,
) -> list[Half]:
    """The clips of a lesson and of its twin for scenes given in order of time: in two orders that are
    not the recording's, or, of a session, as recorded and in another order. With `stated` the first has the
    scenes as somebody says that they come, for the gates to judge. Empty where there is no twin, or where a
    picture is one that a trainer's sampling of the window would show."""
    bounds = [bound(scene, window) for scene in scenes]
    natural = list(range(len(scenes)))
    said = natural if stated is None else list(stated)
    if template not in SHUFFLED:
        made = permute_away(context, window, bounds, chance)
        clear = all(context.off_grid(scene.moment.time_s - window[0]) for scene in scenes)
        return [] if made is None or not clear else [(play(context.source, window), said), made]
    halves: list[Half] = []
    for _ in range(2):
        known = [natural, natural[::-1], *(order for _, order in halves)]
        made = permute_away(context, window, bounds, chance, partial(_differs, known))
        if made is None:
            return []
        halves.append(made)
    (clip, order), second = halves
    return [(clip, [said[index] for index in order]), second]


def _differs(known: Sequence[Sequence[int]], order: Sequence[int]) -> bool:
    """Whether more than half of the places of an order are taken otherwise in each known one."""
    return all(2 * sum(a != b for a, b in zip(one, order, strict=True)) > len(order) for one in known)
