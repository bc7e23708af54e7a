"""Footage of every kind that `temporal_qa` asks about, as anchors made by hand; and what its gates say."""

from __future__ import annotations

from collections.abc import Sequence

from dataclaw_assets.anchor_values import (
    AttributeValue,
    CutValue,
    MotionValue,
    MoverValue,
    RepetitionValue,
    ShotValue,
    StillValue,
    SubtitleValue,
    TextLineValue,
    TextValue,
    Value,
)
from dataclaw_assets.quality.audit import audit_draft
from dataclaw_assets.quality.gates.contract import Facts
from dataclaw_assets.records import Anchor, Draft, Source
from dataclaw_assets.synthesized_samples.agents.temporal_qa.agent import TemporalQAAgent
from dataclaw_assets.synthesized_samples.context import SourceContext
from resources.settings import Settings
from tests.builders import make_anchor, make_source

AGENT = TemporalQAAgent()
STREET = make_source(duration_s=40.0, name="street.mp4")
FILM = make_source(duration_s=38.0, name="scenes.mp4")
SESSION = make_source("gui_trace", duration_s=38.0, name="session.mp4")
SLIDES = make_source(duration_s=40.0, name="slides.mp4")
LINES = (
    "Measuring the tide",
    "Keep the well clean",
    "Floats and their faults",
    "Who reads the paper roll",
    "Questions from the audience",
)
SHOTS = (6.0, 9.0, 4.0, 14.0, 5.0)


def a_mover(direction: str = "left", **fields: object) -> MoverValue:
    """A thing that plainly goes one way."""
    values = {"direction": direction, "share": 0.9, "speed": 0.2, "confidence": "high"} | fields
    return MoverValue.model_validate(values)


def a_camera(camera: str = "static", direction: str = "none") -> MotionValue:
    """A picture that changes from end to end."""
    return MotionValue.model_validate({"camera": camera, "direction": direction, "level": 0.2, "floor": 0.1})


def make_street(*further: tuple[Value, str, float, float]) -> list[Anchor]:
    """One take before a camera at rest, and what is added to it."""
    shot = ShotValue(index=0, edge_contrast=1.0, inner_contrast=0.0)
    facts: list[tuple[Value, str, float, float]] = [
        (shot, "shot", 0.0, 40.0),
        (a_camera(), "motion", 0.0, 20.0),
        *further,
    ]
    return [make_anchor(STREET, value, kind, start, end) for value, kind, start, end in facts]


MOVER = (a_mover(), "dominant_mover", 3.0, 6.0)
PAN = (a_camera("pan", "right"), "motion", 22.0, 26.0)
ZOOM = (a_camera("zoom", "in"), "motion", 22.0, 26.0)
LAMP = (AttributeValue(attribute="brightness", before=0.2, after=0.6), "attribute_change", 8.0, 8.4)
WAVES = (RepetitionValue(count=5, period_s=2.0, strength=0.8), "repetition", 4.0, 14.0)


def make_scenes(lengths: Sequence[float] = SHOTS, source: Source = FILM) -> list[Anchor]:
    """Shots of unlike lengths, a picture of each."""
    anchors, start = [], 0.0
    for index, length in enumerate(lengths):
        still = StillValue(
            time_s=start + length / 2 + 0.13, frame=index, sharpness=50.0, outside_distance=0.3
        )
        shot = ShotValue(index=index, edge_contrast=0.6, inner_contrast=0.05)
        end = start + length
        anchors += [
            make_anchor(source, still, "still_unique", start, end),
            make_anchor(source, shot, "shot", start, end),
        ]
        if index:
            anchors.append(make_anchor(source, CutValue(contrast=0.6), "cut", start, start))
        start = end
    return anchors


def make_speech() -> list[Anchor]:
    """The scenes, and a line spoken every seven seconds."""
    anchors = make_scenes()
    for index, text in enumerate(LINES):
        line, start = SubtitleValue(text=f"{text}.", language="en"), 1.0 + 7.0 * index
        anchors.append(make_anchor(FILM, line, "subtitle", start, start + 5.0, basis="recorded"))
    return anchors


def make_slides(lines: Sequence[str] = LINES, readable: bool = True) -> list[Anchor]:
    """A line for each eight seconds, in the lower middle of the picture."""
    anchors = []
    for index, text in enumerate(lines):
        start, end, where = index * 8.0, index * 8.0 + 7.5, {"region": (200.0, 300.0, 440.0, 330.0)}
        line = TextLineValue(text=text, order=0, of=1, height_px=30.0, readable_256=readable, confidence=0.99)
        anchors += [
            make_anchor(SLIDES, line, "text_line", start, end, **where),
            make_anchor(SLIDES, TextValue(text=text, confidence=0.99, seen=2), "text", start, end, **where),
        ]
    return anchors


def context_of(source: Source, anchors: Sequence[Anchor]) -> SourceContext:
    """A source with all that is known of it."""
    return SourceContext(source, tuple(anchors), Settings())


def composed(source: Source, anchors: Sequence[Anchor]) -> list[Draft]:
    """All drafts without a model."""
    return list(AGENT.compose(context_of(source, anchors)))


def facts_of(source: Source, anchors: Sequence[Anchor]) -> Facts:
    """What a draft is held against."""
    by_id = {anchor.anchor_id: anchor for anchor in anchors}
    return Facts(source, by_id, AGENT.schema, AGENT.derive, Settings())


def verdict(draft: Draft, source: Source, anchors: Sequence[Anchor]) -> str | None:
    """The code of the first gate that refuses a draft; None when all pass."""
    results = audit_draft(draft, facts_of(source, anchors), AGENT.gates)
    return next((result.code for result in results if not result.passed), None)
