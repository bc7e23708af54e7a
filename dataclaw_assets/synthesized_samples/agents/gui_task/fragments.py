"""The form `fragment_order`: a whole session in pieces, out of order, with a piece of another."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dataclaw_assets.anchor_values import InstructionValue, StillValue, TextLineValue
from dataclaw_assets.quality.clock import map_interval
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Piece, Source, Verifier
from dataclaw_assets.synthesized_samples.agents.gui_task.forms import draft_task
from dataclaw_assets.synthesized_samples.agents.gui_task.screens import fold, text_of
from dataclaw_assets.synthesized_samples.context import Sibling, SourceContext, letters

MIN_FRAGMENT_S = 3.0
"""A shorter piece is six sampled frames: too few to see what is done in it."""

MIN_SIDE_S = 0.6
"""How long the screen at a border is up on either side of it: a sampled frame of both pieces at least."""

APART = 0.12
"""How much a screen must differ from all other times (`StillValue.outside_distance`) to join two pieces."""

MIN_FRAGMENTS, MAX_FRAGMENTS = 3, 5

SHARED = 0.3
"""Share of the lines of another session's piece that may be written somewhere in this one: more, and it could
be a part of it."""


@dataclass(frozen=True)
class Border:
    """An instant at which a session is cut: its screen is up then and at no other time."""

    anchor: Anchor
    time_s: float


def cut_session(
    source: Source, anchors: Sequence[Anchor], longest_s: float, most: int = MAX_FRAGMENTS
) -> list[Border]:
    """Where to cut a session into pieces that go on where the one before stopped: at screens that come up
    once, so that what fits together is told by what is seen. Empty where that gives too few pieces, or one
    longer than `longest_s` or shorter than `MIN_FRAGMENT_S`."""
    if source.stream is None:
        return []
    end_s = source.stream.duration_s
    found: list[Border] = []
    for anchor in sorted(anchors, key=lambda a: (a.start_s or 0.0, a.anchor_id)):
        time_s = place_border(anchor)
        if time_s is None or anchor.start_s is None or anchor.end_s is None:
            continue
        room = min(time_s - (found[-1].time_s if found else 0.0), end_s - time_s)
        changes = anchor.start_s > MIN_SIDE_S and anchor.end_s < end_s - MIN_SIDE_S
        apart = not found or anchor.start_s >= (found[-1].anchor.end_s or 0.0)
        if room >= MIN_FRAGMENT_S and changes and apart:
            found.append(Border(anchor, time_s))
    while len(found) > most - 1:
        lengths = [b - a for a, b in pairwise([0.0, *(one.time_s for one in found), end_s])]
        shortest = min(range(len(found)), key=lambda at: lengths[at] + lengths[at + 1])
        del found[shortest]
    pieces = list(pairwise([0.0, *(one.time_s for one in found), end_s]))
    whole = len(pieces) >= MIN_FRAGMENTS and all(b - a <= longest_s for a, b in pieces)
    return found if whole else []


def place_border(run: Anchor) -> float | None:
    """Where to cut within the run of a still that comes up once: at the still, or as near to it as leaves
    `MIN_SIDE_S` on both sides. None where the screens of the run are not plainly those of no other time."""
    value = run.value
    if not isinstance(value, StillValue) or run.start_s is None or run.end_s is None:
        return None
    clear = value.outside_distance >= max(APART, 2 * value.inside_distance)
    if run.end_s - run.start_s < 2 * MIN_SIDE_S or not clear:
        return None
    return round(min(max(value.time_s, run.start_s + MIN_SIDE_S), run.end_s - MIN_SIDE_S), 3)


def ask_fragments(context: SourceContext, chance: random.Random) -> Iterator[Draft]:
    """The pieces of a session to be put in order, with one of another session where there is one unlike it.
    Nothing where the session cannot be cut. There is no twin: the same clips under other letters would teach
    nothing, and the letters, which chance gives, are all that could be guessed."""
    borders = cut_session(context.source, context.anchors, context.settings.max_clip_s)
    if not borders or context.source.stream is None:
        return
    edges = [0.0, *(border.time_s for border in borders), context.source.stream.duration_s]
    own = [_clip(context.source, piece) for piece in pairwise(edges)]
    lengths = [clip.pieces[0].length_s for clip in own]
    strange = choose_stranger(context, round(chance.uniform(min(lengths), max(lengths)), 2), chance)
    names = letters(len(own) + (strange is not None), chance)
    yield _shuffle(context, own, strange, names, borders, chance)


def _shuffle(
    context: SourceContext,
    own: Sequence[Clip],
    strange: Clip | None,
    names: Sequence[str],
    borders: Sequence[Border],
    chance: random.Random,
) -> Draft:
    clips = [*own, *([strange] if strange else [])]
    media = sorted(
        (clip.model_copy(update={"label": name}) for clip, name in zip(clips, names, strict=True)),
        key=lambda clip: clip.label or "",
    )
    places = {clip.label: at for at, clip in enumerate(media)}
    evidence = []
    for number, border in enumerate(borders):
        for name in names[number : number + 2]:
            at = places[name]
            shown = map_interval(media[at], border.anchor.start_s or 0.0, border.anchor.end_s or 0.0)[0]
            value = [round(edge, 3) for edge in shown]
            cited = (border.anchor.anchor_id,)
            evidence.append(Claim(kind="interval", value=value, anchors=cited, label=name, clip=at))
    if strange is not None:
        evidence.append(Claim(kind="foreign", label=names[len(own)]))
    task = find_task(context.anchors)
    if task is not None:
        evidence.append(Claim(kind="text", value=_words_of(task), anchors=(task.anchor_id,)))
    order = list(names[: len(own)])
    return draft_task(
        context,
        "fragment_order",
        chance,
        ", ".join(order),
        {"ordered_fragment_labels": tuple(order), "original_task": _words_of(task) if task else None},
        clock="seconds from the start of each clip",
        evidence=tuple(evidence),
        media=tuple(media),
        verifier=Verifier(kind="permutation", value=order),
        difficulty={
            "pieces": len(own),
            "strangers": len(clips) - len(own),
            "shortest_s": round(min(clip.pieces[0].length_s for clip in own), 1),
        },
    )


def find_task(anchors: Sequence[Anchor]) -> Anchor | None:
    """The session's task, where somebody whom the user trusts or a measurement says it, not a log alone."""
    stated = [anchor for anchor in anchors if isinstance(anchor.value, InstructionValue)]
    return next((a for a in stated if a.basis != "recorded" or a.corroborated_by), None)


