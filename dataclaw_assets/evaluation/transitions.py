"""How right the gradual transitions are, labelled ones and ones rendered between labelled shots:
`python -m dataclaw_assets.evaluation.transitions FOLDER`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from dataclaw_assets.evaluation.cuts import HEADINGS, Score, add_scores, cut_times, match_times
from dataclaw_assets.evaluation.labels import Labels, find_labelled, read_labels
from dataclaw_assets.evaluation.measured import describe_video, measure_video
from dataclaw_assets.evaluation.scenes import encode_video
from dataclaw_assets.records import Anchor, Source
from resources.media import EPSILON_S, Picture, decode, to_picture

TOLERANCE_S = 0.5
"""A transition is right when its start and its end both lie this near the labelled ones."""

Span = tuple[float, float]
Style = Literal["dissolve", "through black", "through white", "from black", "to black"]

STYLES: tuple[Style, ...] = ("dissolve", "through black", "through white", "from black", "to black")
SHARES = (20, 7, 5, 4, 4)
"""How many of each style are rendered: 40 in all."""

LENGTHS_S = (0.4, 0.6, 0.8, 1.0, 1.4, 2.0)
LEAD_S = 1.2
"""How much of each shot is seen by itself."""

HOLD_S = 0.12
"""How long the picture stays empty in the middle of a fade through black or white."""

SIZE = (640, 360)
FPS = 25
SEED = 2026


@dataclass(frozen=True)
class Shot:
    """A stretch of a video that its labels hold to be one shot, in seconds."""

    video: Path
    start_s: float
    end_s: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Recipe:
    """A transition to be rendered: its style, its length, and where in which shots it is."""

    style: Style
    seconds: float
    first: Shot
    second: Shot


def find_spans(anchors: Sequence[Anchor]) -> list[Span]:
    """Start and end of the gradual transitions among anchors."""
    return [
        (anchor.start_s, anchor.end_s)
        for anchor in anchors
        if anchor.kind == "transition" and anchor.start_s is not None and anchor.end_s is not None
    ]


def match_spans(labelled: Sequence[Span], found: Sequence[Span], tolerance_s: float = TOLERANCE_S) -> int:
    """How many labels have a found span of their own with both ends within the tolerance."""
    free = sorted(found)
    right = 0
    for label in sorted(labelled):
        apart = {span: max(abs(span[0] - label[0]), abs(span[1] - label[1])) for span in free}
        nearest = min(apart, key=lambda span: apart[span], default=None)
        if nearest is not None and apart[nearest] <= tolerance_s + EPSILON_S:
            free.remove(nearest)
            right += 1
    return right


def score_transitions(name: str, labels: Labels, anchors: Sequence[Anchor]) -> Score:
    """The score of one video's transitions; `stray` counts the cuts found that no label has."""
    labelled = [(one.start_s, one.end_s) for one in labels.transitions]
    found, cuts = find_spans(anchors), cut_times(anchors)
    stray = len(cuts) - match_times(labels.cuts, cuts)
    return Score(name, len(labelled), len(found), match_spans(labelled, found), stray)


def draw_recipes(shots: Sequence[Shot], seed: int = SEED) -> list[Recipe]:
    """The transitions to render: videos, shots of them that are long enough, and places in these at random,
    every style in turn through all lengths. Raises ValueError when fewer than two shots are long enough."""
    rng = np.random.default_rng(seed)
    recipes = []
    for style, count in zip(STYLES, SHARES, strict=True):
        for number in range(count):
            seconds = LENGTHS_S[number % len(LENGTHS_S)]
            needed = LEAD_S + seconds
            fitting = [shot for shot in shots if shot.seconds >= needed]
            if len(fitting) < 2:
                raise ValueError(f"fewer than two labelled shots last {needed:.1f} s")
            first = _draw_shot(fitting, rng)
            second = _draw_shot([shot for shot in fitting if shot != first], rng)
            recipes.append(
                Recipe(style, seconds, _cut_out(first, needed, rng), _cut_out(second, needed, rng))
            )
    return recipes


def _draw_shot(shots: Sequence[Shot], rng: np.random.Generator) -> Shot:
    videos = sorted({shot.video for shot in shots})
    video = videos[rng.integers(len(videos))]
    of_video = [shot for shot in shots if shot.video == video]
    return of_video[rng.integers(len(of_video))]


def _cut_out(shot: Shot, seconds: float, rng: np.random.Generator) -> Shot:
    start_s = shot.start_s + float(rng.uniform(0.0, shot.seconds - seconds))
    return Shot(shot.video, start_s, start_s + seconds)


def render_transition(recipe: Recipe, path: Path) -> Span:
    """Write the recipe's clip, and give the true extent of the transition in it: from the first picture that
    is not purely of one shot (or of the empty screen) to the first that is again."""
    first, second = _take(recipe.first), _take(recipe.second)
    empty = np.full_like(first[0], 255 if recipe.style == "through white" else 0)
    steps, lead = round(recipe.seconds * FPS), round(LEAD_S * FPS)
    if recipe.style == "dissolve":
        pictures = first[:lead] + _blend(first[lead:], second[:steps]) + second[steps:]
    elif recipe.style == "from black":
        lead = round(0.4 * FPS)
        pictures = [empty] * lead + _blend([empty] * steps, second[:steps]) + second[steps:]
    elif recipe.style == "to black":
        pictures = first[:lead] + _blend(first[lead:], [empty] * steps) + [empty] * round(0.4 * FPS)
    else:
        held = round(HOLD_S * FPS)
        half = (steps - held) // 2
        rest = steps - held - half
        middle = _blend(first[lead : lead + half], [empty] * half) + [empty] * held
        middle += _blend([empty] * rest, second[:rest])
        pictures = first[:lead] + middle + second[rest : rest + lead]
    encode_video(path, pictures, FPS)
    return lead / FPS, (lead + steps) / FPS


