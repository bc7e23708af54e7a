"""Questions of `temporal_qa` about which of two comes first: scenes that pictures name, or quoted lines."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from dataclaw_assets.records import Draft, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.temporal_qa.forms import draft_question
from dataclaw_assets.synthesized_samples.agents.temporal_qa.words import affirm
from dataclaw_assets.synthesized_samples.claims import claim_shown, quote, still_of
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext, permute_away, pick_sets

TEMPLATES = frozenset({"before_yes_no", "line_before_yes_no"})
PIECES = 3
"""Of two there is one other order only, and one clip would play on as it was: a page that confirms comes
after its form, an arm lets go after it has grasped, and who knows that need not watch."""

Span = tuple[float, float]


def ask_before(
    context: SourceContext, window: Span, template: str, moments: Sequence[Moment], chance: random.Random
) -> Iterator[Draft]:
    """Two of each three moments, called P and Q by chance: whether P comes first."""
    for number, chosen in enumerate(
        pick_sets(moments, PIECES, min(context.cap(), len(moments) // 2), chance)
    ):
        yield from _ask_pair(context, window, template, chosen, chance, number)


def _ask_pair(
    context: SourceContext,
    window: Span,
    template: str,
    chosen: Sequence[Moment],
    chance: random.Random,
    number: int,
) -> Iterator[Draft]:
    """Both clips are cut between the three moments and permuted: P comes first in one, Q in its twin, and
    neither plays on as it was."""
    p, q = chance.sample(range(PIECES), 2)
    made = [
        permute_away(context, window, chosen, chance, lambda order: order.index(p) < order.index(q)),
        permute_away(context, window, chosen, chance, lambda order: order.index(q) < order.index(p)),
    ]
    asked = {"P": chosen[p], "Q": chosen[q]}
    by_words = template == "line_before_yes_no"
    quotes = [quote(moment.anchor, name) for name, moment in asked.items()] if by_words else []
    stills = [] if by_words else [still_of(moment, name) for name, moment in asked.items()]
    wording = chance.random()
    for answer, twin in zip((affirm(True), affirm(False)), made, strict=True):
        if twin is None or None in made:
            return
        clip, order = twin
        yield draft_question(
            context,
            template,
            random.Random(wording),
            answer,
            words={word: claim.value for word, claim in zip(("first", "second"), quotes, strict=False)},
            evidence=(*quotes, *(claim_shown(m.anchor, clip, name) for name, m in asked.items())),
            media=(clip, *stills),
            verifier=Verifier(kind="text", value=answer),
            transform=Transform(recipe="permute", seed=number, settings={"order": order}),
            difficulty={"options": 2, "pieces": PIECES, "clip_s": round(window[1] - window[0], 1)},
            twin_key=f"{template}:{window[0]:.3f}:{number}",
        )


def derive_before(draft: Draft) -> Any:
    """Whether P is over before Q begins, as the verified intervals have it. Raises `ValueError` when neither
    is over before the other begins."""
    spans = {c.label: (float(c.value[0]), float(c.value[1])) for c in draft.evidence if c.kind == "interval"}
    p, q = spans["P"], spans["Q"]
    if (p[1] <= q[0] + 0.1) == (q[1] <= p[0] + 0.1):
        raise ValueError("the two are on screen at once")
    return affirm(p[1] <= q[0] + 0.1)
