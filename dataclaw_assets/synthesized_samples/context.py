"""The shared context of a source: its anchors merged once, and the moments that questions are made of."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from dataclaw_assets.anchor_values import ShotValue, StillValue
from dataclaw_assets.quality.clock import map_moment
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.quality.known import Known
from dataclaw_assets.records import Anchor, Clip, Draft, Piece, Source, SourceKind, digest
from dataclaw_assets.synthesized_samples.pages import changes_page
from resources.settings import Settings

MIN_RUN_S = 0.5
"""Into a shorter run no frame of a 2 fps sampling need fall."""

MIN_SHOT_S = 2.0
"""A shorter shot is over before a trainer's sampling has seen three frames of it."""

MIN_STABLE_SHARE = 0.5
"""Footage that stands still for longer than this is of a screen: it has pages, not shots."""

MIN_CLIP_S = 5.0
"""A shorter clip is ten sampled frames: too little for a question about time."""

TRIES = 100
"""How many orders of the pieces are tried for a twin."""

MIN_SHOTS = 3
"""With fewer shots, pictures are taken from within them."""

FAR_APART = 0.15
"""Pictures of moving footage that are put side by side must differ from all else by this much
(`StillValue.outside_distance`): two views of one scene at the 0.12 that an anchor needs are a strain to tell
apart by eye. Pages of a screen are told apart by their words."""

CLEAR_EDGE = 3.0
"""A shot's borders are beyond doubt when the weaker one changes the picture this many times more than
anything inside the shot does."""


@dataclass(frozen=True)
class Moment:
    """A still that names one stretch of the source, cut to a window."""

    anchor: Anchor
    time_s: float
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Sibling:
    """Another source of the same kind and batch, for distractors."""

    source: Source
    anchors: tuple[Anchor, ...]

    @cached_property
    def known(self) -> Known:
        """The anchors by kind and by time."""
        return Known(self.anchors)


