"""robomimic demonstrations: what the file states, and every way in which it may try to lead out of itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.robot import hdf5, robomimic
from dataclaw_assets.raw_sources.formats.robot.episode import Episode, Span
from dataclaw_assets.raw_sources.formats.robot.robomimic import (
    Demo,
    looks_like_robomimic,
    read_demos,
    read_episode,
)
from tests.fuzzing import TIMES
from tests.raw_sources.formats.robot.made_robomimic import FRAMES, write_demos

Edit = Callable[[Any], None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_demos(tmp_path / "demo.hdf5")


def change(path: Path, edit: Edit) -> Path:
    with h5py.File(path, "r+") as root:
        edit(root)
    return path


def replace(name: str, **dataset: Any) -> Edit:
    """An edit that puts another dataset in the place of one of the first demonstration."""

    def edit(root: Any) -> None:
        del root[f"data/demo_0/{name}"]
        root.create_dataset(f"data/demo_0/{name}", **dataset)

    return edit


def state_names(episode: Episode) -> tuple[str, ...]:
    assert episode.state is not None
    return episode.state.names


def reasons(path: Path) -> list[str | None]:
    return [found.reason if isinstance(found, UnreadableSource) else None for _, found in read_demos(path)]


def test_state_is_what_was_observed_the_robot_first(path: Path) -> None:
    episode = read_episode(path, 0)
    assert episode.state is not None
    assert episode.state.names[:3] == ("robot0_eef_pos.x", "robot0_eef_pos.y", "robot0_eef_pos.z")
    assert episode.state.names[-2:] == ("object.0", "object.1")
    assert np.allclose(episode.state.values[:, 0], np.linspace(0, 1, FRAMES))


def test_finger_that_runs_the_other_way_has_no_name(path: Path) -> None:
    assert state_names(read_episode(path, 0))[3:5] == ("robot0_gripper_qpos.0", "")


def test_actions_are_numbered(path: Path) -> None:
    action = read_episode(path, 0).action
    assert action is not None
    assert action.names == ("actions.0", "actions.1")


def test_times_are_frames_at_the_control_frequency(path: Path) -> None:
    episode = read_episode(path, 0)
    assert np.allclose(episode.times, np.arange(FRAMES) / 25)
    assert not episode.timed


def test_rate_that_is_not_stated_is_said_to_be_assumed(path: Path) -> None:
    change(path, lambda root: root["data"].attrs.__delitem__("env_args"))
    episode = read_episode(path, 0)
    assert episode.times[1] == pytest.approx(0.05)
    assert "the file states no rate: times are frames at 20 Hz" in episode.notes


@pytest.mark.parametrize("rate", [0, -5, 1e9, "25", True, None])
def test_rate_that_cannot_be_is_not_believed(path: Path, rate: Any) -> None:
    arguments = json.dumps({"env_kwargs": {"control_freq": rate}})
    change(path, lambda root: root["data"].attrs.__setitem__("env_args", arguments))
    assert read_episode(path, 0).times[1] == pytest.approx(0.05)


def test_instruction_is_the_demonstrations_own(path: Path) -> None:
    assert read_episode(path, 0).instructions == (Span(0, FRAMES, "lift the cube"),)


def test_instruction_is_found_in_the_files_problem(path: Path) -> None:
    def edit(root: Any) -> None:
        del root["data/demo_0"].attrs["lang"]
        root["data"].attrs["problem_info"] = json.dumps({"language_instruction": "open the drawer"})

    assert read_episode(change(path, edit), 0).instructions == (Span(0, FRAMES, "open the drawer"),)


def test_secrets_in_an_instruction_are_taken_out(path: Path) -> None:
    text = "type ghp_0123456789abcdefghij"
    change(path, lambda root: root["data/demo_0"].attrs.__setitem__("lang", text))
    assert read_episode(path, 0).instructions[0].text == "type [redacted]"


@pytest.mark.parametrize(
    ("rewards", "success"),
    [([0, 0, 0, 0, 1, 1], True), ([0] * 6, None), ([0, 0, 0, 1, 0, 0], None), ([0.1] * 6, None), ([1], None)],
)
def test_success_is_a_sparse_reward_at_the_end(
    path: Path, rewards: list[float], success: bool | None
) -> None:
    change(path, replace("rewards", data=np.array(rewards, dtype=np.float64)))
    assert read_episode(path, 0).success is success


def test_flag_of_success_comes_before_rewards(path: Path) -> None:
    change(path, lambda root: root["data/demo_0"].attrs.__setitem__("success", np.bool_(False)))
    assert read_episode(path, 0).success is False


def test_pictures_are_counted_not_read(path: Path) -> None:
    (_, found), *_ = read_demos(path)
    assert isinstance(found, Demo)
    assert (found.images, found.environment) == (FRAMES, "Lift")


def test_demonstrations_are_in_order_of_their_numbers(tmp_path: Path) -> None:
    path = write_demos(tmp_path / "many.hdf5", demos=12)
    assert [number for number, _ in read_demos(path)] == list(range(12))


def test_number_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(UnreadableSource, match="missing_part: demo_7"):
        read_episode(path, 7)


def test_values_that_are_not_finite_are_left_out_with_a_note(path: Path) -> None:
    change(path, replace("obs/object", data=np.full((FRAMES, 2), np.nan)))
    episode = read_episode(path, 0)
    assert "object.0" not in state_names(episode)
    assert "object holds values that are not finite: left out" in episode.notes


def test_groups_among_the_observations_are_left_out(path: Path) -> None:
    change(path, lambda root: root.create_group("data/demo_0/obs/" + "/".join("a" * 300)))
    episode = read_episode(path, 0)
    assert "obs/a is no dataset: left out" in episode.notes


def test_types_among_the_observations_are_left_out(path: Path) -> None:
    change(path, lambda root: root["data/demo_0/obs"].__setitem__("kind", np.dtype("f8")))
    assert "obs/kind is no dataset: left out" in read_episode(path, 0).notes


def _external_link(root: Any) -> None:
    del root["data/demo_0/obs/object"]
    root["data/demo_0/obs/object"] = h5py.ExternalLink("/etc/passwd", "/x")


def _soft_link(root: Any) -> None:
    del root["data/demo_0/obs/object"]
    root["data/demo_0/obs/object"] = h5py.SoftLink("/data/demo_1/obs/object")


def _virtual(root: Any) -> None:
    layout = h5py.VirtualLayout(shape=(FRAMES, 2), dtype="f8")
    layout[:] = h5py.VirtualSource("other.hdf5", "x", shape=(FRAMES, 2))
    del root["data/demo_0/obs/object"]
    root["data/demo_0/obs"].create_virtual_dataset("object", layout)


def _unknown_filter(root: Any) -> None:
    create = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    create.set_chunk((FRAMES, 2))
    create.set_filter(32015, h5py.h5z.FLAG_OPTIONAL, ())
    space = h5py.h5s.create_simple((FRAMES, 2))
    del root["data/demo_0/obs/object"]
    h5py.h5d.create(root["data/demo_0/obs"].id, b"object", h5py.h5t.NATIVE_DOUBLE, space, create)


def _swelling_chunk(root: Any) -> None:
    replace("obs/object", shape=(FRAMES, 2), dtype="f8", chunks=(FRAMES, 2), compression="gzip")(root)
    root["data/demo_0/obs/object"].id.write_direct_chunk((0, 0), bytes(100_000))


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(_external_link, id="a link to another file"),
        pytest.param(_soft_link, id="a soft link"),
        pytest.param(_virtual, id="a virtual dataset"),
        pytest.param(
            replace("obs/object", shape=(FRAMES, 2), dtype="f8", external=[("/etc/passwd", 0, 96)]),
            id="data in another file",
        ),
        pytest.param(
            replace("obs/object", shape=(FRAMES,), dtype=h5py.vlen_dtype("u1")),
            id="objects of any length",
        ),
        pytest.param(replace("obs/object", data=np.array([b"x"] * FRAMES)), id="text"),
        pytest.param(_unknown_filter, id="a filter of a plug-in"),
        pytest.param(_swelling_chunk, id="a stored chunk larger than its data"),
    ],
)
def test_hostile_item_costs_its_demonstration_only(path: Path, edit: Edit) -> None:
    assert reasons(change(path, edit)) == ["hostile_file", None]


def test_link_for_the_data_is_refused(path: Path) -> None:
    def edit(root: Any) -> None:
        del root["data"]
        root["data"] = h5py.ExternalLink("other.hdf5", "/data")

    assert looks_like_robomimic(change(path, edit))
    with pytest.raises(UnreadableSource, match="hostile_file: data is a link"):
        list(read_demos(path))


def test_dataset_that_says_it_is_huge_is_refused_unread(path: Path) -> None:
    change(
        path, replace("obs/object", shape=(FRAMES, 1 << 40), dtype="f8", chunks=(1, 64), compression="gzip")
    )
    assert reasons(path) == ["too_large", None]


def test_chunk_larger_than_its_dataset_is_refused_unread(path: Path) -> None:
    change(
        path,
        replace("obs/object", shape=(FRAMES, 2), maxshape=(None, 2), dtype="f8", chunks=(1 << 24, 2)),
    )
    assert reasons(path) == ["too_large", None]


@pytest.mark.parametrize(
    ("edit", "detail"),
    [
        (lambda root: root["data/demo_0"].attrs.__setitem__("num_samples", 99), "num_samples says 99"),
        (replace("obs/object", data=np.zeros((3, 2))), "obs/object has 3 frames of 6"),
        (replace("actions", data=np.zeros((0, 2))), "num_samples says 6, actions hold 0"),
    ],
)
def test_lengths_that_disagree_are_refused(path: Path, edit: Edit, detail: str) -> None:
    with pytest.raises(UnreadableSource, match=f"bad_episode: {detail}"):
        read_episode(change(path, edit), 0)


def test_group_that_holds_itself_ends(path: Path) -> None:
    def edit(root: Any) -> None:
        del root["data/demo_0"]
        root["data/demo_0"] = root["data"]

    assert reasons(change(path, edit)) == ["bad_episode", None]


def test_demonstrations_beyond_the_limit_are_one_row(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robomimic, "MAX_DEMOS", 1)
    assert reasons(path) == [None, "too_many"]


def test_attribute_that_is_too_large_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hdf5, "MAX_ATTRIBUTE_BYTES", 4)
    change(path, lambda root: root["data/demo_0"].attrs.__setitem__("lang", np.bytes_(b"lift it")))
    assert read_episode(path, 0).instructions == ()


def test_file_cut_short_is_truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:2000])
    assert looks_like_robomimic(path)
    with pytest.raises(UnreadableSource, match="truncated: HDF5 file of"):
        list(read_demos(path))


def test_file_without_demonstrations_is_none(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.hdf5", "w") as root:
        root["data/other"] = 1
    with pytest.raises(UnreadableSource, match="no_reader"):
        list(read_demos(tmp_path / "a.hdf5"))


def test_data_that_is_no_group_is_none(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.hdf5", "w") as root:
        root["data"] = [1, 2, 3]
    with pytest.raises(UnreadableSource, match="no_reader"):
        list(read_demos(tmp_path / "a.hdf5"))


def test_real_file_says_what_its_labels_say(shared_footage: Path) -> None:
    path = shared_footage / "robot" / "fetch_pick_place_robomimic.hdf5"
    truth = json.loads(path.with_suffix(".truth.json").read_text())["demos"]["demo_0"]
    episode = read_episode(path, 0)
    assert episode.instructions == (Span(0, truth["frames"], truth["instruction"]),)
    assert episode.success is truth["success"]
    assert episode.state is not None
    assert np.allclose(episode.state.values[0, 4:7], truth["object_start"], atol=1e-3)
    assert state_names(episode)[3] == "robot0_gripper_opening"


@given(st.lists(st.tuples(st.integers(0, 1 << 30), st.integers(0, 255)), min_size=1, max_size=6))
@settings(max_examples=150 * TIMES, deadline=None)
def test_damaged_files_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.hdf5"
    # Text of a fixed length: a damaged heap of texts can hold the library for ever, which a deadline ends.
    data = bytearray(write_demos(path, demos=1, text=np.bytes_).read_bytes())
    for at, byte in edits:
        data[at % len(data)] = byte
    path.write_bytes(data)
    try:
        for _, found in read_demos(path):
            assert isinstance(found, Demo | UnreadableSource)
    except UnreadableSource:
        return
