"""What a model proposes for `visual_puzzle`, and the drafts that it gives: it chooses and words, no more."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Literal

from pydantic import Field

from dataclaw_assets.records import Anchor, Draft, digest
from dataclaw_assets.synthesized_samples.agents.proposals import (
    MAX_ITEMS,
    Label,
    Proposed,
    Unmade,
    Words,
    find_clear_shot,
    find_moments,
    gather,
    put_words,
)
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.changes import (
    ask_elsewhere,
    ask_speed,
    ask_turn,
)
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.clips import ask_clips, find_takes
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.forms import (
    ask_moment,
    ask_order,
    ask_shot,
    ask_strokes,
    finds_nothing,
    names_instant,
)
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.pictures import (
    GRIDS,
    ask_jigsaw,
    ask_line,
    choose_pictures,
    find_line_fault,
    fits_grid,
    lines_at,
    list_pages,
)
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.selection import Shown, take
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.shapes import ask_count, choose_windows
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.stretches import (
    MAX_STEADY_S,
    find_steady_shots,
    find_stretches,
)
from dataclaw_assets.synthesized_samples.context import SourceContext, play
from dataclaw_assets.synthesized_samples.sketches import choose_markable, read_strokes

SIZES: Mapping[str, tuple[int, ...]] = {"order_stills": (3, 4), "order_strokes": (4,), "find_elsewhere": (2,)}
"""How many facts a form takes; one where nothing is said."""


class ProposedPuzzle(Proposed):
    """One puzzle: its form, the facts that it is made of, the words."""

    form: Literal[
        "order_stills",
        "order_clips",
        "order_strokes",
        "find_shot",
        "find_moment",
        "find_rotation",
        "find_mirrored",
        "find_speed",
        "find_elsewhere",
        "count_shapes",
        "jigsaw",
        "find_line",
    ]
    facts: tuple[Label, ...] = Field(min_length=1, max_length=4)
    question: Words


class VisualPuzzleProposal(Proposed):
    """A reply: some puzzles."""

    items: tuple[ProposedPuzzle, ...] = Field(max_length=MAX_ITEMS)


def draft_item(
    item: ProposedPuzzle, context: SourceContext, facts: Mapping[str, Anchor], shown: Shown
) -> Iterator[Draft]:
    """The drafts of one puzzle that a model proposes. Raises `Unmade`."""
    cited = gather(item.facts, facts)
    drafts = list(_make(item, cited, context))
    if not drafts:
        raise Unmade("wrong_facts", f"no {item.form} can be made of {', '.join(item.facts)}")
    if not all(take(draft, digest(item, size=8), shown) for draft in drafts):
        raise Unmade("repeated_fact", "another puzzle shows the same picture")
    for draft in drafts:
        yield put_words(draft, item.question)


def _make(item: ProposedPuzzle, cited: Sequence[Anchor], context: SourceContext) -> Iterator[Draft]:
    sizes = SIZES.get(item.form, (1,))
    if len(cited) not in sizes:
        raise Unmade("wrong_facts", f"{item.form} takes {' or '.join(map(str, sizes))} facts")
    chance = context.random(item.form, "model", *(fact.anchor_id for fact in cited))
    key = f"model:{item.form}:{digest(item, size=8)}"
    match item.form:
        case "order_strokes":
            markable = {pair[0].anchor_id: pair for pair in choose_markable(read_strokes(context))}
            chosen = [markable[fact.anchor_id] for fact in cited if fact.anchor_id in markable]
            if len(chosen) == len(cited):
                chosen.sort(key=lambda pair: pair[1].index)
                yield from ask_strokes(context, chosen, chance, key)
        case "order_stills":
            window, moments = find_moments(context, cited)
            ordered = sorted(moments, key=lambda moment: moment.start_s)
            yield from ask_order(context, window, ordered, chance, key)
        case "find_shot":
            window, shot, moment = find_clear_shot(context, cited[0])
            yield ask_shot(context, shot, moment, play(context.source, window), chance, negative=False)
        case "find_moment":
            window, moments = find_moments(context, cited)
            moment = moments[0]
            if names_instant(context, moment) and not context.shows_a_screen:
                yield from ask_moment(context, window, moment, chance)
        case "find_rotation" | "find_mirrored":
            windows = context.windows()
            found = chain(*(find_stretches(context, cited[0], window, item.form) for window in windows))
            for clip, stretch in islice(found, 1):
                negative = finds_nothing(context, item.form, _number(cited))
                yield ask_turn(context, item.form, clip, stretch, chance, negative)
        case "order_clips" | "find_speed" | "find_elsewhere":
            yield from _make_of_shots(item.form, cited, context, chance, key)
        case _:
            yield from _make_of_pictures(item.form, cited[0], context, chance, key)


def _number(cited: Sequence[Anchor]) -> int:
    """A number of the facts that a model chose, whatever else it chose."""
    return int(digest(*(fact.anchor_id for fact in cited)), 16)


def _make_of_shots(
    form: str, cited: Sequence[Anchor], context: SourceContext, chance: random.Random, key: str
) -> Iterator[Draft]:
    if context.shows_a_screen or any(fact.kind != "shot" for fact in cited):
        return
    if form == "order_clips":
        for take, spans in find_takes(context, chance):
            if take.anchor_id == cited[0].anchor_id:
                yield from ask_clips(context, take, spans, chance, key)
                return
    elif form == "find_speed":
        for shot, (start, end) in find_steady_shots(context):
            if shot.anchor_id == cited[0].anchor_id:
                window = (round(start, 2), round(min(end, start + MAX_STEADY_S), 2))
                negative = finds_nothing(context, "find_speed", _number(cited))
                yield from ask_speed(context, window, chance, key, negative)
                return
    else:
        try:
            negative = finds_nothing(context, "find_elsewhere", _number(cited))
            yield ask_elsewhere(context, cited[0], cited[1], chance, negative)
        except ValueError as reason:
            raise Unmade("wrong_facts", str(reason)) from reason


def _make_of_pictures(
    form: str, fact: Anchor, context: SourceContext, chance: random.Random, key: str
) -> Iterator[Draft]:
    if form == "count_shapes":
        for window in choose_windows(context, chance):
            if (fact.start_s or 0.0) < window[1] and (fact.end_s or 0.0) > window[0]:
                yield from ask_count(context, window, chance, key)
                return
    elif form == "jigsaw":
        grids = [grid for grid in GRIDS if fits_grid(context.source, grid)]
        if grids and any(picture.anchor_id == fact.anchor_id for picture in choose_pictures(context)):
            yield ask_jigsaw(context, fact, chance.choice(grids), chance)
    else:
        for time_s in list_pages(context):
            shown = lines_at(context.of_kind("text_line"), time_s)
            fair = any(line.anchor_id == fact.anchor_id for line in shown)
            if fair and find_line_fault(fact, shown, context.source) is None:
                yield ask_line(context, fact, time_s, False, chance)
                return
