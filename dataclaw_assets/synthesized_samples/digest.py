"""The anchor digest: a source's facts as numbered lines that fit a budget, the same ones for every task."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dataclaw_assets.anchor_values import VALUES, SubtitleValue, TextLineValue, TextValue, TranscriptValue
from dataclaw_assets.records import Anchor, SourceKind
from dataclaw_assets.tasks import list_specs
from resources.inference.quoting import quote

MAX_TEXT = 400
"""Letters of a fact's text that are quoted. Only lists of a screen's lines are longer."""

NEEDED = 6.0
"""What a kind is worth that a task composes from."""

FURTHER_NEED = 0.05
"""What each task more that needs a kind adds."""

DECLARED = 4.0
"""What a kind is worth that the user brought."""

UNLISTED = 1.0

CLAIMED = 2.0
"""A claim that nothing confirms comes as late as the fact at twice its place."""

WORTH: dict[SourceKind, dict[str, float]] = {
    "video": {
        **dict.fromkeys(("container", "shot", "still_unique", "subtitle", "transcript"), 4.0),
        **dict.fromkeys(("text", "repetition", "dominant_mover"), 3.0),
        **dict.fromkeys(("cut", "transition", "motion", "freeze", "state_before", "state_after"), 2.0),
    },
    "gui_trace": {
        **dict.fromkeys(("instruction", "action"), 6.0),
        **dict.fromkeys(("still_unique", "target_read", "page_change", "session_phase"), 4.0),
        **dict.fromkeys(("typed_text", "screen_state_change", "repeated_operation"), 3.0),
        **dict.fromkeys(("text", "state_before", "state_after", "element_appeared"), 2.0),
        "event_structure": 2.0,
    },
    "robot_demo": {
        **dict.fromkeys(("instruction", "phase"), 6.0),
        **dict.fromkeys(("primitive", "still_unique", "success"), 4.0),
        **dict.fromkeys(("hold", "shot"), 3.0),
        **dict.fromkeys(("idle", "dominant_mover"), 2.0),
    },
    "drawing": {**dict.fromkeys(("stroke", "part"), 6.0), "label": 3.0, "pause": 2.0},
    "image": {"text_line": 4.0, "picture": 4.0, "capture": 2.0},
}
"""How much a kind of fact tells about a kind of source, by judgement: of two kinds the worthier one has so
many more lines while there is too little room for all. Others that extractors make are `UNLISTED`."""

LEVELS = 12
"""How often a source's time is halved to spread facts over it: to stretches of a second in an hour."""

NAMED = 12
"""How many kinds the line of what was left out names."""

_WORDED = TextValue | TextLineValue | SubtitleValue | TranscriptValue
"""Values of which a second one with the same words says nothing new."""

_KIND = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]{0,63}")
_WORD = re.compile(r"[A-Z]?[a-z]+")

Count = Callable[[str], int]
"""The number of tokens of a text, or no fewer."""


@dataclass(frozen=True)
class Digest:
    """Facts as lines, by time: `F1 [3.2-5.0 s] shot: "…"`. `facts` gives the anchor of each label, `rest` the
    ones for which there was no room, best first."""

    lines: tuple[str, ...]
    facts: Mapping[str, Anchor]
    rest: tuple[Anchor, ...]

    @property
    def left_out(self) -> dict[str, int]:
        """How many facts had no room, by kind, most first."""
        return dict(sorted(Counter(a.kind for a in self.rest).items(), key=lambda item: (-item[1], item[0])))


