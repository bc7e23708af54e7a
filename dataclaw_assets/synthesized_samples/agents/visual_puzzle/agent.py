"""Task `visual_puzzle`: order, moment, change, count and jigsaw puzzles that a machine can check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, Literal

from pydantic import BaseModel

from dataclaw_assets.quality.gates.contract import Gate
from dataclaw_assets.records import Anchor, Clip, Draft, Instruction, SourceKind, Still
from dataclaw_assets.synthesized_samples.agents.contract import Refusal
from dataclaw_assets.synthesized_samples.agents.proposals import draft_items, fill_prompt
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.changes import (
    CHANGES,
    ask_elsewhere,
    ask_speed,
    ask_turn,
)
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.clips import ask_clips, find_takes, read_order
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.forms import (
    VisualPuzzle,
    ask_moment,
    ask_order,
    ask_shot,
    ask_strokes,
    finds_nothing,
    names_instant,
)
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.gate import check_puzzle
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.pictures import (
    GRIDS,
    ask_jigsaw,
    ask_lines,
    choose_pictures,
    fits_grid,
    read_tiles,
)
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.proposals import (
    VisualPuzzleProposal,
    draft_item,
)
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.selection import Shown, show_once
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.shapes import ask_count, choose_windows
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.stretches import (
    MAX_STEADY_S,
    find_moving_runs,
    find_steady_shots,
    find_stretches,
    list_donors,
    place_stretch,
)
from dataclaw_assets.synthesized_samples.context import (
    FAR_APART,
    MIN_CLIP_S,
    Moment,
    SourceContext,
    pick_sets,
    play,
)
from dataclaw_assets.synthesized_samples.sketches import choose_markable, read_strokes
from dataclaw_assets.task_specs import VISUAL_PUZZLE, TaskSpec

MIN_PIECES, MAX_PIECES = 3, 4
"""Two pictures in order are a coin's toss."""


class VisualPuzzleAgent:
    """Composes puzzles from stills, shots, motion, strokes, lines and pictures, or takes a model's choice of
    them and its words; the answer is computed either way."""

    spec: TaskSpec = VISUAL_PUZZLE
    version = "6"
    schema: type[BaseModel] = VisualPuzzle
    gates: Sequence[tuple[str, Gate]] = (("puzzle", check_puzzle),)
    proposal: type[BaseModel] = VisualPuzzleProposal
    asks_of: frozenset[SourceKind] = frozenset({"video", "gui_trace", "robot_demo", "drawing", "image"})

    def instruct(self, context: SourceContext, instruction: Instruction) -> str:
        """The forms, what each takes as facts, and what was asked."""
        return fill_prompt(self.spec.task_type, context, instruction)

    def draft(
        self, proposal: VisualPuzzleProposal, context: SourceContext, facts: Mapping[str, Anchor]
    ) -> Iterator[Draft | Refusal]:
        """Drafts of the puzzles that a model chose, in its words."""
        return draft_items(proposal.items, context, facts, partial(draft_item, shown={}))

    def compose(self, context: SourceContext) -> Iterator[Draft]:
        """Drafts of every template that the source's anchors support. Shots with clear borders are rarest,
        and orders take most pictures: they choose first, then whichever template chance says."""
        if context.source.kind == "drawing":
            yield from _order_strokes(context)
            return
        shown: Shown = {}
        others = [
            _find_moment(context),
            _put_together(context),
            ask_lines(context, context.random("find_line")),
        ]
        context.random("pictures").shuffle(others)
        drafts = chain(_find_shot(context), _order_stills(context, shown), *others)
        yield from show_once(drafts, context.cap(), shown)
        yield from _find_turn(context, "find_rotation")
        yield from _find_turn(context, "find_mirrored")
        yield from _find_freeze(context)
        yield from _find_speed(context)
        yield from _find_elsewhere(context)
        yield from _order_clips(context)
        yield from _count_shapes(context)

    def derive(self, draft: Draft) -> Any:
        """Orders from the labelled intervals or the recipes of clips and tiles, places in time and in the
        picture from the one claim that was verified."""
        if draft.template in {"order_stills", "order_strokes"}:
            return [claim.label for claim in sorted(draft.evidence, key=lambda claim: float(claim.value[0]))]
        if draft.template == "order_clips":
            return read_order(draft.media)
        if "_jigsaw_" in draft.template:
            (edit,) = next(medium.edits for medium in draft.media if isinstance(medium, Still))
            return read_tiles(edit)
        if draft.template in CHANGES:
            return next(claim.value for claim in draft.evidence if claim.kind == "made")
        if draft.template == "find_line":
            return next((claim.value for claim in draft.evidence if claim.kind == "box"), None)
        return draft.evidence[0].value


