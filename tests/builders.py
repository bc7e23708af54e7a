"""Small real records for tests: sources and anchors as the stages before would have published them."""

from __future__ import annotations

from typing import Any

from dataclaw_assets.anchor_values import (
    CutValue,
    MotionValue,
    PhaseValue,
    ShotValue,
    StillValue,
    StrokeValue,
    SubtitleValue,
    Value,
)
from dataclaw_assets.records import Anchor, Source, Stream, digest


def make_source(kind: Any = "video", duration_s: float = 40.0, name: str = "clip.mp4") -> Source:
    """A registered source; drawings have no stream."""
    stream = None
    if kind != "drawing":
        stream = Stream(
            uri=f"file:///footage/{name}",
            origin_s=0.0,
            duration_s=duration_s,
            fps=25.0,
            frames=int(duration_s * 25),
            codec="h264",
        )
    return Source(
        source_id=digest(name, size=64),
        kind=kind,
        format="video",
        uri=f"file:///footage/{name}",
        name=name,
        batch="b",
        bytes=1,
        mtime_ns=1,
        width=640,
        height=360,
        stream=stream,
        status="registered",
    )


def make_anchor(
    source: Source, value: Value, kind: str, start_s: float | None, end_s: float | None, **fields: Any
) -> Anchor:
    """An anchor of a source with an id of its own."""
    body: dict[str, Any] = {"basis": "measured", "region": None, **fields}
    return Anchor(
        anchor_id="a-" + digest(source.source_id, kind, start_s, end_s, value),
        source_id=source.source_id,
        kind=kind,
        start_s=start_s,
        end_s=end_s,
        value=value,
        text=f"{kind} at {start_s}",
        extractor="test",
        extractor_version="1",
        params_hash="p",
        **body,
    )


def make_film(source: Source, shots: int = 8, shot_s: float = 5.0, spoken: bool = True) -> list[Anchor]:
    """A film of equal shots: a still in the middle of each, motion throughout, one subtitle line a shot."""
    anchors: list[Anchor] = []
    for index in range(shots):
        start, end = index * shot_s, (index + 1) * shot_s
        time_s = start + shot_s / 2 + 0.13
        still = StillValue(
            time_s=time_s,
            frame=int(time_s * 25),
            sharpness=100.0,
            outside_distance=0.3,
        )
        shot = ShotValue(index=index, edge_contrast=0.6, inner_contrast=0.05)
        motion = MotionValue(camera="pan", direction="left", level=0.1, floor=0.05)
        anchors += [
            make_anchor(source, still, "still_unique", start, end),
            make_anchor(source, shot, "shot", start, end),
            make_anchor(source, CutValue(contrast=0.6), "cut", end, end),
            make_anchor(source, motion, "motion", start, end),
        ]
        if spoken:
            line = SubtitleValue(
                text=f"Sentence number {'abcdefghijklmnopq'[index]} of the film.", language="en"
            )
            anchors.append(make_anchor(source, line, "subtitle", start + 0.5, end - 0.5, basis="recorded"))
    return anchors


def make_episode(source: Source) -> list[Anchor]:
    """A demonstration with one long stop and one short one."""
    stops = [(2.0, 4.5), (8.0, 8.8)]
    return [
        make_anchor(source, PhaseValue(phase="stopped", index=i, amount=0.0), "phase", start, end)
        for i, (start, end) in enumerate(stops)
    ]


def make_drawing(source: Source, strokes: int = 6) -> list[Anchor]:
    """Strokes in the cells of a 3 × 3 grid, row by row."""
    anchors = []
    for index in range(strokes):
        left, top = 60.0 + 170.0 * (index % 3), 40.0 + 170.0 * (index // 3)
        right, bottom = left + 60.0, top + 90.0
        points = ((left, top), (right, bottom))
        value = StrokeValue(
            index=index,
            of=strokes,
            points=points,
            length_share=1 / strokes,
            closed=False,
            duration_s=None,
            direction="south-east",
        )
        anchors.append(make_anchor(source, value, "stroke", None, None, region=(left, top, right, bottom)))
    return anchors
