"""What readers of stepped episodes share: an episode is one JSON and the screenshots that it names."""

from __future__ import annotations

import warnings
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from dataclaw_assets.raw_sources.formats.gui.session import Session, list_screens
from dataclaw_assets.raw_sources.formats.gui.stepped import MAX_SIDE_PX, MAX_STEPS, Size, file_name
from dataclaw_assets.raw_sources.readers.contract import Opened, Unit, folder_id
from dataclaw_assets.raw_sources.readers.signatures import IMAGE_SUFFIXES
from dataclaw_assets.records import Sidecar, Source
from resources.assembly import choose_codec, describe_assembled, measure_picture
from resources.landing import LandingFile, display_name
from resources.media import IMAGE_FORMATS, note_opened

SCREENSHOTS = "screenshots"
"""The folder of pictures that lies beside a folder of episodes."""

Pictures = dict[str, dict[str, LandingFile]]
"""Landed pictures by the folder they are looked up in, then by name."""


def index_pictures(files: Iterable[LandingFile]) -> Pictures:
    """The pictures by folder; those below a `screenshots` folder are found as if they lay in it, since the
    public archives unpack into folders of their own."""
    found: Pictures = {}
    for file in files:
        if PurePosixPath(file.path).suffix.lower() in IMAGE_SUFFIXES:
            parts = file.path.split("/")[:-1]
            depth = parts.index(SCREENSHOTS) + 1 if SCREENSHOTS in parts else len(parts)
            found.setdefault("/".join(parts[:depth]), {})[display_name(file.uri)] = file
    return found


def take_unit(
    format: str,
    root: str,
    episode: LandingFile,
    named: Sequence[object],
    pictures: dict[str, LandingFile],
) -> Unit:
    """The unit of one episode: its JSON first, then the pictures that it names. These are taken out of
    `pictures`, so that a second episode that names the same ones does not cost the first one its files."""
    names = dict.fromkeys(name for path in named[:MAX_STEPS] if (name := file_name(path)))
    files = [pictures.pop(name) for name in names if name in pictures]
    return Unit(format=format, root=root, files=(episode, *sorted(files, key=lambda file: file.path)))


def episode_of(path: str, paths: Container[str]) -> str | None:
    """The JSON that a picture belongs to by its name: `<episode>_<number>.png` beside `<episode>.json`, or
    below `screenshots` with `annotations/<episode>.json` beside that folder."""
    place = PurePosixPath(path)
    stem, _, number = place.stem.rpartition("_")
    if place.suffix.lower() not in IMAGE_SUFFIXES or not stem or not number.isdecimal():
        return None
    folders = [place.parent]
    if SCREENSHOTS in place.parts[:-1]:
        depth = place.parts.index(SCREENSHOTS)
        folders.append(PurePosixPath(*place.parts[:depth], "annotations"))
    return next((json for folder in folders if (json := str(folder / f"{stem}.json")) in paths), None)


def episode_file(opened: Mapping[str, Opened]) -> Opened:
    """The JSON of a unit that `take_unit` made."""
    return next(iter(opened.values()))


def measure_screenshots(opened: Mapping[str, Opened]) -> dict[str, Size]:
    """The size in pixels of each picture of a unit, by name, from its header alone; one that is no picture,
    or that is too large to decode safely, is left out."""
    sizes = {item.name: _read_size(item.path) for item in list(opened.values())[1:]}
    return {name: size for name, size in sizes.items() if size is not None}


def list_screenshots(source: Source) -> dict[str, Size]:
    """Names of the screenshots of a registered episode, with the size of its screen, in which all are."""
    size = (source.width or 0, source.height or 0)
    return {display_name(item.uri): size for item in source.sidecars if item.role == "screen"}


def register_episode(
    format: str, opened: dict[str, Opened], batch: str, session: Session, tags: Sequence[str]
) -> Source:
    """The row of an episode: a GUI session whose log is its events, and whose stream its screenshots are,
    each shown for a second."""
    main = episode_file(opened)
    shown = {screen.name for screen in session.screens}
    pictures = {item.name: item for item in opened.values() if item.name in shown}
    screens = list_screens(session.screens)
    stream = None
    if screens:
        codec = choose_codec(measure_picture(item.path).codec for item in pictures.values())
        first = pictures[screens[0].name]
        times = [screen.time_s for screen in screens]
        stream = describe_assembled(first.file.uri, first.sha256, times, session.duration_s, codec)
    return Source(
        source_id=folder_id(opened),
        kind="gui_trace",
        format=format,
        uri=main.file.uri,
        name=main.name,
        batch=batch,
        bytes=sum(item.file.bytes for item in opened.values()),
        mtime_ns=main.file.mtime_ns,
        width=session.width,
        height=session.height,
        stream=stream,
        sidecars=(
            Sidecar(uri=main.file.uri, role="events", sha256=main.sha256),
            *(Sidecar(uri=item.file.uri, role="screen", sha256=item.sha256) for item in pictures.values()),
        ),
        tags=("times:steps", f"steps:{round(session.duration_s)}", f"screens:{len(session.screens)}", *tags),
        status="registered",
    )


def _read_size(path: Path) -> Size | None:
    from PIL import Image

    note_opened(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=IMAGE_FORMATS) as image:
                width, height = image.size
    except MemoryError:
        raise
    except Exception:  # damaged bytes can fail Pillow in any way
        return None
    return (width, height) if 0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX else None
