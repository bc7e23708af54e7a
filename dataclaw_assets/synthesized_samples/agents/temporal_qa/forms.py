"""The forms of `temporal_qa`: from chosen moments, shots and lines to drafts, whoever chose them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from dataclaw_assets.records import Anchor, Clip, Draft, Transform, Verifier
from dataclaw_assets.synthesized_samples.agents.contract import Line, Payload, ask
from dataclaw_assets.synthesized_samples.agents.pictured import Asked, locate_shot, order_pictures
from dataclaw_assets.synthesized_samples.claims import claim_shown, still_of
from dataclaw_assets.synthesized_samples.context import (
    Moment,
    SourceContext,
    letters,
    permute_away,
    play,
)
from dataclaw_assets.synthesized_samples.phrasing import phrase


class TemporalQA(Payload):
    """`options` are the texts of a multiple choice; `transcript` is material that the question ships; `shape`
    is what we laid over the clip, in words."""

    aspect: Literal[
        "next_picture",
        "picture_order",
        "shown_interval",
        "shot_length",
        "screen_length",
        "stop_interval",
        "next_stroke",
        "stroke_before_yes_no",
        "mover_choice",
        "mover_caption",
        "mover_yes_no",
        "mover_open",
        "camera_choice",
        "camera_caption",
        "camera_yes_no",
        "camera_open",
        "light_choice",
        "light_caption",
        "light_yes_no",
        "light_open",
        "speed_choice",
        "speed_caption",
        "speed_yes_no",
        "repetition_count",
        "before_yes_no",
        "shape_choice",
        "shape_yes_no",
        "longest_shot",
        "longest_page",
        "next_line",
        "line_before_yes_no",
        "shape_line",
        "shape_speech",
    ]
    options: dict[str, str] | None = None
    transcript: tuple[Line, ...] = ()
    shape: str = ""


def draft_question(
    context: SourceContext,
    template: str,
    chance: random.Random,
    answer: str,
    words: dict[str, str] | None = None,
    transcript: tuple[Line, ...] = (),
    options: dict[str, str] | None = None,
    **fields: Any,
) -> Draft:
    """A draft of one aspect, asked in one of its phrasings."""
    sentence = phrase("temporal_qa", template, chance, **(words or {}))
    payload = TemporalQA(
        aspect=template,  # type: ignore[arg-type]
        question=ask(sentence, transcript, options),
        answer=answer,
        clock="seconds from the start of the video",
        options=options,
        transcript=transcript,
        shape=(words or {}).get("shape", ""),
    )
    return Draft(
        task_type="temporal_qa",
        template=template,
        source_id=context.source.source_id,
        payload=payload.model_dump(mode="json"),
        **fields,
    )


def ask_next(
    context: SourceContext,
    window: tuple[float, float],
    chosen: Sequence[Moment],
    asked: int,
    chance: random.Random,
    key: str,
    number: int = 0,
) -> Iterator[tuple[Draft, dict[str, str]]]:
    """Five moments in order of time: number `asked` is X, the others are options; both clips are permuted
    between them. With each draft the letter of every anchor."""
    names = letters(4, chance)
    names.insert(asked, "X")
    orders = choose_orders(context, window, chosen, asked, chance)
    wording = chance.random()
    lettered = {m.anchor.anchor_id: name for m, name in zip(chosen, names, strict=True)}
    stills = sorted(
        (still_of(m, n) for m, n in zip(chosen, names, strict=True)),
        key=lambda s: (s.label != "X", str(s.label)),
    )
    for clip, order in orders:
        right = names[order[order.index(asked) + 1]]
        draft = draft_question(
            context,
            "next_picture",
            random.Random(wording),
            right,
            evidence=tuple(claim_shown(m.anchor, clip, n) for m, n in zip(chosen, names, strict=True)),
            media=(clip, *stills),
            verifier=Verifier(kind="choice", value=right),
            transform=Transform(recipe="permute", seed=number, settings={"order": order}),
            difficulty={"options": 4, "clip_s": round(window[1] - window[0], 1)},
            twin_key=key,
        )
        yield draft, lettered


def choose_orders(
    context: SourceContext,
    window: tuple[float, float],
    chosen: Sequence[Moment],
    asked: int,
    chance: random.Random,
) -> list[tuple[Clip, list[int]]]:
    """Two playings of a window, and the orders of its pieces, in which unlike pieces follow piece `asked`,
    and the natural follower in neither: a title and its topics, an arm and what it lifts tell their own
    order, and who guesses by it gains nothing. None when there are no two such orders."""
    found: list[tuple[Clip, list[int]]] = []
    taken: set[int | None] = {None, asked + 1}
    while len(found) < 2:
        mixed = permute_away(
            context, window, chosen, chance, lambda order: find_follower(asked, order) not in taken
        )
        if mixed is None:
            return []
        taken.add(find_follower(asked, mixed[1]))
        found.append(mixed)
    return found


def find_follower(asked: int, order: Sequence[int]) -> int | None:
    """The piece that an order puts right after piece `asked`; None after the last."""
    place = order.index(asked) + 1
    return order[place] if place < len(order) else None


def ask_order(
    context: SourceContext,
    window: tuple[float, float],
    chosen: Sequence[Moment],
    chance: random.Random,
    key: str,
) -> Iterator[tuple[Draft, dict[str, str]]]:
    """Moments in order of time, their pictures to be put in order, and the twin; with each draft the letters
    of the anchors."""
    for asked, lettered in order_pictures(context, window, chosen, chance, key):
        wording = random.Random(asked.wording)
        yield draft_question(context, "picture_order", wording, asked.answer, **asked.fields), lettered


def ask_interval(
    context: SourceContext,
    window: tuple[float, float],
    shot: Anchor,
    moment: Moment,
    chance: random.Random,
    stated: Sequence[float] | None = None,
) -> Draft:
    """When the shot of a picture is on screen: as it is, or as `stated`."""
    asked: Asked = locate_shot(shot, moment, play(context.source, window), stated=stated)
    return draft_question(context, "shown_interval", chance, asked.answer, **asked.fields)