@dataclass(frozen=True)
class SourceContext:
    """One source with all that is known of it. Dispatched to every task as it stands. Of its siblings, the
    others of its family, media may be shown beside its own; what is known of them bears no claim."""

    source: Source
    anchors: tuple[Anchor, ...]
    settings: Settings
    family: tuple[Sibling, ...] = ()
    """Every source of its kind in the batch, itself among them."""

    @cached_property
    def siblings(self) -> tuple[Sibling, ...]:
        """The other sources of its kind in the batch, in order of their ids."""
        return tuple(other for other in self.family if other.source.source_id != self.source.source_id)

    @cached_property
    def known(self) -> Known:
        """The anchors by kind and by time."""
        return Known(self.anchors)

    @cached_property
    def by_kind(self) -> dict[str, list[Anchor]]:
        """Anchors by kind, each list in order of time."""
        return self.known.by_kind()

    def of_kind(self, kind: str) -> list[Anchor]:
        """Anchors of one kind, in order of time."""
        return self.known.of_kind(kind)

    def random(self, *purpose: object) -> random.Random:
        """Chance that depends on the seed, the source and the purpose, and on nothing else."""
        return random.Random(digest(self.settings.seed, self.source.source_id, *purpose))

    def cap(self) -> int:
        """Most samples per template: three, or two a minute (composition rule 8)."""
        minutes = self.source.stream.duration_s / 60 if self.source.stream else 0.0
        return max(3, math.floor(2 * minutes))

    def windows(self) -> list[tuple[float, float]]:
        """The source in equal stretches that a trainer's sampling can cover; none if it is short."""
        if self.source.stream is None or self.source.stream.duration_s < MIN_CLIP_S:
            return []
        duration = self.source.stream.duration_s
        count = max(1, math.ceil(duration / self.settings.max_clip_s - 1e-9))
        edges = [duration * index / count for index in range(count + 1)]
        return list(pairwise(edges))

    def moments(self, window: tuple[float, float]) -> list[Moment]:
        """Stills that name one stretch of a window, by time; overlapping ones are all given."""
        found = []
        for anchor in self.of_kind("still_unique"):
            value = anchor.value
            if not isinstance(value, StillValue) or anchor.start_s is None or anchor.end_s is None:
                continue
            start, end = max(anchor.start_s, window[0]), min(anchor.end_s, window[1])
            if (
                end - start >= MIN_RUN_S
                and start < value.time_s < end
                and self.off_grid(value.time_s - window[0])
            ):
                found.append(Moment(anchor, value.time_s, start, end))
        return sorted(found, key=lambda moment: moment.time_s)

    def off_grid(self, time_s: float) -> bool:
        """Whether a trainer's sampling of a clip passes over this time of it."""
        phase = time_s * self.settings.consumer_fps
        return abs(phase - round(phase)) > 1e-2

    @cached_property
    def shows_a_screen(self) -> bool:
        """Whether the footage is a screen recording or slides."""
        still_s = sum((a.end_s or 0.0) - (a.start_s or 0.0) for a in self.of_kind("stable"))
        return self.source.stream is not None and still_s > MIN_STABLE_SHARE * self.source.stream.duration_s

    def _cut_off(self, shot: Anchor) -> bool:
        """Whether a hard cut or an end of the source bounds a shot on both sides: a fade has no instant."""
        edges = [0.0, self.source.stream.duration_s if self.source.stream else 0.0]
        edges += [cut.start_s or 0.0 for cut in self.of_kind("cut")]
        return all(
            min(abs(edge - other) for other in edges) < 0.05
            for edge in (shot.start_s or 0.0, shot.end_s or 0.0)
        )

    def distinct_moments(self, window: tuple[float, float]) -> list[Moment]:
        """Moments whose pictures can be told from one another at a glance; where three shots or more have
        some, the one of each shot that is most unlike the rest. None of slides: their numbers tell the
        order, and nobody here reads print yet."""
        if self.shows_a_screen and self.source.kind == "video":
            return []
        far = [
            moment
            for moment in self.moments(window)
            if self.shows_a_screen or _outside_distance(moment) >= FAR_APART
        ]
        best: dict[str | None, Moment] = {}
        for moment in sorted(far, key=_outside_distance, reverse=True):
            best.setdefault(self.shot_at(moment), moment)
        return sorted(best.values(), key=lambda moment: moment.time_s) if len(best) >= MIN_SHOTS else far

    def shot_at(self, moment: Moment) -> str | None:
        """The id of the shot that a moment's picture belongs to; None within a transition."""
        for shot in self.of_kind("shot"):
            if (shot.start_s or 0.0) <= moment.time_s < (shot.end_s or 0.0):
                return shot.anchor_id
        return None

    def _unchanging(self, shot: Anchor) -> bool:
        """Whether one picture's run fills a shot: a page or slide, from its coming up to its going."""
        start, end = shot.start_s or 0.0, shot.end_s or 0.0
        return any(
            min(end, a.end_s or 0.0) - max(start, a.start_s or 0.0) >= 0.9 * (end - start)
            for a in self.of_kind("still_unique")
        )

    def clear_shots(self, window: tuple[float, float]) -> list[Anchor]:
        """Shots of a window whose two borders are beyond doubt and lie inside it: the window's own edges give
        no answer away. Only those that stay one page, to a viewer, while they are up."""
        found = []
        for anchor in self.of_kind("shot"):
            value = anchor.value
            if not isinstance(value, ShotValue) or anchor.start_s is None or anchor.end_s is None:
                continue
            start, end = max(anchor.start_s, window[0]), min(anchor.end_s, window[1])
            length = end - start
            clear = value.edge_contrast >= CLEAR_EDGE * value.inner_contrast and self._cut_off(anchor)
            clear = clear and (not self.shows_a_screen or self._unchanging(anchor))
            clear = clear and anchor.start_s > window[0] and anchor.end_s < window[1]
            clear = clear and MIN_SHOT_S <= length <= 0.7 * (window[1] - window[0])
            if clear and not changes_page(anchor, self.of_kind("stable"), self.source):
                found.append(anchor)
        return found


def read_context(facts: Facts) -> SourceContext:
    """The source of a gate's facts, as the agents see it, without its family."""
    return SourceContext(facts.source, tuple(facts.anchors.values()), facts.settings)


