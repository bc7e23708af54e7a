"""Reads folders of numbered stills, each sequence as one moving picture."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.stills import (
    FPS,
    MAX_PICTURES,
    RATE_FILE,
    find_sequences,
    place_numbers,
)
from dataclaw_assets.raw_sources.readers.contract import Opened, Unit, read_json, reject
from dataclaw_assets.raw_sources.readers.image import ImageReader
from dataclaw_assets.records import Sidecar, Source
from resources.assembly import PictureFile, choose_codec, describe_assembled, measure_picture
from resources.landing import LandingFile, display_name
from resources.media import distance, read_image, signature

SLOWEST_FPS, FASTEST_FPS = 0.01, 1000.0
"""From a picture every hundred seconds to a high-speed camera."""

ALIKE = 0.06
"""Pictures that differ by less are of one scene (`resources.media.distance`; re-encoding makes 0.017)."""

RELATED = 0.7
"""Pictures follow each other when neighbours differ by less than this share of what pictures half a sequence
apart differ by."""

Signature = npt.NDArray[np.float32]


class StillsReader:
    """One source per sequence, its stream the pictures in order of number, its sidecars the files.

    Numbered pictures that do not follow each other are single images.
    """

    format = "stills"

    def claim(self, files: Sequence[LandingFile], peek: Callable[[LandingFile], Any]) -> list[Unit]:
        """Eight or more pictures of one folder whose names differ in their number alone."""
        folders: dict[str, dict[str, LandingFile]] = {}
        for file in files:
            folders.setdefault(file.path.rpartition("/")[0], {})[display_name(file.uri)] = file
        units = []
        for folder, names in sorted(folders.items()):
            found = [name for sequence in find_sequences(names).values() for name in sequence]
            if found:
                mine = [names[name] for name in [*found, RATE_FILE] if name in names]
                units.append(Unit(format=self.format, root=folder, files=tuple(mine)))
        return units

    def read(self, unit: Unit, opened: dict[str, Opened], batch: str) -> list[Source]:
        """See `FolderReader.read`. A picture that cannot be read, or is of another size than most, is a row
        of its own, and the one before it stays on screen.

        Raises `bad_rate` for a `sequence.json` that states none, `too_many`.
        """
        files = {item.name: item for item in opened.values()}
        rate = files.pop(RATE_FILE, None)
        fps = FPS if rate is None else _read_rate(rate)
        tag = "fps:stated" if rate else "fps:assumed"
        return [
            row
            for names in find_sequences(files).values()
            for row in _read_sequence([files[name] for name in names], batch, fps, tag)
        ]


def _read_sequence(pictures: Sequence[Opened], batch: str, fps: float, tag: str) -> list[Source]:
    if len(pictures) > MAX_PICTURES:
        raise UnreadableSource("too_many", f"more than {MAX_PICTURES} stills in one sequence")
    rows: list[Source] = []
    good: list[tuple[Opened, PictureFile, Signature]] = []

    def refuse(item: Opened, reason: UnreadableSource) -> None:
        rows.append(reject(item.file, batch, reason, source_id=item.sha256, format=StillsReader.format))

    for item in pictures:
        try:
            good.append((item, measure_picture(item.path), signature(read_image(item.path))))
        except UnreadableSource as reason:
            refuse(item, reason)
    if not _follow([print_ for _, _, print_ in good]):
        return rows + [row for item, _, _ in good for row in ImageReader().read(item, batch)]
    size = Counter((head.width, head.height) for _, head, _ in good).most_common(1)[0][0]
    for item, head, _ in good:
        if (head.width, head.height) != size:
            detail = f"{head.width}×{head.height} px in a sequence of {size[0]}×{size[1]}"
            refuse(item, UnreadableSource("other_size", detail))
    frames = [(item, head) for item, head, _ in good if (head.width, head.height) == size]
    return [*rows, _register(frames, batch, fps, size, tag)]


def _read_rate(item: Opened) -> float:
    found = read_json(item.path, limit=65_536)
    fps = found.get("fps") if isinstance(found, dict) else None
    if not isinstance(fps, int | float) or isinstance(fps, bool) or not SLOWEST_FPS <= fps <= FASTEST_FPS:
        raise UnreadableSource("bad_rate", f"{RATE_FILE} states no `fps` of {SLOWEST_FPS} to {FASTEST_FPS:g}")
    return float(fps)


def _follow(prints: Sequence[Signature]) -> bool:
    """Whether pictures are of one moving scene: neighbours alike, or more so than pictures far apart."""
    if len(prints) < 2:
        return False
    near = median(distance(first, second) for first, second in pairwise(prints))
    half = len(prints) // 2
    far = median(distance(prints[place], prints[place + half]) for place in range(len(prints) - half))
    return near < ALIKE or near < RELATED * far


def _register(
    frames: Sequence[tuple[Opened, PictureFile]], batch: str, fps: float, size: tuple[int, int], tag: str
) -> Source:
    files = [item for item, _ in frames]
    first = files[0]
    times = place_numbers([item.name for item in files], fps)
    codec = choose_codec(head.codec for _, head in frames)
    order = "\n".join(item.sha256 for item in files)
    return Source(
        source_id=hashlib.sha256(f"{order}\n{fps}".encode()).hexdigest(),
        kind="video",
        format=StillsReader.format,
        uri=first.file.uri,
        name=f"{first.name} … {files[-1].name}",
        batch=batch,
        bytes=sum(item.file.bytes for item in files),
        mtime_ns=max(item.file.mtime_ns for item in files),
        width=size[0],
        height=size[1],
        stream=describe_assembled(first.file.uri, first.sha256, times, times[-1] + 1.0 / fps, codec, fps),
        sidecars=tuple(Sidecar(uri=item.file.uri, role="frame", sha256=item.sha256) for item in files),
        tags=(f"pictures:{len(files)}", f"fps:{fps:g}", tag),
        status="registered",
    )