def _order_stills(context: SourceContext, shown: Shown) -> Iterator[Draft]:
    """One set of a window, where it can be with two pictures of one shot: pictures of several shots ask for
    less than how one goes on."""
    for window in context.windows():
        chance = context.random("order_stills", *window)
        moments = [m for m in _list_distinct(context, window) if m.time_s not in shown]
        pieces = min(len(moments), MAX_PIECES)
        if pieces < MIN_PIECES:
            continue
        sets = list(pick_sets(moments, pieces, len(moments), chance))
        if sets:
            chosen = min(sets, key=lambda each: abs(len({*map(context.shot_at, each)}) - (pieces - 1)))
            yield from ask_order(context, window, chosen, chance, f"order_stills:{window[0]:.3f}")


def _list_distinct(context: SourceContext, window: tuple[float, float]) -> list[Moment]:
    """Moments that a glance tells apart, of a screen one of each page."""
    if context.shows_a_screen:
        return context.distinct_moments(window)
    return [
        m for m in context.moments(window) if getattr(m.anchor.value, "outside_distance", 0.0) >= FAR_APART
    ]


def _find_shot(context: SourceContext) -> Iterator[Draft]:
    chance = context.random("find_shot")
    template = "find_screen" if context.shows_a_screen else "find_shot"
    found = [
        (window, shot, inside)
        for window in context.windows()
        for shot in context.clear_shots(window)
        if (inside := _inside(shot, context.moments(window)))
    ]
    chance.shuffle(found)
    for number, (window, shot, inside) in enumerate(found):
        elsewhere = _without(context, window, shot) if finds_nothing(context, template, number) else None
        clip = elsewhere or play(context.source, window)
        yield ask_shot(context, shot, chance.choice(inside), clip, chance, elsewhere is not None)


def _inside(shot: Anchor, moments: list[Moment]) -> list[Moment]:
    start, end = shot.start_s or 0.0, shot.end_s or 0.0
    return [
        m for m in moments if start <= m.time_s < end and m.start_s >= start - 0.3 and m.end_s <= end + 0.3
    ]


def _without(context: SourceContext, window: tuple[float, float], shot: Anchor) -> Clip | None:
    """The longer side of the window beside a shot, half a second away from it; None when that is short."""
    before = (window[0], (shot.start_s or 0.0) - 0.5)
    after = ((shot.end_s or 0.0) + 0.5, window[1])
    longer = max(before, after, key=lambda side: side[1] - side[0])
    return play(context.source, longer) if longer[1] - longer[0] >= 4.0 else None


def _find_moment(context: SourceContext) -> Iterator[Draft]:
    """Where motion is continuous there are no shots to find, but a picture still matches a short run only.
    None of screens, which rest."""
    if context.shows_a_screen:
        return
    for window in context.windows():
        chance = context.random("find_moment", *window)
        moments = [moment for moment in context.moments(window) if names_instant(context, moment)]
        for moment in chance.sample(moments, len(moments)):
            yield from ask_moment(context, window, moment, chance)


