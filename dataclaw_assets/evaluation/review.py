"""Pages for people who judge samples: `python -m dataclaw_assets.evaluation.review HOME TASK FOLDER`."""

from __future__ import annotations

import csv
import json
import random
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataclaw_assets.quality.clock import sampled_times
from dataclaw_assets.records import Stream
from dataclaw_assets.validated_exports.artifacts import Artifact, Exported
from dataclaw_assets.validated_exports.trials import read_exported
from resources.home import Home, open_home

if TYPE_CHECKING:
    from PIL.Image import Image

COUNT = 30
SEED = 7
WIDTH_PX, ROW_PX, LETTERS = 1280, 300, 170
ROW = 8
MOST_FRAMES = 48
"""Of a clip, evenly spread: a page that a person can take in. A trainer sees up to 128."""


def main(arguments: Sequence[str]) -> int:
    """Write, for accepted samples of a task drawn at random, one page each with what a trainee is given and
    nothing else, and beside the pages `key.csv` with the right answers, to be opened afterwards."""
    if len(arguments) not in (3, 4):
        sys.stderr.write("usage: python -m dataclaw_assets.evaluation.review HOME TASK FOLDER [COUNT]\n")
        return 2
    home, task, folder = open_home(arguments[0]), arguments[1], Path(arguments[2])
    count = int(arguments[3]) if len(arguments) == 4 else COUNT
    found = sorted(_read_task(home, task), key=lambda item: item.sample.sample_id)
    chosen = random.Random(SEED).sample(found, min(count, len(found)))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "key.csv").open("w", newline="", encoding="utf-8") as file:
        key = csv.writer(file)
        key.writerow(["page", "sample", "template", "answer", "verifier", "transform"])
        for number, item in enumerate(chosen, 1):
            draw_page(home, item).save(folder / f"{number:02d}.png")
            sample = item.sample
            made = sample.transform.recipe if sample.transform else ""
            verifier = json.dumps([sample.verifier.kind, sample.verifier.value])
            key.writerow(
                [number, sample.sample_id, sample.template, sample.payload["answer"], verifier, made]
            )
    sys.stdout.write(f"{len(chosen)} of {len(found)} samples of {task} in {folder}\n")
    return 0


def draw_page(home: Home, item: Exported) -> Image:
    """The question and the input files of a sample as one picture, without its answer."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(15)
    lines = [
        line
        for paragraph in str(item.sample.payload["question"]).splitlines()
        for line in textwrap.wrap(paragraph, LETTERS) or [""]
    ]
    page = Image.new("RGB", (WIDTH_PX, 12_000), "white")
    pen, y = ImageDraw.Draw(page), 6
    for line in lines:
        pen.text((8, y), line, fill="black", font=font)
        y += 19
    for artifact in item.artifacts:
        if artifact.side != "input":
            continue
        shown = _show(home, artifact)
        pen.text((8, y + 4), _title(artifact), fill=(0, 0, 170), font=font)
        y += 26
        for start in range(0, len(shown), ROW):
            row = shown[start : start + ROW]
            width = WIDTH_PX // max(len(row), ROW if len(shown) > ROW else len(row))
            high = 0
            for place, (caption, picture) in enumerate(row):
                small = picture.copy()
                small.thumbnail((min(width, 620) - 6, ROW_PX if len(shown) > 1 else 560))
                page.paste(small, (place * width + 4, y))
                pen.text((place * width + 6, y + small.height), caption, fill=(90, 90, 90), font=font)
                high = max(high, small.height)
            y += high + 20
    return page.crop((0, 0, WIDTH_PX, min(y + 8, page.height)))


def _read_task(home: Home, task: str) -> Iterator[Exported]:
    for key in home.ledger.partitions("validated_exports"):
        entry = home.ledger.published("validated_exports", key)
        for item in read_exported(home, entry) if entry else ():
            if item.sample.task_type == task:
                yield item


def _title(artifact: Artifact) -> str:
    noun = "Clip" if artifact.moving else "Picture"
    length = f", {artifact.duration_s:.1f} s" if artifact.duration_s is not None else ""
    return f"{noun}{f' {artifact.label}' if artifact.label else ''}{length}"


def _show(home: Home, artifact: Artifact) -> list[tuple[str, Any]]:
    """A still, or frames of a clip at a trainer's times, with their seconds."""
    from PIL import Image

    from resources.media import read_image
    from resources.sampling import sample_frames

    path = home.store.fetch(artifact.key)
    if artifact.duration_s is None:
        return [("", Image.fromarray(read_image(path)))]
    stream = Stream(
        uri="", origin_s=0.0, duration_s=artifact.duration_s, fps=home.settings.clip_fps,
        frames=artifact.frames or 0, codec="h264",
    )  # fmt: skip
    times = sampled_times(artifact.duration_s, home.settings)
    step = -(-len(times) // MOST_FRAMES)
    frames = sample_frames(path, stream, times[::step], 512)
    return [
        (f"{time_s:.1f} s", Image.fromarray(frame.picture))
        for time_s, frame in zip(times[::step], frames, strict=True)
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
