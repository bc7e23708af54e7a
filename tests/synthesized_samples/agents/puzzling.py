"""Footage for puzzles, made by hand: a film, slides, an image with print, and what gates say of drafts."""

from __future__ import annotations

import random

from dataclaw_assets.anchor_values import FrameValue, PictureValue, StableValue, TextLineValue
from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.records import Anchor, Draft, Source
from dataclaw_assets.synthesized_samples.agents.visual_puzzle.agent import VisualPuzzleAgent
from dataclaw_assets.synthesized_samples.context import SourceContext
from resources.settings import Settings
from tests.builders import make_anchor, make_drawing, make_film, make_source

AGENT = VisualPuzzleAgent()
FILM = make_source()
LONG_FILM = make_source(duration_s=150.0, name="long.mp4")
QUICK_FILM = make_source(duration_s=32.0, name="quick.mp4")
SLIDES = make_source(duration_s=40.0, name="slides.mp4")
IMAGE = make_source("drawing", name="poster.png").model_copy(update={"kind": "image"})
DRAWING = make_source("drawing", name="sketch.ndjson")

WORDS = (
    ("Reading the harbour map", "Ships wait outside", "Bring a warm coat"),
    ("Every lamp has a keeper", "Count the flashes", "Write them into the book"),
    ("Salt eats iron", "Paint it twice a year", "Check each bolt by hand"),
    ("Goodbye and thank you", "Questions over lunch", "Nothing left to do"),
)


def print_lines(source: Source, words: tuple[str, ...], span: tuple[float, float] | None) -> list[Anchor]:
    """Lines below one another, large enough to be read, for a time or on an image."""
    start, end = span or (None, None)
    return [
        make_anchor(
            source,
            TextLineValue(
                text=text, order=n, of=len(words), height_px=30.0, readable_256=True, confidence=1.0
            ),
            "text_line",
            start,
            end,
            region=(40.0, 40.0 + 80 * n, 40.0 + 14 * len(text), 70.0 + 80 * n),
        )
        for n, text in enumerate(words)
    ]


def make_slides() -> list[Anchor]:
    """Four slides of ten seconds, three lines on each."""
    anchors = make_film(SLIDES, shots=4, shot_s=10.0, spoken=False)
    anchors = [anchor for anchor in anchors if anchor.kind != "motion"]
    for number, words in enumerate(WORDS):
        span = (number * 10.0, number * 10.0 + 9.8)
        still = FrameValue(time_s=span[0] + 3.1, frame=round((span[0] + 3.1) * 25))
        anchors.append(make_anchor(SLIDES, StableValue(changed_region=None, still=still), "stable", *span))
        anchors += print_lines(SLIDES, words, span)
    return anchors


def make_image() -> list[Anchor]:
    """A picture with three lines printed on it."""
    value = PictureValue(width=640, height=360, dhash="0", sharpness=9.0, palette=("#000000",))
    return [make_anchor(IMAGE, value, "picture", None, None), *print_lines(IMAGE, WORDS[0], None)]


MATERIAL: dict[str, tuple[Source, list[Anchor]]] = {
    "film": (FILM, make_film(FILM)),
    "long film": (LONG_FILM, make_film(LONG_FILM, shots=10, shot_s=15.0)),
    "quick film": (QUICK_FILM, make_film(QUICK_FILM, shots=44, shot_s=0.72, spoken=False)),
    "slides": (SLIDES, make_slides()),
    "image": (IMAGE, make_image()),
    "drawing": (DRAWING, make_drawing(DRAWING)),
}


def context_of(material: str, seed: int = 0) -> SourceContext:
    """The shared context of one of the materials."""
    source, anchors = MATERIAL[material]
    return SourceContext(source, tuple(anchors), Settings(seed=seed))


def compose(material: str, seed: int = 0) -> list[Draft]:
    """All drafts that rules make of it."""
    return list(AGENT.compose(context_of(material, seed)))


def verdict(draft: Draft, material: str) -> str | None:
    """The code of the first gate that refuses a draft; None when all pass."""
    source, anchors = MATERIAL[material]
    facts = Facts(source, {a.anchor_id: a for a in anchors}, AGENT.schema, AGENT.derive, Settings())
    results = audit_draft(draft, facts, AGENT.gates)
    return next((result.code for result in results if not result.passed), None)


def find_draft(material: str, template: str, negative: bool = False) -> Draft:
    """A draft of a template, of the first seed that gives one."""
    for seed in range(60):
        for draft in compose(material, seed):
            if draft.template.startswith(template) and draft.difficulty.get("negative", False) == negative:
                return draft
    raise LookupError(f"{material} gives no {template}")


def choose_other(names: list[str], chance: random.Random) -> list[str]:
    """The same names with two of them exchanged."""
    a, b = chance.sample(range(len(names)), 2)
    swapped = list(names)
    swapped[a], swapped[b] = swapped[b], swapped[a]
    return swapped