def list_families(
    registered: Iterable[Source], anchors: Mapping[str, Sequence[Anchor]]
) -> dict[SourceKind | None, tuple[Sibling, ...]]:
    """The sources of a batch with what is known of them, by kind, in order of their ids."""
    families: dict[SourceKind | None, list[Sibling]] = {}
    for source in sorted(registered, key=lambda source: source.source_id):
        sibling = Sibling(source, tuple(anchors.get(source.source_id, ())))
        families.setdefault(source.kind, []).append(sibling)
    return {kind: tuple(family) for kind, family in families.items()}


def limit(drafts: Iterable[Draft], cap: int) -> Iterator[Draft]:
    """The first `cap` drafts of each template; a draft and its twin count once, and are never parted."""
    taken: dict[str, set[str]] = {}
    for number, draft in enumerate(drafts):
        group = taken.setdefault(draft.template, set())
        name = draft.twin_key or str(number)
        if name in group or len(group) < cap:
            group.add(name)
            yield draft


def pick_sets(
    moments: Sequence[Moment], size: int, count: int, chance: random.Random
) -> Iterator[list[Moment]]:
    """Up to `count` sets of `size` moments in order of time, no two of a set overlapping, no two sets sharing
    more than half of their members."""
    seen: list[set[str]] = []
    for _ in range(20 * count):
        if len(seen) == count or len(moments) < size:
            return
        chosen = sorted(chance.sample(list(moments), size), key=lambda moment: moment.start_s)
        names = {moment.anchor.anchor_id for moment in chosen}
        apart = all(a.end_s <= b.start_s + 1e-6 for a, b in pairwise(chosen))
        if apart and all(len(names & other) <= size // 2 for other in seen):
            seen.append(names)
            yield chosen


def play(source: Source, window: tuple[float, float]) -> Clip:
    """A window as it is."""
    return Clip(source_id=source.source_id, pieces=(Piece(start_s=window[0], end_s=window[1]),))


def _choose_borders(context: SourceContext, chosen: Sequence[Moment]) -> list[float] | None:
    """Where to part a window between moments: at the cut nearest the middle where there is one, else in the
    middle. None when a border would fall into a transition, whose pieces would each show both scenes."""
    borders = []
    for before, after in pairwise(chosen):
        middle = (before.end_s + after.start_s) / 2
        cuts = [cut.start_s or 0.0 for cut in context.of_kind("cut")]
        between = [cut for cut in cuts if before.end_s - 0.05 <= cut <= after.start_s + 0.05]
        borders.append(min(between, key=lambda cut: abs(cut - middle), default=middle))
    for blend in context.of_kind("transition"):
        if any((blend.start_s or 0.0) - 0.2 <= border <= (blend.end_s or 0.0) + 0.2 for border in borders):
            return None
    return borders


def permute_away(
    context: SourceContext,
    window: tuple[float, float],
    chosen: Sequence[Moment],
    chance: random.Random,
    flips: Callable[[list[int]], bool] = lambda order: True,
) -> tuple[Clip, list[int]] | None:
    """The window cut between the chosen moments, its pieces in an order that flips the answer and moves no
    still onto the grid of a trainer's sampling; and that order. None when there is no such twin."""
    borders = _choose_borders(context, chosen)
    if borders is None:
        return None
    edges = [window[0], *borders, window[1]]
    for _ in range(TRIES):
        order = shuffle_away(len(chosen), chance)
        pieces = tuple(Piece(start_s=edges[index], end_s=edges[index + 1]) for index in order)
        clip = Clip(source_id=context.source.source_id, pieces=pieces)
        times = [map_moment(clip, moment.time_s) for moment in chosen]
        if flips(order) and all(time is not None and context.off_grid(time) for time in times):
            return clip, order
    return None


def shuffle_away(size: int, chance: random.Random) -> list[int]:
    """A random order of 0 … size-1 that is not the natural one."""
    order = list(range(size))
    while order == sorted(order):
        chance.shuffle(order)
    return order


def letters(size: int, chance: random.Random) -> list[str]:
    """The first `size` capital letters, shuffled, and never as the alphabet has them."""
    return [chr(ord("A") + index) for index in shuffle_away(size, chance)]


def _outside_distance(moment: Moment) -> float:
    value = moment.anchor.value
    return value.outside_distance if isinstance(value, StillValue) else 0.0
