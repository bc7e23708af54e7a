"""Fills a landing folder with the demo's own footage: one of each kind of thing that a user may drop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def _say_nothing(item: str) -> None:
    """The listener of a caller that shows no progress."""


def render_landing(folder: Path, on_item: Callable[[str], None] = _say_nothing) -> list[Path]:
    """Render the demo's landing folder and return its items in the order they were made.

    An item is a file, or the folder of a GUI session or of a robot dataset. `on_item` hears each item's
    name, relative to `folder`, when it is whole. The same library versions give the same stills, tables and
    texts to the byte, and the same frames to the encoder. A missing `folder` is made; files of an earlier
    call are replaced and anything else in it is left alone.
    """
    from dataclaw_assets.demo_footage import arm, broken, film, pictures, screen, sketches, slides, valley

    video = folder / "video"
    video.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []

    def add(*items: Path) -> None:
        for item in items:
            made.append(item)
            on_item(item.relative_to(folder).as_posix())

    add(*sketches.render_sketches(folder / "drawing"))
    add(*pictures.render_pictures(folder / "image"))
    add(arm.render_arm(folder / "robot"))
    add(screen.render_screen(folder / "gui"))
    lecture, words = slides.render_slides(video)
    add(lecture, words)
    add(*broken.write_broken(video, lecture))
    add(*film.render_film(video))
    add(valley.render_valley(video))
    return made
