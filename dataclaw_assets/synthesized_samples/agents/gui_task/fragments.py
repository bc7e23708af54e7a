"""The form `fragment_order`: a whole session in pieces, shuffled with a piece of another; and its gate."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dataclaw_assets.anchor_values import InstructionValue, StillValue
from dataclaw_assets.quality.clock import clip_duration, map_interval
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.quality.known import Known
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

SAME_S = 1e-3
"""Times that are the same to a millisecond."""

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
    source: Source, stills: Sequence[Anchor], longest_s: float, most: int = MAX_FRAGMENTS
) -> list[Border]:
    """Where to cut a session, by its stills in order of time: into pieces that go on where the one before
    stopped, at screens that come up once, so that what fits together is told by what is seen. Empty where
    that gives too few pieces, or one longer than `longest_s` or shorter than `MIN_FRAGMENT_S`."""
    if source.stream is None:
        return []
    end_s = source.stream.duration_s
    found: list[Border] = []
    for anchor in stills:
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
    borders = cut_session(context.source, context.of_kind("still_unique"), context.settings.max_clip_s)
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
    task = find_task(context.of_kind("instruction"))
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


def find_task(instructions: Sequence[Anchor]) -> Anchor | None:
    """The session's task, where somebody whom the user trusts or a measurement says it, not a log alone."""
    return next((a for a in instructions if a.basis != "recorded" or a.corroborated_by), None)


def _words_of(task: Anchor) -> str:
    return task.value.text if isinstance(task.value, InstructionValue) else ""


def choose_stranger(context: SourceContext, length_s: float, chance: random.Random) -> Clip | None:
    """A stretch of another session, of a given length, in which the screen changes and hardly anything is
    shown that this session shows."""
    own = set[str]().union(*_read_screens(context.known).values())
    found = []
    for other in context.siblings:
        screens = other.known.prepare(_read_screens)
        for piece in _list_stretches(other, length_s) if screens else ():
            shown = (said for (start, end), said in screens.items() if start < piece[1] and end > piece[0])
            if is_strange(set[str]().union(*shown), own):
                found.append(_clip(other.source, piece))
    return chance.choice(found) if found else None


def _list_stretches(other: Sibling, length_s: float) -> list[tuple[float, float]]:
    """Stretches around the changes of another session's screen."""
    end_s = other.source.stream.duration_s if other.source.stream else 0.0
    changes = [a.start_s for a in other.known.of_kind("stable") if (a.start_s or 0.0) > 0.0]
    starts = {round(min(max(0.0, (at or 0.0) - length_s / 2), end_s - length_s), 3) for at in changes}
    return [(start, start + length_s) for start in sorted(starts) if start >= 0.0]


def is_strange(theirs: set[str], own: set[str]) -> bool:
    """Whether hardly a line of another session's piece is written in this session as well."""
    return bool(theirs) and bool(own) and len(theirs & own) <= SHARED * len(theirs)


def _read_screens(known: Known) -> dict[tuple[float, float], set[str]]:
    """What the lines of a session say, folded, by their start and end."""
    screens: dict[tuple[float, float], set[str]] = {}
    for line in known.of_kind("text_line"):
        stretch = line.start_s or 0.0, line.end_s or 0.0
        screens.setdefault(stretch, set()).add(fold(text_of(line)))
    return screens


def _clip(source: Source, piece: tuple[float, float]) -> Clip:
    return Clip(source_id=source.source_id, pieces=(Piece(start_s=piece[0], end_s=piece[1]),))


def check_fragments(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `not_complete` (the pieces are not the whole session as it was recorded), `not_told`."""
    clips = [medium for medium in draft.media if isinstance(medium, Clip)]
    own = sorted(
        (clip for clip in clips if clip.source_id == draft.source_id), key=lambda clip: clip.pieces[0].start_s
    )
    end_s = facts.source.stream.duration_s if facts.source.stream else 0.0
    plain = all(len(clip.pieces) == 1 and not clip.pieces[0].changed and not clip.shapes for clip in clips)
    if not plain or len(clips) != len(draft.media) or len(own) < 3:
        yield Finding(code="not_complete", detail="a piece is not a stretch as it was recorded")
        return
    edges = [clip.pieces[0] for clip in own]
    gaps = [edges[0].start_s, *(b.start_s - a.end_s for a, b in pairwise(edges)), end_s - edges[-1].end_s]
    if max(map(abs, gaps)) > SAME_S or min(map(clip_duration, own)) < MIN_FRAGMENT_S:
        yield Finding(code="not_complete", detail=f"the pieces are not the whole session: {gaps}")
    for first, second in pairwise(own):
        borne = [
            {
                claim.anchors[0]
                for claim in draft.evidence
                if (claim.kind, claim.label) == ("interval", clip.label)
            }
            for clip in (first, second)
        ]
        border = first.pieces[0].end_s
        placed = [place_border(facts.anchors[name]) for name in borne[0] & borne[1]]
        if not any(time_s is not None and abs(time_s - border) <= SAME_S for time_s in placed):
            yield Finding(code="not_told", detail=f"nothing seen once only joins the pieces at {border} s")
