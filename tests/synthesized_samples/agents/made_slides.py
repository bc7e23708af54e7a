"""A lecture of six slides, made by hand: each with a heading, three lines and its number."""

from __future__ import annotations

from dataclaw_assets.anchor_values import (
    CutValue,
    ShotValue,
    StableValue,
    StillValue,
    TextLineValue,
    TextValue,
)
from dataclaw_assets.records import Anchor, Source
from tests.builders import make_anchor, make_source

HEADINGS = (
    "Why rivers bend",
    "Water cuts the bank",
    "Sand settles inside",
    "Loops grow wide",
    "Floods break through",
    "Lakes stay behind",
)
THINGS = ("pebbles", "otters", "willows", "herons", "bridges", "meadows")
SLIDE_S = 6.0


def make_lecture_source(name: str = "lecture.mp4") -> Source:
    """A video of 1280 × 720."""
    return make_source("video", len(HEADINGS) * SLIDE_S, name).model_copy(
        update={"width": 1280, "height": 720}
    )


def make_slides(
    source: Source,
    headings: tuple[str, ...] = HEADINGS,
    heading_px: float = 48.0,
    further: str = "Nobody counted them",
) -> list[Anchor]:
    """Slides of six seconds, the heading of each `heading_px` high, and its number in the lower right."""
    anchors: list[Anchor] = []
    for index, heading in enumerate(headings):
        start, end = index * SLIDE_S, (index + 1) * SLIDE_S
        thing = THINGS[index]
        written = [
            (heading, (80.0, 60.0, 700.0, 60.0 + heading_px)),
            (f"Plenty of {thing} by then", (120.0, 200.0, 700.0, 232.0)),
            (f"{further} near {thing}", (120.0, 300.0, 700.0, 332.0)),
            (f"Going on with {thing}", (120.0, 400.0, 700.0, 432.0)),
            (f"{index + 1}/{len(headings)}", (1180.0, 680.0, 1224.0, 698.0)),
        ]
        for order, (text, box) in enumerate(written):
            height = box[3] - box[1]
            line = TextLineValue(
                text=text,
                order=order,
                of=len(written),
                height_px=height,
                readable_256=height >= 30.0,
                confidence=0.999,
            )
            seen = TextValue(text=text, confidence=0.999, seen=1)
            anchors.append(make_anchor(source, line, "text_line", start, end, region=box))
            anchors.append(make_anchor(source, seen, "text", start, end, region=box))
        time_s = start + 2.13
        still = StillValue(time_s=time_s, frame=0, sharpness=9.0, outside_distance=0.3)
        shot = ShotValue(index=index, edge_contrast=0.6, inner_contrast=0.05)
        anchors += [
            make_anchor(source, still, "still_unique", start, end),
            make_anchor(source, shot, "shot", start, end),
            make_anchor(source, StableValue(changed_region=None), "stable", start, end),
            make_anchor(source, CutValue(contrast=0.6), "cut", end, end),
        ]
    return anchors
