"""Jigsaws, clips and lines on real files: fit in one way only, or are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dataclaw_assets.quality.gates.contract import CutMedia
from dataclaw_assets.quality.gates.puzzled import check_pictures
from dataclaw_assets.quality.gates.visible import check_cut_visible
from dataclaw_assets.records import Claim, Clip, Draft, Edit, Media, Piece, Still, Verifier
from dataclaw_assets.validated_exports.edits import apply_edits
from resources.media import Picture
from resources.settings import Settings
from tests.builders import make_source
from tests.quality.gates.test_effect import pan
from tests.quality.gates.test_visible import ship, ship_still

SOURCE = make_source()
TILES = Edit(op="tiles", rows=2, columns=2, order=(2, 0, 3, 1))


def landscape(seed: int) -> Picture:
    """A picture in which everything goes over into what is beside it, and no two parts are alike."""
    import cv2

    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (5, 7, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (256, 192), interpolation=cv2.INTER_CUBIC), np.uint8)


def draft_of(media: tuple[Media, ...], *claims: Claim, order: list[str] | None = None) -> Draft:
    verifier = Verifier(kind="permutation", value=order) if order else Verifier(kind="text", value="a")
    return Draft(
        task_type="visual_puzzle",
        template="order_clips" if order else "t",
        source_id=SOURCE.source_id,
        payload={},
        evidence=claims,
        media=media,
        verifier=verifier,
    )


def halves(left: Picture) -> Picture:
    return np.concatenate([left[:, :128], left[:, :128]], axis=1)


@pytest.mark.parametrize(
    ("picture", "found"),
    [
        (landscape(1), []),
        (np.full((192, 256, 3), 120, np.uint8), ["tiles_alike"]),
        (halves(landscape(1)), ["tiles_alike"]),
        (np.random.default_rng(1).integers(0, 255, (192, 256, 3), dtype=np.uint8), ["tiles_alike"]),
    ],
    ids=["landscape", "blank", "two halves alike", "noise"],
)
def test_tiles_can_be_told_apart_and_put_back(tmp_path: Path, picture: Picture, found: list[str]) -> None:
    still = Still(source_id=SOURCE.source_id, time_s=1.0, edits=(TILES,))
    file = ship_still(tmp_path, apply_edits(picture, [TILES]), still)
    assert [f.code for f in check_pictures(draft_of((still,)), [file])] == found


@pytest.mark.parametrize(
    ("box", "found"),
    [([0.4, 0.4, 0.6, 0.5], []), ([0.0, 0.7, 0.2, 0.9], ["line_not_seen"])],
    ids=["printed there", "nothing there"],
)
def test_something_is_printed_where_a_line_is_said_to_be(
    tmp_path: Path, box: list[float], found: list[str]
) -> None:
    page = np.full((200, 200, 3), 240, np.uint8)
    page[85:95, 85:115:3] = 10
    still = Still(source_id=SOURCE.source_id, time_s=1.0)
    claims = [Claim(kind="text", value="Harbour"), Claim(kind="box", value=box)]
    file = ship_still(tmp_path, page, still)
    assert [f.code for f in check_pictures(draft_of((still,), *claims), [file])] == found


@pytest.mark.parametrize(
    ("box", "found"),
    [
        ([0.2, 0.4, 0.6, 0.5], []),
        ([0.1, 0.3, 0.7, 0.6], ["box_not_tight"]),
        ([0.2, 0.72, 0.6, 0.82], ["box_not_tight"]),
    ],
    ids=["fits", "too large", "over the border of a field"],
)
def test_the_box_asked_for_fits_what_is_printed(tmp_path: Path, box: list[float], found: list[str]) -> None:
    page = np.full((400, 400, 3), 240, np.uint8)
    for top in (160, 290):
        page[top : top + 40, 80:240] = 10
        page[top + 5 : top + 35, 85:235] = 240
        page[top + 10 : top + 30, 90:230:4] = 10
    page[284:400, 60:62] = page[284:286, 60:380] = page[310:312, 60:380] = 10
    still = Still(source_id=SOURCE.source_id, time_s=1.0)
    claims = [Claim(kind="text", value="Harbour"), Claim(kind="box", value=box)]
    draft = draft_of((still,), *claims).model_copy(update={"template": "find_line"})
    assert [f.code for f in check_pictures(draft, [ship_still(tmp_path, page, still)])] == found


def cut_up(folder: Path, frames: list[Picture], names: str) -> tuple[list[Media], list[CutMedia | str]]:
    media: list[Media] = []
    files: list[CutMedia | str] = []
    for number, name in enumerate(names):
        piece = Piece(start_s=number * 25 / 12, end_s=(number + 1) * 25 / 12)
        clip = Clip(source_id=SOURCE.source_id, label=name, pieces=(piece,))
        (folder / name).mkdir()
        media.append(clip)
        files.append(ship(folder / name, frames[25 * number : 25 * (number + 1)], clip))
    return media, files


@pytest.mark.parametrize(
    ("step", "order", "found"),
    [(4.0, "BAC", []), (4.0, "CAB", ["order_open"]), (0.0, "BAC", ["order_open"])],
    ids=["as it moves", "another order", "nothing moves"],
)
def test_clips_go_on_in_one_another_in_one_order_only(
    tmp_path: Path, step: float, order: str, found: list[str]
) -> None:
    media, files = cut_up(tmp_path, pan([step] * 74), "BAC")
    claims = [
        Claim(kind="interval", value=[0.0, 2.083], label=name, clip=place) for place, name in enumerate("BAC")
    ]
    draft = draft_of(tuple(media), *claims, order=list(order))
    assert [f.code for f in check_cut_visible(draft, files, Settings())] == found
