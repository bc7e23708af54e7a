"""Draws samples as pictures, as in the README: `python docs/draw_samples.py HOME OUT_FOLDER SAMPLE_ID...`."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from dataclaw_assets.factual_anchors.collect import read_anchors
from dataclaw_assets.records import Clip, Media, Sample, SketchClip
from dataclaw_assets.validated_exports.cut import find_cut
from resources.home import Home, open_home
from resources.media import open_container, read_image, to_picture

WIDTH, TILE, GAP, MARGIN = 960, 150, 6, 16
INK, GREY, GREEN, RED = (30, 30, 30), (120, 120, 120), (20, 120, 60), (190, 40, 30)


def main(home_uri: str, out: str, names: list[str]) -> None:
    """One PNG per sample: its clips in frames, its pictures, question, answer, and why it was rejected."""
    home = open_home(home_uri)
    found = {sample.sample_id: sample for sample in _all_samples(home)}
    for number, name in enumerate(names, 1):
        sample = found[name]
        path = Path(out) / f"{number}_{sample.template}{'' if sample.accepted else '_rejected'}.png"
        _draw(home, sample).quantize(200).save(path, optimize=True)


def _all_samples(home: Home) -> list[Sample]:
    samples: dict[str, Sample] = {}
    for asset in ("synthesized_samples", "validated_exports"):
        for partition in home.ledger.partitions(asset):
            for table in ("samples", "quarantine"):
                samples |= {row.sample_id: row for row in home.read(asset, partition, table, Sample)}
    return list(samples.values())


def _draw(home: Home, sample: Sample) -> Image.Image:
    anchors = read_anchors(home, sample.batch).get(sample.source_id, [])
    tiles: list[tuple[str, Image.Image]] = []
    clips = sum(isinstance(medium, Clip | SketchClip) for medium in sample.media)
    for medium in sample.media:
        cut = find_cut(home, medium, anchors)
        if cut is not None:
            tiles += _show(medium, home.store.fetch(cut.key), 12 if clips == 1 else 6)
    sheet = Image.new("RGB", (WIDTH, 4000), "white")
    pen = ImageDraw.Draw(sheet)
    x, y, row = MARGIN, MARGIN, 0
    for caption, tile in tiles:
        if x + tile.width > WIDTH - MARGIN:
            x, y, row = MARGIN, y + row + GAP, 0
        sheet.paste(tile, (x, y))
        pen.text((x + 4, y + 2), caption, fill="white", font=_font(14), stroke_width=2, stroke_fill="black")
        x, row = x + tile.width + GAP, max(row, tile.height)
    y = _write(pen, sample, y + row + 12)
    return sheet.crop((0, 0, WIDTH, y + MARGIN))


def _write(pen: ImageDraw.ImageDraw, sample: Sample, y: int) -> int:
    failed = [result for result in sample.gate_results if not result.passed]
    blocks = [
        (f"{sample.task_type} / {sample.template}   {sample.sample_id}", GREY),
        (str(sample.payload["question"]), INK),
        (f"Answer: {sample.payload['answer']}", GREEN),
        *[(f"Rejected by {r.gate}: {r.code} ({r.detail})", RED) for r in failed],
    ]
    for text, colour in blocks:
        for paragraph in text.split("\n"):
            for line in textwrap.wrap(paragraph, 118) or [""]:
                pen.text((MARGIN, y), line, fill=colour, font=_font(16))
                y += 21
        y += 5
    return y


def _show(medium: Media, path: Path, count: int) -> list[tuple[str, Image.Image]]:
    name = "output" if medium.side == "output" else medium.label or ""
    if not isinstance(medium, Clip | SketchClip):
        return [(name or "picture", _shrink(read_image(path)))]
    with open_container(path) as container:
        frames = [(float(frame.pts * frame.time_base), frame) for frame in container.decode(video=0)]
        chosen = [frames[round(index * (len(frames) - 1) / (count - 1))] for index in range(count)]
        return [(f"{name} {time:.1f} s".strip(), _shrink(to_picture(frame))) for time, frame in chosen]


def _shrink(picture: Any) -> Image.Image:
    image = Image.fromarray(picture)
    image.thumbnail((TILE, TILE))
    return image


def _font(size: int) -> Any:
    return ImageFont.load_default(size=size)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
