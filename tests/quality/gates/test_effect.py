"""Changes that we made, on real files: seen where they are said to be, and refused where they cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dataclaw_assets.quality.gates.effect import check_effect
from dataclaw_assets.quality.gates.sampled import measure_pace, sample_clip
from dataclaw_assets.records import Claim, Clip, Piece
from resources.media import Picture
from resources.settings import Settings
from tests.builders import make_source
from tests.quality.gates.test_visible import scene, ship

SOURCE = make_source()
SETTINGS = Settings()


def strip(seed: int) -> Picture:
    """A smooth picture, wide enough to look at through a moving window."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (9, 64, 3), dtype=np.uint8)
    return np.kron(coarse, np.ones((16, 16, 1), dtype=np.uint8))


def pan(steps: list[float], seed: int = 1) -> list[Picture]:
    """A camera that moves right by so many pixels from frame to frame."""
    wide, at = strip(seed), np.cumsum([0.0, *steps])
    return [wide[:, int(x) : int(x) + 256] for x in at]


def clip_of(op: Any, stretch: tuple[float, float], speed: float = 1.0) -> Clip:
    pieces = (
        Piece(start_s=0, end_s=stretch[0]),
        Piece(op=op, start_s=stretch[0], end_s=stretch[0] + (stretch[1] - stretch[0]) * speed, speed=speed),
        Piece(start_s=20, end_s=26 - stretch[1]),
    )
    return Clip(source_id=SOURCE.source_id, pieces=pieces)


def find(folder: Path, frames: list[Picture], clip: Clip, value: Any, label: str | None = None) -> list[str]:
    file = ship(folder, frames, clip)
    claim = Claim(kind="made", value=value, label=label, clip=0)
    return [f.code for f in check_effect(clip, claim, file, sample_clip(file, SETTINGS), SETTINGS)]


STEADY = [2.0] * 71
FASTER = [2.0] * 23 + [6.0] * 24 + [2.0] * 24


@pytest.mark.parametrize(
    ("steps", "speed", "found"),
    [
        (FASTER, 3.0, []),
        (STEADY, 3.0, ["change_not_seen"]),
        (FASTER, 0.5, ["change_not_seen"]),
        ([0.0] * 71, 3.0, ["change_not_seen"]),
        ([6.0] * 12 + [2.0] * 11 + [6.0] * 24 + [2.0] * 24, 3.0, ["change_not_seen"]),
    ],
    ids=["faster", "no faster", "faster, not slower", "nothing moves", "also faster elsewhere"],
)
def test_another_pace_is_measured(tmp_path: Path, steps: list[float], speed: float, found: list[str]) -> None:
    assert find(tmp_path, pan(steps), clip_of("play", (2.0, 4.0), speed), [2.0, 4.0]) == found


@pytest.mark.parametrize(("steps", "found"), [(STEADY, []), (FASTER, ["looks_changed"])])
def test_an_untouched_clip_must_keep_its_pace(tmp_path: Path, steps: list[float], found: list[str]) -> None:
    clip = Clip(source_id=SOURCE.source_id, pieces=(Piece(start_s=0, end_s=6),))
    assert find(tmp_path, pan(steps), clip, None, "speed") == found


@pytest.mark.parametrize(
    ("frames", "found"),
    [(pan([8.0] * 71), []), ([scene(1)] * 24 + [scene(2)] * 48, ["looks_changed"])],
    ids=["moves", "cuts"],
)
def test_an_untouched_take_must_not_jump(tmp_path: Path, frames: list[Picture], found: list[str]) -> None:
    clip = Clip(source_id=SOURCE.source_id, pieces=(Piece(start_s=0, end_s=6),))
    assert find(tmp_path, frames, clip, None, "elsewhere") == found


def test_pace_is_in_pixels_of_the_frame(tmp_path: Path) -> None:
    clip = Clip(source_id=SOURCE.source_id, pieces=(Piece(start_s=0, end_s=3),))
    pace = measure_pace(ship(tmp_path, pan([4.0] * 35), clip), SETTINGS)
    assert np.median(pace) == pytest.approx(4.0, rel=0.25)


MIRRORED = [scene(1)] * 24 + [scene(1)[:, ::-1].copy()] * 24 + [scene(1)] * 24
LIKE_ITSELF = [np.concatenate([scene(1)[:, :128], scene(1)[:, :128][:, ::-1]], axis=1)] * 72


@pytest.mark.parametrize(
    ("frames", "found"),
    [(MIRRORED, set()), ([scene(1)] * 72, {"change_not_seen"}), (LIKE_ITSELF, {"change_not_seen"})],
    ids=["mirrored", "untouched", "symmetric"],
)
def test_a_mirrored_stretch_is_seen(tmp_path: Path, frames: list[Picture], found: set[str]) -> None:
    assert set(find(tmp_path, frames, clip_of("mirror", (2.0, 4.0)), [2.0, 4.0])) == found


@pytest.mark.parametrize(
    ("frames", "found"),
    [
        ([scene(1)] * 24 + [scene(2)] * 24 + [scene(1)] * 24, []),
        ([scene(1)] * 24 + [scene(2)] * 24 + [scene(3)] * 24, ["change_not_seen"]),
        ([scene(1)] * 72, ["change_not_seen"]),
        ([scene(1)] * 12 + [scene(2)] * 12 + [scene(3)] * 24 + [scene(1)] * 24, ["change_not_seen"]),
    ],
    ids=["put in", "not gone on", "nothing put in", "another jump"],
)
def test_a_stretch_of_other_footage_is_the_only_one(
    tmp_path: Path, frames: list[Picture], found: list[str]
) -> None:
    assert find(tmp_path, frames, clip_of("elsewhere", (2.0, 4.0)), [2.0, 4.0]) == found


@pytest.mark.parametrize(
    ("ahead", "found"), [(24, []), (0, ["change_not_seen"])], ids=["moved on", "did not"]
)
def test_what_a_freeze_replaces_must_have_moved(tmp_path: Path, ahead: int, found: list[str]) -> None:
    moving = pan([3.0] * 71)
    frames = moving[:24] + [moving[24]] * 24 + moving[24 + ahead : 48 + ahead]
    assert find(tmp_path, frames, clip_of("freeze", (2.0, 4.0)), [2.0, 4.0]) == found


@pytest.mark.parametrize(("steps", "found"), [([4.0] * 35, []), ([0.0] * 35, ["change_not_seen"])])
def test_what_is_played_backwards_must_move(tmp_path: Path, steps: list[float], found: list[str]) -> None:
    clip = Clip(source_id=SOURCE.source_id, pieces=(Piece(op="reverse", start_s=0, end_s=3),))
    assert find(tmp_path, pan(steps)[::-1], clip, [0.0, 3.0], "reverse") == found
