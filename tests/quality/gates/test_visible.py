"""The visible gate on real files: what a trainer's sampling shows decides, not what the recipe says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dataclaw_assets.quality.gates.contract import CutMedia, Facts
from dataclaw_assets.quality.gates.visible import check_cut_visible, check_visible
from dataclaw_assets.records import Claim, Clip, Draft, Media, Piece, Still, Verifier
from resources.media import Picture, write_clip
from resources.settings import Settings
from tests.builders import make_source

SOURCE = make_source()
FPS = 12.0


def scene(seed: int, shift: int = 0) -> Picture:
    """A random smooth picture, moved sideways by `shift` pixels."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (9, 16, 3), dtype=np.uint8)
    return np.roll(np.kron(coarse, np.ones((16, 16, 1), dtype=np.uint8)), shift, axis=1)


def ship(folder: Path, pictures: list[Picture], medium: Media) -> CutMedia:
    path = folder / "clip.mp4"
    write_clip(path, pictures, FPS)
    height, width = pictures[0].shape[:2]
    return CutMedia(medium, path, width, height, len(pictures) / FPS, len(pictures))


def ship_still(folder: Path, picture: Picture, still: Still) -> CutMedia:
    from PIL import Image

    path = folder / f"{still.label}.png"
    Image.fromarray(picture).save(path)
    return CutMedia(still, path, picture.shape[1], picture.shape[0], None, None)


def draft_of(clip: Clip, *claims: Claim, stills: tuple[Still, ...] = ()) -> Draft:
    payload: dict[str, Any] = {"question": "q", "answer": "a"}
    return Draft(
        task_type="visual_puzzle",
        template="t",
        source_id=SOURCE.source_id,
        payload=payload,
        evidence=claims,
        media=(clip, *stills),
        verifier=Verifier(kind="text", value="a"),
    )


def play(duration_s: float) -> Clip:
    return Clip(source_id=SOURCE.source_id, pieces=(Piece(start_s=0, end_s=duration_s),))


def codes(draft: Draft, cut: list[CutMedia | str]) -> list[str]:
    return [finding.code for finding in check_cut_visible(draft, cut, Settings())]


STILL = Still(source_id=SOURCE.source_id, time_s=3.1, label="A")
TWO_SCENES = [scene(1)] * 24 + [scene(2)] * 24


@pytest.mark.parametrize(
    ("claim", "picture", "found"),
    [
        (Claim(kind="interval", value=[2.0, 4.0], label="A", clip=0), scene(2), []),
        (Claim(kind="interval", value=[2.0, 4.0], label="A", clip=0), scene(3), ["not_seen"]),
        (Claim(kind="interval", value=[0.0, 2.0], label="A", clip=0), scene(2), ["seen_elsewhere"]),
        (Claim(kind="absent", label="A", clip=0), scene(3), []),
        (Claim(kind="absent", label="A", clip=0), scene(1), ["seen_though_absent"]),
    ],
    ids=["true", "another picture", "wrong half", "truly absent", "there after all"],
)
def test_a_still_is_seen_when_it_is_said_to_be(
    tmp_path: Path, claim: Claim, picture: Picture, found: list[str]
) -> None:
    clip = play(4.0)
    draft = draft_of(clip, claim, stills=(STILL,))
    cut: list[CutMedia | str] = [ship(tmp_path, TWO_SCENES, clip), ship_still(tmp_path, picture, STILL)]
    assert codes(draft, cut) == found


def changed_clip(op: Any) -> Clip:
    pieces = (
        Piece(start_s=0, end_s=2),
        Piece(op=op, start_s=2, end_s=4),
        Piece(start_s=4, end_s=6),
    )
    return Clip(source_id=SOURCE.source_id, pieces=pieces)


def moving(count: int) -> list[Picture]:
    return [scene(1, shift=3 * frame) for frame in range(count)]


def test_a_frozen_stretch_is_seen(tmp_path: Path) -> None:
    frames = moving(72)
    frames[24:48] = [frames[24]] * 24
    clip = changed_clip("freeze")
    draft = draft_of(clip, Claim(kind="made", value=[2.0, 4.0], clip=0))
    assert codes(draft, [ship(tmp_path, frames, clip)]) == []


@pytest.mark.parametrize("frames", [moving(72), [scene(1)] * 72], ids=["never frozen", "always still"])
def test_a_freeze_that_nobody_can_see_is_found(tmp_path: Path, frames: list[Picture]) -> None:
    clip = changed_clip("freeze")
    draft = draft_of(clip, Claim(kind="made", value=[2.0, 4.0], clip=0))
    assert codes(draft, [ship(tmp_path, frames, clip)]) == ["change_not_seen"]


@pytest.mark.parametrize(
    ("frames", "found"), [(moving(72), []), ([scene(1)] * 72, ["looks_changed"])], ids=["moves", "pauses"]
)
def test_footage_that_pauses_by_itself_is_not_called_unfrozen(
    tmp_path: Path, frames: list[Picture], found: list[str]
) -> None:
    clip = play(6.0)
    draft = draft_of(clip, Claim(kind="made", label="freeze", clip=0))
    assert codes(draft, [ship(tmp_path, frames, clip)]) == found


@pytest.mark.parametrize(
    ("rest", "found"), [((0, 0), []), ((30, 48), ["moment_lasts"])], ids=["moves on", "rests"]
)
def test_no_single_time_is_right_where_something_rests(
    tmp_path: Path, rest: tuple[int, int], found: list[str]
) -> None:
    frames = [scene(frame // 3) for frame in range(72)]
    frames[slice(*rest)] = [frames[37]] * (rest[1] - rest[0])
    clip = play(6.0)
    draft = draft_of(clip, Claim(kind="time", value=3.1, label="A", clip=0), stills=(STILL,))
    draft = draft.model_copy(update={"template": "find_moment"})
    cut: list[CutMedia | str] = [ship(tmp_path, frames, clip), ship_still(tmp_path, frames[37], STILL)]
    assert codes(draft, cut) == found


def test_a_turned_stretch_is_seen(tmp_path: Path) -> None:
    frames = [scene(1)] * 72
    frames[24:48] = [scene(1)[::-1, ::-1].copy()] * 24
    clip = changed_clip("rotate_180")
    draft = draft_of(clip, Claim(kind="made", value=[2.0, 4.0], clip=0))
    assert codes(draft, [ship(tmp_path, frames, clip)]) == []


def test_turning_what_looks_the_same_upside_down_is_found(tmp_path: Path) -> None:
    flat = [np.full((144, 256, 3), 90, dtype=np.uint8)] * 72
    clip = changed_clip("rotate_180")
    draft = draft_of(clip, Claim(kind="made", value=[2.0, 4.0], clip=0))
    assert set(codes(draft, [ship(tmp_path, flat, clip)])) == {"change_not_seen"}


@pytest.mark.parametrize(
    ("span", "still_s", "found"),
    [
        ([2.0, 4.0], 3.1, []),
        ([2.1, 2.9], 2.6, ["too_short_to_see"]),
        ([2.0, 4.0], 3.0, ["on_the_grid"]),
    ],
    ids=["seen", "between two samples", "is a sample"],
)
def test_evidence_must_survive_the_sampling(span: list[float], still_s: float, found: list[str]) -> None:
    still = STILL.model_copy(update={"time_s": still_s})
    draft = draft_of(play(6.0), Claim(kind="interval", value=span, label="A", clip=0), stills=(still,))
    facts = Facts(SOURCE, {}, type(draft), lambda draft: None, Settings())
    assert [finding.code for finding in check_visible(draft, facts)] == found