def _words_of(task: Anchor) -> str:
    return task.value.text if isinstance(task.value, InstructionValue) else ""


def choose_stranger(context: SourceContext, length_s: float, chance: random.Random) -> Clip | None:
    """A stretch of another session, of a given length, in which the screen changes and hardly anything is
    shown that this session shows."""
    own = _list_words(context.anchors, (0.0, float("inf")))
    found = [
        _clip(other.source, piece)
        for other in context.siblings
        for piece in _list_stretches(other, length_s)
        if is_strange(_list_words(other.anchors, piece), own)
    ]
    return chance.choice(found) if found else None


def _list_stretches(other: Sibling, length_s: float) -> list[tuple[float, float]]:
    """Stretches around the changes of another session's screen."""
    end_s = other.source.stream.duration_s if other.source.stream else 0.0
    changes = [a.start_s for a in other.anchors if a.kind == "stable" and (a.start_s or 0.0) > 0.0]
    starts = {round(min(max(0.0, (at or 0.0) - length_s / 2), end_s - length_s), 3) for at in changes}
    return [(start, start + length_s) for start in sorted(starts) if start >= 0.0]


def is_strange(theirs: set[str], own: set[str]) -> bool:
    """Whether hardly a line of another session's piece is written in this session as well."""
    return bool(theirs) and bool(own) and len(theirs & own) <= SHARED * len(theirs)


def _list_words(anchors: Sequence[Anchor], piece: tuple[float, float]) -> set[str]:
    return {
        fold(text_of(anchor))
        for anchor in anchors
        if isinstance(anchor.value, TextLineValue)
        and (anchor.start_s or 0.0) < piece[1]
        and (anchor.end_s or 0.0) > piece[0]
    }


def _clip(source: Source, piece: tuple[float, float]) -> Clip:
    return Clip(source_id=source.source_id, pieces=(Piece(start_s=piece[0], end_s=piece[1]),))
