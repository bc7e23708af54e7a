"""Which files of a folder are a numbered sequence, and when each picture is shown."""

from __future__ import annotations

import pytest

from dataclaw_assets.raw_sources.formats.stills import MIN_PICTURES, find_sequences, place_numbers, split_name

NAMES = [f"shot_{number:04d}.png" for number in range(12)]


def test_names_that_differ_in_their_number_are_a_sequence() -> None:
    assert find_sequences(reversed(NAMES)) == {("shot_", ".png"): NAMES}


def test_numbers_count_and_not_letters() -> None:
    names = [f"{number}.jpg" for number in range(1, 13)]
    assert find_sequences(sorted(names))["", ".jpg"] == names


def test_a_few_pictures_are_no_sequence() -> None:
    assert find_sequences(NAMES[: MIN_PICTURES - 1]) == {}


def test_two_cameras_in_one_folder_are_two_sequences() -> None:
    names = [f"{side}_{number:03d}.jpg" for side in ("left", "right") for number in range(9)]
    assert set(find_sequences(names)) == {("left_", ".jpg"), ("right_", ".jpg")}


def test_one_number_twice_is_no_sequence() -> None:
    assert find_sequences([*NAMES, "shot_3.png"]) == {}


@pytest.mark.parametrize(
    "name",
    [
        "IMG_0001.jpg",
        "DSC00012.JPG",
        "PXL_20240102_030405.jpg",
        "P1010001.jpg",
        "frame.png",
        "a1.txt",
        "7",
        ".png",
    ],
)
def test_single_photographs_and_other_files_are_not_numbered_stills(name: str) -> None:
    assert split_name(name) is None


def test_a_missing_number_leaves_the_picture_before_it_on_screen() -> None:
    names = [name for name in NAMES if name != "shot_0005.png"]
    times = place_numbers(names, 10.0)
    assert times[4:6] == pytest.approx([0.4, 0.6])


def test_numbers_count_in_their_own_step() -> None:
    assert place_numbers([f"{10 * number}.png" for number in range(9)], 10.0)[3] == pytest.approx(0.3)


def test_sparse_numbers_give_the_order_alone() -> None:
    names = [f"{number}.png" for number in (1, 2, 50, 900, 901, 1000, 2000, 3000)]
    assert place_numbers(names, 1.0) == [float(place) for place in range(8)]