def estimate_tokens(text: str) -> int:
    """No fewer than the tokens of a text, in the common vocabularies, without one at hand.

    A word takes a token for each three letters; a digit, a mark or a space before one takes one; other
    scripts one for two bytes, pictographs one a byte. Against Mistral's Tekken and SentencePiece vocabularies
    (mistral-common 1.13): 14 % too many for facts of a screen, 38 % for English prose; bytes / 3 is a third
    too few for the former.
    """
    words = _WORD.findall(text)
    inside = sum(map(len, words))
    letters = sum(-(-len(word) // 3) for word in words)
    ascii_size = sum(letter < "\x80" for letter in text)
    before_words = len(re.findall(r" (?=[A-Za-z])", text))
    bmp = sum(len(letter.encode("utf-8", "replace")) for letter in text if "\x80" <= letter < "\U00010000")
    beyond = sum(4 for letter in text if letter >= "\U00010000")
    return letters + (ascii_size - inside - before_words) + -(-bmp // 2) + beyond


def rank_facts(anchors: Iterable[Anchor], kind: SourceKind | None) -> list[Anchor]:
    """Anchors of a source of this kind, the one to be told first in front; no task has a part in it.

    Kinds take turns by their worth. Within a kind come first those that are measured or corroborated, then
    claims, then those that say again what another said; and each group is spread over time.
    """
    worth = _weigh(kind)
    groups: dict[str, list[Anchor]] = {}
    for anchor in anchors:
        groups.setdefault(anchor.kind, []).append(anchor)
    turns: list[tuple[float, str, int, Anchor]] = []
    for name, group in groups.items():
        for place, anchor in enumerate(_order_kind(group)):
            late = CLAIMED if _is_claim(anchor) else 1.0
            turns.append(((place + 1) * late / worth(name), name, place, anchor))
    return [anchor for *_, anchor in sorted(turns, key=lambda turn: turn[:3])]


def make_digest(
    ranked: Sequence[Anchor],
    budget: int,
    word: Callable[[str], str] = str,
    count: Count = estimate_tokens,
    first: int = 1,
) -> Digest:
    """The best ranked facts whose lines, and the line of what is left out, have at most `budget` tokens.

    `word` gives the text that may be shown of an anchor's own; labels count from `first`.
    """
    widest = f"F{first + len(ranked)}"
    taken: list[Anchor] = []
    rest: list[Anchor] = []
    used = 0
    for anchor in ranked:
        cost = count(_write(widest, anchor, word) + "\n") if used < budget else 1
        if used + cost <= budget:
            taken.append(anchor)
            used += cost
        else:
            rest.append(anchor)
    while rest:
        said = count(_write_left_out(rest) + "\n")
        if used + said <= budget or not taken:
            break
        last = taken.pop()
        used -= count(_write(widest, last, word) + "\n")
        rest.append(last)
    kept = {anchor.anchor_id for anchor in taken}
    left = tuple(anchor for anchor in ranked if anchor.anchor_id not in kept)
    facts = {f"F{number}": anchor for number, anchor in enumerate(sorted(taken, key=_when), first)}
    lines = [_write(label, anchor, word) for label, anchor in facts.items()]
    if left and used + count(_write_left_out(left) + "\n") <= budget:
        lines.append(_write_left_out(left))
    return Digest(tuple(lines), facts, left)


def _weigh(kind: SourceKind | None) -> Callable[[str], float]:
    worth = dict(WORTH.get(kind, {})) if kind else {}
    for spec in list_specs():
        for name in spec.list_kinds(kind):
            worth[name] = max(NEEDED, worth.get(name, 0.0)) + FURTHER_NEED
    return lambda name: worth.get(name, DECLARED if _is_declared(name) else UNLISTED)


def _is_declared(kind: str) -> bool:
    return kind not in VALUES


def _order_kind(group: Sequence[Anchor]) -> list[Anchor]:
    said: set[str] = set()
    parts: dict[tuple[bool, bool], list[Anchor]] = {}
    for anchor in sorted(group, key=lambda a: (_is_claim(a), *_when(a))):
        wording = anchor.value.text if isinstance(anchor.value, _WORDED) else anchor.anchor_id
        parts.setdefault((wording in said, _is_claim(anchor)), []).append(anchor)
        said.add(wording)
    return [anchor for key in sorted(parts) for anchor in _spread(parts[key])]


def _spread(anchors: Sequence[Anchor]) -> list[Anchor]:
    """Anchors in an order of which every beginning is spread over their time: the best of the whole, then of
    each half that has none yet, of each quarter, and so on."""
    start_s = min(anchor.start_s or 0.0 for anchor in anchors)
    span_s = max(anchor.start_s or 0.0 for anchor in anchors) - start_s
    left = sorted(anchors, key=_rate)
    order: list[Anchor] = []
    for level in range(LEVELS):
        parts = 2**level
        taken = {_part(anchor, start_s, span_s, parts) for anchor in order}
        chosen: dict[int, Anchor] = {}
        for anchor in left:
            part = _part(anchor, start_s, span_s, parts)
            if part not in taken:
                chosen.setdefault(part, anchor)
        order += [chosen[part] for part in sorted(chosen, key=lambda part: f"{part:0{level}b}"[::-1])]
        placed = {anchor.anchor_id for anchor in chosen.values()}
        left = [anchor for anchor in left if anchor.anchor_id not in placed]
    return order + left


def _part(anchor: Anchor, start_s: float, span_s: float, parts: int) -> int:
    share = ((anchor.start_s or 0.0) - start_s) / span_s if span_s > 0 else 0.0
    return min(parts - 1, math.floor(share * parts))


def _rate(anchor: Anchor) -> tuple[object, ...]:
    """The least is the best: measured, corroborated, read without doubt, early."""
    doubt = -round(anchor.value.confidence, 1) if isinstance(anchor.value, TextValue | TextLineValue) else 0.0
    return (anchor.basis == "recorded", not anchor.corroborated_by, doubt, *_when(anchor))


def _is_claim(anchor: Anchor) -> bool:
    return anchor.basis == "recorded" and not anchor.corroborated_by


def _when(anchor: Anchor) -> tuple[object, ...]:
    """A place in time; of facts without one, by frame or in the order that they are read."""
    return (
        -1.0 if anchor.start_s is None else anchor.start_s,
        -1.0 if anchor.end_s is None else anchor.end_s,
        anchor.kind,
        anchor.frames or (-1, -1),
        anchor.value.order if isinstance(anchor.value, TextLineValue) else 0,
        anchor.anchor_id,
    )


def _write(label: str, anchor: Anchor, word: Callable[[str], str]) -> str:
    text = word(anchor.text)
    if len(text) > MAX_TEXT:
        text = text[: MAX_TEXT - 1] + "…"
    claimed = ", claimed" if _is_claim(anchor) else ""
    return f"{label} {_write_span(anchor)}{_name_kind(anchor.kind)}{claimed}: {quote(text)}"


def _write_span(anchor: Anchor) -> str:
    if anchor.start_s is None or anchor.end_s is None:
        return ""
    start, end = f"{anchor.start_s:.1f}", f"{anchor.end_s:.1f}"
    return f"[{start} s] " if start == end else f"[{start}-{end} s] "


def _write_left_out(rest: Sequence[Anchor]) -> str:
    kinds = Counter(_name_kind(anchor.kind) for anchor in rest)
    ordered = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    named = [f"{number} {name}" for name, number in ordered[:NAMED]]
    more = sum(number for _, number in ordered[NAMED:])
    return f"Left out for want of room: {', '.join([*named, f'{more} of other kinds'] if more else named)}."


def _name_kind(kind: str) -> str:
    """A kind as it may be written: a user's own was checked when it was read, and is checked again here."""
    return kind if _KIND.fullmatch(kind) else "other"
