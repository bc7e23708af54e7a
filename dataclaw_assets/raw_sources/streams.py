"""The moving picture of a source as a local file: its own, or one put together from the source's pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.gui.session import Screen, list_screens
from dataclaw_assets.raw_sources.readers.contract import find_part
from dataclaw_assets.raw_sources.readers.stepped import list_screenshots
from dataclaw_assets.records import Source, digest
from resources.assembly import ASSEMBLY, Shown, assemble, grey_picture
from resources.landing import display_name, local_path

PICTURE_BYTES = 64 * 1024 * 1024
"""The largest file of a single picture that is read."""

Local = Callable[[str], Path]


def open_stream(source: Source, scratch: Path) -> Path:
    """A local file with the source's stream. One that is put together is made once and kept in scratch.

    Raises `UnreadableSource`: `no_video` without a stream, `missing`, and for one that is put together
    `source_changed` and what reading its pictures raises.
    """
    stream = source.stream
    if stream is None:
        raise UnreadableSource("no_video", "the source has no moving picture")
    if not stream.assembled:
        return local_path(stream.uri, scratch)
    size = source.width or 0, source.height or 0
    name = f"{source.source_id}-{digest(ASSEMBLY, stream, size)}.mov"
    path = scratch / "assembled" / name
    if not path.exists():
        pictures = _FORMATS[source.format](source, lambda uri: local_path(uri, scratch))
        assemble(path, pictures, stream, size)
    return path


def check_registered(source: Source, path: Path) -> None:
    """Raise `UnreadableSource` unless the local file with the source's pictures is the one registered, told
    by size and time, else by its hash: `missing`, `source_changed`."""
    sha256 = source.stream.sha256 if source.stream else None
    if sha256 is None and source.kind in ("video", "image"):
        sha256 = source.source_id
    try:
        stat = path.stat()
        known = (stat.st_size, stat.st_mtime_ns) == (source.bytes, source.mtime_ns)
        if not known and sha256 is not None:
            with path.open("rb") as file:
                known = hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError as error:
        raise UnreadableSource("missing", str(error.strerror)) from error
    if not known:
        raise UnreadableSource("source_changed", "its bytes are not the ones that were registered")


def _read_stills(source: Source, local: Local) -> Iterator[Shown]:
    from dataclaw_assets.raw_sources.formats.stills import place_numbers

    assert source.stream is not None
    frames = [item for item in source.sidecars if item.role == "frame"]
    times = place_numbers([display_name(item.uri) for item in frames], source.stream.fps)
    for time_s, item in zip(times, frames, strict=True):
        yield time_s, _read_file(local(item.uri), item.sha256)


def _read_playwright(source: Source, local: Local) -> Iterator[Shown]:
    from dataclaw_assets.raw_sources.formats.gui.playwright import read_session
    from dataclaw_assets.raw_sources.formats.gui.zip_member import open_archive

    path = local(source.uri)
    screens = list_screens(read_session(path).screens)
    with open_archive(path) as archive:
        for screen in screens:
            if screen.withheld:
                yield screen.time_s, grey_picture((screen.width, screen.height))
            else:
                yield screen.time_s, archive.read(screen.name, PICTURE_BYTES)


def _read_aitz(source: Source, local: Local) -> Iterator[Shown]:
    from dataclaw_assets.raw_sources.formats.gui.aitz import read_session

    session = read_session(local(source.uri), list_screenshots(source))
    return _read_screens(source, session.screens, local)


def _read_gui_odyssey(source: Source, local: Local) -> Iterator[Shown]:
    from dataclaw_assets.raw_sources.formats.gui.gui_odyssey import read_session

    session = read_session(local(source.uri), list_screenshots(source))
    return _read_screens(source, session.screens, local)


def _read_screens(source: Source, screens: tuple[Screen, ...], local: Local) -> Iterator[Shown]:
    files = {display_name(item.uri): item for item in source.sidecars if item.role == "screen"}
    for screen in list_screens(screens):
        item = files[screen.name]
        yield screen.time_s, _read_file(local(item.uri), item.sha256)


def _read_rlds(source: Source, local: Local) -> Iterator[Shown]:
    from dataclaw_assets.raw_sources.formats.robot.rlds import read_pictures

    features = find_part(source, "metadata")
    if features is None:
        raise UnreadableSource("missing_part", "the data set's features.json")
    return read_pictures(local(source.uri), source.member or 0, local(features.uri))


def _read_robomimic(source: Source, local: Local) -> Iterator[Shown]:
    from dataclaw_assets.raw_sources.formats.robot.robomimic import read_pictures

    return read_pictures(local(source.uri), source.member or 0)


def _read_mcap(source: Source, local: Local) -> Iterator[Shown]:
    from dataclaw_assets.raw_sources.formats.robot.mcap_pictures import read_pictures

    return read_pictures(local(source.uri))


def _read_file(path: Path, sha256: str) -> bytes:
    with path.open("rb") as file:
        data = file.read(PICTURE_BYTES + 1)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise UnreadableSource("source_changed", f"{path.name} is not what was registered")
    return data


_FORMATS: dict[str, Callable[[Source, Local], Iterator[Shown]]] = {
    "stills": _read_stills,
    "playwright": _read_playwright,
    "gui-odyssey": _read_gui_odyssey,
    "aitz": _read_aitz,
    "rlds": _read_rlds,
    "robomimic": _read_robomimic,
    "mcap": _read_mcap,
}
