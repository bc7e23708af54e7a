"""Changes made to pictures: exactly what their recipe says, pixel for pixel; and clips cut with them."""

from __future__ import annotations

import numpy as np
import pytest

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.quality.gates.overlays import COLOURS
from dataclaw_assets.records import Clip, Edit, Piece, Shape, Source, Still
from dataclaw_assets.validated_exports.cut import cut_all
from dataclaw_assets.validated_exports.edits import OUTLINE, apply_edits, draw_shapes
from resources.media import Picture, read_image
from tests.validated_exports.builders import Deployment, decode_numbers, film

PICTURE = np.arange(6 * 9 * 3, dtype=np.uint8).reshape(6, 9, 3)
HALF = (0.0, 0.0, 1.0, 0.5)


def edit(picture: Picture, op: str, **fields: object) -> Picture:
    return apply_edits(picture, [Edit.model_validate({"op": op, **fields})])


@pytest.mark.parametrize(("rows", "columns"), [(2, 3), (3, 3), (2, 1)])
def test_tiles_go_where_the_order_says(rows: int, columns: int) -> None:
    order = tuple(reversed(range(rows * columns)))
    made = edit(PICTURE, "tiles", rows=rows, columns=columns, order=order)
    high, wide = 6 // rows, 9 // columns
    for place, tile in enumerate(order):
        row, column = divmod(place, columns)
        at_row, at_column = divmod(tile, columns)
        there = made[row * high : (row + 1) * high, column * wide : (column + 1) * wide]
        from_here = PICTURE[at_row * high : (at_row + 1) * high, at_column * wide : (at_column + 1) * wide]
        assert np.array_equal(there, from_here)


def test_pixels_that_do_not_divide_are_cut_off() -> None:
    made = edit(PICTURE, "tiles", rows=2, columns=2, order=(3, 2, 1, 0))
    assert made.shape == (6, 8, 3)


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 0, 1, 2), (1, 2, 3, 4)])
def test_an_order_that_is_none_is_refused(order: tuple[int, ...]) -> None:
    with pytest.raises(UnreadableSource, match="bad_tiles"):
        edit(PICTURE, "tiles", rows=2, columns=2, order=order)


def test_a_crop_keeps_its_region_alone() -> None:
    made = edit(PICTURE, "crop", region=(1 / 3, 0.5, 1.0, 1.0))
    assert np.array_equal(made, PICTURE[3:, 3:])


def test_a_region_of_no_size_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="empty_region"):
        edit(PICTURE, "crop", region=(0.5, 0.5, 0.5, 1.0))


def test_edits_follow_one_another() -> None:
    steps = [Edit(op="crop", region=HALF), Edit(op="mirror")]
    assert np.array_equal(apply_edits(PICTURE, steps), PICTURE[:3, ::-1])


@pytest.mark.parametrize(
    ("op", "right"),
    [
        ("mirror", PICTURE[:, ::-1]),
        ("flip", PICTURE[::-1]),
        ("rotate_180", PICTURE[::-1, ::-1]),
        ("rotate_90", np.rot90(PICTURE, -1)),
        ("invert", 255 - PICTURE),
    ],
)
def test_a_whole_picture_is_turned(op: str, right: Picture) -> None:
    assert np.array_equal(edit(PICTURE, op), right)


def test_outside_its_region_an_edit_changes_nothing() -> None:
    made = edit(PICTURE, "invert", region=HALF)
    assert np.array_equal(made[3:], PICTURE[3:])
    assert np.array_equal(made[:3], 255 - PICTURE[:3])


def test_an_outline_is_drawn_within_its_region() -> None:
    ground = np.zeros((60, 90, 3), np.uint8)
    made = edit(ground, "outline", region=(1 / 3, 0.5, 2 / 3, 1.0))
    rows, columns = np.nonzero((made == OUTLINE).all(axis=-1))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (30, 59, 30, 59)
    assert not made[34:56, 34:56].any()


GROUND = np.full((100, 200, 3), 120, np.uint8)


def ball(form: str = "circle", **fields: float) -> Shape:
    given = {"x": 0.25, "y": 0.5, "size": 0.4, "start_s": 1.0, "end_s": 2.0} | fields
    return Shape.model_validate({"form": form, "colour": "blue", **given})


@pytest.mark.parametrize(("time_s", "there"), [(0.99, False), (1.0, True), (1.99, True), (2.0, False)])
def test_a_shape_is_there_from_its_start_until_its_end(time_s: float, there: bool) -> None:
    made = draw_shapes(GROUND, [ball()], time_s)
    assert (tuple(made[50, 50]) == COLOURS["blue"]) == there


@pytest.mark.parametrize(("form", "share"), [("circle", np.pi / 4), ("square", 1.0), ("triangle", 0.5)])
def test_a_shape_has_its_form_size_and_place(form: str, share: float) -> None:
    painted = (draw_shapes(GROUND, [ball(form)], 1.5) == COLOURS["blue"]).all(axis=-1)
    rows, columns = np.nonzero(painted)
    assert columns.mean() == pytest.approx(50, abs=1)
    assert np.ptp(columns) == pytest.approx(40, abs=2)
    assert np.ptp(rows) == pytest.approx(40, abs=2)
    assert painted.sum() == pytest.approx(share * 40**2, rel=0.1)


def test_the_frame_under_a_shape_is_left_alone() -> None:
    before = GROUND.copy()
    draw_shapes(GROUND, [ball()], 1.5)
    assert np.array_equal(GROUND, before)


def cut_numbers(deployment: Deployment, source: Source, piece: Piece) -> list[int]:
    clip = Clip(source_id=source.source_id, pieces=(piece,))
    cut = cut_all(deployment.home, {source.source_id: source}, [clip], {}).find(clip)
    assert not isinstance(cut, str)
    return decode_numbers(deployment.home.store.fetch(cut.key))


@pytest.mark.parametrize(("speed", "frames"), [(2.0, 12), (0.5, 48)])
def test_another_pace_shows_the_same_stretch_in_another_time(
    deployment: Deployment, speed: float, frames: int
) -> None:
    source = film(deployment.landing)
    numbers = cut_numbers(deployment, source, Piece(start_s=1.0, end_s=3.0, speed=speed))
    assert len(numbers) == frames
    assert numbers == [int(10 + 10 * speed * step / 12 + 1e-6) for step in range(frames)]


def test_a_reversed_piece_shows_its_frames_backwards(deployment: Deployment) -> None:
    source = film(deployment.landing)
    forth = cut_numbers(deployment, source, Piece(start_s=1.0, end_s=3.0))
    assert cut_numbers(deployment, source, Piece(op="reverse", start_s=1.0, end_s=3.0)) == forth[::-1]


def test_a_still_is_shipped_in_tiles(deployment: Deployment) -> None:
    source = film(deployment.landing)
    tiles = Edit(op="tiles", rows=2, columns=2, order=(3, 2, 1, 0))
    plain = Still(source_id=source.source_id, time_s=1.0)
    media = [plain, plain.model_copy(update={"edits": (tiles,)})]
    cuts = cut_all(deployment.home, {source.source_id: source}, media, {})
    files = [cuts.find(medium) for medium in media]
    whole, shuffled = (
        read_image(deployment.home.store.fetch(file.key)) for file in files if not isinstance(file, str)
    )
    again = apply_edits(shuffled, [tiles])
    assert np.abs(again.astype(int) - whole.astype(int)).mean() < 6