def _find_turn(
    context: SourceContext, template: Literal["find_rotation", "find_mirrored"]
) -> Iterator[Draft]:
    number = 0
    for window in context.windows():
        chance = context.random(template, *window)
        stretches = [
            found
            for shot in context.of_kind("shot")
            for found in find_stretches(context, shot, window, template)
        ]
        chance.shuffle(stretches)
        for clip, stretch in stretches[: max(1, context.cap() // 2)]:
            negative = finds_nothing(context, template, number)
            yield ask_turn(context, template, clip, stretch, chance, negative)
            number += 1


def _find_freeze(context: SourceContext) -> Iterator[Draft]:
    """In stretches that move: before, during what is replaced, and after. None of screens, which rest by
    themselves until somebody acts."""
    if context.shows_a_screen or context.source.kind == "gui_trace":
        return
    runs = [
        inside
        for window in context.windows()
        for start, end in find_moving_runs(context)
        if (inside := (max(start, window[0]), min(end, window[1])))[1] - inside[0] >= MIN_CLIP_S
    ]
    chance = context.random("find_freeze")
    for number, inside in enumerate(runs):
        negative = finds_nothing(context, "find_freeze", number)
        yield ask_turn(context, "find_freeze", inside, place_stretch(inside, chance), chance, negative)


def _find_speed(context: SourceContext) -> Iterator[Draft]:
    """In shots that keep their pace, the steadiest first."""
    if context.shows_a_screen:
        return
    for number, (_, (start, end)) in enumerate(find_steady_shots(context)):
        chance = context.random("find_speed", start)
        length = min(end - start, MAX_STEADY_S)
        first = start + chance.uniform(0.0, end - start - length)
        window = (round(first, 2), round(first + length, 2))
        negative = finds_nothing(context, "find_speed", number)
        yield from ask_speed(context, window, chance, f"find_speed:{number}", negative)


def _find_elsewhere(context: SourceContext) -> Iterator[Draft]:
    """A stretch of one shot in another that looks like it; none of screens, which go back and forth by
    themselves."""
    shots = context.of_kind("shot")
    if context.shows_a_screen or len(shots) < 2:
        return
    chance = context.random("find_elsewhere")
    number = 0
    for host in chance.sample(shots, len(shots)):
        for donor in list_donors(context, host, chance):
            try:
                negative = finds_nothing(context, "find_elsewhere", number)
                yield ask_elsewhere(context, host, donor, chance, negative)
            except ValueError:
                continue
            number += 1
            break


def _order_clips(context: SourceContext) -> Iterator[Draft]:
    if context.shows_a_screen:
        return
    chance = context.random("order_clips")
    for number, (take, spans) in enumerate(find_takes(context, chance)):
        yield from ask_clips(context, take, spans, chance, f"order_clips:{number}")


def _count_shapes(context: SourceContext) -> Iterator[Draft]:
    """One count and its twin: those of other forms and windows would be much the same."""
    chance = context.random("count_shapes")
    windows = list(choose_windows(context, chance))
    if windows:
        yield from ask_count(context, chance.choice(windows), chance, "count_shapes")


def _put_together(context: SourceContext) -> Iterator[Draft]:
    """Jigsaws of an image, of footage one a shot; the grids share one cap."""
    chance = context.random("jigsaw")
    grids = [grid for grid in GRIDS if fits_grid(context.source, grid)]
    pictures = choose_pictures(context)
    for about in chance.sample(pictures, min(len(pictures), context.cap())) if grids else ():
        yield ask_jigsaw(context, about, chance.choice(grids), chance)


def _order_strokes(context: SourceContext) -> Iterator[Draft]:
    markable = choose_markable(read_strokes(context))
    if len(markable) < 4:
        return
    chance = context.random("order_strokes")
    chosen = sorted(chance.sample(markable, 4), key=lambda pair: pair[1].index)
    yield from ask_strokes(context, chosen, chance, "order_strokes")
