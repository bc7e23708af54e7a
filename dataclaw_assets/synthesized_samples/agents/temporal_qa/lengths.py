"""Questions of `temporal_qa` about how long a shot or page stays on screen."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from dataclaw_assets.quality.clock import map_interval
from dataclaw_assets.quality.gates.contract import Facts, Finding
from dataclaw_assets.records import Anchor, Claim, Clip, Draft, Verifier
from dataclaw_assets.synthesized_samples.agents.temporal_qa.forms import draft_question
from dataclaw_assets.synthesized_samples.claims import claim_shown, still_of
from dataclaw_assets.synthesized_samples.context import Moment, SourceContext, play

TOLERANCE_S = 0.6
"""Two borders, each seen to half of a trainee's half second, and the rounding; the phrasings say so."""

MIN_LENGTH_S = 3.0
"""Of a shorter one the tolerance is more than a sixth."""

MIN_UNLIKE = 0.3
"""Share of the even length by which a length must differ from it."""

TEMPLATES = frozenset({"shot_length", "screen_length"})
Span = tuple[float, float]


def ask_lengths(context: SourceContext, window: Span, moments: Sequence[Moment]) -> Iterator[Draft]:
    """The length of each shot of a window whose borders are beyond doubt, and that no count gives away."""
    chance = context.random("shot_length", *window)
    shots = list(context.clear_shots(window))
    chance.shuffle(shots)
    made = 0
    for shot in shots:
        inside = [
            m
            for m in moments
            if (shot.start_s or 0) <= m.start_s + 0.3 and m.end_s <= (shot.end_s or 0) + 0.3
        ]
        length = (shot.end_s or 0.0) - (shot.start_s or 0.0)
        if made < context.cap() and inside and takes_watching(length, window, context.of_kind("shot")):
            yield ask_length(context, window, shot, chance.choice(inside), chance)
            made += 1


def takes_watching(length_s: float, window: Span, shots: Sequence[Anchor]) -> bool:
    """Whether a length is worth asking for: not short, and plainly not what the window's length over its
    number of shots comes to, for who counts the pages need not have watched them."""
    count = sum((s.end_s or 0.0) > window[0] + 0.05 and (s.start_s or 0.0) < window[1] - 0.05 for s in shots)
    even = (window[1] - window[0]) / max(1, count)
    return length_s >= MIN_LENGTH_S and abs(length_s - even) >= max(MIN_UNLIKE * even, 2 * TOLERANCE_S)


def ask_length(
    context: SourceContext,
    window: Span,
    shot: Anchor,
    moment: Moment,
    chance: random.Random,
    stated: float | None = None,
) -> Draft:
    """For how long the shot of a picture is on screen: as it is, or as `stated`."""
    clip = play(context.source, window)
    shown = map_interval(clip, shot.start_s or 0.0, shot.end_s or 0.0)[0]
    length = round(shown[1] - shown[0] if stated is None else stated, 1)
    cited = (shot.anchor_id,)
    return draft_question(
        context,
        "screen_length" if context.shows_a_screen else "shot_length",
        chance,
        f"{length:.1f}",
        evidence=(
            Claim(kind="duration", value=length, anchors=cited, label="A", clip=0),
            claim_shown(shot, clip, "A"),
        ),
        media=(clip, still_of(moment, "A")),
        verifier=Verifier(kind="number", value=length, tolerance=TOLERANCE_S),
        difficulty={"shot_s": length, "clip_s": round(window[1] - window[0], 1)},
    )


def check_length(draft: Draft, facts: Facts) -> Iterator[Finding]:
    """Findings: `unfit_fact`: the length is short, or about that of the clip over the number of its shots."""
    clip = draft.media[0]
    pieces = clip.pieces if isinstance(clip, Clip) else ()
    shots = [anchor for anchor in facts.anchors.values() if anchor.kind == "shot"]
    length = float(draft.verifier.value)
    if len(pieces) != 1 or not takes_watching(length, (pieces[0].start_s, pieces[0].end_s), shots):
        yield Finding(code="unfit_fact", detail=f"{length} s: short, or what counting the shots gives")