def _blend(first: Sequence[Picture], second: Sequence[Picture]) -> list[Picture]:
    """Linear mixtures, from mostly the first to mostly the second."""
    import cv2

    mixed = []
    for number, (before, after) in enumerate(zip(first, second, strict=True)):
        share = (number + 1) / (len(first) + 1)
        mixed.append(np.asarray(cv2.addWeighted(before, 1.0 - share, after, share, 0.0), np.uint8))
    return mixed


_describe = lru_cache(maxsize=64)(describe_video)


def _take(shot: Shot) -> list[Picture]:
    """What is on screen during a stretch, `FPS` times a second, filling `SIZE`."""
    source = _describe(shot.video)
    assert source.stream is not None
    wanted = [shot.start_s + number / FPS for number in range(round(shot.seconds * FPS))]
    pictures: list[Picture] = []
    before: Picture | None = None
    margin_s = 2.0 / max(source.stream.fps, 1.0)
    for frame in decode(shot.video, source.stream, max(0.0, shot.start_s - margin_s), shot.end_s):
        while len(pictures) < len(wanted) and before is not None and wanted[len(pictures)] < frame.time_s:
            pictures.append(before)
        before = _fill(source, frame.video)
    assert before is not None
    return pictures + [before] * (len(wanted) - len(pictures))


def _fill(source: Source, frame: Any) -> Picture:
    assert source.width
    assert source.height
    scale = max(SIZE[0] / source.width, SIZE[1] / source.height)
    width, height = max(SIZE[0], round(source.width * scale)), max(SIZE[1], round(source.height * scale))
    picture = to_picture(frame, width, height)
    top, left = (picture.shape[0] - SIZE[1]) // 2, (picture.shape[1] - SIZE[0]) // 2
    return np.ascontiguousarray(picture[top : top + SIZE[1], left : left + SIZE[0]])


def find_shots(pairs: Sequence[tuple[Path, Path]]) -> list[Shot]:
    """The labelled single shots of labelled videos, without the last 0.1 s on either side."""
    shots = []
    for video, truth in pairs:
        stream = _describe(video).stream
        if stream is not None:
            spans = read_labels(truth).shots(stream.duration_s)
            shots += [Shot(video, start + 0.1, end - 0.1) for start, end in spans if end - start > 0.2]
    return shots


def score_rendered(recipes: Sequence[Recipe], folder: Path) -> tuple[dict[Style, Score], list[str]]:
    """Render the recipes into a folder and score what is found in them, by style; and a line for each that
    was not found as it is, or in which more was found."""
    scores: dict[Style, Score] = {}
    faults = []
    for number, recipe in enumerate(recipes):
        path = folder / f"{number}.mp4"
        span = render_transition(recipe, path)
        anchors = measure_video(path)
        path.unlink()
        found, cuts = find_spans(anchors), cut_times(anchors)
        score = Score(recipe.style, 1, len(found), match_spans([span], found), len(cuts))
        before = scores.get(recipe.style, Score(recipe.style, 0, 0, 0))
        scores[recipe.style] = add_scores(recipe.style, (before, score))
        if score.f1 < 1.0 or cuts:
            faults.append(f"{_describe_recipe(recipe)}: is {span}, found {found}, cuts {cuts}")
    return scores, faults


def _describe_recipe(recipe: Recipe) -> str:
    shots = (f"{shot.video.name} {shot.start_s:.2f} s" for shot in (recipe.first, recipe.second))
    return f"{recipe.style} {recipe.seconds} s, {' to '.join(shots)}"


def main(arguments: Sequence[str]) -> int:
    """Print a line per labelled video and per rendered style; 2 when the folder holds no labelled video."""
    pairs = find_labelled(Path(arguments[0])) if len(arguments) == 1 else []
    if not pairs:
        sys.stderr.write(
            "usage: python -m dataclaw_assets.evaluation.transitions FOLDER (of NAME.mp4 + NAME.truth.json)\n"
        )
        return 2
    names = ("labelled", "found", "right", "precision", "recall", "F1", "stray cuts")
    sys.stdout.write(HEADINGS.format("video", *names))
    scores = []
    for video, truth in pairs:
        scores.append(score_transitions(video.name, read_labels(truth), measure_video(video)))
        sys.stdout.write(scores[-1].line())
    sys.stdout.write(add_scores("all labelled", scores).line())
    try:
        recipes = draw_recipes(find_shots(pairs))
    except ValueError as error:
        sys.stdout.write(f"nothing rendered: {error}\n")
        return 0
    sys.stdout.write(HEADINGS.format("rendered over these shots", *names))
    with tempfile.TemporaryDirectory(prefix="dataclaw-") as folder:
        rendered, faults = score_rendered(recipes, Path(folder))
    for score in rendered.values():
        sys.stdout.write(score.line())
    sys.stdout.write(add_scores("all rendered", list(rendered.values())).line())
    for fault in faults:
        sys.stdout.write(f"not right: {fault}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
