"""A made lecture with slides, a session, a printed picture and a film's motions, as their anchors."""

from __future__ import annotations

from dataclaw_assets.anchor_values import (
    MotionValue,
    PictureValue,
    ShotValue,
    StableValue,
    StillValue,
    TextLineValue,
    TextValue,
)
from dataclaw_assets.records import Anchor, Source
from tests.builders import make_anchor

HEADINGS = (
    "Rivers of ice",
    "Walls of stone",
    "Seeds of grass",
    "Birds of snow",
    "Roads of sand",
    "Fires of peat",
)
DETAILS = (
    "Slow and blue",
    "Dry and steep",
    "Thin and long",
    "Small and loud",
    "Wide and bare",
    "Dark and warm",
)
NOTES = (
    ("Carved by meltwater", "Bound for valleys"),
    ("Climbed by goats", "Cracked by frost"),
    ("Blown from meadows", "Sown in spring"),
    ("Nesting on cliffs", "Fishing at dawn"),
    ("Marked with cairns", "Buried by storms"),
    ("Stacked for drying", "Smoking all evening"),
)
MENU = ("Outline", "Bookmarks", "Transcript")
PAGE_S = 6.0


def make_lecture(source: Source) -> list[Anchor]:
    """Six slides of six seconds (640 × 360): a heading, a block of three lines, a caption that stays
    throughout."""
    anchors: list[Anchor] = []
    for index, (heading, detail, notes) in enumerate(zip(HEADINGS, DETAILS, NOTES, strict=True)):
        start, end = index * PAGE_S, (index + 1) * PAGE_S
        still = StillValue(time_s=start + 2.63, frame=0, sharpness=90.0, outside_distance=0.3)
        shot = ShotValue(index=index, edge_contrast=0.9, inner_contrast=0.0)
        anchors += [
            make_anchor(source, still, "still_unique", start, end),
            make_anchor(source, shot, "shot", start, end),
            make_anchor(source, StableValue(changed_region=None), "stable", start, end),
        ]
        lines = ((heading, 20.0), (detail, 110.0), *zip(notes, (155.0, 200.0), strict=True))
        for order, (text, top) in enumerate((*lines, ("Course of geology", 320.0))):
            height = 36.0 if order == 0 else 24.0
            box = (60.0, top, 60.0 + height / 2 * len(text), top + height)
            line = TextLineValue(
                text=text, order=order, of=5, height_px=height, readable_256=True, confidence=0.999
            )
            anchors.append(make_anchor(source, line, "text_line", start, end, region=box))
            if order < 4:
                whole = TextValue(text=text, confidence=0.999, seen=1)
                anchors.append(make_anchor(source, whole, "text", start, end, region=box))
    always = TextValue(text="Course of geology", confidence=0.999, seen=6)
    anchors.append(make_anchor(source, always, "text", 0.0, 36.0, region=(60.0, 320.0, 264.0, 344.0)))
    return anchors


def make_session(source: Source) -> list[Anchor]:
    """The slides in a window with a menu of small print, which stays."""
    anchors = make_lecture(source)
    for order, (text, top) in enumerate(zip(MENU, (60.0, 80.0, 250.0), strict=True)):
        box = (480.0, top, 480.0 + 8.0 * len(text), top + 16.0)
        line = TextLineValue(
            text=text, order=5 + order, of=8, height_px=16.0, readable_256=False, confidence=0.999
        )
        whole = TextValue(text=text, confidence=0.999, seen=6)
        anchors += [
            make_anchor(source, line, "text_line", page * PAGE_S, (page + 1) * PAGE_S, region=box)
            for page in range(len(HEADINGS))
        ]
        anchors.append(make_anchor(source, whole, "text", 0.0, 36.0, region=box))
    return anchors


def make_sign(source: Source) -> list[Anchor]:
    """A printed table (640 × 360) of four rows: a place on the left, a gate on the right; a heading in
    larger print."""
    anchors = [
        make_anchor(
            source,
            PictureValue(width=640, height=360, dhash="0" * 16, sharpness=9.0, palette=("#ffffff",)),
            "picture",
            None,
            None,
        )
    ]
    rows = [("Evening departures", 40.0, 20.0)]
    for number, (place, gate) in enumerate(
        (
            ("Millbrook", "Gate 4"),
            ("Harrowdale", "Gate 7"),
            ("Quayside", "Gate 9"),
            ("Foot of the hill", "Gate 2"),
        )
    ):
        rows += [(place, 40.0, 100.0 + 60.0 * number), (gate, 420.0, 100.0 + 60.0 * number)]
    for order, (text, left, top) in enumerate(rows):
        line = TextLineValue(
            text=text, order=order, of=len(rows), height_px=28.0, readable_256=True, confidence=0.999
        )
        box = (left, top, left + 15.0 * len(text), top + (44.0 if order == 0 else 28.0))
        anchors.append(make_anchor(source, line, "text_line", None, None, region=box))
    return anchors


def make_motions(source: Source) -> list[Anchor]:
    """A film of one shot: a pan of four seconds, a view that stays while something moves in it."""
    return [
        make_anchor(source, ShotValue(index=0, edge_contrast=1.0, inner_contrast=0.0), "shot", 0.0, 20.0),
        make_anchor(
            source,
            MotionValue(camera="pan", direction="left", level=0.1, floor=0.08),
            "motion",
            2.0,
            6.0,
        ),
        make_anchor(
            source,
            MotionValue(camera="static", direction="none", level=0.1, floor=0.08),
            "motion",
            8.0,
            14.0,
        ),
    ]
