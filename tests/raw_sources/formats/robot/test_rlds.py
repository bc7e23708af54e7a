"""RLDS episodes: what `features.json` states is read, nothing else is believed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataclaw_assets.errors import UnreadableSource
from dataclaw_assets.raw_sources.formats.robot.episode import Episode, Span
from dataclaw_assets.raw_sources.formats.robot.rlds import Recorded, read_episode, read_recorded
from dataclaw_assets.raw_sources.formats.robot.rlds_features import Leaf, read_features
from tests.fuzzing import TIMES
from tests.raw_sources.formats.robot.made_tfrecords import (
    Values,
    episode,
    example,
    features_document,
    frame,
    named,
    tensor,
    write_dataset,
)


def read_one(folder: Path, features: dict[str, Values], document: dict[str, Any] | None = None) -> Episode:
    (path,) = write_dataset(folder, [[features]])
    if document is not None:
        (folder / "features.json").write_text(json.dumps(document))
    return read_episode(path, 0, folder / "features.json")


def test_state_and_action_are_cut_into_steps(tmp_path: Path) -> None:
    read = read_one(tmp_path, episode(steps=4))
    assert read.state is not None
    assert read.action is not None
    assert (read.state.names, read.action.names) == (("state[0]", "state[1]"), ("action",))
    assert read.state.values.tolist() == [[0, 0.125], [0.25, 0.375], [0.5, 0.625], [0.75, 0.875]]
    assert read.action.values.tolist() == [[0], [1], [2], [3]]


def test_it_has_no_clock(tmp_path: Path) -> None:
    read = read_one(tmp_path, episode(steps=3))
    assert (read.times.tolist(), read.timed) == ([0, 1, 2], False)
    assert "step numbers" in read.notes[0]


def test_instruction_spans_the_steps_that_share_it(tmp_path: Path) -> None:
    said: list[bytes] = [b"open", b"open", b"", b"close\n it"]
    read = read_one(tmp_path, episode(more={"steps/language_instruction": said}))
    assert read.instructions == (Span(0, 2, "open"), Span(3, 4, "close it"))


def test_instruction_of_another_name_is_found(tmp_path: Path) -> None:
    features = episode(more={"steps/observation/natural_language_instruction": [b"pick the can"] * 4})
    del features["steps/language_instruction"]
    assert read_one(tmp_path, features).instructions == (Span(0, 4, "pick the can"),)


def test_secrets_in_an_instruction_are_taken_out(tmp_path: Path) -> None:
    read = read_one(tmp_path, episode(said="use ghp_0123456789abcdefghij now"))
    assert read.instructions[0].text == "use [redacted] now"


@pytest.mark.parametrize(("flag", "success"), [([1], True), ([0], False), ([2], None), ([b"yes"], None)])
def test_success_is_the_flag_of_the_metadata(tmp_path: Path, flag: Values, success: bool | None) -> None:
    assert read_one(tmp_path, episode(more={"episode_metadata/success": flag})).success is success


def test_reward_is_no_success(tmp_path: Path) -> None:
    assert read_one(tmp_path, episode(more={"steps/reward": [0.0, 0.0, 0.0, 1.0]})).success is None


def test_objects_come_after_the_robot(tmp_path: Path) -> None:
    document = features_document(observation=named({"block_pos": tensor(1), "gripper": tensor()}))
    more: dict[str, Values] = {
        "steps/observation/block_pos": [9.0] * 4,
        "steps/observation/gripper": [1.0] * 4,
    }
    state = read_one(tmp_path, episode(more=more), document).state
    assert state is not None
    assert state.names == ("gripper", "block_pos")


def test_wide_features_are_left_out_with_a_note(tmp_path: Path) -> None:
    observation = named({"state": tensor(2), "vector": tensor(512)})
    more: dict[str, Values] = {"steps/observation/vector": [0.0] * 2048}
    read = read_one(tmp_path, episode(more=more), features_document(observation=observation))
    assert read.state is not None
    assert read.state.names == ("state[0]", "state[1]")
    assert "steps/observation/vector is not read as channels: left out" in read.notes


def test_values_that_are_not_finite_are_left_out_with_a_note(tmp_path: Path) -> None:
    read = read_one(tmp_path, episode(more={"steps/observation/state": [float("nan")] * 8}))
    assert read.state is None
    assert "steps/observation/state holds values that are not finite: left out" in read.notes


@pytest.mark.parametrize(
    ("more", "detail"),
    [
        pytest.param({"steps/action": [1.0] * 3}, "steps/action: 3 values", id="a short list"),
        pytest.param({"steps/action": [b"x"] * 4}, "steps/action: 0 values", id="bytes for numbers"),
        pytest.param({"steps/is_last": [1] * 9}, "differ in steps", id="two counts of steps"),
        pytest.param({"steps/language_instruction": [b"x"]}, "1 texts for 4 steps", id="a missing text"),
    ],
)
def test_features_that_disagree_are_refused(tmp_path: Path, more: dict[str, Values], detail: str) -> None:
    with pytest.raises(UnreadableSource, match=f"bad_episode: .*{detail}"):
        read_one(tmp_path, episode(more=more))


def test_episode_without_steps_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="no feature says how many steps"):
        read_one(tmp_path, {"steps/action": [1.0]})


def test_leaves_are_named_by_their_path() -> None:
    features = read_features(features_document())
    assert features["steps/observation/state"] == Leaf("tensor", (2,), "float32")
    assert features["steps/observation/front"].kind == "image"


@pytest.mark.parametrize("document", [None, [], {}, named({"image": tensor(3)}), named({"steps": tensor(1)})])
def test_features_without_steps_are_refused(document: Any) -> None:
    with pytest.raises(UnreadableSource, match="bad_features"):
        read_features(document)


def test_features_that_lie_too_deep_are_refused() -> None:
    deep = tensor(1)
    for _ in range(200):
        deep = named({"in": deep})
    with pytest.raises(UnreadableSource, match="deep"):
        read_features(features_document(deep=deep))


def test_bridge_episodes_are_those_of_their_labels(shared_footage: Path) -> None:
    folder = shared_footage / "robot" / "bridge_octo_debug"
    (path,) = folder.glob("*.tfrecord-*")
    for number in (0, 1):
        truth = json.loads((folder / f"episode_00{number}.json").read_text())
        read = read_episode(path, number, folder / "features.json")
        assert read.action is not None
        assert read.state is not None
        assert read.instructions == (Span(0, truth["n_steps"], truth["language_instruction"]),)
        assert np.allclose(read.action.values, truth["action"], atol=1e-5)
        assert np.allclose(read.state.values, truth["state"], atol=1e-5)


@given(
    edits=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 255)), min_size=1, max_size=8),
    cut=st.integers(0, 500),
)
@settings(max_examples=200 * TIMES, deadline=None)
def test_damaged_episodes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int]], cut: int
) -> None:
    message = bytearray(example(episode()))
    for at, byte in edits:
        message[at % len(message)] = byte
    path = tmp_path_factory.getbasetemp() / "damaged.tfrecord-00000-of-00001"
    path.write_bytes(frame(bytes(message)) + frame(bytes(message[:cut])))
    features = read_features(features_document())
    for _, found in read_recorded(path, features):
        assert isinstance(found, Recorded | UnreadableSource)
