"""In which orders the two clips of a lesson play: once as recorded, or in another order both times."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import partial

from dataclaw_assets.records import Clip
from dataclaw_assets.synthesized_samples.agents.tutorial.forms import Scene, Template, bound, text_of
from dataclaw_assets.synthesized_samples.context import SourceContext, permute_away, play

Half = tuple[Clip, list[int]]
"""A clip, and the order in which it shows the scenes, by their numbers."""

GUESSED: frozenset[Template] = frozenset({"lesson", "slide_lesson"})
"""Lessons whose order may be read off numbered slides, or guessed from an argument."""

PAGE = re.compile(
    r"[\W_]*(?:(?:page|slide|p\.?|no\.?|#)\s*)?\d{1,3}(?:\s*(?:/|of|von|-)\s*\d{1,3})?[\W_]*", re.I
)
"""A line that is the number of a slide."""


def tells_order(context: SourceContext, template: str) -> bool:
    """Whether the pictures of a lesson may give their order away: slides, which come in the order of an
    argument, and numbered pictures."""
    return template in GUESSED and (
        context.shows_a_screen or any(PAGE.fullmatch(text_of(line)) for line in context.of_kind("text_line"))
    )


def make_halves(
    context: SourceContext,
    window: tuple[float, float],
    scenes: Sequence[Scene],
    chance: random.Random,
    template: Template,
    stated: Sequence[int] | None = None,
) -> list[Half]:
    """The clips of a lesson and of its twin for scenes given in order of time: as recorded and in another
    order, or, where the pictures tell their own order, in two other ones. With `stated` the first has the
    scenes as somebody says that they come, for the gates to judge. Empty where there is no twin, or where a
    picture is one that a trainer's sampling of the window would show."""
    bounds = [bound(scene, window) for scene in scenes]
    natural = list(range(len(scenes)))
    said = natural if stated is None else list(stated)
    if not tells_order(context, template):
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
