"""A valley in four camera movements: a pan, a tilt, a pan back and a zoom, with hard cuts and no words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dataclaw_assets.demo_footage import canvas, valley_land_scenes, valley_town_scenes
from dataclaw_assets.demo_footage.canvas import Frame
from dataclaw_assets.demo_footage.encoding import write_video
from dataclaw_assets.demo_footage.film_stage import FPS, SIZE

View = tuple[float, float, float]
"""What the camera shows of a scene: left, top and width, in pixels of its drawing."""


@dataclass(frozen=True)
class Scene:
    """One drawing, larger than the picture, and the camera's way over it."""

    draw: Callable[[], Frame]
    first: View
    last: View


SCENE_S = 3
"""Whole seconds, for so motion is named: a cut between two would leave a second without a name."""

SCENES = (
    Scene(valley_land_scenes.hills, (0, 0, 640), (296, 0, 640)),
    Scene(valley_town_scenes.castle, (0, 370, 640), (0, 0, 640)),
    Scene(valley_town_scenes.street, (296, 0, 640), (0, 0, 640)),
    Scene(valley_land_scenes.summit, (0, 0, 1152), (256, 226, 640)),
)


def show(scene: Scene) -> Iterator[Frame]:
    """The pictures of one scene: the camera moves at one speed from its first one to its last."""
    drawing = scene.draw()
    (left, top, width), (_, _, narrow) = scene.first, scene.last
    steps = SCENE_S * FPS - 1
    for n in range(steps + 1):
        wide = width * (narrow / width) ** (n / steps)
        share = n / steps if narrow == width else (width - wide) / (width - narrow)
        yield canvas.crop(
            drawing,
            left + (scene.last[0] - left) * share,
            top + (scene.last[1] - top) * share,
            wide,
            SIZE,
        )


def frames() -> Iterator[Frame]:
    """Every frame of the film in order: RGB, 640 × 360, 25 a second."""
    for scene in SCENES:
        yield from show(scene)


def duration_s() -> float:
    """Length of the film in seconds."""
    return float(len(SCENES) * SCENE_S)


def render_valley(folder: Path) -> Path:
    """Write `valley_views.mp4` into `folder`."""
    film = folder / "valley_views.mp4"
    write_video(film, frames(), FPS, crf=21)
    return film
