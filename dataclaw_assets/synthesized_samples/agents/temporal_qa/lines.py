"""Questions of `temporal_qa` about what is written on the screen: what comes next, before, or at once."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from dataclaw_assets.anchor_values import TextLineValue, TextValue
from dataclaw_assets.quality.clock import map_interval
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Shape, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.temporal_qa.courses import group
from dataclaw_assets.synthesized_samples.agents.temporal_qa.forms import (
    choose_orders,
    draft_question,
)
from dataclaw_assets.synthesized_samples.agents.temporal_qa.orders import ask_before
from dataclaw_assets.synthesized_samples.agents.temporal_qa.shapes import (
    choose_look,
    lay_shape,
    tell_shape,
    under_shape,
)
from dataclaw_assets.synthesized_samples.claims import claim_shown, quote
from dataclaw_assets.synthesized_samples.context import (
    Moment,
    SourceContext,
    letters,
    pick_sets,
    play,
)
from dataclaw_assets.synthesized_samples.likeness import resembles

MIN_LINE_S = 1.5
"""Three sampled frames."""

MIN_CONFIDENCE = 0.95
MIN_LETTERS, MAX_LETTERS = 6, 60
ALIKE = 0.7
"""Similarity of two readings (`difflib`) from which a reader may take one for the other."""

TEMPLATES = frozenset({"next_line", "shape_line"})
Span = tuple[float, float]


def quotable(text: str) -> bool:
    """Whether a line can be quoted and found again: words, and no address, code or fragment."""
    bare = text.replace(" ", "")
    return (
        MIN_LETTERS <= len(text) <= MAX_LETTERS
        and sum(map(str.isalpha, bare)) >= 0.8 * len(bare)
        and not any(mark in text for mark in ("@", "://", "www.", "{", "}", "“", "”"))
        and (len(text.split(maxsplit=1)[0]) > 1 or text[0] in "AI")
    )


def read_lines(anchors: Sequence[Anchor]) -> list[Anchor]:
    """Texts that a trainee can read at 256 pixels and that no other text of the source resembles."""
    by_kind = group(anchors)
    readable = {
        a.value.text
        for a in by_kind.get("text_line", ())
        if isinstance(a.value, TextLineValue) and a.value.readable_256
    }
    texts = [a for a in by_kind.get("text", ()) if isinstance(a.value, TextValue)]
    sure = [
        a
        for a in texts
        if isinstance(a.value, TextValue)
        and a.value.text in readable
        and a.value.confidence >= MIN_CONFIDENCE
        and quotable(a.value.text)
    ]
    return [a for a in sure if not any(_alike(a, other) for other in texts if other is not a)]


def _alike(first: Anchor, second: Anchor) -> bool:
    a, b = _text(first).casefold(), _text(second).casefold()
    if a in b or (b in a and len(b) >= MIN_LETTERS):
        return True
    return resembles(a, b, ALIKE)


def _text(anchor: Anchor) -> str:
    return str(getattr(anchor.value, "text", ""))


def find_lines(context: SourceContext, window: Span, chance: random.Random) -> list[Moment]:
    """One line of each state of the screen, as a moment of the window."""
    found: dict[float, Moment] = {}
    lines = read_lines(context.anchors)
    chance.shuffle(lines)
    for anchor in lines:
        moment = place_line(anchor, window)
        if moment.end_s - moment.start_s >= MIN_LINE_S:
            found.setdefault(round(moment.start_s, 1), moment)
    return sorted(found.values(), key=lambda moment: moment.start_s)


def place_line(anchor: Anchor, window: Span) -> Moment:
    """The part of a window in which a line is on the screen; it lasts no time where it is not."""
    start, end = max(anchor.start_s or 0.0, window[0]), min(anchor.end_s or 0.0, window[1])
    # of a moment `permute_away` asks that no sampling shows its still: off the middle, none of ours is there
    return Moment(anchor, (start + end) / 2 + 0.13, start, end)


def ask_lines(context: SourceContext, window: Span) -> Iterator[Draft]:
    """Which line comes next, which of two is first, and which stands there with a shape."""
    chance = context.random("lines", *window)
    lines = find_lines(context, window, chance)
    size = min(5, len(lines))
    if size >= 4:
        for number, chosen in enumerate(pick_sets(lines, size, min(context.cap(), len(lines) // 2), chance)):
            asked = chance.randrange(size - 1)
            key = f"next_line:{window[0]:.3f}:{number}"
            yield from (draft for draft, _ in ask_next_line(context, window, chosen, asked, chance, key))
    yield from ask_before(context, window, "line_before_yes_no", lines, chance)
    for number, chosen in enumerate(pick_sets(lines, 4, min(context.cap(), len(lines) // 3), chance)):
        yield from _ask_shape(context, window, chosen, chance, number)


def _cite(chosen: Sequence[Moment], names: Sequence[str], clip: Clip) -> tuple[Claim, ...]:
    """What each line says and when the clip shows it."""
    pairs = list(zip(chosen, names, strict=True))
    return (*(quote(m.anchor, n) for m, n in pairs), *(claim_shown(m.anchor, clip, n) for m, n in pairs))


def ask_next_line(
    context: SourceContext,
    window: Span,
    chosen: Sequence[Moment],
    asked: int,
    chance: random.Random,
    key: str,
) -> Iterator[tuple[Draft, dict[str, str]]]:
    """Lines in order of time, number `asked` quoted in the question, the others the options. Both clips are
    cut between them and permuted: a title and its topics tell their own order. With each draft the letter of
    every anchor."""
    names = letters(len(chosen) - 1, chance)
    names.insert(asked, "X")
    orders = choose_orders(context, window, chosen, asked, chance)
    wording = chance.random()
    options = {n: _text(m.anchor) for n, m in sorted(zip(names, chosen, strict=True)) if n != "X"}
    for clip, order in orders:
        right = names[order[order.index(asked) + 1]]
        draft = draft_question(
            context,
            "next_line",
            random.Random(wording),
            right,
            words={"line": _text(chosen[asked].anchor)},
            options=options,
            evidence=_cite(chosen, names, clip),
            media=(clip,),
            verifier=Verifier(kind="choice", value=right),
            transform=Transform(recipe="permute", seed=0, settings={"order": order}),
            difficulty={"options": len(options), "clip_s": round(window[1] - window[0], 1)},
            twin_key=key,
        )
        yield draft, {m.anchor.anchor_id: n for m, n in zip(chosen, names, strict=True)}


def _ask_shape(
    context: SourceContext, window: Span, chosen: Sequence[Moment], chance: random.Random, number: int
) -> Iterator[Draft]:
    """A shape laid on one of four lines' states, clear of the lines themselves; the twin lays it on
    another."""
    looks = [choose_look(chance, number) for _ in range(8)]
    look = next((one for one in looks if not any(_hides(context, one, m.anchor) for m in chosen)), None)
    if look is None:
        return
    names, wording = letters(len(chosen), chance), chance.random()
    options = {n: _text(m.anchor) for n, m in sorted(zip(names, chosen, strict=True))}
    laid = []
    for place, name in chance.sample(list(zip(chosen, names, strict=True)), 2):
        span = map_interval(play(context.source, window), place.start_s, place.end_s)[0]
        laid.append((name, lay_shape(context, window, span, look)))
    for right, made in laid:
        if made is None or any(other is None for _, other in laid):
            return
        yield draft_question(
            context,
            "shape_line",
            random.Random(wording),
            right,
            words={"shape": tell_shape(made[0])},
            options=options,
            evidence=(
                *_cite(chosen, names, made[0]),
                Claim(kind="shapes", value=1, label=look.form, clip=0),
            ),
            media=(made[0],),
            verifier=Verifier(kind="choice", value=right),
            transform=Transform(recipe="shape", seed=number, settings={"shown_s": list(made[1])}),
            difficulty={"options": len(options), "shape_s": round(made[1][1] - made[1][0], 1)},
            twin_key=f"shape_line:{window[0]:.3f}:{number}",
        )


def _hides(context: SourceContext, look: Shape, line: Anchor) -> bool:
    """Whether a shape would lie on a line of text, or touch it."""
    width, height = context.source.width or 1, context.source.height or 1
    reach = 0.55 * look.size * min(width, height)
    left, top, right, bottom = line.region or (0.0, 0.0, float(width), float(height))
    x, y = look.x * width, look.y * height
    return left < x + reach and right > x - reach and top < y + reach and bottom > y - reach


def derive_lines(draft: Draft) -> Any:
    """The option that the verified intervals and the clip's recipe single out."""
    spans = {c.label: (float(c.value[0]), float(c.value[1])) for c in draft.evidence if c.kind == "interval"}
    if draft.template == "shape_line":
        return under_shape(draft, spans)
    end = spans.pop("X")[1]
    return min((span[0], label) for label, span in spans.items() if span[0] >= end - 0.1)[1]


def check_lines(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `unfit_fact`: a line that a trainee cannot read, or takes for another; `field_differs`: a
    line said to be there at the time of another."""
    fit = {anchor.anchor_id for anchor in read_lines(list(facts.anchors.values()))}
    cited: dict[str | None, set[str]] = {}
    for claim in draft.evidence:
        cited.setdefault(claim.label, set()).update(claim.anchors)
        if not fit.issuperset(claim.anchors):
            yield Finding(code="unfit_fact", detail=f"{claim.label}: not a line to be read or told apart")
    if any(len(names) > 1 for names in cited.values()):
        yield Finding(code="field_differs", detail="a label stands for two lines")
