"""Numbered stills of a folder: which files are one sequence, and when each is on screen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from dataclaw_assets.raw_sources.readers.signatures import IMAGE_SUFFIXES

MIN_PICTURES = 8
"""Fewer are loose pictures: two seconds at the slowest rates that motion is told from."""

MAX_PICTURES = 20_000
"""A quarter of an hour at 24 a second; a longer sequence is landed in pieces."""

FPS = 25.0
"""Pictures a second where nobody says: what FFmpeg's `image2` takes them for."""

RATE_FILE = "sequence.json"
"""The file beside the pictures that says better: `{"fps": 24}`."""

SPARSE = 4
"""Numbers that leave out more than three of four are labels of a kind, and only their order is taken."""

_NUMBERED = re.compile(r"(?P<stem>.*?)(?P<number>\d{1,12})(?P<suffix>\.[A-Za-z0-9]{3,5})")

_CAMERA = re.compile(
    r"(?:IMG|DSC|DSCN|DSCF|PXL|MVIMG|GOPR|_MG|_DSC|P|PANO|WP|SAM|CIMG|HPIM|IMAG|Screenshot|Scan|Foto|Photo)"
    r"[ _\-]*(?:\d{6,8}[ _\-]+)?",
    re.IGNORECASE,
)
"""How cameras and phones begin the names of single photographs (DCF rules and the makers' habits)."""


def split_name(name: str) -> tuple[str, int, str] | None:
    """Stem, number and suffix of a numbered picture's file name; None for any other name."""
    found = _NUMBERED.fullmatch(name)
    if found is None or found["suffix"].lower() not in IMAGE_SUFFIXES:
        return None
    if found["stem"] and _CAMERA.fullmatch(found["stem"]):
        return None
    return found["stem"], int(found["number"]), found["suffix"]


def find_sequences(names: Iterable[str]) -> dict[tuple[str, str], list[str]]:
    """The sequences among the file names of one folder: names by number, under stem and suffix.

    Where one number stands twice (`1.png`, `01.png`) the files are no sequence.
    """
    found: dict[tuple[str, str], dict[int, list[str]]] = {}
    for name in names:
        if parts := split_name(name):
            stem, number, suffix = parts
            found.setdefault((stem, suffix), {}).setdefault(number, []).append(name)
    return {
        key: [name for number in sorted(numbers) for name in numbers[number]]
        for key, numbers in found.items()
        if len(numbers) >= MIN_PICTURES and all(len(same) == 1 for same in numbers.values())
    }


def place_numbers(names: Sequence[str], fps: float) -> list[float]:
    """When each picture comes on screen, in seconds from the first; `names` by number.

    Numbers count in their smallest step; where one is missing, the picture before it stays. Numbers too
    sparse for that give the pictures' order alone.
    """
    numbers = [parts[1] for name in names if (parts := split_name(name))]
    step = min((later - sooner for sooner, later in pairwise(numbers)), default=1)
    places = [(number - numbers[0]) / step for number in numbers]
    if places and places[-1] >= SPARSE * len(places):
        places = [float(place) for place in range(len(places))]
    return [place / fps for place in places]
